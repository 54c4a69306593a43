"""Receipts, dropped, chosen and looked at in a real browser."""

import base64
import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, Route, expect

from tests.browser import come_in, tab
from tests.expenses.pictures import heic, pdf
from tests.live import LiveServer
from tests.web.test_in_a_browser import PHONE, no_sideways_scrolling

pytestmark = pytest.mark.once

WITH_AND_WITHOUT = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
# Blue on the left and red on the right.
_HALVES = Image.new("RGB", (64, 32), "red")
_HALVES.paste("blue", (0, 0, 32, 32))
# What the file manager of a desk does: the browser is told of files that hang on the pointer, and then let go.
_DRAG = """([element, name, files]) => {
  const all = new DataTransfer();
  for (const { name, type, data } of files) {
    const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
    all.items.add(new File([bytes], name, { type, lastModified: 0 }));
  }
  const event = new DragEvent(name, { dataTransfer: all, bubbles: true, cancelable: true });
  return element.dispatchEvent(event) ? "left to the browser" : "ours";
}"""


def halves() -> bytes:
    out = BytesIO()
    _HALVES.save(out, "JPEG", quality=95, subsampling=0)
    return out.getvalue()


def payload(name: str, data: bytes, kind: str = "image/jpeg") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": data}


def signed_in(page: Page, server: LiveServer, *texts: str) -> None:
    """Sign somebody new in, and add expenses in his ledger."""
    come_in(page, server.public_url, server.newcomer())
    for text in texts:
        page.get_by_label("New expense, in one line").fill(text)
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_text(f"Added {text.split()[0]}")).to_be_visible()


@pytest.fixture
def desk(chromium: Browser, server: LiveServer) -> Iterator[Page]:
    with tab(chromium, viewport={"width": 1280, "height": 800}) as page:
        signed_in(page, server, "lunch 45", "taxi 12")
        yield page


def drag(name: str, onto: Locator, *files: FilePayload) -> Any:
    """Send a drag event, and return whether the page took it."""
    told = [
        {"name": file["name"], "type": file["mimeType"], "data": base64.b64encode(file["buffer"]).decode()}
        for file in files
    ]
    return onto.page.evaluate(_DRAG, [onto.element_handle(), name, told])


def row(page: Page, kind: str) -> Locator:
    return page.locator("#list tr[id]", has=page.get_by_role("cell", name=kind, exact=True))


def corner(picture: Locator) -> list[int]:
    """Return the size of a picture as it is shown, and the colour of its upper left corner."""
    expect(picture).to_have_js_property("complete", True)
    return json.loads(  # type: ignore[no-any-return]
        picture.evaluate("""image => {
          const canvas = document.createElement("canvas");
          const paper = canvas.getContext("2d");
          paper.drawImage(image, 0, 0);
          const [red, , blue] = paper.getImageData(4, 4, 1, 1).data;
          return JSON.stringify([image.naturalWidth, image.naturalHeight, red > 200, blue > 200]);
        }""")
    )


def test_dropped_on_a_row(desk: Page) -> None:
    lunch, line = row(desk, "lunch"), desk.get_by_label("New expense, in one line")
    line.fill("half a lin")
    photo, bill = payload("photo.jpg", halves()), payload("bill.pdf", pdf(), "application/pdf")

    assert drag("dragover", lunch.locator(".notes"), photo) == "ours"
    expect(lunch).to_have_class("over")
    assert drag("drop", lunch.locator(".notes"), photo, bill) == "ours"

    expect(desk.locator("#dock .toast", has_text="Added: lunch, 45.00 USD has 2 receipts")).to_be_visible()
    expect(lunch.get_by_role("link", name="2 receipts of lunch 45.00 USD")).to_be_visible()
    expect(lunch).to_have_class("fresh")
    expect(line).to_have_value("half a lin")
    drag("drop", row(desk, "taxi"), photo)
    expect(row(desk, "taxi").get_by_role("link", name="1 receipt of taxi 12.00 USD")).to_be_visible()


def test_dropped_elsewhere_it_leaves_the_page_as_it_is(desk: Page) -> None:
    photo = payload("photo.jpg", halves())

    for event in ("dragover", "drop"):
        assert drag(event, desk.get_by_role("heading", name="Ledger"), photo) == "ours"
        assert drag(event, desk.get_by_label("New expense, in one line")) == "left to the browser"  # a text, say
    drag("dragstart", row(desk, "taxi"))  # what lies on the page itself has files, too, where it is a picture
    assert drag("drop", row(desk, "lunch"), photo) == "left to the browser"
    expect(desk.locator(".over")).to_have_count(0)
    expect(desk.get_by_role("link", name="No receipt of")).to_have_count(3)
    expect(desk.locator("#said")).to_be_hidden()
    expect(desk.locator("#lost")).to_be_hidden()


def test_what_is_no_receipt_is_told_and_keeps_no_other_out(desk: Page) -> None:
    drag("drop", row(desk, "taxi"), payload("notes.txt", b"hi", "text/plain"), payload("photo.jpg", halves()))

    expect(desk.locator("#said")).to_have_text(
        "“notes.txt”: receipt starts with the bytes 68 69: it must be a JPEG, PNG, GIF, WebP, HEIC or PDF file\n"
        "Added: taxi, 12.00 USD has 1 receipt"
    )
    expect(desk.get_by_role("link", name="1 receipt of taxi 12.00 USD")).to_be_visible()


def test_what_is_too_large_is_not_sent(desk: Page) -> None:
    """The server would cut it off in the middle, and the browser tell of a broken connection."""
    drag("drop", row(desk, "taxi"), payload("long video.pdf", bytes(10_000_001)))

    expect(desk.locator("#said")).to_have_text("“long video.pdf” is too large: a receipt has 10 MB at most")
    expect(desk.get_by_role("link", name="No receipt of taxi 12.00 USD")).to_be_visible()


