"""Which expenses stand out from their type."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses import services
from expenses.selectors import LedgerFilter, ledger_unusual
from expenses.selectors.unusual import outliers
from tests.cast import NOON, spend
from tests.expenses.selectors.test_ledger import as_shown

DAY = date(2026, 11, 20)


def of(*amounts: int, kind: str = "lunch") -> list[tuple[int, str, int]]:
    return [(place, kind, amount) for place, amount in enumerate(amounts)]


@pytest.mark.once
class TestOutliers:
    @pytest.mark.parametrize(
        ("amounts", "found"),
        [
            # The median is 100, half of the others are 10 away from it or nearer: 150 is just not far.
            ((90, 90, 90, 100, 100, 110, 110, 110, 150), []),
            ((90, 90, 90, 100, 100, 110, 110, 110, 151), [(8, 100)]),
            ((300, 90, 90, 90, 100, 100, 100, 110, 110, 110, 400), [(10, 100), (0, 100)]),
            # Where nearly all are equal, a tenth of the price is taken for the distance.
            ((100, 100, 100, 100, 100, 100, 100, 150), []),
            ((100, 100, 100, 100, 100, 100, 100, 151), [(7, 100)]),
            # Too few to say what is usual; a refund is no price, and nothing is unusually cheap.
            ((100, 100, 100, 100, 100, 100, 1000), []),
            ((100, 100, 100, 100, 100, 100, -50, 1000), []),
            ((100, 100, 100, 100, 100, 100, 100, 1), []),
        ],
    )
    def test_what_is_far(self, amounts: tuple[int, ...], found: list[tuple[int, int]]) -> None:
        assert outliers(of(*amounts)) == found

    def test_each_type_is_judged_by_itself(self) -> None:
        cheap = of(*[100] * 8, 400)
        dear = [(100 + place, "flight", 40_000) for place in range(8)]

        assert outliers(cheap + dear) == [(8, 100)]

    @given(st.lists(st.integers(1, 10**18), min_size=1, max_size=30), st.integers(2, 1000))
    def test_the_currency_doesn_t_matter(self, amounts: list[int], rate: int) -> None:
        exact = [amount % 10**6 * 20 for amount in amounts]

        here, there = outliers(of(*exact)), outliers(of(*[amount * rate for amount in exact]))

        assert [place for place, _ in here] == [place for place, _ in there]
        assert len(here) < len(amounts) / 2  # what most do is usual


class TestUnusual:
    def test_it_works(self, alice: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        for days in range(10):
            spend(alice, f"lunch {10 + days}", day=DAY - timedelta(days=days))
        dear = spend(alice, "lunch 60", day=DAY)
        dearer = spend(alice, "Lunch 90", day=DAY - timedelta(days=30))
        gone = spend(alice, "lunch 900", day=DAY)
        services.expense_delete(owner=alice, expense_id=gone.id, now=NOON)

        with django_assert_num_queries(2):
            found = ledger_unusual(user_id=alice.id, matching=LedgerFilter(), limit=5)

        assert [(each.row.expense, each.usual) for each in found] == [
            (as_shown(dearer), 15_500),
            (as_shown(dear), 15_500),
        ]
        lately = LedgerFilter(first_day=DAY - timedelta(days=20))
        assert [each.row.expense for each in ledger_unusual(user_id=alice.id, matching=lately, limit=5)] == [
            as_shown(dear)
        ]
        assert len(ledger_unusual(user_id=alice.id, matching=LedgerFilter(), limit=1)) == 1

    def test_nothing(self, alice: Account, bob: Account) -> None:
        for amount in [10] * 8 + [100]:
            spend(alice, f"lunch {amount}")

        assert ledger_unusual(user_id=bob.id, matching=LedgerFilter(), limit=5) == []
