"""Tables of any sender: rows, columns, what they mean, and the expenses in them."""

from datetime import datetime
from decimal import Decimal

import pytest

from expenses.exports.as_csv import COLUMNS, as_csv
from expenses.exports.row import ExpenseRow, TagRow
from expenses.imports.columns import Mapping, mapping_read, mapping_said
from expenses.imports.entry import Entry, Unreadable, Wrong
from expenses.imports.files import file_opened, file_read, mapping_of
from expenses.imports.from_table import tag_names
from expenses.imports.table import MOST_ROWS, table_of

pytestmark = pytest.mark.once
at = datetime.fromisoformat

GERMAN = """Kontoauszug;;;
IBAN;DE00 0000;;

Buchungstag;Empfänger;Verwendungszweck;Betrag
31.08.2010;Bahn;"Fahrkarte; Berlin";-1.234,50
01.09.2010;Arbeitgeber;Gehalt;2.000,00
02.09.2010;Bäcker;;-3,20
"""


def read(text: str) -> tuple[Mapping, list[Entry], list[Wrong]]:
    file = file_opened(text.encode())
    mapping = mapping_of(file)
    return mapping, *file_read(file, mapping)


def test_a_bank_s_file() -> None:
    mapping, entries, wrong = read(GERMAN)

    assert mapping == Mapping(("date", "notes", "notes", "amount"), "dmy", ",", flip=True)
    assert wrong == []
    assert entries == [
        Entry(5, at("2010-08-31"), Decimal("1234.50"), "Imported", notes="Bahn Fahrkarte; Berlin"),
        Entry(6, at("2010-09-01"), Decimal("-2000.00"), "Imported", notes="Arbeitgeber Gehalt"),
        Entry(7, at("2010-09-02"), Decimal("3.20"), "Imported", notes="Bäcker"),
    ]


def test_money_out_and_in_stand_apart() -> None:
    _, entries, wrong = read("Date,Description,Debit,Credit\n2010-08-31,Lunch,-12.50,\n2010-09-01,Pay,,200\n,,1,\n")

    assert [entry.amount for entry in entries] == [Decimal("12.50"), Decimal(-200)]
    assert wrong == [Wrong(4, "date '': a day like 2010-08-31 is wanted")]


def test_columns_without_names_are_known_by_what_is_in_them() -> None:
    mapping, entries, _ = read("31.08.2010;Lunch;12,50;\n01.09.2010;Hotel;100,00;\n")

    assert mapping.roles == ("date", "notes", "amount")
    assert [entry.line for entry in entries] == [1, 2]


def test_wrong_cells_are_named() -> None:
    table = "date,amount,currency,raw_amount,unit,rate,status\n2010-08-31,{},{},{},km,{},{}\n"
    said = [
        ("", "", "", "", ""),
        ("many", "", "", "", ""),
        ("1", "EURO", "", "", ""),
        ("1", "EUR", "far", "", ""),
        ("1", "", "5", "high", ""),
        ("1", "", "", "", "-1"),
    ]

    assert [read(table.format(*cells))[2] for cells in said] == [
        [Wrong(2, "amount '': a number like 12.50 is wanted")],
        [Wrong(2, "amount 'many': a number like 12.50 is wanted")],
        [Wrong(2, "currency 'EURO': a code of ISO 4217, like EUR, is wanted")],
        [Wrong(2, "raw amount 'far': a number like 12.50 is wanted")],
        [Wrong(2, "rate 'high': a number like 0.585 is wanted")],
        [Wrong(2, "status '-1': an expense that is not deleted is wanted")],
    ]


def test_expensify() -> None:
    today = (
        "Date,Merchant,Description,From,To,Category,Tag,Tax,Amount,Currency,Type,Receipt URL\n"
        '2024-03-01,Uber,to the airport,a@x,b@x,Travel,"Client X, Berlin",,25.10,EUR,cash,https://x\n'
    )
    classic = (
        "Timestamp,Merchant,Amount,MCC,Category,Tag,Description,Reimbursable,"
        "Original Currency,Original Amount,Receipt\n"
        "2015-03-01 10:11:12,Uber,27.00,4121,Travel,Berlin,to the airport,yes,EUR,25.00,x\n"
    )

    assert [file_opened(text.encode()).sender for text in (today, classic)] == ["Expensify"] * 2
    assert read(today)[1] == [
        Entry(2, at("2024-03-01"), Decimal("25.10"), "Travel", "EUR", "Uber to the airport", ("Client X", "Berlin"))
    ]
    assert read(classic)[1] == [
        Entry(
            2, at("2015-03-01T10:11:12"), Decimal("27.00"), "Travel", "", "Uber to the airport", ("Berlin",),
            raw_amount=Decimal("25.00"), unit="EUR",
        )
    ]  # fmt: skip


