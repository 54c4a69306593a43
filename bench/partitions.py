"""``CI=1 python -m bench.partitions [ROWS]``: expenses in one table, and in partitions by owner, in PostgreSQL.

Tried as SQL, beside the product: the same rows, 10 million of 1 000 owners, one of whom has 100 000, in a table with
the product's columns and indexes, and in one that is PARTITION BY HASH (user_id) with the key (user_id, id). The
questions are those of the doors (``expenses.selectors``), asked of both in turns, each time planned anew, as Django has
it. It prints a table, and what PostgreSQL plans.
"""

import re
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Final, NamedTuple

import psycopg

from bench.measure import milliseconds, quickest, table
from tests.postgres import refusal, started

ROWS: Final = 10_000_000
OWNERS: Final = 1000
HEAVY: Final = 100_000
PARTITIONS: Final = 32
REPEATS: Final = 50
"""So often a question is asked in one run, of which the median counts."""
USUAL: Final = 7
"""An owner like most."""
CHANGED: Final = 20_000
"""Rows of one owner that are changed before the table is vacuumed."""
# A load of 10 million rows is none of what is measured.
SETTINGS: Final = ("max_wal_size = '8GB'", "maintenance_work_mem = '1GB'")

_COLUMNS = """
    id bigint NOT NULL DEFAULT nextval('ids'), user_id bigint NOT NULL, report_id bigint NOT NULL,
    status smallint NOT NULL, type varchar(200) NOT NULL, type_key varchar(800) NOT NULL, amount bigint NOT NULL,
    raw_amount bigint NOT NULL, unit varchar(20) NOT NULL, rate bigint, notes text NOT NULL, notes_key text NOT NULL,
    sourceid varchar(255) NOT NULL, date timestamptz NOT NULL, created bigint NOT NULL, modified bigint NOT NULL
"""
_NAMES = (
    "user_id, report_id, status, type, type_key, amount, raw_amount, unit, notes, notes_key, sourceid, date, created,"
    " modified"
)
_FILL = f"""
INSERT INTO whole ({_NAMES})
SELECT u, u, 1, 'lunch', 'lunch', (n %% 90000) * 10 + 1000, (n %% 90000) * 10 + 1000, '', 'with jack at the pier',
    'with jack at the pier', '', timestamptz '2010-01-01 00:00:00+00' + (n * 37 %% 5000000) * interval '1 minute',
    1260000000000000 + n * 1000000, 1260000000000000 + n * 1000000
FROM (
    SELECT n, CASE WHEN n * %(heavy)s / %(rows)s > (n - 1) * %(heavy)s / %(rows)s THEN 1
        ELSE 2 + n %% (%(owners)s - 1) END AS u
    FROM generate_series(1, %(rows)s::bigint) n
) given
"""
_INDEXES = (
    "(user_id, modified)",
    "(user_id, date, id)",
    "(report_id, date, id)",
    "(user_id, date, id) WHERE status = -1",
)
_SOURCE = "(user_id, sourceid) WHERE sourceid <> ''"
_SHOWN = "id, status, type, amount, raw_amount, unit, rate, notes, date, report_id, created, modified"
_MINE = f"SELECT {_SHOWN} FROM {{table}} WHERE user_id = {{owner}} AND status = 1"

QUESTIONS: Final = {
    "page of 100": f"{_MINE} ORDER BY date DESC, id DESC LIMIT 100",
    "empty delta": f"{_MINE} AND modified > {{last}} ORDER BY date, id",
    "delta of 20": f"{_MINE} AND modified > {{twentieth}} ORDER BY date, id",
    "one of one's own": f"SELECT {_SHOWN} FROM {{table}} WHERE user_id = {{owner}} AND id = {{one}}",
    "one, whoever's": f"SELECT {_SHOWN} FROM {{table}} WHERE id = {{one}}",
    "insert": (
        f"INSERT INTO {{table}} ({_NAMES}) VALUES ({{owner}}, {{owner}}, 1, 'lunch', 'lunch', 45000, 45000, '',"
        " 'with jack', 'with jack', '', '2026-11-26 12:00:00+00', 1795694400000000, 1795694400000000)"
    ),
}
"""The last but one is what no door asks: it shows what a question costs that does not say whose."""
TABLES: Final = ("whole", "parted")
_PARTITION: Final = re.compile(r"-> .* on parted_[0-9]+ ")


class Owner(NamedTuple):
    """``last`` and ``twentieth``: instants behind which nothing, and 20 rows, changed; ``one``: an id of his."""

    name: str
    owner: int
    last: int
    twentieth: int
    one: int


def main(rows: int) -> None:
    if why := refusal():
        sys.exit(why)
    with started(settings=SETTINGS) as url, psycopg.connect(url, autocommit=True, prepare_threshold=None) as database:
        fill(database, rows)
        owners = [_owner(database, name, number) for name, number in (("heavy", 1), ("usual", USUAL))]
        plans = "\n".join(_plans(database, owners[0]))
        asked = [row for owner in owners for row in _asked(database, owner)]
        head = ("ms", "owner", "one table", f"{PARTITIONS} partitions", "ratio")
        print(table(head, [*asked, *_vacuumed(database)]), _sizes(database), plans, sep="\n\n")


