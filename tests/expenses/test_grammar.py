"""The table of examples of wire §3, its rules, and what lies beyond. "S1", "C4" … are the sources named there."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import pytest

from expenses.grammar import (
    AmountTooLong,
    Entry,
    GrammarError,
    Lookups,
    NoAmount,
    NotAnAmount,
    NoType,
    TagTooLong,
    TextEmpty,
    TextTooLong,
    TextUnstorable,
    TimerStart,
    TimerStop,
    TypeTooLong,
    UnclearMark,
    Vocabulary,
    format_entry,
    lookups,
    parse,
    parse_amount,
    read_number,
)

pytestmark = pytest.mark.once

TODAY = date(2010, 9, 1)
moment: Final[Callable[[str], datetime]] = datetime.fromisoformat
CLIENTX, PROJECTX, ACME = 76, 54, 9
OWNER = Vocabulary(
    base_currency="USD",
    types={
        "time": "min", "mileage": "mi", "dinner": "", "client dinner": "", "consulting": "min", "drive": "km",
        "copies": "page", "pen": "", "abo": "EUR", "stay": "USD",
    },
    reports={"clientx": CLIENTX, "projectx": PROJECTX, "acmeinc.": ACME},
)  # fmt: skip
NEWCOMER = Vocabulary(base_currency="USD", types={}, reports={})


def read(text: str, vocabulary: Vocabulary = OWNER, *, spoken: bool = False) -> Entry | TimerStart | TimerStop:
    return parse(text, vocabulary=vocabulary, today=TODAY, spoken=spoken)


def entry(type_: str, amount: str, notes: str = "", *tags: str, **more: Any) -> Entry:
    fields = {"unit": "", "rate": None, "report_id": None, "date": None} | more
    return Entry(type=type_, raw_amount=Decimal(amount), notes=notes, tags=tags, **fields)


def owner_of(currency: str) -> Vocabulary:
    return Vocabulary(base_currency=currency, types={}, reports={})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lunch 45 with Jack", entry("Lunch", "45.00", "with Jack")),  # S1
        ("lunch 34.50 with jack", entry("lunch", "34.50", "with jack")),  # S2
        # S2; r=76 and d=2009-10-02 05:14 come beside the text
        ("lunch 34.50 with jack #personal #cash", entry("lunch", "34.50", "with jack", "personal", "cash")),
        ("lunch $34.50 with Jack #personal #cash", entry("lunch", "34.50", "with Jack", "personal", "cash")),  # S2
        ("lunch $35 with Fred, Ginger", entry("lunch", "35", "with Fred, Ginger")),  # B4
        ("Tax 34 office to airport #cash #clientx", entry("Tax", "34", "office to airport", "cash", "clientx")),  # S1
        ("test expense 1", entry("test expense", "1.00")),  # S1
        ("test expense 15 my notes", entry("test expense", "15", "my notes")),  # S6
        ("Test Expense 1.00 one", entry("Test Expense", "1.00", "one")),  # S1, rows
        ("Another expense 2.00 two", entry("Another expense", "2.00", "two")),  # S1, rows
        ("Travel: Lunch 4", entry("Travel: Lunch", "4")),  # S2, row
        ("exp lunch 39.11 with Jane", entry("lunch", "39.11", "with Jane")),  # B1, B2
        ("Dinner with Jim 46.80 projectx", entry("Dinner with Jim", "46.80", "projectx")),  # C7
        ("$60 for taxi from airport to hotel", entry("taxi", "60", "from airport to hotel")),  # B3
        (
            "Freight, 500.00, Endicia.com - US Mail Shipments Conf 188055 #CPAP.com date 08/31/2010",  # C4, C3
            entry(
                "Freight", "500.00", "Endicia.com - US Mail Shipments Conf 188055", "CPAP.com", date=date(2010, 8, 31)
            ),
        ),
        (
            "Web Software Rental, 99.00, 37Signals.com - Basecamp Project Management Conf 1234567 #CPAP.com"
            " date 08/04/2010",  # C4
            entry(
                "Web Software Rental", "99.00", "37Signals.com - Basecamp Project Management Conf 1234567", "CPAP.com",
                date=date(2010, 8, 4),
            ),
        ),
        (
            "Freight, 120.55, UPS Account 1A2B3C Conf 998877 #HMS date 08/28/2010",  # C4
            entry("Freight", "120.55", "UPS Account 1A2B3C Conf 998877", "HMS", date=date(2010, 8, 28)),
        ),
        (
            "Office, 39.00, GoToAssist.com - Remote Desktop Software #CPAPDropShip.com date 08/02/2010",  # C4
            entry(
                "Office", "39.00", "GoToAssist.com - Remote Desktop Software", "CPAPDropShip.com", date=date(2010, 8, 2)
            ),
        ),
        ("mileage 100", entry("mileage", "100", unit="mi")),  # S1
        ("Time 37 mins contract review", entry("Time", "37", "contract review", unit="min")),  # S1, S2
        ("Time start clientx", TimerStart("Time", "clientx", (), None)),  # S1
        ("Time stop", TimerStop("Time", "", (), None)),  # S1
    ],
)  # fmt: skip
def test_it_works(text: str, expected: Entry | TimerStart | TimerStop) -> None:
    """Wire §3, row by row, for someone who has just begun: the built-in types are known without being listed."""
    assert read(text, NEWCOMER) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tax 34 office #cash #clientx", entry("Tax", "34", "office", "cash", "clientx", report_id=CLIENTX)),
        ("Dinner with Jim 46.80 projectx", entry("Dinner", "46.80", "with Jim projectx", report_id=PROJECTX)),
        ("Time start clientx", TimerStart("Time", "clientx", (), CLIENTX)),
    ],
)
def test_table_with_open_reports(text: str, expected: Entry | TimerStart) -> None:
    """The same rows for someone who has types and reports of these names."""
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "spoken", "expected"),
    [
        ("\t EXP  lunch 5 \n", False, entry("lunch", "5")),
        ("exp 5", False, entry("exp", "5")),  # no type is left
        ("exp 5 taxi", False, entry("exp", "5", "taxi")),
        ("exp 5 taxi", True, entry("taxi", "5")),
        ("exp lunch 5", True, entry("lunch", "5")),
        ("exp exp 5", False, entry("exp", "5")),  # one is dropped
        ("expo lunch 5", True, entry("expo lunch", "5")),
        ("Exp: lunch 5", True, entry("Exp: lunch", "5")),
        ("exp time stop", False, TimerStop("time", "", (), None)),
        ("#x exp lunch 5", False, entry("lunch", "5", "", "x")),
    ],
)
def test_rule_1_exp(text: str, spoken: bool, expected: Entry | TimerStop) -> None:
    assert read(text, spoken=spoken) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#a lunch #b 5 with #c jack #d", entry("lunch", "5", "with jack", "a", "b", "c", "d")),
        ("lunch 5 #a, #b; #c: #d. #e.f.", entry("lunch", "5", "", "a", "b", "c", "d", "e.f")),
        ("lunch 5 #Cash #cash #ＣＡＳＨ #ca", entry("lunch", "5", "", "Cash", "ca")),
        ("lunch 5 ##a", entry("lunch", "5", "", "a")),
        ("lunch 5 # #, a#b", entry("lunch", "5", "# #, a#b")),
        ("lunch 5 a  #x  b\t#y\tc", entry("lunch", "5", "a  b\tc", "x", "y")),
        ("lunch 5 #1 #$5", entry("lunch", "5", "", "1", "$5")),
        ("lunch #x, 5", entry("lunch", "5", "", "x")),
        ("昼食 5 ＃経費", entry("昼食", "5", "", "経費")),
        ("lunch 5 " + "#" + "x" * 100, entry("lunch", "5", "", "x" * 100)),
    ],
)
def test_rule_2_tags(text: str, expected: Entry) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lunch 5 DATE 2010-08-31", entry("lunch", "5", date=date(2010, 8, 31))),
        ("lunch 5 x date 2010-08-31 05:14", entry("lunch", "5", "x", date=moment("2010-08-31 05:14:00"))),
        ("lunch 5 x date 2010-08-31T05:14:09", entry("lunch", "5", "x", date=moment("2010-08-31 05:14:09"))),
        ("lunch 5 x date 31 aug 2010", entry("lunch", "5", "x", date=date(2010, 8, 31))),
        ("lunch 5 date today", entry("lunch", "5", date=TODAY)),
        ("lunch 5 date Yesterday", entry("lunch", "5", date=date(2010, 8, 31))),
        ("lunch 5 date 2010-08-31 #x", entry("lunch", "5", "", "x", date=date(2010, 8, 31))),
        ("lunch 5 date 2010-08-31 date 2010-08-30", entry("lunch", "5", "date 2010-08-31", date=date(2010, 8, 30))),
        ("lunch 5 date 2010-02-30", entry("lunch", "5", "date 2010-02-30")),
        ("lunch 5 date 2010-08-31 noon", entry("lunch", "5", "date 2010-08-31 noon")),
        ("lunch 5 dinner date", entry("lunch", "5", "dinner date")),
        ("lunch 5 update 2010-08-31", entry("lunch", "5", "update 2010-08-31")),
        ("lunch 5 2010-08-31", entry("lunch", "5", "2010-08-31")),
        ("date with Ann 5", entry("date with Ann", "5")),
        ("Dinner with a date 5 2010-08-31", entry("Dinner", "5", "with a", date=date(2010, 8, 31))),
        ("time start date 2010-08-31", TimerStart("time", "date 2010-08-31", (), None)),  # timers know the time
    ],
)
def test_rule_3_date(text: str, expected: Entry | TimerStart) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("0", "0"), ("0.00", "0"), ("-0", "0"), ("45", "45"), ("007", "7"), ("45.", "45"), (".50", ".5"), ("-5", "-5"),
        ("−5", "-5"), ("+5", "5"), ("-$5", "-5"), ("$-5", "-5"), ("$+5", "5"), ("12,50", "12.5"), ("12,5", "12.5"),
        ("1,234", "1234"), ("1.234", "1234"), ("12.345", "12345"), ("1234.567", "1234.567"), ("0.125", "0.125"),
        ("1.2345", "1.2345"), ("1,234.56", "1234.56"), ("1.234,56", "1234.56"), ("1'234.50", "1234.5"),
        ("1’234,50", "1234.5"), ("1'234", "1234"), ("1,234,567", "1234567"), ("1.234.567,8", "1234567.8"),
        ("1,234.567", "1234.567"), ("1,234.", "1234"), ("１２，５０", "12.5"), ("٤٥", "45"), ("४५.५०", "45.5"),
        ("＄４５", "45"), ("－５", "-5"), ("999999999999999.999", "999999999999999.999"), ("0" * 30 + "5", "5"),
        ("999.999.999.999.999", "999999999999999"), ("0.123456789012345", "0.123456789012345"),
    ],
)  # fmt: skip
def test_rule_4_number(number: str, value: str) -> None:
    assert read(f"lunch {number} with jack") == entry("lunch", value, "with jack")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x 1\u00a0234,50\u00a0€ y", entry("x", "1234.5", "y", unit="EUR")),
        ("x 1\u202f234 y", entry("x", "1234", "y")),
        ("x -1\u2009234\u2009567.8", entry("x", "-1234567.8")),
        ("x $1\u00a0234.50", entry("x", "1234.5")),
        ("x EUR-1\u00a0234", entry("x EUR-1", "234")),
        ("x 12\u00a034", entry("x", "12", "34")),
        ("x 1\u00a0234\u00a056", entry("x", "1234", "56")),
        ("x 1\u00a02345", entry("x", "1", "2345")),
        ("x 0\u00a0234", entry("x", "0", "234")),
        ("x 2.5\u00a0100", entry("x", "2.5", "100")),
        ("x A1\u00a0234 5", entry("x A1", "234", "5")),
        ("x 1,23,456\u00a0234", entry("x 1,23,456", "234")),
        ("x 1 234,50 €, y", entry("x", "1234.5", "y", unit="EUR")),
        ("x 1 234 567.89EUR", entry("x", "1234567.89", unit="EUR")),
        ("x € -1 234,5", entry("x", "-1234.5", unit="EUR")),
        ("x -$1 234.50 y", entry("x", "-1234.5", "y")),
        ("EUR 1 234,50 taxi at 7", entry("taxi", "1234.5", "at 7", unit="EUR")),
        ("x,1 234,50 usd", entry("x", "1234.5")),
        ("x 1 234,50", entry("x", "1", "234,50")),
        ("EUR1 234,50 x", entry("x", "1234.5", unit="EUR")),
        ("eur 1 234,50 x", entry("x", "1234.5", unit="EUR")),
        ("eur1 234,50 €", entry("eur1", "234.5", unit="EUR")),
        ("x 1 234 €", entry("x", "1", "234 €")),
        ("x 1 234,567 €", entry("x", "1", "234,567 €")),
        ("x 1 2345,50 €", entry("x", "1", "2345,50 €")),
        ("x 5 1 234,50 €", entry("x", "5", "1 234,50 €")),
        ("x 1,23,456 234,50 €", entry("x 1,23,456", "234.5", unit="EUR")),
        ("x 1 234,50 of 20 €", entry("x", "1", "234,50 of 20 €")),
        ("x 1 234,50 €a", entry("x", "1", "234,50 €a")),
    ],
)
def test_rule_4_blanks_in_a_number(text: str, expected: Entry) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "word",
    [
        "5%", "37Signals.com", "07-08", "1A2B3C", "1,23,456", "1,234,56", "12.34.56", "0,234,567", "1'23", "1,2'345",
        "--5", "+-5", "-$-5", "5-", "5+", "-", ".", "1:30", "2h", "5km", "1/2", "5x", "x5", "3rd", "#", "USD-5",
        "$5h", "€20£", "²", "5²", "Ⅷ", "1e5", "0x10", "NaN", "(5)", "'5", "top20", "usd20",
    ],
)  # fmt: skip
def test_rule_4_not_an_amount(word: str) -> None:
    assert read(f"lunch {word} 45") == entry(f"lunch {word}", "45")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Freight,500.00,Endicia.com", entry("Freight", "500", "Endicia.com")),
        ("Freight,500.00,37Signals.com", entry("Freight", "500", "37Signals.com")),
        ("lunch , 5 , x", entry("lunch", "5", "x")),
        ("lunch,, 5,, x", entry("lunch,", "5", ", x")),
        ("a, b 5 c, d", entry("a, b", "5", "c, d")),
        ("lunch 5   a  b\t\tc ", entry("lunch", "5", "a  b\t\tc")),  # C3: stored notes hold these
        ("lunch 5 a\nb", entry("lunch", "5", "a\nb")),
        ("late\nlunch\n\n5", entry("late lunch", "5")),
        ("lunch 5 of 6 at 7", entry("lunch", "5", "of 6 at 7")),
        ("午餐，４５，和小明", entry("午餐", "45", "和小明")),
        ("غداء ٤٥ مع جاك", entry("غداء", "45", "مع جاك")),
        ("غداء، ١٬٢٣٤٫٥٠، مع جاك", entry("غداء", "1234.5", "مع جاك")),
        ("غداء ٤٥،٥", entry("غداء", "45.5")),
        ("\u2067غداء\u200f \u200e-٤٥\u200f مع جاك\u2069", entry("غداء", "-45", "مع جاك")),
        ("昼食、45､友達と、二人", entry("昼食", "45", "友達と、二人")),
        ("\ufefflunch 45\u200b", entry("lunch", "45")),
        ("\ufeffexp\u200e lunch 45", entry("lunch", "45")),
        (
            "late \u200elunch\u200e , 45\u200e, with \u200eJim\u200e Doe",
            entry("late lunch", "45", "with \u200eJim\u200e Doe"),
        ),
        ("la\u200bte 45 a\u200eb", entry("la\u200bte", "45", "a\u200eb")),  # inside a word it divides nothing
        ("x ₪\u200f45 y", entry("x", "45", "y", unit="ILS")),
        ("x 45\u200f\u200f₪", entry("x", "45", unit="ILS")),
        ("x 5\u200e% 45", entry("x 5\u200e%", "45")),
        ("lunch 45 \u200f#cash\u200f \u200f@clientx\u200f", entry("lunch", "45", "", "cash", report_id=CLIENTX)),
        ("lunch 45 x \u200edate \u200e2010-08-31\u200e", entry("lunch", "45", "x", date=date(2010, 8, 31))),
        ("Dinner \u200ewith\u200e Jim 45", entry("Dinner", "45", "with\u200e Jim")),
        ("lunch #cash,\u200elate 45", entry("lunch late", "45", "", "cash")),
        ("late,\u200elunch 45", entry("late, lunch", "45")),
        ("client\u200e dinner with Jim 45", entry("client dinner", "45", "with Jim")),
        ("🍕 9 with 👩‍👩‍👧 e\u0301", entry("🍕", "9", "with 👩‍👩‍👧 e\u0301")),
        ("ＬＵＮＣＨ 5 ｆｕｌｌ　width", entry("ＬＵＮＣＨ", "5", "ｆｕｌｌ　width")),  # kept as typed
        ("x" * 200 + " 5", entry("x" * 200, "5")),
    ],
)
def test_rule_5_type_and_notes(text: str, expected: Entry) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45 lunch", entry("lunch", "45")),
        ("45, lunch, with jack", entry("lunch", "45", "with jack")),
        ("45 lunch,with jack", entry("lunch", "45", "with jack")),
        ("45 ON lunch with jack", entry("lunch", "45", "with jack")),
        ("45 for", entry("for", "45")),
        ("45 for for x", entry("for", "45", "x")),
        ("€20 for taxi at 5", entry("taxi", "20", "at 5", unit="EUR")),
        ("20 EUR at 1.08 taxi", entry("taxi", "20", unit="EUR", rate=Decimal("1.08"))),
        ("EUR 20 taxi", entry("taxi", "20", unit="EUR")),
        ("100 mileage office", entry("mileage", "100", "office", unit="mi")),
        ("45 Time start", entry("Time", "45", "start", unit="min")),
        (", 45 lunch", entry("lunch", "45")),
        ("45 lunch,#x", entry("lunch", "45", "#x")),  # no blank before it: no tag
    ],
)
def test_rule_6_amount_first(text: str, expected: Entry) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lunch 5 with bob @clientx", entry("lunch", "5", "with bob", report_id=CLIENTX)),
        ("lunch 5 @ClientX, with bob", entry("lunch", "5", "with bob", report_id=CLIENTX)),
        ("@clientx lunch 5", entry("lunch", "5", report_id=CLIENTX)),
        ("lunch @clientx 5", entry("lunch", "5", report_id=CLIENTX)),
        ("lunch 5 ＠clientx", entry("lunch", "5", report_id=CLIENTX)),
        ("lunch 5 @Acme", entry("lunch", "5", "@Acme")),
        ("lunch 5 @AcmeInc.", entry("lunch", "5", report_id=ACME)),  # its name ends with a stop
        ("lunch 5 @a @b @c @d @clientx", entry("lunch", "5", "@a @b @c @d", report_id=CLIENTX)),
        ("lunch 5 @a @b @c @d @e @clientx", entry("lunch", "5", "@a @b @c @d @e @clientx")),
        ("lunch 5 @jack @", entry("lunch", "5", "@jack @")),
        ("lunch @jack 5 late", entry("lunch", "5", "@jack late")),
        ("@jack late @bob  lunch @projectx 5", entry("late  lunch", "5", "@jack @bob", report_id=PROJECTX)),
        ("lunch @projectx @clientx 5", entry("lunch", "5", "@clientx", report_id=PROJECTX)),
        ("Client @jack Dinner with Ann 5", entry("Client Dinner", "5", "@jack with Ann")),
        ("Time @jack 1:30 late", entry("Time", "90", "@jack late", unit="min")),
        ("EUR @jack 20 taxi @bob", entry("taxi", "20", "@jack @bob", unit="EUR")),
        ("@jack exp lunch 5", entry("lunch", "5", "@jack")),
        ("@a @b @c @d @e @clientx 5 lunch", entry("lunch", "5", "@a @b @c @d @e @clientx")),
        ("lunch @jack,5", entry("lunch @jack", "5")),  # one word with the number
        ("lunch @jack 5,#x", entry("lunch", "5", "@jack,#x")),  # no blank before it: no tag
        ("lunch @jack 5, late", entry("lunch", "5", "@jack late")),
        ("lunch @jack 5，,", entry("lunch", "5", "@jack，,")),  # the comma that was typed, and no other
        ("$5 ₪\u200f5 x", entry("₪", "5", "5 x")),
        ("@jack time start 2 drafts", TimerStart("time", "@jack 2 drafts", (), None)),
        ("lunch 5 bob@clientx", entry("lunch", "5", "bob@clientx")),
        ("lunch 5 @clientx @projectx", entry("lunch", "5", "@projectx", report_id=CLIENTX)),
        ("lunch 5 @jack @projectx #clientx", entry("lunch", "5", "@jack", "clientx", report_id=PROJECTX)),
        ("lunch 5 projectx #clientx", entry("lunch", "5", "projectx", "clientx", report_id=CLIENTX)),
        ("lunch 5 #cash #ClientX", entry("lunch", "5", "", "cash", "ClientX", report_id=CLIENTX)),
        ("lunch 5 for CLIENTX.", entry("lunch", "5", "for CLIENTX.", report_id=CLIENTX)),
        (
            "lunch 5 for ClientX date 2010-08-31",
            entry("lunch", "5", "for ClientX", report_id=CLIENTX, date=date(2010, 8, 31)),
        ),
        ("lunch 5 clientx bob", entry("lunch", "5", "clientx bob")),
        ("clientx 5", entry("clientx", "5")),
        ("lunch 5 xclientx", entry("lunch", "5", "xclientx")),
        ("time stop draft #x @clientx", TimerStop("time", "draft", ("x",), CLIENTX)),
    ],
)  # fmt: skip
def test_rule_7_report(text: str, expected: Entry | TimerStart | TimerStop) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dinner AT Joe's 5", entry("dinner", "5", "AT Joe's")),
        ("Dinner for two from Joe to go 5 late", entry("Dinner", "5", "for two from Joe to go late")),
        ("Dinner with Jim, 5, late", entry("Dinner", "5", "with Jim, late")),
        ("Client Dinner with Jim 5", entry("Client Dinner", "5", "with Jim")),
        ("Dinner by Jim 5", entry("Dinner by Jim", "5")),
        ("Dinner, with Jim 5", entry("Dinner, with Jim", "5")),
        ("Dinner within 5", entry("Dinner within", "5")),
        ("Dinner with 5", entry("Dinner", "5", "with")),
        ("Lunch with Jim 5", entry("Lunch with Jim", "5")),  # no type of this person
        ("Dinner with Jim EUR 5", entry("Dinner", "5", "with Jim", unit="EUR")),
        ("Consulting for Jim 2h review", entry("Consulting", "120", "for Jim review", unit="min")),
    ],
)
def test_rule_8_known_type(text: str, expected: Entry) -> None:
    assert read(text) == expected


def test_rule_8_longer_known_type() -> None:
    vocabulary = Vocabulary("USD", {"dinner": "", "dinner with jim": ""}, {})

    assert read("Dinner with Jim 5", vocabulary) == entry("Dinner with Jim", "5")
    assert read("Dinner with Jim at Joe's 5", vocabulary) == entry("Dinner with Jim", "5", "at Joe's")


@pytest.mark.parametrize(
    ("text", "unit", "notes"),
    [
        ("x €20", "EUR", ""), ("x 20€", "EUR", ""), ("x € 20", "EUR", ""), ("x 20 €, y", "EUR", "y"),
        ("x £20", "GBP", ""),
        ("x ￡20", "GBP", ""), ("x ¥20", "JPY", ""), ("x ￥20", "JPY", ""), ("x ₹20", "INR", ""), ("x 20zł", "PLN", ""),
        ("x 20 ZŁ", "PLN", ""), ("x 20 EUR y", "EUR", "y"), ("x EUR 20 y", "EUR", "y"), ("x,EUR 20", "EUR", ""),
        ("x EUR20", "EUR", ""), ("x 20EUR", "EUR", ""), ("x 20eur", "EUR", ""), ("x -20eur", "EUR", ""),
        ("x 20 ＥＵＲ", "EUR", ""),
        ("x 20 eur", "EUR", ""), ("x Eur 20 y", "EUR", "y"), ("x 20 usd", "", ""), ("x 20 mxn y", "MXN", "y"),
        ("x 20 all of us", "", "all of us"), ("x 20 bob", "", "bob"), ("x 20 kgs", "", "kgs"),
        ("x 20 XYZ", "", "XYZ"), ("x 20, EUR", "", "EUR"),
        ("x 20 EURO", "", "EURO"), ("x $20", "", ""), ("x $ 20", "", ""), ("x 20 $", "", ""), ("x US$20", "", ""),
        ("x 20 USD", "", ""), ("x C$20", "CAD", ""), ("x A$20", "AUD", ""), ("x $20 CAD", "CAD", ""),
        ("x $20CAD", "CAD", ""),
        ("x $20 EUR", "", "EUR"), ("x EUR 20 EUR", "EUR", ""), ("x €20 EUR EUR", "EUR", "EUR"),
        ("x EUR 20 USD", "EUR", "USD"),
        ("x $20CAD CAD", "CAD", "CAD"),
        ("x 20 ¥ CNY", "JPY", "CNY"), ("x ¥20 CNY", "CNY", ""), ("x kr 20 SEK", "SEK", ""), ("x $20 kr", "", "kr"),
        ("x 20, kr", "", "kr"), ("x 20 ft", "", "ft"), ("x 20 Ft", "HUF", ""), ("x 20Ft", "HUF", ""),
        ("x 20 Kč", "CZK", ""), ("x 20 KČ y", "CZK", "y"), ("x Rp20", "IDR", ""), ("x Rp. 20", "IDR", ""),
        ("x 20 руб.", "RUB", ""), ("x 20 грн y", "UAH", "y"), ("x 20 лв", "BGN", ""), ("x 20 ৳", "BDT", ""),
        ("x ؋20", "AFN", ""), ("x 20 ៛", "KHR", ""), ("x 20֏", "AMD", ""), ("x \u20c1 20", "SAR", ""),
        ("x 20 \u20c0", "KGS", ""),
        ("x 20 DEM", "DEM", ""), ("x 20 dem Fahrer", "", "dem Fahrer"), ("abo 20", "EUR", ""), ("stay 20", "", ""),
    ],
)  # fmt: skip
def test_rule_9_currency(text: str, unit: str, notes: str) -> None:
    value = "-20" if "-" in text else "20"

    assert read(text) == entry(text[:4].rstrip() if text[0] in "as" else "x", value, notes, unit=unit)


@pytest.mark.parametrize(
    ("base", "text", "unit"),
    [
        ("CAD", "x $20", ""), ("SGD", "x $20", ""), ("CAD", "x US$20", "USD"), ("CAD", "x $20 USD", "USD"),
        ("EUR", "x $20", "USD"), ("EUR", "x 20 €", ""), ("EUR", "x $20 CAD", "CAD"), ("CNY", "x ¥20", ""),
        ("JPY", "x ¥20", ""),
        ("EUR", "x ¥20", "JPY"), ("SEK", "x 20kr", ""), ("ISK", "x kr 20", ""), ("DKK", "x 20 Kr", ""),
        ("INR", "x Rs. 20", ""), ("PKR", "x 20 rs", ""), ("LKR", "x ₨20", ""), ("SAR", "x 20 ﷼", ""),
        ("JPY", "x ¥20 CNY", "CNY"), ("EUR", "x kr20 NOK", "NOK"), ("NOK", "x 20 kr", ""), ("SEK", "x kr20 NOK", "NOK"),
    ],
)  # fmt: skip
def test_rule_9_currency_of_the_owner(base: str, text: str, unit: str) -> None:
    assert read(text, owner_of(base)) == entry("x", "20", unit=unit)


@pytest.mark.parametrize(
    ("base", "text", "said", "mark"),
    [
        ("EUR", "lunch 20 ¢", "20 ¢", "¢"), ("USD", "lunch 20¢ 45", "20¢", "¢"), ("USD", "lunch ¤ 20", "¤ 20", "¤"),
        ("EUR", "lunch 20 kr with Åsa", "20 kr", "kr"), ("EUR", "lunch 20kr", "20kr", "kr"),
        ("USD", "lunch Rs.20", "Rs.20", "Rs."), ("EUR", "lunch 20 ₨", "20 ₨", "₨"), ("USD", "lunch ﷼ 20", "﷼ 20", "﷼"),
        ("EUR", "lunch ￠20", "￠20", "¢"), ("EUR", "kr 20", "kr 20", "kr"), ("USD", "time 20 kr", "20 kr", "kr"),
    ],
)  # fmt: skip
def test_rule_9_a_mark_that_names_no_one_currency_is_refused(base: str, text: str, said: str, mark: str) -> None:
    with pytest.raises(UnclearMark) as refused:
        read(text, owner_of(base))

    assert str(refused.value) == (
        f"{said!r}: the mark {mark} can mean several currencies here, or none; its ISO code means one;"
        " write it like: lunch 20 USD"
    )


def test_rule_9_every_sign_of_money_is_a_mark() -> None:
    """Also those of later editions of Unicode than this Python's: the block of currency signs is theirs."""
    signs = [chr(code) for code in range(0x11_0000) if unicodedata.category(chr(code)) == "Sc"]

    for sign in signs:
        try:
            value = read(f"x 20 {sign}", owner_of("CHF"))
        except UnclearMark:
            continue
        assert isinstance(value, Entry)
        assert (value.notes, len(value.unit)) == ("", 3), sign


