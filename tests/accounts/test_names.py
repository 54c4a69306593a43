"""How names compare, and which can be kept."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.names import lookup_key, name_fits, name_key, route_key

pytestmark = pytest.mark.once

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


LONG = {
    "accents in the wrong order": "a" + "\u0315" * 300 + "\u0300" * 300,
    "accents that take turns": "e\u0315\u0301\u0345" * 90,
    "letters that folding takes apart": "\u01f0\u0316" * 150 + "\u0390" + "\u0316" * 300,
    "marks of half width": "\uff76\u3099\uff9e\u0316" * 90,
    "syllables": "\u1100\u1161\u11a8\uac01" * 90,
    "letters as they are": "é" * 300,
}


@pytest.mark.parametrize("text", list(LONG.values()), ids=list(LONG))
def test_a_long_text_compares_as_a_short_one_does(text: str) -> None:
    folded = unicodedata.normalize("NFKC", text).casefold()

    assert name_key(text) == unicodedata.normalize("NFKC", folded)
    assert name_key(name_key(text)) == name_key(text)


@pytest.mark.parametrize("text", ["a" + "\u0315" * 20_000 + "\u0300" * 20_000, "\u0345\u0315\u0300" * 13_000])
def test_accents_by_the_thousand_take_no_time(text: str) -> None:
    before = time.process_time()

    name_key(text)

    assert time.process_time() - before < 1  # Python alone takes four seconds and more


def test_what_is_longer_than_any_name_is_nobodys() -> None:
    assert lookup_key("É" * 254) == name_key("é" * 254)
    assert lookup_key("x" * 1016) == "x" * 1016
    assert lookup_key("x" * 1017) is None
    assert lookup_key("x\ty") == "x\ty"
    assert lookup_key("x\0") is lookup_key("\ud800") is lookup_key("a\nb") is None


@pytest.mark.parametrize(
    ("name", "key"), [("Client X", "clientx"), (" c l\ti\nent\u3000x ", "clientx"), ("日 本", "日本"), (" ", "")]
)
def test_routing_knows_no_blanks(name: str, key: str) -> None:
    assert route_key(name) == key


@pytest.mark.parametrize(
    "name", ["a", "CPAP.com", "two words", "a\tb", "👨\u200d👩\u200d👧", "مى\u200cخواهم", "x" * 10, "ß" * 10]
)
def test_names_that_fit(name: str) -> None:
    assert name_fits(name, most=10)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x" * 11,
        "a\nb",
        "a\u2028b",
        "a\x85b",
        "a\0b",
        "a\ud800b",
        "\n",
        "\ufdfa" * 10,
        "\x01",
        "a\x1b[m",
        "\x7f",
        "\x9f",
    ],
)
def test_names_that_do_not_fit(name: str) -> None:
    assert not name_fits(name, most=10)
