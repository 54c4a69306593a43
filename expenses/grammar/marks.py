"""The marks that stand for a currency, and which one they mean to this owner."""

import re
from typing import Final

from accounts.currencies import MINOR_DIGITS
from expenses.grammar.spelling import END, MONEY

_DOLLARS: Final = frozenset({
    "USD", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "FJD", "GYD", "HKD", "JMD", "KYD", "LRD", "NAD", "NZD",
    "SBD", "SGD", "SRD", "TTD", "TWD", "XCD",
})  # fmt: skip
_CROWNS: Final = frozenset({"SEK", "NOK", "DKK", "ISK"})
_RUPEES: Final = frozenset({"INR", "PKR", "LKR", "NPR", "MUR", "SCR"})
_RIALS: Final = frozenset({"IRR", "OMR", "QAR", "SAR", "YER"})
_SHARED: Final = {
    "$": (_DOLLARS, "USD"), "¥": (frozenset({"CNY", "JPY"}), "JPY"), "KR": (_CROWNS, None), "₨": (_RUPEES, None),
    "RS": (_RUPEES, None), "﷼": (_RIALS, None),
}  # fmt: skip
"""Signs, in capitals, of several currencies: the owner's own where it is among them, else the one that is meant."""
_SYMBOLS: Final = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD",
    "NT$": "TWD", "R$": "BRL", "MX$": "MXN", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY",
    "₪": "ILS", "₫": "VND", "฿": "THB", "₴": "UAH", "₦": "NGN", "₱": "PHP", "₵": "GHS", "₸": "KZT", "₾": "GEL",
    "₼": "AZN", "₮": "MNT", "₭": "LAK", "₡": "CRC", "₲": "PYG", "৳": "BDT", "؋": "AFN", "៛": "KHR", "֏": "AMD",
    "\u20c0": "KGS", "\u20c1": "SAR", "ZŁ": "PLN", "KČ": "CZK", "FT": "HUF", "RP": "IDR", "РУБ": "RUB", "ГРН": "UAH",
    "ЛВ": "BGN",
}  # fmt: skip
"""Whose sign it is, in capitals."""
# In small letters these are more often a word, a name or a measure of some language: "20 all of us", "20 mit dem Rad".
_ALSO_WORDS: Final = frozenset({
    "ALL", "AWG", "BAM", "BOB", "CHE", "COP", "COU", "CUP", "DEM", "EEK", "GEL", "KGS", "LVL", "MAD", "MOP", "MTL",
    "PEN", "RON", "RUB", "SIT", "SOS", "STD", "SVC", "TOP", "TRY", "YER",
})  # fmt: skip
_NO_WORDS: Final = [code for code in MINOR_DIGITS if code not in _ALSO_WORDS]

CODE: Final = "|".join(MINOR_DIGITS)
SYMBOL: Final = "|".join([
    *map(re.escape, filter(re.compile(r".+\$").fullmatch, _SYMBOLS)), MONEY,
    "(?i:zł|kč|kr)", "Ft", r"[Rr]s\.?", r"Rp\.?", r"(?:руб|грн|лв)\.?",
])  # fmt: skip
MARK: Final = f"{SYMBOL}|{CODE}|(?i:{'|'.join(_NO_WORDS)})"
"""What may stand beside a number, with a blank between. "Ft" are forints, "ft" are feet."""
_START: Final = r"(?<![^\s,])(?<![0-9],)[-+]?"
# Nobody types these three between two numbers; they come from where a number was copied.
_FIXED_GROUPS: Final = re.compile(
    rf"{_START}(?:(?:{SYMBOL})[-+]?|{CODE})?[1-9][0-9]{{0,2}}(?:[\u00a0\u2009\u202f][0-9]{{3}}){{1,4}}(?![0-9])"
)
_GROUPS: Final = re.compile(
    rf"{_START}(?P<before>{SYMBOL}|{CODE}|(?:{MARK})\s+)?[-+]?"
    rf"(?P<number>[1-9][0-9]{{0,2}}(?: [0-9]{{3}}){{1,4}}[.,][0-9]{{1,2}})"
    rf"(?P<behind>\s*(?:{MARK}))?{END}"
)
_MAY_BE_GROUPED: Final = re.compile(r"[0-9][ \u00a0\u2009\u202f][0-9]{3}")


def grouped(plain: str) -> str:
    """Return ``plain`` with blanks that set off thousands as apostrophes: "1 234,50 €", but not "room 5 120.00".

    A usual blank does so where decimals follow and a mark of a currency touches the number.
    """
    # Few texts have what may be such a number, and to look for one takes longer than all the rest.
    if not _MAY_BE_GROUPED.search(plain):
        return plain
    plain = _FIXED_GROUPS.sub(lambda match: re.sub(r"(?<=[0-9])\s(?=[0-9])", "'", match[0]), plain)
    return _GROUPS.sub(_with_apostrophes, plain)


def _with_apostrophes(match: re.Match[str]) -> str:
    if not (match["before"] or match["behind"]):
        return match[0]
    return match[0].replace(match["number"], match["number"].replace(" ", "'"))


def agreed(marks: list[str], base: str) -> str | None:
    """Return the one currency that the marks mean; None for none, or several."""
    currencies = [currency_of(mark, base) for mark in marks]
    if marks and _sign_of(marks[0]) in _SHARED and currencies[-1] in _SHARED[_sign_of(marks[0])][0]:
        return currencies[-1]  # "$20 CAD"
    return currencies[0] if len(set(currencies)) == 1 else None


def currency_of(mark: str, base: str) -> str | None:
    """Return the currency that a mark means to an owner whose own is ``base``; None where it could be several."""
    sign = _sign_of(mark)
    if sign in _SHARED:
        owners, meant = _SHARED[sign]
        return base if base in owners else meant
    return _SYMBOLS.get(sign, sign if sign in MINOR_DIGITS else None)


def code_of(word: str) -> str | None:
    """Return the ISO code that a word spells: in capitals, or in any case if it means nothing else."""
    code = word.upper()
    return code if code in MINOR_DIGITS and (word == code or code not in _ALSO_WORDS) else None


def _sign_of(mark: str) -> str:
    return mark.upper().rstrip(".")
