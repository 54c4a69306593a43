"""A person's own data: taken away as one file, taken in again, and deleted with the account."""

import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import selectors as accounts
from accounts.models import User
from accounts.operators import operator_set
from accounts.selectors import Account
from accounts.services import preferences_set
from expenses import services
from expenses.models import Import, LedgerArchive, Taking, Upload
from expenses.receipts import receipt_read
from expenses.services import archives_taken
from tests.archives import HOME, archive_of, ledger_of, packed, parts
from tests.cast import PASSWORD, NewClient, OldClient, open_account, spend, token_of
from tests.expenses.pictures import pdf
from tests.web.people import at_browser
from tests.web.test_importing import made as taken_in
from tests.web.test_importing import words
from tests.web.test_signin import signed_in

pytestmark = pytest.mark.usefixtures("archives_folder")

PATH = "/settings/data/"
CLOSE = "/settings/data/close/"


def made(owner: Account) -> None:
    """Make the archive that was asked for, as the worker does."""
    asked = LedgerArchive.objects.get(user_id=owner.id).asked
    services.archive_make(owner=owner, asked=asked, home=HOME, now=asked, snapshot=nullcontext)


def test_it_works(alice: Account, bob: Account) -> None:
    spend(alice, "lunch 45", picture=receipt_read(pdf()))
    client, stranger = at_browser(alice), at_browser(bob)

    before = client.get(PATH)
    under_way = client.post(f"{PATH}archive/", follow=True)
    twice = client.post(f"{PATH}archive/", follow=True)

    assert "Make an archive" in words(before)
    assert client.get(f"{PATH}archive.zip").status_code == 404
    for page in (under_way, twice):
        assert "It is being made. You can leave this page meanwhile." in words(page)
        bar = '<p id="making" hx-get="/settings/data/" hx-trigger="every 2s" hx-select="#making" hx-target="this">'
        assert f'{bar}<progress id="progress"></progress></p>' in page.content.decode()
        assert "Make a new one" not in words(page)

    LedgerArchive.objects.update(done=1, total=2)
    assert '<progress id="progress" value="1" max="2"></progress>' in client.get(PATH).content.decode()
    polled = client.get(PATH, headers={"HX-Request": "true"})
    assert "1 of 2 receipts" in words(polled)
    assert "HX-Refresh" not in polled.headers
    made(alice)
    polled = client.get(PATH, headers={"HX-Request": "true"})
    assert (polled.headers["HX-Refresh"], polled.content) == ("true", b"")
    there, file = client.get(PATH), client.get(f"{PATH}archive.zip")

    assert "It was made just now , has 0.1 MB, and stays until" in words(there)
    assert "hx-trigger" not in there.content.decode()
    data = b"".join(file) if file.streaming else file.content
    assert "receipts/2-1.PDF" in parts(data)
    assert file.headers["Content-Type"] == "application/zip"
    assert file.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(r'attachment; filename="xpenser-\d{4}-\d\d-\d\d\.zip"', file.headers["Content-Disposition"])
    assert stranger.get(f"{PATH}archive.zip").status_code == 404
    assert Client().get(f"{PATH}archive.zip").headers["Location"].startswith("/accounts/login/")

    gone = client.post(f"{PATH}archive/remove/", follow=True)
    assert "The archive is gone from the server." in words(gone)
    assert client.get(f"{PATH}archive.zip").status_code == 404


