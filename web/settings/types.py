"""Types: what the ledger knows of each, and the categories that an accountant sorts them by."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.names import name_key
from accounts.selectors import Account
from expenses import services
from expenses.money import as_typed
from expenses.selectors import (
    CategoryNotFound,
    CategoryRow,
    TypeRow,
    category_row,
    category_rows,
    type_rows,
)
from web.account import owner
from web.forms import NameForm
from web.numbers import written
from web.refusals import refuse
from web.settings.fields import PLAIN, MergeForm, RateField, told_apart
from web.settings.gone import of_what_is_there
from web.telling import told

# Which field a refusal is about.
_FIELDS: Final[Mapping[type[Exception], str]] = {
    services.BadType: "name",
    services.BadUnit: "unit",
    services.BadRate: "rate",
}


class TypeForm(forms.Form):
    """What is known of a type. ``categories`` are those that it may be in."""

    category = forms.ChoiceField(label=_("Category"), required=False)
    unit = forms.CharField(
        label=_("Unit"),
        help_text=_("What its amounts count: min, mi, km, the code of a currency, or a word of yours like page."),
        widget=forms.TextInput(attrs=PLAIN),
        required=False,
    )
    rate = RateField(
        label=_("Rate"),
        help_text=_("What one unit is worth in your base currency; of min, an hour. For expenses to come."),
        required=False,
    )

    def __init__(self, *arguments: Any, categories: list[CategoryRow], **choices: Any) -> None:
        super().__init__(*arguments, **choices)
        names = [("", _("none")), *((str(row.id), row.name) for row in categories)]
        self.fields["category"] = forms.ChoiceField(label=_("Category"), choices=names, required=False)


class NewTypeForm(TypeForm):
    name = forms.CharField(label=_("Name"), widget=forms.TextInput(attrs={"autocomplete": "off"}))
    field_order = ("name", "category", "unit", "rate")


@require_http_methods(["GET", "HEAD", "POST"])
def types(request: HttpRequest) -> HttpResponse:
    """Show the types and categories of a person; take a new type."""
    person = owner(request)
    categories = category_rows(user_id=person.id)
    if request.method != "POST":
        return _page(request, person, categories)
    form = NewTypeForm(request.POST, categories=categories)
    if form.is_valid():
        name = form.cleaned_data["name"]
        if known := _known(person, name):
            messages.info(request, gettext("“%(name)s” is there; this is what is known of it.") % {"name": known.name})
            return redirect("type", known.id)
        if _is_kept(form, person, name):
            messages.success(request, gettext("“%(name)s” is added.") % {"name": name})
            return redirect("types")
    return _page(request, person, categories, form=form)


def _known(person: Account, name: str) -> TypeRow | None:
    rows = type_rows(user_id=person.id)
    return next((row for row in rows if name_key(row.name) == name_key(name)), None)


def _is_kept(form: TypeForm, person: Account, name: str) -> bool:
    """Keep what was said of the type ``name``, and tell whether it could be; else a field says why not."""
    said = form.cleaned_data
    try:
        services.type_set(
            user_id=person.id, name=name, now=timezone.now(), unit=said["unit"], rate=said["rate"],
            category_id=int(said["category"]) if said["category"] else None,
        )  # fmt: skip
    except CategoryNotFound:  # deleted in another tab at this very moment
        form.add_error("category", gettext("It is no longer there: choose another one, or none."))
    except tuple(_FIELDS) as refusal:
        refuse(form, refusal, _FIELDS)
    return form.is_valid()


def _page(
    request: HttpRequest,
    person: Account,
    categories: list[CategoryRow],
    *,
    form: NewTypeForm | None = None,
    category_form: NameForm | None = None,
) -> HttpResponse:
    context = {
        "person": person,
        "types": type_rows(user_id=person.id),
        "categories": categories,
        "form": form or NewTypeForm(categories=categories),
        "category_form": category_form or NameForm(auto_id="category_%s"),
    }
    return render(request, "settings/types.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_what_is_there(back="types")
def type_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Show what is known of a type, and take what is to be."""
    person, row, others = _type(request, number)
    if request.method != "POST":
        return _type_page(request, person, row, others)
    form = TypeForm(request.POST, categories=category_rows(user_id=person.id))
    if form.is_valid() and _is_kept(form, person, row.name):
        messages.success(request, gettext("“%(name)s” is saved.") % {"name": row.name})
        return redirect("types")
    return _type_page(request, person, row, others, form=form)


