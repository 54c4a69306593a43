import pytest

from access.redirects import BadRedirect, redirect_check, redirect_matches, redirect_target

pytestmark = pytest.mark.once

GOOD = [
    "https://app.example/callback",
    "https://app.example:8443/callback?tenant=1",
    "https://app.example",
    "https://[2001:db8::1]/callback",
    "http://127.0.0.1/callback",
    "http://127.0.0.1:9004/callback",
    "http://[::1]/callback",
    "http://localhost:3000/callback",
]
OWN = ["com.example.app:/callback", "com.example.app://callback", "net.example.my-app:/a/b?c=d"]


@pytest.mark.parametrize("uri", GOOD)
@pytest.mark.parametrize("is_confidential", [True, False])
def test_what_may_be_registered(uri: str, is_confidential: bool) -> None:
    redirect_check(uri, is_confidential=is_confidential)


@pytest.mark.parametrize("uri", OWN)
def test_an_apps_own_scheme_is_for_apps(uri: str) -> None:
    redirect_check(uri, is_confidential=False)

    with pytest.raises(BadRedirect, match="hold no secret"):
        redirect_check(uri, is_confidential=True)


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("", "ASCII"),
        ("https://app.example/a b", "ASCII"),
        ("https://app.example/\n", "ASCII"),
        ("https://bücher.example/", "ASCII"),
        ("https://app.example/" + "x" * 2000, "ASCII"),
        ("https://app.example/callback#part", "without #"),
        ("https://app.example/callback#", "without #"),
        ("https://*.example/callback", "without #"),
        ("https:\\\\app.example/", "without #"),
        ("https://app.example:port/", "an address like"),
        ("https://[::1/callback", "an address like"),
        ("https://me@app.example/callback", "plain form"),
        ("HTTPS://app.example/callback", "plain form"),
        ("https://app.example/callback?", "plain form"),
        ("com.example.app:///callback", "plain form"),
        ("https://App.example/callback", "lower case"),
        ("https:///callback", "plain form"),
        ("https:callback", "lower case"),
        ("http://app.example/callback", "https is wanted"),
        ("http://127.0.0.1.example/callback", "https is wanted"),
        ("http://127.0.0.2/callback", "https is wanted"),
        ("javascript:alert(1)", "own scheme"),
        ("data:text/html,x", "own scheme"),
        ("myapp:/callback", "own scheme"),
        ("/callback", "own scheme"),
        ("app.example/callback", "own scheme"),
    ],
)
def test_what_may_not(uri: str, reason: str) -> None:
    with pytest.raises(BadRedirect, match=reason):
        redirect_check(uri, is_confidential=False)


def test_only_what_was_registered_matches() -> None:
    registered = ["https://app.example/callback", "com.example.app:/callback"]

    assert all(redirect_matches(uri, registered, is_confidential=False) for uri in registered)


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example.evil/callback",
        "https://app.example.evil.example/callback",
        "https://evil-app.example/callback",
        "https://app.example/callback/",
        "https://app.example/callback/more",
        "https://app.example/callback?more=1",
        "https://app.example/callback?",
        "https://app.example/callback#more",
        "https://app.example/callback;more",
        "https://app.example/Callback",
        "https://app.example/%63allback",
        "https://app.example/x/../callback",
        "https://app.example:443/callback",
        "https://app.example:444/callback",
        "https://app.example@evil.example/callback",
        "https://evil.example/https://app.example/callback",
        "https://App.example/callback",
        "http://app.example/callback",
        "//app.example/callback",
        "",
    ],
)
@pytest.mark.parametrize("is_confidential", [True, False])
def test_nothing_else_does(uri: str, is_confidential: bool) -> None:
    assert not redirect_matches(uri, ["https://app.example/callback"], is_confidential=is_confidential)


@pytest.mark.parametrize(
    ("uri", "registered", "matches"),
    [
        ("http://127.0.0.1:51004/callback", "http://127.0.0.1/callback", True),
        ("http://127.0.0.1:51004/callback", "http://127.0.0.1:8000/callback", True),
        ("http://[::1]:51004/callback?a=1", "http://[::1]/callback?a=1", True),
        ("http://127.0.0.1:51004", "http://127.0.0.1", True),
        ("http://127.0.0.1:51004/other", "http://127.0.0.1/callback", False),
        ("http://127.0.0.1:51004/callback", "http://[::1]/callback", False),
        ("http://127.0.0.1:510040/callback", "http://127.0.0.1/callback", False),
        ("http://127.0.0.1:1@evil.example/callback", "http://127.0.0.1/callback", False),
        ("http://127.0.0.1:/callback", "http://127.0.0.1/callback", False),
        ("https://127.0.0.1:51004/callback", "http://127.0.0.1/callback", False),
        # A name can be made to lead elsewhere (RFC 8252 §8.3).
        ("http://localhost:51004/callback", "http://localhost/callback", False),
    ],
)
def test_any_port_of_the_persons_own_machine_does_for_apps(uri: str, registered: str, matches: bool) -> None:
    assert redirect_matches(uri, [registered], is_confidential=False) is matches
    assert not redirect_matches(uri, [registered], is_confidential=True)


@pytest.mark.parametrize(
    ("uri", "target"),
    [
        ("https://app.example:8443/callback?a=1", "app.example:8443"),
        ("http://127.0.0.1:9/", "127.0.0.1:9"),
        ("com.example.app:/callback", "com.example.app:"),
    ],
)
def test_where_it_leads(uri: str, target: str) -> None:
    assert redirect_target(uri) == target
