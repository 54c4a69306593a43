"""Closing one's account: all that is in it goes at once, and nobody can bring it back."""

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.operators import NotByThisOperator, operator_set
from accounts.selectors import Account
from expenses.selectors import archive_row, kept_by
from expenses.services import account_close
from web.account import owner
from web.coming_in.sessions import sessions_end
from web.telling import told
from xpenser.tasks import receipts_order_gone


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth is not typed
def close(request: HttpRequest) -> HttpResponse:
    """Say what would go, and close the account; who asks has just shown once more who he is."""
    person, now = owner(request), timezone.now()
    if request.method == "POST":
        try:
            _close(person)
        except NotByThisOperator as refusal:
            messages.error(request, told(refusal))
            return redirect("data")
        said = {"email": person.email, "user": request.user}
        logout(request)
        get_adapter(request).send_mail("account/email/account_closed", person.email, said)
        messages.success(request, gettext("Your account is closed, and all that was in it is deleted."))
        return redirect("account_login")
    context = {
        "email": person.email,
        "zone": person.zone,
        "kept": kept_by(user_ids=[person.id])[person.id],
        "archive": archive_row(user_id=person.id, now=now),
    }
    return render(request, "account/close.html", context)


@transaction.atomic
def _close(person: Account) -> None:
    """Raises NotByThisOperator where nobody else would be one."""
    operator_set(user_id=person.id, is_operator=False)
    sessions_end(user_id=person.id)
    account_close(user_id=person.id, now=timezone.now(), order=receipts_order_gone)