def test_rule_9_a_known_type_is_no_mark() -> None:
    vocabulary = Vocabulary("EUR", {"usd": "", "kr": "", "eur": ""}, {})

    assert read("usd 20", vocabulary) == entry("usd", "20")
    assert read("kr 20", vocabulary) == entry("kr", "20")
    assert read("Eur 20 USD", vocabulary) == entry("Eur", "20", unit="USD")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x 20 EUR at 1.08 y", entry("x", "20", "y", unit="EUR", rate=Decimal("1.08"))),
        ("x €20 AT 1.085, y", entry("x", "20", "y", unit="EUR", rate=Decimal("1.085"))),  # no thousands in a rate
        ("x 20 EUR at 1,085", entry("x", "20", unit="EUR", rate=Decimal("1.085"))),
        ("x 20 EUR at 1,085.5", entry("x", "20", unit="EUR", rate=Decimal("1085.5"))),
        ("x 20 EUR at 1,2,3", entry("x", "20", "at 1,2,3", unit="EUR")),
        ("x 20 EUR at 0", entry("x", "20", "at 0", unit="EUR")),
        ("x 20 EUR at -1", entry("x", "20", "at -1", unit="EUR")),
        ("x 20 EUR at 5pm", entry("x", "20", "at 5pm", unit="EUR")),
        ("x 20 EUR, at 5", entry("x", "20", "at 5", unit="EUR")),
        ("x 20 EUR with bob at 5", entry("x", "20", "with bob at 5", unit="EUR")),
        ("x 20 at 5", entry("x", "20", "at 5")),
        ("x 20 USD at 5", entry("x", "20", "at 5")),
        ("abo 20 EUR at 1.5", entry("abo", "20", unit="EUR", rate=Decimal("1.5"))),
        ("mileage 20 km at .30 y", entry("mileage", "20", "y", unit="km", rate=Decimal("0.3"))),
        ("mileage 20 at 5", entry("mileage", "20", "at 5", unit="mi")),
        ("mileage 20 at 0.30 y", entry("mileage", "20", "y", unit="mi", rate=Decimal("0.3"))),
        ("drive to Rome 20 at ,305", entry("drive", "20", "to Rome", unit="km", rate=Decimal("0.305"))),
        ("mileage 20, at 0.30", entry("mileage", "20", "at 0.30", unit="mi")),
        ("mileage 20 at 1.2.3", entry("mileage", "20", "at 1.2.3", unit="mi")),
        ("lunch 20 at 0.30", entry("lunch", "20", "at 0.30")),
        ("copies 20 at 0.30", entry("copies", "20", "at 0.30", unit="page")),
        ("20 mileage at 0.30", entry("mileage", "20", "at 0.30", unit="mi")),
        ("dinner 20 EUR at 7 with Ann", entry("dinner", "20", "with Ann", unit="EUR", rate=Decimal(7))),
        ("dinner 20 EUR, at 7 with Ann", entry("dinner", "20", "at 7 with Ann", unit="EUR")),
        ("time 20 min at 5", entry("time", "20", "at 5", unit="min")),
    ],
)
def test_rule_9_rate(text: str, expected: Entry) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "minutes", "notes"),
    [
        ("37", "37", ""), ("37 mins x", "37", "x"), ("37min", "37", ""), ("37 minutes", "37", ""),
        ("1 minute", "1", ""),
        ("37 M x", "37", "x"), ("2h", "120", ""), ("2 h", "120", ""), ("2 hr", "120", ""), ("2 hrs", "120", ""),
        ("2 Hours x", "120", "x"), ("1 hour", "60", ""), ("1.5 h", "90", ""), ("1,5h", "90", ""), ("1:30", "90", ""),
        ("0:05 x", "5", "x"), ("1:30 hrs", "90", ""), ("1:30h", "90", ""), ("1h30", "90", ""), ("1h30m x", "90", "x"),
        ("1h 30m", "90", ""), ("1 h 30 min x", "90", "x"), ("2h 30 contracts", "120", "30 contracts"),
        ("-1:30", "-90", ""),
        ("37, mins", "37", "mins"), ("37 minds", "37", "minds"), ("５ 分", "5", "分"), ("0.01875h", "1.125", ""),
    ],
)  # fmt: skip
def test_rule_10_time(text: str, minutes: str, notes: str) -> None:
    assert read(f"Time {text}") == entry("Time", minutes, notes, unit="min")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Consulting 2h", entry("Consulting", "120", unit="min")),
        ("Time $50", entry("Time", "50")),
        ("Time 50 EUR", entry("Time", "50", unit="EUR")),
        ("Time 1:60 5", entry("Time 1:60", "5")),
        ("Time 5km 5", entry("Time 5km", "5")),
        ("Time 1,23,456 5", entry("Time 1,23,456", "5")),
        ("mileage 100 km", entry("mileage", "100", unit="km")),
        ("mileage 100kms x", entry("mileage", "100", "x", unit="km")),
        ("mileage 100 Kilometres", entry("mileage", "100", unit="km")),
        ("mileage 100 miles x", entry("mileage", "100", "x", unit="mi")),
        ("mileage 1 mile", entry("mileage", "1", unit="mi")),
        ("mileage 2h 5", entry("mileage 2h", "5")),
        ("mileage 1,23,456 5", entry("mileage 1,23,456", "5")),
        ("Drive 100", entry("Drive", "100", unit="km")),
        ("Drive 100 mi", entry("Drive", "100", unit="mi")),
        ("lunch 5 km away", entry("lunch", "5", "km away")),
        ("lunch 5 mins", entry("lunch", "5", "mins")),
        ("Copies 30 pages", entry("Copies", "30", "pages", unit="page")),
        ("PEN 20 blue", entry("PEN", "20", "blue")),  # a type of this person, though Peru has it as money
        ("CUP 20 tea", entry("tea", "20", unit="CUP")),
    ],
)
def test_units_of_types(text: str, expected: Entry) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("time START", TimerStart("time", "", (), None)),
        ("Consulting start, draft", TimerStart("Consulting", "draft", (), None)),
        ("time start 2 contracts", TimerStart("time", "2 contracts", (), None)),
        ("Time stop wrote the draft #x", TimerStop("Time", "wrote the draft", ("x",), None)),
        ("time stopped 5", entry("time stopped", "5", unit="")),
        ("time, start 5", entry("time, start", "5")),
        ("mileage start 5", entry("mileage start", "5")),
    ],
)
def test_timer(text: str, expected: Entry | TimerStart | TimerStop) -> None:
    assert read(text) == expected


