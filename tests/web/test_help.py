"""Help: what stands there is what the server does."""

import re
import shlex
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.selectors import Account, account
from accounts.services import preferences_set
from expenses.grammar import GrammarError
from expenses.models import Expense
from expenses.selectors import ExpenseFilter, expense_rows
from expenses.services import RateMissing, TimerNotRunning, expense_preview
from tests.cast import NOON, OldClient, open_account, spend
from tests.pages import POLICY
from tests.web.people import at_browser
from web.figures import money
from web.help import TOPICS
from web.searchbox import bookmarklet

TYPING = "/help/"
CLIENTS = "/help/clients/"
LINES = [line for topic in TOPICS for line in topic.lines]
ROW = re.compile(r"<dt>(?:<a [^>]+>)?<code>(.*?)</code>(?:</a>)?</dt><dd>(.*?)</dd>")


def readings(client: Client) -> dict[str, str]:
    """What the page says of each example, as a person reads it."""
    text = client.get(TYPING).content.decode()
    return {
        unescape(typed): " ".join(unescape(re.sub("<[^>]+>", "", said)).split()) for typed, said in ROW.findall(text)
    }


def copied(client: Client) -> dict[str, str]:
    """What can be copied from the page, by what it is."""
    text = client.get(CLIENTS).content.decode()
    lines = re.findall(
        r'<h3 id="about_(\w+)">(.*?)</h3><pre class="example"><code id="line_\1"[^>]*>(.*?)</code>', text
    )
    return {about: unescape(line) for _, about, line in lines}


@time_machine.travel(NOON, tick=False)
def test_a_stranger_reads_what_is_understood(db: None) -> None:
    response = Client().get(TYPING)

    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"] == POLICY
    assert readings(Client()) == {
        "lunch 45 with jack": "lunch 45.00 USD with jack",
        "lunch $34.50 with jack #personal #cash": "lunch 34.50 USD with jack #personal #cash",
        "Travel: Lunch 4": "Travel: Lunch 4.00 USD",
        "$60 for taxi from airport to hotel": "taxi 60.00 USD from airport to hotel",
        "refund -12.50 returned cable": "refund −12.50 USD returned cable",
        "Miete 1.234,56": "Miete 1,234.56 USD",
        "web hosting 1,200": "web hosting 1,200.00 USD",
        "lunch 12,5 at 37Signals.com": "lunch 12.50 USD at 37Signals.com",
        "hotel €20 at 1.08": "hotel 20.00 EUR × 1.08",
        "hotel 20 EUR near the fair": "hotel 20.00 EUR near the fair",
        "hotel 900 kr": "'900 kr': the mark kr can mean several currencies here, or none; its ISO code means one; "
        "write it like: lunch 900 USD",
        "mileage 100 to the fair": "mileage 100 mi to the fair",
        "mileage 100 km at 0.30": "mileage 100 km × 0.30",
        "time 1:30 contract review": "time 90 min contract review",
        "time 37 mins call": "time 37 min call",
        "lunch 12 sandwich date 08/31/2010": "lunch 12.00 USD sandwich on 2010-08-31",
        "lunch 12 date yesterday": "lunch 12.00 USD on 2026-11-19",
        "taxi 20 date 2010-08-31 18:30": "taxi 20.00 USD on 2010-08-31 18:30:00",
        "time start clientx": "starts the timer time clientx",
        "time stop": "stops the timer time",
        "lunch with jack": "'lunch with jack': there is no amount, a number between blanks or commas; "
        "write it like: lunch 45 with jack #clientx",
        "45": "'45': there is no type, a word before or behind the amount; write it like: lunch 45 with jack #clientx",
    }


def test_who_is_signed_in_reads_what_it_would_be_in_his_ledger(alice: Account) -> None:
    preferences_set(user_id=alice.id, hourly_rate=Decimal(60), mileage_unit="km")
    spend(account(email=alice.email), "time start #clientx")

    said = readings(at_browser(alice))

    assert said["lunch 45 with jack"] == "lunch 45.00 USD with jack"
    assert said["hotel €20 at 1.08"] == "hotel 20.00 EUR × 1.08 = 21.60 USD"
    assert said["hotel 20 EUR near the fair"].startswith("amount '20 EUR': no rate from EUR to USD is known")
    assert said["mileage 100 to the fair"].startswith("mileage 100 km × 0.")
    assert said["time 1:30 contract review"] == "time 90 min × 60.00/h = 90.00 USD contract review"
    assert said["time stop"].startswith("stops the timer time ")
    assert " #clientx on 2026-11-20 12:00:00" in said["time stop"]
    assert said["lunch 12 sandwich date 08/31/2010"].startswith("lunch 12.00 USD sandwich on 2010-08-31 ")


