"""The pages by which files come into the ledger."""

import re
from html import unescape
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.selectors import Account
from accounts.services import preferences_set
from expenses import services
from expenses.models import Taking, Upload
from expenses.selectors import ExpenseFilter, expense_rows
from expenses.services import LINES, MOST_WRONG, importing
from reports.selectors import report_named
from reports.status import Status
from tests.cast import NOON, spend
from tests.expenses.services.test_importing import before_the_lock
from tests.web.people import at_browser, csrf
from xpenser.tasks import import_write

PATH = "/import/"
TRIP = b"Date,Category,Amount,Notes\n2026-11-01,Lunch,45,with jack\n2026-11-02,Hotel,118,\n2026-11-03,Taxi,far,\n"


def bring(client: Client, data: bytes, name: str = "trip.csv") -> Any:
    return client.post(PATH, {"file": SimpleUploadedFile(name, data)})


def words(response: Any) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", response.content.decode())).split())


def ticked(response: Any) -> list[tuple[str, bool]]:
    found = re.findall(r'name="take" value="(\d+)"( checked)?', response.content.decode())
    return [(line, bool(checked)) for line, checked in found]


def spent(owner: Account) -> list[str]:
    rows = expense_rows(user_id=owner.id, matching=ExpenseFilter())
    return [row.type for row in rows if row.type != "Sample Expense"]