@pytest.mark.parametrize("lines", ["client\ntime", "client\r\ntime", "Client\u2028Time", "client\x85time"])
def test_a_type_over_lines_is_the_one_with_blanks(lines: str) -> None:
    vocabulary = Vocabulary("USD", {"client time": "min"}, {})
    kept = " ".join(lines.splitlines())

    assert read(f"{lines} 1:30", vocabulary) == entry(kept, "90", unit="min")
    assert read(f"{lines} with\njim 5", vocabulary) == entry(kept, "5", "with\njim", unit="min")
    assert read(f"{lines} start", vocabulary) == TimerStart(kept, "", (), None)
    assert "client time" in lookups(f"{lines} 5").types


def test_timer_of_the_longer_known_type() -> None:
    vocabulary = Vocabulary("USD", {"time start": "min"}, {})

    assert read("time start stop", vocabulary) == TimerStop("time start", "", (), None)


def test_built_in_types_give_way_to_the_owner() -> None:
    vocabulary = Vocabulary("USD", {"time": ""}, {})

    assert read("time start 5 mins", vocabulary) == entry("time start", "5", "mins")


AMOUNT = "there is no amount, a number between blanks or commas"
TYPE = "there is no type, a word before or behind the amount"
DIGITS = "a number has at most 15 digits before and 15 after the point"
LONG_TYPE = "a type, the words before the amount, has at most 200 characters"
SHAPE = "; write it like: lunch 45 with jack #clientx"


