"""How the server is: what it needs, tried or looked at, and what to do where something is amiss.

The operator's page shows all of it, ``manage.py doctor`` prints it, and ``/readyz`` asks what it can't do without.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import checks
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from accounts.operators import any_operator
from accounts.selectors import any_user
from accounts.shared import BadStore, StoreAway, shared
from expenses.receipts import receipts_compared
from expenses.selectors import newest_change
from reports.selectors import without_default
from xpenser.checks import data_folder
from xpenser.mail import mail_way
from xpenser.space import free_bytes
from xpenser.watching import Watch, unwatched

FEW: Final = 10_000
"""Receipts that are looked at where somebody waits for it."""
SCARCE_BYTES: Final = 1_000_000_000
LEAST_BYTES: Final = 200_000_000
SLACK: Final = timedelta(minutes=1)
"""By so much the clocks of several machines may differ."""
_SHOWN: Final = 5


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


class Found(NamedTuple):
    """What a look at something gave. ``advice`` says what to do, "" where nothing is to be done."""

    state: State
    said: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A look at one thing, for the operator only: ``said`` may name files, people's ids and what is installed."""

    name: str
    state: State
    said: str
    advice: str = ""


def ready() -> list[Check]:
    """Try what no request could be answered without."""
    return [_checked(name, look) for name, look in _needed().items()]


def all_checks(*, now: datetime, most_receipts: int | None, watch: Watch = unwatched) -> list[Check]:
    """Look at everything; of receipts, which takes long, at the newest ``most_receipts``, or at all of them."""
    looks: Mapping[str, Callable[[], Found]] = {
        **_needed(),
        "Receipts": lambda: receipts(now=now, most=most_receipts, watch=watch),
        "Disk": lambda: disk(free=free_bytes()),
        "Clock": lambda: clock(newest=newest_change(), now=now),
        "Default reports": default_reports,
        "Operators": operators,
        "Mail": mail,
        "Address": address,
        "Data folder": private_data,
        "Settings": django_settings,
    }
    return [_checked(name, look) for name, look in looks.items()]


def database() -> Found:
    """Write to the database, and take it back."""
    with transaction.atomic():
        Session.objects.create(session_key=f"health{uuid.uuid4().hex}", session_data="", expire_date=timezone.now())
        transaction.set_rollback(True)
    return Found(State.OK, f"{connection.display_name} answers, and can be written.")


