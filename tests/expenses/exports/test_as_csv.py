import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from expenses.exports.as_csv import COLUMNS, as_csv, tag_words
from expenses.exports.row import ExpenseRow
from tests.expenses.exports import LUNCH, tags

pytestmark = pytest.mark.once

HEADER = (
    b"date,type,amount,currency,notes,tags,report,category,raw_amount,unit,rate,receipt,status,id,created,modified,"
    b"report_id,sourceid\r\n"
)


def cell(row: ExpenseRow, column: str) -> str:
    text = b"".join(as_csv([row], currency="USD")).decode()
    return next(csv.DictReader(io.StringIO(text, newline="")))[column]


def test_it_works() -> None:
    mileage = LUNCH._replace(
        id=677,
        status=-1,
        type="Mileage",
        category="",
        amount=58_500,
        raw_amount=100_125,
        unit="mi",
        rate="0.585",
        notes='to "the" client, café\nand back',
        sourceid="<1@mail>",
        receipt_image="7/5c.PDF",
        tags=tags("personal", "client x"),
    )

    chunks = list(as_csv([LUNCH, mileage], currency="USD"))

    assert b"".join(chunks) == (
        HEADER + b"2010-05-21 12:30:00,Lunch,45.00,USD,with jack,,Trip to Berlin,Meals,45.00,,,,1,676,"
        b"2010-05-21 19:30:01,2010-05-22 08:00:00,54,\r\n"
        b'2010-05-21 12:30:00,Mileage,58.50,USD,"to ""the"" client, caf\xc3\xa9\nand back",'
        b'"#personal #""client x""",Trip to Berlin,,100.125,mi,0.585,7/5c.PDF,-1,677,'
        b"2010-05-21 19:30:01,2010-05-22 08:00:00,54,<1@mail>\r\n"
    )


def test_without_rows_there_is_the_header() -> None:
    assert list(as_csv([], currency="USD")) == [HEADER]


def test_the_header_names_the_columns() -> None:
    assert ",".join(COLUMNS).encode() + b"\r\n" == HEADER


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-", "'-"),
        ("@home", "'@home"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("'quoted'", "''quoted'"),
        ("'=1", "''=1"),
        ("1=1", "1=1"),
        (" =1", " =1"),
        ("", ""),
    ],
)
@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("type", "type"),
        ("notes", "notes"),
        ("report", "report"),
        ("category", "category"),
        ("unit", "unit"),
        ("receipt_image", "receipt"),
        ("sourceid", "sourceid"),
    ],
)
def test_a_text_never_starts_a_formula(field: str, column: str, text: str, shown: str) -> None:
    changes: dict[str, Any] = {field: text}

    assert cell(LUNCH._replace(**changes), column) == shown


@pytest.mark.parametrize(
    ("thousandths", "shown"),
    [(-12_500, "-12.50"), (-5, "-0.005"), (0, "0.00"), (1_234, "1.234"), (10**18 - 10, "9" * 15 + ".99")],
)
def test_an_amount_is_a_number_whatever_its_sign(thousandths: int, shown: str) -> None:
    row = LUNCH._replace(amount=thousandths, raw_amount=thousandths * 2 // 2)

    assert (cell(row, "amount"), cell(row, "raw_amount")) == (shown, shown)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], ""),
        (["cash"], "#cash"),
        (["cash", "Client-X", "été"], "#cash #Client-X #été"),
        (["client x", "cash"], '#"client x" #cash'),
        (['6" pipe'], '#"6"" pipe"'),
        (['6"'], '#"6"""'),
        (["#1"], "##1"),
        (["a\tb"], '#"a\tb"'),
        ([" cash"], '#" cash"'),
        ([""], '#""'),
    ],
)
def test_tags_are_words(names: list[str], words: str) -> None:
    assert tag_words(tags(*names)) == words


def test_rows_are_read_as_the_chunks_are_taken() -> None:
    taken: list[int] = []

    def rows() -> Iterator[ExpenseRow]:
        for number in range(2500):
            taken.append(number)
            yield LUNCH._replace(id=number)

    chunks = as_csv(rows(), currency="USD")

    assert [(next(chunks).count(b"\r\n"), len(taken)) for _ in range(4)] == [
        (1, 0),
        (1000, 1000),
        (1000, 2000),
        (500, 2500),
    ]
    assert list(chunks) == []
