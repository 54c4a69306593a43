"""Mail: how it goes, and a trial."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from web.account import owner
from web.telling import told
from xpenser.mail import mail_way, trial_send


@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: HttpRequest) -> HttpResponse:
    """Show how mail goes now, never with what password; send one to who asks, and say what came of it."""
    person, way = owner(request), mail_way()
    if request.method == "POST":
        try:
            trial_send(email=person.email)
        except OSError as problem:
            messages.error(request, gettext("The mail could not be sent: %(problem)s") % {"problem": problem})
        else:
            taken = gettext("The mail server took a mail for %(email)s: look whether it comes.")
            messages.success(request, taken % {"email": person.email} if way.leaves else told(way.said))
        return redirect("operator_mail")
    context = {"email": person.email, "way": way, "sender": settings.DEFAULT_FROM_EMAIL}
    return render(request, "operator/mail.html", context)
