"""One row, by the bare driver: for the question that every request asks."""

from functools import cache
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connections


def one_row(statement: str, *values: Any, using: str = DEFAULT_DB_ALIAS) -> tuple[Any, ...] | None:
    """Return the first row of ``SELECT columns FROM …``, with a ``%s`` for each of its values, or None.

    Columns hold texts, numbers and NULL. Django's cursor takes longer to hand such a statement on than SQLite to answer
    it (``bench.authentication``). Where somebody counts or watches statements, it goes by Django's all the same.
    """
    connection = connections[using]  # once: each look through Django's proxy costs microseconds
    row: tuple[Any, ...] | None
    if connection.queries_logged or connection.execute_wrappers:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            row = cursor.fetchone()
        return row
    connection.close_if_health_check_failed()
    if connection.connection is None:
        connection.ensure_connection()
    with connection.wrap_database_errors:
        if connection.vendor == "sqlite":
            row = connection.connection.execute(_in_one_column(statement), values).fetchone()
            return row and tuple(orjson.loads(row[0]))
        row = connection.connection.execute(statement, values).fetchone()
    return row


@cache
def _in_one_column(statement: str) -> str:
    """Return the statement for SQLite: its driver looks for a converter of each column, which takes as long as all else
    that it does, and one text has none.
    """
    columns, _, rest = statement.removeprefix("SELECT ").partition(" FROM ")
    return f"SELECT json_array({columns}) FROM {rest}".replace("%s", "?")  # noqa: S608 - both are our own words
