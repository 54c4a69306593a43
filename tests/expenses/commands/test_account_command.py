from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts import selectors
from accounts.selectors import Account, OwnRate
from tests.cast import NOON, open_account, spend


@pytest.fixture
def alice(db: None) -> Account:
    return open_account("alice@example.com")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("account", "alice@example.com", *arguments)
    return capsys.readouterr().out


FRESH = """\
alice@example.com
  zone          UTC
  currency      USD
  hourly rate   0 USD
  mileage unit  mi
  mileage rate  the standard one of the United States
"""


def test_it_shows(alice: Account, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys) == FRESH
    assert selectors.account(email=alice.email) == alice


def test_it_shows_that_other_currencies_have_no_standard_rate(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    open_account("alice@example.com", currency="EUR", zone="Europe/Berlin")

    assert (
        said(capsys)
        == """\
alice@example.com
  zone          Europe/Berlin
  currency      EUR
  hourly rate   0 EUR
  mileage unit  mi
  mileage rate  none
"""
    )


def test_it_changes_everything_at_once(alice: Account, capsys: pytest.CaptureFixture[str]) -> None:
    changes = ["--zone", "Asia/Tokyo", "--hourly-rate", "1e2", "--mileage-unit", "km"]

    with time_machine.travel(NOON):
        shown = said(capsys, *changes, "--mileage-rate", "0.30", "--from", "2026-01-01")

    assert (
        shown
        == """\
alice@example.com
  zone          Asia/Tokyo
  currency      USD
  hourly rate   100 USD
  mileage unit  km
  mileage rate  0.3 USD per km since 2026-01-01
"""
    )
    changed = alice._replace(zone="Asia/Tokyo", hourly_rate=Decimal(100), mileage_unit="km")
    assert selectors.account(email=alice.email) == changed
    assert selectors.all_mileage_rates(user_id=alice.id) == [OwnRate("km", Decimal("0.3"), date(2026, 1, 1))]


@pytest.mark.parametrize(
    ("option", "value", "change"),
    [
        ("--zone", "Europe/Berlin", {"zone": "Europe/Berlin"}),
        ("--hourly-rate", "37.5", {"hourly_rate": Decimal("37.5")}),
        ("--mileage-unit", "km", {"mileage_unit": "km"}),
    ],
)
def test_it_changes_one_thing(alice: Account, option: str, value: str, change: dict[str, object]) -> None:
    call_command("account", "ALICE@example.com", option, value)

    assert selectors.account(email=alice.email) == Account(**{**alice._asdict(), **change})


def test_it_shows_the_mileage_rate_of_today(alice: Account, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "--zone", "Pacific/Auckland", "--mileage-rate", "0.5", "--from", "2026-11-20")

    with time_machine.travel(datetime(2026, 11, 19, 10, 59, tzinfo=UTC)):
        assert said(capsys).endswith("mileage rate  the standard one of the United States\n")
    with time_machine.travel(datetime(2026, 11, 19, 11, 0, tzinfo=UTC)):
        assert said(capsys).endswith("mileage rate  0.5 USD per mi since 2026-11-20\n")


def test_it_shows_what_was_set_for_the_other_unit(alice: Account, capsys: pytest.CaptureFixture[str]) -> None:
    with time_machine.travel(NOON):
        said(capsys, "--mileage-rate", "0.4", "--from", "2024-01-01")
        said(capsys, "--mileage-rate", "0.5", "--from", "2025-01-01")

        shown = said(capsys, "--mileage-unit", "km", "--mileage-rate", "0.3", "--from", "2026-01-01")

    rates = ["  mileage rate  0.3 USD per km since 2026-01-01", "                0.5 USD per mi since 2025-01-01"]
    assert shown.splitlines()[-2:] == rates


def test_it_takes_a_mileage_rate_back(alice: Account, capsys: pytest.CaptureFixture[str]) -> None:
    for rate, day in (("0.5", "2020-01-01"), ("5", "2020-02-01")):
        said(capsys, "--mileage-rate", rate, "--from", day)

    shown = said(capsys, "--mileage-rate", "none", "--from", "2020-02-01")

    assert shown.endswith("mileage rate  0.5 USD per mi since 2020-01-01\n")


def test_it_gives_time_a_rate(alice: Account, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "--hourly-rate", "60")

    expense = spend(selectors.account(email=alice.email), "Time 37 mins")

    assert (expense.amount, expense.raw_amount, expense.unit) == (37_000, 37_000, "min")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--zone", "Mars/Olympus"], "zone 'Mars/Olympus': a zone like Europe/Berlin is wanted"),
        (["--hourly-rate", "much"], "--hourly-rate 'much': a number like 1.08 is wanted"),
        (["--hourly-rate", "-1"], "--hourly-rate -1: a number from 0 to 1000000 with at most 12 decimals is wanted"),
        (
            ["--mileage-rate", "-1", "--from", "2026-01-01"],
            "--mileage-rate -1: a number from 0 to 1000000 with at most 12 decimals is wanted",
        ),
        (["--mileage-unit", "furlong"], "--mileage-unit 'furlong': mi or km is wanted"),
        (["--mileage-rate", "none", "--from", "2026-01-01"], "mileage rate: none per mi begins on 2026-01-01"),
        (["--mileage-rate", "0.3"], "--mileage-rate and --from go together"),
        (["--from", "2026-01-01"], "--mileage-rate and --from go together"),
        (["--mileage-rate", "x", "--from", "2026-01-01"], "--mileage-rate 'x': a number like 1.08 is wanted"),
        (["--mileage-rate", "0.3", "--from", "2026-02-29"], "--from '2026-02-29': a date like 2026-11-20 is wanted"),
    ],
)
def test_a_bad_value_changes_nothing(
    alice: Account, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    good = [] if "--zone" in arguments else ["--zone", "Asia/Tokyo"]

    with pytest.raises(CommandError) as refused:
        said(capsys, *good, *arguments)

    assert (str(refused.value), refused.value.returncode) == (message, 1)
    assert said(capsys) == FRESH


@pytest.mark.django_db
@pytest.mark.parametrize("options", [[], ["--zone", "UTC"]])
def test_nobody_of_that_name(options: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("account", "nobody@example.com", *options)

    assert str(refused.value) == "nobody@example.com: no account has this name"
