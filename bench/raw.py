"""The raw limit: SQL by hand through the bare driver, and a loop that writes the same bytes as the server does.

Each is SQL that was written for the one question, on either database; the owner is the first, whose ledger is heavy.
``where`` says which of his expenses are meant; it begins with AND, or is empty.
"""

import csv
import io
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import psycopg

CHUNK = 2000
TAGS = (
    "FROM expenses_expensetag l JOIN expenses_tag t ON t.id = l.tag_id"
    " WHERE l.user_id = e.user_id AND l.expense_id = e.id"
)
HASHED, BLANK = "'#' || t.name", "' '"
INSERTED = "lunch 45 with jack #clientx #cash"
Chunks = Iterator[bytes]


class Words(NamedTuple):
    """What the databases spell differently; ``{}`` stands for a column."""

    money: str
    date: str
    sorted_date: str
    us_date: str
    instant: str
    concat: str
    linefeed: str
    json_pairs: str
    day: str
    part: str
    largest: str
    begin: str
    zone: str

    @property
    def columns(self) -> str:
        """What a wire tells of an expense: raw amount, notes, created, modified, amount, date, type, id."""
        return (
            f"{self.money.format('e.raw_amount')}, e.notes, {self.instant.format('e.created')},"
            f" {self.instant.format('e.modified')}, {self.money.format('e.amount')}, {self.date}, e.type, e.id"
        )

    def tags(self, what: str, between: str) -> str:
        """Return the question for all tags of an expense, as one text; both are SQL."""
        return f"(SELECT {self.concat.format(what, between)} {TAGS})"

    def chosen(self, where: str, order: str = "e.date, e.id") -> str:
        """Return what comes after the columns. Few rows are sorted, rather than found on a walk by date."""
        if "e.modified" in where:
            order = order.replace("e.date", self.sorted_date)
        return f"FROM expenses_expense e WHERE e.user_id = 1 AND e.status = 1 {where} ORDER BY {order}"


SQLITE = Words(
    money="printf('%.2f', {} / 1000.0)",
    date="substr(e.date, 1, 19)",
    sorted_date="+e.date",
    us_date="strftime('%m/%d/%Y', e.date)",
    instant="strftime('%Y-%m-%d %H:%M:%S', {} / 1000000, 'unixepoch')",
    concat="group_concat({}, {})",
    linefeed="char(10)",
    json_pairs="json_group_array(json_array(t.id, t.name))",
    day="substr(e.date, 1, 10)",
    part="instr",
    largest="max",
    begin="BEGIN IMMEDIATE",
    zone="",
)
POSTGRESQL = Words(
    money="round({} / 1000.0, 2)::text",
    date="left(e.date::text, 19)",
    sorted_date="e.date",
    us_date="to_char(e.date, 'MM/DD/YYYY')",
    instant="left(to_timestamp({} / 1000000)::text, 19)",
    concat="string_agg(({})::text, {})",
    linefeed="chr(10)",
    json_pairs="json_agg(json_build_array(t.id, t.name))::text",
    day="left(e.date::text, 10)",
    part="strpos",
    largest="greatest",
    begin="BEGIN",
    zone="+00",
)


class Database:
    """A connection of the bare driver, as safe as the product's: what was written is on the disk."""

    def __init__(self, address: str) -> None:
        """``address`` is a URL of PostgreSQL, or the path of a file of SQLite."""
        self.words = POSTGRESQL if "://" in address else SQLITE
        self.driver: Any
        if self.words is POSTGRESQL:
            self.driver = psycopg.connect(address, autocommit=True, options="-c datestyle=ISO -c timezone=UTC")
        else:
            self.driver = sqlite3.connect(address, timeout=30, isolation_level=None, check_same_thread=False)
            self.driver.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")

    def fetched(self, sql: str) -> Iterator[list[Any]]:
        cursor = self.driver.execute(sql)
        while chunk := cursor.fetchmany(CHUNK):
            yield chunk

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self.driver.execute(sql).fetchall()
        return rows

    def close(self) -> None:
        self.driver.close()


