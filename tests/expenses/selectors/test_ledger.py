"""The ledger page by page: what a filter means, that pages make up the whole, and that sums are exact."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.fields import microseconds
from accounts.names import name_key
from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.models import Expense, Receipt
from expenses.selectors import (
    BadPosition,
    ExpenseFilter,
    ExpenseNotFound,
    LedgerFilter,
    LedgerRow,
    Page,
    Position,
    Total,
    expense_row,
    expense_rows,
    ledger_page,
    ledger_row,
    ledger_rows,
    ledger_total,
    ledger_totals_by_day,
    position_read,
)
from reports.selectors import report_default
from reports.status import Status
from tests.cast import NOON, spend
from tests.expenses.exports import unread

DAY = date(2026, 11, 20)


def page(owner: Account, matching: LedgerFilter | None = None, **where: Any) -> Page:
    return ledger_page(user_id=owner.id, matching=matching or LedgerFilter(), **where)


def ids(owner: Account, **conditions: Any) -> list[int]:
    return [row.expense.id for row in page(owner, LedgerFilter(**conditions)).rows]


def total(owner: Account, **conditions: Any) -> Total:
    return ledger_total(user_id=owner.id, matching=LedgerFilter(**conditions))


def as_shown(row: ExpenseRow) -> ExpenseRow:
    return unread(row, ("category_id", "category", "created", "modified", "receipt_id", "receipt_image"))


def attach(owner: Account, expense_id: int, position: int = 0) -> None:
    """Give an expense the row of a receipt, without a file."""
    image = f"{owner.id}/{expense_id}-{position}.JPG"
    Receipt.objects.create(
        user_id=owner.id, expense_id=expense_id, position=position, image=image, size=1, sha256="", created=NOON
    )


@pytest.fixture
def empty(alice: Account) -> Account:
    """Alice, without the sample expense."""
    Expense.objects.all().delete()
    return alice


class TestPage:
    def test_it_works(self, empty: Account) -> None:
        old, new = spend(empty, "lunch 1 #cash", day=DAY), spend(empty, "dinner 2", day=DAY + timedelta(days=1))
        attach(empty, old.id, 1)
        attach(empty, old.id)

        found = page(empty)

        assert found == Page(
            [
                LedgerRow(as_shown(new), "U", 0, microseconds(NOON) + 3),
                LedgerRow(as_shown(old), "U", 2, microseconds(NOON) + 2),
            ]
        )

    def test_the_row_alone(self, empty: Account) -> None:
        report = services.report_create(user_id=empty.id, name="Client X", now=NOON)
        row = spend(empty, "lunch 1", report_id=report.id)
        services.report_update(user_id=empty.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)

        found = ledger_row(user_id=empty.id, expense_id=row.id)

        assert found == LedgerRow(as_shown(row), "S", 0, microseconds(Expense.objects.get(pk=row.id).modified))
        assert found.position == Position(datetime.fromisoformat(row.date), row.id)

    def test_a_deleted_row_alone(self, empty: Account) -> None:
        row = spend(empty, "lunch 1")
        services.expense_delete(owner=empty, expense_id=row.id, now=NOON)

        assert ledger_row(user_id=empty.id, expense_id=row.id).expense.status == -1

    def test_nobody_sees_what_is_not_theirs(self, alice: Account, bob: Account) -> None:
        row = spend(alice, "lunch 1 with jack #cash")

        assert row.id not in ids(bob)
        for conditions in ({"text": "jack"}, {"text": "cash"}, {"tags": ("cash",)}, {"report_ids": (row.report_id,)}):
            assert ids(bob, **conditions) == []
            assert total(bob, **conditions) == Total(0, 0)
        with pytest.raises(ExpenseNotFound, match=rf"^expense {row.id}: "):
            ledger_row(user_id=bob.id, expense_id=row.id)

    def test_back_and_forth(self, empty: Account) -> None:
        # Two of one moment are in the order of their ids, and a page may end between them.
        days = [DAY, DAY, DAY, DAY + timedelta(days=1), DAY - timedelta(days=1)]
        made = [spend(empty, f"lunch {place}", day=day).id for place, day in enumerate(days, 1)]
        newest_first = [made[3], made[2], made[1], made[0], made[4]]

        first = page(empty, limit=2)
        second = page(empty, after=first.after, limit=2)
        third = page(empty, after=second.after, limit=2)

        shown = [[row.expense.id for row in each.rows] for each in (first, second, third)]
        assert shown == [newest_first[:2], newest_first[2:4], newest_first[4:]]
        assert (first.before, third.after) == (None, None)
        assert page(empty, before=third.before, limit=2) == second
        assert page(empty, before=second.before, limit=2) == first

    def test_a_place_stays_when_its_expense_goes(self, empty: Account) -> None:
        rows = [spend(empty, f"lunch {amount}") for amount in (1, 2, 3)]
        place = page(empty, limit=2).after

        services.expense_delete(owner=empty, expense_id=rows[1].id, now=NOON)

        assert [row.expense.id for row in page(empty, after=place).rows] == [rows[0].id]
        assert [row.expense.id for row in page(empty, before=place).rows] == [rows[2].id]

    def test_beyond_the_ends(self, empty: Account) -> None:
        spend(empty, "lunch 1", day=DAY)

        assert page(empty, after=Position(datetime(2000, 1, 1), 1)) == Page([])
        assert page(empty, before=Position(datetime(2100, 1, 1), 1)) == Page([])
        assert page(empty, after=Position(datetime(2100, 1, 1), 1)).before is None

    def test_it_asks_twice_at_most(self, empty: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        for amount in range(1, 30):
            spend(empty, f"lunch {amount} #a #b", day=DAY)

        with django_assert_num_queries(1):
            first = page(empty, limit=10)
        with django_assert_num_queries(2):
            page(empty, after=first.after, limit=10)

    @pytest.mark.parametrize("where", ["after", "before"])
    @pytest.mark.parametrize("deleted", [False, True])
    def test_it_walks_no_more_than_it_shows(self, long_history: Account, where: str, deleted: bool) -> None:
        if deleted:
            Expense.objects.filter(user_id=long_history.id).update(status=-1)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        asked = plans(
            lambda: page(
                long_history, LedgerFilter(deleted=deleted), **{where: Position(datetime(2012, 1, 1), 1)}, limit=1
            )
        )

        index = "expense_deleted_by_date" if deleted else "expense_by_date"
        assert len(asked) == 2
        for plan in asked:
            assert index in plan
            assert "date<?" in plan or "date>?" in plan or "ROW(date, id)" in plan


def test_some_by_their_ids_are_looked_up_by_these(long_history: Account) -> None:
    (plan,) = plans(lambda: ledger_rows(user_id=long_history.id, ids=[1, 2, 3]))

    assert "e USING INTEGER PRIMARY KEY" in plan or "expenses_expense_pkey" in plan


def plans(question: Any) -> list[str]:
    """Return how the database answers each statement of a question, as it would if there were many rows."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        asked.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        question()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        explained = []
        for sql, values in asked:
            cursor.execute(f"{'EXPLAIN QUERY PLAN' if connection.vendor == 'sqlite' else 'EXPLAIN'} {sql}", values)
            explained.append(str(cursor.fetchall()))
    return explained


