import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.selectors import Account
from expenses.ecb import MOST_BYTES
from expenses.management.commands import rates
from expenses.selectors import currency_rate
from tests.cast import open_account
from tests.xpenser.backups.test_commands import Terminal

pytestmark = pytest.mark.django_db  # whatever is asked for, a ledger comes first

FRIDAY = date(2026, 11, 20)
DAILY = b"Date, USD, JPY, \n20 November 2026, 1.0812, 161.93, \n"


class Page(NamedTuple):
    """One way in which a download may go. A length of -1 is the true one, None is not told."""

    status: int
    body: bytes = b""
    length: int | None = -1
    location: str = ""


PAGES = {
    "/eurofxref.csv": Page(200, DAILY),
    "/moved": Page(302, location="/eurofxref.csv"),
    "/without-length": Page(200, DAILY, None),
    "/missing": Page(404, b"no such page"),
    "/to-ftp": Page(302, location="ftp://127.0.0.1/eurofxref.csv"),
    "/to-file": Page(302, location="file:///etc/hostname"),
    "/broken-off": Page(200, DAILY, len(DAILY) + 1),
    "/endless": Page(200, bytes(MOST_BYTES + 1)),
}
released = threading.Event()


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/silent":
            released.wait(10)
        elif self.path == "/nonsense":
            self.wfile.write(b"220 ftp.example.com ready")
        else:
            self.answer(PAGES[self.path])

    def answer(self, page: Page) -> None:
        self.send_response(page.status)
        if page.length is not None:
            self.send_header("Content-Length", str(len(page.body) if page.length < 0 else page.length))
        if page.location:
            self.send_header("Location", page.location)
        self.end_headers()
        self.wfile.write(page.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    released.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        released.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def alice(db: None) -> Account:
    return open_account("alice@example.com", zone="Pacific/Auckland")


def per_euro(currency: str, day: date = FRIDAY) -> Decimal | None:
    row = currency_rate(user_id=0, currency="EUR", base=currency, day=day)
    return row and row.rate


def refusal(*args: str, **options: Any) -> str:
    with pytest.raises(CommandError) as refused:
        call_command("rates", *args, **options)
    assert refused.value.returncode == 1
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.django_db
def test_a_file_is_loaded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "eurofxref.csv"
    file.write_bytes(DAILY)

    call_command("rates", str(file))

    assert capsys.readouterr().out == "2 rates are new or have changed.\n"
    assert (per_euro("USD"), per_euro("JPY")) == (Decimal("1.0812"), Decimal("161.93"))


@pytest.mark.django_db
def test_loading_it_again_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "eurofxref.csv"
    file.write_bytes(DAILY)
    call_command("rates", str(file))
    capsys.readouterr()

    call_command("rates", str(file))

    assert capsys.readouterr().out == "0 rates are new or have changed.\n"


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/eurofxref.csv", "/moved", "/without-length"])
def test_an_address_is_loaded(site: str, page: str) -> None:
    call_command("rates", site.replace("http", "HTTP") + page)

    assert per_euro("USD") == Decimal("1.0812")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("/missing", "HTTP Error 404: Not Found"),
        ("/to-ftp", "unknown url type: ftp"),
        ("/to-file", "HTTP Error 302: Found - Redirection to url 'file:///etc/hostname' is not allowed"),
        ("/broken-off", "IncompleteRead(52 bytes read, 1 more expected)"),
        ("/nonsense", "220 ftp.example.com ready"),
        ("/endless", "file: at most 67108864 bytes is wanted"),
    ],
)
def test_a_bad_download_is_refused(site: str, page: str, message: str) -> None:
    assert refusal(site + page) == f"{site}{page}: {message}"
    assert per_euro("USD") is None


def test_a_silent_server_is_left(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "PATIENCE_SECONDS", 0.05)

    assert refusal(site + "/silent") == f"{site}/silent: timed out"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("/no/such/file", "No such file or directory"),
        ("ftp://example.com/eurofxref.csv", "an address in http or https is wanted"),
        ("file:///etc/hostname", "an address in http or https is wanted"),
        ("http://[", "Invalid IPv6 URL"),
        ("http://127.0.0.1:1/", "Connection refused"),
        ("http://127.0.0.1:port/", "nonnumeric port: 'port'"),
        ("a\0b", "embedded null byte"),
    ],
)
def test_what_can_not_be_opened_is_refused(source: str, message: str) -> None:
    assert refusal(source) == f"{source}: {message}"


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_bytes(b"Datum;Dollar\n")

    assert refusal(str(file)) == f"{file}: line 1: 'Datum;Dollar': a header like 'Date, USD, JPY' is wanted"


