import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from accounts.currencies import UnknownCurrency
from accounts.selectors import Account
from expenses.ecb import BadRatesFile, ReferenceRate, read_ecb
from expenses.models import CurrencyRate
from expenses.services import BadRate, SameCurrency, currency_rate_set, reference_rates_load
from tests.cast import open_account

FRIDAY = date(2026, 11, 20)
THURSDAY = date(2026, 11, 19)


@pytest.fixture
def alice(db: None) -> Account:
    return open_account("alice@example.com")


def own_rate(owner: Account, currency: str, rate: str, day: date = FRIDAY) -> None:
    currency_rate_set(user_id=owner.id, currency=currency, base=owner.currency, day=day, rate=Decimal(rate))


def stored() -> list[tuple[int | None, str, str, date, Decimal]]:
    return list(
        CurrencyRate.objects.order_by("user_id", "quote", "day").values_list("user_id", "base", "quote", "day", "rate")
    )


def reference(currency: str, rate: str, day: date = FRIDAY) -> ReferenceRate:
    return ReferenceRate(day, currency, Decimal(rate))


def test_an_own_rate_is_stored(alice: Account) -> None:
    own_rate(alice, " eur ", "1.08")

    assert stored() == [(alice.id, "EUR", "USD", FRIDAY, Decimal("1.08"))]


def test_an_own_rate_is_replaced_on_its_day(alice: Account) -> None:
    own_rate(alice, "EUR", "1.07", THURSDAY)
    own_rate(alice, "EUR", "1.08")
    own_rate(alice, "EUR", "1.09")

    assert [row[3:] for row in stored()] == [(THURSDAY, Decimal("1.07")), (FRIDAY, Decimal("1.09"))]


@pytest.mark.parametrize(
    ("currency", "rate", "refusal", "message"),
    [
        ("XXX", "1", UnknownCurrency, "currency 'XXX': a code of ISO 4217 like USD or EUR is wanted"),
        ("usd", "1", SameCurrency, "currency 'USD': this is the base currency; a foreign one is wanted"),
        ("EUR", "0", BadRate, "rate 0: a number above 0 is wanted"),
        ("EUR", "-1.08", BadRate, "rate -1.08: a number above 0 is wanted"),
        ("EUR", "NaN", BadRate, "rate NaN: a number above 0 is wanted"),
        ("EUR", "Infinity", BadRate, "rate Infinity: a number above 0 is wanted"),
        (
            "EUR",
            "1000000.01",
            BadRate,
            "rate 1000000.01: a number from 0 to 1000000 with at most 12 decimals is wanted",
        ),
        ("EUR", "1E-13", BadRate, "rate 1e-13: a number from 0 to 1000000 with at most 12 decimals is wanted"),
    ],
)
def test_a_bad_own_rate_is_refused(
    alice: Account, currency: str, rate: str, refusal: type[Exception], message: str
) -> None:
    with pytest.raises(refusal) as refused:
        own_rate(alice, currency, rate)

    assert str(refused.value) == message
    assert stored() == []


@pytest.mark.django_db
def test_reference_rates_are_loaded() -> None:
    written = reference_rates_load([reference("USD", "1.0812"), reference("IDR", "18000.123456789012")])

    assert written == 2
    assert stored() == [
        (None, "EUR", "IDR", FRIDAY, Decimal("18000.123456789012")),
        (None, "EUR", "USD", FRIDAY, Decimal("1.0812")),
    ]


@pytest.mark.django_db
def test_loading_again_changes_nothing() -> None:
    rates = [reference("USD", "1.0812"), reference("USD", "1.0799", THURSDAY)]
    reference_rates_load(rates)
    before = list(CurrencyRate.objects.order_by("id").values())

    assert reference_rates_load(rates) == 0
    assert list(CurrencyRate.objects.order_by("id").values()) == before


@pytest.mark.django_db
def test_a_corrected_rate_is_updated_and_a_new_one_added() -> None:
    reference_rates_load([reference("USD", "1.0812"), reference("JPY", "161.93")])

    written = reference_rates_load([reference("USD", "1.0821"), reference("JPY", "161.93"), reference("GBP", "0.88")])

    assert written == 2
    assert [(row[2], row[4]) for row in stored()] == [
        ("GBP", Decimal("0.88")),
        ("JPY", Decimal("161.93")),
        ("USD", Decimal("1.0821")),
    ]


@pytest.mark.django_db
def test_the_later_of_two_rates_of_a_day_counts() -> None:
    assert reference_rates_load([reference("USD", "1.07"), reference("USD", "1.08")]) == 1

    assert [row[4] for row in stored()] == [Decimal("1.08")]


def test_loading_leaves_own_rates_alone(alice: Account) -> None:
    owner = open_account("carol@example.com", currency="EUR")
    own_rate(owner, "USD", "0.9")
    CurrencyRate.objects.create(user_id=alice.id, base="EUR", quote="USD", day=FRIDAY, rate=Decimal("1.1"))

    reference_rates_load([reference("USD", "1.0812")])

    assert {(row[0], row[4]) for row in stored()} == {
        (None, Decimal("1.0812")),
        (alice.id, Decimal("1.1")),
        (owner.id, Decimal("0.9")),
    }


@pytest.mark.django_db
def test_nothing_is_loaded_from_nothing() -> None:
    assert reference_rates_load([]) == 0


@pytest.mark.django_db
def test_a_file_that_ends_badly_leaves_no_trace() -> None:
    data = b"Date,USD\n2026-11-20,1.0812\n2026-11-19,?\n"

    with pytest.raises(BadRatesFile):
        reference_rates_load(read_ecb(data))

    assert stored() == []


@pytest.mark.django_db
def test_a_bad_rate_among_good_ones_leaves_no_trace() -> None:
    with pytest.raises(BadRate):
        reference_rates_load([reference("USD", "1.0812"), reference("JPY", "0")])

    assert stored() == []


@pytest.mark.django_db
def test_a_long_history_takes_a_statement_for_every_300_rates(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    rates = [reference("USD", "1.0812", date.fromordinal(730_000 + number)) for number in range(601)]

    with django_assert_num_queries(3 + 2):
        assert reference_rates_load(rates) == 601


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time, and no deadlocks")
@pytest.mark.django_db(transaction=True)
def test_two_may_load_the_same_at_once() -> None:
    rates = [
        reference(code, "2", date.fromordinal(730_000 + number)) for number in range(500) for code in ("USD", "JPY")
    ]
    written: list[int] = []

    def load(some: list[ReferenceRate]) -> None:
        try:
            written.append(reference_rates_load(some))
        finally:
            connection.close()

    threads = [threading.Thread(target=load, args=[some]) for some in (rates, rates[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(written) == [0, 1000]
    assert len(stored()) == 1000
