"""What Prometheus hears: who may, what is counted, and that all processes count together."""

import dataclasses
import os
import re
import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from django.conf import settings as current
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, connections
from django.db.backends.signals import connection_created
from django.http import FileResponse
from django.test import Client
from pytest_django import Settings

from accounts.selectors import Account
from tests.callers import eventually
from tests.cast import PASSWORD, basic
from tests.live import PROJECT, LiveServer, start_server
from tests.xpenser.test_health import no_database
from web import probes
from web.probes import SHARED_SECONDS, SIZES_SECONDS, Shared
from xpenser import health
from xpenser.admission import waiting_changed
from xpenser.answers import SHORT, places_taken, rendered
from xpenser.management.commands.serve import metrics_begin_anew
from xpenser.turns import Turns

TOKEN = "a-token-of-the-operators"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
USER = "/api/v1.0/user/"
Figures = dict[tuple[str, ...], float]


@pytest.fixture
def counting(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Give somebody who asks a server that counts, of which nothing is remembered."""
    settings.METRICS_TOKEN = TOKEN
    settings.METRICS_FOLDER.mkdir(parents=True, exist_ok=True)
    settings.MIDDLEWARE = ["xpenser.metrics.RequestMetrics", *settings.MIDDLEWARE]
    monkeypatch.setattr(probes, "tried", Shared(health.ready, seconds=SHARED_SECONDS))
    monkeypatch.setattr(probes, "measured", Shared(probes._sizes, seconds=SIZES_SECONDS))
    return Client(headers=BEARER)


def figures(text: str) -> Figures:
    """Return each figure by its name and the values of its labels, in the order of these."""
    # Not at the top: where its files are is looked for when the library is imported for the first time.
    from prometheus_client.parser import text_string_to_metric_families

    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def asked(client: Client) -> Figures:
    return figures(client.get("/metrics").content.decode())


def added(before: Figures, after: Figures) -> Figures:
    """Return what has been counted between two looks, but for what the looks themselves were."""
    return {
        key: value - before.get(key, 0.0)
        for key, value in after.items()
        if value != before.get(key, 0.0) and "metrics" not in key
    }


@pytest.mark.parametrize("given", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}])
def test_who_brings_no_token_hears_nothing(counting: Client, given: dict[str, str]) -> None:
    response = Client(headers=given).get("/metrics")

    assert (response.status_code, response.content) == (401, b"")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.once
@pytest.mark.parametrize(("token", "is_there"), [("", False), (TOKEN, True)])
def test_a_start_forgets_what_was_counted(tmp_path: Path, settings: Settings, token: str, is_there: bool) -> None:
    settings.METRICS_TOKEN, settings.METRICS_FOLDER = token, tmp_path / "metrics"
    settings.METRICS_FOLDER.mkdir()
    Path(settings.METRICS_FOLDER, "counter_1.db").touch()

    metrics_begin_anew()

    assert [path.name for path in tmp_path.rglob("*")] == ["metrics"] * is_there


def test_without_the_variable_there_is_nothing() -> None:
    response = Client(headers=BEARER).get("/metrics")

    assert (response.status_code, response.content) == (404, b"")
    # Nor is the library there: a start is as quick, and a worker as small.
    code = "from xpenser.wsgi import application; import sys; assert 'prometheus_client' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True)


def test_a_connection_that_is_opened_anew_is_counted_once(counting: Client) -> None:
    asked(counting)  # from now on connections are heard of
    connection = connections["default"]

    for _ in range(2):  # as Django says each time that it has opened one
        connection_created.send(sender=type(connection), connection=connection)

    assert [type(wrapper).__name__ for wrapper in connection.execute_wrappers].count("_Statements") == 1


def test_it_works(counting: Client, alice: Account) -> None:
    before = asked(counting)

    caller = Client(headers={"Authorization": basic("alice@example.com", PASSWORD)})
    assert [caller.get(USER).status_code for _ in range(2)] == [200, 200]
    assert Client(headers={"Authorization": basic("alice@example.com", "wrong")}).get(USER).status_code == 401
    caller.get("/api/v1.0/expense/123456")
    caller.generic("BREW", "/")
    caller.get("/nothing/is/here/1234567/")

    response = counting.get("/metrics", headers={"Host": "10.0.0.7:8000"})
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "no-store" in response.headers["Cache-Control"]
    after = figures(response.content.decode())
    new = added(before, after)
    requests_of = {key[1:]: value for key, value in new.items() if key[0] == "xpenser_requests_total"}
    row, user = sorted({route for dialect, _, route, _ in requests_of if dialect == "v1"})
    assert ("expense/" in row, "user/" in user) == (True, True)
    assert requests_of == {
        ("v1", "GET", user, "200"): 2, ("v1", "GET", user, "401"): 1, ("v1", "GET", row, "404"): 1,
        ("pages", "other", "", "405"): 1, ("", "GET", "", "404"): 1,
    }  # fmt: skip
    assert [key for key in after if "123456" in "".join(key)] == []  # and not in figures, where it is chance
    assert new["xpenser_request_seconds_count", "v1", user] == 3
    assert new["xpenser_request_seconds_bucket", "v1", "+Inf", user] == 3
    assert new["xpenser_request_seconds_sum", "v1", user] > 0
    assert {key[1]: value for key, value in new.items() if key[0] == "xpenser_passwords_total"} == {
        "hit": 2, "miss": 2,
    }  # fmt: skip
    assert new["xpenser_failed_sign_ins_total",] == 1
    assert after["xpenser_requests_under_way",] == 1  # this one
    assert {key[1]: value for key, value in after.items() if key[0] == "xpenser_ready"} == {
        "database": 1, "migrations": 1, "storage": 1,
    }  # fmt: skip
    assert (after["xpenser_expenses",], after["xpenser_receipts",], after["xpenser_receipts_bytes",]) == (1, 0, 0)
    assert after["xpenser_disk_free_bytes",] > 0
    assert ("xpenser_database_bytes",) in after
    queue = {
        key[0].removeprefix("xpenser_"): value for key, value in after.items() if "tasks" in key[0] or "mails" in key[0]
    }
    assert queue == {"tasks_waiting": 0, "tasks_oldest_seconds": 0, "tasks_failed": 0, "mails_waiting": 0}


def test_statements_are_counted_once_on_each_connection(counting: Client) -> None:
    before = asked(counting)

    own = connections.create_connection("default")
    own.connect()
    own.close()
    with closing(own), own.cursor() as cursor:  # which opens it anew
        cursor.execute("SELECT 1")
        with pytest.raises(DatabaseError) as refused:
            cursor.execute("SELECT nothing")

    new = added(before, asked(counting))
    assert new["xpenser_database_seconds_count", "default"] == 2
    assert new["xpenser_database_errors_total", "default", type(refused.value).__name__] == 1


def test_while_the_database_is_away(counting: Client) -> None:
    with no_database():
        told = asked(counting)

    assert told["xpenser_ready", "database"] == 0
    assert told["xpenser_ready", "storage"] == 1
    assert told["xpenser_disk_free_bytes",] > 0
    assert ("xpenser_expenses",) not in told


def test_while_the_disk_is_away(counting: Client, settings: Settings, tmp_path: Path) -> None:
    settings.ENV = dataclasses.replace(settings.ENV, data=tmp_path / "gone")

    told = asked(counting)

    assert ("xpenser_disk_free_bytes",) not in told
    assert told["xpenser_expenses",] == 0


def test_a_long_answer_is_counted_until_it_has_gone(counting: Client) -> None:
    answer = rendered([b"x" * (SHORT + 1)], owner_id=7, content_type="text/plain")
    assert isinstance(answer, FileResponse)

    assert asked(counting)["xpenser_long_answers", "ledgers"] == 1
    answer.close()
    assert asked(counting)["xpenser_long_answers", "ledgers"] == 0


def test_who_waits_and_who_is_refused_is_counted(counting: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    before = asked(counting)
    none = Turns(0, patience=0, most_waiting=1, tell=lambda waiting: waiting_changed.send(sender=None, waiting=waiting))
    monkeypatch.setattr("xpenser.admission.turns", lambda: none)

    assert [Client().get(USER).status_code for _ in range(3)] == [503] * 3

    after = asked(counting)
    assert added(before, after)["xpenser_requests_refused_total",] == 3
    assert after["xpenser_requests_waiting",] == 0
    waiting_changed.send(sender=None, waiting=7)
    assert asked(counting)["xpenser_requests_waiting",] == 7


def test_what_the_dead_had_under_way_is_forgotten(counting: Client) -> None:
    answer = rendered([b"x" * (SHORT + 1)], owner_id=7, content_type="text/plain")
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (own,) = current.METRICS_FOLDER.glob(f"gauge_livesum_{os.getpid()}.db")
    for process in (dead.pid, 1):  # of the second we know that it lives, at least
        own.with_name(f"gauge_livesum_{process}.db").write_bytes(own.read_bytes())

    told = asked(counting)
    answer.close()

    assert not own.with_name(f"gauge_livesum_{dead.pid}.db").exists()
    own.with_name("gauge_livesum_1.db").unlink()
    assert told["xpenser_long_answers", "ledgers"] == 2


def test_files_have_their_room_from_the_beginning(settings: Settings, tmp_path: Path) -> None:
    from xpenser.metrics import ROOM, room_take

    settings.METRICS_FOLDER = tmp_path

    room_take()

    assert [file.stat().st_blocks * 512 >= ROOM for file in tmp_path.glob(f"*_{os.getpid()}.db")] == [True] * 4


def test_who_is_born_on_a_full_disk_counts_nothing(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from xpenser.metrics import RequestMetrics

    settings.METRICS_FOLDER = tmp_path
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, hard))
    try:
        with pytest.raises(MiddlewareNotUsed):
            RequestMetrics(lambda request: FileResponse(b""))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert caplog.messages == ["nothing is counted in this process: the disk is full"]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_mistake(settings: Settings, tmp_path: Path) -> None:
    from xpenser.metrics import RequestMetrics

    settings.METRICS_FOLDER = tmp_path / "nowhere"

    with pytest.raises(FileNotFoundError):
        RequestMetrics(lambda request: FileResponse(b""))


def test_the_page_about_them_is_true(counting: Client, alice: Account) -> None:
    """Each figure is told there, and the rules to be woken by ask for nothing else."""
    Client(headers={"Authorization": basic("alice@example.com", "wrong")}).get(USER)
    places_taken.send(sender=None, of="ledgers", taken=0)
    own = connections.create_connection("default")
    with closing(own), own.cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute("SELECT nothing")
    page = (PROJECT / "docs" / "metrics.md").read_text()
    names = re.findall(r"^\| (`xpenser.*?) \|", page, re.MULTILINE)
    table = {name for row in names for name in re.findall(r"\w+", row)}
    (rules,) = [text for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "alert" in text]
    wanted = {
        name
        for rule in yaml.safe_load(rules)["groups"][0]["rules"]
        for name in re.findall(r"xpenser_\w+", rule["expr"])
    }

    told = {name for name, *_ in asked(counting)}

    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in told} == table
    assert wanted <= told


def scraped(server: LiveServer) -> Figures:
    answer = requests.get(f"{server.url}/metrics", headers=BEARER, timeout=60)
    assert answer.status_code == HTTPStatus.OK
    return figures(answer.text)


@pytest.mark.once
def test_all_processes_of_a_server_count_together(tmp_path: Any) -> None:
    with start_server(tmp_path, DATABASE_URL="", METRICS_TOKEN=TOKEN) as server:
        route = ("xpenser_requests_total", "pages", "GET", "healthz", "200")
        with ThreadPoolExecutor(4) as pool:
            for answer in pool.map(lambda _: requests.get(f"{server.url}/healthz", timeout=60), range(40)):
                assert answer.status_code == HTTPStatus.OK
        folder = server.data / "metrics" / str(server.port)
        assert len(list(folder.glob("counter_*.db"))) == len(server.workers())
        assert {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())} == {0}
        assert scraped(server)[route] == 40

        first, *_ = before = server.workers()
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: len(server.workers()) == len(before) and first not in server.workers())
        assert scraped(server)[route] == 40

        server.stop()
        del server.env["METRICS_TOKEN"]
        server.start()
        assert not folder.exists()
        assert requests.get(f"{server.url}/metrics", headers=BEARER, timeout=60).status_code == HTTPStatus.NOT_FOUND