@pytest.mark.parametrize("begin", ["<!DOCTYPE html>", "\n<html lang='en'>"])
def test_a_web_page_is_refused(tmp_path: Path, begin: str) -> None:
    file = tmp_path / "rates.html"
    file.write_text(f"{begin}<p>Exchange rates")

    assert refusal(str(file)) == f"{file}: this is a web page, not a file of rates; those since 1999: {rates.HISTORY}"


def test_an_own_rate_is_set(alice: Account, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rates", "--user", "Alice@example.com", "eur", "1.08", "--day", "2026-11-20")

    assert capsys.readouterr().out == "1 EUR is 1.08 USD for alice@example.com from 2026-11-20 on.\n"
    row = currency_rate(user_id=alice.id, currency="EUR", base="USD", day=FRIDAY)
    assert row == (Decimal("1.08"), FRIDAY)


def test_an_own_rate_is_taken_back(alice: Account, bob: Account, capsys: pytest.CaptureFixture[str]) -> None:
    for email, day in ((alice.email, "2026-11-19"), (alice.email, "2026-11-20"), (bob.email, "2026-11-20")):
        call_command("rates", "--user", email, "EUR", "1.08", "--day", day)
    capsys.readouterr()

    call_command("rates", "--user", alice.email, "eur", "none", "--day", "2026-11-20")

    assert capsys.readouterr().out == "1 EUR is what it was before for alice@example.com from 2026-11-20 on.\n"
    days = {
        owner.email: row and row.day
        for owner in (alice, bob)
        for row in [currency_rate(user_id=owner.id, currency="EUR", base="USD", day=FRIDAY)]
    }
    assert days == {alice.email: date(2026, 11, 19), bob.email: FRIDAY}


def test_an_own_rate_begins_today_where_its_owner_is(alice: Account) -> None:
    with time_machine.travel(datetime(2026, 11, 19, 23, 0, tzinfo=UTC)):
        call_command("rates", "--user", "alice@example.com", "EUR", "1.08")

    row = currency_rate(user_id=alice.id, currency="EUR", base="USD", day=date(2026, 12, 31))
    assert row == (Decimal("1.08"), FRIDAY)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bob@example.com", "EUR", "1.08"], "bob@example.com: no account has this name"),
        (["alice@example.com", "XXX", "1.08"], "currency 'XXX': a code of ISO 4217 like USD or EUR is wanted"),
        (["alice@example.com", "USD", "1"], "currency 'USD': this is the base currency; a foreign one is wanted"),
        (
            ["alice@example.com", "EUR", "none", "--day", "2026-11-20"],
            "rate: none of yours from EUR to USD begins on 2026-11-20",
        ),
        (["alice@example.com", "EUR", "much"], "RATE 'much': a number like 1.08 is wanted"),
        (["alice@example.com", "EUR", "sNaN"], "RATE 'sNaN': a number like 1.08 is wanted"),
        (["alice@example.com", "EUR", "0"], "rate 0: a number above 0 is wanted"),
        (
            ["alice@example.com", "EUR", "1e400"],
            "rate 1e+400: a number from 0 to 1000000 with at most 12 decimals is wanted",
        ),
        (
            ["alice@example.com", "EUR", "1.08", "--day", "yesterday"],
            "--day 'yesterday': a date like 2026-11-20 is wanted",
        ),
    ],
)
def test_a_bad_own_rate_is_refused(alice: Account, arguments: list[str], message: str) -> None:
    assert refusal("--user", *arguments) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Error: one of the arguments FILE-or-URL --user is required"),
        (["file", "--user", "a", "b", "c"], "Error: argument --user: not allowed with argument FILE-or-URL"),
        (["file", "--day", "2026-11-20"], "--day goes with --user; a file says its days itself"),
    ],
)
def test_it_is_one_or_the_other(arguments: list[str], message: str) -> None:
    assert refusal(*arguments) == message


def test_a_terminal_shows_how_far_it_has_come(tmp_path: Path) -> None:
    file, terminal = tmp_path / "daily.csv", Terminal()
    file.write_bytes(DAILY)

    call_command("rates", str(file), stdout=StringIO(), stderr=terminal)

    assert terminal.getvalue().split("\r\033[K") == ["", "rates: 1 of 2, 50 %", "rates: 2 of 2, 100 %", ""]
