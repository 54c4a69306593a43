"""ISO 4217, as far as the ledger knows it."""

import pytest

from accounts.currencies import MINOR_DIGITS, UnknownCurrency, currency_code

pytestmark = pytest.mark.once


@pytest.mark.parametrize(("text", "code"), [("USD", "USD"), ("eur", "EUR"), (" Jpy ", "JPY"), ("bhd", "BHD")])
def test_it_works(text: str, code: str) -> None:
    assert currency_code(text) == code


@pytest.mark.parametrize("text", ["", "US", "USDD", "XXX", "CLF", "$", "€", "USD EUR", "ＵＳＤ"])
def test_unknown(text: str) -> None:
    with pytest.raises(UnknownCurrency) as caught:
        currency_code(text)

    assert str(caught.value) == f"currency {text!r}: a code of ISO 4217 like USD or EUR is wanted"


@pytest.mark.parametrize(
    ("code", "digits"),
    [("USD", 2), ("EUR", 2), ("JPY", 0), ("KRW", 0), ("ISK", 0), ("BHD", 3), ("KWD", 3), ("TND", 3), ("DEM", 2)],
)
def test_minor_digits(code: str, digits: int) -> None:
    assert MINOR_DIGITS[code] == digits


def test_every_code_can_be_kept() -> None:
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in MINOR_DIGITS)
    assert set(MINOR_DIGITS.values()) == {0, 2, 3}
