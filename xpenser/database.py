"""How PostgreSQL is spoken to, and who holds the connections."""

from collections.abc import Mapping
from typing import Any, Final

PATIENCE: Final = 5.0
"""Seconds for which a request waits for a connection, before it is told to come again."""
STANDBY_PATIENCE: Final = 1.0
"""The same for a standby: who gets none asks the primary."""


def with_our_options(database: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a database of our kind, in whose connections dates come as 2026-11-20.

    The driver reads no other form of dates, and what the wires print is cut from it, however the server is set up.
    Said at the start of a connection this costs nothing; to spell each date out in SQL takes half a microsecond a row.
    The plan of a cursor is to be quick to its end: PostgreSQL looks for one that is quick to its first tenth, and would
    walk a whole table by id for what one person has of it. Nothing is compiled: PostgreSQL would compile each export
    anew, which takes longer than it saves.
    """
    options = dict(database.get("OPTIONS", {}))
    options["options"] = f"{options.get('options', '')} -c datestyle=ISO -c cursor_tuple_fraction=1 -c jit=off".lstrip()
    return {**database, "ENGINE": "xpenser.postgresql", "OPTIONS": options}


def share_connections(databases: Mapping[str, dict[str, Any]], *, most: int) -> None:
    """Change the settings of databases: the threads of this process share ``most`` connections to each, one at least.

    Each thread would keep one of its own otherwise, and the threads of two workers are most of what PostgreSQL lets in
    as it comes. SQLite has no such limit. It is for workers only: a command needs one connection, and is to say
    at once why it gets none.
    """
    for alias, database in databases.items():
        if "postgresql" in database["ENGINE"]:
            database["CONN_MAX_AGE"] = 0  # Django: kept connections and a pool exclude each other
            patience = STANDBY_PATIENCE if alias == "standby" else PATIENCE
            # Who has failed for so long begins anew: each pause is twice the last, and would outlast an outage.
            pool = {"min_size": 1, "max_size": max(1, most), "timeout": patience, "reconnect_timeout": patience}
            database["OPTIONS"] = {**database["OPTIONS"], "pool": pool}
