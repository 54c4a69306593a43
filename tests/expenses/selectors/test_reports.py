"""What is filed in reports: counted and summed in one statement, exactly."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

from datetime import date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.receipts import receipt_read
from expenses.selectors import (
    FiledReport,
    FiledType,
    Sheet,
    expense_row,
    filed_report,
    filed_reports,
    filed_types,
    report_receipts,
    report_sheet,
)
from reports.selectors import ReportNotFound, report_default
from reports.status import Status
from tests.cast import NOON, spend
from tests.expenses.pictures import jpeg, pdf

LATER = NOON + timedelta(hours=1)
LARGEST = 10**15 - 1


def make(owner: Account, name: str = "Berlin") -> int:
    return services.report_create(user_id=owner.id, name=name, now=NOON).id


def images_of(owner: Account, report_id: int) -> dict[int, list[str]]:
    found = report_receipts(user_id=owner.id, report_id=report_id)
    return {expense_id: [row.image for row in rows] for expense_id, rows in found.items()}


def spend_on(owner: Account, day: int, text: str, report_id: int) -> ExpenseRow:
    return spend(owner, text, report_id=report_id, day=datetime(2026, 11, day, 14, 30))


@pytest.fixture
def berlin(alice: Account, bob: Account) -> int:
    """A report of Alice's with three expenses, and a deleted one; Bob has one of the same name."""
    report_id = make(alice)
    spend_on(alice, 18, "Lunch 12.35", report_id)
    spend_on(alice, 16, "flight 648.20", report_id)
    spend_on(alice, 20, "LUNCH -2", report_id)
    gone = spend_on(alice, 25, "lunch 99", report_id)
    services.expense_delete(owner=alice, expense_id=gone.id, now=NOON)
    spend_on(bob, 1, "lunch 1000", make(bob))
    return report_id


def test_it_works(alice: Account, berlin: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    default = report_default(user_id=alice.id)
    empty = make(alice, "Empty")
    services.report_update(user_id=alice.id, report_id=empty, status=Status.PAID, now=LATER)

    with django_assert_num_queries(1):
        found = filed_reports(user_id=alice.id)

    day = date(2026, 11, 20)
    assert found == [
        FiledReport(default.id, "My Expenses", "U", True, NOON, NOON, day, day, 1, 0),
        FiledReport(
            berlin, "Berlin", "U", False, NOON, NOON, date(2026, 11, 16), date(2026, 11, 20), 3, 658_550
        ),
        FiledReport(empty, "Empty", "P", False, NOON, LATER, None, None, 0, 0),
    ]  # fmt: skip
    assert [report.is_closed for report in found] == [False, False, True]
    assert filed_report(user_id=alice.id, report_id=berlin) == found[1]


def test_what_is_not_hers(bob: Account, berlin: int) -> None:
    with pytest.raises(ReportNotFound):
        filed_report(user_id=bob.id, report_id=berlin)

    assert filed_types(user_id=bob.id, report_id=berlin) == []
    assert report_sheet(user_id=bob.id, report_id=berlin) == Sheet([], [], 0)
    assert report_receipts(user_id=bob.id, report_id=berlin) == {}


def test_by_type(alice: Account, berlin: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    spend_on(alice, 20, "apples 10.35", berlin)

    with django_assert_num_queries(1):
        found = filed_types(user_id=alice.id, report_id=berlin)

    assert found == [
        FiledType("flight", 1, 648_200),
        FiledType("apples", 1, 10_350),
        FiledType("LUNCH", 2, 10_350),
    ]


def test_a_sheet(alice: Account, berlin: int) -> None:
    sheet = report_sheet(user_id=alice.id, report_id=berlin)

    assert [(line.type, line.amount) for line in sheet.lines] == [
        ("flight", 648_200), ("Lunch", 12_350), ("LUNCH", -2_000),
    ]  # fmt: skip
    assert sheet.types == filed_types(user_id=alice.id, report_id=berlin)
    assert sheet.amount == filed_report(user_id=alice.id, report_id=berlin).amount == 658_550


@pytest.mark.parametrize("amount", [LARGEST, -LARGEST])
def test_more_than_64_bits(alice: Account, amount: int) -> None:
    """Ten of the largest amounts are beyond SQLite's sum."""
    report_id = make(alice)
    for _ in range(11):
        spend(alice, f"yacht {amount}.99", report_id=report_id)

    expected = 11 * (abs(amount) * 1000 + 990) * (1 if amount > 0 else -1)
    assert filed_report(user_id=alice.id, report_id=report_id).amount == expected
    assert filed_types(user_id=alice.id, report_id=report_id)[0].amount == expected


def test_receipts_in_their_order(alice: Account, bob: Account, berlin: int) -> None:
    first, second = (spend(alice, f"taxi {number}", report_id=berlin).id for number in (1, 2))
    images = []
    for expense_id, data in [(first, jpeg()), (first, pdf()), (second, jpeg())]:
        services.expense_update(owner=alice, expense_id=expense_id, fields={}, now=NOON, picture=receipt_read(data))
        images.append(expense_row(user_id=alice.id, expense_id=expense_id).receipt_image)
    elsewhere = spend(alice, "taxi 3").id
    services.expense_update(owner=alice, expense_id=elsewhere, fields={}, now=NOON, picture=receipt_read(jpeg()))

    assert images_of(alice, berlin) == {first: [images[1], images[0]], second: [images[2]]}

    services.expense_delete(owner=alice, expense_id=second, now=LATER)
    assert images_of(alice, berlin) == {first: [images[1], images[0]]}