@require_POST
@of_what_is_there(back="types")
def type_name(request: HttpRequest, number: int) -> HttpResponse:
    """Give a type another name."""
    person, row, others = _type(request, number)
    form = NameForm(request.POST)
    if form.is_valid():
        name = form.cleaned_data["name"]
        try:
            renamed = services.type_rename(user_id=person.id, type_id=row.id, name=name, now=timezone.now())
        except (services.BadType, services.BadRate) as refusal:
            form.add_error("name", told(refusal))
        else:
            messages.success(request, gettext("“%(name)s” is saved.") % {"name": renamed.name})
            return redirect("types")
    return _type_page(request, person, row, others, name_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@of_what_is_there(back="types")
def type_into(request: HttpRequest, number: int) -> HttpResponse:
    """Ask whether to make a type another one, which the query names, or do it."""
    person, row, others = _type(request, number)
    form = MergeForm(request.GET, others=others)
    if not form.is_valid():
        raise Http404
    into = form.target
    if request.method == "POST":
        services.type_merge(user_id=person.id, type_id=row.id, into=into.id, now=timezone.now())
        messages.success(request, gettext("“%(name)s” is “%(into)s” now.") % {"name": row.name, "into": into.name})
        return redirect("types")
    words = ngettext(
        "%(n)d expense is of this type and becomes one of the other; its amount stays. It can't be taken back.",
        "%(n)d expenses are of this type and become such of the other; amounts stay. It can't be taken back.",
        row.uses,
    )
    context = {
        "name": row.name, "into": into.name, "verb": gettext("Merge"), "warning": words % {"n": row.uses},
        "back": reverse("type", args=[row.id]),
    }  # fmt: skip
    return render(request, "settings/merge.html", context)


def _type(request: HttpRequest, number: int) -> tuple[Account, TypeRow, list[TypeRow]]:
    """Return who asks, the type, and all others of his."""
    person = owner(request)
    return person, *told_apart(type_rows(user_id=person.id), number)


def _type_page(
    request: HttpRequest,
    person: Account,
    row: TypeRow,
    others: list[TypeRow],
    *,
    form: TypeForm | None = None,
    name_form: NameForm | None = None,
) -> HttpResponse:
    rate = "" if row.rate is None else written(as_typed(row.rate))
    kept = {"category": row.category_id or "", "unit": row.unit, "rate": rate}
    context = {
        "person": person,
        "row": row,
        "form": form or TypeForm(initial=kept, categories=category_rows(user_id=person.id)),
        "name_form": name_form or NameForm(initial={"name": row.name}),
        "merge_form": MergeForm(others=others) if others else None,
    }
    return render(request, "settings/type.html", context)


@require_POST
def category_new(request: HttpRequest) -> HttpResponse:
    """Make a category."""
    person, form = owner(request), NameForm(request.POST, auto_id="category_%s")
    if form.is_valid():
        try:
            made = services.category_create(user_id=person.id, name=form.cleaned_data["name"], now=timezone.now())
        except services.BadCategoryName as refusal:
            form.add_error("name", told(refusal))
        else:
            messages.success(request, gettext("“%(name)s” is there.") % {"name": made.name})
            return redirect("types")
    return _page(request, person, category_rows(user_id=person.id), category_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@of_what_is_there(back="types")
def category_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Show a category, and give it another name."""
    person, row = _category(request, number)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": row.name})
    if form.is_valid():
        try:
            name = form.cleaned_data["name"]
            renamed = services.category_rename(user_id=person.id, category_id=row.id, name=name, now=timezone.now())
        except services.BadCategoryName as refusal:
            form.add_error("name", told(refusal))
        else:
            messages.success(request, gettext("“%(name)s” is saved.") % {"name": renamed.name})
            return redirect("types")
    return render(request, "settings/category.html", {"row": row, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@of_what_is_there(back="types")
def category_delete(request: HttpRequest, number: int) -> HttpResponse:
    """Ask whether to delete a category, or do it."""
    person, row = _category(request, number)
    if request.method == "POST":
        services.category_delete(user_id=person.id, category_id=row.id, now=timezone.now())
        messages.success(request, gettext("“%(name)s” is deleted.") % {"name": row.name})
        return redirect("types")
    count = sum(each.category_id == row.id for each in type_rows(user_id=person.id))
    words = ngettext("%(n)d type is in it, and will be in none.", "%(n)d types are in it, and will be in none.", count)
    context = {"name": row.name, "verb": gettext("Delete"), "warning": words % {"n": count}, "back": reverse("types")}
    return render(request, "settings/cut.html", context)


def _category(request: HttpRequest, number: int) -> tuple[Account, CategoryRow]:
    person = owner(request)
    return person, category_row(user_id=person.id, category_id=number)
