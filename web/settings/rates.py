"""Rates: what a distance and a foreign currency are worth, since when, and who says so."""

from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts import services as people
from accounts.currencies import UnknownCurrency
from accounts.selectors import Account
from expenses.grammar import DISTANCES
from expenses.selectors import mileage_history, own_currency_rates, reference_rates
from expenses.services import BadRate, NoSuchRate, SameCurrency, currency_rate_remove, currency_rate_set
from web.account import owner
from web.choices import CURRENCIES
from web.settings.fields import UNITS, DayField, RateField, day_in_address
from web.telling import told

_LATEST: Final = 4  # mileage rates that are seen at once; the others are folded away


class MileageForm(forms.Form):
    rate = RateField(label=_("Rate"))
    unit = forms.ChoiceField(label=_("For one of"), choices=UNITS)
    since = DayField(label=pgettext_lazy("first day", "From"))


class CurrencyForm(forms.Form):
    currency = forms.ChoiceField(label=_("Currency"), choices=[("", _("Choose one")), *CURRENCIES])
    rate = RateField(label=_("Rate"), help_text=_("What one of it is worth in your base currency."))
    since = DayField(label=pgettext_lazy("first day", "From"))


@require_safe
def rates(request: HttpRequest) -> HttpResponse:
    """Show every rate that holds or held, each with its source."""
    return _page(request, owner(request))


@require_POST
def mileage_rate(request: HttpRequest) -> HttpResponse:
    """Set what a distance is worth from a day on."""
    person, form = owner(request), MileageForm(request.POST, auto_id="mileage_%s")
    if form.is_valid():
        said = form.cleaned_data
        try:
            people.mileage_rate_set(user_id=person.id, unit=said["unit"], valid_from=said["since"], rate=said["rate"])
        except people.BadRate as refusal:
            form.add_error("rate", told(refusal))
        else:
            return _changed(request)
    return _page(request, person, mileage_form=form)


@require_POST
def currency_rate(request: HttpRequest) -> HttpResponse:
    """Set what a foreign currency is worth from a day on."""
    person, form = owner(request), CurrencyForm(request.POST, auto_id="currency_%s")
    if form.is_valid():
        said = form.cleaned_data
        try:
            currency_rate_set(
                user_id=person.id, currency=said["currency"], base=person.currency, day=said["since"], rate=said["rate"]
            )
        except SameCurrency as refusal:
            form.add_error("currency", told(refusal))
        except BadRate as refusal:
            form.add_error("rate", told(refusal))
        else:
            return _changed(request)
    return _page(request, person, currency_form=form)


@require_POST
def rate_remove(request: HttpRequest, what: str, day: str) -> HttpResponse:
    """Take a rate of the person's back; what is set again so easily is not asked about."""
    person, since = owner(request), day_in_address(day)
    if since is None:
        raise Http404
    try:
        _remove(person, what, since)
    except (people.NoSuchMileageRate, NoSuchRate, UnknownCurrency):
        raise Http404 from None
    messages.success(request, gettext("The rate is taken back; the one before it holds."))
    return redirect("rates")


def _remove(person: Account, what: str, since: date) -> None:
    if what in DISTANCES:
        people.mileage_rate_remove(user_id=person.id, unit=what, valid_from=since)
    else:
        currency_rate_remove(user_id=person.id, currency=what, base=person.currency, day=since)


def _changed(request: HttpRequest) -> HttpResponse:
    messages.success(request, gettext("The rate is set. Expenses keep the rate they were made with."))
    return redirect("rates")


def _page(
    request: HttpRequest,
    person: Account,
    *,
    mileage_form: MileageForm | None = None,
    currency_form: CurrencyForm | None = None,
) -> HttpResponse:
    today = person.wall_clock(timezone.now()).date()
    history = mileage_history(owner=person)
    fresh: dict[str, Any] = {"unit": person.mileage_unit, "since": today}
    context = {
        "person": person,
        "mileage": history[:_LATEST],
        "earlier": history[_LATEST:],
        "own": own_currency_rates(user_id=person.id, base=person.currency),
        "reference": reference_rates(base=person.currency, day=today),
        "mileage_form": mileage_form or MileageForm(initial=fresh, auto_id="mileage_%s"),
        "currency_form": currency_form or CurrencyForm(initial=fresh, auto_id="currency_%s"),
    }
    return render(request, "settings/rates.html", context)
