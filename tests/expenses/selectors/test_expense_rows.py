"""Lists of expenses: every filter, operator and edge, in a fixed number of statements."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from django.conf import LazySettings
from django.db import connection
from django.db.models import F
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import Costly, ExpenseRow, TagRow
from expenses.models import Expense, Tag
from expenses.receipts import receipt_read
from expenses.selectors import (
    AmountBound,
    DateBound,
    ExpenseFilter,
    ExpenseNotFound,
    InstantBound,
    Operator,
    expense_row,
    expense_rows,
)
from reports.selectors import report_default
from tests.cast import NOON, spend
from tests.expenses.exports import unread
from tests.expenses.pictures import pdf

DAY = date(2026, 11, 20)
SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


def ids(owner: Account, *, newest_first: bool = False, **conditions: Any) -> list[int]:
    rows = expense_rows(user_id=owner.id, matching=ExpenseFilter(**conditions), newest_first=newest_first)
    return [row.id for row in rows]


@pytest.fixture
def empty(alice: Account) -> Account:
    """Alice, without the sample expense."""
    Expense.objects.all().delete()
    return alice


def test_it_works(empty: Account) -> None:
    category = services.category_create(user_id=empty.id, name="Meals", now=NOON)
    services.type_set(user_id=empty.id, name="Lunch", category_id=category.id, now=NOON)
    report = services.report_create(user_id=empty.id, name="Client X", now=NOON)
    made = spend(
        empty, "lunch 20 EUR at 1.085 café – 日本 #b #a", report_id=report.id, day=datetime(2009, 10, 2, 5, 14),
        channel="SP",
    )  # fmt: skip

    (row,) = expense_rows(user_id=empty.id, matching=ExpenseFilter())

    b, a = Tag.objects.order_by("id")
    assert row == made == expense_row(user_id=empty.id, expense_id=made.id)
    assert row == ExpenseRow(
        id=made.id, status=1, user_id=empty.id, report_id=report.id, report="Client X", type="lunch",
        category_id=category.id, category="Meals", amount=21_700, raw_amount=20_000, unit="EUR", rate="1.085",
        notes="café – 日本", sourceid=f"SP-{empty.id}-2026-11-20T12:00:00.000005",
        date="2009-10-02 05:14:00", created="2026-11-20 12:00:00",
        modified="2026-11-20 12:00:00", receipt_id=None, receipt_image="",
        tags=(TagRow(b.pk, "b"), TagRow(a.pk, "a")),
    )  # fmt: skip


def test_what_is_left_unread_is_empty(empty: Account) -> None:
    category = services.category_create(user_id=empty.id, name="Meals", now=NOON)
    services.type_set(user_id=empty.id, name="Lunch", category_id=category.id, now=NOON)
    made = spend(empty, "lunch 20 EUR at 1.085 #b #a", picture=receipt_read(pdf()))
    assert made.receipt_id

    every: tuple[Costly, ...] = get_args(Costly)
    for names in (every, *((name,) for name in every)):
        (row,) = expense_rows(user_id=empty.id, matching=ExpenseFilter(), unread=frozenset(names))

        assert row == unread(made, names)


@pytest.mark.parametrize(
    ("rate", "text"), [("0", "0"), ("1", "1"), ("100", "100"), ("0.000000000001", "0.000000000001")]
)
def test_rates_are_plain_text(empty: Account, rate: str, text: str) -> None:
    row = spend(empty, "lunch 1")

    Expense.objects.update(unit="x", rate=Decimal(rate))

    assert expense_row(user_id=empty.id, expense_id=row.id).rate == text


def test_nobody_sees_what_is_not_theirs(alice: Account, bob: Account) -> None:
    row = spend(alice, "lunch 1 #cash")

    assert row.id not in ids(bob)
    assert ids(bob, report_id=row.report_id) == ids(bob, tags=("cash",)) == ids(bob, tags=(str(row.tags[0].id),)) == []
    with pytest.raises(ExpenseNotFound):
        expense_row(user_id=bob.id, expense_id=row.id)


def test_types_of_others_give_no_category(alice: Account, bob: Account) -> None:
    category = services.category_create(user_id=bob.id, name="Meals", now=NOON)
    services.type_set(user_id=bob.id, name="lunch", category_id=category.id, now=NOON)

    assert spend(alice, "lunch 1").category_id is None


@pytest.mark.parametrize("conditions", [{"type": "x" * 99_999}, {"notes": "x" * 99_999}, {"tags": ("x" * 99_999,)}])
def test_what_is_longer_than_anything_kept_finds_nothing(alice: Account, conditions: dict[str, Any]) -> None:
    spend(alice, "lunch 1 with jack #cash")

    assert ids(alice, **conditions) == []


def test_notes_as_long_as_they_may_be_are_found(alice: Account) -> None:
    row = services.expense_create(
        owner=alice, fields={"type": "lunch", "amount": Decimal(1), "notes": "É" * 20_000}, now=NOON
    )

    assert ids(alice, notes="e\u0301" * 20_000) == [row.id]


def test_order(empty: Account) -> None:
    late, early, same, also = (
        spend(empty, "lunch 1", day=day).id
        for day in (datetime(2026, 1, 2), datetime(2026, 1, 1), datetime(2026, 1, 2), datetime(2026, 1, 2))
    )

    assert ids(empty) == [early, late, same, also]
    assert ids(empty, newest_first=True) == [late, same, also, early]
    assert ids(empty, modified=InstantBound("gt", DAY)) == [early, late, same, also]
    assert ids(empty, newest_first=True, modified=InstantBound("gt", DAY)) == [late, same, also, early]


def test_deleted_ones(empty: Account) -> None:
    there, gone = spend(empty, "lunch 1").id, spend(empty, "lunch 2").id
    services.expense_delete(owner=empty, expense_id=gone, now=NOON)

    assert ids(empty) == [there]
    assert ids(empty, with_deleted=True) == [there, gone]
    with pytest.raises(ExpenseNotFound):
        expense_row(user_id=empty.id, expense_id=gone)
    assert expense_row(user_id=empty.id, expense_id=gone, with_deleted=True).status == -1


def test_report(empty: Account) -> None:
    report = services.report_create(user_id=empty.id, name="Client X", now=NOON)
    filed, other = spend(empty, "lunch 1", report_id=report.id).id, spend(empty, "lunch 2").id

    assert ids(empty, report_id=report.id) == [filed]
    assert ids(empty, report_id=report_default(user_id=empty.id).id) == [other]
    assert ids(empty, report_id=10**17) == []


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({"type": "Straße"}, True),
        ({"type": "STRASSE"}, True),
        ({"type": "ｓｔｒａßｅ"}, True),
        ({"type": "Straß"}, False),
        ({"type": ""}, False),
        ({"notes": "with Jack Ünd"}, True),
        ({"notes": "WITH JACK U\u0308ND"}, True),
        ({"notes": "with Jack"}, False),
        ({"notes": ""}, False),
        ({"type": "strasse", "notes": "with jack ünd"}, True),
        ({"type": "strasse", "notes": "x"}, False),
    ],
)
def test_type_and_notes(empty: Account, conditions: dict[str, Any], found: bool) -> None:
    row = spend(empty, "Straße 1 with Jack Ünd")

    assert ids(empty, **conditions) == ([row.id] if found else [])


@pytest.mark.parametrize(
    ("operator", "amount", "found"),
    [
        ("exact", "45", [45]),
        ("exact", "45.000", [45]),
        ("exact", "45.0004", []),
        ("exact", "45.0000000000000000000000000000000000000001", []),
        ("lt", "45", [44]),
        ("lt", "45.0004", [44, 45]),
        ("lt", "44.9996", [44]),
        ("lte", "45", [44, 45]),
        ("lte", "45.0004", [44, 45]),
        ("lte", "44.9996", [44]),
        ("gt", "45", [46]),
        ("gt", "45.0004", [46]),
        ("gt", "44.9996", [45, 46]),
        ("gte", "45", [45, 46]),
        ("gte", "45.0004", [46]),
        ("gte", "44.9996", [45, 46]),
        ("gt", "-1E15", [44, 45, 46]),
        ("lt", "1E15", [44, 45, 46]),
    ],
)
def test_amount(empty: Account, operator: Operator, amount: str, found: list[int]) -> None:
    for value in (44, 45, 46):
        spend(empty, f"lunch {value}")

    rows = expense_rows(user_id=empty.id, matching=ExpenseFilter(amount=AmountBound(operator, Decimal(amount))))

    assert [row.amount // 1000 for row in rows] == found


def test_negative_amounts_between_thousandths(empty: Account) -> None:
    row = spend(empty, "refund -0.01")

    assert ids(empty, amount=AmountBound("gt", Decimal("-0.0104"))) == [row.id]
    assert ids(empty, amount=AmountBound("lt", Decimal("-0.0096"))) == [row.id]
    assert ids(empty, amount=AmountBound("lt", Decimal("-0.0104"))) == []


MOMENTS = [
    datetime(2026, 11, 19, 23, 59, 59), datetime(2026, 11, 20), datetime(2026, 11, 20, 12),
    datetime(2026, 11, 20, 23, 59, 59), datetime(2026, 11, 21),
]  # fmt: skip
BOUNDS: list[tuple[Operator, date, list[int]]] = [
    ("exact", DAY, [1, 2, 3]),
    ("lt", DAY, [0]),
    ("gt", DAY, [2, 3, 4]),
    ("gte", DAY, [1, 2, 3, 4]),
    ("lte", DAY, [0, 1]),
    ("exact", MOMENTS[2], [2]),
    ("exact", MOMENTS[2] + SECOND, []),
    ("lt", MOMENTS[2], [0, 1]),
    ("lte", MOMENTS[2], [0, 1, 2]),
    ("gt", MOMENTS[2], [3, 4]),
    ("gte", MOMENTS[2], [2, 3, 4]),
]


@pytest.mark.parametrize(("operator", "moment", "found"), BOUNDS)
def test_date(empty: Account, operator: Operator, moment: date, found: list[int]) -> None:
    made = [spend(empty, "lunch 1", day=day).id for day in MOMENTS]

    assert ids(empty, date=DateBound(operator, moment)) == [made[index] for index in found]


@pytest.mark.parametrize("moment", [date(1, 1, 1), datetime(1, 1, 1)])
def test_the_first_day(empty: Account, moment: date) -> None:
    row = spend(empty, "lunch 1", day=moment)

    assert row.date == "0001-01-01 00:00:00"
    assert ids(empty, date=DateBound("exact", moment)) == [row.id]


@pytest.mark.parametrize("column", ["created", "modified"])
@pytest.mark.parametrize("offset", [0, -8 * 3600, 5 * 3600 + 2700])
@pytest.mark.parametrize("asked", BOUNDS)
def test_instants_are_asked_for_as_they_are_printed(
    empty: Account,
    settings: LazySettings,
    column: str,
    offset: int,
    asked: tuple[Operator, date, list[int]],
) -> None:
    operator, moment, found = asked
    settings.SERVER_OFFSET_SECONDS = offset
    made = [spend(empty, "lunch 1").id for _ in MOMENTS]
    for expense_id, shown in zip(made, MOMENTS, strict=True):
        instant = shown.replace(tzinfo=NOON.tzinfo) - timedelta(seconds=offset)
        Expense.objects.filter(pk=expense_id).update(created=instant, modified=instant)

    bound: dict[str, Any] = {column: InstantBound(operator, moment)}
    rows = list(expense_rows(user_id=empty.id, matching=ExpenseFilter(**bound)))

    assert [row.id for row in rows] == [made[index] for index in found]
    assert [getattr(row, column) for row in rows] == [str(MOMENTS[index]) for index in found]


@pytest.mark.parametrize(
    ("operator", "after", "found"),
    [
        ("exact", timedelta(0), True),
        ("exact", SECOND - MICROSECOND, True),
        ("exact", SECOND, False),
        ("exact", -MICROSECOND, False),
        ("gt", timedelta(0), False),
        ("gt", MICROSECOND, True),
        ("gt", SECOND - MICROSECOND, True),
        ("gte", timedelta(0), True),
        ("gte", -MICROSECOND, False),
        ("lt", -MICROSECOND, True),
        ("lt", timedelta(0), False),
        ("lte", SECOND - MICROSECOND, True),
        ("lte", SECOND, False),
    ],
)
def test_fractions_of_a_second(empty: Account, operator: Operator, after: timedelta, found: bool) -> None:
    row = spend(empty, "lunch 1")
    Expense.objects.update(created=NOON + after, modified=NOON + after)

    bound = InstantBound(operator, NOON.replace(tzinfo=None))

    assert ids(empty, modified=bound) == ids(empty, created=bound) == ([row.id] if found else [])


def test_who_sends_back_the_last_second_misses_nothing(empty: Account) -> None:
    rows = [spend(empty, f"lunch {amount}") for amount in (1, 2, 3)]
    last = datetime.fromisoformat(rows[-1].modified)

    later = spend(empty, "lunch 4", now=NOON)

    assert later.id in ids(empty, modified=InstantBound("gt", last), with_deleted=True)


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (("cash",), [0, 2]),
        (("CASH",), [0, 2]),
        (("personal", "cash"), [0, 1, 2]),
        (("cas",), []),
        (("nothing", "personal"), [1, 2]),
        (("{cash}",), [0, 2]),
        (("{cash}", "personal"), [0, 1, 2]),
        (("{cash}x",), []),
        (("9" * 18,), []),
        (("9" * 19,), []),
        (("１",), []),
        (("-1",), []),
    ],
)
def test_tags(empty: Account, tags: tuple[str, ...], found: list[int]) -> None:
    rows = [spend(empty, f"lunch 1 {said}") for said in ("#cash", "#personal", "#personal #Cash", "")]
    cash = rows[0].tags[0].id

    assert ids(empty, tags=tuple(tag.format(cash=cash) for tag in tags)) == [rows[index].id for index in found]


def test_a_tag_whose_name_is_a_number(empty: Account) -> None:
    row = spend(empty, "lunch 1 #2026")

    assert ids(empty, tags=("2026",)) == [row.id]


def test_all_conditions_at_once(empty: Account) -> None:
    row = spend(empty, "lunch 45 with jack #cash")
    for other in ("dinner 45 with jack #cash", "lunch 46 with jack #cash", "lunch 45 x #cash", "lunch 45 with jack"):
        spend(empty, other)

    assert ids(
        empty,
        report_id=row.report_id,
        type="lunch",
        notes="with jack",
        amount=AmountBound("exact", Decimal(45)),
        date=DateBound("exact", DAY),
        created=InstantBound("gte", DAY),
        modified=InstantBound("exact", DAY),
        tags=("cash",),
        with_deleted=True,
    ) == [row.id]


@pytest.mark.parametrize("count", [0, 1, 30])
def test_one_statement_whatever_the_length(
    empty: Account, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        spend(empty, f"lunch {number} #a #b")

    with django_assert_num_queries(1):
        assert len(ids(empty, tags=("a",), modified=InstantBound("gte", DAY))) == count


def test_one_is_one_statement(alice: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    row = spend(alice, "lunch 1 #a")

    with django_assert_num_queries(1):
        assert expense_row(user_id=alice.id, expense_id=row.id) == row


def test_rows_come_as_they_are_taken(alice: Account) -> None:
    rows = expense_rows(user_id=alice.id, matching=ExpenseFilter())

    assert isinstance(rows, Iterator)
    assert next(rows).type == "Sample Expense"
    assert list(rows) == []


def plan(owner: Account, **conditions: Any) -> str:
    """Return how the database means to answer."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        asked.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        ids(owner, **conditions)
    ((sql, values),) = asked
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {sql}", values)
        return "\n".join(str(line) for line in cursor.fetchall())


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_delta_question_uses_its_index(long_history: Account, *, newest_first: bool) -> None:
    bound = InstantBound("gt", NOON.replace(tzinfo=None) - timedelta(minutes=1))

    assert "expense_by_modified" in plan(long_history, modified=bound, with_deleted=True, newest_first=newest_first)


