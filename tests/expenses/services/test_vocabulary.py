"""What the owner's words mean."""

from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts import services as accounts
from accounts.selectors import Account, account
from expenses import services
from expenses.services.pricing import KnownType
from expenses.services.vocabulary import Words, known_types, words_of
from reports.selectors import report_default
from reports.status import Status
from tests.cast import NOON, spend


def test_it_works(alice: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    services.type_set(user_id=alice.id, name="Consulting", unit="min", rate=Decimal("120.5"), now=NOON)
    spend(alice, "dinner 20")
    spend(alice, "lunch 20")
    report = services.report_create(user_id=alice.id, name="Client X", now=NOON)

    with django_assert_num_queries(2):
        words = words_of(owner=alice, texts=["CONSULTING with Dinner 45 clientx"])

    assert words == Words(
        types={
            "time": KnownType("min"),
            "mileage": KnownType("mi"),
            "consulting": KnownType("min", Decimal("120.5")),
            "dinner": KnownType(""),
        },
        remembered=frozenset({"consulting", "dinner"}),
        reports={"clientx": report.id},
        default_report=report_default(user_id=alice.id),
    )


def test_the_grammar_s_vocabulary(alice: Account) -> None:
    vocabulary = words_of(owner=alice, texts=["lunch 45"]).vocabulary(alice)

    assert vocabulary.base_currency == "USD"
    assert vocabulary.types == {"time": "min", "mileage": "mi"}
    assert vocabulary.reports == {}


def test_a_built_in_type_keeps_its_unit(alice: Account) -> None:
    spend(alice, "mileage 10")
    services.type_set(user_id=alice.id, name="Time", rate=Decimal(100), now=NOON)

    types, remembered = known_types(owner=alice, names={"MILEAGE", "time"})

    assert types == {"time": KnownType("min", Decimal(100)), "mileage": KnownType("mi")}
    assert remembered == {"mileage", "time"}


def test_a_built_in_type_may_be_given_another_unit(alice: Account) -> None:
    services.type_set(user_id=alice.id, name="Mileage", unit="km", now=NOON)

    assert known_types(owner=alice, names={"mileage"})[0]["mileage"] == KnownType("km")


def test_the_owner_s_unit_of_mileage(alice: Account) -> None:
    accounts.preferences_set(user_id=alice.id, mileage_unit="km")

    assert known_types(owner=account(email=alice.email), names={"x"})[0]["mileage"] == KnownType("km")


@pytest.mark.parametrize("text", ["#clientx", "#a #b", ",", "@clientx"])
def test_texts_without_a_type(alice: Account, text: str) -> None:
    words = words_of(owner=alice, texts=[text])

    assert words.remembered == frozenset()
    assert words.default_report == report_default(user_id=alice.id)


@pytest.mark.parametrize("status", list(Status))
def test_open_reports(alice: Account, status: Status) -> None:
    report = services.report_create(user_id=alice.id, name="Client X", now=NOON, status=status)

    found = words_of(owner=alice, texts=["lunch 45 clientx"]).reports

    assert found == ({"clientx": report.id} if status in {Status.ACTIVE, Status.REJECTED} else {})


def test_two_reports_of_one_spelling(alice: Account) -> None:
    services.report_create(user_id=alice.id, name="Client X", now=NOON)
    other = services.report_create(user_id=alice.id, name="Cli entX", now=NOON)
    assert words_of(owner=alice, texts=["lunch 45 clientx"]).reports == {}

    services.report_update(user_id=alice.id, report_id=other.id, status=Status.PAID, now=NOON)

    assert list(words_of(owner=alice, texts=["lunch 45 clientx"]).reports) == ["clientx"]


def test_of_several_spellings_the_exact_one_is_meant(alice: Account) -> None:
    services.report_create(user_id=alice.id, name="Client X", now=NOON)
    exact = services.report_create(user_id=alice.id, name="ClientX", now=NOON)
    services.report_create(user_id=alice.id, name="Cli entX", now=NOON)

    assert words_of(owner=alice, texts=["lunch 45 @CLIENTX"]).reports == {"clientx": exact.id}


def test_the_default_report_is_found_by_name_too(alice: Account) -> None:
    default = report_default(user_id=alice.id)

    words = words_of(owner=alice, texts=["lunch 45 #myexpenses"])

    assert (words.reports, words.default_report) == ({"myexpenses": default.id}, default)


def test_somebody_else_s_words(alice: Account, bob: Account) -> None:
    spend(bob, "dinner 20")
    services.report_create(user_id=bob.id, name="Client X", now=NOON)

    words = words_of(owner=alice, texts=["dinner 20 clientx"])

    assert (words.remembered, words.reports) == (frozenset(), {})
