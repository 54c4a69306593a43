"""``python -m bench.exports [COUNT]``: what an export costs, as a ratio to raw SQL that writes the same bytes.

A real server process answers over a real socket; the raw limit is the bare driver, a loop and a file, in the same
run on the same database. The bytes of both are compared before anything is timed. Memory is what the worker that
answered held at its peak above what it held before. SQLite only, so far.
"""

import base64
import csv
import hashlib
import http
import http.client
import io
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from json.encoder import encode_basestring, encode_basestring_ascii
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from bench import EMAIL, PASSWORD
from tests.live import LiveServer

RUNS = 5
CHUNK = 2000
AMOUNT, RAW_AMOUNT = "printf('%.2f', e.amount / 1000.0)", "printf('%.2f', e.raw_amount / 1000.0)"
DATE, CREATED, MODIFIED = (
    "substr(e.date, 1, 19)",
    "strftime('%Y-%m-%d %H:%M:%S', e.created / 1000000, 'unixepoch')",
    "strftime('%Y-%m-%d %H:%M:%S', e.modified / 1000000, 'unixepoch')",
)
ROWS = "FROM expenses_expense e WHERE e.user_id = 1 AND e.status = 1 ORDER BY"
TAGS = (
    "FROM expenses_expensetag l JOIN expenses_tag t ON t.id = l.tag_id"
    " WHERE l.user_id = e.user_id AND l.expense_id = e.id"
)
Chunks = Iterator[bytes]


def fetched(database: sqlite3.Connection, sql: str) -> Iterator[list[Any]]:
    cursor = database.execute(sql)
    while chunk := cursor.fetchmany(CHUNK):
        yield chunk


def v1_json(database: sqlite3.Connection) -> Chunks:
    tag = (
        "'            {' || char(10) || '                \"name\": \"' || t.name || '\", ' || char(10)"
        " || '                \"id\": ' || t.id || char(10) || '            }'"
    )
    sql = (
        f"SELECT {RAW_AMOUNT}, e.notes, {CREATED}, {MODIFIED}, {AMOUNT}, {DATE}, e.type, e.id,"
        f" (SELECT group_concat({tag}, ', ' || char(10)) {TAGS}), e.report_id {ROWS} e.date, e.id"
    )
    quoted, before = encode_basestring, "[\n"
    for chunk in fetched(database, sql):
        texts = [
            f'    {{\n        "status": 1, \n        "rawamount": "{raw}", \n        "notes": {quoted(notes)}, \n'
            f'        "created": "{created}", \n        "modified": "{modified}", \n        "amount": "{amount}", \n'
            f'        "date": "{date}", \n        "type": {quoted(kind)}, \n        "id": {id_}, \n        "tags": '
            f'{f"[{chr(10)}{tags}{chr(10)}        ]" if tags else "[]"}, \n        "report_id": {report}\n    }}'
            for raw, notes, created, modified, amount, date, kind, id_, tags, report in chunk
        ]
        yield (before + ", \n".join(texts)).encode()
        before = ", \n"
    yield b"\n]"


def v1_xml(database: sqlite3.Connection) -> Chunks:
    tag = "'<resource><name>' || t.name || '</name><id>' || t.id || '</id></resource>'"
    sql = (
        f"SELECT {RAW_AMOUNT}, e.notes, {CREATED}, {MODIFIED}, {AMOUNT}, {DATE}, e.type, e.id,"
        f" (SELECT group_concat({tag}, '') {TAGS}), e.report_id {ROWS} e.date, e.id"
    )
    yield b'<?xml version="1.0" encoding="utf-8"?>\n<response>'
    for chunk in fetched(database, sql):
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


def classic_json(database: sqlite3.Connection) -> Chunks:
    sql = (
        f"SELECT e.id, {RAW_AMOUNT}, e.sourceid, e.notes, {CREATED}, {MODIFIED}, e.report_id, {AMOUNT}, {DATE},"
        f" e.type, (SELECT group_concat(t.id, ', ') {TAGS}) {ROWS} e.date DESC, e.id"
    )
    quoted, before = encode_basestring_ascii, "["
    for chunk in fetched(database, sql):
        texts = [
            f'{{"pk": {id_}, "model": "xpense.expense", "fields": {{"category": null, "status": 1, '
            f'"rawamount": "{raw}", "sourceid": {quoted(source)}, "notes": {quoted(notes)}, "created": "{created}", '
            f'"modified": "{modified}", "report": {report}, "amount": "{amount}", "user": 1, "date": "{date}", '
            f'"type": {quoted(kind)}, "tags": [{tags or ""}]}}}}'
            for id_, raw, source, notes, created, modified, report, amount, date, kind, tags in chunk
        ]
        yield (before + ", ".join(texts)).encode()
        before = ", "
    yield b"]"


