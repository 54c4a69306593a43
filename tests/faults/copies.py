"""Clients that keep a copy of a ledger: they ask for what has changed since the last second that they were told."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from tests.callers import EVERYTHING

Row = dict[str, Any]


class Wire(NamedTuple):
    """How a client asks for all there ever was, and how it reads a row: its number, and when it was modified."""

    everything: str
    number: Callable[[Row], int]
    modified: Callable[[Row], str]


V1 = Wire(EVERYTHING, lambda row: int(row["id"]), lambda row: str(row["modified"]))
CLASSIC = Wire(
    "/api/expenses/?format=json&report=*&status=all",
    lambda row: int(row["pk"]),
    lambda row: str(row["fields"]["modified"]),
)
"""The download of 2009 (wire §8, S1), whose rows are Django's own."""


class Copy:
    """What a client has on its own disk of a ledger on the server. ``get`` returns the rows that are at a path."""

    def __init__(self, wire: Wire, get: Callable[[str], list[Row]]) -> None:
        self.wire, self.get = wire, get
        self.rows: dict[int, Row] = {}
        self.last = "2000-01-01 00:00:00"

    def poll(self) -> None:
        """Ask for what is new since the last second that was printed, and take it in."""
        since = quote_plus(self.last, safe=":")
        for row in self.get(f"{self.wire.everything}&modified_op=gt&modified={since}"):
            self.rows[self.wire.number(row)] = row
            self.last = max(self.last, self.wire.modified(row))

    def everything(self) -> dict[int, Row]:
        """Return what the copy should be."""
        return {self.wire.number(row): row for row in self.get(self.wire.everything)}
