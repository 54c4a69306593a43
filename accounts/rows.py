"""One row, by the bare driver: for the question that every request asks."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def one_row(statement: str, *values: Any) -> tuple[Any, ...] | None:
    """Return the first row of a statement with a ``%s`` for each of its values, or None where it finds none.

    Django's cursor takes longer to hand such a statement on than SQLite to answer it (``bench.authentication``). Where
    somebody counts or watches statements, it goes by Django's all the same.
    """
    connection = connections[DEFAULT_DB_ALIAS]  # once: each look through Django's proxy costs microseconds
    row: tuple[Any, ...] | None
    if connection.queries_logged or connection.execute_wrappers:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            row = cursor.fetchone()
        return row
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        statement = statement.replace("%s", "?")
    with connection.wrap_database_errors:
        row = connection.connection.execute(statement, values).fetchone()
    return row
