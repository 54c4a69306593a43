"""What banks and accounting programs write: OFX of every age, and QIF."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expenses.exports.as_json import as_json
from expenses.exports.as_ofx import as_ofx
from expenses.exports.as_qif import as_qif
from expenses.exports.row import ExpenseRow
from expenses.imports.entry import Entry, Reading, Unreadable, Wrong
from expenses.imports.files import File, file_opened, file_read, mapping_of
from expenses.imports.from_ofx import ofx_table
from expenses.imports.from_qif import qif_table
from expenses.imports.table import MOST_ROWS, Record, statement_table
from tests.expenses.exports import LUNCH, rows, tags

pytestmark = pytest.mark.once
at = datetime.fromisoformat

OLD_OFX = """OFXHEADER:100
DATA:OFXSGML
CHARSET:1252

<OFX><SIGNONMSGSRSV1><SONRS><DTSERVER>20240305</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR
<BANKACCTFROM><BANKID>1<ACCTID>A1</BANKACCTFROM>
<BANKTRANLIST>
<STMTTRN>
<TRNTYPE>DEBIT
<DTPOSTED>20240301120000[-5:EST]
<TRNAMT>-45.10
<FITID>F1
<NAME>Café &amp; Bar
<MEMO>
</STMTTRN>
</STMTTRN>
<STMTTRN><DTPOSTED>20240302<TRNAMT>12.5<FITID>F2<NAME>Refund<MEMO>of &lt;all&gt;</STMTTRN>
<STMTTRN><DTPOSTED>soon<TRNAMT>1</STMTTRN>
</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
""".encode("cp1252")
QUICKEN = """!Option:AutoSwitch
!Account
NCash
^
!Type:Cash
D5/21'10
POpening Balance
T100.00
L[Cash]
^
D5/ 1' 9
T-1,045.00
PCafe
Mwith jack
LFood:Lunch
^

