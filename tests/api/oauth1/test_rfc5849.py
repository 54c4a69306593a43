"""The examples of RFC 5849, as our reading of a request sees them."""

import json
import os
import subprocess
import sys

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from oauthlib.oauth1 import Client as Signing
from oauthlib.oauth1.rfc5849 import signature as oauthlib
from pytest_django import Settings

from api.oauth1.reading import SignedRequest, address_of, signed_request
from api.oauth1.signatures import base_string, escaped, is_signed_with
from tests.cast import NOON
from xpenser.edge import EdgeMiddleware

CONSUMER_SECRET = "kd94hf93k423kf44"


def read(method: str, address: str, header: str, *, form: str = "") -> SignedRequest:
    address, _, query = address.partition("?")
    return signed_request(address, method, header=header, query=query, form=form, now=NOON)


def signed(request: SignedRequest, consumer_secret: str, token_secret: str) -> bool:
    return is_signed_with(request, consumer_secret=consumer_secret, token_secret=token_secret)


@pytest.mark.parametrize(
    ("method", "address", "header", "token_secret"),
    [
        (
            "POST",
            "https://photos.example.net/initiate",
            'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_signature_method="HMAC-SHA1",'
            ' oauth_timestamp="137131200", oauth_nonce="wIjqoS",'
            ' oauth_callback="http%3A%2F%2Fprinter.example.com%2Fready",'
            ' oauth_signature="74KNZJeDHnMBp0EMJ9ZHt%2FXKycU%3D"',
            "",
        ),
        (
            "POST",
            "https://photos.example.net/token",
            'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="hh5s93j4hdidpola",'
            ' oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="walatlh",'
            ' oauth_verifier="hfdp7dh39dks9884", oauth_signature="gKgrFCywp7rO0OXSjdot%2FIHF7IU%3D"',
            "hdhd0244k9j7ao03",
        ),
        (
            "GET",
            "http://photos.example.net/photos?file=vacation.jpg&size=original",
            'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk",'
            ' oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH",'
            ' oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"',
            "pfkkdhi9sl3r4s00",
        ),
    ],
    ids=["initiate", "token", "photos"],
)
def test_the_flow(method: str, address: str, header: str, token_secret: str) -> None:  # §1.2
    request = read(method, address, header)

    assert signed(request, CONSUMER_SECRET, token_secret)
    assert not signed(request, CONSUMER_SECRET, "wrong")
    assert dict(request.params).get("realm") is None


def test_plaintext() -> None:  # §2.1
    request = read(
        "POST",
        "https://server.example.com/request_temp_credentials",
        'OAuth realm="Example", oauth_consumer_key="jd83jd92dhsh93js", oauth_signature_method="PLAINTEXT",'
        ' oauth_callback="http%3A%2F%2Fclient.example.net%2Fcb%3Fx%3D1", oauth_signature="ja893SD9%26"',
    )

    assert signed(request, "ja893SD9", "")
    assert not signed(request, "ja893SD9", "&")
    assert request.redirect_uri == "http://client.example.net/cb?x=1"


EXAMPLE = read(
    "POST",
    "http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
    'OAuth realm="Example", oauth_consumer_key="9djdj82h48djs9d2", oauth_token="kkk9d7dh3k39sjv7",'
    ' oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="7d8f3e4a",'
    ' oauth_signature="djosJKDKJSD8743243%2Fjdk33klY%3D"',
    form="c2&a3=2+q",
)


