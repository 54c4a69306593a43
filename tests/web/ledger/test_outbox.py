"""What was typed without a net, as the worker brings it (``static/worker.js``)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.selectors import Account
from expenses.models import Expense
from expenses.selectors import expense_receipts
from tests.cast import NOON, spend
from tests.expenses.pictures import jpeg, pdf
from tests.web.ledger.seen import Row, once, rows, total
from tests.web.people import at_browser, csrf

OUTBOX = "/outbox/"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "expenses.files.folder.ReceiptFolder", "OPTIONS": {"location": tmp_path}},
    }


def send(browser: Client, text: str, *, key: str = "a key", waited: object = 0, **more: Any) -> Any:
    """Send a line as whoever is signed in."""
    owner = browser.get(OUTBOX).json()["owner"]
    return browser.post(OUTBOX, {"owner": owner, "once": key, "q": text, "waited": waited, **more})


def test_it_works(browser: Client) -> None:
    response = send(browser, "lunch 45 with jack #clientx")

    assert (response.status_code, response.json()) == (200, {"said": "Added lunch, 45.00 USD"})
    line = rows(browser.get("/"))[0]
    assert line == Row(line.id, "lunch", "with jack", "#clientx", "My Expenses", "", "45.00 USD")


def test_it_says_for_whom_and_by_which_token(alice: Account) -> None:
    browser = at_browser(alice, strict=True)

    response = browser.get(OUTBOX)

    told = response.json()
    assert told["owner"] == f"{alice.id}-{NOON.timestamp():.0f}000000"
    assert "no-store" in response.headers["Cache-Control"]
    line = {"owner": told["owner"], "once": "a key", "q": "lunch 45"}
    assert browser.post(OUTBOX, line).status_code == 403
    assert browser.post(OUTBOX, {**line, "csrfmiddlewaretoken": told["token"]}).status_code == 200
    assert csrf(browser) != told["token"]  # another each time, so that no length of an answer gives it away


def test_what_comes_again_is_added_once(browser: Client) -> None:
    first, second = (send(browser, "lunch 45", waited=waited) for waited in (60, 90))

    assert first.json() == second.json() == {"said": "Added lunch, 45.00 USD"}
    assert total(browser.get("/?type=lunch")) == "1 expense 45.00 USD"


def test_what_the_page_has_sent_before_is_added_once(browser: Client) -> None:
    key = once(browser)
    browser.post("/add/", {"q": "lunch 45", "once": key})

    assert send(browser, "lunch 45", key=key).json() == {"said": "Added lunch, 45.00 USD"}
    assert total(browser.get("/?type=lunch")) == "1 expense 45.00 USD"


def test_the_same_key_with_something_else_is_refused(browser: Client) -> None:
    send(browser, "lunch 45")

    response = send(browser, "lunch 54")

    said = "This line was sent once before, with another text. Send it to add this one, too."
    assert (response.status_code, response.json()) == (422, {"refusal": said})


def test_photos_are_its_receipts(alice: Account, browser: Client) -> None:
    photos = [SimpleUploadedFile("a.jpg", jpeg()), SimpleUploadedFile("b.pdf", pdf())]
    for _ in range(2):
        for photo in photos:
            photo.seek(0)
        assert send(browser, "lunch 45", receipt=photos).status_code == 200

    (expense,) = Expense.objects.filter(type="lunch")
    kinds = [row.extension for row in expense_receipts(user_id=alice.id, expense_id=expense.pk)]
    assert kinds == ["JPG", "PDF"]


@pytest.mark.parametrize(
    ("text", "file", "refusal"),
    [
        ("lunch with jack", jpeg(), "'lunch with jack': there is no amount"),
        ("", jpeg(), "there is no text"),
        ("time stop", jpeg(), "no timer is running"),
        ("lunch 45", b"hi", "“a.jpg”: receipt starts with the bytes 68 69"),
    ],
)
def test_what_is_refused_says_why_and_stores_nothing(
    browser: Client, tmp_path: Path, text: str, file: bytes, refusal: str
) -> None:
    response = send(browser, text, receipt=[SimpleUploadedFile("a.jpg", file)])

    assert response.status_code == 422
    assert refusal in response.json()["refusal"]
    assert total(browser.get("/")) == "1 expense 0.00 USD"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_was_cut_off_is_not_taken_for_all_of_it(browser: Client, settings: Any) -> None:
    """A body is read up to the limit, and the photos beyond it are missing."""
    settings.MAX_UPLOAD_BYTES = 1000
    photos = [SimpleUploadedFile("a.jpg", jpeg()), SimpleUploadedFile("b.pdf", pdf())]

    response = send(browser, "lunch 45", receipt=photos)

    refusal = "These are too many at once: up to 10 files, and 0.001 MB in all, are taken together."
    assert (response.status_code, response.json()) == (422, {"refusal": refusal})
    assert total(browser.get("/")) == "1 expense 0.00 USD"


def test_it_counts_from_when_it_was_typed(alice: Account, browser: Client) -> None:
    send(browser, "lunch 45", key="lunch", waited=26 * 3600)
    send(browser, "dinner 20 date yesterday", key="dinner", waited=26 * 3600)
    send(browser, "time start", key="start", waited=90 * 60)
    send(browser, "time stop", key="stop", waited=30 * 60)

    found = {each.type: each for each in Expense.objects.order_by("id")}
    days = {kind: f"{each.date:%d %H:%M}" for kind, each in found.items()}
    assert days["lunch"] == "19 10:00"
    assert days["dinner"] == "18 10:00"
    assert days["time"] == "20 10:30"
    assert found["time"].raw_amount == 60
    # Programs that sync ask for what has changed since they came last, and it has come now.
    assert min(each.modified for each in found.values()) >= NOON


@pytest.mark.parametrize("waited", ["", "-5", "1e3", "nan", "9" * 9, "٣"])
def test_a_time_that_is_none_is_now(browser: Client, waited: str) -> None:
    send(browser, "lunch 45", waited=waited)

    assert Expense.objects.get(type="lunch").date == NOON.replace(tzinfo=None)


def test_somebody_else_s_is_not_taken(alice: Account, bob: Account) -> None:
    owner = at_browser(alice).get(OUTBOX).json()["owner"]

    response = at_browser(bob).post(OUTBOX, {"owner": owner, "once": "a key", "q": "lunch 45"})

    assert (response.status_code, response.json()) == (409, {})
    assert not Expense.objects.filter(type="lunch").exists()


def test_it_says_which_ledgers_are_there_no_more(alice: Account, bob: Account) -> None:
    there = at_browser(bob).get(OUTBOX).json()["owner"]
    before = f"{bob.id}-1"  # of another server that answered here once
    names = [there, before, f"{bob.id + 1000}-5", "what is this", "9" * 30 + "-1"]

    told = at_browser(alice).get(OUTBOX, {"of": names}).json()

    assert told["closed"] == names[1:]
    assert at_browser(alice).get(OUTBOX).json()["closed"] == []


def test_it_is_told_of_so_many_ledgers_at_once(alice: Account) -> None:
    names = [f"{number}-5" for number in range(1000, 1101)]

    assert at_browser(alice).get(OUTBOX, {"of": names}).json()["closed"] == names[:100]


def test_who_is_not_signed_in_is_sent_to_do_so(db: None) -> None:
    for response in (Client().get(OUTBOX), Client().post(OUTBOX, {"q": "lunch 45"})):
        assert response.headers["Location"] == "/accounts/login/?next=/outbox/"


def test_the_page_names_whose_it_is(alice: Account, browser: Client) -> None:
    spend(alice, "lunch 45", now=NOON + timedelta(seconds=1))

    owner = browser.get(OUTBOX).json()["owner"]

    assert f'data-owner="{owner}"' in browser.get("/").content.decode()