D12/31/2009
U7.50
PRefund
Nx
^
D1/2/2010
T-5
L[Savings]
^
^
!Type:Cat
NFood
^
"""


def read(data: bytes) -> tuple[File, Reading]:
    file = file_opened(data)
    return file, file_read(file, mapping_of(file))


def test_ofx_of_1998() -> None:
    file, reading = read(OLD_OFX)

    assert (file.kind, file.encoding) == ("ofx", "windows-1252")
    assert reading.entries == [
        Entry(9, at("2024-03-01"), Decimal("45.10"), "Imported", "EUR", "Café & Bar", sourceid="A1/F1"),
        Entry(18, at("2024-03-02"), Decimal("-12.5"), "Imported", "EUR", "Refund of <all>", sourceid="A1/F2"),
    ]
    assert reading.wrong == [Wrong(19, "date 'soon': a day like 2010-08-31 is wanted")]


def test_ofx_on_one_line() -> None:
    one = "<STMTTRN><DTPOSTED>20240301<TRNAMT>-1<FITID>F1</STMTTRN>"

    table = ofx_table(f"<OFX>{one}{one}\n{one}\n\n\n{one}</OFX>")

    assert [record.line for record in table.records] == [1, 2, 3, 5]


def test_the_account_that_money_went_to_is_another() -> None:
    sent = "<STMTTRN><FITID>F1<BANKACCTTO><ACCTID>B2</BANKACCTTO></STMTTRN>"

    table = ofx_table(f"<OFX><BANKACCTFROM><ACCTID>A1</BANKACCTFROM>{sent}{sent}</OFX>")

    assert [record.cells[4] for record in table.records] == ["A1/F1", "A1/F1"]


def test_xml_s_traps_do_nothing() -> None:
    bomb = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b SYSTEM 'file:///etc/passwd'>]>"
    body = "<OFX><STMTTRN><DTPOSTED>20240301<TRNAMT>1<NAME>&a;&b;</STMTTRN></OFX>"

    assert ofx_table(bomb + body).records[0].cells[2] == "&a;&b;"


def test_cdata_is_text() -> None:
    body = "<DTPOSTED><![CDATA[20240301]]><TRNAMT>1<NAME><![CDATA[A&amp;B <Bar>]]></NAME><MEMO>x<![CDATA[]]></MEMO>"

    table = ofx_table(f"<OFX><STMTTRN>{body}</STMTTRN><STMTTRN><NAME><![CDATA[no end</NAME></STMTTRN></OFX>")

    assert [record.cells[2:4] for record in table.records] == [["A&amp;B <Bar>", "x"], ["no end", ""]]
    assert table.records[0].cells[0] == "20240301"


@pytest.mark.parametrize("text", [
    "<CURRENCY><CURRATE>1.1<CURSYM>USD</CURRENCY>",
    "<CURRENCY><CURRATE>1.1</CURRATE><CURSYM>USD</CURSYM></CURRENCY>",
])  # fmt: skip
def test_an_amount_in_another_currency_than_the_statement(text: str) -> None:
    foreign, own = (f"<STMTTRN><TRNAMT>-1{said}</STMTTRN>" for said in (text, ""))

    table = ofx_table(f"<OFX><CURDEF>EUR{foreign}{own}</OFX>")

    assert [record.cells[5] for record in table.records] == ["USD", "EUR"]


def test_an_amount_that_was_in_another_currency() -> None:
    was = "<STMTTRN><TRNAMT>-1<ORIGCURRENCY><CURRATE>1.1<CURSYM>USD</ORIGCURRENCY></STMTTRN>"

    assert ofx_table(f"<OFX><CURDEF>EUR<CURSYM>GBP{was}</OFX>").records[0].cells[5] == "EUR"


def test_our_own_json() -> None:
    row = LUNCH._replace(
        type="=1+1", notes='\'=x\r\n"1"', tags=tags("cash", 'a "b"'), receipt_id=1, receipt_image="7/x.JPG"
    )
    gone = row._replace(status=-1)
    refund = LUNCH._replace(amount=-1_234_500, tags=())

    file, reading = read(b"".join(as_json([row, gone, refund], currency="USD")))

    assert (file.kind, file.sender) == ("json", "xpenser")
    assert reading.entries == [
        Entry(2, at("2010-05-21 12:30"), Decimal("45.00"), "=1+1", notes='\'=x\r\n"1"', tags=("cash", 'a "b"')),
        Entry(54, at("2010-05-21 12:30"), Decimal("-1234.50"), "Lunch", notes="with jack"),
    ]
    assert reading.wrong == [Wrong(28, "status '-1': an expense that is not deleted is wanted")]


@settings(max_examples=30)
@given(written=st.lists(rows.map(lambda row: row._replace(status=1, date=LUNCH.date)), min_size=1, max_size=3))
def test_any_json_of_ours_says_what_was_written(written: list[ExpenseRow]) -> None:
    _, reading = read(b"".join(as_json(written, currency="USD")))

    assert reading.wrong == []
    assert [(entry.type.strip() or "Imported", entry.notes.strip(), entry.tags) for entry in reading.entries] == [
        (row.type.strip() or "Imported", row.notes.strip(), tuple(tag.name for tag in row.tags)) for row in written
    ]


def test_json_of_another_form() -> None:
    one = '{"date":"2026-11-01","amount":12.345,"type":"Tea","notes":"a\\u0000\\ud800b","tags":["x",{"name":"y"}]}'

    _, reading = read(f'[{one},{one}, 7, {{"tags":3}}]'.encode())

    tea = Entry(1, at("2026-11-01"), Decimal("12.345"), "Tea", notes="ab", tags=("y",))
    assert reading.entries == [tea, tea._replace(line=2)]
    assert [wrong.line for wrong in reading.wrong] == [3, 4]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "the file has no rows"),
        ('[\n{"date":"x"},\n', "line 3: no expense in JSON begins there"),
        ('[{"a":' + "[" * 100_000, "line 1: no expense in JSON begins there"),
    ],
)
def test_what_is_no_list_of_expenses(text: str, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        file_opened(text.encode())

    assert str(refused.value) == said


def test_quicken() -> None:
    file, reading = read(QUICKEN.encode())

    assert file.kind == "qif"
    assert reading.wrong == []
    assert reading.entries == [
        Entry(11, at("2009-05-01"), Decimal("1045.00"), "Food:Lunch", notes="Cafe with jack"),
        Entry(18, at("2009-12-31"), Decimal("-7.50"), "Imported", notes="Refund"),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_nothing_else_ends_a_line_of_quicken(end: str) -> None:
    memo = "a\x0b\x0cb\x1c\x1d\x1ec\x85d\u2028\u2029^e"

    table = qif_table(end.join(["!Type:Cash", "D1/2/2010", "T-5", f"M{memo}", "^", "D1/3/2010", "^"]))

    assert table.records == [Record(2, ["1/2/2010", "-5", "", memo, ""]), Record(6, ["1/3/2010", "", "", "", ""])]


def test_without_transactions_and_with_too_many() -> None:
    for data in (b"!Type:Bank\n", b"<OFX></OFX>"):
        with pytest.raises(Unreadable, match=r"^the file has no rows$"):
            file_opened(data)

    records = iter([Record(1, [""])] * (MOST_ROWS + 3))
    with pytest.raises(Unreadable, match=r"^the file has more than 50000 rows: split it$"):
        statement_table(("date",), records)
    assert len([*records]) == 2


def test_of_one_that_is_too_long_no_more_is_read_than_tells_that() -> None:
    with pytest.raises(Unreadable, match=r"^the file has more than 50000 rows: split it$"):
        file_opened(b"[" + b"{}," * (MOST_ROWS + 1) + b"and no more JSON")


_kept = st.builds(
    lambda kind, amount, day: LUNCH._replace(type=kind, amount=amount, date=f"{day} 12:30:00", notes="", category=""),
    st.from_regex("[A-Za-zé🍜]{1,32}", fullmatch=True),
    st.integers(-(10**15), 10**15),
    st.dates(min_value=date(1970, 1, 1), max_value=date(2069, 12, 31)),
)


@given(st.lists(_kept, min_size=1, max_size=5))
def test_our_own_come_back(expenses: list[ExpenseRow]) -> None:
    expected = [(at(row.date[:10]), Decimal(row.amount).scaleb(-3), row.type) for row in expenses]

    for export in (as_ofx, as_qif):
        _, reading = read(b"".join(export(expenses, currency="USD")))

        assert reading.wrong == []
        assert [(entry.date, entry.amount, entry.type) for entry in reading.entries] == expected


def test_our_own_numbers_and_notes_come_back() -> None:
    row = LUNCH._replace(tags=tags("client x"))

    _, reading = read(b"".join(as_ofx([row], currency="EUR")))

    assert reading.entries[0][3:] == (
        "Lunch", "EUR", 'with jack #"client x"', (), "", "expenses/676", None, "", None,
    )  # fmt: skip
