import codecs
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.exports.as_csv import COLUMNS, as_csv
from expenses.exports.from_csv import CsvError, CsvRow, read_csv
from expenses.exports.row import ExpenseRow
from tests.expenses.exports import LUNCH, rows, tags, texts

pytestmark = pytest.mark.once

TEXTS = ("type", "notes", "tags", "report", "category", "unit", "receipt", "sourceid")


def held(row: ExpenseRow, currency: str) -> CsvRow:
    """Return what the file holds of ``row``."""
    return CsvRow(
        date=row.date,
        type=row.type,
        amount=row.amount,
        currency=currency,
        notes=row.notes,
        tags=tuple(tag.name for tag in row.tags),
        report=row.report,
        category=row.category,
        raw_amount=row.raw_amount,
        unit=row.unit,
        rate=row.rate,
        receipt=row.receipt_image,
        status=row.status,
        id=row.id,
        created=row.created,
        modified=row.modified,
        report_id=row.report_id,
        sourceid=row.sourceid,
    )


def file(**cells: str) -> bytes:
    """Return a file of one record, LUNCH with ``cells`` put in as they are."""
    record = next(csv.DictReader(io.StringIO(b"".join(as_csv([LUNCH], currency="USD")).decode(), newline="")))
    text = io.StringIO(newline="")
    csv.writer(text).writerows([COLUMNS, (record | cells).values()])
    return text.getvalue().encode()


@given(st.lists(rows, max_size=5))
def test_reading_an_export_returns_its_cells(exported: list[ExpenseRow]) -> None:
    written = b"".join(as_csv(exported, currency="USD"))

    assert list(read_csv(written)) == [held(row, "USD") for row in exported]


@given(st.lists(rows, max_size=5))
def test_no_text_starts_a_formula_and_no_row_falls_apart(exported: list[ExpenseRow]) -> None:
    written = b"".join(as_csv(exported, currency="USD")).decode()

    records = list(csv.DictReader(io.StringIO(written, newline="")))

    assert len(records) == len(exported)
    assert not any(record[column].startswith(tuple("=+-@\t\r")) for record in records for column in TEXTS)


@given(texts)
def test_any_text_is_read_or_refused(text: str) -> None:
    for source in (text.encode(), file(tags=text), file(amount=text), file(date=text)):
        try:
            list(read_csv(source))
        except CsvError as error:
            assert error.line >= 1  # noqa: PT017 - most texts are refused, some are not


def test_the_columns_are_those_of_the_export() -> None:
    assert CsvRow._fields == COLUMNS


def test_it_reads_lines(tmp_path: Path) -> None:
    row = LUNCH._replace(notes="one\r\ntwo\rthree\n", tags=tags("a b"))
    path = tmp_path / "expenses.csv"
    path.write_bytes(codecs.BOM_UTF8 + b"".join(as_csv([row, row], currency="USD")))

    with path.open(encoding="utf-8-sig", newline="") as lines:
        assert list(read_csv(lines)) == [held(row, "USD")] * 2


def test_a_byte_order_mark_is_skipped() -> None:
    assert list(read_csv(codecs.BOM_UTF8 + file())) == [held(LUNCH, "USD")]


def test_notes_may_be_long() -> None:
    row = LUNCH._replace(notes="long " * 20_000)  # five times what the ledger keeps

    assert list(read_csv(b"".join(as_csv([row], currency="USD")))) == [held(row, "USD")]


@pytest.mark.parametrize(("cell", "thousandths"), [("12", 12_000), ("-0.5", -500), ("1.23", 1_230), ("0.001", 1)])
def test_a_spreadsheet_may_have_dropped_zeros(cell: str, thousandths: int) -> None:
    assert next(read_csv(file(amount=cell))).amount == thousandths


def test_a_quote_that_guards_nothing_stays() -> None:
    assert next(read_csv(file(notes="'twas 'nice'"))).notes == "'twas 'nice'"


@pytest.mark.parametrize(
    ("column", "cell", "wanted"),
    [
        ("date", "2010-02-30 12:30:00", "a time that exists, like 2010-05-21 12:30:00, is wanted"),
        ("date", "2010-05-21", "a time that exists, like 2010-05-21 12:30:00, is wanted"),
        ("created", "2010-W20-5 12:30:00", "a time that exists, like 2010-05-21 12:30:00, is wanted"),
        ("modified", "2010-05-21 12:30:00+00:00", "a time that exists, like 2010-05-21 12:30:00, is wanted"),
        ("amount", "12,34", "an amount with a point and at most three decimals, like 12.34, is wanted"),
        ("amount", "1e400", "an amount with a point and at most three decimals, like 12.34, is wanted"),
        ("amount", "", "an amount with a point and at most three decimals, like 12.34, is wanted"),
        ("raw_amount", "١٢", "an amount with a point and at most three decimals, like 12.34, is wanted"),
        ("currency", "usd", "a code of ISO 4217, like EUR, is wanted"),
        ("tags", "cash", 'names, each after a #, like #cash #"client x", is wanted'),
        ("tags", "#cash  #x", 'names, each after a #, like #cash #"client x", is wanted'),
        ("tags", '#"open', 'names, each after a #, like #cash #"client x", is wanted'),
        ("rate", "half", "a rate like 0.585, or nothing, is wanted"),
        ("status", "2", "1 or -1 is wanted"),
        ("id", "676.0", "a whole number is wanted"),
        ("report_id", "", "a whole number is wanted"),
    ],
)
def test_it_says_which_cell_is_wrong(column: str, cell: str, wanted: str) -> None:
    with pytest.raises(CsvError) as caught:
        list(read_csv(file(**{column: cell})))

    assert str(caught.value) == f"line 2, {column} {cell!r}: {wanted}"
    assert (caught.value.line, caught.value.column, caught.value.value) == (2, column, cell)


def test_a_long_cell_is_shown_in_part() -> None:
    with pytest.raises(CsvError, match=f"^line 2, status '{'1' * 59}…': 1 or -1 is wanted$"):
        list(read_csv(file(status="1" * 100)))


def test_the_line_is_where_the_record_starts() -> None:
    two = b"".join(as_csv([LUNCH._replace(notes="a\nb\nc"), LUNCH], currency="USD")).replace(b",54,", b",fifty,")

    with pytest.raises(CsvError) as caught:
        list(read_csv(two.replace(b",fifty,", b",54,", 1)))

    assert (caught.value.line, caught.value.value) == (5, "fifty")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"", f"line 1: the header {','.join(COLUMNS)} is wanted"),
        (b"id,date\r\n", f"line 1: the header {','.join(COLUMNS)} is wanted"),
        (file() + b"a,b\r\n", "line 3: a record of 18 cells, not 2, is wanted"),
        (file() + b"\r\n", "line 3: a record of 18 cells, not 0, is wanted"),
        (file() + b'"a"b', "line 3: a record as in RFC 4180 (',' expected after '\"') is wanted"),
        (file() + b'a,"b\r\n', "line 3: a record as in RFC 4180 (unexpected end of data) is wanted"),
        (file() + b"caf\xe9", "line 3: UTF-8 in place of byte 0xe9 is wanted"),
    ],
)
def test_it_says_which_line_is_wrong(source: bytes, message: str) -> None:
    with pytest.raises(CsvError) as caught:
        list(read_csv(source))

    assert str(caught.value) == message
    assert (caught.value.column, caught.value.value) == ("", "")
