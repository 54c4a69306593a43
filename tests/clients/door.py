"""Where a client of the families below knocks: a live server, and whose ledger it keeps there."""

from typing import NamedTuple

from tests.callers import Caller
from tests.live import LiveServer


class Door(NamedTuple):
    server: LiveServer
    email: str

    @property
    def api(self) -> str:
        return f"{self.server.url}/api/v1.0/"

    def caller(self) -> Caller:
        """Return a program that does what the test is not about."""
        return Caller(self.server, self.email)