def csv_file(database: sqlite3.Connection) -> Chunks:
    sql = (
        f"SELECT {DATE}, e.type, {AMOUNT}, 'USD', e.notes, (SELECT group_concat('#' || t.name, ' ') {TAGS}),"
        f" 'My Expenses', '', {RAW_AMOUNT}, '', '', '', 1, e.id, {CREATED}, {MODIFIED}, e.report_id, e.sourceid"
        f" {ROWS} e.date, e.id"
    )
    yield (
        b"date,type,amount,currency,notes,tags,report,category,raw_amount,unit,rate,receipt,status,id,created,modified,"
        b"report_id,sourceid\r\n"
    )
    for chunk in fetched(database, sql):
        text = io.StringIO()
        csv.writer(text).writerows(chunk)
        yield text.getvalue().encode()


def qif(database: sqlite3.Connection) -> Chunks:
    sql = (
        f"SELECT strftime('%m/%d/%Y', e.date), printf('%.2f', -e.amount / 1000.0), e.id, e.type,"
        f" trim(e.notes || ' ' || coalesce((SELECT group_concat('#' || t.name, ' ') {TAGS}), '')) {ROWS} e.date, e.id"
    )
    yield b"!Type:Cash\n"
    for chunk in fetched(database, sql):
        yield "".join(
            [
                f"D{date}\nT{'0.00' if amount == '-0.00' else amount}\nN{id_}\nP{kind}\n"
                f"{f'M{memo}{chr(10)}' if memo else ''}L{kind.replace(':', '-')}\n^\n"
                for date, amount, id_, kind, memo in chunk
            ]
        ).encode()


JOBS: dict[str, tuple[str, Callable[[sqlite3.Connection], Chunks]]] = {
    "v1.0 json": ("/api/v1.0/expenses/?report=*&format=json", v1_json),
    "v1.0 xml": ("/api/v1.0/expenses/?report=*&format=xml", v1_xml),
    "classic json": ("/api/expenses/?report=*&format=json", classic_json),
    "csv": ("/api/v1.0/expenses/?report=*&format=csv", csv_file),
    "qif": ("/api/v1.0/expenses/?report=*&format=qif", qif),
}


def answer(server: LiveServer, path: str) -> tuple[str, int]:
    """Fetch a path and return the digest and the size of what came."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    credentials = base64.b64encode(f"{EMAIL}:{PASSWORD}".encode()).decode("ascii")
    connection.request("GET", path, headers={"Authorization": f"Basic {credentials}"})
    response = connection.getresponse()
    assert response.status == http.HTTPStatus.OK, response.status
    digest, size = hashlib.sha256(), 0
    while block := response.read(1 << 16):
        digest.update(block)
        size += len(block)
    connection.close()
    return digest.hexdigest(), size


def written(database: sqlite3.Connection, raw: Callable[[sqlite3.Connection], Chunks], folder: str) -> str:
    """Write what the raw limit writes into a file, read it once, as an answer is, and return the digest."""
    digest = hashlib.sha256()
    with tempfile.TemporaryFile(dir=folder) as file:
        for chunk in raw(database):
            file.write(chunk)
        file.seek(0)
        while block := file.read(1 << 16):
            digest.update(block)
    return digest.hexdigest()


def median_ms(job: Callable[[], object]) -> float:
    def once() -> float:
        start = time.perf_counter()
        job()
        return (time.perf_counter() - start) * 1000

    return statistics.median(once() for _ in range(RUNS))


def peaks(server: LiveServer) -> dict[int, int]:
    """Return the most memory that each worker has held since the last ``forget``, in kB."""
    return {pid: _status(pid, "VmHWM") for pid in server.workers()}


def forget(server: LiveServer) -> dict[int, int]:
    """Let every worker's peak be what it holds now, and return that, in kB."""
    for pid in server.workers():
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    return {pid: _status(pid, "VmRSS") for pid in server.workers()}


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1])


def growth_mb(server: LiveServer, path: str) -> float:
    """Return how far the worker that answers grows above what it held before, in MB."""
    before = forget(server)
    answer(server, path)
    after = peaks(server)
    return max(after[pid] - before[pid] for pid in before) / 1024


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="xpenser-bench-") as folder, LiveServer(Path(folder)) as server:
        server.start()
        made = server.manage("shell", "-c", f"from bench.ledger import ledger_make; ledger_make({count})")
        assert made.returncode == 0, made.stderr
        database = sqlite3.connect(server.data / "xpenser.sqlite3")
        for _ in range(40):  # each worker has loaded what it needs before its memory is looked at
            answer(server, "/api/v1.0/expenses/?report=*&modified_op=gt&modified=2030-01-01")
        print(f"{count} expenses, SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores")
        print(f"{'job':14}{'MB':>7}{'server ms':>11}{'raw ms':>9}{'ratio':>7}{'grows MB':>10}")
        for name, (path, raw) in JOBS.items():
            digest, size = answer(server, path)
            assert digest == written(database, raw, folder), f"{name}: the raw limit writes other bytes"
            grows = growth_mb(server, path)
            ours = median_ms(lambda path=path: answer(server, path))  # type: ignore[misc]
            limit = median_ms(lambda raw=raw: written(database, raw, folder))  # type: ignore[misc]
            print(f"{name:14}{size / 1e6:7.1f}{ours:11.0f}{limit:9.0f}{limit / ours:7.2f}{grows:10.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
