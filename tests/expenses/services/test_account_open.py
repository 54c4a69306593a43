"""Opening an account: whatever is needed to spend, in one transaction."""

from datetime import datetime

import pytest

from accounts import selectors as accounts
from accounts.currencies import UnknownCurrency
from accounts.models import User
from accounts.selectors import Account
from accounts.services import BadEmail, EmailTaken, UnknownZone, WeakPassword
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.models import Clock, Expense, ServerZone
from expenses.selectors import ExpenseFilter, expense_rows
from expenses.services import ServerZoneFixed
from reports.models import Report
from reports.selectors import ReportRow, report_rows
from tests.cast import NOON, PASSWORD, spend


def test_it_works(db: None) -> None:
    user_id = services.account_open(
        email=" Carol@Example.com", password=PASSWORD, now=NOON, zone="Asia/Tokyo", currency="JPY"
    )

    owner = accounts.account(email="carol@example.com")
    (report,) = report_rows(user_id=user_id)
    (sample,) = expense_rows(user_id=user_id, matching=ExpenseFilter())
    assert (owner.id, owner.email, owner.zone, owner.currency) == (user_id, "Carol@Example.com", "Asia/Tokyo", "JPY")
    assert report == ReportRow(report.id, "My Expenses", "U", is_default=True)
    assert sample == ExpenseRow(
        id=sample.id, status=1, user_id=user_id, report_id=report.id, report="My Expenses", type="Sample Expense",
        category_id=None, category="", amount=0, raw_amount=0, unit="", rate="",
        notes="To modify anything (type, amount, etc) just click on it.", sourceid="", date="2026-11-20 21:00:00",
        created="2026-11-20 12:00:00", modified="2026-11-20 12:00:00", receipt_id=None, receipt_image="", tags=(),
    )  # fmt: skip


def test_the_owner_can_spend_at_once(alice: Account) -> None:
    row = spend(alice, "lunch 45")

    assert row.report == "My Expenses"
    assert Clock.objects.filter(user_id=alice.id).exists()


def test_the_sample_was_made_in_one_instant(alice: Account) -> None:
    sample = Expense.objects.get(user_id=alice.id)

    assert sample.created == sample.modified == Clock.objects.get(user_id=alice.id).last


def test_operators(db: None) -> None:
    user_id = services.account_open(
        email="root@example.com", password=PASSWORD, now=NOON, is_staff=True, is_superuser=True
    )

    user = User.objects.get(pk=user_id)
    assert user.is_staff
    assert user.is_superuser


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"email": "carol"}, BadEmail),
        ({"email": "ALICE@example.com"}, EmailTaken),
        ({"password": "short"}, WeakPassword),
        ({"zone": "Mars/Olympus"}, UnknownZone),
        ({"currency": "XXX"}, UnknownCurrency),
    ],
)
def test_refused(alice: Account, arguments: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        services.account_open(**{"email": "carol@example.com", "password": PASSWORD, **arguments}, now=NOON)  # type: ignore[arg-type]

    assert list(User.objects.values_list("pk", flat=True)) == [alice.id]


def test_nothing_stays_of_an_account_that_could_not_be_opened(db: None) -> None:
    with pytest.raises(TypeError, match="offset-naive"):
        services.account_open(email="carol@example.com", password=PASSWORD, now=datetime.min)  # noqa: DTZ901

    assert not User.objects.exists()
    assert not Report.objects.exists()
    assert not Clock.objects.exists()


def test_the_server_keeps_its_zone(db: None) -> None:
    services.server_zone_settle("Etc/GMT+8")
    services.server_zone_settle("Etc/GMT+8")

    with pytest.raises(ServerZoneFixed) as caught:
        services.server_zone_settle("UTC")

    assert str(caught.value) == (
        "SERVER_ZONE='UTC': this ledger was begun in Etc/GMT+8, and clients have its times; set Etc/GMT+8"
    )
    assert ServerZone.objects.get().zone == "Etc/GMT+8"