def test_splitwise_and_one_s_own_share() -> None:
    text = (
        "Date,Description,Category,Cost,Currency,Alice,Bob\n"
        "2024-03-01,Dinner,Dining out,30.00,EUR,20.00,-20.00\n"
        "2024-03-02,Taxi,Taxi,12.00,EUR,-4.00,4.00\n"
        "2024-03-03,Total balance, , ,EUR,16.00,-16.00\n"
    )
    file = file_opened(text.encode())
    whole = mapping_of(file)
    mine = whole._replace(roles=(*whole.roles[:5], "share", ""))

    assert file.sender == "Splitwise"
    assert [entry.amount for entry in file_read(file, whole).entries] == [Decimal("30.00"), Decimal("12.00")]
    assert [entry.amount for entry in file_read(file, mine).entries] == [Decimal("10.00"), Decimal("4.00")]
    assert [wrong.line for wrong in file_read(file, mine).wrong] == [4]


def test_our_own_file() -> None:
    tags = (TagRow(1, "cash"), TagRow(2, 'client "x"'))
    row = ExpenseRow(
        7, 1, 1, 3, "-Trip", "=Lunch", None, "", 45000, 40000, "EUR", "1.125", "'quoted, by Jack", "web-1",
        "2010-08-31 12:30:00", "2010-08-31 12:30:00", "2010-08-31 12:30:00", None, "", tags,
    )  # fmt: skip
    file = file_opened(
        b"".join(as_csv([row, row._replace(status=-1, raw_amount=45000, unit="", rate="")], currency="USD"))
    )

    reading = file_read(file, mapping_of(file))

    assert file.sender == "xpenser"
    assert reading.entries == [
        Entry(
            2, at("2010-08-31T12:30"), Decimal(45), "=Lunch", "USD", "'quoted, by Jack", ("cash", 'client "x"'),
            "-Trip", "web-1", Decimal(40), "EUR", Decimal("1.125"),
        )
    ]  # fmt: skip
    assert [wrong.line for wrong in reading.wrong] == [3]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("a, b;c | #d", ["a", "b", "c", "d"]),
        ("client x", ["client x"]),
        (" , ", []),
        ('#cash #"client x" #"6"" pipe"', ["cash", "client x", '6" pipe']),
        ("#C# #a#b", ["C#", "a#b"]),
    ],
)
def test_tags(cell: str, names: list[str]) -> None:
    assert tag_names(cell) == names


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file has no rows"),
        (b"\n\n;;\n", "the file has no rows"),
        (b"PK\x03\x04rest", "this is a workbook"),
        (b"%PDF-1.4", "this is a workbook"),
        ((b"a," * 101) + b"b\n", "the file has 102 columns, and 100 are read"),
        (b"a\n" * (MOST_ROWS + 1), "the file has more than 50000 rows"),
        (b'a,b\n1,"' + b"x" * 140_000 + b'"\n', "line 2: field larger than field limit"),
    ],
)
def test_what_is_no_table(data: bytes, message: str) -> None:
    with pytest.raises(Unreadable, match=f"^{message}"):
        file_opened(data)


def test_a_separator_may_be_said() -> None:
    text = "a,b;c,d\n1,2;3,4\n"

    assert table_of(text, ";").header == ("a,b", "c,d")
    assert len({table_of(text).signature, table_of(text, ";").signature, table_of("A,B;C,D\n5,6\n").signature}) == 2


def test_what_a_person_says_is_kept_as_far_as_it_makes_sense() -> None:
    said = mapping_said(
        roles=["date", "date", "nonsense", "notes", "notes", "amount"], width=5,
        date_style="x", decimal_mark="x", flip=True, other_type=" ",
    )  # fmt: skip

    assert said == Mapping(("date", "", "", "notes", "notes"), "ymd", ".", flip=True, other_type="Imported")
    assert mapping_read({**said._asdict(), "roles": list(said.roles)}, 5) == said
    assert mapping_read(said._asdict(), 6) is None


def test_every_column_of_our_own_has_a_meaning() -> None:
    assert len(mapping_of(file_opened(",".join(COLUMNS).encode() + b"\n")).roles) == len(COLUMNS)