def migrations() -> Found:
    """See that the tables are those of this version of the program."""
    executor = MigrationExecutor(connection)
    missing = [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if missing:
        return Found(State.BAD, f"Not applied: {_few(missing)}.", "Start the server anew: that migrates the tables.")
    return Found(State.OK, "The tables are those of this version.")


def storage() -> Found:
    """Write a file where receipts are, and take it away."""
    name = f".tried-{uuid.uuid4().hex}"
    try:
        default_storage.save(name, ContentFile(b"tried"))
    finally:
        default_storage.delete(name)  # a full disk keeps an empty file, and this is tried again and again
    return Found(State.OK, "Receipts can be written.")


def counts() -> Found:
    """Ask the Redis in which several machines count together."""
    try:
        shared(settings.REDIS_URL).check()
    except StoreAway as problem:
        said = f"REDIS_URL: nobody answers there as Redis: {problem.__cause__}"
        return Found(State.BAD, said, "Start it: until then most passwords, and all of OAuth 1.0, are refused.")
    except BadStore as problem:
        return Found(State.BAD, f"REDIS_URL: {problem}", "Set its maxmemory-policy to noeviction.")
    return Found(State.OK, "Redis answers, and forgets nothing that it must keep.")


def receipts(*, now: datetime, most: int | None, watch: Watch = unwatched) -> Found:
    """Compare the rows of receipts with their files."""
    seen = receipts_compared(now=now, most=most, watch=watch)
    if seen.missing:
        said = f"Of {seen.rows} receipts {len(seen.missing)} have no file: {_few(seen.missing)}."
        return Found(State.BAD, said, "Take the files from a backup; their names are below receipts/.")
    if seen.stray:
        said = f"{len(seen.stray)} of {seen.files} files belong to no receipt: {_few(seen.stray)}."
        advice = "A crash left them, which manage.py doctor --tidy removes; or the database is older than they are."
        return Found(State.WARNING, said, advice)
    return Found(State.OK, f"{seen.rows} receipts have their files, and {seen.files} files their receipts.")


def disk(*, free: int) -> Found:
    """Judge how many bytes are free where the data is."""
    said = f"{filesizeformat(free)} are free where the data is."
    if free >= SCARCE_BYTES:
        return Found(State.OK, said)
    return Found(State.BAD if free < LEAST_BYTES else State.WARNING, said, "Make room before nothing can be written.")


def clock(*, newest: datetime | None, now: datetime) -> Found:
    """Judge whether the clock is right by the newest change of any ledger, None where there is none."""
    if newest is None or newest - now <= SLACK:
        return Found(State.OK, f"It is {now:%Y-%m-%d %H:%M} UTC, and no change is from later.")
    said = f"It is {now:%Y-%m-%d %H:%M} UTC, and the newest change is from {newest:%Y-%m-%d %H:%M} UTC."
    return Found(State.BAD, said, "Set the clock: until it is past that change, new ones carry the time of that one.")


def default_reports() -> Found:
    """See that everybody has a report for what names none; that nobody has two the database sees to."""
    without = without_default()
    if without:
        said = f"People without a default report: {_few(list(map(str, without)))}."
        return Found(
            State.BAD, said, "Somebody wrote to the tables by hand: set is_default in one open report of each."
        )
    return Found(State.OK, "Everybody has exactly one default report.")


def operators() -> Found:
    """See that somebody has the operator's pages, where there is anybody."""
    if any_user() and not any_operator():
        said = "Nobody is an operator, so nobody has the pages under /operator/."
        return Found(State.WARNING, said, "manage.py operator EMAIL makes somebody one.")
    return Found(State.OK, "Whoever runs the server has the pages under /operator/.")


def mail() -> Found:
    """See that mail leaves the machine. Nothing is sent."""
    way = mail_way()
    if way.leaves:
        return Found(State.OK, way.said)
    return Found(State.WARNING, way.said, "EMAIL_URL names a mail server; until then read links to people yourself.")


def address() -> Found:
    """See that passwords don't travel in the clear."""
    home = settings.PUBLIC_URL
    if home.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        return Found(State.OK, f"People reach the server at {home}.")
    said = f"People reach the server at {home}, so passwords travel in the clear, and passkeys can't be had."
    return Found(
        State.WARNING, said, "TLS_CERT and TLS_KEY, or a proxy, make it https; old clients may still need http."
    )


def private_data() -> Found:
    """See that nobody else looks into the data folder, and that the server can write to it."""
    problem = next(iter(data_folder(None)), None)
    if problem:
        state = State.BAD if problem.is_serious() else State.WARNING
        return Found(state, str(problem.msg), str(problem.hint or ""))
    data = settings.ENV.data
    if data.stat().st_mode & 0o077:
        return Found(State.WARNING, f"Others may look into {data}.", "chmod 700 it.")
    return Found(State.OK, f"Only the server looks into {data}.")


def django_settings() -> Found:
    """Return what Django says of the settings of a server that others reach, and what we say besides."""
    said_elsewhere = _OF_THE_FOLDER if settings.SESSION_COOKIE_SECURE else _OF_THE_FOLDER | _OF_PLAIN_HTTP
    found = [
        problem
        for problem in checks.run_checks(include_deployment_checks=True)
        if not problem.is_silenced() and problem.id not in said_elsewhere
    ]
    if not found:
        return Found(State.OK, "Django finds nothing amiss in the settings.")
    state = State.BAD if any(problem.is_serious() for problem in found) else State.WARNING
    said = " ".join(f"{problem.msg} ({problem.id})" for problem in found)
    return Found(state, said, " ".join(str(problem.hint) for problem in found if problem.hint))


_OF_THE_FOLDER: Final = {"xpenser.E001", "xpenser.W001"}  # said by "Data folder"
_OF_PLAIN_HTTP: Final = {"security.W004", "security.W012", "security.W016"}  # said by "Address"


def _needed() -> dict[str, Callable[[], Found]]:
    looks: dict[str, Callable[[], Found]] = {"Database": database, "Migrations": migrations, "Storage": storage}
    return {**looks, "Redis": counts} if settings.REDIS_URL else looks


def _checked(name: str, look: Callable[[], Found]) -> Check:
    try:
        return Check(name, *look())
    except (Error, OSError) as problem:
        said = " ".join(str(problem).split()) or type(problem).__name__
        return Check(name, State.BAD, said, "Nothing can be told before this is mended; the server's log has more.")


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