def test_sent_again_after_its_answer_was_lost_it_is_there_once(desk: Page) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.fulfill(body="<h1>Welcome to our hotel's network</h1>", content_type="text/html")

    taxi, photo = row(desk, "taxi"), payload("photo.jpg", halves())
    desk.route("**/receipts/", lose, times=1)

    drag("drop", taxi, photo)
    expect(desk.locator("#said")).to_contain_text("That did not get through.")
    expect(taxi).not_to_have_attribute("aria-busy", "true")
    drag("drop", taxi, photo)

    expect(desk.get_by_role("link", name="1 receipt of taxi 12.00 USD")).to_be_visible()


def test_the_keyboard_leads_there_and_back(desk: Page) -> None:
    drag("drop", row(desk, "lunch"), payload("a.jpg", halves()), payload("b.heic", heic(), "image/heic"))
    link = desk.get_by_role("link", name="2 receipts of lunch")
    expect(link).to_be_visible()
    desk.get_by_label("Type").select_option("lunch")
    desk.wait_for_url("**/?*type=lunch*")
    looked_at = desk.url

    desk.get_by_role("link", name="2 receipts of lunch").press("Enter")
    picture = desk.get_by_role("img", name="Receipt 1 of 2: lunch, 45.00 USD")
    assert corner(picture) == [64, 32, False, True]
    desk.keyboard.press("ArrowRight")
    picture = desk.get_by_role("img", name="Receipt 2 of 2: lunch, 45.00 USD")
    assert corner(picture)[:2] == [48, 32]  # HEIC, which this browser does not know
    desk.keyboard.press("ArrowRight")  # there is none
    desk.keyboard.press("ArrowLeft")
    expect(desk.get_by_role("img", name="Receipt 1 of 2")).to_be_visible()
    desk.keyboard.press("Escape")

    expect(row(desk, "lunch")).to_be_visible()
    assert desk.url == looked_at


def test_dropped_on_the_page_of_an_expense(desk: Page) -> None:
    desk.get_by_role("link", name="No receipt of taxi").click()
    expect(desk.get_by_text("Drop files here")).to_be_visible()
    drag("drop", desk.get_by_text("No receipt yet"), payload("a.jpg", halves()), payload("b.jpg", heic(), ""))

    expect(desk.locator("#said")).to_have_text("Added: taxi, 12.00 USD has 2 receipts")
    expect(desk.get_by_role("img", name="Receipt 1 of 2: taxi, 12.00 USD")).to_be_visible()
    expect(desk.locator(".thumbs img")).to_have_count(2)


@WITH_AND_WITHOUT
def test_chosen_turned_and_removed_on_a_phone(chromium: Browser, server: LiveServer, scripts: bool) -> None:
    with tab(chromium, java_script_enabled=scripts, viewport=PHONE, is_mobile=True, has_touch=True) as page:
        signed_in(page, server, "lunch 45")
        page.get_by_role("link", name="No receipt of lunch").click()
        no_sideways_scrolling(page)

        choose(page, "Choose files", [payload("a.jpg", halves()), payload("b.pdf", pdf(), "application/pdf")], scripts)
        expect(page.get_by_text("Added: lunch, 45.00 USD has 2 receipts")).to_be_visible()
        choose(page, "Take a photo", [payload("image.jpg", halves())], scripts)
        expect(page.get_by_text("Added: lunch, 45.00 USD has 3 receipts")).to_be_visible()
        no_sideways_scrolling(page)

        picture = page.get_by_role("img", name="Receipt 1 of 3")
        assert corner(picture) == [64, 32, False, True]
        turn(page, "right")
        assert corner(picture) == [32, 64, False, True]
        for _ in range(2):
            turn(page, "left")
        assert corner(picture) == [32, 64, True, False]

        page.get_by_role("link", name="Receipt 3").click()
        page.get_by_role("button", name="Make first").click()
        expect(page.get_by_text("1 of 3, JPG")).to_be_visible()
        page.get_by_role("link", name="Remove").click()
        no_sideways_scrolling(page)
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_text("Receipt removed")).to_be_visible()
        expect(page.get_by_role("img", name="Receipt 1 of 2")).to_be_visible()
        page.get_by_role("link", name="Back").click()
        expect(page.get_by_role("link", name="2 receipts of lunch")).to_be_visible()
        no_sideways_scrolling(page)


def turn(page: Page, way: str) -> None:
    """Turn a picture once all are there: a small one that is still on its way would find its file gone, and say so."""
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name=f"Turn {way}").click()


def choose(page: Page, label: str, files: list[FilePayload], scripts: bool) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_text(label, exact=True).click()
    chooser.value.set_files(files if chooser.value.is_multiple() else files[0])
    if not scripts:
        page.get_by_role("button", name="Add").click()


@WITH_AND_WITHOUT
def test_a_refusal_stands_at_the_field(chromium: Browser, server: LiveServer, scripts: bool) -> None:
    with tab(chromium, java_script_enabled=scripts, viewport=PHONE) as page:
        signed_in(page, server, "lunch 45")
        page.get_by_role("link", name="No receipt of lunch").click()

        choose(page, "Choose files", [payload("notes.txt", b"hi", "text/plain")], scripts)

        refusal = (
            "“notes.txt”: receipt starts with the bytes 68 69: it must be a JPEG, PNG, GIF, WebP, HEIC or PDF file"
        )
        expect(page.get_by_text(refusal)).to_be_visible()
        expect(page.get_by_text("No receipt yet")).to_be_visible()
        choose(page, "Choose files", [payload("a.jpg", halves())], scripts)
        expect(page.get_by_role("img", name="Receipt 1 of 1")).to_be_visible()