def v1_json(database: Database, where: str) -> Chunks:
    words, line = database.words, database.words.linefeed
    tag = (
        f"'            {{' || {line} || '                \"name\": \"' || t.name || '\", ' || {line}"
        f" || '                \"id\": ' || t.id || {line} || '            }}'"
    )
    tags = words.tags(tag, f"', ' || {line}")
    quoted, before = encode_basestring, "[\n"
    for chunk in database.fetched(f"SELECT {words.columns}, {tags}, e.report_id {words.chosen(where)}"):
        texts = [
            f'    {{\n        "status": 1, \n        "rawamount": "{raw}", \n        "notes": {quoted(notes)}, \n'
            f'        "created": "{created}", \n        "modified": "{modified}", \n        "amount": "{amount}", \n'
            f'        "date": "{date}", \n        "type": {quoted(kind)}, \n        "id": {id_}, \n        "tags": '
            f'{f"[{chr(10)}{tags}{chr(10)}        ]" if tags else "[]"}, \n        "report_id": {report}\n    }}'
            for raw, notes, created, modified, amount, date, kind, id_, tags, report in chunk
        ]
        yield (before + ", \n".join(texts)).encode()
        before = ", \n"
    yield b"[]" if before == "[\n" else b"\n]"


def v1_xml(database: Database, where: str) -> Chunks:
    words = database.words
    tags = words.tags("'<resource><name>' || t.name || '</name><id>' || t.id || '</id></resource>'", "''")
    yield b'<?xml version="1.0" encoding="utf-8"?>\n<response>'
    for chunk in database.fetched(f"SELECT {words.columns}, {tags}, e.report_id {words.chosen(where)}"):
        yield "".join(
            [
                f"<resource><status>1</status><rawamount>{raw}</rawamount><notes>{escape(notes)}</notes>"
                f"<created>{created}</created><modified>{modified}</modified><amount>{amount}</amount>"
                f"<date>{date}</date><type>{escape(kind)}</type><id>{id_}</id><tags>{tags or ''}</tags>"
                f"<report_id>{report}</report_id></resource>"
                for raw, notes, created, modified, amount, date, kind, id_, tags, report in chunk
            ]
        ).encode()
    yield b"</response>"


def classic_json(database: Database, where: str) -> Chunks:
    words = database.words
    tags, order = words.tags("t.id", "', '"), "e.date DESC, e.id"
    quoted, before = encode_basestring_ascii, "["
    sql = f"SELECT {words.columns}, {tags}, e.report_id, e.sourceid {words.chosen(where, order)}"
    for chunk in database.fetched(sql):
        texts = [
            f'{{"pk": {id_}, "model": "xpense.expense", "fields": {{"category": null, "status": 1, '
            f'"rawamount": "{raw}", "sourceid": {quoted(source)}, "notes": {quoted(notes)}, "created": "{created}", '
            f'"modified": "{modified}", "report": {report}, "amount": "{amount}", "user": 1, "date": "{date}", '
            f'"type": {quoted(kind)}, "tags": [{tags or ""}]}}}}'
            for raw, notes, created, modified, amount, date, kind, id_, tags, report, source in chunk
        ]
        yield (before + ", ".join(texts)).encode()
        before = ", "
    yield b"[]" if before == "[" else b"]"


def csv_file(database: Database, where: str) -> Chunks:
    words = database.words
    amount, raw_amount, created, modified = (
        words.money.format("e.amount"),
        words.money.format("e.raw_amount"),
        words.instant.format("e.created"),
        words.instant.format("e.modified"),
    )
    sql = (
        f"SELECT {words.date}, e.type, {amount}, 'USD', e.notes, {words.tags(HASHED, BLANK)}, 'My Expenses', '',"
        f" {raw_amount}, '', '', '', 1, e.id, {created}, {modified}, e.report_id, e.sourceid {words.chosen(where)}"
    )
    yield (
        b"date,type,amount,currency,notes,tags,report,category,raw_amount,unit,rate,receipt,status,id,created,modified,"
        b"report_id,sourceid\r\n"
    )
    for chunk in database.fetched(sql):
        text = io.StringIO()
        csv.writer(text).writerows(chunk)
        yield text.getvalue().encode()


