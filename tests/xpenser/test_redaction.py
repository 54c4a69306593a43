"""What a message of the log loses, and what it keeps."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import resolve
from pytest_django import Settings

from xpenser.env import Bucket, Oidc
from xpenser.redaction import LONGEST, redacted

pytestmark = pytest.mark.once

UUID = "0f3b1c2d-1234-4abc-8def-0123456789ab"


Asking = Callable[..., WSGIRequest]


@pytest.fixture
def asked() -> Iterator[Asking]:
    """Make a request as it stands in a worker: with its body in a file, which nobody has read."""
    with ExitStack() as files:

        def asked(path: str = "/", body: bytes = b"", **headers: str) -> WSGIRequest:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            request = RequestFactory(headers=named).get(path)
            kept = request.META["wsgi.input"] = files.enter_context(SpooledTemporaryFile())
            kept.write(body)
            kept.seek(0)
            return request

        yield asked


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no such table: expenses_expense", "no such table: expenses_expense"),
        ("<Foo object at 0x7f0e8c0d9b50>", "<Foo object at 0x7f0e8c0d9b50>"),
        (
            'null value in column "name" violates constraint "expenses_expense_user_id_1a2b3c4d_fk_accounts_user_id"\n'
            "DETAIL:  Failing row contains (1, me@example.com, argon2$x).\nCONTEXT:  none",
            'null value in column "name" violates constraint "expenses_expense_user_id_1a2b3c4d_fk_accounts_user_id"\n'
            "DETAIL: […]\nCONTEXT:  none",
        ),
        (f"No such file: '/data/receipts/12/{UUID}.JPG'", "No such file: '/data/receipts/12/[…].JPG'"),
        (f"Task id={UUID} state=FAILED", f"Task id={UUID} state=FAILED"),
        ("the token xp_Zk3v9QwErTyUiOp1234_x-y is", "the token […] is"),
        ("not at https://me:pass@a.example/b?code=1#x now", "not at https://[…]@a.example/b[…] now"),
    ],
)  # fmt: skip
def test_without_a_request(text: str, told: str) -> None:
    assert redacted(text, None) == told


def test_the_server_s_own(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "letters-of-database")
    settings.METRICS_TOKEN, settings.EMAIL_HOST_PASSWORD = "letters-of-metrics", "letters-of-mail"
    settings.REDIS_URL = "redis://:letters-of-redis@127.0.0.1/0"
    settings.SECRET_KEY_FALLBACKS = ["letters-of-before"]
    settings.ENV = settings.ENV.__class__(
        **{name: getattr(settings.ENV, name) for name in settings.ENV.__slots__}
        | {"oidc": Oidc("Work", "https://work.example", "us", "letters-of-oidc"), "password": "letters-of-mine"}
        | {"receipts_s3": Bucket("https://s3.example", "a", "b", "c", "path", "key", "letters-of-bucket")}
    )
    whose = ("database", "metrics", "mail", "redis", "before", "oidc", "mine", "bucket")
    own = [f"letters-of-{what}" for what in whose]

    assert redacted(" ".join([*own, settings.SECRET_KEY]), None) == " ".join(["[…]"] * 9)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("wrong: 'p ü%\"'", "wrong: '[…]'"),
        ("wrong: b'p \\xc3\\xbc%\"'", "wrong: b'[…]'"),
        ("wrong: p%20%C3%BC%25%22", "wrong: […]"),
        ("wrong: p+%C3%BC%25%22", "wrong: […]"),
        ("wrong: 'p \\xfc%\"'", "wrong: '[…]'"),
        ('wrong: P Ü%"', "wrong: […]"),
        ("me@example.com", "[…]"),
    ],
)
def test_a_password_however_it_is_spelt(asked: Asking, said: str, told: str) -> None:
    shown = b64encode('me@example.com:p ü%"'.encode()).decode()

    request = asked(Authorization=f"Basic {shown}")

    assert redacted(said, request) == told
    assert redacted(shown, request) == "[…]"


def test_what_a_header_brings(asked: Asking) -> None:
    request = asked(
        Authorization='OAuth realm="", oauth_token="so%2Fme", oauth_signature="signed%3D"',
        Cookie="sessionid=a-session; csrftoken=a-proof",
        Referer="http://localhost/accounts/reset/1-key/?code=a-code",
        X_Key="whole value",
    )

    said = "so%2Fme so/me signed%3D signed= a-session a-proof 1-key a-code; whole value; accounts reset"
    assert redacted(said, request) == "[…] […] […] […] […] […] […] […]; […]; accounts reset"


def test_what_an_address_brings(asked: Asking) -> None:
    request = asked("/elsewhere/a-key/?token=a%20token&bare&q=abc")
    assert redacted("elsewhere a-key a token a%20token bare abc", request) == "elsewhere […] […] […] […] abc"

    path = "/accounts/password/reset/key/1-letters-of-key/"
    request = asked(path)
    request.resolver_match = resolve(path)
    assert redacted("password reset letters-of-key", request) == "password reset […]"

    path = "/expenses/123456/"
    request = asked(path)
    request.resolver_match = resolve(path)
    assert redacted("expense 123456", request) == "expense 123456"


@pytest.mark.parametrize(
    "body",
    [
        b'--x\r\nname="a"\r\n\r\na " b\r\n--x\r\nfilename="let me in"\r\n\r\n--x--',
        b"q=x&password=let+me%20in&y", b'{"password": "let me in"}',
        b'--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nlet me in\r\n--x--',
    ],
)  # fmt: skip
def test_what_a_body_brings_that_nobody_has_read(asked: Asking, body: bytes) -> None:
    request = asked(body=body)

    assert redacted("no account for 'let me in'", request) == "no account for '[…]'"

    assert request.META["wsgi.input"].read() == body


def test_a_quotation_that_nobody_closes_ends_with_the_body(asked: Asking) -> None:
    """And is one, however many marks are in it: to begin anew at each took 25 times as long for 5 times as many."""
    request = asked(body=b'{"password": "let \\"me\\" in')

    assert redacted('no account for let \\"me\\" in', request) == "no account for […]"


def test_what_is_quoted_with_what_holds_both_marks(asked: Asking) -> None:
    request = asked("/?a=it%27s+mine")

    said = "it's mine"
    assert redacted(repr(f'{said} "'), request) == "'[…] \"'"
    assert redacted(repr(f'{said} "'.encode()), request) == "b'[…] \"'"


def test_what_a_form_brought(asked: Asking) -> None:
    request = asked()
    request._post = QueryDict("a=one+secret&b=another+secret")  # type: ignore[attr-defined]

    assert redacted("one secret, another secret", request) == "[…], […]"


def test_a_short_value_goes_as_a_word_and_a_shorter_one_stays(asked: Asking) -> None:
    request = asked("/?a=tidy&b=abc")

    assert redacted("tidy, untidy_x, abc", request) == "[…], untidy_x, abc"


def test_a_message_of_any_length() -> None:
    assert redacted("ab " * LONGEST, None) == "ab " * (LONGEST // 3 - 1) + "ab[…]"
    assert redacted("a" * LONGEST + "b", None) == "[…]"


def test_a_long_message_about_many_values_is_cut_short(asked: Asking) -> None:
    """Where it was not, one request of 49 kB took 19 s of work."""
    many = [f"{number:05}" for number in range(8000)]

    told = redacted("known " * 8000 + many[0], asked(body="&".join(many).encode()))

    assert told == "known " * (1000 // 6 - 1) + "known[…]"
