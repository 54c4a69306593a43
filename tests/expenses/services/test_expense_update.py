"""Changing an expense; the prices are wire §7 row 7."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts import services as accounts
from accounts.selectors import Account, account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.grammar import NotAnAmount
from expenses.models import Clock, Expense, ExpenseType, Timer
from expenses.money import AmountTooLarge, plain, two_decimals
from expenses.receipts import receipt_read
from expenses.selectors import ExpenseNotFound, expense_row
from expenses.services import BadTagName, BadType, ExpenseFields, NotesTooLong, RateMissing, ReportClosed
from reports.selectors import ReportNotFound, report_default
from reports.status import Status
from tests.cast import NOON, open_account, spend
from tests.expenses.pictures import jpeg

LATER = NOON + timedelta(hours=1)
IN_2009 = datetime(2009, 6, 1)


def update(owner: Account, row: ExpenseRow, **fields: Any) -> ExpenseRow:
    return services.expense_update(
        owner=owner,
        expense_id=row.id,
        fields=ExpenseFields(**fields),  # type: ignore[typeddict-item]
        now=LATER,
    )


def priced(row: ExpenseRow) -> tuple[int, int, str, str]:
    return row.amount, row.raw_amount, row.unit, row.rate


@pytest.fixture
def rated(alice: Account) -> Account:
    """Alice, whose ledger has types of several units."""
    accounts.preferences_set(user_id=alice.id, hourly_rate=Decimal(60))
    for name, unit, rate in (("Consulting", "min", 120), ("Van", "mi", 2), ("Copies", "page", None), ("Abo", "EUR", 3)):
        known = None if rate is None else Decimal(rate)
        services.type_set(user_id=alice.id, name=name, unit=unit, rate=known, now=NOON)
    return account(email=alice.email)


def test_it_works(alice: Account) -> None:
    report = services.report_create(user_id=alice.id, name="Client X", now=NOON)
    row = spend(alice, "lunch 45 with jack #cash #old")

    changed = update(
        alice,
        row,
        type=" Dinner ",
        amount=Decimal("50.5"),
        notes="with jill",
        date=datetime(2009, 10, 2, 5, 14),
        report_id=report.id,
        tags=["CASH", "new"],
    )

    assert [tag.name for tag in changed.tags] == ["cash", "new"]
    assert changed == row._replace(
        type="Dinner", amount=50_500, raw_amount=50_500, notes="with jill", date="2009-10-02 05:14:00",
        report_id=report.id, report="Client X", modified="2026-11-20 13:00:00", tags=changed.tags,
    )  # fmt: skip
    assert expense_row(user_id=alice.id, expense_id=row.id) == changed


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        # plain: amount and raw amount are one
        ("lunch 45", {"amount": Decimal("50.005")}, (50_010, 50_005, "", "")),
        ("lunch 45", {"raw_amount": Decimal("50.005")}, (50_010, 50_005, "", "")),
        ("lunch 45", {"amount": Decimal(50), "raw_amount": Decimal(40)}, (50_000, 40_000, "", "")),
        ("lunch 45", {"notes": "x"}, (45_000, 45_000, "", "")),
        # rated: the raw amount stays unless given, and is worth what it was worth
        ("mileage 100", {"amount": Decimal(60)}, (60_000, 100_000, "mi", "0.725")),
        ("mileage 100", {"raw_amount": Decimal(200)}, (145_000, 200_000, "mi", "0.725")),
        ("mileage 100", {"amount": Decimal(60), "raw_amount": Decimal(200)}, (60_000, 200_000, "mi", "0.725")),
        ("mileage 100", {"raw_amount": Decimal(-1)}, (-730, -1000, "mi", "0.725")),
        ("Time 37 mins", {"raw_amount": Decimal(90)}, (90_000, 90_000, "min", "60")),
        # foreign
        ("lunch 20 EUR at 1.08", {"amount": Decimal(22)}, (22_000, 20_000, "EUR", "1.08")),
        ("lunch 20 EUR at 1.08", {"raw_amount": Decimal(30)}, (32_400, 30_000, "EUR", "1.08")),
        # the rate that was applied stays, whatever else becomes of the expense
        ("mileage 100", {"date": IN_2009}, (72_500, 100_000, "mi", "0.725")),
        ("mileage 100", {"date": IN_2009, "raw_amount": Decimal(10)}, (7250, 10_000, "mi", "0.725")),
        ("mileage 100", {"type": "MILEAGE"}, (72_500, 100_000, "mi", "0.725")),
        ("mileage 100 mi at 0.3", {"type": "Mileage", "raw_amount": Decimal(10)}, (3000, 10_000, "mi", "0.3")),
        # another type: 45 dollars are not 45 miles
        ("taxi 45", {"type": "mileage"}, (45_000, 45_000, "", "")),
        ("lunch 30", {"type": "Time"}, (30_000, 30_000, "", "")),
        ("lunch 30", {"type": "copies"}, (30_000, 30_000, "", "")),
        ("lunch 30", {"type": "abo"}, (30_000, 30_000, "", "")),
        ("lunch 30", {"type": "dinner"}, (30_000, 30_000, "", "")),
        ("lunch 30", {"type": "mileage", "amount": Decimal(9)}, (9000, 9000, "", "")),
        ("lunch 30", {"type": "dinner", "raw_amount": Decimal(9)}, (9000, 9000, "", "")),
        # unless they are said to be
        ("lunch 45", {"type": "mileage", "raw_amount": Decimal(100)}, (72_500, 100_000, "mi", "0.725")),
        ("lunch 100", {"type": "mileage", "raw_amount": Decimal(100)}, (72_500, 100_000, "mi", "0.725")),
        (
            "lunch 45",
            {"type": "mileage", "raw_amount": Decimal(100), "date": IN_2009},
            (55_000, 100_000, "mi", "0.55"),
        ),
        (
            "lunch 45",
            {"type": "mileage", "raw_amount": Decimal(100), "amount": Decimal(70)},
            (70_000, 100_000, "mi", "0.725"),
        ),
        (
            "lunch 45",
            {"type": "mileage", "raw_amount": Decimal(100), "amount": Decimal(45)},
            (72_500, 100_000, "mi", "0.725"),
        ),
        ("lunch 45", {"type": "mileage", "raw_amount": Decimal(45), "amount": Decimal(45)}, (45_000, 45_000, "", "")),
        ("lunch 20 EUR at 1.08", {"type": "abo", "raw_amount": Decimal(30)}, (90_000, 30_000, "EUR", "3")),
        ("lunch 20 EUR at 1.08", {"type": "mileage", "raw_amount": Decimal(100)}, (72_500, 100_000, "mi", "0.725")),
        ("lunch 20 EUR at 1.08", {"type": "dinner", "raw_amount": Decimal(30)}, (32_400, 30_000, "EUR", "1.08")),
        # like units: the number stays, at the new type's rate
        ("mileage 100", {"type": "lunch"}, (72_500, 72_500, "", "")),
        ("mileage 100", {"type": "lunch", "amount": Decimal(9)}, (9000, 9000, "", "")),
        ("mileage 100", {"type": "Time"}, (72_500, 72_500, "", "")),
        ("mileage 100", {"type": "van"}, (200_000, 100_000, "mi", "2")),
        ("mileage 100 km at 0.3", {"type": "van"}, (200_000, 100_000, "mi", "2")),
        (
            "mileage 100",
            {"type": "van", "raw_amount": Decimal(100), "amount": Decimal("72.50")},
            (200_000, 100_000, "mi", "2"),
        ),
        ("van 100", {"type": "mileage"}, (72_500, 100_000, "mi", "0.725")),
        ("Time 60 mins", {"type": "Consulting"}, (120_000, 60_000, "min", "120")),
        ("Time 60 mins", {"type": "Consulting", "raw_amount": Decimal(30)}, (60_000, 30_000, "min", "120")),
        ("Consulting 60 mins", {"type": "Time"}, (60_000, 60_000, "min", "60")),
        ("Time 60 mins", {"type": "lunch"}, (60_000, 60_000, "", "")),
        ("copies 30", {"type": "lunch"}, (0, 0, "", "")),
        ("lunch 20 EUR at 1.08", {"type": "dinner"}, (21_600, 20_000, "EUR", "1.08")),
        ("lunch 20 EUR at 1.08", {"type": "abo"}, (21_600, 20_000, "EUR", "1.08")),
        ("lunch 20 EUR at 1.08", {"type": "mileage"}, (21_600, 20_000, "EUR", "1.08")),
        ("abo 20", {"type": "lunch"}, (60_000, 20_000, "EUR", "3")),
    ],
)
def test_prices(rated: Account, text: str, fields: dict[str, Any], expected: tuple[int, int, str, str]) -> None:
    row = spend(rated, text)

    assert priced(update(rated, row, **fields)) == expected


@pytest.mark.parametrize("name", ["mileage", "Time", "copies", "abo"])
@pytest.mark.parametrize("text", ["taxi 45", "taxi 20 EUR at 1.08", "taxi -45"])
def test_a_type_that_was_a_slip_costs_nothing(rated: Account, text: str, name: str) -> None:
    row = spend(rated, text)

    update(rated, row, type=name)

    assert priced(update(rated, row, type="other")) == priced(row)


@pytest.mark.parametrize("name", ["dinner", "mileage"])
def test_another_type_leaves_two_amounts_that_were_said(alice: Account, name: str) -> None:
    row = update(alice, spend(alice, "lunch 45"), amount=Decimal(50), raw_amount=Decimal(40))

    assert priced(update(alice, row, type=name)) == (50_000, 40_000, "", "")


def test_minutes_that_were_printed_are_sent_back_with_another_type(rated: Account) -> None:
    row = update(rated, spend(rated, "Time 60 mins"), raw_amount=Decimal("60.333"))

    changed = update(rated, row, type="Consulting", raw_amount=Decimal("60.33"))

    assert priced(changed) == (120_670, 60_333, "min", "120")


def test_a_raw_amount_that_stays_leaves_the_amount(rated: Account) -> None:
    row = spend(rated, "mileage 100")
    update(rated, row, amount=Decimal(60))

    assert priced(update(rated, row, raw_amount=Decimal(100))) == (60_000, 100_000, "mi", "0.725")


@pytest.mark.parametrize(
    ("fields", "after"),
    [
        ({"raw_amount": Decimal(100)}, (72_500, 100_000, "mi", "0.725")),
        ({"raw_amount": Decimal(100), "type": "MILEAGE"}, (72_500, 100_000, "mi", "0.725")),
        ({"raw_amount": Decimal(100), "date": IN_2009}, (55_000, 100_000, "mi", "0.55")),
        ({"raw_amount": Decimal(100), "amount": Decimal(9)}, (72_500, 100_000, "mi", "0.725")),
        ({"raw_amount": Decimal(100), "amount": Decimal(70)}, (70_000, 100_000, "mi", "0.725")),
        ({"raw_amount": Decimal(9)}, (9000, 9000, "", "")),
        ({"raw_amount": Decimal("9.00"), "notes": "home"}, (9000, 9000, "", "")),
        ({"amount": Decimal(100)}, (100_000, 100_000, "", "")),
    ],
)
def test_money_under_a_type_with_a_unit_is_counted_by_a_new_raw_amount(
    alice: Account, fields: dict[str, Any], after: tuple[int, int, str, str]
) -> None:
    row = update(alice, spend(alice, "lunch 9"), type="mileage")
    assert priced(row) == (9000, 9000, "", "")

    assert priced(update(alice, row, **fields)) == after


@pytest.mark.parametrize("names", [["amount"], ["raw_amount"], ["amount", "raw_amount"]])
@pytest.mark.parametrize(
    ("currency", "text", "raw_amount"),
    [
        ("USD", "mileage 1 mi at 30", "0.333"),
        ("USD", "refund 1 EUR at 1.08", "-0.335"),
        ("USD", "lunch 1", "50.005"),
        ("KWD", "lunch 1", "1.235"),
        ("KWD", "refund 1", "-1.235"),
        ("KWD", "lunch 1", "999999999999999.999"),
        ("JPY", "mileage 1 km at 100", "2.445"),
    ],
)
@pytest.mark.parametrize("written", [two_decimals, plain])
def test_what_was_printed_is_sent_back(
    db: None, *, currency: str, text: str, raw_amount: str, names: list[str], written: Callable[[int], str]
) -> None:
    owner = open_account("carol@example.com", currency=currency)
    row = update(owner, spend(owner, text), raw_amount=Decimal(raw_amount))
    assert row.raw_amount == Decimal(raw_amount) * 1000
    sent = {name: Decimal(written(getattr(row, name))) for name in names}

    assert priced(update(owner, row, notes="x", **sent)) == priced(row)


def test_what_was_printed_beside_a_new_amount(alice: Account) -> None:
    row = spend(alice, "lunch 45")

    assert priced(update(alice, row, amount=Decimal(50), raw_amount=Decimal("45.00"))) == (50_000, 50_000, "", "")


def test_the_rate_stays_when_the_owner_s_changes(rated: Account) -> None:
    row = spend(rated, "Time 60 mins")
    accounts.preferences_set(user_id=rated.id, hourly_rate=Decimal(100))
    owner = account(email=rated.email)

    assert priced(update(owner, row, raw_amount=Decimal(30))) == (30_000, 30_000, "min", "60")


def test_a_rate_by_hand_goes_with_the_unit(db: None) -> None:
    owner = open_account("carol@example.com", currency="EUR")
    services.type_set(user_id=owner.id, name="Van", unit="mi", now=NOON)
    row = spend(owner, "mileage 100 mi at 0.3")

    assert priced(update(owner, row, type="Van")) == (30_000, 100_000, "mi", "0.3")


def test_a_rate_by_hand_stays_where_the_new_unit_has_none(db: None) -> None:
    owner = open_account("carol@example.com", currency="EUR")
    services.type_set(user_id=owner.id, name="Van", unit="km", now=NOON)
    row = spend(owner, "mileage 100 mi at 0.3")

    assert priced(update(owner, row, type="Van")) == (30_000, 100_000, "mi", "0.3")


def test_a_unit_without_rate(db: None) -> None:
    owner = open_account("carol@example.com", currency="EUR")
    row = spend(owner, "lunch 100")

    with pytest.raises(RateMissing):
        update(owner, row, type="mileage", raw_amount=Decimal(50))

    assert expense_row(user_id=owner.id, expense_id=row.id) == row


def test_what_miles_are_worth_by_word_of_the_client(db: None) -> None:
    owner = open_account("carol@example.com", currency="EUR")
    row = spend(owner, "lunch 100")

    after = update(owner, row, type="mileage", raw_amount=Decimal(50), amount=Decimal(20))

    assert (after.amount, after.raw_amount, after.unit, after.rate) == (20_000, 50_000, "mi", "0.4")


def test_what_was_not_changed_is_a_word_of_the_client_too(db: None) -> None:
    owner = open_account("carol@example.com", currency="EUR")
    row = spend(owner, "lunch 100")

    after = update(owner, row, type="mileage", raw_amount=Decimal(50), amount=Decimal(100))

    assert (after.amount, after.raw_amount, after.unit, after.rate) == (100_000, 50_000, "mi", "2")


def test_a_new_type_is_known_from_now_on(alice: Account) -> None:
    update(alice, spend(alice, "lunch 45"), type="Dinner")

    assert set(ExpenseType.objects.values_list("name", flat=True)) == {"lunch", "Dinner"}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"type": "lunch"},
        {"amount": Decimal("45.00"), "raw_amount": Decimal(45)},
        {"notes": "with jack", "tags": ["#cash", "cash"]},
        {"date": datetime(2026, 11, 20, 12)},
    ],
)
def test_where_nothing_changes_nothing_is_written(alice: Account, fields: dict[str, Any]) -> None:
    row = spend(alice, "lunch 45 with jack #cash")
    before = Expense.objects.get(pk=row.id).modified

    assert update(alice, row, **fields) == row

    assert Expense.objects.get(pk=row.id).modified == before


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "LUNCH"},
        {"amount": Decimal(46)},
        {"notes": "With jack"},
        {"date": datetime(2026, 11, 20, 12, 0, 1)},
        {"tags": []},
        {"tags": ["cash", "b"]},
        {"tags": ["b", "cash"]},
    ],
)
def test_every_change_moves_modified(alice: Account, fields: dict[str, Any]) -> None:
    row = spend(alice, "lunch 45 with jack #cash")

    update(alice, row, **fields)

    expense = Expense.objects.get(pk=row.id)
    assert expense.modified == LATER == Clock.objects.get(user_id=alice.id).last
    assert expense.created < expense.modified


def test_a_new_order_of_tags_is_a_change(alice: Account) -> None:
    row = spend(alice, "lunch 45 #a #b")

    assert [tag.name for tag in update(alice, row, tags=["b", "a"]).tags] == ["b", "a"]


def test_a_receipt_is_a_change(alice: Account) -> None:
    row = spend(alice, "lunch 45")

    changed = services.expense_update(
        owner=alice, expense_id=row.id, fields={}, now=LATER, picture=receipt_read(jpeg())
    )

    assert changed.modified == "2026-11-20 13:00:00"
    assert changed.receipt_image.startswith(f"{alice.id}/")


def test_notes_are_found_under_their_new_text(alice: Account) -> None:
    row = spend(alice, "lunch 45 with jack")

    update(alice, row, notes="With JILL")

    assert (
        Expense.objects.get(pk=row.id).notes_key
        == Expense.objects.get(pk=spend(alice, "dinner 1 with jill").id).notes_key
    )


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"type": ""}, BadType),
        ({"type": "a\0b"}, BadType),
        ({"amount": Decimal(10**15)}, AmountTooLarge),
        ({"raw_amount": Decimal("1E+400")}, AmountTooLarge),
        ({"notes": "x" * 20_001}, NotesTooLong),
        ({"notes": "changed", "tags": [""]}, BadTagName),
        ({"report_id": 10**9}, ReportNotFound),
    ],
)
def test_refused(alice: Account, fields: dict[str, Any], error: type[Exception]) -> None:
    row = spend(alice, "lunch 45 #cash")

    with pytest.raises(error):
        update(alice, row, **fields)

    assert expense_row(user_id=alice.id, expense_id=row.id) == row


def test_what_is_not_hers(alice: Account, bob: Account) -> None:
    row = spend(alice, "lunch 45")

    with pytest.raises(ExpenseNotFound):
        update(bob, row, notes="mine")
    with pytest.raises(ReportNotFound):
        update(alice, row, report_id=report_default(user_id=bob.id).id)

    assert expense_row(user_id=alice.id, expense_id=row.id) == row


def test_in_a_closed_report(alice: Account) -> None:
    report = services.report_create(user_id=alice.id, name="Client X", now=NOON)
    row = spend(alice, "lunch 45", report_id=report.id)
    services.report_update(user_id=alice.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)

    with pytest.raises(ReportClosed):
        update(alice, row, report_id=report_default(user_id=alice.id).id)


def test_naming_the_closed_report_that_it_is_in(alice: Account) -> None:
    report = services.report_create(user_id=alice.id, name="Client X", now=NOON)
    row = spend(alice, "lunch 45 with jack", report_id=report.id)
    services.report_update(user_id=alice.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)

    assert update(alice, row, report_id=report.id, notes="with jack") == row
    with pytest.raises(ReportClosed):
        update(alice, row, report_id=report.id, notes="with jill")


def test_into_a_closed_report(alice: Account) -> None:
    report = services.report_create(user_id=alice.id, name="Client X", now=NOON, status=Status.PAID)

    with pytest.raises(ReportClosed):
        update(alice, spend(alice, "lunch 45"), report_id=report.id)


def test_a_deleted_one(alice: Account) -> None:
    row = spend(alice, "lunch 45")
    services.expense_delete(owner=alice, expense_id=row.id, now=NOON)

    with pytest.raises(ExpenseNotFound):
        update(alice, row, notes="x")


def test_restore(alice: Account) -> None:
    row = spend(alice, "lunch 45 #cash")
    services.expense_delete(owner=alice, expense_id=row.id, now=NOON)

    restored = services.expense_update(
        owner=alice, expense_id=row.id, fields={"notes": "back"}, restore=True, now=LATER
    )

    assert restored == row._replace(notes="back", modified="2026-11-20 13:00:00")


def test_restore_one_that_is_there(alice: Account) -> None:
    row = spend(alice, "lunch 45")

    assert services.expense_update(owner=alice, expense_id=row.id, fields={}, restore=True, now=LATER) == row


def test_a_timer_ends_where_its_expense_is_no_longer_time(alice: Account) -> None:
    row = spend(alice, "Time start")

    update(alice, row, type="Time", notes="x")
    assert Timer.objects.filter(expense_id=row.id).exists()

    update(alice, row, type="lunch")
    assert not Timer.objects.exists()


@pytest.mark.parametrize(
    ("text", "entered", "expected"),
    [
        ("lunch 45", "46.5", (46_500, 46_500, "", "")),
        ("lunch 45", "20 EUR at 1.5", (30_000, 20_000, "EUR", "1.5")),
        ("lunch 20 EUR at 1.5", "30", (45_000, 30_000, "EUR", "1.5")),
        ("lunch 20 EUR at 1.5", "30 eur", (45_000, 30_000, "EUR", "1.5")),
        ("lunch 20 EUR at 1.5", "30 eur at 2", (60_000, 30_000, "EUR", "2")),
        ("lunch 20 EUR at 1.5", "30 USD", (30_000, 30_000, "", "")),
        ("consulting 30", "1h30", (180_000, 90_000, "min", "120")),
        ("van 100", "50 mi at 3.00", (150_000, 50_000, "mi", "3")),
    ],
)
def test_the_amount_as_it_is_typed(rated: Account, text: str, entered: str, expected: tuple[Any, ...]) -> None:
    assert priced(update(rated, spend(rated, text), entered=entered)) == expected


def test_the_amount_as_it_is_typed_beside_another_type(rated: Account) -> None:
    row = spend(rated, "lunch 45")

    assert priced(update(rated, row, type="Consulting", entered="30")) == (60_000, 30_000, "min", "120")
    assert priced(update(rated, row, type="Snacks", entered="30")) == (30_000, 30_000, "", "")


def test_the_amount_as_it_is_typed_and_what_it_came_to(rated: Account) -> None:
    row = spend(rated, "lunch 20 EUR at 1.5")

    assert priced(update(rated, row, entered="30", amount=Decimal(44))) == (44_000, 30_000, "EUR", "1.5")


def test_what_is_no_amount_changes_nothing(rated: Account) -> None:
    row = spend(rated, "lunch 45")

    with pytest.raises(NotAnAmount):
        update(rated, row, entered="many", notes="x")

    assert expense_row(user_id=rated.id, expense_id=row.id) == row
