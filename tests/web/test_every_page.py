"""What holds of every page: nobody is shut out, nothing comes from elsewhere, nothing hangs over the edge.

Nobody needs a mouse or sharp eyes: Tab reaches all there is, and at twice the size nothing is lost.

The screenshots are what a run leaves in ``.cache/screenshots``, to be looked at.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser import come_in, tab
from tests.keyboard import barriers
from tests.live import PROJECT, LiveServer

pytestmark = pytest.mark.once

DESK: Final[ViewportSize] = {"width": 1280, "height": 900}
PHONE: Final[ViewportSize] = {"width": 320, "height": 640}
ZOOMED: Final[ViewportSize] = {"width": 640, "height": 450}  # what 200 % leave of a desk
# A theme's colours are the same on both sizes, and so is what a size shows in both themes.
LOOKS: Final[dict[str, tuple[ViewportSize, Literal["light", "dark"]]]] = {
    "desk, light": (DESK, "light"),
    "phone, dark": (PHONE, "dark"),
}
SCREENSHOTS: Final = PROJECT / ".cache" / "screenshots"
STRANGERS: Final = (
    "/", "/help/", "/help/clients/", "/accounts/login/", "/accounts/signup/", "/accounts/inactive/",
    "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/password/reset/key/1-used/",
    "/accounts/join/{used}/", "/accounts/confirm-email/", "/offline/",
)  # fmt: skip
OWN: Final = (
    "/", "/?q=nothing+like+this", "/overview/", "/overview/?period=2001", "/trash/", "/expenses/{expense}/",
    "/expenses/{expense}/receipts/", "/expenses/{bare}/receipts/", "/receipts/{receipt}/remove/",
    "/reports/", "/reports/{report}/", "/reports/{report}/print/", "/reports/{report}/delete/",
    "/import/", "/import/files/{upload}/", "/import/files/{archive}/", "/import/files/{coming}/",
    "/settings/data/",
    "/settings/data/close/", "/settings/", "/settings/rates/", "/settings/types/",
    "/settings/types/{type}/", "/settings/categories/{category}/", "/settings/categories/{category}/delete/",
    "/settings/tags/",
    "/settings/tags/{tag}/", "/settings/tags/{tag}/delete/", "/settings/apps/", "/settings/apps/new/",
    "/settings/token/{token}/cut/", "/settings/tokens/new/", "/settings/ways-in/",
    "/oauth/authorize?oauth_token={request}", "/oauth/authorize?oauth_token=used",
    "/accounts/", "/accounts/password/change/", "/accounts/email/", "/accounts/reauthenticate/",
    "/accounts/2fa/totp/activate/", "/accounts/2fa/recovery-codes/", "/accounts/2fa/webauthn/add/", "/accounts/logout/",
    "/help/", "/help/clients/", "/help/api/", "/api/simple/", "/nothing/",
    "/operator/", "/operator/people/{person}/", "/operator/people/{person}/deactivate/", "/operator/invitations/",
    "/operator/failures/", "/operator/mail/", "/operator/storage/", "/operator/health/",
)  # fmt: skip
# Not Django's admin behind the operator's pages: its markup is Django's, and has links that only colour tells from the
# text around them, which axe calls serious.
LONGEST: Final = ("/", "/help/api/", "/settings/")
HEAVIEST: Final = 100_000  # bytes over the wire, for who comes for the first time
# What holds is of no interest, and a hundred times as long.
_VIOLATIONS: Final = "axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations)"
# Two things of which neither is in the other, on one place of the screen; and what does not fit into what shows it.
_CROWDED: Final = """() => {
  const clipped = (part) => part && (getComputedStyle(part).clipPath !== "none" || clipped(part.parentElement));
  const shown = (part) => part.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !part.closest("svg, datalist, option, .skip") && !clipped(part);
  const name = (node) => `"${(node.ariaLabel || node.textContent || node.name || "").trim().slice(0, 40)}"`;
  const text = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const boxes = [];
  const put = (node, rects) => {
    for (const box of rects) if (box.width > 3 && box.height > 3) boxes.push({ node, box });
  };
  while (text.nextNode()) {
    const node = text.currentNode;
    if (node.data.trim() && shown(node.parentElement)) {
      range.selectNodeContents(node);
      put(node, range.getClientRects());
    }
  }
  for (const part of document.querySelectorAll("button, input:not([type=hidden]), select, textarea, summary, img")) {
    if (shown(part)) put(part, part.getClientRects());
  }
  const apart = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) < 4
    || Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) < 4;
  const found = boxes.flatMap(({ node, box }, at) => boxes.slice(at + 1)
    .filter((each) => !apart(box, each.box) && !node.contains(each.node) && !each.node.contains(node))
    .map((each) => `${name(node)} lies over ${name(each.node)}`));
  for (const part of document.querySelectorAll("body *:not(input, select, textarea)")) {
    const { overflowX, overflowY } = getComputedStyle(part);
    const cut = (overflowX === "hidden" && part.scrollWidth > part.clientWidth + 1)
      || (overflowY === "hidden" && part.scrollHeight > part.clientHeight + 1);
    if (cut && shown(part)) found.push(`${name(part)} is cut off`);
  }
  return [...new Set(found)];
}"""
_LEDGER: Final = """
import json
from django.utils import timezone
from access.scopes import EVERYTHING
from access.services.consumers import consumer_register
from access.services.oauth1 import request_token_create
from access.services.tokens import token_create
from accounts.attempts import OF_ACCOUNT, WrongPassword, counted
from accounts.invitations import invitation_create
from accounts.operators import operator_set
from accounts.selectors import account
from expenses.models import ExpenseType
from expenses.receipts import receipt_read
from expenses.services import account_open, category_create, expense_create_from_text, expense_delete
from expenses.services import import_ask, import_take, receipts_add, report_create, type_set, upload_keep
from expenses.selectors import tag_rows, upload_row
from tests.archives import archive_of
from tests.expenses.pictures import jpeg, pdf
from web.importing.whole import archive_looked
owner, now = account(email={email!r}), timezone.now()
report = report_create(user_id=owner.id, name="Berlin fair", now=now)
for text in ("lunch 45 with jack #clientx", "hotel 118 EUR at 1.0861 am kanal #berlin", "time 37 mins contract review",
             "mileage 100 to the airport #berlin", "hotel -40 EUR at 1.0861 deposit returned date yesterday"):
    row = expense_create_from_text(owner=owner, text=text, now=now, report_id=report.id)
