"""The page of an expense's receipts, and what of them is seen in the ledger."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

import expenses.receipts
from accounts.selectors import Account
from expenses.exports.row import ExpenseRow
from expenses.receipts import receipt_open, receipt_read
from expenses.selectors import ReceiptRow, expense_receipts, ledger_row
from expenses.services import expense_delete, expenses_move, receipts_add, report_create, report_update
from expenses.services.receipts import MOST_RECEIPTS
from reports.status import Status
from tests.cast import NOON, spend
from tests.expenses.pictures import heic, jpeg, jpeg_bomb, pdf, png, webp
from tests.web.ledger.seen import htmx, text_of
from tests.web.people import at_browser, csrf

SCRIPT = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "expenses.files.folder.ReceiptFolder", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


@pytest.fixture
def small_limit(settings: Any) -> None:
    settings.MAX_RECEIPT_BYTES = 20_000


@pytest.fixture
def lunch(alice: Account) -> ExpenseRow:
    return spend(alice, "lunch 45 with jack")


def kept(owner: Account, row: ExpenseRow, *data: bytes) -> list[ReceiptRow]:
    """Add receipts, and return them."""
    pictures = [receipt_read(each) for each in data]
    return receipts_add(owner=owner, expense_id=row.id, pictures=pictures, now=NOON)


def receipts(owner: Account, row: ExpenseRow) -> list[ReceiptRow]:
    return expense_receipts(user_id=owner.id, expense_id=row.id)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def handed_in(owner: Account, row: ExpenseRow) -> None:
    report = report_create(user_id=owner.id, name="Fair", now=NOON)
    expenses_move(owner=owner, expense_ids=[row.id], report_id=report.id, now=NOON)
    report_update(user_id=owner.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)


def page_of(row: ExpenseRow) -> str:
    return f"/expenses/{row.id}/receipts/"


def file(data: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def once(browser: Client, row: ExpenseRow) -> str:
    found = re.search(r'name="once" value="([0-9a-f-]{36})"', browser.get(page_of(row)).content.decode())
    assert found
    return found[1]


def sent(browser: Client, row: ExpenseRow, *chosen: SimpleUploadedFile, key: str = "", **extra: Any) -> Any:
    """Send what was chosen on the page."""
    return browser.post(page_of(row), {"receipt": chosen, "once": key or once(browser, row)}, **extra)


def notes(response: Any) -> list[str]:
    """Return what a page says has happened."""
    return [text_of(note) for note in re.findall(r'<div class="note" role="status">(.*?)</div>', body(response))]


def errors(response: Any) -> list[str]:
    """Return what is said at the field."""
    at_field = re.search(r'id="receipt_error" role="alert">(.*?)</div>', body(response))
    return [text_of(line) for line in re.findall("<p>(.*?)</p>", at_field[1])] if at_field else []


def body(response: Any) -> str:
    text: str = response.content.decode()
    return text


def large(response: Any) -> str:
    """Return the address of the picture that is shown large."""
    found = re.search(r'<a class="viewed"[^>]*><img src="([^"]*)"', body(response))
    return found[1] if found else ""


def thumbs(response: Any) -> list[tuple[str, bool, str]]:
    """Return the small ones: where each leads, whether it is the one that is large, and its picture."""
    links = re.findall(
        r'<li><a href="([^"]*)"( aria-current="true")?>(?:<img src="([^"]*)" loading="lazy")?', body(response)
    )
    return [(path, bool(current), small) for path, current, small in links]


def address(receipt: ReceiptRow) -> str:
    return f"/static/xpenser/media/Receipts/{receipt.image}"


class TestAdding:
    def test_it_works(self, alice: Account, browser: Client, lunch: ExpenseRow, folder: Path) -> None:
        response = sent(browser, lunch, file(jpeg()), file(pdf(), "bill.pdf"), follow=True)

        first, second = receipts(alice, lunch)
        assert response.redirect_chain == [(page_of(lunch), 302)]
        assert notes(response) == ["Added: lunch, 45.00 USD has 2 receipts"]
        assert (first.extension, second.extension) == ("JPG", "PDF")
        assert files(folder) == {first.image, second.image}
        assert large(response) == address(first)
        assert notes(browser.get(page_of(lunch))) == []

    def test_they_come_behind_those_that_are_there(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        (old,) = kept(alice, lunch, png(1))

        sent(browser, lunch, file(jpeg()))

        assert receipts(alice, lunch)[0] == old
        assert len(receipts(alice, lunch)) == 2

    def test_a_script_is_told_in_words(self, browser: Client, lunch: ExpenseRow) -> None:
        response = sent(browser, lunch, file(jpeg()), headers=SCRIPT)

        assert response.json() == {"said": "Added: lunch, 45.00 USD has 1 receipt", "is_refused": False}
        assert notes(browser.get(page_of(lunch))) == []

    @pytest.mark.parametrize("headers", [{}, SCRIPT], ids=["page", "script"])
    def test_sent_twice_it_is_added_once(
        self, alice: Account, browser: Client, lunch: ExpenseRow, folder: Path, headers: dict[str, str]
    ) -> None:
        key = once(browser, lunch)
        for _ in range(2):
            sent(browser, lunch, file(jpeg()), key=key, headers=headers)

        assert len(receipts(alice, lunch)) == len(files(folder)) == 1

    def test_where_many_wait_it_is_told_to_come_again(
        self, alice: Account, browser: Client, lunch: ExpenseRow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (there,), key = kept(alice, lunch, png(1)), once(browser, lunch)
        monkeypatch.setattr(expenses.receipts, "_PATIENCE", 0)

        with expenses.receipts._DECODING:
            page = sent(browser, lunch, file(jpeg()), key=key)
            script = sent(browser, lunch, file(jpeg()), key=key, headers=SCRIPT)
            small = browser.get(f"/receipts/{there.id}/small.jpg")
        assert receipts(alice, lunch) == [there]
        sent(browser, lunch, file(jpeg()), key=key)

        assert [each.status_code for each in (page, script, small)] == [503] * 3
        assert [each.headers["Retry-After"] for each in (page, script, small)] == ["2"] * 3
        assert "Nothing of yours was stored: send it again in 2 seconds." in body(page)
        assert script.json() == {
            "said": "The server looks at as many pictures as it can. This one was not stored: send it again.",
            "is_refused": True,
        }
        assert len(receipts(alice, lunch)) == 2

    def test_a_key_is_for_one_thing(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        key = once(browser, lunch)
        sent(browser, lunch, file(jpeg()), key=key)

        response = sent(browser, lunch, file(png()), key=key)

        assert errors(response) == [
            "This form was sent once before, with other files. Add them once more to have these, too."
        ]
        assert key not in body(response)
        assert len(receipts(alice, lunch)) == 1

    def test_a_key_is_for_one_expense(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        other = spend(alice, "taxi 12")
        for row in (lunch, other):
            response = sent(browser, row, file(jpeg()), key="one key")

        assert len(errors(response)) == 1
        assert [len(receipts(alice, row)) for row in (lunch, other)] == [1, 0]

    @pytest.mark.parametrize(
        ("data", "refusal"),
        [
            (b"hi", "receipt starts with the bytes 68 69: it must be a JPEG, PNG, GIF, WebP, HEIC or PDF file"),
            (b"", "receipt is empty: it must be a JPEG, PNG, GIF, WebP, HEIC or PDF file"),
            (jpeg()[:900], "receipt is a broken JPG file (its end is missing): send the whole, undamaged file"),
            (jpeg_bomb(), "receipt of 60000 x 60000 pixels: at most 60000000 pixels in all are taken"),
            (jpeg(tail=bytes(20_000)), "receipt of {size} bytes: at most 20000 are taken"),
        ],
        ids=["text", "empty", "cut", "bomb", "large"],
    )  # fmt: skip
    @pytest.mark.usefixtures("small_limit")
    def test_bad_files(self, alice: Account, lunch: ExpenseRow, folder: Path, data: bytes, refusal: str) -> None:
        said, browser = f"“odd &.jpg”: {refusal.format(size=len(data))}", at_browser(alice)

        response = sent(browser, lunch, file(data, "odd &.jpg"))

        assert errors(response) == [said]
        assert body(response).count('aria-describedby="receipt_hint receipt_error"') == 2
        assert sent(browser, lunch, file(data, "odd &.jpg"), headers=SCRIPT).json() == {
            "said": said, "is_refused": True,
        }  # fmt: skip
        assert (receipts(alice, lunch), files(folder)) == ([], set())

    def test_one_bad_file_keeps_the_others_out(
        self, alice: Account, browser: Client, lunch: ExpenseRow, folder: Path
    ) -> None:
        response = sent(browser, lunch, file(jpeg()), file(b"x", "a.txt"), file(b"", "b.txt"))

        assert [line.partition(":")[0] for line in errors(response)] == ["“a.txt”", "“b.txt”", "Nothing was added."]
        assert (receipts(alice, lunch), files(folder)) == ([], set())

    def test_none_was_chosen(self, browser: Client, lunch: ExpenseRow) -> None:
        assert errors(sent(browser, lunch)) == ["No file came: choose one, or take a photo."]

    def test_more_than_an_expense_can_have(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        kept(alice, lunch, *[pdf()] * (MOST_RECEIPTS - 1))

        response = sent(browser, lunch, file(pdf()), file(pdf()))

        assert errors(response) == ["Receipt: an expense can have 50; this one has 49, and 2 more came"]
        assert len(receipts(alice, lunch)) == MOST_RECEIPTS - 1

    @pytest.mark.parametrize("many", [[pdf()] * 11, [pdf(tail=bytes(60_000) + b"%%EOF")] * 2], ids=["files", "bytes"])
    def test_too_many_at_once(
        self, alice: Account, lunch: ExpenseRow, folder: Path, settings: Any, many: list[bytes]
    ) -> None:
        settings.MAX_UPLOAD_BYTES = 100_000

        response = sent(at_browser(alice), lunch, *map(file, many))

        assert errors(response) == [
            "These are too many at once: up to 10 files, and 0.1 MB in all, are taken together."
        ]
        assert files(folder) == set()

    @pytest.mark.parametrize("many", [1, 11])
    def test_it_is_asked_for_a_token(self, alice: Account, lunch: ExpenseRow, folder: Path, many: int) -> None:
        browser = at_browser(alice, strict=True)
        key = once(browser, lunch)

        sent(browser, lunch, *[file(pdf())] * many, key=key)
        assert files(folder) == set()
        token = {"csrfmiddlewaretoken": csrf(browser)}
        assert browser.post(page_of(lunch), {"receipt": file(pdf()), "once": key}).status_code == 403
        assert browser.post(page_of(lunch), {"receipt": file(pdf()), "once": key} | token).status_code == 302


class TestPage:
    def test_none_yet(self, browser: Client, lunch: ExpenseRow) -> None:
        response = browser.get(page_of(lunch))

        assert "No receipt yet" in body(response)
        assert 'name="receipt" accept="image/*" capture="environment"' in body(response)
        assert 'name="receipt" accept="image/*,.heic,application/pdf" multiple' in body(response)
        assert "up to 10 MB each" in body(response)

    def test_several(self, alice: Account, browser: Client, lunch: ExpenseRow, django_assert_num_queries: Any) -> None:
        first, second, third = kept(alice, lunch, jpeg(), pdf(), png())

        with django_assert_num_queries(5):  # session, user, account, expense, receipts
            response = browser.get(page_of(lunch))

        assert large(response) == address(first)
        assert thumbs(response) == [
            (f"/receipts/{first.id}/", True, f"/receipts/{first.id}/small.jpg"),
            (f"/receipts/{second.id}/", False, ""),
            (f"/receipts/{third.id}/", False, f"/receipts/{third.id}/small.jpg"),
        ]
        assert 'alt="Receipt 1 of 3: lunch, 45.00 USD"' in body(response)
        assert thumbs(browser.get(f"/receipts/{third.id}/"))[2][1]
        assert large(browser.get(f"/receipts/{third.id}/")) == address(third)

    def test_a_document_is_a_link_to_a_tab_of_its_own(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        (receipt,) = kept(alice, lunch, pdf())

        response = browser.get(page_of(lunch))

        assert f'<a class="viewed" href="{address(receipt)}" target="_blank" rel="noopener">' in body(response)
        assert "Receipt 1 of 1: PDF, opens in a new tab" in text_of(body(response))
        assert browser.get(f"/receipts/{receipt.id}/small.jpg").status_code == 404
        assert self.buttons(response) == ["Remove"]

    def test_what_few_browsers_show_is_shown_as_another(
        self, alice: Account, browser: Client, lunch: ExpenseRow
    ) -> None:
        (receipt,) = kept(alice, lunch, heic())

        assert large(browser.get(page_of(lunch))) == f"/receipts/{receipt.id}/large.jpg"

    @pytest.mark.parametrize(
        ("data", "buttons"),
        [
            (jpeg(), ["Turn left", "Turn right", "Make first", "Remove"]),
            (png(), ["Turn left", "Turn right", "Make first", "Remove"]),
            (webp(), ["Make first", "Remove"]),
            (pdf(), ["Make first", "Remove"]),
        ],
        ids=["jpeg", "png", "webp", "pdf"],
    )
    def test_it_offers_what_can_be_done(
        self, alice: Account, browser: Client, lunch: ExpenseRow, data: bytes, buttons: list[str]
    ) -> None:
        _, second = kept(alice, lunch, pdf(), data)

        assert self.buttons(browser.get(f"/receipts/{second.id}/")) == buttons

    @staticmethod
    def buttons(response: Any) -> list[str]:
        acts = re.search('<form class="acts"(.*?)</form>', body(response), re.DOTALL)
        return (
            [text_of(each) for each in re.findall(r"(?:<button|<a) [^>]*>(.*?)</(?:button|a)>", acts[1])]
            if acts
            else []
        )

    def test_as_a_fragment_it_is_the_receipts(self, browser: Client, lunch: ExpenseRow) -> None:
        text = body(browser.get(page_of(lunch), headers=htmx(page_of(lunch)))).strip()

        assert text.startswith('<section class="receipts')
        assert text.endswith("</section>")

    def test_what_was_handed_in_is_seen_and_stays(
        self, alice: Account, browser: Client, lunch: ExpenseRow, folder: Path
    ) -> None:
        first, second = kept(alice, lunch, jpeg(), png())
        handed_in(alice, lunch)
        version = ledger_row(user_id=alice.id, expense_id=lunch.id).version

        for path in (page_of(lunch), f"/receipts/{second.id}/"):
            response = browser.get(path)
            assert "The report “Fair” is closed. Its receipts can be seen, and stay as they are." in body(response)
            assert (body(response).count("<form"), self.buttons(response)) == (0, [])
        said = "report 'Fair' was handed in (status S) and can't be changed"
        add = {"receipt": file(jpeg()), "once": "a key"}
        assert browser.post(page_of(lunch), add, headers=SCRIPT).json() == {"said": said, "is_refused": True}
        for act in ("left", "right", "first"):
            assert notes(browser.post(f"/receipts/{second.id}/", {"act": act}, follow=True)) == [said]
        assert notes(browser.post(f"/receipts/{second.id}/remove/", follow=True)) == [said]
        assert receipts(alice, lunch) == [first, second]
        assert files(folder) == {first.image, second.image}
        assert ledger_row(user_id=alice.id, expense_id=lunch.id).version == version


class TestActs:
    @pytest.mark.parametrize("make", [jpeg, png], ids=["jpeg", "png"])
    @pytest.mark.parametrize(("act", "orientation"), [("right", 6), ("left", 8)])
    def test_turn(
        self, alice: Account, lunch: ExpenseRow, make: Callable[[int], bytes], act: str, orientation: int
    ) -> None:
        browser, (before,) = at_browser(alice), kept(alice, lunch, make(1))

        response = browser.post(f"/receipts/{before.id}/", {"act": act}, follow=True)

        (after,) = receipts(alice, lunch)
        assert response.redirect_chain == [(f"/receipts/{before.id}/", 302)]
        assert (after.id, large(response)) == (before.id, address(after))
        with receipt_open(image=after.image).file as turned, Image.open(turned) as image:
            assert image.getexif()[0x0112] == orientation

    def test_what_cannot_be_turned(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        (before,) = kept(alice, lunch, pdf())

        response = browser.post(f"/receipts/{before.id}/", {"act": "left"}, follow=True)

        assert notes(response) == ["receipt is a PDF file: only JPEG and PNG pictures can be turned"]
        assert receipts(alice, lunch) == [before]

    def test_make_first(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        first, second = kept(alice, lunch, jpeg(), png())

        response = browser.post(f"/receipts/{second.id}/", {"act": "first"}, follow=True)

        assert receipts(alice, lunch) == [second, first]
        assert [path for path, _, _ in thumbs(response)] == [f"/receipts/{second.id}/", f"/receipts/{first.id}/"]

    @pytest.mark.parametrize("said", [{}, {"act": "eat"}])
    def test_nothing_else(self, alice: Account, browser: Client, lunch: ExpenseRow, said: dict[str, str]) -> None:
        (receipt,) = kept(alice, lunch, jpeg())

        response = browser.post(f"/receipts/{receipt.id}/", said)

        assert (response.status_code, body(response)) == (400, "act: one of left, right, first is wanted")

    @pytest.mark.parametrize("data", [jpeg(), pdf()], ids=["picture", "document"])
    def test_remove_asks_first(
        self,
        alice: Account,
        lunch: ExpenseRow,
        folder: Path,
        data: bytes,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        browser, (gone, other) = at_browser(alice), kept(alice, lunch, data, png())
        path = f"/receipts/{gone.id}/remove/"

        asked = browser.get(path)
        assert receipts(alice, lunch) == [gone, other]
        with django_capture_on_commit_callbacks(execute=True):
            response = browser.post(path, follow=True)

        assert "<p>lunch, 45.00 USD</p>" in body(asked)
        assert (f"/receipts/{gone.id}/small.jpg" in body(asked)) == (gone.extension == "JPG")
        assert (address(gone) in body(asked)) == (gone.extension == "PDF")
        assert response.redirect_chain == [(page_of(lunch), 302)]
        assert notes(response) == ["Receipt removed"]
        assert (receipts(alice, lunch), files(folder)) == ([other], {other.image})
        assert browser.post(path).status_code == 404

    def test_they_are_asked_for_a_token(self, alice: Account, lunch: ExpenseRow) -> None:
        (receipt,) = kept(alice, lunch, jpeg())
        browser = at_browser(alice, strict=True)
        browser.get(page_of(lunch))

        for path in (f"/receipts/{receipt.id}/", f"/receipts/{receipt.id}/remove/"):
            assert browser.post(path, {"act": "left"}).status_code == 403
            assert browser.post(path, {"act": "left", "csrfmiddlewaretoken": csrf(browser)}).status_code == 302


class TestSmaller:
    @pytest.mark.parametrize(("size", "expected"), [("small", (480, 320)), ("large", (1200, 800))])
    def test_it_works(
        self, alice: Account, browser: Client, lunch: ExpenseRow, size: str, expected: tuple[int, int]
    ) -> None:
        out = BytesIO()
        Image.new("RGB", (1200, 800), "red").save(out, "PNG")
        (receipt,) = kept(alice, lunch, out.getvalue())

        response = browser.get(f"/receipts/{receipt.id}/{size}.jpg")

        with Image.open(BytesIO(response.content)) as image:
            assert (image.format, image.size) == ("JPEG", expected)
        assert response.headers["Content-Type"] == "image/jpeg"
        assert response.headers["Cache-Control"] == "private, no-cache"

    def test_it_is_sent_once(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        (receipt,) = kept(alice, lunch, jpeg(1))
        path = f"/receipts/{receipt.id}/small.jpg"
        etag = browser.get(path).headers["ETag"]

        again = browser.get(path, headers={"If-None-Match": etag})
        browser.post(f"/receipts/{receipt.id}/", {"act": "left"})
        turned = browser.get(path, headers={"If-None-Match": etag})

        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
        assert turned.status_code == 200
        with Image.open(BytesIO(turned.content)) as image:
            assert image.size == (32, 48)

    def test_a_file_that_is_lost(self, alice: Account, browser: Client, lunch: ExpenseRow, folder: Path) -> None:
        (receipt,) = kept(alice, lunch, jpeg())
        Path(folder, receipt.image).unlink()

        assert browser.get(f"/receipts/{receipt.id}/small.jpg").status_code == 404


PATHS = ["/receipts/{}/", "/receipts/{}/remove/", "/receipts/{}/small.jpg", "/receipts/{}/large.jpg"]


@pytest.mark.parametrize("path", PATHS)
def test_what_is_another_s_does_not_exist(
    alice: Account, bob: Account, lunch: ExpenseRow, folder: Path, path: str
) -> None:
    (receipt,) = kept(alice, lunch, jpeg())
    stranger = at_browser(bob)

    for number in (receipt.id, 10**17):
        assert stranger.get(path.format(number)).status_code == 404
        assert stranger.post(path.format(number), {"act": "left"}).status_code in {404, 405}
    assert stranger.get(page_of(lunch)).status_code == 404
    assert stranger.post(page_of(lunch), {"receipt": file(jpeg()), "once": "key"}).status_code == 404
    assert receipts(alice, lunch) == [receipt]
    assert files(folder) == {receipt.image}


@pytest.mark.parametrize("path", PATHS)
def test_what_was_deleted_does_not_either(alice: Account, browser: Client, lunch: ExpenseRow, path: str) -> None:
    (receipt,) = kept(alice, lunch, jpeg())
    expense_delete(owner=alice, expense_id=lunch.id, now=NOON)

    assert browser.get(path.format(receipt.id)).status_code == 404
    assert browser.get(page_of(lunch)).status_code == 404


def cells(response: Any) -> list[str]:
    """Return the cells of receipts in a ledger."""
    return re.findall(r'<td role="cell" class="rcpt">(.*?)</td>', body(response))


class TestLedger:
    def test_missing_ones_are_seen(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        taxi, hotel = spend(alice, "taxi 12"), spend(alice, "hotel 100")
        kept(alice, taxi, jpeg())
        kept(alice, hotel, jpeg(), pdf())

        of_hotel, of_taxi, of_lunch = cells(browser.get("/"))[:3]

        assert f'<a href="{page_of(lunch)}" class="none" data-drop>' in of_lunch
        assert text_of(of_lunch) == "No receipt of lunch 45.00 USD"
        assert f'<a href="{page_of(taxi)}" data-drop>' in of_taxi
        assert text_of(of_taxi) == "1 receipt of taxi 12.00 USD"
        assert '<small aria-hidden="true">2</small><span class="vh">2 receipts of hotel 100.00 USD</span>' in of_hotel

    def test_nothing_is_dropped_on_what_was_handed_in(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        handed_in(alice, lunch)

        assert f'<a href="{page_of(lunch)}" class="none">' in cells(browser.get("/"))[0]

    def test_nothing_leads_on_from_the_trash(self, alice: Account, browser: Client, lunch: ExpenseRow) -> None:
        taxi = spend(alice, "taxi 12")
        kept(alice, taxi, jpeg())
        for row in (lunch, taxi):
            expense_delete(owner=alice, expense_id=row.id, now=NOON)

        assert [text_of(cell) for cell in cells(browser.get("/trash/"))] == ["Receipt", ""]
        assert "<a" not in "".join(cells(browser.get("/trash/")))
