import pytest
from pytest_django import Settings

from access.ciphers import SecretLost
from access.secrets import key_make, secret_kept, secret_make, secret_read, verifier_make


def test_lengths_are_the_old_service_s() -> None:
    assert [len(made) for made in (key_make(), secret_make(), verifier_make())] == [18, 32, 10]


def test_each_is_new() -> None:
    assert len({make() for make in (key_make, secret_make, verifier_make) for _ in range(50)}) == 150


def test_a_verifier_can_be_read_aloud() -> None:
    assert not set("".join(verifier_make() for _ in range(200))) & set("01ilo")


def test_what_is_kept_is_not_the_secret() -> None:
    kept = secret_kept("a secret")

    assert "a secret" not in kept
    assert secret_read(kept) == secret_read(kept) == "a secret"


def test_an_older_key_still_reads(settings: Settings) -> None:
    kept = secret_kept("a secret")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert secret_read(kept) == "a secret"

    settings.SECRET_KEY_FALLBACKS = []

    with pytest.raises(SecretLost):
        secret_read(kept)