gone = expense_create_from_text(owner=owner, text="snacks 6.20", now=now)
expense_delete(owner=owner, expense_id=gone.id, now=now)
pictures = [receipt_read(data) for data in (jpeg(1), pdf())]
receipt, _ = receipts_add(owner=owner, expense_id=row.id, pictures=pictures, now=now)
bare = expense_create_from_text(owner=owner, text="taxi 12", now=now)
operator_set(user_id=owner.id, is_operator=True)
person = account_open(email="somebody." + owner.email, password=None, now=now)
invitation_create(email="invited@example.com", now=now, by=owner.id)
for _ in range(OF_ACCOUNT.most):
    try:
        with counted(email="nobody." + owner.email, address="198.51.100.7", now=now, user_id=None):
            raise WrongPassword
    except WrongPassword:
        pass
kind = ExpenseType.objects.filter(user_id=owner.id).first()
category = category_create(user_id=owner.id, name="Travel", now=now)
token = token_create(user_id=owner.id, name="curl", scopes=EVERYTHING, now=now)
program = consumer_register(user_id=owner.id, name="Pocket", callback="http://program.test/", now=now)
request = request_token_create(consumer_id=program.id, callback="http://program.test/", now=now)
brought = b"date,type,amount,notes\\n2026-11-01,lunch,45,with jack\\n2026-11-02,Hotel,118,\\nsoon,Taxi,4,\\n"
import_take(owner=owner, upload_id=upload_keep(user_id=owner.id, name="a.csv", data=brought, now=now), now=now)
upload = upload_keep(user_id=owner.id, name="b.csv", data=brought, now=now)
coming = upload_keep(user_id=owner.id, name="c.csv", data=brought, now=now)
import_ask(user_id=owner.id, upload_id=coming, now=now)
archive = upload_keep(user_id=owner.id, name="all.zip", data=archive_of(owner, now=now), now=now)
archive_looked(owner, upload_row(user_id=owner.id, upload_id=archive, now=now))
print(json.dumps(dict(expense=row.id, bare=bare.id, receipt=receipt.id, report=report.id, type=kind.id, person=person,
                      tag=tag_rows(user_id=owner.id)[0].id, category=category.id, token=token.id, request=request.key,
                      upload=upload, archive=archive, coming=coming)))
