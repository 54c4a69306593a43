"""The marks that stand for a currency, and which one they mean to this owner."""

import re
from typing import Final

from accounts.currencies import MINOR_DIGITS

_DOLLARS: Final = frozenset({
    "USD", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "FJD", "GYD", "HKD", "JMD", "KYD", "LRD", "NAD", "NZD",
    "SBD", "SGD", "SRD", "TTD", "TWD", "XCD",
})  # fmt: skip
_CROWNS: Final = frozenset({"SEK", "NOK", "DKK", "ISK"})
_SYMBOLS: Final = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD",
    "NT$": "TWD", "R$": "BRL", "MX$": "MXN", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY",
    "₪": "ILS", "₫": "VND", "฿": "THB", "₴": "UAH", "₦": "NGN", "₱": "PHP", "₵": "GHS", "₸": "KZT", "₾": "GEL",
    "₼": "AZN", "₮": "MNT", "₭": "LAK", "₡": "CRC", "₲": "PYG", "ZŁ": "PLN",
}  # fmt: skip
"""Whose sign it is, in capitals. ``$``, ``¥`` and ``kr`` depend on the owner and are in ``_currency``."""

CODE = "|".join(MINOR_DIGITS)
SYMBOL = "|".join([*map(re.escape, _SYMBOLS), r"\$", "¥", "(?i:zł|kr)"])
MARK: Final = re.compile(f"{SYMBOL}|{CODE}")


def agreed(marks: list[str], base: str) -> str | None:
    """Return the one currency that the marks mean; None for none, or several."""
    currencies = [_currency(mark, base) for mark in marks]
    if marks[0:1] == ["$"] and currencies[-1] in _DOLLARS:
        return currencies[-1]
    return currencies[0] if len(set(currencies)) == 1 else None


def _currency(mark: str, base: str) -> str | None:
    mark = mark.upper()
    if mark == "$":
        return base if base in _DOLLARS else "USD"
    if mark == "¥":
        return base if base == "CNY" else "JPY"
    if mark == "KR":
        return base if base in _CROWNS else None
    return _SYMBOLS.get(mark, mark)