class TestPosition:
    @pytest.mark.parametrize(
        "moment", [datetime(2026, 11, 20, 5, 4, 3), datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)]
    )
    def test_it_comes_back(self, moment: datetime) -> None:
        place = Position(moment, 10**18 - 1)

        assert position_read(place.token) == place

    def test_the_token_is_plain(self) -> None:
        assert Position(datetime(2026, 11, 20, 12), 17).token == "2026-11-20T12:00:00_17"

    @pytest.mark.parametrize(
        "token",
        ["", "x", "2026-11-20T12:00:00", "2026-11-20T12:00:00_", "2026-02-30T12:00:00_1", "2026-11-20T24:00:01_1",
         "2026-11-20 12:00:00_1", "2026-11-20T12:00:00_-1", "2026-11-20T12:00:00_" + "9" * 19, "٢026-11-20T12:00:00_1",
         "2026-11-20T12:00:00_1\n"],
    )  # fmt: skip
    def test_what_is_none(self, token: str) -> None:
        with pytest.raises(BadPosition) as caught:
            position_read(token)

        assert str(caught.value) == (
            f"position {token[:40]!r}: one like 2026-11-20T12:00:00_17, as links to pages hold it, is wanted"
        )


@pytest.fixture
def ledger(empty: Account) -> dict[str, int]:
    """Return the ids of some expenses of Alice's, by what they are."""
    report = services.report_create(user_id=empty.id, name="Client X", now=NOON)
    texts = {
        "lunch": "Lunch 45 with Jack Ünd #cash",
        "taxi": "Travel: Taxi 12.50 office to Straße #ClientX #cash",
        "euros": "hotel 100 EUR at 1.2 %_ night",
        "refund": "refund -45",
        "trip": "mileage 45",
    }
    made = {
        name: spend(empty, text, day=datetime(2026, 11, place, 23 * (place % 2), 59)).id
        for place, (name, text) in enumerate(texts.items(), 1)
    }
    services.expenses_move(owner=empty, expense_ids=[made["taxi"], made["euros"]], report_id=report.id, now=NOON)
    attach(empty, made["taxi"])
    attach(empty, made["taxi"], 1)
    gone = spend(empty, "Lunch 45 with Jack #cash")
    services.expense_delete(owner=empty, expense_id=gone.id, now=NOON)
    return {**made, "gone": gone.id}


