"""Amounts and days, as other programs write them, and the encodings that they stand in."""

import codecs
from datetime import datetime
from decimal import Decimal

import pytest

from expenses.imports.amounts import decimal_mark, read_amount
from expenses.imports.days import date_style, read_day
from expenses.imports.encodings import decoded
from expenses.imports.entry import Unreadable

pytestmark = pytest.mark.once
at = datetime.fromisoformat


@pytest.mark.parametrize(
    ("cell", "mark", "amount"),
    [
        ("12.50", ".", "12.50"),
        ("12,50", ",", "12.50"),
        ("1,234.56", ".", "1234.56"),
        ("1.234,56", ",", "1234.56"),
        ("1'234.50", ".", "1234.50"),
        ("1 234,50", ",", "1234.50"),
        ("1\N{NO-BREAK SPACE}234,50 \N{EURO SIGN}", ",", "1234.50"),
        ("$-12", ".", "-12"),
        ("-$12.5", ".", "-12.5"),
        ("\N{MINUS SIGN}3,5", ",", "-3.5"),
        ("(12.00)", ".", "-12.00"),
        ("12.00-", ".", "-12.00"),
        ("12.00- EUR", ".", "-12.00"),
        ("EUR 12.00-", ".", "-12.00"),
        ("+7", ".", "7"),
        (".5", ".", "0.5"),
        ("USD12.00", ".", "12.00"),
        ("12,34,567.5", ".", "1234567.5"),
        ("12.", ".", "12"),
    ],
)
def test_amounts(cell: str, mark: str, amount: str) -> None:
    assert read_amount(cell, mark=mark) == Decimal(amount)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "lunch",
        "1.2.3",
        "-",
        "1-2",
        "(12",
        "-12-",
        "(-12)",
        ".",
        "12 lunches a day",
        "12,50",
        "1,2345",
        ",123",
        "1234,567",
        "1.5,0",
        pytest.param("-" + "1" * 1_000_001, id="endless"),
    ],
)
def test_what_is_no_amount(cell: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_amount(cell, mark=".")


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1.234", "12,50"], ","),
        (["1,234", "5"], "."),
        (["1.234.567"], ","),
        (["1,234.5"], "."),
        (["lunch", "12,5 EUR"], ","),
        ([".500"], "."),
        ([], "."),
    ],
)
def test_the_mark_before_decimals(cells: list[str], mark: str) -> None:
    assert decimal_mark(cells) == mark


@pytest.mark.parametrize(
    ("cell", "style", "moment"),
    [
        ("2010-08-31", "ymd", at("2010-08-31")),
        ("2010/8/1", "ymd", at("2010-08-01")),
        ("2010-08-31T05:14:07.123Z", "ymd", at("2010-08-31T05:14:07")),
        ("2010-08-31 05:14:07+02:00", "ymd", at("2010-08-31T05:14:07")),
        ("31.08.2010", "dmy", at("2010-08-31")),
        ("1.8.10", "dmy", at("2010-08-01")),
        ("31/08/99", "dmy", at("1999-08-31")),
        ("08/31/2010", "mdy", at("2010-08-31")),
        ("8/31/2010 5:14 PM", "mdy", at("2010-08-31T17:14")),
        ("8/31/2010 12:14 am", "mdy", at("2010-08-31T00:14")),
        ("8/31' 9", "mdy", None),
        ("20100831", "dmy", at("2010-08-31")),
        ("31 Aug 2010", "ymd", at("2010-08-31")),
        ("31-Aug-10", "ymd", at("2010-08-31")),
        ("Aug 31, 2010", "ymd", at("2010-08-31")),
        ("Tuesday, August 31 2010", "ymd", at("2010-08-31")),
        ("31 Abc 2010", "ymd", None),
        ("31.08.2010", "ymd", None),
        ("08/31/2010", "dmy", None),
        ("8/31/2010 13:14 PM", "mdy", None),
        ("8/31/2010 25:14", "mdy", None),
        ("1.8.101", "dmy", None),
        ("soon", "ymd", None),
        ("31." + " " * 60 + "8.2010", "dmy", None),
        ("", "ymd", None),
    ],
)
def test_days(cell: str, style: str, moment: datetime | None) -> None:
    if moment is None:
        with pytest.raises(ValueError, match=r".*"):
            read_day(cell, style=style)
    else:
        assert read_day(cell, style=style) == moment


@pytest.mark.parametrize(
    ("cells", "style"),
    [
        (["2010-08-01"], "ymd"),
        (["01.02.2010", "13.02.2010"], "dmy"),
        (["01/02/2010", "01/13/2010"], "mdy"),
        (["01/02/2010"], "mdy"),
        (["01.02.2010"], "dmy"),
        (["99-12-31"], "ymd"),
        (["soon", "1-2-2010"], "dmy"),
        (["31 Aug 2010"], "ymd"),
        (["31." + " " * 60 + "8.2010"], "ymd"),
        ([], "ymd"),
    ],
)
def test_the_order_of_days(cells: list[str], style: str) -> None:
    assert date_style(cells) == style


WESTERN = "Tag;Café;Müller & Söhne, Straße 5;Betrag über 12,50 €\n" * 3
CYRILLIC = "дата;сумма;описание платежа;обед с друзьями\n" * 5


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (WESTERN.encode(), "utf-8", WESTERN),
        (codecs.BOM_UTF8 + WESTERN.encode(), "utf-8", WESTERN),
        (WESTERN.encode("utf-16"), "utf-16", WESTERN),
        (WESTERN.encode("cp1252"), "windows-1252", WESTERN),
        (CYRILLIC.encode("cp1251"), "windows-1251", CYRILLIC),
    ],
)
def test_encodings_are_found(data: bytes, encoding: str, text: str) -> None:
    assert decoded(data) == (text, encoding)


def test_what_no_guess_fits_is_read_nevertheless() -> None:
    data = b"a;b\n" + bytes([0x81, 0x8D, 0xFF]) + b"\n"

    assert decoded(data).text.startswith("a;b\n")


def test_an_encoding_may_be_said() -> None:
    assert decoded(b"Caf\x8e", "mac-roman") == ("Café", "mac-roman")

    for data, said in ((b"a\nCaf\xe9", "utf-8"), (codecs.BOM_UTF8 + b"a\nCaf\xe9", "")):
        with pytest.raises(Unreadable, match=r"^line 2: byte 0xe9 is no text in utf-8; choose another encoding$"):
            decoded(data, said)


def test_a_program_s_file_is_no_text() -> None:
    with pytest.raises(Unreadable, match=r"^this is no text"):
        decoded(b"a\0b")
