"""What currencies are worth: the owner's own rates, and the reference rates of the European Central Bank."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice

from django.db import connection, transaction

from accounts.currencies import currency_code
from accounts.sentences import sentence
from expenses.ecb import ReferenceRate
from expenses.models import CurrencyRate
from expenses.selectors import RATE_PLACES
from expenses.services.pricing import BadRate, checked_rate

_Row = tuple[str, date, Decimal]
Watch = Callable[[Iterable[_Row], int, str], Iterable[_Row]]
"""Shows how far something has come: takes what is gone through, how many they are and of what, and gives the same."""

_BATCH = 300  # three values each; some builds of SQLite take 999 in a statement
# By hand: the ORM can't name an index that holds for some rows only. A rate that is the same is left as it is, so that
# the number of rows is that of the changes.
_UPSERT = """
INSERT INTO expenses_currencyrate (base, quote, day, rate) VALUES {rows}
ON CONFLICT (base, quote, day) WHERE user_id IS NULL
DO UPDATE SET rate = excluded.rate WHERE expenses_currencyrate.rate <> excluded.rate
"""


class ZeroRate(BadRate):
    """No currency is worth nothing, or less. The message may be shown."""

    def __init__(self, rate: Decimal) -> None:
        ValueError.__init__(self, sentence("rate %(rate)s: a number above 0 is wanted", rate=f"{rate:.12g}"))


class SameCurrency(ValueError):
    """A currency is always worth one of itself. The message may be shown."""

    def __init__(self, currency: str) -> None:
        super().__init__(
            sentence(
                "currency %(currency)s: this is the base currency; a foreign one is wanted", currency=repr(currency)
            )
        )


class NoSuchRate(ValueError):
    """The person set no such rate. The message may be shown."""

    def __init__(self, currency: str, base: str, day: date) -> None:
        super().__init__(
            sentence(
                "rate: none of yours from %(currency)s to %(base)s begins on %(day)s",
                currency=currency,
                base=base,
                day=day,
            )
        )


def currency_rate_set(*, user_id: int, currency: str, base: str, day: date, rate: Decimal) -> None:
    """Set what one unit of ``currency`` is worth in the owner's ``base`` currency from ``day`` on.

    Raises UnknownCurrency, SameCurrency, BadRate.
    """
    code = currency_code(currency)
    if code == base:
        raise SameCurrency(code)
    CurrencyRate.objects.update_or_create(
        user_id=user_id, base=code, quote=base, day=day, defaults={"rate": _positive(rate)}
    )


def currency_rate_remove(*, user_id: int, currency: str, base: str, day: date) -> None:
    """Take back an own rate that begins on ``day``; the one before it holds on, or the reference rate.

    Raises UnknownCurrency, NoSuchRate.
    """
    code = currency_code(currency)
    if not CurrencyRate.objects.filter(user_id=user_id, base=code, quote=base, day=day).delete()[0]:
        raise NoSuchRate(code, base, day)


def reference_rates_load(rates: Iterable[ReferenceRate], *, watch: Watch | None = None) -> int:
    """Store reference rates, all or none, and return how many were new or had changed. Raises BadRate.

    All are taken before the first is stored, so reading a file, or failing at its end, holds no lock and leaves no
    trace; ``watch`` sees them as they are stored. Where a currency has two rates on one day, the later one counts.
    """
    newest = {(rate.currency, rate.day): _positive(rate.rate) for rate in rates}
    # In one order, whoever loads them: two who do so at once wait for each other, and don't end in a deadlock.
    rows = sorted((currency, day, rate) for (currency, day), rate in newest.items())
    shown = iter(watch(rows, len(rows), "rates") if watch else rows)
    with transaction.atomic():
        return sum(map(_upserted, iter(lambda: list(islice(shown, _BATCH)), [])))


def _upserted(rows: Sequence[_Row]) -> int:
    values = [
        value
        for currency, day, rate in rows
        for value in (currency, connection.ops.adapt_datefield_value(day), int(rate.scaleb(RATE_PLACES)))
    ]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT.format(rows=", ".join(["('EUR', %s, %s, %s)"] * len(rows))), values)
        return int(cursor.rowcount)


def _positive(rate: Decimal) -> Decimal:
    if not rate.is_finite() or rate <= 0:
        raise ZeroRate(rate)
    return checked_rate(rate)
