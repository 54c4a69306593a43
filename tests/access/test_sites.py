from typing import Any

import pytest

from access.origins import BadOrigin, origin_of, read_origin
from access.selectors.sites import site_is_trusted, site_rows
from access.services.sites import OwnOrigin, site_distrust, site_trust
from accounts.selectors import Account
from tests.cast import NOON


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://intranet.example.com", "https://intranet.example.com"),
        (" HTTPS://Intranet.Example.com/ ", "https://intranet.example.com"),
        ("https://intranet.example.com:443", "https://intranet.example.com"),
        ("http://intranet:80/", "http://intranet"),
        ("http://intranet:8080", "http://intranet:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_site_is_read(typed: str, origin: str) -> None:
    assert read_origin(typed) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "", "intranet", "*", "null", "https://", "ftp://intranet", "https://intranet/page", "https://intranet?x",
        "https://intranet#x", "https://me@intranet", "https://in tranet", "https://intranet:http", "https://[::1",
        "https://" + "x" * 300,
    ],
)  # fmt: skip
def test_what_is_no_site(typed: str) -> None:
    with pytest.raises(BadOrigin, match=r"an address like https://intranet\.example\.com is wanted"):
        read_origin(typed)


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://intranet.example.com/page?x=1#y", "https://intranet.example.com"),
        ("http://evil.example\\@intranet.example.com/", None),
        ("about:blank", None),
        ("https://[::1", None),
        ("", None),
    ],
)
def test_the_site_of_a_page(address: str, origin: str | None) -> None:
    assert origin_of(address) == origin


def test_a_person_trusts_sites_of_her_own(alice: Account, bob: Account) -> None:
    for typed in ("https://b.example", "https://A.example/", "https://a.example"):
        site_trust(user_id=alice.id, origin=typed, now=NOON)

    assert [row.origin for row in site_rows(user_id=alice.id)] == ["https://a.example", "https://b.example"]
    assert site_is_trusted(user_id=alice.id, origin="https://a.example")
    assert not site_is_trusted(user_id=alice.id, origin="http://a.example")
    assert not site_is_trusted(user_id=bob.id, origin="https://a.example")


@pytest.mark.parametrize("typed", ["https://ledger.example.com", " HTTPS://Ledger.example.com:443/ "])
def test_the_ledger_itself_is_never_trusted(alice: Account, settings: Any, typed: str) -> None:
    settings.PUBLIC_URL = "https://ledger.example.com"

    with pytest.raises(OwnOrigin, match=r"site 'https://ledger\.example\.com': this is the ledger itself"):
        site_trust(user_id=alice.id, origin=typed, now=NOON)

    assert site_rows(user_id=alice.id) == []
    assert site_trust(user_id=alice.id, origin="http://ledger.example.com", now=NOON)


def test_trust_is_taken_back_by_who_gave_it(alice: Account, bob: Account) -> None:
    site_trust(user_id=alice.id, origin="https://a.example", now=NOON)
    (row,) = site_rows(user_id=alice.id)

    site_distrust(user_id=bob.id, site_id=row.id)
    assert site_is_trusted(user_id=alice.id, origin="https://a.example")

    site_distrust(user_id=alice.id, site_id=row.id)
    assert site_rows(user_id=alice.id) == []
