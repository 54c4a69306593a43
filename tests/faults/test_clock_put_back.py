"""The machine's clock is put back by an hour: nothing gets a negative length, ends early or for good, or is missed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from time_machine import travel

from access.selectors.applications import bearer_holder
from access.selectors.oauth1 import RequestTokenNotFound, known_request, request_token_row
from access.selectors.tokens import WrongToken, token_holder
from access.services.oauth1 import access_token_create, request_token_allow
from accounts.invitations import InvitationNotFound, invitation_create, invitation_row
from accounts.selectors import Account
from expenses import services
from expenses.services import Answer, KeyReused
from tests.access.oauth2 import give, register
from tests.access.programs import asked, program
from tests.api.oauth2.dance import Program
from tests.cast import NOON, NewClient, token_of
from tests.faults.copies import CLASSIC, V1, Copy, Wire
from tests.web.people import at_browser

HOUR = timedelta(hours=1)
BACK = NOON - HOUR
Opens = Callable[[datetime], object]
API = "/api/v1.0"


@pytest.fixture
def client(alice: Account) -> NewClient:
    return NewClient(token_of(alice))


def test_a_timer_counts_nothing_or_what_passed_since(client: NewClient) -> None:
    ids = []
    for instant, text in ((NOON, "Time+start+one"), (BACK, "Time+start+other"), (BACK + HOUR / 2, "Time+stop")):
        with travel(instant, tick=False):
            ids.append(client.send(f"{API}/expense/", f"q={text}").json()["id"])

    rows = {row["id"]: row["rawamount"] for row in client.get(f"{API}/expenses/?type=Time").json()}
    assert rows == {ids[0]: "0.00", ids[1]: "30.00"}
    assert ids[2] == ids[1]


@pytest.mark.parametrize("wire", [V1, CLASSIC], ids=["v1", "classic"])
def test_each_change_is_seen_by_the_very_next_poll(client: NewClient, wire: Wire) -> None:
    copy = Copy(wire, lambda path: client.get(path).json())
    with travel(NOON, tick=False):
        report = client.send(f"{API}/report/", "name=Trip").json()["id"]
        made = client.send(f"{API}/expense/", f"q=lunch+45+%23cash&r={report}").json()
        copy.poll()
    item, tag = f"{API}/expense/{made['id']}", f"{API}/tag/{made['tags'][0]['id']}"

    for path, body in (
        (item, "amount=46"),
        (item, "tags=cash+personal"),
        (tag, "name=Money"),
        (f"{API}/expense/", "q=dinner+46"),
        (f"{API}/report/{report}", "name=Journey"),
        (f"{API}/report/{report}?action=delete", ""),
        (f"{item}?action=delete", ""),
        (item, "status=1"),
    ):
        with travel(BACK, tick=False):
            assert client.send(path, body).status_code in {200, 204}
            copy.poll()

        assert copy.rows == copy.everything()


def personal_token(alice: Account) -> Opens:
    token = token_of(alice, expires=NOON + HOUR)
    return lambda now: token_holder(token=token, now=now)


def request_token(alice: Account) -> Opens:
    key = asked(program(alice)).key
    return lambda now: request_token_row(key=key, now=now)


def oauth2_token(alice: Account) -> Opens:
    token, _ = give(register(alice), alice)
    return lambda now: bearer_holder(token=token, now=now)


def invitation(alice: Account) -> Opens:
    token = invitation_create(now=NOON, by=alice.id)
    return lambda now: invitation_row(token=token, now=now)


@pytest.mark.parametrize(
    ("made", "life"),
    [
        (personal_token, HOUR),
        (request_token, timedelta(minutes=10)),
        (oauth2_token, HOUR),
        (invitation, timedelta(days=14)),
    ],
)
def test_what_opens_something_does_until_its_time_by_the_clock(
    alice: Account, made: Callable[[Account], Opens], life: timedelta
) -> None:
    opens = made(alice)

    assert [opened(opens, now) for now in (BACK, NOON, NOON + life - timedelta.resolution, NOON + life)] == [
        True, True, True, False,
    ]  # fmt: skip


def opened(opens: Opens, now: datetime) -> bool:
    try:
        opens(now)
    except (WrongToken, RequestTokenNotFound, InvitationNotFound):
        return False
    return True


def test_a_program_of_oauth_1_gets_its_token_once(alice: Account) -> None:
    consumer = program(alice)
    key = asked(consumer).key
    request_token_allow(key=key, user_id=alice.id, now=BACK)
    request = known_request(consumer_key=consumer.key, key=key, now=BACK)
    assert request is not None

    access_token_create(request=request, now=BACK)

    with pytest.raises(RequestTokenNotFound):
        access_token_create(request=request, now=BACK)


def test_a_program_of_oauth_2_gets_its_token_once(alice: Account) -> None:
    app = Program(register(alice))
    with travel(NOON, tick=False):
        code = app.code(alice)

    with travel(BACK, tick=False):
        answer = app.exchange(code)
        token = answer.json()["access_token"]
        statuses = [NewClient(token).get(f"{API}/tags/").status_code]
        again = app.exchange(code)
        statuses.append(NewClient(token).get(f"{API}/tags/").status_code)

    assert (answer.status_code, again.status_code) == (200, 400)
    assert statuses == [200, 401]  # one of the two who had the code stole it


def test_a_write_with_a_key_counts_once(alice: Account) -> None:
    def ask(now: datetime, digest: str = "d") -> bytes:
        answer = Answer(200, "text/plain", str(now).encode())
        return services.answer_once(user_id=alice.id, key="k", digest=digest, now=now, write=lambda: answer).body

    first = ask(NOON)

    assert [ask(now) for now in (BACK, BACK + timedelta(days=7), NOON + timedelta(days=7))] == [first] * 3
    with pytest.raises(KeyReused):
        ask(BACK, "another")


def test_a_session_goes_on(alice: Account) -> None:
    with travel(NOON, tick=False):
        browser = at_browser(alice)
        browser.get("/")

    with travel(BACK, tick=False):
        assert browser.get("/").status_code == 200
