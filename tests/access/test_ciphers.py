import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.ciphers import SecretLost, decrypted, encrypted, reencrypted

pytestmark = pytest.mark.once


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_encrypted_is_read_again(secret: str) -> None:
    assert decrypted(encrypted(secret, keys=["a key"]), keys=["a key"]) == secret


def test_the_secret_is_not_in_it() -> None:
    text = encrypted("kd94hf93k423kf44", keys=["a key"])

    assert text.isascii()
    assert "kd94hf93k423kf44" not in text
    assert text != encrypted("kd94hf93k423kf44", keys=["a key"])


def test_an_older_key_is_tried_too_until_it_is_gone() -> None:
    text = encrypted("secret", keys=["old"])
    anew = reencrypted(text, keys=["new", "old"])

    assert decrypted(text, keys=["new", "old"]) == "secret"
    assert decrypted(anew, keys=["new"]) == "secret"
    with pytest.raises(SecretLost):
        decrypted(text, keys=["new"])


@pytest.mark.parametrize("text", ["", "nonsense", "gAAAAA"])
def test_what_is_no_secret(text: str) -> None:
    with pytest.raises(SecretLost):
        decrypted(text, keys=["a key"])
