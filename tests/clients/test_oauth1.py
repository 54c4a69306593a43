"""Programs with OAuth 1.0 libraries of other people's, through all three steps, against the real server process.

The person's part is played by the test: the address that a program sends him to is read, he lets it in, and the
program hears what a browser would bring to its callback. What they do besides is the documented sample (T18, wire §8
row 11): read a ledger under ``/api/oauth/``, and write into it.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.callers import PATIENCE
from tests.clients.door import Door
from tests.clients.people import People, Session
from tests.live import LiveServer
from tests.tools import node_package, program

pytestmark = pytest.mark.once

PROGRAMS = Path(__file__).parent / "oauth"
CALLBACK = "http://127.0.0.1:1/callback"


@pytest.fixture(scope="module")
def http_people(server: LiveServer) -> Iterator[People]:
    with People(server) as people:
        yield people


@pytest.fixture(scope="module")
def https_people(tls_server: LiveServer) -> Iterator[People]:
    with People(tls_server) as people:
        yield people


@pytest.fixture
def people(door: Door, request: pytest.FixtureRequest) -> People:
    """Whoever stands at the door of this test."""
    found: People = request.getfixturevalue("https_people" if door.server.ca else "http_people")
    return found


def walk(command: list[str], people: People, email: str, **given: Any) -> list[tuple[int, Any]]:
    """Let a program go all the way, and return what it heard: statuses, and JSON taken apart."""
    ca = {"SSL_CERT_FILE": str(people.server.ca)} if people.server.ca else {}
    process = subprocess.Popen(
        [*command, json.dumps({"site": people.server.url, **given})],
        env={**os.environ, **ca}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.communicate(timeout=PATIENCE)[1]
    page = urlsplit(json.loads(line)["authorize"])
    asked = parse_qs(page.query)
    assert page.path == "/oauth/authorize"

    address, verifier = people.allow(email, asked["oauth_token"][0], asked.get("oauth_callback", [""])[0])
    brought = parse_qs(urlsplit(address).query)
    assert address.partition("?")[0] == given.get("late_callback", given.get("callback", "")).replace("oob", "")
    assert not address or brought == {"oauth_token": asked["oauth_token"], "oauth_verifier": [verifier]}

    said, complaints = process.communicate(
        json.dumps(None if given.get("forgets_verifier") else verifier) + "\n", timeout=PATIENCE
    )
    assert process.returncode == 0, complaints
    return [(status, json.loads(body)) for status, body in json.loads(said)]


def check(heard: list[tuple[int, Any]]) -> None:
    """Look whether the three calls of every program brought what they should."""
    (rows_status, rows), (made_status, made), (list_status, found) = heard
    assert (rows_status, made_status, list_status) == (200, 200, 200)
    assert [row["fields"]["type"] for row in rows] == ["Sample Expense"]
    assert (made["type"], made["amount"], made["notes"], made["date"]) == (
        "lunch", "45.00", "with jäck & co", "2009-10-02 05:14:00",
    )  # fmt: skip
    assert found == [made]


class TestRuby:
    """Debian's ruby-oauth, the gem of the documented sample."""

    def test_the_documented_sample(self, door: Door, people: People) -> None:  # T18, wire §8 row 11
        consumer = people.register(door.email, is_legacy=True)

        heard = walk(
            [program("ruby"), str(PROGRAMS / "flow.rb")], people, door.email,
            key=consumer.key, secret=consumer.secret, late_callback=CALLBACK, forgets_verifier=True,
        )  # fmt: skip

        check(heard)

    def test_it_has_the_old_address_built_in(self, server: LiveServer, http_people: People) -> None:
        email = server.newcomer()
        consumer = http_people.register(email, is_legacy=True)

        heard = walk(
            [program("ruby"), str(PROGRAMS / "flow.rb")], http_people, email,
            key=consumer.key, secret=consumer.secret, late_callback=CALLBACK, forgets_verifier=True,
            site="http://xpenser.com", options={"proxy": server.url},
        )  # fmt: skip

        check(heard)

    @pytest.mark.parametrize("callback", ["oob", CALLBACK])
    @pytest.mark.parametrize("scheme", ["header", "query_string"])
    def test_with_a_verifier(self, server: LiveServer, http_people: People, callback: str, scheme: str) -> None:
        email = server.newcomer()
        consumer = http_people.register(email, callback=CALLBACK)

        heard = walk(
            [program("ruby"), str(PROGRAMS / "flow.rb")], http_people, email,
            key=consumer.key, secret=consumer.secret, callback=callback,
            options={"scheme": scheme},
        )  # fmt: skip

        check(heard)

    def test_with_a_key_of_its_own(self, server: LiveServer, http_people: People, tmp_path: Path) -> None:
        email, private = server.newcomer(), generate_private_key(65537, 2048)
        file = tmp_path / "private.pem"
        file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
        public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        consumer = http_people.register(email, callback=CALLBACK, rsa_key=public)

        heard = walk(
            [program("ruby"), str(PROGRAMS / "flow.rb")], http_people, email,
            key=consumer.key, secret="", callback=CALLBACK,
            options={"signature_method": "RSA-SHA1", "private_key_file": str(file)},
        )  # fmt: skip

        check(heard)


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256"])
def test_perl(server: LiveServer, http_people: People, method: str) -> None:
    """Net::OAuth with LWP; its parameters go in the query, in the header and in the body, a step each."""
    email = server.newcomer()
    consumer = http_people.register(email, callback=CALLBACK)

    heard = walk(
        [program("perl"), str(PROGRAMS / "flow.pl")], http_people, email,
        key=consumer.key, secret=consumer.secret, callback=CALLBACK, method=method,
    )  # fmt: skip

    check(heard)


def test_node(server: LiveServer, http_people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """The npm package "oauth"."""
    monkeypatch.setenv("NODE_PATH", str(node_package("oauth").parent))
    email = server.newcomer()
    consumer = http_people.register(email, callback=CALLBACK)

    heard = walk(
        [program("node"), str(PROGRAMS / "flow.js")], http_people, email,
        key=consumer.key, secret=consumer.secret, callback=CALLBACK,
    )  # fmt: skip

    check(heard)


@pytest.mark.parametrize("place", ["AUTH_HEADER", "QUERY"])
@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA512", "PLAINTEXT"])
def test_requests_oauthlib(door: Door, people: People, method: str, place: str) -> None:
    """It gives realm, version and nonce as it likes; PLAINTEXT is for https only."""
    if method == "PLAINTEXT" and door.server.ca is None:
        pytest.skip("refused over http, which tests/api/oauth1 shows")
    consumer = people.register(door.email, callback=CALLBACK)
    given = {"signature_method": method, "signature_type": place, "callback_uri": CALLBACK}
    asking = Session(door.server, consumer.key, consumer.secret, **given)
    token = asking.fetch_request_token("/oauth/request_token")
    address, _ = people.allow(door.email, token["oauth_token"])
    asking.parse_authorization_response(address)
    asking.fetch_access_token("/oauth/access_token")
    form = {"q": "lunch 45 with jäck & co #clientx", "d": "2009-10-02 05:14"}

    answers = [
        asking.get("/api/oauth/expenses/?format=json"),
        asking.post("/api/v1.0/expense/", data=form),
        asking.get("/api/v1.0/expenses/?report=*&tags=a&tags=clientx"),
    ]

    check([(answer.status_code, answer.json()) for answer in answers])