@pytest.mark.parametrize(
    ("text", "refusal", "message"),
    [
        ("", TextEmpty, "'': there is no text"),
        (" \t\n　", TextEmpty, r"' \t\n\u3000': there is no text"),
        ("\ufeff \u200f", TextEmpty, r"'\ufeff \u200f': there is no text"),
        ("lunch " * 400, TextTooLong, f"'{'lunch ' * 10}'…: at most 2000 characters are read, these are 2400"),
        ("lunch 5 \0", TextUnstorable, r"'lunch 5 \x00': a NUL or half of a surrogate pair can't be kept"),
        ("\ud83d 5", TextUnstorable, r"'\ud83d 5': a NUL or half of a surrogate pair can't be kept"),
        ("lunch", NoAmount, f"'lunch': {AMOUNT}"),
        ("#5 @5", NoAmount, f"'#5 @5': {AMOUNT}"),
        ("lunch date 5 Aug 2010", NoAmount, f"'lunch date 5 Aug 2010': {AMOUNT}"),
        ("lunch\u202e 5%", NoAmount, rf"'lunch\u202e 5%': {AMOUNT}"),
        ("45", NoType, f"'45': {TYPE}"),
        ("45 #lunch", NoType, f"'45 #lunch': {TYPE}"),
        ("EUR 20", NoType, f"'EUR 20': {TYPE}"),
        ("45 45 lunch", NoType, f"'45 45 lunch': {TYPE}"),
        ("45 @jack", NoType, f"'45 @jack': {TYPE}"),
        ("@jack 45", NoType, f"'@jack 45': {TYPE}"),
        (
            "lunch 1000000000000000", AmountTooLong,
            f"'1000000000000000': {DIGITS}",
        ),
        ("lunch 0.1234567890123456", AmountTooLong, f"'0.1234567890123456': {DIGITS}"),
        ("time 999999999999999h", AmountTooLong, f"'999999999999999h': {DIGITS}"),
        ("time 16666666666666h40", AmountTooLong, f"'16666666666666h40': {DIGITS}"),
        ("x" * 201 + " 5", TypeTooLong, f"'{'x' * 60}'…: {LONG_TYPE}"),
        ("ﷺ" * 100 + " 5", TypeTooLong, f"'{'ﷺ' * 60}'…: {LONG_TYPE}"),
        ("lunch 5 #" + "x" * 101, TagTooLong, f"'#{'x' * 59}'…: a tag has at most 100 characters"),
        ("lunch 5 #" + "ﷺ" * 50, TagTooLong, f"'#{'ﷺ' * 50}': a tag has at most 100 characters"),
    ],
)  # fmt: skip
def test_refused(text: str, refusal: type[GrammarError], message: str) -> None:
    with pytest.raises(GrammarError) as refused:
        read(text)

    assert type(refused.value) is refusal
    assert str(refused.value) == message + SHAPE


