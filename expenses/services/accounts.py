"""Opening an account, whichever door it comes through, closing it; and what the server as a whole must agree on."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from accounts.currencies import currency_code
from accounts.invitations import InvitationNotFound, invitation_take
from accounts.names import name_key
from accounts.retried import retried
from accounts.selectors import Account, account, any_user
from accounts.sentences import sentence
from accounts.services import BadAccount, base_currency_put, user_create, user_delete
from expenses.models import Clock, Expense, ServerZone
from expenses.receipts import receipts_remove
from expenses.selectors import base_currency_is_fixed
from expenses.services.archiving import archive_drop
from expenses.services.clock import clock_take, instant, ledger_take, touch
from reports.services import report_create

DEFAULT_REPORT = "My Expenses"
SAMPLE_TYPE = "Sample Expense"
SAMPLE_NOTES = "To modify anything (type, amount, etc) just click on it."
"""The row that a new account of the old service held (wire §2.1, D)."""


class ServerZoneFixed(Exception):
    """The zone of ``created`` and ``modified`` was chosen at the first start. The message may be shown."""

    def __init__(self, chosen: str, asked: str) -> None:
        super().__init__(
            f"SERVER_ZONE={asked!r}: this ledger was begun in {chosen}, and clients have its times; set {chosen}"
        )


class CurrencyFixed(BadAccount):
    """The ledger's amounts are in its base currency, and stay in it. The message may be shown."""

    def __init__(self, currency: str, base: str) -> None:
        super().__init__(
            sentence(
                "currency %(currency)s: amounts in %(base)s stand in your ledger, deleted ones too, "
                "and can't become others",
                currency=repr(currency),
                base=base,
            )
        )


@retried
@transaction.atomic
def account_open(
    *,
    email: str,
    password: str | None,
    now: datetime,
    zone: str = "UTC",
    currency: str = "USD",
    is_staff: bool = False,
    is_superuser: bool = False,
) -> int:
    """Open an account and return its id: the person, his clock, his default report and a sample expense.

    ``password`` is None for who has none. Raises BadAccount or UnknownCurrency, naming what is wrong.
    """
    user = user_create(
        email=email, password=password, now=now, zone=zone, currency=currency,
        is_staff=is_staff, is_superuser=is_superuser,
    )  # fmt: skip
    Clock.objects.create(user_id=user.pk, last=now)
    report = report_create(user_id=user.pk, name=DEFAULT_REPORT, now=now, is_default=True)
    taken = instant(clock_take(user_id=user.pk, now=now))
    Expense.objects.create(
        user_id=user.pk, report_id=report.id, type=SAMPLE_TYPE, type_key=name_key(SAMPLE_TYPE), amount=Decimal(0),
        raw_amount=Decimal(0), notes=SAMPLE_NOTES, notes_key=name_key(SAMPLE_NOTES),
        date=account(email=user.email).wall_clock(now), created=taken, modified=taken,
    )  # fmt: skip
    return int(user.pk)


@retried
@transaction.atomic
def base_currency_set(*, owner: Account, currency: str, now: datetime) -> None:
    """Keep the ledger in another currency from now on, as long as no expense is worth anything in the present one.

    Rates that the owner set stay the numbers they are. Raises UnknownCurrency, CurrencyFixed.
    """
    code = currency_code(currency)
    owner, _ = ledger_take(owner=owner, now=now)  # whoever adds an expense waits, and adds it in the new currency
    if code == owner.currency:
        return
    if base_currency_is_fixed(user_id=owner.id):
        raise CurrencyFixed(code, owner.currency)
    # Files name the currency in each line.
    touch(user_id=owner.id, now=now, where="e.user_id = %s", values=[owner.id])
    base_currency_put(user_id=owner.id, code=code)


@retried
@transaction.atomic
def account_open_invited(
    *, token: str, email: str, password: str | None, now: datetime, zone: str, currency: str
) -> int:
    """Open an account for who holds an invitation, which is used up, and return its id.

    The first account of a server may do everything. Raises InvitationNotFound, BadAccount, UnknownCurrency.
    """
    invitation = invitation_take(token=token, email=email, now=now)
    if invitation.is_first and any_user():
        raise InvitationNotFound
    return account_open(
        email=email, password=password, now=now, zone=zone, currency=currency,
        is_staff=invitation.is_first, is_superuser=invitation.is_first,
    )  # fmt: skip


@retried
@transaction.atomic
def account_close(*, user_id: int, now: datetime, order: Callable[[Sequence[str]], None] | None = None) -> None:
    """Delete an account with all that is in its ledger; once that is committed, its files, too.

    There is no way back: an operator who may want one makes a copy first. ``order`` has the files of receipts removed
    by somebody else, as ``receipts_remove`` says: in a bucket each takes two requests.
    """
    clock_take(user_id=user_id, now=now)  # whoever writes to the ledger is through, or comes too late
    receipts_remove(user_id=user_id, order=order)
    archive_drop(user_id=user_id)
    with connection.cursor() as cursor:
        # By hand: Django would fetch each expense, to look for what hangs on it.
        for table in ("expenses_expensetag", "expenses_timer", "expenses_imported", "expenses_expense"):
            cursor.execute(f"DELETE FROM {table} WHERE user_id = %s", [user_id])
    user_delete(user_id=user_id)


def server_zone_settle(zone: str) -> None:
    """Keep the zone in which the server prints its times, at the first start; later, see that it is the same.

    Raises ServerZoneFixed.
    """
    kept, _ = ServerZone.objects.get_or_create(pk=1, defaults={"zone": zone})
    if kept.zone != zone:
        raise ServerZoneFixed(kept.zone, zone)
