"""The page "Connected apps": what a person sees there, and how it is cut."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
import time_machine
from django.test import Client

from access.selectors.applications import application_rows, grant_rows
from access.selectors.oauth1 import access_rows, consumer_rows
from access.selectors.tokens import token_rows
from access.services.applications import NewApplication
from access.services.consumers import NewConsumer
from access.services.oauth1 import access_use_note
from access.services.tokens import token_account, token_create
from accounts.selectors import Account
from expenses.services import report_create
from tests.access import oauth2, programs
from tests.cast import NOON, open_account
from tests.pages import account_of, page, setting, shown
from tests.web.people import at_browser, csrf

EMPTY = """<div><h1>Connected apps</h1>
<p class="soft">Programs that may act for you, and what you made for them to sign in with. \
They never see your password.</p></div>
<section aria-labelledby="apps">
<h2 id="apps">Programs you let in</h2>
<p class="soft">None so far. One that wants in sends you to a page that asks.</p>
</section>
<section aria-labelledby="tokens">
<div class="head"><h2 id="tokens">Personal tokens</h2>\
<a class="btn" href="/settings/tokens/new/">{plus}New token</a></div>
<p class="soft">None so far. A token signs a script in, or takes your password's place in an old program.</p>
</section>
<section aria-labelledby="registered">
<div class="head"><h2 id="registered">Programs you registered</h2>\
<a class="btn" href="/settings/apps/new/">{plus}Register an app</a></div>
<p class="soft">None so far. A program you write, or an older one that asks for a consumer key, is registered first.</p>
</section>"""
PLUS = '<svg class="i" aria-hidden="true"><use href="#plus"/></svg>'
SYMBOL = '<symbol id="plus" viewBox="0 0 16 16"><path d="M8 3.25v9.5M3.25 8h9.5"/></symbol>\n'
DAY = '<time datetime="2026-11-20T12:00:00+00:00" title="2026-11-20 12:00">20 Nov 2026</time>'
AGO = '<time datetime="2026-11-20T12:00:00+00:00" title="2026-11-20 12:00">5 minutes ago</time>'


class Cast(NamedTuple):
    """What Bob has, by the kinds of the addresses: one of each."""

    ids: dict[str, int]
    left: dict[str, Callable[[], list[Any]]]


@pytest.fixture(autouse=True)
def five_minutes_later() -> Iterator[None]:
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        yield


@pytest.fixture
def app(alice: Account) -> NewConsumer:
    return programs.program(alice)


@pytest.fixture
def tally(alice: Account) -> NewApplication:
    return oauth2.register(alice)


@pytest.fixture
def bobs(bob: Account, app: NewConsumer, tally: NewApplication) -> Cast:
    programs.let_in(app, bob)
    oauth2.give(tally, bob)
    token = token_create(user_id=bob.id, name="Shell", scopes=frozenset(["expenses:read"]), now=NOON)
    left: dict[str, Callable[[], list[Any]]] = {
        "oauth1": lambda: access_rows(user_id=bob.id),
        "oauth2": lambda: grant_rows(user_id=bob.id, now=NOON),
        "token": lambda: token_rows(user_id=bob.id),
        "consumer": lambda: consumer_rows(user_id=bob.id),
        "application": lambda: application_rows(user_id=bob.id),
    }
    ids = {
        "oauth1": access_rows(user_id=bob.id)[0].id,
        "oauth2": tally.id,
        "token": token.id,
        "consumer": programs.program(bob, name="Own").id,
        "application": oauth2.register(bob, name="Own too").id,
    }
    return Cast(ids, left)


KINDS = ["oauth1", "oauth2", "token", "consumer", "application"]


def opened(client: Client) -> str:
    return shown(client.get("/settings/apps/"))


def row(text: str, name: str) -> str:
    """Return the line of the table that is about ``name``."""
    (line,) = [line for line in text.splitlines() if f"<bdi>{name}</bdi>" in line]
    return line


def test_it_works(bob: Account) -> None:
    response = at_browser(bob).get("/settings/apps/")

    assert response.status_code == 200
    assert shown(response) == page(
        "Connected apps", setting("Connected apps", EMPTY.format(plus=PLUS)),
        account=account_of("bob@example.com"), symbols=SYMBOL,
    )  # fmt: skip


def test_a_program_that_was_let_in(app: NewConsumer, bob: Account) -> None:
    token = programs.let_in(app, bob)
    access_use_note(signer=programs.signing(app, token), now=NOON, address="192.0.2.1")

    (access,) = access_rows(user_id=bob.id)
    assert row(opened(at_browser(bob)), "App") == (
        f'<tr role="row"><th role="rowheader" scope="row"><bdi>App</bdi> <small>by alice@example.com, since {DAY}'
        '</small></th><td role="cell" data-l="may">everything</td><td role="cell">OAuth 1.0a</td>'
        f'<td role="cell" data-l="used">{AGO} <small>from 192.0.2.1</small></td>'
        f'<td role="cell" class="act"><a class="btn plain bad" href="/settings/oauth1/{access.id}/cut/" '
        'aria-label="Revoke App">Revoke</a></td></tr>'
    )


def test_a_legacy_one(alice: Account) -> None:
    old = programs.program(alice, name="Old App", is_legacy=True)
    programs.let_in(old, alice)

    line = opened(at_browser(alice)).split("</section>")[0]

    assert f"<bdi>Old App</bdi> <small>yours, since {DAY}</small>" in line
    assert '<td role="cell">OAuth 1.0, <span class="warn">no verifier</span></td>' in line
    assert '<td role="cell" data-l="used">never</td>' in line


def test_one_of_oauth_2(tally: NewApplication, bob: Account) -> None:
    oauth2.give(tally, bob, scope="expenses:read reports:read")

    line = row(opened(at_browser(bob)), "Tally")

    assert "by alice@example.com, since" in line
    assert '<td role="cell" data-l="may">see expenses, see reports</td><td role="cell">OAuth 2.0</td>' in line
    assert f'href="/settings/oauth2/{tally.id}/cut/"' in line


class TestTokens:
    def test_one(self, alice: Account) -> None:
        new = token_create(
            user_id=alice.id, name="Shell", scopes=frozenset(["expenses:read"]), now=NOON,
            expires=NOON + timedelta(days=1),
        )  # fmt: skip
        token_account(token=new.token, now=NOON, used_from="2001:db8::1")

        assert row(opened(at_browser(alice)), "Shell") == (
            f'<tr role="row"><th role="rowheader" scope="row"><bdi>Shell</bdi> <small><code>{new.token[:9]}…</code>'
            '</small></th><td role="cell" data-l="may">see expenses</td><td role="cell" data-l="ends">'
            '<time datetime="2026-11-21T12:00:00+00:00" title="2026-11-21 12:00">21 Nov 2026</time></td>'
            f'<td role="cell" data-l="used">{AGO} <small>from 2001:db8::1</small></td>'
            f'<td role="cell" class="act"><a class="btn plain bad" href="/settings/token/{new.id}/cut/" '
            'aria-label="Revoke Shell">Revoke</a></td></tr>'
        )
        assert new.token not in opened(at_browser(alice))

    def test_one_that_has_ended(self, alice: Account) -> None:
        token_create(
            user_id=alice.id, name="Shell", scopes=frozenset(["expenses:read"]), now=NOON - timedelta(days=1),
            expires=NOON,
        )  # fmt: skip

        assert f'<td role="cell"><span class="bad">ended {DAY}</span></td>' in row(opened(at_browser(alice)), "Shell")

    def test_one_that_may_only_add(self, alice: Account) -> None:
        trip = report_create(user_id=alice.id, name="Lyon <3", now=NOON)
        token_create(
            user_id=alice.id, name="Till", scopes=frozenset(["expenses:write"]), now=NOON, add_only=True,
            report_id=trip.id,
        )  # fmt: skip

        line = row(opened(at_browser(alice)), "Till")

        assert '<td role="cell" data-l="may">only add, to Lyon &lt;3</td>' in line
        assert '<td role="cell" data-l="ends">never</td>' in line


def test_programs_one_registered(alice: Account, app: NewConsumer, tally: NewApplication) -> None:
    programs.program(alice, name="Old App", callback="", is_legacy=True)

    text = opened(at_browser(alice))

    assert row(text, "App") == (
        f'<tr role="row"><th role="rowheader" scope="row"><bdi>App</bdi> <small>since {DAY}</small></th>'
        f'<td role="cell" data-l="key"><code>{app.key}</code></td><td role="cell" data-l="to">{programs.CALLBACK}</td>'
        f'<td role="cell">OAuth 1.0a</td><td role="cell" class="act"><a class="btn plain bad" '
        f'href="/settings/consumer/{app.id}/cut/" aria-label="Delete App">Delete</a></td></tr>'
    )
    assert f'<code>{tally.client_id}</code></td><td role="cell" data-l="to">{oauth2.CALLBACK}</td>' in row(
        text, "Tally"
    )
    assert f'href="/settings/application/{tally.id}/cut/"' in row(text, "Tally")
    assert '<td role="cell" data-l="to">a code</td>' in row(text, "Old App")
    assert app.secret not in text


def test_days_are_those_of_the_person(db: None) -> None:
    carla = open_account("carla@example.com", zone="Pacific/Auckland")
    programs.program(carla)

    assert ">21 Nov 2026</time>" in row(opened(at_browser(carla)), "App")


def test_a_stranger_sees_none_of_it(alice: Account, bobs: Cast) -> None:
    text = opened(at_browser(alice))

    assert "Own" not in text
    assert "Shell" not in text
    assert "Revoke" not in text


@pytest.mark.parametrize("kind", KINDS)
class TestCut:
    def test_it_asks_first(self, bob: Account, bobs: Cast, kind: str) -> None:
        response = at_browser(bob).get(f"/settings/{kind}/{bobs.ids[kind]}/cut/")

        verb = "Delete" if kind in {"consumer", "application"} else "Revoke"
        assert response.status_code == 200
        assert f'<button class="btn first cut">{verb}</button>' in shown(response)
        assert '<a class="btn" href="/settings/apps/">Keep</a>' in shown(response)
        assert len(bobs.left[kind]()) == 1

    def test_it_does_it(self, bob: Account, bobs: Cast, kind: str) -> None:
        client = at_browser(bob)

        response = client.post(f"/settings/{kind}/{bobs.ids[kind]}/cut/")

        assert (response.status_code, response.headers["Location"]) == (302, "/settings/apps/")
        assert bobs.left[kind]() == []
        assert [len(rows()) for other, rows in bobs.left.items() if other != kind] == [1, 1, 1, 1]
        assert "” is shut out.</p></div>" in opened(client)

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_what_is_anothers_does_not_exist(self, alice: Account, bobs: Cast, kind: str, method: str) -> None:
        response = at_browser(alice).generic(method, f"/settings/{kind}/{bobs.ids[kind]}/cut/")

        assert response.status_code == 404
        assert len(bobs.left[kind]()) == 1

    @pytest.mark.every_case
    @pytest.mark.parametrize("number", ["0", "9" * 18])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_what_there_never_was(self, bob: Account, kind: str, number: str, method: str) -> None:
        assert at_browser(bob).generic(method, f"/settings/{kind}/{number}/cut/").status_code == 404

    def test_who_is_not_signed_in_signs_in(self, bobs: Cast, kind: str) -> None:
        path = f"/settings/{kind}/{bobs.ids[kind]}/cut/"

        response = Client().post(path)

        assert (response.status_code, response.headers["Location"]) == (302, f"/accounts/login/?next={path}")
        assert len(bobs.left[kind]()) == 1

    def test_nothing_is_cut_without_a_token_of_the_page(self, bob: Account, bobs: Cast, kind: str) -> None:
        client, path = at_browser(bob, strict=True), f"/settings/{kind}/{bobs.ids[kind]}/cut/"

        assert client.post(path).status_code == 403
        assert len(bobs.left[kind]()) == 1
        client.get(path)
        assert client.post(path, {"csrfmiddlewaretoken": csrf(client)}).status_code == 302


@pytest.mark.every_case
@pytest.mark.parametrize("path", ["/settings/nothing/1/cut/", "/settings/token/x/cut/", "/settings/token/" + "9" * 19])
def test_other_addresses(bob: Account, path: str) -> None:
    assert at_browser(bob).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/settings/apps/", "/settings/apps/new/", "/settings/tokens/new/"])
def test_who_is_not_signed_in_signs_in(path: str) -> None:
    response = Client().get(path)

    assert (response.status_code, response.headers["Location"]) == (302, f"/accounts/login/?next={path}")


def test_names_are_text(alice: Account) -> None:
    hostile = "<script>alert(1)</script>"
    programs.let_in(programs.program(alice, name=hostile), alice)
    token_create(user_id=alice.id, name=hostile, scopes=frozenset(["expenses:read"]), now=NOON)

    assert "<script>" not in opened(at_browser(alice))
