"""Who registers programs on a live server and lets them in: the pages' part, done through the services behind them."""

import json
import subprocess
import sys
from types import TracebackType
from typing import Any, NamedTuple, Self

from requests_oauthlib import OAuth1Session

from tests.live import PROJECT, LiveServer

_ANSWERS = """
import json, sys
from django.utils import timezone
from access.services import consumers, oauth1
from access.selectors.oauth1 import known_request
from accounts.selectors import account

def register(email, **choices):
    return consumers.consumer_register(user_id=account(email=email).id, now=timezone.now(), **choices)

def allow(email, key, callback=""):
    return oauth1.request_token_allow(
        key=key, user_id=account(email=email).id, callback=callback, now=timezone.now())

def let_in(email, consumer_id, consumer_key):
    token = oauth1.request_token_create(consumer_id=consumer_id, callback="oob", now=timezone.now())
    allow(email, token.key)
    known = known_request(consumer_key=consumer_key, key=token.key, now=timezone.now())
    return oauth1.access_token_create(request=known, now=timezone.now())

print("ready", flush=True)
for line in sys.stdin:
    what, choices = json.loads(line)
    print(json.dumps(globals()[what](**choices)), flush=True)
"""


class Registered(NamedTuple):
    """A program: its number on the server, and what it signs with."""

    id: int
    key: str
    secret: str


class Session(OAuth1Session):
    """A program that has been let in, signing by requests-oauthlib; paths stand for addresses of its server."""

    def __init__(self, server: LiveServer, *arguments: Any, **choices: Any) -> None:
        super().__init__(*arguments, **choices)
        self.server = server
        self.verify = str(server.ca) if server.ca else True
        self.trust_env = False

    def request(self, method: str, url: str, **choices: Any) -> Any:  # type: ignore[override]  # all by name
        return super().request(method, self.server.url + url, **choices)


class People:
    """A process beside the server that does for each what its page would; one start serves many tests."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v0", "-c", _ANSWERS],
            cwd=PROJECT, env=server.environ(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._heard() == "ready\n"

    def register(self, email: str, **choices: Any) -> Registered:
        return Registered(*self._ask("register", email=email, **{"name": "App", **choices}))

    def allow(self, email: str, key: str, callback: str = "") -> tuple[str, str]:
        """Let the program that asked in, and return where the person goes then, and the verifier."""
        address, verifier = self._ask("allow", email=email, key=key, callback=callback)
        return address, verifier

    def let_in(self, program: Registered, email: str, **choices: Any) -> Session:
        """Return the program as one that has been let in."""
        key, secret = self._ask("let_in", email=email, consumer_id=program.id, consumer_key=program.key)
        return Session(self.server, program.key, program.secret, key, secret, **choices)

    def _ask(self, what: str, **choices: Any) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([what, choices]) + "\n")
        self.process.stdin.flush()
        return json.loads(self._heard())

    def _heard(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.process.communicate()  # the end of what it is asked ends it
