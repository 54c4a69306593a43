"""Every form of wire §1.3 and its neighbours that are none."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

import pytest

from expenses.dates import BadDate, read_date

pytestmark = pytest.mark.once

moment: Final[Callable[[str], datetime]] = datetime.fromisoformat
SHAPES = "write it like 2010-08-31, 2010-08-31 05:14, 2010-08-31 05:14:00, 31 Aug 2010 or 08/31/2010"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2009-08-26 00:00:00", moment("2009-08-26 00:00:00")),  # S1: modified, date
        ("2009-10-02 05:14", moment("2009-10-02 05:14:00")),  # S2: d=2009-10-02+05:14
        ("2010-05-21", date(2010, 5, 21)),  # C3
        ("01 Aug 2009", date(2009, 8, 1)),  # S1: date=01+Aug+2009
        ("1 aug 2009", date(2009, 8, 1)),
        ("31 DEC 2009", date(2009, 12, 31)),
        ("08/31/2010", date(2010, 8, 31)),  # C4
        ("8/3/2010", date(2010, 8, 3)),
        ("2010-8-3 5:14:09", moment("2010-08-03 05:14:09")),
        ("2010-08-31T05:14:00", moment("2010-08-31 05:14:00")),
        ("2010-08-31t05:14", moment("2010-08-31 05:14:00")),
        ("2010-08-31 \t 23:59:59", moment("2010-08-31 23:59:59")),
        (" 2010-08-31\n", date(2010, 8, 31)),
        ("0001-01-01", date(1, 1, 1)),
        ("9999-12-31 23:59:59", moment("9999-12-31 23:59:59")),
        ("2008-02-29", date(2008, 2, 29)),
    ],
)
def test_it_works(text: str, expected: date | datetime) -> None:
    read = read_date(text)

    assert read == expected
    assert type(read) is type(expected)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "today", "0000-01-01", "10000-01-01", "09-08-26", "2009-02-29", "2009-13-01", "2009-00-10",
        "2009-1-32",
        "2009-08-26 24:00:00", "2009-08-26 12:60", "2009-08-26 12:00:60", "2009-08-26 12", "2009-08-26 12:5",
        "2009-08-26 12:05:7", "2009-08-2612:05", "2009-08-26T 12:05", "2009-08-26 12:05:07.5", "2009-08-26T12:05:07Z",
        "2009-08-26\n12:05", "31/08/2010", "08/31/10", "1 Août 2009", "1 August 2009", "1 xyz 2009", "30 Feb 2009",
        "٢٠٠٩-٠٨-٢٦", "２００９-08-26", "2009/08/26", "20090826", "-2009-08-26", "2009-08-26 #x", "9" * 5000, "\0",
        "\ud800",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(BadDate):
        read_date(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("31/08/2010", "'31/08/2010'"),
        ("2010\x1b[2J\u202e" + "x" * 100, r"'2010\x1b[2J\u202e" + "x" * 31 + "'…"),
    ],
)
def test_message(text: str, shown: str) -> None:
    with pytest.raises(BadDate) as refusal:
        read_date(text)

    assert str(refusal.value) == f"date {shown}: {SHAPES}"