class TestFilter:
    @pytest.mark.parametrize(
        ("conditions", "found"),
        [
            ({}, ["lunch", "taxi", "euros", "refund", "trip"]),
            ({"text": "  "}, ["lunch", "taxi", "euros", "refund", "trip"]),
            ({"text": "jack"}, ["lunch"]),
            ({"text": "JACK ÜND"}, ["lunch"]),
            ({"text": "u\u0308nd"}, ["lunch"]),
            ({"text": "strasse"}, ["taxi"]),
            ({"text": "ax"}, ["taxi"]),
            ({"text": "taxi office"}, ["taxi"]),
            ({"text": "taxi jack"}, []),
            ({"text": "lient"}, ["taxi"]),
            ({"text": "#lient"}, ["taxi"]),
            ({"text": "#office"}, []),
            ({"text": "#"}, ["lunch", "taxi"]),
            ({"text": "cash"}, ["lunch", "taxi"]),
            ({"text": "cash 45"}, ["lunch"]),
            ({"text": "%"}, ["euros"]),
            ({"text": "_"}, ["euros"]),
            ({"text": "45"}, ["lunch", "trip"]),
            ({"text": "45.00"}, ["lunch", "trip"]),
            ({"text": "$45,0"}, ["lunch", "trip"]),
            ({"text": "-45"}, ["refund"]),
            ({"text": "120"}, ["euros"]),
            ({"text": "100"}, ["euros"]),
            ({"text": "12.5"}, ["taxi"]),
            ({"text": "12.5000000000000000000001"}, []),
            ({"text": "9" * 40}, []),
            ({"text": "4"}, []),
            ({"text": "w i t h j a c k cash with jack"}, ["lunch"]),
            ({"text": "w i t h j a c k cash jack with"}, []),
            ({"text": "i t h j a c k cash jack with"}, ["lunch"]),
            ({"types": ("lunch",)}, ["lunch"]),
            ({"types": ("LUNCH", "refund", "x" * 9999)}, ["lunch", "refund"]),
            ({"types": ("lunc",)}, []),
            ({"tags": ("CASH",)}, ["lunch", "taxi"]),
            ({"tags": ("clientx", "nothing")}, ["taxi"]),
            ({"tags": ("nothing", "x" * 9999)}, []),
            ({"tags": ("\0",), "types": ("\0",)}, []),
            ({"first_day": date(2026, 11, 2), "last_day": date(2026, 11, 3)}, ["taxi", "euros"]),
            ({"first_day": date(2026, 11, 5)}, ["trip"]),
            ({"last_day": date(2026, 11, 1)}, ["lunch"]),
            ({"last_day": date.max}, ["lunch", "taxi", "euros", "refund", "trip"]),
            ({"least": Decimal("12.5"), "most": Decimal(45)}, ["lunch", "taxi", "trip"]),
            ({"most": Decimal("-44.9999")}, ["refund"]),
            ({"least": Decimal("-1E400"), "most": Decimal("1E400")}, ["lunch", "taxi", "euros", "refund", "trip"]),
            ({"least": Decimal("1E15")}, []),
            ({"least": Decimal("1E400")}, []),
            ({"most": Decimal("-1E400")}, []),
            ({"has_receipt": True}, ["taxi"]),
            ({"has_receipt": False}, ["lunch", "euros", "refund", "trip"]),
            ({"deleted": True}, ["gone"]),
            ({"deleted": True, "text": "jack"}, ["gone"]),
            ({"text": "cash", "has_receipt": True, "types": ("travel: taxi",), "tags": ("cash",)}, ["taxi"]),
        ],
    )  # fmt: skip
    def test_what_is_found(
        self, alice: Account, ledger: dict[str, int], conditions: dict[str, Any], found: list[str]
    ) -> None:
        meant = [expense_row(user_id=alice.id, expense_id=ledger[name], with_deleted=True) for name in found]

        assert ids(alice, **conditions) == [row.id for row in reversed(meant)]
        assert total(alice, **conditions) == Total(len(meant), sum(row.amount for row in meant))

    def test_several_reports(self, alice: Account, ledger: dict[str, int]) -> None:
        client = expense_row(user_id=alice.id, expense_id=ledger["taxi"]).report_id
        own = report_default(user_id=alice.id).id

        assert ids(alice, report_ids=(client,)) == [ledger["euros"], ledger["taxi"]]
        assert len(ids(alice, report_ids=(client, own))) == 5
        assert ids(alice, report_ids=(10**17,)) == []


