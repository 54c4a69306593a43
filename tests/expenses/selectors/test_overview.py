"""What a ledger comes to: that parts add up to the whole, and that each is what its own filter finds."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

from calendar import monthrange
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses import services
from expenses.models import Expense
from expenses.selectors import (
    LedgerFilter,
    ReportSum,
    Spread,
    Step,
    TagSum,
    Total,
    TypeSum,
    ledger_by_step,
    ledger_by_tag,
    ledger_extent,
    ledger_largest,
    ledger_page,
    ledger_rows,
    ledger_spread,
    ledger_total,
    ledger_totals,
)
from reports.selectors import report_default
from tests.cast import NOON, spend
from tests.expenses.selectors.test_ledger import as_shown, plans

DAY = date(2026, 11, 20)
FILTERS = st.builds(
    LedgerFilter,
    first_day=st.none() | st.dates(date(2025, 11, 1), date(2026, 12, 31)),
    last_day=st.none() | st.dates(date(2025, 11, 1), date(2026, 12, 31)),
    types=st.sampled_from([(), ("lunch",), ("GROSS",)]),
    tags=st.sampled_from([(), (), ("cash",)]),
)


@pytest.fixture
def empty(alice: Account) -> Account:
    """Alice, without the sample expense."""
    Expense.objects.all().delete()
    return alice


def days_of(step: str) -> tuple[date, date]:
    """Return the first and the last day of a step as the sums name it."""
    start, end = step + "0000-01-01"[len(step) :], step + "0000-12-31"[len(step) :]
    last_of_month = monthrange(int(end[:4]), int(end[5:7]))[1]
    return date.fromisoformat(start), date.fromisoformat(end if len(step) > 7 else f"{end[:8]}{last_of_month}")


class TestSpread:
    def test_it_works(self, empty: Account) -> None:
        trip = services.report_create(user_id=empty.id, name="Trip", now=NOON)
        own = report_default(user_id=empty.id).id
        spend(empty, "lunch 12 #cash #Jack", day=date(2026, 11, 20))
        spend(empty, "Lunch 3.50", day=date(2026, 11, 1), report_id=trip.id)
        spend(empty, "hotel 100 #cash", day=datetime(2025, 12, 31, 23, 59, 59), report_id=trip.id)
        spend(empty, "refund -5", day=date(2025, 12, 1))
        gone = spend(empty, "lunch 1000 #cash")
        services.expense_delete(owner=empty, expense_id=gone.id, now=NOON)

        found = ledger_spread(user_id=empty.id, matching=LedgerFilter(), step="month")

        assert found == Spread(
            Total(4, 110_500),
            {"2025-12": Total(2, 95_000), "2026-11": Total(2, 15_500)},
            [
                TypeSum("hotel", Total(1, 100_000)),
                TypeSum("Lunch", Total(2, 15_500)),
                TypeSum("refund", Total(1, -5000)),
            ],
            [ReportSum(trip.id, Total(2, 103_500)), ReportSum(own, Total(2, 7000))],
        )
        assert ledger_by_tag(user_id=empty.id, matching=LedgerFilter()) == [
            TagSum("cash", Total(2, 112_000)),
            TagSum("Jack", Total(1, 12_000)),
        ]

    def test_nothing(self, empty: Account) -> None:
        assert ledger_spread(user_id=empty.id, matching=LedgerFilter(), step="day") == Spread(Total(0, 0), {}, [], [])
        assert ledger_by_tag(user_id=empty.id, matching=LedgerFilter()) == []
        assert ledger_extent(user_id=empty.id, matching=LedgerFilter()) is None
        assert ledger_largest(user_id=empty.id, matching=LedgerFilter(), limit=5) == []
        assert ledger_rows(user_id=empty.id, ids=[]) == []

    def test_nobody_sees_what_is_not_theirs(self, empty: Account, bob: Account) -> None:
        Expense.objects.all().delete()
        row = spend(empty, "lunch 12 #cash")

        assert ledger_spread(user_id=bob.id, matching=LedgerFilter(), step="day").total == Total(0, 0)
        assert ledger_by_step(user_id=bob.id, matching=LedgerFilter(), step="day") == {}
        assert ledger_by_tag(user_id=bob.id, matching=LedgerFilter(tags=("cash",))) == []
        assert ledger_extent(user_id=bob.id, matching=LedgerFilter()) is None
        assert ledger_totals(user_id=bob.id, matching=LedgerFilter(), periods=[(date.min, date.max)]) == [Total(0, 0)]
        assert ledger_largest(user_id=bob.id, matching=LedgerFilter(), limit=5) == []
        assert ledger_rows(user_id=bob.id, ids=[row.id]) == []

    @pytest.mark.parametrize("day", [date.min, date.max])
    def test_the_ends_of_the_calendar(self, empty: Account, day: date) -> None:
        spend(empty, "a 1", day=day)

        for step, length in (("day", 10), ("month", 7), ("year", 4)):
            found = ledger_spread(user_id=empty.id, matching=LedgerFilter(), step=step)  # type: ignore[arg-type]
            assert found.steps == {day.isoformat()[:length]: Total(1, 1000)}
        assert ledger_extent(user_id=empty.id, matching=LedgerFilter()) == (day, day)

    def test_more_than_a_number_of_the_database_holds(self, empty: Account) -> None:
        most = 10**15 - Decimal("0.01")
        for kind in ("a", "A", "b") * 4:
            services.expense_create(owner=empty, fields={"type": kind, "amount": most, "date": DAY}, now=NOON)

        found = ledger_spread(user_id=empty.id, matching=LedgerFilter(), step="year")

        assert found.total == Total(12, 12 * int(most * 1000))
        assert found.types == [
            TypeSum("A", Total(8, 8 * int(most * 1000))),
            TypeSum("b", Total(4, 4 * int(most * 1000))),
        ]

    def test_few_questions(self, empty: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        for amount in range(1, 9):
            spend(empty, f"type{amount} {amount} #a #b", day=DAY + timedelta(days=31 * amount))
        everything = {"user_id": empty.id, "matching": LedgerFilter()}

        with django_assert_num_queries(6):
            ledger_spread(**everything, step="month")  # type: ignore[arg-type]
            ledger_by_step(**everything, step="month")  # type: ignore[arg-type]
            ledger_by_tag(**everything)  # type: ignore[arg-type]
            ledger_extent(**everything)  # type: ignore[arg-type]
            ledger_totals(**everything, periods=[(DAY, DAY)] * 5)  # type: ignore[arg-type]
            ledger_largest(**everything, limit=5)  # type: ignore[arg-type]

    def test_a_period_is_found_by_an_index(self, empty: Account) -> None:
        if connection.vendor == "postgresql":
            pytest.skip("it plans by statistics, which change while other tests fill the table")
        spend(empty, "lunch 1 #cash", day=DAY)
        a_day = {"user_id": empty.id, "matching": LedgerFilter(first_day=DAY, last_day=DAY)}
        questions: list[Callable[[], object]] = [
            lambda: ledger_spread(**a_day, step="day"),  # type: ignore[arg-type]
            lambda: ledger_by_step(**a_day, step="day"),  # type: ignore[arg-type]
            lambda: ledger_by_tag(**a_day),  # type: ignore[arg-type]
            lambda: ledger_totals(**a_day, periods=[(DAY, DAY)]),  # type: ignore[arg-type]
            lambda: ledger_largest(**a_day, limit=5),  # type: ignore[arg-type]
        ]

        for question in questions:
            (plan,) = plans(question)
            assert "expense_by_date" in plan


class TestTotals:
    def test_each_period_has_its_own(self, empty: Account) -> None:
        spend(empty, "lunch 1", day=date(2026, 11, 1))
        spend(empty, "lunch 2", day=datetime(2026, 11, 20, 23, 59, 59))
        spend(empty, "lunch 4", day=date(2026, 10, 31))
        spend(empty, "taxi 8", day=date(2026, 11, 1))
        periods = [(date(2026, 11, 1), DAY), (date(2026, 10, 1), date(2026, 10, 20)), (date(2026, 1, 1), date.max)]

        found = ledger_totals(
            user_id=empty.id, matching=LedgerFilter(types=("lunch",), first_day=DAY, last_day=DAY), periods=periods
        )

        assert found == [Total(2, 3000), Total(0, 0), Total(3, 7000)]


class TestLargest:
    def test_it_works(self, empty: Account) -> None:
        made = [spend(empty, text, day=DAY) for text in ("a 5", "a 9", "a -20", "b 9", "a 7")]
        late = spend(empty, "a 5", day=DAY + timedelta(days=1))

        found = ledger_largest(user_id=empty.id, matching=LedgerFilter(), limit=5)

        assert [row.expense for row in found] == [*map(as_shown, (made[3], made[1], made[4], late, made[0]))]
        of_type = ledger_largest(user_id=empty.id, matching=LedgerFilter(types=("a",)), limit=1)
        assert [row.expense for row in of_type] == [as_shown(made[1])]

    def test_rows_by_their_ids(self, empty: Account) -> None:
        made = [spend(empty, text) for text in ("a 5", "a 9", "a 7")]

        found = ledger_rows(user_id=empty.id, ids=[made[2].id, made[0].id, 4711])

        assert {row.expense for row in found} == {as_shown(made[0]), as_shown(made[2])}


class TestLaws:
    @pytest.fixture
    def ledger(self, empty: Account) -> list[int]:
        """Return the ids of the reports of a ledger with a bit of everything."""
        trip = services.report_create(user_id=empty.id, name="Trip", now=NOON)
        reports = [report_default(user_id=empty.id).id, trip.id]
        texts = ["lunch 12 #cash", "Groß -3.5", "taxi 7 #ClientX #cash", "LUNCH 0.01", "gross 12 EUR at 1 #clientx"]
        for number in range(30):
            day = datetime(2025, 11, 28, number % 24) + timedelta(days=37 * (number % 11))
            row = spend(empty, texts[number % 5], day=day, report_id=reports[number % 3 % 2])
            if number % 7 == 6:
                services.expense_delete(owner=empty, expense_id=row.id, now=NOON)
        return reports

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
    @given(matching=FILTERS, place=st.sampled_from([None, None, 0, 1]), step=st.sampled_from(["day", "month", "year"]))
    def test_parts_are_what_their_filters_find_and_make_up_the_whole(
        self, empty: Account, ledger: list[int], *, matching: LedgerFilter, place: int | None, step: Step
    ) -> None:
        matching = replace(matching, report_ids=() if place is None else (ledger[place],))

        def whole(**changed: object) -> Total:
            return ledger_total(user_id=empty.id, matching=replace(matching, **changed))  # type: ignore[arg-type]

        spread = ledger_spread(user_id=empty.id, matching=matching, step=step)

        assert spread.total == whole()
        for parts in (spread.steps.values(), [t.total for t in spread.types], [r.total for r in spread.reports]):
            assert Total(sum(part.expenses for part in parts), sum(part.amount for part in parts)) == spread.total
        assert ledger_by_step(user_id=empty.id, matching=matching, step=step) == spread.steps
        assert all(each.total == whole(types=(each.name,)) for each in spread.types)
        assert all(each.total == whole(report_ids=(each.id,)) for each in spread.reports)
        if not matching.tags:
            by_tag = ledger_by_tag(user_id=empty.id, matching=matching)
            assert all(each.total == whole(tags=(each.name,)) for each in by_tag)
        for key, total in spread.steps.items():
            start, end = days_of(key)
            assert total == whole(
                first_day=max(start, matching.first_day or start), last_day=min(end, matching.last_day or end)
            )
        days = [row.position.date.date() for row in ledger_page(user_id=empty.id, matching=matching).rows]
        assert ledger_extent(user_id=empty.id, matching=matching) == ((min(days), max(days)) if days else None)
