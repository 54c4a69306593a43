"""ISO 4217: which currencies there are and how many digits their minor unit has."""

from accounts.sentences import sentence

_TWO_DIGITS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG
HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG
YER ZAR ZMW ZWG
"""
_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"
# What old ledgers were kept in; an expense of 2008 may still be in one of them.
_WITHDRAWN = "CYP DEM EEK FRF HRK LTL LVL MTL SIT SKK ANG SLL STD VEF ZWL CUC"

MINOR_DIGITS: dict[str, int] = {
    **dict.fromkeys((_TWO_DIGITS + _WITHDRAWN).split(), 2),
    **dict.fromkeys(_NO_DIGITS.split(), 0),
    **dict.fromkeys(_THREE_DIGITS.split(), 3),
}
"""Digits after the point by currency code. CLF and UYW (four digits, accounting units) are left out:
the ledger keeps thousandths."""


class UnknownCurrency(ValueError):
    """The code is none that ISO 4217 lists."""

    def __init__(self, code: str) -> None:
        super().__init__(sentence("currency %(code)s: a code of ISO 4217 like USD or EUR is wanted", code=repr(code)))


def currency_code(text: str) -> str:
    """Return the ISO 4217 code that ``text`` spells in any case. Raises UnknownCurrency."""
    code = text.strip().upper()
    if code not in MINOR_DIGITS:
        raise UnknownCurrency(text)
    return code
