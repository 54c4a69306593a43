"""Rows as JSON in which no database has a part: what SQLite kept, PostgreSQL keeps just so, and the other way round."""

import json
import uuid
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.apps.registry import Apps
from django.db import connections, models, transaction

_AT_ONCE = 2000

Table = type[models.Model]
if TYPE_CHECKING:
    Column = models.Field[Any, Any]
else:
    Column = models.Field


def tables(apps: Apps) -> list[Table]:
    """Return every table that the models of ``apps`` have, those of links between two included."""
    own = (model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy)
    return sorted(own, key=lambda model: model._meta.db_table)


def columns(table: Table) -> dict[str, Column]:
    """Return what holds the values of a table, by the names that the database knows."""
    return {str(field.column): field for field in table._meta.local_concrete_fields}


@contextmanager
def snapshot(using: str) -> Iterator[None]:
    """Let all that is read inside the block be of one moment. Who writes meanwhile is not kept waiting."""
    if connections[using].vendor == "sqlite":
        # By hand: a transaction of Django's takes the lock of who writes (settings).
        with connections[using].cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def row_count(table: Table, *, using: str) -> int:
    return table._base_manager.using(using).count()


def rows(table: Table, *, using: str) -> Iterator[list[Any]]:
    """Give the rows of a table by their key, each a list of what JSON can say, in the order of ``columns``."""
    fields = columns(table).values()
    found = table._base_manager.using(using).order_by("pk").values_list(*(field.attname for field in fields))
    for row in found.iterator(chunk_size=_AT_ONCE):
        yield [plain(field, value) for field, value in zip(fields, row, strict=True)]


def rows_add(table: Table, names: list[str], lines: Iterator[bytes], *, using: str) -> None:
    """Put rows that ``line`` wrote into a table; ``names`` are those of their columns, in their order.

    Raises ValueError or TypeError where a line is none, and DatabaseError.
    """
    connection = connections[using]
    fields = [columns(table)[name] for name in names]
    quote = connection.ops.quote_name
    statement = "INSERT INTO {} ({}) VALUES ({})".format(  # noqa: S608 - the names are those of models
        quote(table._meta.db_table), ", ".join(map(quote, names)), ", ".join("%s" for _ in names)
    )
    with connection.cursor() as cursor:
        while some := [json.loads(text) for text in islice(lines, _AT_ONCE)]:
            cursor.executemany(
                statement,
                [[kept(field, value, using=using) for field, value in zip(fields, row, strict=True)] for row in some],
            )


def line(row: list[Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def plain(field: Column, value: Any) -> Any:
    """Return what a column holds as JSON can say it: numbers as they are stored, times in UTC to the microsecond."""
    stored = None if value is None else field.get_prep_value(value)
    write = _WRITTEN.get(type(stored))
    return stored if write is None else write(stored)


def kept(field: Column, value: Any, *, using: str) -> Any:
    """Return what a statement takes to make a column hold what ``plain`` said."""
    if value is None:
        return None
    read = _READ.get(_kind(field))
    return field.get_db_prep_value(value if read is None else read(value), connections[using], prepared=True)


def _kind(field: Column) -> str:
    while field.remote_field is not None:
        field = field.target_field  # type: ignore[attr-defined]  # what leads to a row has one
    return field.get_internal_type()


_WRITTEN: dict[type, Callable[[Any], str]] = {
    datetime: datetime.isoformat,
    date: date.isoformat,
    uuid.UUID: str,
    bytes: lambda value: b64encode(value).decode(),
}
_READ: dict[str, Callable[[str], Any]] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "UUIDField": uuid.UUID,
    "BinaryField": b64decode,
}


def next_id(table: Table, *, using: str) -> int | None:
    """Return the number that the next row gets, or None where rows bring theirs. No number ever comes twice."""
    key = table._meta.auto_field
    if key is None:
        return None
    name = table._meta.db_table
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "sqlite":
            cursor.execute("SELECT seq + 1 FROM sqlite_sequence WHERE name = %s", [name])
        else:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [name, key.column])
            (sequence,) = cursor.fetchone()
            cursor.execute(f"SELECT last_value + is_called::int FROM {sequence}")  # noqa: S608 - it quotes itself
        found = cursor.fetchone()
    return found[0] if found else 1


def next_id_set(table: Table, number: int, *, using: str) -> None:
    """Let the next row get this number."""
    name, key = table._meta.db_table, table._meta.auto_field
    assert key is not None  # noqa: S101 - it had a number
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [name])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [name, number - 1])
        else:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s, false)", [name, key.column, number])
