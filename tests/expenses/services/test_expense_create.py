"""An expense from fields."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow, TagRow
from expenses.images import BadReceipt
from expenses.models import Expense, ExpenseType, Tag
from expenses.money import AmountTooLarge
from expenses.receipts import receipt_read
from expenses.services import (
    AmountMissing,
    BadTagName,
    BadType,
    ExpenseFields,
    NotesTooLong,
    RateMissing,
    ReportClosed,
    TooManyTags,
)
from reports.selectors import ReportNotFound, report_default
from reports.status import Status
from tests.cast import NOON, open_account


def create(owner: Account, **fields: Any) -> ExpenseRow:
    return services.expense_create(owner=owner, fields=ExpenseFields(**fields), now=NOON)  # type: ignore[typeddict-item]


def priced(row: ExpenseRow) -> tuple[int, int, str, str]:
    return row.amount, row.raw_amount, row.unit, row.rate


def test_it_works(alice: Account) -> None:
    report = services.report_create(user_id=alice.id, name="Client X", now=NOON)

    row = services.expense_create(
        owner=alice,
        fields={
            "type": " Travel: Lunch ",
            "amount": Decimal("34.505"),
            "notes": "with  jack\tand jill",
            "date": datetime(2009, 10, 2, 5, 14),
            "report_id": report.id,
            "tags": ["Personal", "#cash", "personal"],
        },
        now=NOON + timedelta(seconds=1),
        channel="SP",
    )

    personal, cash = Tag.objects.filter(user_id=alice.id).order_by("id")
    assert row == ExpenseRow(
        id=row.id, status=1, user_id=alice.id, report_id=report.id, report="Client X", type="Travel: Lunch",
        category_id=None, category="", amount=34_510, raw_amount=34_505, unit="", rate="",
        notes="with  jack\tand jill", sourceid=f"SP-{alice.id}-2026-11-20T12:00:01.000000",
        date="2009-10-02 05:14:00", created="2026-11-20 12:00:01", modified="2026-11-20 12:00:01",
        receipt_id=None, receipt_image="",
        tags=(TagRow(personal.pk, "Personal"), TagRow(cash.pk, "cash")),
    )  # fmt: skip
    expense = Expense.objects.get(pk=row.id)
    assert expense.created == expense.modified


def test_what_is_not_said(db: None) -> None:
    owner = open_account("carol@example.com", zone="Asia/Tokyo")

    row = create(owner, type="lunch", amount=Decimal(45))

    assert (row.report, row.notes, row.date, row.tags) == ("My Expenses", "", "2026-11-20 21:00:00", ())


def test_a_day_means_its_midnight(alice: Account) -> None:
    assert create(alice, type="lunch", amount=Decimal(1), date=date(2009, 10, 2)).date == "2009-10-02 00:00:00"


def test_a_type_is_known_from_now_on(alice: Account) -> None:
    create(alice, type="Lunch", amount=Decimal(1))
    create(alice, type="LUNCH", amount=Decimal(1))

    assert list(ExpenseType.objects.values_list("user_id", "name", "name_key")) == [(alice.id, "Lunch", "lunch")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"type": "lunch", "amount": Decimal(-3)}, (-3000, -3000, "", "")),
        ({"type": "lunch", "raw_amount": Decimal("12.345")}, (12_350, 12_345, "", "")),
        ({"type": "lunch", "amount": Decimal(9), "raw_amount": Decimal(10)}, (9000, 10_000, "", "")),
        ({"type": "Mileage", "amount": Decimal(55)}, (55_000, 55_000, "", "")),
        ({"type": "Mileage", "raw_amount": Decimal(100), "date": date(2009, 6, 1)}, (55_000, 100_000, "mi", "0.55")),
        (
            {"type": "mileage", "raw_amount": Decimal(100), "amount": Decimal(60), "date": date(2009, 6, 1)},
            (60_000, 100_000, "mi", "0.55"),
        ),
        ({"type": "Time", "raw_amount": Decimal(37)}, (0, 37_000, "min", "0")),
        (
            {"type": "lunch", "amount": Decimal("999999999999999.99")},
            (999_999_999_999_999_990, 999_999_999_999_999_990, "", ""),
        ),
    ],
)
def test_prices(alice: Account, fields: dict[str, Any], expected: tuple[int, int, str, str]) -> None:
    assert priced(create(alice, **fields)) == expected


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, BadType),
        ({"type": "", "amount": Decimal(1)}, BadType),
        ({"type": "a\nb"}, BadType),
        ({"type": "a\0b"}, BadType),
        ({"type": "x" * 201}, BadType),
        ({"type": "\ufdfa" * 200}, BadType),
        ({"amount": None}, AmountMissing),
        ({"amount": Decimal(10**15)}, AmountTooLarge),
        ({"amount": Decimal("1E+400")}, AmountTooLarge),
        ({"raw_amount": Decimal(-(10**15))}, AmountTooLarge),
        ({"notes": "x" * 20_001}, NotesTooLong),
        ({"tags": ["ok", " "]}, BadTagName),
        ({"tags": ["x" * 101]}, BadTagName),
        ({"tags": ["\ufdfa" * 100]}, BadTagName),
        ({"tags": [f"t{n}" for n in range(101)]}, TooManyTags),
        ({"report_id": 10**9}, ReportNotFound),
    ],
)
def test_refused(alice: Account, fields: dict[str, Any], error: type[Exception]) -> None:
    fields = {"type": "lunch", "amount": Decimal(45), **fields} if fields else {}

    with pytest.raises(error):
        create(alice, **{name: value for name, value in fields.items() if value is not None})

    assert Expense.objects.count() == 1
    assert not Tag.objects.exists()
    assert not ExpenseType.objects.exists()


def test_somebody_else_s_report(alice: Account, bob: Account) -> None:
    with pytest.raises(ReportNotFound):
        create(alice, type="lunch", amount=Decimal(1), report_id=report_default(user_id=bob.id).id)


@pytest.mark.parametrize(
    ("status", "is_so"),
    [
        (Status.SUBMITTED, "was handed in (status S)"),
        (Status.APPROVED, "was handed in (status A)"),
        (Status.PAID, "was handed in (status P)"),
        (Status.ARCHIVED, "is archived (status X)"),
    ],
)
def test_a_closed_report(alice: Account, status: Status, is_so: str) -> None:
    report = services.report_create(user_id=alice.id, name="Client X", now=NOON, status=status)

    with pytest.raises(ReportClosed) as caught:
        create(alice, type="lunch", amount=Decimal(1), report_id=report.id)

    assert str(caught.value) == f"report 'Client X' {is_so} and can't be changed"


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.REJECTED])
def test_other_reports_take_it(alice: Account, status: Status) -> None:
    report = services.report_create(user_id=alice.id, name="Client X", now=NOON, status=status)

    assert create(alice, type="lunch", amount=Decimal(1), report_id=report.id).report_id == report.id


def test_miles_of_somebody_who_is_not_paid_in_dollars(db: None) -> None:
    owner = open_account("carol@example.com", currency="EUR")

    with pytest.raises(RateMissing):
        create(owner, type="mileage", raw_amount=Decimal(100))


@pytest.mark.parametrize(
    ("raw_amount", "amount", "expected"),
    [
        ("100", "55", (55_000, 100_000, "mi", "0.55")),
        ("-100", "-55", (-55_000, -100_000, "mi", "0.55")),
        ("3", "1", (1_000, 3_000, "mi", "0.333333333333")),
        ("100", "0", (0, 100_000, "mi", "0")),
        ("0", "55", (55_000, 55_000, "", "")),
        ("0.0001", "55", (55_000, 55_000, "", "")),  # kept as 0
        ("100", "-55", (-55_000, -55_000, "", "")),
        ("0.001", "5000000", (5_000_000_000, 5_000_000_000, "", "")),  # a rate above the most
        ("999999999999999.999", "55", (55_000, 999_999_999_999_999_999, "mi", "0")),
    ],
)
def test_what_miles_are_worth_by_word_of_the_client(
    db: None, raw_amount: str, amount: str, expected: tuple[int, int, str, str]
) -> None:
    """An old client sends both; nobody set a rate in euros."""
    owner = open_account("carol@example.com", currency="EUR")

    row = create(owner, type="mileage", raw_amount=Decimal(raw_amount), amount=Decimal(amount))

    assert priced(row) == expected


def test_what_a_currency_is_worth_by_word_of_the_client(alice: Account) -> None:
    services.type_set(user_id=alice.id, name="abo", unit="EUR", now=NOON)

    row = create(alice, type="abo", raw_amount=Decimal(20), amount=Decimal("21.60"))

    assert priced(row) == (21_600, 20_000, "EUR", "1.08")


def test_a_bad_receipt(alice: Account) -> None:
    with pytest.raises(BadReceipt):
        services.expense_create(
            owner=alice, fields={"type": "lunch", "amount": Decimal(1)}, now=NOON, picture=receipt_read(b"<html>")
        )

    assert Expense.objects.count() == 1


@pytest.mark.parametrize(
    ("entered", "expected"),
    [("45", (45_000, 45_000, "", "")), ("20 EUR at 1.5", (30_000, 20_000, "EUR", "1.5"))],
)
def test_the_amount_as_it_is_typed(alice: Account, entered: str, expected: tuple[Any, ...]) -> None:
    row = services.expense_create(owner=alice, fields={"type": "lunch", "entered": entered}, now=NOON)

    assert (row.amount, row.raw_amount, row.unit, row.rate) == expected
