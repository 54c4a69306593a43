"""What a figure alone does not tell."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts.currencies import MINOR_DIGITS
from accounts.selectors import Account
from expenses.dates import BadDate, read_date
from expenses.exports.row import ExpenseRow
from expenses.grammar import DISTANCES
from expenses.selectors import currency_rate, mileage_rate
from expenses.services import Preview


def rate_told(owner: Account, row: ExpenseRow | Preview) -> str:
    """Return from which day on the rate of an expense holds, and whose it is; "" where it was said for this one."""
    rate, day = Decimal(row.rate or 0), datetime.fromisoformat(row.date).date()
    if not rate:
        return ""
    if row.unit == "min" and rate == owner.hourly_rate:
        return gettext("your hourly rate")
    found = _found(owner, row.unit, day)
    return found[1] if found and found[0] == rate else ""


def day_hint(row: Preview) -> str:
    """Return how to say the day that a word of a text names, where it was read as a word and the day assumed."""
    words = f"{row.type} {row.notes}".split() if row.date_is_assumed else []
    for word in (each.strip(",;.") for each in words):
        if word.casefold() == "yesterday" or _is_day(word):
            return gettext("“%(word)s” is a word here; for that day end with: date %(word)s") % {"word": word}
    return ""


def _is_day(word: str) -> bool:
    try:
        read_date(word)
    except BadDate:
        return False
    return True


def _found(owner: Account, unit: str, day: date) -> tuple[Decimal, str] | None:
    """Return the rate that holds on a day for what is counted in ``unit``, and what it is called."""
    if unit in DISTANCES and (miles := mileage_rate(owner=owner, unit=unit, day=day)):
        words = (
            gettext("IRS rate from %(day)s on, %(source)s") if miles.source else gettext("your rate from %(day)s on")
        )
        return miles.rate, words % {"day": date_format(miles.since, gettext("j M Y")), "source": miles.source}
    if unit in MINOR_DIGITS and (money := currency_rate(user_id=owner.id, currency=unit, base=owner.currency, day=day)):
        return money.rate, gettext("rate of %(day)s") % {"day": date_format(money.day, gettext("j M Y"))}
    return None