def test_the_worker_is_told_once(alice: Account, settings: LazySettings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    for _ in range(2):
        at_browser(alice).post(f"{PATH}archive/")

    asked = LedgerArchive.objects.get(user_id=alice.id).asked.isoformat()
    assert [task.args_kwargs for task in DBTaskResult.objects.all()] == [{"args": [alice.id, asked], "kwargs": {}}]


def test_another_queue_is_told_once_that_is_committed(
    alice: Account, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as told:
        at_browser(alice).post(f"{PATH}archive/")

    assert len(told) == 1


def test_one_that_could_not_be_made(alice: Account) -> None:
    services.archive_ask(user_id=alice.id, now=timezone.now())
    LedgerArchive.objects.update(failed=True)

    page = words(at_browser(alice).get(PATH))

    assert "The last one could not be made." in page
    assert "Download" not in page


def bring(client: Client, data: bytes) -> Any:
    return client.post("/import/", {"file": SimpleUploadedFile("all.zip", data)})


def press(client: Client, address: str, act: str) -> Any:
    page = client.get(address).content.decode()
    (version,) = re.findall(r'name="version" value="(\d+)"', page)
    assert f'name="act" value="{act}"' in page
    return client.post(address, {"act": act, "version": version}, follow=True)


def test_a_ledger_moves_house(alice: Account, bob: Account) -> None:
    preferences_set(user_id=alice.id, zone="Europe/Berlin")
    spend(alice, "lunch 45", picture=receipt_read(pdf()))
    gone = spend(alice, "taxi 12")
    services.expense_delete(owner=alice, expense_id=gone.id, now=timezone.now())
    content, data, client = ledger_of(alice), archive_of(alice, now=timezone.now()), at_browser(bob)

    address = bring(client, data).url
    page = words(client.get(address))

    assert f"The whole ledger of alice@example.com , as it was on {timezone.now():%Y-%m-%d}." in page
    assert "Expenses 3 of these deleted, into the trash 1 Receipts 1 Reports 1 Stay away" in page
    assert "Your ledger is new. It can become this one" in page

    taken = press(client, address, "become")

    assert "3 expenses came from all.zip." in words(taken)
    assert ledger_of(bob, now=timezone.now()) == content
    assert accounts.account(email=bob.email).zone == "Europe/Berlin"
    assert "3 expenses came from all.zip." in words(client.get(address))
    (undo,) = re.findall(r'action="(/import/\d+/undo/)"', taken.content.decode())
    assert "2 expenses are in the trash." in words(client.post(undo, follow=True))
    again = bring(client, data).url
    assert "Import what is missing" in words(client.get(again))
    assert "3 expenses came" in words(press(client, again, "take"))
    assert "This very file was imported before: just now , 3 expenses." in words(client.get(bring(client, data).url))


@pytest.fixture(params=["LONG", "MANY"])
def long(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an archive of one line, or one of one receipt, be long."""
    monkeypatch.setattr(archives_taken, request.param, 0)


@pytest.mark.usefixtures("long")
def test_a_long_archive_comes_while_nobody_waits(
    alice: Account, bob: Account, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    preferences_set(user_id=alice.id, zone="Europe/Berlin")
    spend(alice, "lunch 45", picture=receipt_read(pdf()))
    content, client = ledger_of(alice), at_browser(bob)
    address = bring(client, archive_of(alice, now=timezone.now())).url

    with django_capture_on_commit_callbacks() as queued:
        pressed = press(client, address, "become")
        again = client.post(address, {"act": "become", "version": "1"})

    assert (len(queued), again.headers["Location"]) == (1, address)
    assert "On its way into the ledger You can leave this page meanwhile." in words(pressed)
    Taking.objects.update(done=1000, total=2400)
    assert "Its rows are looked through. 1000 of 2400 rows" in words(client.get(address))
    Taking.objects.update(state=Taking.State.COPIED, done=20, total=24)
    for page in (client.get(address), client.get("/import/")):
        assert "Its receipts are copied. 20 of 24 receipts" in words(page)
        assert '<progress aria-label="all.zip" value="20" max="24"></progress>' in page.content.decode()
    assert "Give it up" in words(client.get(address))

    taken_in()

    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "2 expenses came from all.zip." in words(client.get(address))
    assert "all.zip just now 2 Take back" in words(client.get("/import/"))
    assert ledger_of(bob, now=timezone.now()) == content
    assert accounts.account(email=bob.email).zone == "Europe/Berlin"


@pytest.mark.usefixtures("long")
def test_a_long_archive_is_given_up(alice: Account, bob: Account) -> None:
    spend(alice, "lunch 45", picture=receipt_read(pdf()))
    client = at_browser(bob)
    address = bring(client, archive_of(alice, now=timezone.now())).url
    press(client, address, "take")

    page = words(client.post(address, {"act": "stop"}, follow=True))
    taken_in()

    assert "It is given up: nothing of it is in the ledger. The file waits here." in page
    assert "Make my ledger this one" in page
    assert not Import.objects.exists()


@pytest.mark.usefixtures("long")
def test_why_a_long_archive_did_not_come_is_told_in_the_reader_s_language(alice: Account, bob: Account) -> None:
    spend(alice, "lunch 45", picture=receipt_read(pdf()))
    preferences_set(user_id=bob.id, language="de")
    client = at_browser(bob)
    address = bring(client, archive_of(alice, now=timezone.now())).url
    press(client, address, "become")
    spend(bob, "coffee 3", now=timezone.now())
    taken_in()

    changed = "Ihre Ausgaben wurden inzwischen geändert"
    assert changed in words(client.get(address))
    assert "all.zip wurde nicht importiert" in words(client.get("/import/"))
    preferences_set(user_id=bob.id, language="en")
    assert "your ledger was changed meanwhile: look again at what would come" in words(client.get(address))
    looked = client.post(address, {"act": "look"}, follow=True)
    assert "your ledger was changed meanwhile" not in words(looked)
    assert "Import what is missing" in words(looked)

    press(client, address, "take")
    Taking.objects.update(state=Taking.State.FAILED)
    assert "It could not be taken in, and nothing of it is in the ledger. Try again" in words(client.get(address))
    press(client, address, "take")
    taken_in()
    assert "1 expense came from all.zip." in words(client.get(address))


def test_a_ledger_that_changes_under_the_page(alice: Account) -> None:
    client = at_browser(alice)
    address = bring(client, archive_of(open_account("carol@example.com"))).url
    (version,) = re.findall(r'name="version" value="(\d+)"', client.get(address).content.decode())
    spend(alice, "coffee 3")

    for said in (version, "", "x"):
        page = client.post(address, {"act": "take", "version": said}, follow=True)

        assert "your ledger was changed meanwhile: look again at what would come" in words(page)
        assert "Your ledger was changed since this was looked through" in words(page)
        assert 'value="take"' not in page.content.decode()
    assert "Import what is missing" in words(client.post(address, {"act": "look"}, follow=True))
    assert "0 expenses came from all.zip." in words(press(client, address, "take"))


def test_to_show_a_page_looks_nothing_through(alice: Account) -> None:
    client = at_browser(alice)
    address = bring(client, archive_of(open_account("carol@example.com"))).url
    client.get(address)
    Upload.objects.update(data=b"PK\x03\x04, and nothing that could be read")

    assert "Expenses 1 of these deleted" in words(client.get(address))


def test_more_lines_than_a_page_takes(alice: Account) -> None:
    content = ledger_of(open_account("carol@example.com"))
    many = b"".join(b'{"name":"t%d"}\n' % number for number in range(120_000))

    page = bring(at_browser(alice), packed({**content, "data/tags.jsonl": many}))

    assert (
        "“all.zip”: manifest.json: with 120011 lines and parts it is too long for a page, which takes 120000"
        in words(page)
    )
    assert not Upload.objects.exists()


def test_what_else_may_be_done_with_an_archive(alice: Account) -> None:
    client = at_browser(alice)
    address = bring(client, archive_of(open_account("carol@example.com"))).url

    assert "act: one of take, become, look, drop is wanted" in words(client.post(address, {"act": "map"}))
    assert client.post(address, {"act": "drop"}).headers["Location"] == "/import/"
    assert client.get(address).status_code == 404


def test_what_can_t_be_taken_is_told_in_the_reader_s_language(alice: Account) -> None:
    preferences_set(user_id=alice.id, language="de")
    client = at_browser(alice)
    spend(alice, "coffee 3")
    carol = open_account("carol@example.com", currency="EUR")

    other = client.get(bring(client, archive_of(carol)).url)
    broken = bring(client, packed({**ledger_of(carol, now=timezone.now()), "data/tags.jsonl": b"x\n"}, counts={}))
    posted = client.post(bring(client, archive_of(carol, now=timezone.now())).url, {"act": "take"}, follow=True)

    assert "das Archiv ist in EUR geführt, Ihre Ausgaben in USD" in words(other)
    assert 'value="take"' not in other.content.decode()
    assert "„all.zip“: manifest.json: das steht so in keinem Archiv" in words(broken)
    assert "das Archiv ist in EUR geführt" in words(posted)


def test_another_s_zip_is_none(alice: Account) -> None:
    page = bring(at_browser(alice), b"PK\x03\x04 workbook")

    assert "this is a workbook, a picture or an archive of another program; save it as CSV" in words(page)


@pytest.fixture
def leaving(alice: Account) -> Client:
    """Return a browser in which Alice has signed in, and has just shown once more who she is."""
    client = Client()
    signed_in(client, alice.email)
    asked = client.get(CLOSE)
    assert asked.headers["Location"] == f"/accounts/reauthenticate/?next={CLOSE.replace('/', '%2F')}"
    assert client.post(asked.headers["Location"], {"password": PASSWORD}).headers["Location"] == CLOSE
    return client


def test_an_account_is_closed(
    alice: Account,
    archives_folder: Path,
    leaving: Client,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    spend(alice, "lunch 45", picture=receipt_read(pdf()))
    elsewhere, old, new = at_browser(alice), OldClient(alice.email), NewClient(token_of(alice))

    first = words(leaving.get(CLOSE))
    archive_of(alice, now=timezone.now())
    asked = words(leaving.get(CLOSE))
    with django_capture_on_commit_callbacks(execute=True):
        closed = leaving.post(CLOSE)

    assert "all of alice@example.com . That are, among others, expenses: 2, receipts: 1." in first
    assert "You can take all of it with you: make an archive first." in first
    assert "Your archive was made just now : download it first, if you have not. It goes, too." in asked
    assert closed.headers["Location"] == "/accounts/login/"
    assert "Your account is closed, and all that was in it is deleted." in words(leaving.get("/accounts/login/"))
    assert not User.objects.filter(pk=alice.id).exists()
    assert [path for path in archives_folder.rglob("*") if path.is_file()] == []
    for client in (leaving, elsewhere):
        assert client.get(PATH).headers["Location"].startswith("/accounts/login/")
    for program in (old, new):
        assert program.get("/api/v1.0/expenses/").status_code == 401
    (message,) = mail.outbox
    assert (message.subject, message.to) == ("Your account is closed", ["alice@example.com"])
    assert "The account of alice@example.com at " in message.body


def test_it_is_closed_in_the_language_of_who_had_it(alice: Account, leaving: Client) -> None:
    preferences_set(user_id=alice.id, language="de")

    leaving.post(CLOSE)

    assert mail.outbox[0].subject == "Ihr Konto ist geschlossen"


def test_who_has_not_shown_who_he_is_closes_nothing(alice: Account) -> None:
    client = Client()
    signed_in(client, alice.email)

    asked = client.post(CLOSE)

    assert asked.headers["Location"].startswith("/accounts/reauthenticate/?next=")
    assert User.objects.filter(pk=alice.id).exists()


def test_the_last_operator_stays(alice: Account, bob: Account, leaving: Client) -> None:
    operator_set(user_id=alice.id, is_operator=True)

    page = leaving.post(CLOSE, follow=True)

    assert "alice@example.com is the last operator: make somebody else one first" in words(page)
    operator_set(user_id=bob.id, is_operator=True)
    leaving.post(CLOSE)
    assert not User.objects.filter(pk=alice.id).exists()