def fill(database: psycopg.Connection, rows: int) -> None:
    """Make both tables, and the indexes once the rows are there."""
    _run(database, "CREATE SEQUENCE ids")  # of both: a table in partitions has no column of identity before 17
    _run(database, f"CREATE TABLE whole ({_COLUMNS})")
    _run(database, f"CREATE TABLE parted ({_COLUMNS}) PARTITION BY HASH (user_id)")
    for number in range(PARTITIONS):
        part = f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})"
        _run(database, f"CREATE TABLE parted_{number} PARTITION OF parted {part}")
    _tell("rows, in one table")
    database.execute(_FILL.encode(), {"rows": rows, "heavy": min(HEAVY, rows), "owners": OWNERS})
    _tell("the same, in partitions")
    _run(database, "INSERT INTO parted SELECT * FROM whole")
    for name, key in (("whole", "(id)"), ("parted", "(user_id, id)")):
        _tell(f"indexes of {name}")
        _run(database, f"ALTER TABLE {name} ADD PRIMARY KEY {key}")
        for columns in _INDEXES:
            _run(database, f"CREATE INDEX ON {name} {columns}")
        _run(database, f"CREATE UNIQUE INDEX ON {name} {_SOURCE}")
    _tell("vacuum")
    _run(database, "VACUUM ANALYZE whole")
    _run(database, "VACUUM ANALYZE parted")
    _run(database, "CHECKPOINT")


def _owner(database: psycopg.Connection, name: str, number: int) -> Owner:
    newest = f"SELECT modified, id FROM whole WHERE user_id = {number} ORDER BY modified DESC"
    rows = database.execute(f"{newest} LIMIT 21".encode()).fetchall()
    return Owner(name, number, rows[0][0], rows[20][0], rows[20][1])


def _asked(database: psycopg.Connection, owner: Owner) -> Iterator[tuple[str, ...]]:
    for name, question in QUESTIONS.items():
        _tell(f"{name}, {owner.name}")
        texts = {each: question.format(table=each, **owner._asdict()) for each in TABLES}
        taken = quickest({each: lambda text=text: _median(database, text) for each, text in texts.items()})  # type: ignore[misc]
        yield (name, owner.name, *_compared(taken["whole"], taken["parted"]))


def _median(database: psycopg.Connection, text: str) -> float:
    def ask() -> None:
        answer = database.execute(text.encode())
        if answer.description:
            answer.fetchall()

    return statistics.median(milliseconds(ask) for _ in range(REPEATS))


def _vacuumed(database: psycopg.Connection) -> Iterator[tuple[str, ...]]:
    """Change rows of one owner, and measure what it takes to clear away after it: in partitions, of his alone."""
    taken = {}
    for name in TABLES:
        _tell(f"vacuum of {name}")
        some = f"SELECT id FROM {name} WHERE user_id = 1 LIMIT {CHANGED}"
        _run(database, f"UPDATE {name} SET modified = modified + 1 WHERE user_id = 1 AND id IN ({some})")
        ((part,),) = database.execute(f"SELECT tableoid::regclass::text FROM {name} WHERE user_id = 1 LIMIT 1".encode())
        taken[name] = milliseconds(lambda part=part: _run(database, f"VACUUM {part}"))  # type: ignore[misc]
    yield (f"vacuum after {CHANGED} changes", "heavy", *_compared(taken["whole"], taken["parted"]))


def _compared(whole: float, parted: float) -> tuple[str, str, str]:
    return f"{whole:.3f}", f"{parted:.3f}", f"{parted / whole:.2f}"


def _sizes(database: psycopg.Connection) -> str:
    """Return a table of what the rows and their indexes take, in MB."""
    sizes = (
        "SELECT sum(pg_table_size(oid)) / 1e6, sum(pg_indexes_size(oid)) / 1e6, max(pg_total_relation_size(oid)) / 1e6"
        " FROM pg_class WHERE relkind = 'r' AND relname ~ '^{}(_[0-9]+)?$'"
    )
    rows = [
        (name, *(f"{size:.0f}" for size in database.execute(sizes.format(name).encode()).fetchall()[0]))
        for name in TABLES
    ]
    return table(("MB", "rows", "indexes", "the largest part, with its indexes"), rows)


def _plans(database: psycopg.Connection, owner: Owner) -> Iterator[str]:
    """Give what PostgreSQL plans for each question, of both tables, and how long it took to think of it."""
    for name, question in QUESTIONS.items():
        for each in TABLES:
            text = question.format(table=each, **owner._asdict())
            explained = f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) {text}"
            with database.transaction(force_rollback=True):
                lines = [line for (line,) in database.execute(explained.encode()).fetchall()]
            yield from (f"-- {name}, {'one table' if each == 'whole' else 'partitions'}", *_short(lines), "")


def _short(lines: list[str]) -> Iterator[str]:
    """Leave of a plan of many partitions what is the same for each the first, and the number of the others."""
    starts = [at for at, line in enumerate(lines) if _PARTITION.search(line)]
    if len(starts) <= 1:
        yield from lines
        return
    ends = next(at for at in range(starts[-1], len(lines)) if lines[at].startswith("Planning"))
    yield from (*lines[: starts[1]], f"  … and {len(starts) - 1} partitions more", *lines[ends:])


def _run(database: psycopg.Connection, text: str) -> None:
    database.execute(text.encode())


def _tell(what: str) -> None:
    print(f"partitions: {time.strftime('%X')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
