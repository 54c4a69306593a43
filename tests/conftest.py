"""Pytest runs on SQLite, or on the PostgreSQL that DATABASE_URL names (``make test`` does both)."""

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import settings as hypothesis_settings

from tests.archives import archives_folder
from tests.browser import chromium
from tests.cast import alice, alice_client, bob, bob_client
from tests.live import PROJECT, log_sections, made, server, tls_server

__all__ = [
    "alice",
    "alice_client",
    "archives_folder",
    "bob",
    "bob_client",
    "chromium",
    "server",
    "tls_server",
]  # fixtures for everybody

hypothesis_settings.register_profile("busy", deadline=None)  # a busy machine breaks no law
hypothesis_settings.load_profile("busy")
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # `serve` fills it; WhiteNoise warns where it is missing


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Let the database of the tests begin as a copy of the one with all tables: each process would take seconds."""
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = made().name
        yield
        return
    with (
        closing(sqlite3.connect(made().tables)) as tables,
        closing(sqlite3.connect("file:memorydb_default?mode=memory&cache=shared", uri=True)) as memory,
    ):
        tables.backup(memory)
        yield


# Three transactions, each synced to the disk, would take longer than most tests.
_FORGET = "PRAGMA synchronous=OFF; BEGIN; DELETE FROM spent; DELETE FROM known; DELETE FROM failed; COMMIT;"


@pytest.fixture(autouse=True)
def fresh_budgets() -> Iterator[None]:
    """Let no test's wrong passwords count in another."""
    yield
    if settings.LIMITS_FILE.exists():
        with closing(sqlite3.connect(settings.LIMITS_FILE)) as limits, limits:
            limits.executescript(_FORGET)


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {connection.vendor}"


PROCESSES = {"Browser", "LiveServer", "PeopledServer", "start_bare_server", "start_peopled_server", "start_server"}


def starts_processes(item: pytest.Item) -> bool:
    """Tell whether a test's file knows the names of what starts servers and browsers."""
    return isinstance(item, pytest.Function) and not PROCESSES.isdisjoint(vars(item.module))


DOORS = (PROJECT / "tests" / "api", PROJECT / "tests" / "web")


def further_cases(items: list[pytest.Item]) -> set[pytest.Item]:
    """Return the cases of doors' tests but for the first of each test.

    They vary what comes in, and what the ledger behind is asked is shown on both databases. Where each case is another
    question to the database, the file is marked ``every_case``.
    """
    seen, further = set[str](), set[pytest.Item]()
    for item in items:
        is_a_doors = any(item.path.is_relative_to(door) for door in DOORS)
        if not is_a_doors or any(item.get_closest_marker(name) for name in ("once", "every_case")):
            continue
        test = item.nodeid.partition("[")[0]
        if test in seen:
            further.add(item)
        seen.add(test)
    return further


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(
        key=starts_processes, reverse=True
    )  # few and slow: begun last, one process of the run would do them alone
    for item in items:
        asks = item.get_closest_marker("django_db") or "db" in getattr(item, "fixturenames", ())
        if asks and item.get_closest_marker("once"):
            message = f"{item.nodeid} asks a database, and is marked to run on one of the two only"
            raise pytest.UsageError(message)
    if connection.vendor != "sqlite":
        left_out = further_cases(items)
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        report.sections.extend(log_sections())
    return report