def test_its_lines_ask_the_ledger_together(alice: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = at_browser(alice)

    # session, user, account; reports, types; a distance's rate, a currency's (one's own, the ECB's); the timer
    with django_assert_num_queries(3 + 2 + 1 + 2 + 1):
        client.get(TYPING)


def previewed(person: Account, typed: str) -> tuple[str, ...]:
    """What must be read of an example: its refusal, or what it is and what it is worth."""
    try:
        row = expense_preview(owner=person, text=typed, now=timezone.now())
    except (GrammarError, RateMissing, TimerNotRunning) as refusal:
        return (str(refusal),)
    return row.type, f"{money(row.amount, person.currency)} {person.currency}", row.notes, *row.tags


@pytest.mark.parametrize("currency", ["USD", "EUR", "JPY"])
def test_each_example_is_what_the_preview_says(db: None, currency: str) -> None:
    person = open_account("carla@example.com", currency=currency)

    for typed, said in readings(at_browser(person)).items():
        assert [words for words in previewed(person, typed) if words not in said] == []


def test_an_example_is_taken_to_the_ledger(alice: Account) -> None:
    client = at_browser(alice)
    (address,) = re.findall(r'<a href="([^"]+)"><code>lunch \$34\.50', client.get(TYPING).content.decode())

    ledger = client.get(unescape(address)).content.decode()

    assert 'value="lunch $34.50 with jack #personal #cash"' in ledger


def test_nothing_is_stored(alice: Account) -> None:
    at_browser(alice).get(TYPING)

    assert Expense.objects.filter(user_id=alice.id).count() == 1


def test_every_example_is_there_and_once() -> None:
    assert list(readings(Client())) == LINES


def test_lines_to_copy_have_this_servers_address_and_the_persons_name(alice: Account, settings: Settings) -> None:
    settings.PUBLIC_URL = "http://192.168.7.9:8000"

    lines = copied(at_browser(alice))

    assert lines == {
        "Add an expense": 'curl -u alice@example.com -d "q=lunch 45 with jack #clientx" '
        "http://192.168.7.9:8000/api/v1.0/expense/",
        "With its receipt": 'curl -u alice@example.com -F "q=lunch 45" -F receipt=@receipt.jpg '
        "http://192.168.7.9:8000/api/v1.0/expense/",
        "List all expenses": 'curl -u alice@example.com "http://192.168.7.9:8000/api/v1.0/expenses/?report=*"',
        "List what has changed since a day, deleted ones too": "curl -u alice@example.com "
        '"http://192.168.7.9:8000/api/v1.0/expenses/?report=*&status=all&modified_op=gt&modified=2026-01-01"',
        "Save all as CSV": "curl -u alice@example.com -o expenses.csv "
        '"http://192.168.7.9:8000/api/expenses/?report=*&format=csv"',
        "Save all as QIF": "curl -u alice@example.com -o expenses.qif "
        '"http://192.168.7.9:8000/api/expenses/?report=*&format=qif"',
        "Correct one": 'curl -u alice@example.com -d "amount=46.50" http://192.168.7.9:8000/api/v1.0/expense/1',
        "Delete one": "curl -u alice@example.com -X DELETE http://192.168.7.9:8000/api/v1.0/expense/1",
        "Address": "http://192.168.7.9:8000",
        "Line for the hosts file": "192.168.7.9 xpenser.com www.xpenser.com",
        "Address of the search engine": "http://192.168.7.9:8000/api/simple/?q=%s",
        "Address of the bookmark": bookmarklet(settings.PUBLIC_URL),
    }


def asked(line: str, person: Account, expense_id: int) -> Any:
    """Do what a curl line says."""
    words = shlex.split(line)
    path = words[-1].removeprefix(settings.PUBLIC_URL).replace("/expense/1", f"/expense/{expense_id}")
    client = OldClient(person.email)
    if "DELETE" in words:
        return client.delete(path)
    return client.send(path, words[words.index("-d") + 1]) if "-d" in words else client.get(path)


def test_the_lines_do_what_they_say(alice: Account) -> None:
    row = spend(alice, "taxi 20")
    lines = copied(at_browser(alice))

    answers = {
        about: asked(line, alice, row.id)
        for about, line in lines.items()
        if line.startswith("curl") and "receipt=@" not in line
    }

    assert {about: answer.status_code for about, answer in answers.items()} == {
        "Add an expense": 200,
        "List all expenses": 200,
        "List what has changed since a day, deleted ones too": 200,
        "Save all as CSV": 200,
        "Save all as QIF": 200,
        "Correct one": 200,
        "Delete one": 204,
    }
    assert answers["Add an expense"].json()["tags"][0]["name"] == "clientx"
    assert answers["Correct one"].json()["amount"] == "46.50"
    assert answers["Save all as CSV"].headers["Content-Type"] == "text/csv; charset=utf-8"
    assert row.id not in [left.id for left in expense_rows(user_id=alice.id, matching=ExpenseFilter())]


def test_a_stranger_finds_an_example_for_a_name(db: None) -> None:
    lines = copied(Client(headers={"Host": "127.0.0.1:4711"}))

    assert lines["List all expenses"] == f'curl -u me@example.com "{settings.PUBLIC_URL}/api/v1.0/expenses/?report=*"'
    assert lines["Line for the hosts file"] == "192.168.1.5 xpenser.com www.xpenser.com"
    assert "4711" not in "".join(lines.values())


def test_a_name_that_a_shell_would_read_is_quoted(db: None) -> None:
    lines = copied(at_browser(open_account("o'hara$x@example.com")))

    assert shlex.split(lines["Correct one"])[:3] == ["curl", "-u", "o'hara$x@example.com"]


def test_every_line_has_a_button_that_copies_it(db: None) -> None:
    text = Client().get(CLIENTS).content.decode()

    assert re.findall(r'data-copy="(\w+)"', text) == re.findall(r'<code id="(\w+)"', text)
    assert len(re.findall("data-copy=", text)) == 12


@pytest.mark.parametrize("path", [TYPING, CLIENTS])
def test_it_is_only_read(db: None, path: str) -> None:
    assert Client().post(path).status_code == 405