def test_it_works(alice: Account) -> None:
    client = at_browser(alice)

    brought = bring(client, TRIP)
    page = client.get(brought.url)

    assert brought.status_code == 302
    assert "2 lines, 0 like expenses that are there, 1 that can't be taken. 2 are ticked." in words(page)
    assert "4 amount 'far': a number like 12.50 is wanted" in words(page)
    assert "2 1 Nov 2026 Lunch with jack 45.00 USD 3 2 Nov 2026 Hotel 118.00 USD" in words(page)
    assert ticked(page) == [("2", True), ("3", True)]
    assert spent(alice) == []

    taken = client.post(brought.url, {"act": "take", "line": ["2", "3"], "take": ["2", "3"]}, follow=True)

    assert "2 expenses came from trip.csv." in words(taken)
    assert spent(alice) == ["Lunch", "Hotel"]
    again = client.post(brought.url, {"act": "take"}, follow=True)
    assert "2 expenses came from trip.csv." in words(again)
    assert spent(alice) == ["Lunch", "Hotel"]


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file of two lines be a long one."""
    monkeypatch.setattr(importing, "LONG", 1)


def made() -> None:
    """Do what is asked for, as the worker does."""
    for taking in Taking.objects.all():
        import_write.call(taking.user_id, taking.upload_id, taking.asked.isoformat())


@pytest.mark.usefixtures("long")
def test_a_long_file_comes_while_nobody_waits(
    alice: Account, bob: Account, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client, stranger = at_browser(alice), at_browser(bob)
    address = bring(client, TRIP).url

    with django_capture_on_commit_callbacks() as told:
        for _ in range(2):
            pressed = client.post(address, {"act": "take", "line": ["2", "3"], "take": ["3"]})
    under_way = client.get(address)

    assert (pressed.status_code, pressed.headers["Location"], len(told)) == (302, address, 1)
    assert "On its way into the ledger You can leave this page meanwhile." in words(under_way)
    assert f'hx-get="{address}" hx-trigger="every 1s" hx-select="#taking"' in under_way.content.decode()
    assert f'<a class="btn" href="{address}">Look again</a>' in under_way.content.decode()
    assert '<progress aria-label="trip.csv"></progress>' in under_way.content.decode()
    Taking.objects.update(done=1, total=3)
    for page in (client.get(address), client.get(PATH)):
        assert '<progress aria-label="trip.csv" value="1" max="3"></progress>' in page.content.decode()
        assert "Its rows are looked through. 1 of 3 rows" in words(page)
    assert "trip.csv" not in words(stranger.get(PATH))
    assert stranger.get(address).status_code == 404
    assert "HX-Refresh" not in client.get(address, headers={"HX-Request": "true"}).headers
    assert spent(alice) == []

    made()
    polled = client.get(address, headers={"HX-Request": "true"})
    came = client.get(address)

    assert (polled.headers["HX-Refresh"], polled.content) == ("true", b"")
    assert "1 expense came from trip.csv." in words(came)
    assert "hx-" not in came.content.decode()
    assert "trip.csv just now 1 Take back" in words(client.get(PATH))
    assert "On their way" not in words(client.get(PATH))
    assert spent(alice) == ["Hotel"]
    assert stranger.get(address).status_code == 404


@pytest.mark.usefixtures("long")
def test_to_show_a_page_of_a_long_file_looks_nothing_through(alice: Account) -> None:
    client = at_browser(alice)
    address = bring(client, TRIP).url
    first = client.get(address)
    Upload.objects.update(data=b"and nothing that could be read")
    preferences_set(user_id=alice.id, language="de")

    again = client.get(address)

    assert ticked(again) == ticked(first) == [("2", True), ("3", True)]
    assert "4 Betrag 'far': Verlangt wird eine Zahl wie 12.50" in words(again)
    spend(alice, "Lunch 45 date 2026-11-01")
    assert ticked(client.get(address)) == []
    Upload.objects.update(data=TRIP)
    client.post(f"{address}?to=1", {"act": "turn", "line": ["2", "3"], "take": ["2", "3"]})
    Upload.objects.update(data=b"and nothing that could be read")
    assert ticked(client.get(address)) == [("2", True), ("3", True)]


@pytest.mark.usefixtures("long")
def test_two_tabs_ask_at_the_same_moment(
    alice: Account, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = at_browser(alice)
    brought = bring(client, TRIP)
    number = Upload.objects.get().pk

    with (
        django_capture_on_commit_callbacks() as told,
        before_the_lock(lambda: services.import_ask(user_id=alice.id, upload_id=number, now=timezone.now())),
    ):
        pressed = client.post(brought.url, {"act": "take"})

    assert (pressed.headers["Location"], told) == (brought.url, [])


@pytest.mark.usefixtures("long")
def test_a_long_file_is_given_up(alice: Account) -> None:
    client = at_browser(alice)
    address = bring(client, TRIP).url
    client.post(address, {"act": "take"})

    assert client.post(address, {"act": "drop"}).headers["Location"] == address
    stopped = client.post(address, {"act": "stop"}, follow=True)
    made()

    assert "It is given up: nothing of it is in the ledger. The file waits here." in words(stopped)
    assert ticked(stopped) == [("2", True), ("3", True)]
    client.post(address, {"act": "take"})
    Taking.objects.update(state=Taking.State.WRITTEN)
    page = client.get(address)
    assert "It is being written." in words(page)
    assert "Give it up" not in words(page)
    late = client.post(address, {"act": "stop"}, follow=True)
    assert "It is being written, too late to give it up. It can be taken back." in words(late)
    made()
    assert spent(alice) == ["Lunch", "Hotel"]


@pytest.mark.usefixtures("long")
def test_a_long_file_that_did_not_come_in_waits(alice: Account) -> None:
    client = at_browser(alice)
    address = bring(client, TRIP).url
    client.post(address, {"act": "take"})
    for text in ("Lunch 45 date 2026-11-01", "Hotel 118 date 2026-11-02"):
        spend(alice, text)
    made()

    empty, listed = client.get(address), client.get(PATH)
    Taking.objects.update(state=Taking.State.FAILED)

    assert "Nothing came: no line was ticked." in words(empty)
    assert "trip.csv did not come in" in words(listed)
    assert "It could not be taken in, and nothing of it is in the ledger. Try again" in words(client.get(address))
    client.post(address, {"act": "take", "line": ["2", "3"], "take": ["3"]})
    made()
    assert spent(alice) == ["Lunch", "Hotel", "Hotel"]


def test_what_is_like_what_is_there_is_not_ticked(alice: Account) -> None:
    spend(alice, "Lunch 45 with bob date 2026-11-01")
    client = at_browser(alice)

    page = client.get(bring(client, TRIP).url)

    assert ticked(page) == [("2", False), ("3", True)]
    assert "Like 1 Nov 2026, Lunch, 45.00 USD with bob" in words(page)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (b"date,amount\n2026-11-01,far\n", "2 Betrag 'far': Verlangt wird eine Zahl wie 12,50"),
        (b"date,amount\nsoon,1\n", "2 Datum 'soon': Verlangt wird ein Tag wie 2010-08-31"),
        (
            b"date,amount,currency\n2026-11-01,1,EURO\n",
            "2 Währung 'EURO': Verlangt wird ein Code nach ISO 4217 wie EUR",
        ),
        (b"date,amount,status\n2026-11-01,1,-1\n", "2 Status '-1': Verlangt wird eine Ausgabe, die nicht gelöscht ist"),
        (b"date,amount,currency\n2026-11-01,1,JPY\n", "Für diesen Tag ist kein Kurs von JPY nach USD bekannt"),
    ],
)
def test_what_is_wrong_is_told_in_the_reader_s_language(alice: Account, lines: bytes, said: str) -> None:
    preferences_set(user_id=alice.id, language="de")
    client = at_browser(alice)

    assert said in words(client.get(bring(client, lines).url))


@pytest.mark.parametrize(
    ("language", "data", "amounts"),
    [
        ("de", b"date;amount\n2026-11-01;1.234\n", "1.234,00"),
        ("de", b"date;amount\n2026-11-01;1.234\n2026-11-02;1.50\n", "1,23"),
        ("de", b"<OFX><STMTTRN><DTPOSTED>20261101<TRNAMT>-1.234<FITID>1<NAME>Cafe</STMTTRN></OFX>", "1,23"),
        ("de", b"Timestamp,Merchant,Amount,Category,Receipt URL\n2026-11-01,Bar,1.234,Food,\n", "1,23"),
        ("en", b"date;amount\n2026-11-01;1.234\n", "1.23"),
        ("en", b"date;amount\n2026-11-01;1,234\n", "1,234.00"),
    ],
)
def test_where_no_amount_tells_it_is_written_as_the_reader_writes(
    alice: Account, language: str, data: bytes, amounts: str
) -> None:
    preferences_set(user_id=alice.id, language=language)
    client = at_browser(alice)
    address = bring(client, data).url
    preferences_set(user_id=alice.id, language="en")

    client.post(address, {"act": "take", "line": [], "take": []})

    preferences_set(user_id=alice.id, language=language)
    assert f" {amounts} USD" in words(client.get("/?period=2026-11"))


def test_what_can_t_be_read_is_told_in_the_reader_s_language(alice: Account) -> None:
    preferences_set(user_id=alice.id, language="de")
    client = at_browser(alice)

    page = client.post(PATH, {"file": SimpleUploadedFile("empty.csv", b"\n\n")})
    missing = client.get("/?period=soon")

    assert "„empty.csv“: Die Datei hat keine Zeilen" in words(page)
    assert "'soon': Verlangt wird ein Monat wie 2026-11" in words(missing)


def test_take_back(alice: Account) -> None:
    client = at_browser(alice)
    client.post(bring(client, TRIP).url, {"act": "take"})
    listed = client.get(PATH)
    (undo,) = re.findall(r'action="(/import/\d+/undo/)"', listed.content.decode())

    again = client.get(bring(client, TRIP).url)
    undone = client.post(undo, follow=True)
    twice = client.post(undo, follow=True)

    assert "This very file was imported before: just now , 2 expenses." in words(again)
    assert "2 expenses are in the trash. The file can be imported again." in words(undone)
    assert "trip.csv just now 2 taken back" in words(undone)
    assert "it was taken back before" in words(twice)
    assert spent(alice) == []


def test_what_is_handed_in_is_not_taken_back(alice: Account) -> None:
    client = at_browser(alice)
    client.post(bring(client, b"date,amount,report\n2026-11-01,1,Berlin\n").url, {"act": "take"})
    report = report_named(user_id=alice.id, name="Berlin")
    services.report_update(user_id=alice.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)

    (undo,) = re.findall(r'action="(/import/\d+/undo/)"', client.get(PATH).content.decode())

    assert "report 'Berlin' was handed in" in words(client.post(undo, follow=True))
    assert spent(alice) == ["Imported"]


def test_the_columns_are_what_one_says(alice: Account) -> None:
    client = at_browser(alice)
    address = bring(client, b"when;what;how much\n01.02.2026;Caf\xe9;4,50\n").url
    said = {
        "act": "map", "encoding": "windows-1252", "separator": ";", "date_style": "dmy", "decimal_mark": ",",
        "other_type": "", "flip": "on", "role0": "date", "role1": "type", "role2": "amount",
    }  # fmt: skip

    assert "No line of it could be taken" in words(client.get(address))
    page = client.post(address, said, follow=True)
    assert "2 1 Feb 2026 Café \N{MINUS SIGN}4.50 USD" in words(page)
    assert 'name="flip" id="id_flip" checked' in page.content.decode()

    page = client.post(address, said | {"encoding": "mac-roman"}, follow=True)
    assert "CafÈ" in words(page)  # other text, so the columns are guessed anew
    assert "No line of it could be taken" in words(page)

    page = client.post(address, said | {"encoding": "utf-8"})
    assert "line 2: byte 0xe9 is no text in utf-8; choose another encoding" in words(page).lower()

    page = client.post(address, said | {"date_style": "nonsense"})
    assert "Select a valid choice. nonsense is not one of the available choices." in words(page)


def test_columns_without_names(alice: Account) -> None:
    client = at_browser(alice)

    page = client.get(bring(client, b"2026-11-01,4,Lunch\n2026-11-02,5\n").url)

    assert "Column 3 Lunch" in words(page)


def test_many_lines_are_paged_and_ticks_are_kept(alice: Account) -> None:
    client = at_browser(alice)
    lines = "".join(f"2026-11-01,{n + 1}\n" for n in range(LINES + 2))
    address = bring(client, f"date,amount\n{lines}".encode()).url

    first = client.get(address)
    shown = [line for line, _ in ticked(first)]
    turned: Any = client.post(f"{address}?to=2", {"act": "turn", "line": shown, "take": shown[1:]})
    second = client.get(turned.url)
    back = client.get(f"{address}?page=0")

    assert len(shown) == LINES
    assert turned.url == f"{address}?page=2"
    assert [line for line, _ in ticked(second)] == ["102", "103"]
    assert "101 are ticked." in words(second)
    assert "Page 2 of 2" in words(client.get(f"{address}?page=77"))
    assert ticked(back)[:2] == [("2", False), ("3", True)]


def test_nothing_ticked_and_thrown_away(alice: Account) -> None:
    client = at_browser(alice)
    address = bring(client, TRIP).url

    assert "no line is ticked" in words(client.post(address, {"act": "take", "line": ["2", "3"]}, follow=True))
    assert client.post(address, {"act": "drop"}).headers["Location"] == PATH
    assert client.post(address, {"act": "drop"}).status_code == 404
    assert spent(alice) == []


def test_wrong_lines_are_listed_so_far(alice: Account) -> None:
    client = at_browser(alice)

    page = client.get(bring(client, b"date,amount\n" + b"soon,1\n" * (MOST_WRONG + 3)).url)

    assert "And 3 more." in words(page)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.4", "“trip.csv”: this is a workbook, a picture or an archive of another program; save it as CSV"),
        (b"", "The file is empty."),
    ],
)
def test_what_is_no_file(alice: Account, data: bytes, said: str) -> None:
    assert said in words(bring(at_browser(alice), data))


def test_no_file_and_too_large_a_file(alice: Account, settings: LazySettings) -> None:
    client = at_browser(alice)

    assert "Choose a file." in words(client.post(PATH, {}))
    settings.MAX_UPLOAD_BYTES = 1000
    assert "The file is too large: up to 0.001 MB are taken. Split it." in words(bring(client, b"x" * 1000))


def test_strangers_and_other_methods(alice: Account, bob: Account) -> None:
    client, stranger = at_browser(alice), at_browser(bob)
    address = bring(client, TRIP).url
    client.post(bring(client, TRIP).url, {"act": "take"})
    (undo,) = re.findall(r'action="(/import/\d+/undo/)"', client.get(PATH).content.decode())

    assert [stranger.get(address).status_code, stranger.post(address, {"act": "take"}).status_code] == [404, 404]
    assert stranger.post(undo).status_code == 404
    assert client.post(address, {"act": "sell"}).content == b"act: one of map, turn, take, drop is wanted"
    assert [client.put(PATH).status_code, client.get(undo).status_code, client.put(address).status_code] == [405] * 3
    assert len(spent(alice)) == 2


def test_the_token_is_asked_for(alice: Account) -> None:
    client = at_browser(alice, strict=True)
    client.get(PATH)

    assert bring(client, TRIP).status_code == 403
    token = {"csrfmiddlewaretoken": csrf(client), "file": SimpleUploadedFile("trip.csv", TRIP)}
    assert client.post(PATH, token).status_code == 302


def test_what_a_bank_sends_needs_no_columns(alice: Account) -> None:
    client = at_browser(alice)
    ofx = b"<OFX><STMTTRN><DTPOSTED>20261101<TRNAMT>-45<FITID>1<NAME>Cafe</STMTTRN></OFX>"
    address = bring(client, ofx, "bank.ofx").url

    page = client.get(address)
    said = {
        "act": "map", "encoding": "utf-8", "date_style": "ymd", "decimal_mark": ".", "other_type": "Food", "flip": "on",
        **{f"role{place}": role for place, role in enumerate(("date", "amount", "notes", "", "sourceid", ""))},
    }  # fmt: skip
    again = client.post(address, said, follow=True)

    assert "1 1 Nov 2026 Imported Cafe 45.00 USD" in words(page)
    assert "Between columns" not in words(page)
    assert "1 1 Nov 2026 Food Cafe 45.00 USD" in words(again)
