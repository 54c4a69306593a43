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
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from accounts.operators import any_operator
from accounts.selectors import any_user
from accounts.sentences import sentence
from accounts.shared import BadStore, StoreAway, shared
from expenses.files import FilesAway, receipt_files
from expenses.receipts import receipts_compared
from expenses.selectors import newest_change
from reports.selectors import without_default
from xpenser.checks import data_folder
from xpenser.mail import mail_way
from xpenser.space import free_bytes
from xpenser.tasks import Waiting, queue_seen
from xpenser.watching import Watch, unwatched

FEW: Final = 10_000
"""Receipts that are looked at where somebody waits for it."""
SCARCE_BYTES: Final = 1_000_000_000
LEAST_BYTES: Final = 200_000_000
LATE: Final = timedelta(minutes=5)
"""No task waits for so long for another to be done."""
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
    """A look at one thing, for the operator only: ``said`` may name files, people's ids and what is installed.

    All but what Django and the system say are sentences of ``accounts.sentences``.
    """

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
        sentence("Receipts"): lambda: receipts(now=now, most=most_receipts, watch=watch),
        sentence("Disk"): lambda: disk(free=free_bytes()),
        sentence("Clock"): lambda: clock(newest=newest_change(), now=now),
        sentence("Default reports"): default_reports,
        sentence("Operators"): operators,
        sentence("Mail"): mail,
        sentence("Background work"): lambda: tasks(seen=queue_seen(now=now), now=now),
        sentence("Address"): address,
        sentence("Data folder"): private_data,
        sentence("Settings"): django_settings,
    }
    return [_checked(name, look) for name, look in looks.items()]


def database() -> Found:
    """Write to the database, and take it back."""
    with transaction.atomic():
        Session.objects.create(session_key=f"health{uuid.uuid4().hex}", session_data="", expire_date=timezone.now())
        transaction.set_rollback(True)
    return Found(State.OK, sentence("%(database)s answers, and can be written.", database=connection.display_name))


