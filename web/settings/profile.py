"""You: where a person's clock stands, what his money is in, and what an hour of his is worth."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import get_language_from_request, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.languages import LANGUAGES
from accounts.selectors import Account
from accounts.services import BadRate, preferences_set
from expenses.money import as_typed
from expenses.selectors import base_currency_is_fixed
from expenses.services import CurrencyFixed, base_currency_set
from web.account import owner
from web.choices import CURRENCIES, zones
from web.numbers import written
from web.settings.fields import UNITS, RateField
from web.telling import told


class ProfileForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("Of pages and mails. The line that adds an expense is read the same way in each."),
        choices=[("", _("the one that the browser asks for")), *LANGUAGES.items()],
        required=False,
    )
    zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    hourly_rate = RateField(
        label=_("Hourly rate"),
        help_text=_("What an hour of the type Time is worth, in your base currency. Expenses keep the rate they have."),
    )
    mileage_unit = forms.ChoiceField(
        label=_("Distances are in"), help_text=_("Where the line does not say it."), choices=UNITS
    )


class CurrencyForm(forms.Form):
    currency = forms.ChoiceField(
        label=_("Base currency"),
        help_text=_("All amounts are kept in it. Rates that you set stay the numbers they are."),
        choices=CURRENCIES,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show what the ledger knows of a person, and take what he changes."""
    person = owner(request)
    if request.method != "POST":
        return _page(request, person)
    form = ProfileForm(request.POST)
    if form.is_valid():
        try:
            preferences_set(user_id=person.id, **form.cleaned_data)
        except BadRate as refusal:
            form.add_error("hourly_rate", told(refusal))
        else:
            with translation.override(form.cleaned_data["language"] or get_language_from_request(request)):
                messages.success(request, gettext("It is saved."))
            return redirect("profile")
    return _page(request, person, form=form)


@require_POST
def currency(request: HttpRequest) -> HttpResponse:
    """Change the base currency, as long as nothing in the ledger is worth anything."""
    person, form = owner(request), CurrencyForm(request.POST)
    if form.is_valid():
        code = form.cleaned_data["currency"]
        try:
            base_currency_set(owner=person, currency=code, now=timezone.now())
        except CurrencyFixed as refusal:
            form.add_error("currency", told(refusal))
        else:
            messages.success(request, gettext("Your ledger is kept in %(currency)s.") % {"currency": code})
            return redirect("profile")
    return _page(request, person, currency_form=form)


def _page(
    request: HttpRequest, person: Account, *, form: ProfileForm | None = None, currency_form: CurrencyForm | None = None
) -> HttpResponse:
    kept = {**person._asdict(), "hourly_rate": written(as_typed(person.hourly_rate))}
    context = {
        "person": person,
        "clock": person.wall_clock(timezone.now()),
        "form": form or ProfileForm(initial=kept),
        "currency_form": currency_form or CurrencyForm(initial=kept),
        "is_fixed": base_currency_is_fixed(user_id=person.id),
    }
    return render(request, "settings/profile.html", context)