"""


@pytest.fixture(scope="module")
def person(server: LiveServer) -> str:
    return server.newcomer()


@pytest.fixture(scope="module")
def ids(server: LiveServer, person: str) -> dict[str, str]:
    made = server.manage("shell", "-v0", "-c", _LEDGER.format(email=person))
    assert made.returncode == 0, made.stderr
    found: dict[str, str] = json.loads(made.stdout.splitlines()[-1])
    return found


@pytest.fixture
def page(chromium: Browser, server: LiveServer) -> Iterator[Page]:
    foreign: list[str] = []
    # A button on its way from one theme's colour to the other's is no page that anybody looks at.
    with tab(chromium, viewport=DESK, reduced_motion="reduce", tolerated=r"status of 40[0-4]") as page:
        ours = (server.public_url, "data:")
        page.on("request", lambda sent: None if sent.url.startswith(ours) else foreign.append(sent.url))
        page.add_init_script(AXE_SCRIPT)  # half a megabyte, which would be on its way for each page
        yield page
    assert foreign == []


def photograph(page: Page, file: Path) -> None:
    """Keep a picture. Playwright's own way adds styles to the page, which its policy forbids."""
    file.parent.mkdir(parents=True, exist_ok=True)
    taken = page.context.new_cdp_session(page).send(
        "Page.captureScreenshot", {"captureBeyondViewport": True, "optimizeForSpeed": True}
    )
    file.write_bytes(base64.b64decode(taken["data"]))


def faults(page: Page) -> list[str]:
    """Return what keeps somebody out, as axe sees it, which the page must have."""
    return [
        f"{page.url}: {found['id']}: {node['html'][:120]}"
        for found in page.evaluate(_VIOLATIONS)
        if found["impact"] in {"serious", "critical"}
        for node in found["nodes"]
    ]


def over_the_edge(page: Page) -> int:
    """Return by how many pixels a page is wider than its window."""
    wide: int = page.locator("html").evaluate("html => html.scrollWidth - html.clientWidth")
    return wide


def at_twice_the_size(page: Page) -> Iterator[str]:
    """Give what goes wrong where a page is zoomed to 200 %, and where the browser's letters are twice as large."""
    session = page.context.new_cdp_session(page)
    for way, size, letters in (("zoomed", ZOOMED, 16), ("large letters", DESK, 32)):
        page.set_viewport_size(size)
        session.send("Page.setFontSizes", {"fontSizes": {"standard": letters, "fixed": letters}})
        assert page.locator("html").evaluate("html => getComputedStyle(html).fontSize") == f"{letters}px"
        wide = over_the_edge(page)
        if wide > 0:
            yield f"{way}: {wide} px over the edge"
        yield from (f"{way}: {fault}" for fault in page.evaluate(_CROWDED))
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    session.detach()


def looked_at(page: Page, server: LiveServer, path: str, *, kept: str, **ids: str) -> Iterator[str]:
    """Give what is wrong with a page in any look; its pictures are kept."""
    page.goto(server.public_url + path.format(**ids))
    name = path.strip("/").replace("/", "-") or "home"
    page.set_viewport_size(DESK)
    yield from (f"{path}: {fault}" for fault in barriers(page))
    yield from (f"{path}, {fault}" for fault in at_twice_the_size(page))
    for look, (size, scheme) in LOOKS.items():
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        photograph(page, SCREENSHOTS / kept / f"{name}, {look}.png")
        wide = over_the_edge(page)
        if wide > 0:
            yield f"{path}, {look}: {wide} px over the edge"
        yield from faults(page)
    page.locator("html").evaluate("html => { html.dir = 'rtl' }")
    wide = over_the_edge(page)
    if wide > 0:
        yield f"{path}, {look}, from right to left: {wide} px over the edge"


def test_a_stranger_s_pages(server: LiveServer, page: Page) -> None:
    used = "x" * 32

    found = [fault for path in STRANGERS for fault in looked_at(page, server, path, kept="strangers", used=used)]

    assert found == []


def test_one_s_own_pages(server: LiveServer, person: str, ids: dict[str, str], page: Page) -> None:
    come_in(page, server.public_url, person)

    found = [fault for path in OWN for fault in looked_at(page, server, path, kept="own", **ids)]

    assert found == []


def test_the_first_visit_is_light(server: LiveServer, person: str, ids: dict[str, str], page: Page) -> None:
    come_in(page, server.public_url, person)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[Any] = []
    session.on("Network.loadingFinished", lambda done: sizes.append(done["encodedDataLength"]))

    for path in LONGEST:
        sizes.clear()
        page.goto(server.public_url + path, wait_until="networkidle")

        assert len(sizes) > 2  # the page, and its two stylesheets
        assert sum(sizes) < HEAVIEST