def migrations() -> Found:
    """See that the tables are those of this version of the program."""
    executor = MigrationExecutor(connection)
    missing = [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if missing:
        said = sentence("Not applied: %(migrations)s.", migrations=_few(missing))
        return Found(State.BAD, said, sentence("Start the server anew: that migrates the tables."))
    return Found(State.OK, sentence("The tables are those of this version."))


def storage() -> Found:
    """Write a file where receipts are, and take it away."""
    receipt_files().prepare()
    return Found(State.OK, sentence("Receipts can be written."))


def counts() -> Found:
    """Ask the Redis in which several machines count together."""
    try:
        shared(settings.REDIS_URL).check()
    except StoreAway as problem:
        said = sentence("REDIS_URL: nobody answers there as Redis: %(problem)s", problem=problem.__cause__)
        advice = sentence("Start it: until then most passwords, and all of OAuth 1.0, are refused.")
        return Found(State.BAD, said, advice)
    except BadStore as problem:
        return Found(State.BAD, f"REDIS_URL: {problem}", sentence("Set its maxmemory-policy to noeviction."))
    return Found(State.OK, sentence("Redis answers, and forgets nothing that it must keep."))


def receipts(*, now: datetime, most: int | None, watch: Watch = unwatched) -> Found:
    """Compare the rows of receipts with their files."""
    seen = receipts_compared(now=now, most=most, watch=watch)
    if seen.missing:
        said = sentence(
            "Of %(rows)s receipts %(missing)s have no file: %(names)s.",
            rows=seen.rows, missing=len(seen.missing), names=_few(seen.missing),
        )  # fmt: skip
        return Found(State.BAD, said, sentence("Take the files from a backup; their names are below receipts/."))
    if seen.stray:
        said = sentence(
            "%(stray)s of %(files)s files belong to no receipt: %(names)s.",
            stray=len(seen.stray), files=seen.files, names=_few(seen.stray),
        )  # fmt: skip
        advice = sentence(
            "A crash left them, which manage.py doctor --tidy removes; or the database is older than they are."
        )
        return Found(State.WARNING, said, advice)
    said = sentence(
        "%(rows)s receipts have their files, and %(files)s files their receipts.", rows=seen.rows, files=seen.files
    )
    return Found(State.OK, said)


def disk(*, free: int) -> Found:
    """Judge how many bytes are free where the data is."""
    said = sentence("%(free)s are free where the data is.", free=filesizeformat(free))
    if free >= SCARCE_BYTES:
        return Found(State.OK, said)
    state = State.BAD if free < LEAST_BYTES else State.WARNING
    return Found(state, said, sentence("Make room before nothing can be written."))


def clock(*, newest: datetime | None, now: datetime) -> Found:
    """Judge whether the clock is right by the newest change of any ledger, None where there is none."""
    if newest is None or newest - now <= SLACK:
        return Found(State.OK, sentence("It is %(now)s UTC, and no change is from later.", now=_minute(now)))
    said = sentence(
        "It is %(now)s UTC, and the newest change is from %(newest)s UTC.", now=_minute(now), newest=_minute(newest)
    )
    advice = sentence("Set the clock: until it is past that change, new ones carry the time of that one.")
    return Found(State.BAD, said, advice)


def default_reports() -> Found:
    """See that everybody has a report for what names none; that nobody has two the database sees to."""
    without = without_default()
    if without:
        said = sentence("People without a default report: %(ids)s.", ids=_few(list(map(str, without))))
        advice = sentence("Somebody wrote to the tables by hand: set is_default in one open report of each.")
        return Found(State.BAD, said, advice)
    return Found(State.OK, sentence("Everybody has exactly one default report."))


def operators() -> Found:
    """See that somebody has the operator's pages, where there is anybody."""
    if any_user() and not any_operator():
        said = sentence("Nobody is an operator, so nobody has the pages under /operator/.")
        return Found(State.WARNING, said, sentence("manage.py operator EMAIL makes somebody one."))
    return Found(State.OK, sentence("Whoever runs the server has the pages under /operator/."))


def mail() -> Found:
    """See that mail leaves the machine. Nothing is sent."""
    way = mail_way()
    if way.leaves:
        return Found(State.OK, way.said)
    advice = sentence("EMAIL_URL names a mail server; until then read links to people yourself.")
    return Found(State.WARNING, way.said, advice)


def tasks(*, seen: Waiting, now: datetime) -> Found:
    """Judge whether somebody does what nobody waits for, and whether mail is taken."""
    if seen.oldest and now - seen.oldest > LATE:
        said = sentence("%(due)s tasks wait, the first since %(since)s UTC.", due=seen.due, since=_minute(seen.oldest))
        advice = sentence("Nobody does them: start the server, or look in its log for why the worker ends.")
        return Found(State.BAD, said, advice)
    if seen.letters:
        said = sentence("%(letters)s mails were not taken yet, and are tried again.", letters=seen.letters)
        return Found(State.WARNING, said, sentence("The server's log says what the mail server answers."))
    if seen.failed and seen.last_failed:
        said = sentence(
            "%(failed)s tasks failed, the last at %(when)s UTC.", failed=seen.failed, when=_minute(seen.last_failed)
        )
        advice = sentence("The server's log says why; in 30 days they are forgotten.")
        return Found(State.WARNING, said, advice)
    return Found(State.OK, sentence("Nothing waits for long, and nothing has failed."))


def address() -> Found:
    """See that passwords don't travel in the clear."""
    home = settings.PUBLIC_URL
    if home.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        return Found(State.OK, sentence("People reach the server at %(home)s.", home=home))
    said = sentence(
        "People reach the server at %(home)s, so passwords travel in the clear, and passkeys can't be had.", home=home
    )
    advice = sentence("TLS_CERT and TLS_KEY, or a proxy, make it https; old clients may still need http.")
    return Found(State.WARNING, said, advice)


def private_data() -> Found:
    """See that nobody else looks into the data folder, and that the server can write to it."""
    problem = next(iter(data_folder(None)), None)
    if problem:
        state = State.BAD if problem.is_serious() else State.WARNING
        return Found(state, problem.msg, problem.hint or "")
    data = settings.ENV.data
    if data.stat().st_mode & 0o077:
        return Found(State.WARNING, sentence("Others may look into %(path)s.", path=data), sentence("chmod 700 it."))
    return Found(State.OK, sentence("Only the server looks into %(path)s.", path=data))


def django_settings() -> Found:
    """Return what Django says of the settings of a server that others reach, and what we say besides."""
    said_elsewhere = _OF_THE_FOLDER if settings.SESSION_COOKIE_SECURE else _OF_THE_FOLDER | _OF_PLAIN_HTTP
    found = [
        problem
        for problem in checks.run_checks(include_deployment_checks=True)
        if not problem.is_silenced() and problem.id not in said_elsewhere
    ]
    if not found:
        return Found(State.OK, sentence("Django finds nothing amiss in the settings."))
    state = State.BAD if any(problem.is_serious() for problem in found) else State.WARNING
    said = " ".join(f"{problem.msg} ({problem.id})" for problem in found)
    return Found(state, said, " ".join(str(problem.hint) for problem in found if problem.hint))


_OF_THE_FOLDER: Final = {"xpenser.E001", "xpenser.W001"}  # said by "Data folder"
_OF_PLAIN_HTTP: Final = {"security.W004", "security.W012", "security.W016"}  # said by "Address"


def _needed() -> dict[str, Callable[[], Found]]:
    looks: dict[str, Callable[[], Found]] = {
        sentence("Database"): database, sentence("Migrations"): migrations, sentence("Storage"): storage,
    }  # fmt: skip
    return {**looks, "Redis": counts} if settings.REDIS_URL else looks


def _checked(name: str, look: Callable[[], Found]) -> Check:
    try:
        return Check(name, *look())
    except (Error, OSError, FilesAway) as problem:
        why = f"RECEIPTS_S3: {problem.why}" if isinstance(problem, FilesAway) else str(problem)
        said = " ".join(why.split()) or type(problem).__name__
        advice = sentence("Nothing can be told before this is mended; the server's log has more.")
        return Check(name, State.BAD, said, advice)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _few(names: list[str]) -> str:
    shown, more = ", ".join(names[:_SHOWN]), len(names) - _SHOWN
    return sentence("%(names)s and %(more)s more", names=shown, more=more) if more > 0 else shown