class TestTotals:
    def test_nothing(self, empty: Account) -> None:
        assert total(empty) == Total(0, 0)
        assert ledger_totals_by_day(user_id=empty.id, matching=LedgerFilter(), first=date.min, last=date.max) == {}

    def test_whole_days(self, empty: Account) -> None:
        for text, day in [
            ("a 1", datetime(2026, 11, 18, 23, 59, 59)), ("a 2", datetime(2026, 11, 19)),
            ("a 4", datetime(2026, 11, 19, 23, 59, 59)), ("a 8", datetime(2026, 11, 20, 23, 59, 59)),
            ("a 16", datetime(2026, 11, 21)), ("b 32", datetime(2026, 11, 20)),
        ]:  # fmt: skip
            spend(empty, text, day=day)

        found = ledger_totals_by_day(
            user_id=empty.id, matching=LedgerFilter(types=("a",)), first=date(2026, 11, 19), last=date(2026, 11, 20)
        )

        assert found == {"2026-11-19": Total(2, 6000), "2026-11-20": Total(1, 8000)}

    @pytest.mark.parametrize("day", [date.min, date.max])
    def test_the_ends_of_the_calendar(self, empty: Account, day: date) -> None:
        spend(empty, "a 1", day=day)

        found = ledger_totals_by_day(user_id=empty.id, matching=LedgerFilter(), first=day, last=day)

        assert found == {str(day): Total(1, 1000)}

    @pytest.mark.parametrize("sign", [1, -1])
    def test_more_than_a_number_of_the_database_holds(self, empty: Account, sign: int) -> None:
        most = Decimal(sign) * (10**15 - Decimal("0.01"))
        for _ in range(12):
            services.expense_create(owner=empty, fields={"type": "a", "amount": most, "date": DAY}, now=NOON)

        whole = Total(12, 12 * int(most * 1000))
        assert total(empty) == whole
        assert ledger_totals_by_day(user_id=empty.id, matching=LedgerFilter(), first=date.min, last=date.max) == {
            f"{DAY:%Y-%m-%d}": whole
        }


WORDS = st.sampled_from(["jack", "A", "#cash", "Cash", "12", "-3.5", "ß", "ss", "x", ""])
FILTERS = st.builds(
    LedgerFilter,
    text=st.lists(WORDS, max_size=2).map(" ".join),
    first_day=st.none() | st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3)),
    last_day=st.none() | st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3)),
    types=st.sampled_from([(), (), ("lunch",), ("GROSS", "taxi")]),
    tags=st.sampled_from([(), (), ("cash",), ("clientx", "CASH"), ("none",)]),
    least=st.none() | st.decimals(-5, 15, places=4),
    most=st.none() | st.decimals(-5, 15, places=4),
    has_receipt=st.sampled_from([None, None, True, False]),
    deleted=st.sampled_from([False, False, False, True]),
)


