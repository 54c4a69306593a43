"""Where a person is signed in. allauth notes each session as it begins; it lives as long as Django's does."""

from datetime import datetime
from typing import Final, NamedTuple

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

# The first that is found holds: browsers name those that they want to be taken for, too.
_BROWSERS: Final = {
    "Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Firefox": "Firefox", "FxiOS": "Firefox",
    "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
_SYSTEMS: Final = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS X": "macOS",
    "CrOS": "ChromeOS", "Linux": "Linux",
}  # fmt: skip


class SessionRow(NamedTuple):
    """``browser`` and ``system`` are "" where the browser does not say what it is."""

    id: int
    browser: str
    system: str
    address: str
    since: datetime
    is_this: bool


class SessionNotFound(Exception):
    """The person is signed in at no such place."""


def session_rows(*, user_id: int, this: str | None, now: datetime) -> list[SessionRow]:
    """Return where the person is signed in, newest first; ``this`` is the key of the session that asks."""
    live = Session.objects.filter(expire_date__gt=now).values("session_key")
    rows = UserSession.objects.filter(user_id=user_id, session_key__in=live).order_by("-created_at", "-pk")
    return [
        SessionRow(id_, *browser_and_system(agent), address, since, key == this)
        for id_, agent, address, since, key in rows.values_list("pk", "user_agent", "ip", "created_at", "session_key")
    ]


@transaction.atomic
def session_end(*, user_id: int, session_id: int) -> None:
    """Sign the person out at one place. Raises SessionNotFound."""
    keys = list(UserSession.objects.filter(user_id=user_id, pk=session_id).values_list("session_key", flat=True))
    if not keys:
        raise SessionNotFound
    _end(keys)


@transaction.atomic
def sessions_end(*, user_id: int, besides: str | None = None) -> None:
    """Sign the person out everywhere, but for the session whose key is ``besides``."""
    ended = UserSession.objects.filter(user_id=user_id).exclude(session_key=besides)
    _end(list(ended.values_list("session_key", flat=True)))


def _end(keys: list[str]) -> None:
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()


def browser_and_system(agent: str) -> tuple[str, str]:
    """Return what a browser that calls itself ``agent`` is, and what it runs on; "" for each that it does not say."""
    return _named(agent, _BROWSERS), _named(agent, _SYSTEMS)


def _named(agent: str, names: dict[str, str]) -> str:
    return next((name for word, name in names.items() if word in agent), "")
