import pytest

from access.callbacks import (
    BadCallback,
    CallbackNotPinned,
    callback_checked,
    callback_host,
    callback_pin,
    callback_with,
)

pytestmark = pytest.mark.once

REGISTERED = "https://a.example/callback"


@pytest.mark.parametrize(
    ("callback", "host"),
    [
        ("http://a.example", "a.example"),
        ("http://A.example:8080/Callback/", "a.example:8080"),
        ("https://127.0.0.1/x;y=1", "127.0.0.1"),
        ("http://[::1]:8000/callback", "[::1]:8000"),
        ("HTTPS://localhost/%20x", "localhost"),
    ],
)
def test_what_may_be_registered(callback: str, host: str) -> None:
    assert callback_checked(callback) == callback
    assert callback_host(callback) == host


@pytest.mark.parametrize(
    "callback",
    [
        "", "oob", "a.example/callback", "//a.example/", "javascript:alert(1)", "data:text/html,x", "ftp://a.example/",
        "myapp://callback", "http://", "http:///x", "http:a.example", "http://a.example:0/", "http://a.example:99999/",
        "http://a.example:x/", "http://me@a.example/", "http://a.example@evil.example/", "http://a.example\\@evil/",
        "http://a.example/#x", "http://a.example/ x", "http://a.example/\tx", "http://a.example/\r\nX: y",
        "http://ä.example/", "http://a.example/ä", "http://-a.example/", "http://a_b.example/", "http://[::1/",
        "http://a.example/..", "http://a.example/x/../y", "http://a.example/%2e%2E/x", "http://a.example/./x",
        'http://a.example/"x', "http://a.example/<x>", "http://a.example/" + "x" * 2000,
    ],
)  # fmt: skip
def test_what_nobody_can_be_sent_to(callback: str) -> None:
    with pytest.raises(BadCallback) as refused:
        callback_checked(callback)
    with pytest.raises(BadCallback):
        callback_pin(callback, registered=REGISTERED)

    assert str(refused.value).endswith("an address like https://example.com/callback is wanted")


@pytest.mark.parametrize(
    "path",
    ["/..%2fevil", "/x%2F..%2fevil", "/%2e%2e%2Fevil", "%2f../evil", "/%2e%2e;/x", "/..;x=1/evil", "/..%3bx/evil",
     "/.;/x", "/%252e%252e/x", "/%252e/x", "/..%252fevil", "/%252e%252e%253b/x", "/..%5cevil", "/x%5C", "/..%255cevil"],
)  # fmt: skip
def test_what_some_server_would_take_for_climbing(path: str) -> None:
    with pytest.raises(BadCallback):
        callback_pin(REGISTERED + path, registered=REGISTERED)


@pytest.mark.parametrize("path", ["/...", "/..x", "/x..%2fy", "/x;..", "/100%25", "/a%2fb", "/%2525", "/;x", "//"])
def test_dots_and_escapes_that_lead_nowhere(path: str) -> None:
    callback_pin(REGISTERED + path, registered=REGISTERED)


@pytest.mark.parametrize("callback", ["http://a.example/?", "http://a.example/?x=1"])
def test_a_query_is_the_programs_own_each_time(callback: str) -> None:
    with pytest.raises(BadCallback):
        callback_checked(callback)


@pytest.mark.parametrize(
    ("registered", "callback"),
    [
        (REGISTERED, REGISTERED),
        (REGISTERED, REGISTERED + "/"),
        (REGISTERED, REGISTERED + "/deeper?state=1"),
        (REGISTERED, REGISTERED + "?x=1&y=2"),
        (REGISTERED, "https://A.EXAMPLE:443/callback"),
        ("https://a.example/callback/", "https://a.example/callback/x"),
        ("http://a.example", "http://a.example/"),
        ("http://a.example/", "http://a.example"),
        ("http://a.example", "http://a.example:80/anything"),
        ("http://a.example:8080", "http://a.example:8080/x"),
    ],
)
def test_at_the_registered_address_or_below_it(registered: str, callback: str) -> None:
    callback_pin(callback, registered=registered)


@pytest.mark.parametrize(
    ("registered", "callback"),
    [
        (REGISTERED, "https://a.example.evil/callback"),
        (REGISTERED, "https://a.example"),
        (REGISTERED, "https://a.example/"),
        (REGISTERED, "https://a.example/callback2"),
        (REGISTERED, "https://a.example/callback.evil"),
        (REGISTERED, "https://a.example/Callback"),
        (REGISTERED, "https://a.example/x?/callback"),
        (REGISTERED, "https://b.a.example/callback"),
        (REGISTERED, "https://evil/https://a.example/callback"),
        (REGISTERED, "https://a.example:8443/callback"),
        (REGISTERED, "http://a.example/callback"),
        (REGISTERED, "http://a.example:443/callback"),
        ("https://a.example/callback/", "https://a.example/callback"),
        ("http://a.example", "http://a.example.evil"),
    ],
)
def test_elsewhere(registered: str, callback: str) -> None:
    with pytest.raises(CallbackNotPinned):
        callback_pin(callback, registered=registered)


@pytest.mark.parametrize(
    ("callback", "expected"),
    [
        ("http://a.example", "http://a.example?oauth_token=k%26&x=a%20b"),
        ("http://a.example/?", "http://a.example/?oauth_token=k%26&x=a%20b"),
        ("http://a.example/?y=%2F", "http://a.example/?y=%2F&oauth_token=k%26&x=a%20b"),
        ("http://a.example/?y&", "http://a.example/?y&oauth_token=k%26&x=a%20b"),
    ],
)
def test_fields_are_added(callback: str, expected: str) -> None:
    assert callback_with(callback, oauth_token="k&", x="a b") == expected