def test_a_list_by_date_uses_its_index(long_history: Account) -> None:
    bound = DateBound("exact", date(2012, 1, 1))

    assert "expense_by_date" in plan(long_history, date=bound)


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_list_of_a_report_uses_its_index(long_history: Account, *, newest_first: bool) -> None:
    reports = [services.report_create(user_id=long_history.id, name=f"Client {letter}", now=NOON) for letter in "abcde"]
    report, *others = reports
    for place, other in enumerate(others):
        Expense.objects.annotate(place=F("id") % 5).filter(place=place).update(report_id=other.id)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    row = spend(long_history, "lunch 1 @clienta")

    assert "expense_by_report" in plan(long_history, report_id=report.id, newest_first=newest_first)
    assert ids(long_history, report_id=report.id) == [row.id]


@pytest.mark.parametrize("tags", [("rare",), ("rare", "1000000001")])
@pytest.mark.parametrize("newest_first", [False, True])
def test_a_list_by_tag_begins_with_the_tag(long_history: Account, tags: tuple[str, ...], *, newest_first: bool) -> None:
    assert "expense_by_" not in plan(long_history, tags=tags, newest_first=newest_first)
    assert len(ids(long_history, tags=tags)) == 1


def test_a_delta_by_tag_may_use_the_delta_s_index(alice: Account) -> None:
    bound = InstantBound("gt", NOON.replace(tzinfo=None) - timedelta(minutes=1))

    assert "expense_by_modified" in plan(alice, modified=bound, tags=("rare",))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the words of SQLite's planner")
def test_receipts_and_tags_are_looked_up_among_the_owner_s(alice: Account) -> None:
    found = plan(alice)

    assert re.search(r"SEARCH p USING INDEX \w+ \(user_id=\? AND expense_id=\?", found)
    assert re.search(r"SEARCH l USING COVERING INDEX \w+ \(expense_id=\? AND user_id=\?\)", found)
