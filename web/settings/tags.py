"""Tags: how often each is used, other names for them, and two made one."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors import Account
from expenses.selectors import TagUse, tag_uses
from expenses.services import BadTagName, TagNameTaken, tag_delete, tag_merge, tag_rename
from web.account import owner
from web.settings.fields import PLAIN, MergeForm, told_apart
from web.settings.gone import of_what_is_there
from web.telling import told


class TagForm(forms.Form):
    name = forms.CharField(label=_("Name"), widget=forms.TextInput(attrs=PLAIN))


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    """Show the tags of a person, and how often each is used."""
    return render(request, "settings/tags.html", {"tags": tag_uses(user_id=owner(request).id)})


@require_http_methods(["GET", "HEAD", "POST"])
@of_what_is_there(back="tags")
def tag_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Show a tag, and give it another name."""
    person, row, others = _tag(request, number)
    form = TagForm(request.POST if request.method == "POST" else None, initial={"name": row.name})
    if form.is_valid():
        try:
            renamed = tag_rename(user_id=person.id, tag_id=row.id, name=form.cleaned_data["name"], now=timezone.now())
        except (BadTagName, TagNameTaken) as refusal:
            form.add_error("name", told(refusal))
        else:
            messages.success(request, gettext("#%(name)s is saved.") % {"name": renamed.name})
            return redirect("tags")
    context = {"row": row, "form": form, "merge_form": MergeForm(others=others) if others else None}
    return render(request, "settings/tag.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_what_is_there(back="tags")
def tag_into(request: HttpRequest, number: int) -> HttpResponse:
    """Ask whether to make a tag another one, which the query names, or do it."""
    person, row, others = _tag(request, number)
    form = MergeForm(request.GET, others=others)
    if not form.is_valid():
        raise Http404
    into = form.target
    if request.method == "POST":
        tag_merge(user_id=person.id, tag_id=row.id, into=into.id, now=timezone.now())
        messages.success(request, gettext("#%(name)s is #%(into)s now.") % {"name": row.name, "into": into.name})
        return redirect("tags")
    return _asked(request, row, verb=gettext("Merge"), template="settings/merge.html", into=f"#{into.name}")


@require_http_methods(["GET", "HEAD", "POST"])
@of_what_is_there(back="tags")
def tag_cut(request: HttpRequest, number: int) -> HttpResponse:
    """Ask whether to delete a tag, or do it."""
    person, row, _others = _tag(request, number)
    if request.method == "POST":
        tag_delete(user_id=person.id, tag_id=row.id, now=timezone.now())
        messages.success(request, gettext("#%(name)s is deleted.") % {"name": row.name})
        return redirect("tags")
    return _asked(request, row, verb=gettext("Delete"), template="settings/cut.html")


def _asked(request: HttpRequest, row: TagUse, *, verb: str, template: str, **context: str) -> HttpResponse:
    words = ngettext(
        "%(n)d expense has this tag. The expense stays, the tag can't be brought back.",
        "%(n)d expenses have this tag. They stay, the tag can't be brought back.",
        row.uses,
    )
    back = reverse("tag", args=[row.id])
    told = {"name": f"#{row.name}", "verb": verb, "warning": words % {"n": row.uses}, "back": back, **context}
    return render(request, template, told)


def _tag(request: HttpRequest, number: int) -> tuple[Account, TagUse, list[TagUse]]:
    """Return who asks, the tag, and all others of his."""
    person = owner(request)
    return person, *told_apart(tag_uses(user_id=person.id), number)
