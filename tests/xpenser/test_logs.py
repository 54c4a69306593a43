"""The log: one number for each request, and a line for each answer. What no line tells: test_secrets_in_the_log.py."""

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import resolve
from pytest_django import Settings

from xpenser import env
from xpenser.logs import JsonFormatter, PlainFormatter, RequestLog, RoutesOnly

pytestmark = pytest.mark.once

SECRET = "a-secret"
RESET = "/accounts/password/reset/key/1-a-secret/"


@pytest.fixture
def proxied(settings: Settings) -> None:
    settings.PROXIES = env.read({"PROXIES": "127.0.0.1"}).proxies


def number_for(**headers: str) -> str:
    return str(Client().get("/help/style-that-is-not-there/", headers=headers).headers["X-Request-ID"])


def test_each_request_has_a_number() -> None:
    first, second = number_for(), number_for()

    assert first != second
    assert re.fullmatch("[0-9a-f]{16}", first)


def test_a_proxy_of_ours_brings_one(proxied: None) -> None:
    assert number_for(X_Request_ID="0f3b.A_z=-") == "0f3b.A_z=-"


@pytest.mark.parametrize("given", ["a b", 'a"', "ü", "a" * 129, "a\n", "²"])
def test_one_that_can_not_be_meant(proxied: None, given: str) -> None:
    assert re.fullmatch("[0-9a-f]{16}", number_for(X_Request_ID=given))


def test_nobody_else_brings_one() -> None:
    assert number_for(X_Request_ID="abc") != "abc"


class Heard(logging.Handler):
    """Keeps the lines that the log would have."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.addFilter(RoutesOnly())
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def heard(request: pytest.FixtureRequest) -> Any:
    handler, loggers = Heard(), [logging.getLogger(name) for name in ("xpenser.access", "django.request")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield handler.lines
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def asked(path: str, answer: Callable[[HttpRequest], HttpResponse], method: str = "GET") -> HttpResponse:
    """Let a request come in as the middleware sees it."""
    request = HttpRequest()
    request.method, request.path = method, path
    request.META["REMOTE_ADDR"] = "192.0.2.1"

    def inner(request: HttpRequest) -> HttpResponse:
        request.resolver_match = resolve(path)
        return answer(request)

    return RequestLog(inner)(request)  # type: ignore[return-value]


def test_an_answer(heard: list[dict[str, Any]]) -> None:
    response = asked(RESET, lambda request: HttpResponse("secret", status=302))

    (line,) = heard
    assert line.pop("milliseconds") >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line.pop("time"))
    assert line == {
        "level": "INFO", "logger": "xpenser.access",
        "message": r"GET /accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-\w]+)/\Z 302",
        "request": response.headers["X-Request-ID"], "method": "GET",
        "route": r"accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-\w]+)/\Z", "status": 302,
        "address": "192.0.2.1",
    }  # fmt: skip


def test_a_method_of_any_length(heard: list[dict[str, Any]]) -> None:
    asked("/", lambda request: HttpResponse(status=405), method="M" * 9000)

    (line,) = heard
    assert (line["method"], line["message"]) == ("M" * 20, f"{'M' * 20} / 405")


def test_what_broke(heard: list[dict[str, Any]]) -> None:
    """Django tells the path of what broke, and a link to reset a password is a secret."""

    def breaks(request: HttpRequest) -> HttpResponse:
        problem = ValueError("a reason")
        logging.getLogger("django.request").error(
            "%s: %s", "Gone wrong", request.path, extra={"request": request}, exc_info=problem
        )
        return HttpResponse(status=500)

    asked(RESET, breaks)

    line, answered = heard
    assert line["message"].startswith("Gone wrong: /accounts/password/reset/key/(?P<uidb36>")
    assert line["trace"].endswith("ValueError: a reason")
    assert line["request"] == answered["request"]
    assert "a-secret" not in json.dumps(heard)


def test_what_django_tells_of_a_request_that_was_answered() -> None:
    requests: list[HttpRequest] = []

    def breaks(request: HttpRequest) -> HttpResponse:
        requests.append(request)
        return HttpResponse(status=500)

    number = asked("/help/", breaks).headers["X-Request-ID"]

    record = logging.makeLogRecord({"name": "x", "levelname": "ERROR", "msg": "said", "request": requests[0]})
    assert json.loads(JsonFormatter().format(record))["request"] == number
    assert PlainFormatter().format(record).endswith(f" ERROR x [{number}]: said")


def test_of_no_request() -> None:
    """And of what is no text: half a character is none to JSON."""
    record = logging.makeLogRecord({"name": "x", "levelname": "INFO", "msg": "it sent \ud83e"})

    assert RoutesOnly().filter(record)
    line = json.loads(JsonFormatter().format(record))
    assert "request" not in line
    assert line["message"] == "it sent \\ud83e"


def test_without_the_variable_nothing_is_said(heard: list[dict[str, Any]]) -> None:
    logging.getLogger("xpenser.access").setLevel(logging.WARNING)

    asked(RESET, lambda request: HttpResponse())

    assert heard == []


def broken(secret: str) -> None:
    try:
        try:
            os.environ[secret]
        except KeyError:
            int(secret)
    except ValueError as problem:
        raise RuntimeError(secret) from problem


def test_a_trace_is_python_s_own_but_for_values() -> None:
    lines: list[str] = []
    expected: list[str] = []

    def breaks(request: HttpRequest) -> HttpResponse:
        request.META["QUERY_STRING"] = f"code={SECRET}"
        try:
            broken(SECRET)
        except RuntimeError:
            record = logging.makeLogRecord(
                {"name": "x", "levelname": "ERROR", "msg": SECRET, "exc_info": sys.exc_info()}
            )
            lines.extend(PlainFormatter().format(record).splitlines())
            lines.extend(json.loads(JsonFormatter().format(record))["trace"].splitlines())
            expected.extend(traceback.format_exc().replace(SECRET, "[…]").splitlines())
        return HttpResponse()

    number = asked("/help/", breaks).headers["X-Request-ID"]

    half = len(expected)
    assert re.fullmatch(rf"[0-9-]+ [0-9:,]+ ERROR x \[{number}\]: \[…\]", lines[0])
    assert lines[1 : 1 + half] == lines[1 + half :] == expected


def test_a_trace_of_an_exception_that_led_to_itself() -> None:
    problem = ValueError("a reason")
    problem.__cause__ = problem

    assert PlainFormatter().formatException((ValueError, problem, None)) == "ValueError: a reason"
    assert PlainFormatter().formatException((None, None, None)) == ""


def test_a_cause_that_is_not_to_be_told() -> None:
    problem = ValueError("a reason")
    problem.__context__, problem.__suppress_context__ = KeyError(), True

    assert PlainFormatter().formatException((ValueError, problem, None)) == "ValueError: a reason"


def test_what_can_not_be_looked_through_is_not_told() -> None:
    lines: list[str] = []

    def logs(request: HttpRequest) -> HttpResponse:
        request.META["HTTP_X"] = None
        lines.append(PlainFormatter().format(logging.makeLogRecord({"msg": "a secret"})))
        return HttpResponse()

    asked("/help/", logs)

    (line,) = lines
    assert line.endswith(": […] (not told, as it can't be seen whether it may be: AttributeError)")


def test_a_plain_line_of_no_request() -> None:
    record = logging.makeLogRecord({"name": "x", "levelname": "INFO", "msg": "%s", "args": ("said",)})

    assert PlainFormatter().format(record).endswith(" INFO x: said")
