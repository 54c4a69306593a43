"""The page "New token"."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from access.scopes import SCOPES
from access.selectors.tokens import TokenRow, token_rows
from access.services.tokens import token_account
from accounts.selectors import Account
from expenses.services import report_create
from reports.status import Status
from tests.cast import NOON
from tests.pages import account_of, page, shown
from tests.web.people import at_browser, csrf

PATH = "/settings/tokens/new/"
FORM = {"name": "Watch", "scopes": ["expenses:read"], "report": "", "ends": "", "once": "x"}
TOKEN = re.compile("xp_[0-9A-Za-z]{36}")
SCRIPT = '<script src="/assets/copy.js" defer></script>\n'
COPY = (
    '<symbol id="copy" viewBox="0 0 16 16"><rect x="5.75" y="5.75" width="7.5" height="7.5" rx="1.25"/>'
    '<path d="M3.5 10.25h-.75v-7.5h7.5v.75"/></symbol>\n'
)
MADE = """<div class="card">
<div role="status"><h1><bdi>Watch</bdi> is ready</h1>
<p class="soft">Copy what stands here now: a token or a secret is shown once.</p></div>
<div class="note"><div><h2 id="label1">Token</h2>\
<code class="secret" id="secret1" aria-labelledby="label1" tabindex="0">{token}</code></div>\
<button class="btn" type="button" data-copy="secret1" data-copied="Copied" hidden>\
<svg class="i" aria-hidden="true"><use href="#copy"/></svg><span>Copy</span></button>\
<span class="vh" role="status"></span></div>
<p><a href="/settings/apps/">Connected apps</a></p>
</div>"""


@pytest.fixture
def client(alice: Account) -> Client:
    return at_browser(alice)


def made(client: Client, **fields: Any) -> Any:
    return client.post(PATH, {**FORM, **fields})


def token_in(response: Any) -> str:
    match = TOKEN.search(shown(response))
    assert match is not None
    return match[0]


def kept(person: Account) -> TokenRow:
    (row,) = token_rows(user_id=person.id)
    return row


def test_it_asks(alice: Account, client: Client) -> None:
    report_create(user_id=alice.id, name="Lyon", now=NOON)
    report_create(user_id=alice.id, name="Handed in", now=NOON, status=Status.SUBMITTED)

    text = shown(client.get(PATH))

    assert "<h1>New token</h1>" in text
    for scope, words in SCOPES.items():
        assert re.search(
            f'<label for="id_scopes_[0-9]"><input type="checkbox" name="scopes" value="{scope}"[^>]*>{words}</label>',
            text,
        )
    assert re.search('<option value="[0-9]+">Lyon</option>', text)
    assert "Handed in" not in text
    assert '<option value="365" selected>in a year</option>' in text


@time_machine.travel(NOON, tick=False)
def test_it_is_made_and_shown(alice: Account, client: Client) -> None:
    response = made(client)

    token = token_in(response)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert shown(response) == page(
        "Watch", MADE.format(token=token), account=account_of("alice@example.com"), scripts=SCRIPT, symbols=COPY
    )
    assert kept(alice) == TokenRow(
        kept(alice).id, "Watch", token[:9], frozenset(["expenses:read"]), False, None, "", None, NOON, None, ""
    )
    assert token_account(token=token, now=NOON, used_from="")[0] == alice


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(("ends", "days"), [("30", 30), ("90", 90), ("365", 365)])
def test_it_ends(alice: Account, client: Client, ends: str, days: int) -> None:
    made(client, ends=ends)

    assert kept(alice).expires == NOON + timedelta(days=days)


def test_it_may_only_add_to_a_report(alice: Account, client: Client) -> None:
    trip = report_create(user_id=alice.id, name="Lyon", now=NOON)

    made(client, scopes=[], add_only="on", report=str(trip.id))

    row = kept(alice)
    assert (row.add_only, row.report, row.scopes) == (True, "Lyon", frozenset(["expenses:write"]))


def test_who_may_only_add_may_nothing_else(alice: Account, client: Client) -> None:
    made(client, scopes=list(SCOPES), add_only="on")

    assert kept(alice).scopes == frozenset(["expenses:write"])


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name": "a\nb"}, "name", "Name &#x27;a\\nb&#x27;: 1 to 100 characters on one line are wanted"),
        ({"scopes": []}, "scopes", "A token that may do nothing is of no use: choose what it may do"),
        ({"ends": "never"}, "ends", "Select a valid choice. never is not one of the available choices."),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_the_field(
    alice: Account, client: Client, fields: dict[str, Any], field: str, message: str
) -> None:
    response = made(client, **fields)

    assert response.status_code == 200
    assert f'<small class="bad" id="id_{field}_error">{message}</small>' in shown(response)
    assert f'<div class="note wrong" role="alert"><div><p><a class="bad" href="#id_{field}">' in shown(response)
    assert f' id="id_{field}"' in shown(response)
    assert 'name="once" value="x"' in shown(response)
    assert token_rows(user_id=alice.id) == []


def test_an_unknown_scope(alice: Account, client: Client) -> None:
    response = made(client, scopes=["expenses:read", "everything"])

    assert "Select a valid choice. everything is not one of the available choices." in shown(response)
    assert token_rows(user_id=alice.id) == []


def test_only_one_that_may_only_add_is_kept_to_a_report(alice: Account, client: Client) -> None:
    trip = report_create(user_id=alice.id, name="Lyon", now=NOON)

    response = made(client, report=str(trip.id))

    message = "Only a token that may only add can be kept to one report"
    assert f'<small class="bad" id="id_report_error">{message}</small>' in shown(response)
    assert token_rows(user_id=alice.id) == []


def test_anothers_report_does_not_exist(alice: Account, bob: Account, client: Client) -> None:
    theirs = report_create(user_id=bob.id, name="Theirs", now=NOON)

    response = made(client, add_only="on", report=str(theirs.id))

    assert f"Select a valid choice. {theirs.id} is not one of the available choices." in shown(response)
    assert "Theirs" not in shown(response)
    assert token_rows(user_id=alice.id) == []


def test_who_loads_the_answer_anew_makes_nothing_twice(alice: Account, client: Client) -> None:
    made(client)

    response = made(client)

    assert (response.status_code, response.headers["Location"]) == (302, "/settings/apps/")
    assert "“Watch” was made before; what was shown then is not kept." in shown(client.get("/settings/apps/"))
    assert kept(alice).name == "Watch"


def test_each_page_makes_one(alice: Account, client: Client) -> None:
    made(client, once="a")
    made(client, once="b")
    made(client, once="")
    made(client, once="")

    assert len(token_rows(user_id=alice.id)) == 4


def test_nothing_is_made_without_a_token_of_the_page(alice: Account) -> None:
    client = at_browser(alice, strict=True)

    assert made(client).status_code == 403
    assert token_rows(user_id=alice.id) == []
    client.get(PATH)
    assert made(client, csrfmiddlewaretoken=csrf(client)).status_code == 200


def test_who_is_not_signed_in_makes_nothing(alice: Account) -> None:
    assert made(Client()).status_code == 302
    assert token_rows(user_id=alice.id) == []