def test_the_base_string() -> None:  # §3.4.1.1
    assert base_string(EXAMPLE) == (
        b"POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D"
        b"%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3D"
        b"HMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )


def test_the_parameters() -> None:  # §3.4.1.3.1
    assert sorted(EXAMPLE.params) == sorted(
        [
            ("b5", "=%3D"),
            ("a3", "a"),
            ("c@", ""),
            ("a2", "r b"),
            ("oauth_consumer_key", "9djdj82h48djs9d2"),
            ("oauth_token", "kkk9d7dh3k39sjv7"),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", "137131201"),
            ("oauth_nonce", "7d8f3e4a"),
            ("c2", ""),
            ("a3", "2 q"),
        ]
    )
    assert EXAMPLE.signature == "djosJKDKJSD8743243/jdk33klY="


@pytest.mark.parametrize(
    ("path", "host", "secure", "expected"),
    [
        ("/r%20v/X?id=123", "EXAMPLE.COM:80", False, "http://example.com/r%20v/X"),  # §3.4.1.2
        ("/?q=1", "www.example.net:8080", True, "https://www.example.net:8080/"),  # §3.4.1.2
        ("/", "example.com:443", True, "https://example.com/"),
        ("/", "example.com:443", False, "http://example.com:443/"),
        ("/", "[::1]:8000", False, "http://[::1]:8000/"),
        ("/api/v1.0/%20expenses/", "xpenser.com", False, "http://xpenser.com/api/v1.0/%20expenses/"),
        ("/a:b@c;d=e,f!'()*~-._$&+g", "xpenser.com", False, "http://xpenser.com/a:b@c;d=e,f!'()*~-._$&+g"),
        ("/%C3%A9%2C", "xpenser.com", False, "http://xpenser.com/%C3%A9,"),
    ],
)
def test_the_address(path: str, host: str, secure: bool, expected: str, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    asked = RequestFactory().get(path, headers={"Host": host}, secure=secure)
    EdgeMiddleware(lambda _: HttpResponse())(asked)  # every request has come through it

    request = read("GET", address_of(asked), "")

    assert base_string(request) == f"GET&{escaped(expected)}&".encode()


def test_encoding() -> None:  # §3.6
    request = read("GET", "http://example.com/?a=%7E%2D%2E%5F&b=%e2%98%83+%2B", "")

    assert base_string(request) == b"GET&http%3A%2F%2Fexample.com%2F&a%3D~-._%26b%3D%25E2%2598%2583%2520%252B"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(
    st.sampled_from(["GET", "post", "A-B"]),
    st.sampled_from(["http", "https"]),
    st.sampled_from(["xpenser.com", "xpenser.com:80", "xpenser.com:443", "127.0.0.1:8000", "[::1]:80", "[::1]"]),
    st.text("aA0~-._%!$&'()*+,=:@/", max_size=8),  # but for ";": it drops one at the end, which a client did not
    st.lists(st.tuples(TEXTS, TEXTS), max_size=6),
    TEXTS,
    TEXTS,
    st.sampled_from(["sha1", "sha256", "sha512"]),
)
def test_oauthlib_signs_the_same(  # noqa: PLR0917
    method: str, scheme: str, host: str, path: str, params: list[tuple[str, str]], mine: str, yours: str, name: str
) -> None:
    """Its clients do, and it is the second implementation that holds ours to the letter."""
    given = {"oauth_signature_method": f"HMAC-{name.upper()}"}
    request = SignedRequest(f"{scheme}://{host}/{path}", method, params=params, given=given, now=NOON)
    text = oauthlib.signature_base_string(
        method,  # type: ignore[arg-type]  # any method may be signed
        oauthlib.base_string_uri(request.uri),
        oauthlib.normalize_parameters(params),  # type: ignore[arg-type]  # pairs, since names may repeat
    )
    sign = getattr(oauthlib, f"sign_hmac_{name}_with_client")
    request.signature = sign(text, Signing("key", client_secret=mine, resource_owner_secret=yours))

    assert base_string(request) == text.encode()
    assert signed(request, mine, yours)


# Each is one or more characters that somebody repeats; what stands before and behind makes it fail late.
PIECES = [
    ("a=", " ", '"x'), ("a", " ", '"x'), ("", " ", '"x'), ('a="x"', " ", '"x'), ("a=", "x", '"'), ("", "x", '"'),
    ("a=", "=", '"'), ('a="', ",", ""), ("", ",", ""), ("", '"', ""), ("", "=", ""), ("", "a=,", '"'),
    ("", "a=\t ,", '"'), ("", 'a="",', '"'), ("", "a ", '"'), ("a=", "%", ","), ("", "%=%,", '"'),
]  # fmt: skip


def test_what_is_repeated_costs_no_more_than_its_length() -> None:
    """Blanks cost by their square: a header of 60 kB held the process for a minute, whoever had sent it."""
    script = (
        "import json, sys, django; django.setup()\n"
        "from datetime import UTC, datetime\n"
        "from api.oauth1.reading import OAuthRefused, signed_request\n"
        "for before, piece, behind in json.load(sys.stdin):\n"
        "    header = f'OAuth {before}{piece * (60_000 // len(piece))}{behind}'\n"
        "    try:\n"
        "        signed_request('http://localhost/', 'GET', header=header, query='', form='', now=datetime.now(UTC))\n"
        "    except OAuthRefused:\n"
        "        print('refused')\n"
    )

    # In a process of its own: a regular expression lets nobody interrupt it.
    heard = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(PIECES), capture_output=True, text=True, timeout=120,
        check=True, env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )  # fmt: skip

    assert heard.stdout.split() == ["refused"] * (len(PIECES) - 1)