def is_meant(row: LedgerRow, matching: LedgerFilter) -> bool:
    """Say the same in Python, of a row in memory."""
    expense, day = row.expense, date.fromisoformat(row.expense.date[:10])
    names = [name_key(tag.name) for tag in expense.tags]

    def has(word: str) -> bool:
        if word.startswith("#"):
            return any(word[1:] in name for name in names)
        number = {"12": 12_000, "-3.5": -3_500}.get(word)
        return any(word in text for text in (name_key(expense.type), name_key(expense.notes), *names)) or (
            number is not None and number in {expense.amount, expense.raw_amount}
        )

    return all(
        [
            expense.status == (-1 if matching.deleted else 1),
            all(has(name_key(word)) for word in matching.text.split()),
            matching.first_day is None or day >= matching.first_day,
            matching.last_day is None or day <= matching.last_day,
            not matching.types or name_key(expense.type) in map(name_key, matching.types),
            not matching.tags or {*names} & {*map(name_key, matching.tags)},
            matching.least is None or Decimal(expense.amount) / 1000 >= matching.least,
            matching.most is None or Decimal(expense.amount) / 1000 <= matching.most,
            matching.has_receipt in {None, row.receipts > 0},
        ]
    )


class TestLaws:
    @pytest.fixture
    def rows(self, empty: Account) -> list[LedgerRow]:
        """Return every row of a ledger with a bit of everything, newest first."""
        texts = [
            "lunch 12 with Jack #cash",
            "Groß -3.5",
            "taxi 7 GROSS #ClientX #cash",
            "lunch 0.01 a",
            "a 12 EUR at 1",
        ]
        for number in range(40):
            row = spend(empty, texts[number % 5], day=datetime(2026, 11, 17 + number % 7, number % 3))
            if number % 4 == 0:
                attach(empty, row.id)
            if number % 6 == 5:
                services.expense_delete(owner=empty, expense_id=row.id, now=NOON)
        everything = expense_rows(user_id=empty.id, matching=ExpenseFilter(with_deleted=True))
        rows = [ledger_row(user_id=empty.id, expense_id=row.id) for row in everything]
        return rows[::-1]

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    @given(matching=FILTERS, limit=st.integers(1, 12))
    def test_pages_make_up_the_whole(
        self, empty: Account, rows: list[LedgerRow], matching: LedgerFilter, limit: int
    ) -> None:
        whole = [row for row in rows if is_meant(row, matching)]

        forth = list(walked(empty, matching, limit))

        assert [row for each in forth for row in each.rows] == whole
        assert all(len(each.rows) == limit for each in forth[:-1])
        assert forth[0].before is None
        for newer, older in pairwise(forth):
            assert page(empty, matching, before=older.before, limit=limit) == newer

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    @given(matching=FILTERS)
    def test_totals_are_sums(self, empty: Account, rows: list[LedgerRow], matching: LedgerFilter) -> None:
        whole = [row.expense for row in rows if is_meant(row, matching)]

        found = ledger_total(user_id=empty.id, matching=matching)
        by_day = ledger_totals_by_day(
            user_id=empty.id, matching=matching, first=DAY - timedelta(days=9), last=DAY + timedelta(days=9)
        )

        assert found == Total(len(whole), sum(row.amount for row in whole))
        assert by_day == {
            day: Total(len(of_day), sum(of_day))
            for day in {row.date[:10] for row in whole}
            for of_day in [[row.amount for row in whole if row.date.startswith(day)]]
        }


def walked(owner: Account, matching: LedgerFilter, limit: int) -> Iterator[Page]:
    """Yield the pages of a ledger from the first to the last."""
    found = page(owner, matching, limit=limit)
    yield found
    while found.after is not None:
        found = page(owner, matching, after=found.after, limit=limit)
        yield found
