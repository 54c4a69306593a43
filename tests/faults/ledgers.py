"""Long ledgers on a live server."""

from collections.abc import Sequence

from tests.live import LiveServer

LISTS = (
    "/api/v1.0/expenses/?report=*&format=json",
    "/api/v1.0/expenses/?report=*&format=xml",
    "/api/v1.0/expenses/?report=*&format=csv",
    "/api/v1.0/expenses/?report=*&format=qif",
    "/api/expenses/?report=*&format=csv",
    "/api/expenses/?report=*&format=json",
    "/api/expenses/?report=*&format=qif",
)
"""Every way to ask for all of them."""


def fill(server: LiveServer, emails: Sequence[str], count: int) -> None:
    """Open accounts with ``count`` expenses each, and one that every account has; their password is bench.PASSWORD."""
    code = f"from bench.ledger import ledger_make\nfor email in {list(emails)!r}: ledger_make({count}, email=email)"
    made = server.manage("shell", "-c", code)
    assert made.returncode == 0, made.stderr