def test_exp_alone_is_no_type_where_it_is_an_address() -> None:
    with pytest.raises(NoType):
        read("exp 5", spoken=True)


def test_a_text_may_have_2000_characters() -> None:
    notes = "x" * 1992

    assert read(f"lunch 5 {notes}") == entry("lunch", "5", notes)


def test_lookups() -> None:
    found = lookups("exp Client Dinner, @Acme 46.80 for ProjectX. #CPAP.com")

    assert {"client", "client dinner", "exp client dinner", "client dinner, 46.80"} <= found.types
    assert {"acme", "projectx", "cpap.com"} <= found.reports


def test_lookups_are_as_few_as_the_words_allow() -> None:
    assert lookups("lunch 5 #x") == Lookups(
        types=frozenset({"lunch", "lunch 5", "5"}), reports=frozenset({"lunch", "5", "x"})
    )


def test_lookups_refuse_what_no_database_stores() -> None:
    with pytest.raises(TextUnstorable):
        lookups("lunch \ud800 5")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (entry("lunch", "34.50", "with jack", "cash"), "lunch, 34.50, with jack #cash"),
        (entry("lunch", "1234.567"), "lunch, 1234.5670"),
        (entry("lunch", "20", "at 5", unit="EUR"), "lunch, 20 EUR, at 5"),
        (entry("abo", "20", unit="EUR", rate=Decimal("1.085")), "abo, 20 EUR at 1.085"),
        (entry("abo", "20", unit="EUR"), "abo, 20"),
        (entry("Time", "90", "h", unit="min"), "Time, 90 min, h"),
        (entry("Time", "90"), "Time, 90 USD"),
        (entry("mileage", "100", unit="mi"), "mileage, 100 mi"),
        (entry("copies", "3", unit="page"), "copies, 3"),
        (entry("exp", "3"), "exp exp, 3"),
        (entry("lunch", "3", "@jack,#x"), "lunch, 3, @jack,#x"),
        (entry("lunch", "3", "#x"), "lunch, 3 ,#x"),
        (entry("lunch", "3", "@clientx"), "lunch, 3 ,@clientx"),
        (entry("lunch", "3", "@clientx\u200e x"), "lunch, 3 ,@clientx\u200e x"),
        (entry("lunch", "3", "@a @b @c @d @e @clientx"), "lunch, 3, @a @b @c @d @e @clientx"),
        (entry("lunch", "3", "x", report_id=CLIENTX, date=date(31, 1, 2)), "@clientx lunch, 3, x date 0031-01-02"),
        (entry("lunch", "3", date=moment("2010-08-31 05:14:00")), "lunch, 3 date 2010-08-31 05:14:00"),
        (TimerStart("time", "draft", ("x",), None), "time start, draft #x"),
        (TimerStop("time", "", (), None), "time stop"),
    ],
)
def test_formatted(value: Entry | TimerStart | TimerStop, text: str) -> None:
    assert format_entry(value, vocabulary=OWNER) == text
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "unit", "value", "said", "rate"),
    [
        ("45", "", "45", "", None),
        (" -45,50 ", "", "-45.50", "", None),
        ("$1,234.50", "", "1234.50", "", None),
        ("80.00 EUR", "", "80.00", "EUR", None),
        ("80 eur at 1.0861", "", "80", "EUR", "1.0861"),
        ("80", "EUR", "80", "EUR", None),
        ("80", "USD", "80", "", None),
        ("37", "min", "37", "min", None),
        ("1h30", "min", "90", "min", None),
        ("20 USD", "min", "20", "", None),
        ("100", "mi", "100", "mi", None),
        ("12 km at 0.30", "mi", "12", "km", "0.30"),
        ("3", "page", "3", "page", None),
    ],
)
def test_an_amount_by_itself(text: str, unit: str, value: str, said: str, rate: str | None) -> None:
    amount = parse_amount(text, unit=unit, base_currency="USD")

    assert (amount.value, amount.unit, amount.rate) == (Decimal(value), said, rate and Decimal(rate))


@pytest.mark.parametrize("text", ["lunch", "45 lunch", "lunch 45", "45 #x", "45 6", "45, 6", "12 km"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(NotAnAmount, match=re.escape(f"{text!r}: a number is wanted, with a unit if it has one")):
        parse_amount(text, unit="", base_currency="USD")


def test_an_amount_that_is_not_said_or_not_clear() -> None:
    with pytest.raises(TextEmpty):
        parse_amount(" ", unit="", base_currency="USD")
    with pytest.raises(UnclearMark):
        parse_amount("20 kr", unit="", base_currency="USD")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("45", "45"),
        ("-45.5", "-45.5"),
        ("1,234", "1234"),
        ("1.234,5", "1234.5"),
        ("$45", "45"),
        ("-€45", "-45"),
        ("45kr", "45"),
        ("４５", "45"),
        (" 45 ", None),
        ("45h", None),
        ("45 USD", None),
        ("--45", None),
        ("4x", None),
        ("1,2,3", None),
        ("9" * 40, None),
        ("", None),
    ],
)
def test_a_number_alone(text: str, number: str | None) -> None:
    assert read_number(text) == (None if number is None else Decimal(number))
