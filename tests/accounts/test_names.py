"""How names compare, and which can be kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.names import name_fits, name_key, route_key, text_digest

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Lunch", "lunch"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("İstanbul", "i\u0307stanbul"),
        ("ｆｕｌｌ　Ｗｉｄｔｈ", "full width"),
        ("Cafe\u0301", "caf\u00e9"),
        ("CAF\u00c9", "caf\u00e9"),
        ("ﬁne", "fine"),
        ("Σίσυφος", "σίσυφοσ"),
        ("①", "1"),
        ("\u01f0", "\u01f0"),  # folding takes it apart, and its parts are put together again
        ("CPAP.com", "cpap.com"),
        ("日本", "日本"),
        ("", ""),
    ],
)
def test_it_works(name: str, key: str) -> None:
    assert name_key(name) == key


@given(TEXT)
def test_a_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@given(TEXT, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_spelling_does_not_matter(name: str, form: str) -> None:
    spelled = unicodedata.normalize(form, name)  # type: ignore[arg-type]

    assert name_key(spelled) == name_key(name)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="ı")))
def test_case_does_not_matter(name: str) -> None:
    assert name_key(name.upper()) == name_key(name.lower()) == name_key(name)


@pytest.mark.parametrize(
    ("name", "key"), [("Client X", "clientx"), (" c l\ti\nent\u3000x ", "clientx"), ("日 本", "日本"), (" ", "")]
)
def test_routing_knows_no_blanks(name: str, key: str) -> None:
    assert route_key(name) == key


def test_digests_are_the_same_for_the_same_key() -> None:
    assert text_digest("With JACK") == text_digest("with jack")
    assert text_digest("with jack") != text_digest("with jill")
    assert text_digest("") == -1970711489451281740  # stored in every ledger: it must never change


@given(TEXT)
def test_digests_fit_a_column(text: str) -> None:
    assert -(2**63) <= text_digest(text) < 2**63


@pytest.mark.parametrize(
    "name", ["a", "CPAP.com", "two words", "a\tb", "👨\u200d👩\u200d👧", "مى\u200cخواهم", "x" * 10, "ß" * 10]
)
def test_names_that_fit(name: str) -> None:
    assert name_fits(name, most=10)


@pytest.mark.parametrize("name", ["", "x" * 11, "a\nb", "a\u2028b", "a\x85b", "a\0b", "a\ud800b", "\n", "\ufdfa" * 10])
def test_names_that_do_not_fit(name: str) -> None:
    assert not name_fits(name, most=10)
