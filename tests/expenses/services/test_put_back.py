"""Undoing that several expenses were moved or tagged."""

from datetime import timedelta

import pytest

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.selectors import ExpenseNotFound, expense_row, ledger_row
from expenses.services import ReportClosed, TooManyTags, Was
from expenses.services.tags import MOST_TAGS
from reports.selectors import ReportNotFound
from reports.status import Status
from tests.cast import NOON, spend

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def rows(alice: Account) -> list[ExpenseRow]:
    return [spend(alice, "lunch 1 #cash #old"), spend(alice, "lunch 2"), spend(alice, "lunch 3 #old")]


def report(owner: Account, name: str = "Fair") -> int:
    return services.report_create(user_id=owner.id, name=name, now=NOON).id


def moved(owner: Account, rows: list[ExpenseRow], report_id: int) -> list[Was]:
    return services.expenses_move(owner=owner, expense_ids=[row.id for row in rows], report_id=report_id, now=NOON)


def put_back(owner: Account, was: list[Was]) -> list[Was]:
    return services.expenses_put_back(owner=owner, was=was, now=LATER)


def now_is(owner: Account, rows: list[ExpenseRow]) -> list[tuple[str, list[str]]]:
    """Return the report and the tags that expenses have."""
    found = [expense_row(user_id=owner.id, expense_id=row.id) for row in rows]
    return [(row.report, [tag.name for tag in row.tags]) for row in found]


def test_a_move(alice: Account, rows: list[ExpenseRow]) -> None:
    fair, away = report(alice), report(alice, "Away")
    moved(alice, rows[:1], away)
    was = moved(alice, rows, fair)

    again = put_back(alice, was)

    assert [report for report, _ in now_is(alice, rows)] == ["Away", "My Expenses", "My Expenses"]
    assert expense_row(user_id=alice.id, expense_id=rows[0].id).modified == "2026-11-20 13:00:00"
    assert [each.id for each in put_back(alice, again)] == [row.id for row in rows]
    assert [report for report, _ in now_is(alice, rows)] == ["Fair"] * 3


def test_tags_in_their_order(alice: Account, rows: list[ExpenseRow]) -> None:
    before, ids = now_is(alice, rows), [row.id for row in rows]
    was = services.expenses_tag(owner=alice, expense_ids=ids, now=NOON, add=["new"], remove=["cash", "old"])
    after = now_is(alice, rows)

    again = put_back(alice, was)

    assert now_is(alice, rows) == before != after
    put_back(alice, again)
    assert now_is(alice, rows) == after


def test_what_was_changed_meanwhile_stays(alice: Account, rows: list[ExpenseRow]) -> None:
    was = moved(alice, rows, report(alice))
    services.expense_update(owner=alice, expense_id=rows[0].id, fields={"notes": "x"}, now=NOON)
    services.expense_delete(owner=alice, expense_id=rows[1].id, now=NOON)

    back = put_back(alice, was)

    assert [each.id for each in back] == [rows[2].id]
    assert [report for report, _ in now_is(alice, [rows[0], rows[2]])] == ["Fair", "My Expenses"]
    assert put_back(alice, was) == []


def test_what_is_deleted_stays_so(alice: Account, rows: list[ExpenseRow]) -> None:
    services.expense_delete(owner=alice, expense_id=rows[0].id, now=NOON)
    version = ledger_row(user_id=alice.id, expense_id=rows[0].id).version

    assert put_back(alice, [Was(rows[0].id, version, rows[0].report_id, ())]) == []


def test_a_tag_that_is_gone_stays_away(alice: Account, bob: Account, rows: list[ExpenseRow]) -> None:
    his = spend(bob, "lunch 4 #his").tags[0].id
    was = services.expenses_tag(owner=alice, expense_ids=[rows[0].id], now=NOON, remove=["cash"])
    (cash, old) = was[0].tags or ()
    services.tag_delete(user_id=alice.id, tag_id=cash, now=NOON)

    put_back(alice, [was[0]._replace(tags=(cash, old, old, his))])

    assert now_is(alice, rows[:1]) == [("My Expenses", ["old"])]


def test_into_or_out_of_what_is_closed_by_now(alice: Account, rows: list[ExpenseRow]) -> None:
    fair, away = report(alice), report(alice, "Away")
    moved(alice, rows, away)
    was = moved(alice, rows, fair)

    for closed in (away, fair):
        services.report_update(user_id=alice.id, report_id=closed, status=Status.SUBMITTED, now=NOON)
        with pytest.raises(ReportClosed):
            put_back(alice, was)
        services.report_update(user_id=alice.id, report_id=closed, status=Status.ACTIVE, now=NOON)

    assert [report for report, _ in now_is(alice, rows)] == ["Fair"] * 3


def test_what_is_not_hers(alice: Account, bob: Account, rows: list[ExpenseRow]) -> None:
    was = moved(alice, rows, report(alice))

    with pytest.raises(ExpenseNotFound):
        put_back(bob, was)
    with pytest.raises(ReportNotFound):
        put_back(alice, [was[0]._replace(report_id=report(bob))])

    assert [report for report, _ in now_is(alice, rows)] == ["Fair"] * 3


def test_more_tags_than_an_expense_can_have(alice: Account, rows: list[ExpenseRow]) -> None:
    (was,) = services.expenses_tag(owner=alice, expense_ids=[rows[1].id], now=NOON, add=["new"])

    with pytest.raises(TooManyTags, match=f"^expense {rows[1].id}: tags: 101 were given"):
        put_back(alice, [was._replace(tags=tuple(range(1, MOST_TAGS + 2)))])

    assert now_is(alice, rows[1:2]) == [("My Expenses", ["new"])]


def test_nothing(alice: Account) -> None:
    assert put_back(alice, []) == []
