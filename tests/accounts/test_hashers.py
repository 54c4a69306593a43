"""Passwords are kept as Argon2id with the parameters that were chosen."""

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from pytest_django import Settings

from xpenser.settings import PASSWORD_HASHERS

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def the_products_own(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS


def test_it_works() -> None:
    encoded = make_password("a fine old password")

    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password("a fine old password", encoded)
    assert not check_password("a fine new password", encoded)
    assert not identify_hasher(encoded).must_update(encoded)


def test_weaker_hashes_are_made_anew() -> None:
    encoded = make_password("a fine old password").replace("t=2", "t=1")

    assert identify_hasher(encoded).must_update(encoded)


def test_secrets_of_programs_are_quick_to_check() -> None:
    encoded = make_password("a drawn secret", hasher="sha256")

    assert encoded == "sha256$4691b36113f8c2d1442011caca6cad4edea33c7dfc14a7a2f8d4d96a27695380"
    assert check_password("a drawn secret", encoded)
    assert not check_password("a drawn Secret", encoded)
    assert identify_hasher(encoded).safe_summary(encoded) == {"algorithm": "sha256"}
