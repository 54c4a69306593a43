import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.personal import BEGINNING, is_token, token_digest, token_make

pytestmark = pytest.mark.once

KNOWN = "xp_0123456789ABCDEFGHIJabcdefghij4Us3aw"


def test_it_works() -> None:
    token = token_make()

    assert re.fullmatch("xp_[0-9A-Za-z]{36}", token)
    assert is_token(token)
    assert token != token_make()
    assert len(token[:BEGINNING]) == 9


def test_the_checksum_is_githubs() -> None:
    """The CRC-32 of the random part is 4,120,704,942: in base 62 the digits 4, 30, 54, 3, 36, 58."""
    assert is_token(KNOWN)


@given(st.integers(0, len(KNOWN) - 1), st.sampled_from("0123456789ABCxyz_ \n"))
def test_no_letter_of_it_can_be_another(place: int, letter: str) -> None:
    text = KNOWN[:place] + letter + KNOWN[place + 1 :]

    assert is_token(text) == (text == KNOWN)


@pytest.mark.parametrize(
    "text", ["", "xp_", KNOWN[3:], KNOWN + "0", f"{KNOWN}\n", f" {KNOWN}", "XP_" + KNOWN[3:], "xp_é"]
)
def test_what_is_no_token(text: str) -> None:
    assert not is_token(text)


def test_the_digest_is_sha_256() -> None:
    assert token_digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
