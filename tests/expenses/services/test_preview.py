from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.selectors import Account, account
from accounts.services import preferences_set
from expenses import services
from expenses.grammar import GrammarError
from expenses.services import NotNew, Preview, TimerNotRunning, expense_preview
from reports.selectors import ReportNotFound
from reports.status import Status
from tests.api.v1 import at
from tests.cast import NOON, spend

LATER = NOON + timedelta(minutes=90)
LUNCH = Preview(
    timer="", type="lunch", amount=45_000, raw_amount=45_000, unit="", rate="", notes="with jack", tags=("clientx",),
    report="My Expenses", report_is_assumed=True, date="2026-11-20 12:00:00", date_is_assumed=True,
)  # fmt: skip


def previewed(owner: Account, text: str, **beside: Any) -> Preview:
    return expense_preview(**{"owner": owner, "text": text, "now": NOON, **beside})


def test_it_works(alice: Account) -> None:
    assert previewed(alice, "lunch 45 with jack #clientx") == LUNCH


def test_it_only_reads(alice: Account) -> None:
    with CaptureQueriesContext(connection) as asked:
        previewed(alice, "a new type 45 #a #new #tag")

    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}


@pytest.mark.parametrize(
    "text",
    ["lunch 45 with jack #a #b", "hotel 20 EUR at 1.085", "mileage 10", "taxi 4 date yesterday", "Time start clientx"],
)
@pytest.mark.parametrize("beside", [{}, {"day": date(2009, 10, 2)}, {"day": at("2009-10-02 05:14")}])
def test_it_is_what_will_be_stored(alice: Account, text: str, beside: dict[str, Any]) -> None:
    shown = previewed(alice, text, **beside)
    row = spend(alice, text, **beside)

    assert shown == Preview(
        timer="start" if "start" in text else "", type=row.type, amount=row.amount, raw_amount=row.raw_amount,
        unit=row.unit, rate=row.rate, notes=row.notes, tags=tuple(tag.name for tag in row.tags), report=row.report,
        report_is_assumed=True, date=row.date, date_is_assumed=not beside and "yesterday" not in text,
    )  # fmt: skip


@pytest.mark.parametrize("text", ["Time stop", "Time start clientx"])
def test_of_a_timers_expense_nothing_is_shown_where_only_new_ones_may_be_made(alice: Account, text: str) -> None:
    previewed(alice, "Time start topsecret", only_new=True)
    spend(alice, "Time start topsecret")

    with pytest.raises(NotNew):
        previewed(alice, text, only_new=True)
    assert previewed(alice, "lunch 45 with jack #clientx", only_new=True) == LUNCH


def test_a_report_in_the_text_and_beside_it(alice: Account) -> None:
    trip = services.report_create(user_id=alice.id, name="Trip", now=NOON)
    services.report_create(user_id=alice.id, name="Client X", now=NOON)

    assert previewed(alice, "lunch 4 #clientx")[8:10] == ("Client X", False)
    assert previewed(alice, "lunch 4 #clientx", report_id=trip.id)[8:10] == ("Trip", False)


class TestStop:
    def test_it_works(self, alice: Account) -> None:
        preferences_set(user_id=alice.id, hourly_rate=Decimal(60))
        owner = account(email=alice.email)
        row = spend(owner, "Time start on it #a")

        shown = previewed(owner, "Time stop done #a #b", now=LATER)

        assert shown == Preview(
            timer="stop", type=row.type, amount=90_000, raw_amount=90_000, unit="min", rate="60", notes="on it done",
            tags=("a", "b"), report="My Expenses", report_is_assumed=True, date="2026-11-20 12:00:00",
            date_is_assumed=False,
        )  # fmt: skip
        stored = spend(owner, "Time stop done #a #b", now=LATER)
        assert (stored.amount, stored.raw_amount, stored.notes) == (shown.amount, shown.raw_amount, shown.notes)
        assert tuple(tag.name for tag in stored.tags) == shown.tags

    def test_into_another_report(self, alice: Account) -> None:
        trip = services.report_create(user_id=alice.id, name="Trip", now=NOON)
        spend(alice, "Time start")

        assert previewed(alice, "Time stop", report_id=trip.id)[8:10] == ("Trip", False)

    def test_of_a_report_that_was_handed_in(self, alice: Account) -> None:
        trip = services.report_create(user_id=alice.id, name="Trip", now=NOON)
        spend(alice, "Time start", report_id=trip.id)
        services.report_update(user_id=alice.id, report_id=trip.id, now=NOON, status=Status.SUBMITTED)

        assert previewed(alice, "Time stop")[8:10] == ("My Expenses", True)

    def test_with_none_running(self, alice: Account) -> None:
        with pytest.raises(TimerNotRunning):
            previewed(alice, "Time stop")


def test_what_could_not_be_stored(alice: Account, bob: Account) -> None:
    hers = services.report_create(user_id=alice.id, name="Trip", now=NOON)

    with pytest.raises(GrammarError):
        previewed(alice, "lunch")
    with pytest.raises(services.RateMissing):
        previewed(alice, "hotel 4 EUR")
    with pytest.raises(ReportNotFound):
        previewed(bob, "lunch 4", report_id=hers.id)