def qif(database: Database, where: str) -> Chunks:
    words = database.words
    sql = (
        f"SELECT {words.us_date}, {words.money.format('-e.amount')}, e.id, e.type,"
        f" trim(e.notes || ' ' || coalesce({words.tags(HASHED, BLANK)}, '')) {words.chosen(where)}"
    )
    yield b"!Type:Cash\n"
    for chunk in database.fetched(sql):
        yield "".join(
            [
                f"D{date}\nT{'0.00' if amount == '-0.00' else amount}\nN{id_}\nP{kind}\n"
                f"{f'M{memo}{chr(10)}' if memo else ''}L{kind.replace(':', '-')}\n^\n"
                for date, amount, id_, kind, memo in chunk
            ]
        ).encode()


def ledger_page(database: Database, where: str) -> Chunks:
    """What the first page shows: rows, the total of all, and the totals of the days. Nothing is written."""
    words = database.words
    newest = database.rows(
        "SELECT e.id, e.status, e.type, e.amount, e.raw_amount, e.unit, e.rate, e.notes, e.date, r.id, r.name,"
        f" r.status, (SELECT count(*) FROM expenses_receipt q WHERE q.expense_id = e.id), e.modified, {words.date},"
        f" (SELECT {words.json_pairs} {TAGS}) FROM expenses_expense e JOIN reports_report r ON r.id = e.report_id"
        f" WHERE e.user_id = 1 AND e.status = 1 {where} ORDER BY e.date DESC, e.id DESC LIMIT 51"
    )
    mine = f"FROM expenses_expense e WHERE e.user_id = 1 AND e.status = 1 {where}"
    database.rows(f"SELECT count(*), sum(e.amount) {mine}")
    if newest:
        database.rows(
            f"SELECT {words.day}, count(*), sum(e.amount) {mine} AND e.date >= '{newest[-1][14][:10]}' GROUP BY 1"
        )
    yield b""


def insert(database: Database, where: str) -> Chunks:
    """Record what ``INSERTED`` means, in one transaction, and answer as v1.0 does."""
    driver, words = database.driver, database.words
    driver.execute(words.begin)
    ((now,),) = database.rows(
        f"UPDATE expenses_clock SET last = {words.largest}(last + 1, {time.time_ns() // 1000}) WHERE user_id = 1"
        " RETURNING last"
    )
    ((made,),) = database.rows(
        "INSERT INTO expenses_expense (user_id, report_id, status, type, type_key, amount, raw_amount, unit, notes,"
        " notes_key, sourceid, date, created, modified) SELECT 1, id, 1, 'lunch', 'lunch', 45000, 45000, '',"
        f" 'with jack', 'with jack', '', '2026-11-26 12:00:00{words.zone}', {now}, {now}"
        " FROM reports_report WHERE user_id = 1 AND is_default RETURNING id"
    )
    driver.execute(
        f"INSERT INTO expenses_expensetag (user_id, expense_id, tag_id) SELECT 1, {made}, id FROM expenses_tag"
        " WHERE user_id = 1 AND name_key IN ('clientx', 'cash')"
    )
    driver.execute("COMMIT")
    yield from v1_json(database, f"AND e.id = {made}")


def nothing(database: Database, where: str) -> Chunks:
    """Answer that there is nothing, without a question."""
    yield b"[]"


FORMATS: Mapping[str, Callable[[Database, str], Chunks]] = {
    made.__name__: made for made in (v1_json, v1_xml, classic_json, csv_file, qif, ledger_page, insert, nothing)
}
