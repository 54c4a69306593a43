"""A server to measure, with a ledger in it and everything that a caller needs to be let in.

``python -m bench.host COUNT OWNERS`` starts one, prints what ``Ways`` holds as JSON, and stops it when its standard
input ends: so another checkout of this project can be measured beside this one, by the same clients.
"""

import json
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench import EMAIL, PASSWORD
from tests.live import PROJECT, LiveServer

PATIENCE = 900
_MAKE = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.db import connection
from django.utils import timezone
from access.scopes import EVERYTHING
from access.selectors.oauth1 import known_request
from access.services import consumers, oauth1
from access.services.tokens import token_create
from bench.ledger import crowd_make
now, owner = timezone.now(), crowd_make({count}, {owners})
connection.cursor().execute("ANALYZE")
token = token_create(user_id=owner.id, name="bench", scopes=EVERYTHING, now=now).token
consumer = consumers.consumer_register(user_id=owner.id, name="bench", now=now)
asked = oauth1.request_token_create(consumer_id=consumer.id, callback="oob", now=now)
oauth1.request_token_allow(key=asked.key, user_id=owner.id, now=now)
known = known_request(consumer_key=consumer.key, key=asked.key, now=now)
signing = [*consumer[1:], *oauth1.access_token_create(request=known, now=now)]
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY] = str(owner.id)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = get_user_model().objects.get(pk=owner.id).get_session_auth_hash()
session.save()
print(json.dumps([token, signing, session.session_key]))
"""


def basic(email: str, password: str) -> str:
    """Return the header of HTTP Basic."""
    return "Authorization: Basic " + b64encode(f"{email}:{password}".encode()).decode()


class Ways(NamedTuple):
    """How to reach a server and how its heavy owner proves himself; ``signing`` is what oauthlib's Client takes.

    ``address`` is its database's, as ``bench.raw.Database`` takes it.
    """

    port: int
    address: str
    token: str
    signing: list[str]
    session: str

    @property
    def basic(self) -> str:
        return basic(EMAIL, PASSWORD)

    @property
    def bearer(self) -> str:
        return f"Authorization: Bearer {self.token}"

    @property
    def cookie(self) -> str:
        return f"Cookie: sessionid={self.session}"


def ways_made(server: LiveServer, count: int, owners: int) -> Ways:
    """Fill the ledger of a server that runs, and return who may come in."""
    made = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", _MAKE.format(count=count, owners=owners)],
        cwd=PROJECT, env=server.environ(), capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    address = server.env.get("DATABASE_URL") or str(server.data / "xpenser.sqlite3")
    return Ways(server.port, address, *json.loads(made.stdout))


@contextmanager
def hosted(count: int, owners: int, **env: str) -> Iterator[tuple[LiveServer, Ways]]:
    """Give a server on the database that DATABASE_URL names, or on SQLite, and the ways into it."""
    with (
        tempfile.TemporaryDirectory(prefix="xpenser-bench-", ignore_cleanup_errors=True) as folder,
        LiveServer(Path(folder), **env) as server,
    ):
        server.start()
        yield server, ways_made(server, count, owners)


def main(count: int, owners: int) -> None:
    with hosted(count, owners) as (_, ways):
        print(json.dumps(ways), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
