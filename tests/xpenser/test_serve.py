import dataclasses
import errno
import fcntl
import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from pytest_django import Settings

from accounts.models import User
from expenses.models import ServerZone
from tests.access.oauth2 import give, held, register
from tests.callers import eventually
from tests.cast import NOON, open_account
from tests.live import PROJECT, BareServer, LiveServer, free_port, start_bare_server, start_server
from tests.redis import RedisServer
from tests.xpenser.talk import FIRST_ACCOUNT, ask, expense_posted, rest, sent
from xpenser import env
from xpenser import server as granian_server
from xpenser.bucket import bucket_settings
from xpenser.env import DEFAULT_DATA
from xpenser.locks import alone
from xpenser.management.commands.serve import Command, collect_static_files


def rows(server: LiveServer) -> dict[str, list[Any]]:
    """Return all that is in the database, table by table."""
    if server.database:
        with psycopg.connect(server.env["DATABASE_URL"]) as pg:
            tables = pg.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            return {name: pg.execute(f'SELECT * FROM "{name}"'.encode()).fetchall() for (name,) in tables}
    with closing(sqlite3.connect(server.data / "xpenser.sqlite3")) as lite:
        tables = lite.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: lite.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in tables}


def files(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of all files, but for those that SQLite makes and removes as it likes."""
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and "sqlite3" not in path.name and path.suffix != ".lock"
    }


def test_the_first_start_makes_everything(tmp_path: Path) -> None:
    with start_bare_server(tmp_path, **FIRST_ACCOUNT) as server:
        assert server.log.read_text().splitlines() == [server.public_url]
        assert (server.data / "secret_key").stat().st_mode & 0o777 == 0o600
        assert server.data.stat().st_mode & 0o777 == 0o700
        assert (server.data / "assets").is_dir()
        assert (server.data / "receipts").stat().st_mode & 0o777 == 0o700
        whole = b"".join(expense_posted("first@example.com", "correct horse"))
        assert ask(server, whole).startswith(b"HTTP/1.1 200 OK\r\n")
        assert server.stop() == 0


@pytest.mark.once
@pytest.mark.parametrize("raw", [b" ", b"<", b">", b'"', "é".encode("latin-1")])
def test_raw_bytes_in_a_target_are_refused(server: LiveServer, raw: bytes) -> None:
    quoted = b"".join(b"%%%02X" % byte for byte in raw)

    assert ask(server, b"GET /api/simple/?q=a%sb HTTP/1.0\r\n\r\n" % raw).startswith(b"HTTP/1.1 400")
    assert ask(server, b"GET /api/simple/?q=a%sb HTTP/1.0\r\n\r\n" % quoted).startswith(b"HTTP/1.0 401")


def test_the_second_start_changes_nothing(tmp_path: Path) -> None:
    with start_server(tmp_path, **FIRST_ACCOUNT) as server:
        server.stop()
        database, folder = rows(server), files(server.data)
        assert len(database["accounts_user"]) == 1

        server.start().stop()

        assert (rows(server), files(server.data)) == (database, folder)


def first_links(server: LiveServer) -> list[str]:
    """Return the links that starts have printed, for the first account."""
    return re.findall(rf"once: {server.public_url}(/accounts/join/.*/)$", server.log.read_text(), re.MULTILINE)


def status(server: LiveServer, path: str) -> bytes:
    return ask(server, f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode()).split()[1]


def test_each_start_says_how_to_open_an_account_until_there_is_one(tmp_path: Path) -> None:
    with start_server(tmp_path) as server:
        beside = ", with the same DATABASE_URL" if server.database else ""
        manage = f"XPENSER_DATA={server.data} .venv/bin/python manage.py"
        assert f"Without a browser{beside}: {manage} adduser me@example.com\n" in server.log.read_text()
        assert [status(server, link) for link in first_links(server)] == [b"200"]
        server.stop()
        server.start()
        assert [status(server, link) for link in first_links(server)] == [b"404", b"200"]
        server.stop()
        server.adduser("me@example.com", "correct horse")
        server.start()
        assert [status(server, link) for link in first_links(server)] == [b"404", b"404"]


@pytest.mark.once
def test_on_one_address_alone_it_is_reached_there(tmp_path: Path) -> None:
    with (
        start_server(tmp_path, HOST="127.0.0.2") as server,
        closing(socket.create_connection(("127.0.0.2", server.port), 60)) as client,
    ):
        client.sendall(f"GET / HTTP/1.0\r\nHost: 127.0.0.2:{server.port}\r\n\r\n".encode())

        assert rest(client).startswith(b"HTTP/1.0 200")
        assert server.log.read_text().splitlines()[-1] == f"http://127.0.0.2:{server.port}"


@pytest.mark.once
def test_the_kernel_looks_after_silent_connections(server: LiveServer) -> None:
    with closing(sent(server, b"GET / HTTP/1.1\r\n")) as client:
        ours = f":{server.port:04X} 0100007F:{client.getsockname()[1]:04X} 01 "

        def timer() -> str:
            """Return which timer the server's end of the connection runs on."""
            lines = [line for line in Path("/proc/net/tcp").read_text().splitlines() if ours in line]
            return lines[0].split()[5].partition(":")[0] if lines else ""

        assert eventually(lambda: timer() == "02")  # keepalive


def test_two_on_one_folder_that_was_there_start_at_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    with (
        BareServer(tmp_path / "a", **FIRST_ACCOUNT) as one,
        BareServer(tmp_path / "b", **FIRST_ACCOUNT) as two,
        ThreadPoolExecutor(1) as pool,
    ):
        for server in (one, two):
            server.folder.mkdir()
            server.env |= {"XPENSER_DATA": str(data)}
        two.env |= {name: one.env[name] for name in ("DATABASE_URL",) if name in one.env}
        begun = pool.submit(one.start)
        two.start()
        begun.result()

        one.data = data
        assert len(rows(one)["accounts_user"]) == 1
        # Others may see the assets, and nothing else, whatever they could see in the folder before.
        ours = [path for path in data.rglob("*") if "assets" not in path.parts]
        assert ours
        assert [path for path in ours if path.stat().st_mode & 0o077] == []
        assert (one.stop(), two.stop()) == (0, 0)


def refused(**env: str) -> list[str]:
    """Start with variables that can't be meant, and return the lines that are printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=PROJECT, env={**os.environ, **env}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    return done.stderr.splitlines()


@pytest.mark.once
def test_bad_variables_are_told_in_a_line_each() -> None:
    said = refused(PORT="http", PROXIES="somewhere", XPENSER_DATA="/dev/null/x")

    assert [line.partition("=")[0] for line in said] == ["PORT", "XPENSER_DATA", "PROXIES"]


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    address = f"postgres://me:secret@127.0.0.1:{free_port()}/ledger"

    said = refused(XPENSER_DATA=str(tmp_path), PORT=str(free_port()), DATABASE_URL=address)

    assert said[0].startswith("CommandError: The database can't be used: connection failed")
    assert "secret" not in "".join(said)


@pytest.mark.once
def test_a_port_that_is_taken_is_told(server: LiveServer, tmp_path: Path) -> None:
    said = refused(XPENSER_DATA=str(tmp_path), HOST="127.0.0.1", PORT=str(server.port))

    way_out = "(to take another: PORT=8001 make serve)"
    assert said == [f"CommandError: HOST='127.0.0.1' PORT={server.port}: Address already in use {way_out}"]


@pytest.mark.once
def test_a_data_folder_that_cannot_be_made_is_told() -> None:
    said = refused(XPENSER_DATA="/proc/nowhere/data", PORT=str(free_port()))

    assert len(said) == 1
    assert said[0].startswith("XPENSER_DATA='/proc/nowhere/data")


# --- in this process: each step by itself


@pytest.fixture
def chosen(settings: Settings, tmp_path: Path) -> Callable[..., None]:
    """Let the operator choose; the data folder is a new one, the port is free."""

    def choose(**choices: Any) -> None:
        settings.ENV = dataclasses.replace(settings.ENV, **choices)

    choose(data=tmp_path, port=free_port())
    settings.STATIC_ROOT = tmp_path / "assets"
    return choose


@contextmanager
def told() -> Iterator[list[str]]:
    """Expect the command to end with status 2, and give what it says."""
    said: list[str] = []
    with pytest.raises(CommandError) as refusal:
        yield said
    assert refusal.value.returncode == 2
    said.append(str(refusal.value))


def test_the_first_account_is_opened_once(db: None, chosen: Callable[..., None]) -> None:
    chosen(email="me@example.com", password="correct horse")
    command = Command(stdout=StringIO())

    command.prepare()
    command.prepare()

    assert [(user.email, user.is_staff) for user in User.objects.all()] == [("me@example.com", True)]
    assert ServerZone.objects.get().zone == "UTC"


@pytest.mark.parametrize(
    ("choices", "how"),
    [
        ({"data": DEFAULT_DATA}, ": .venv"),
        ({"data": Path("/home/my data")}, ": XPENSER_DATA='/home/my data' .venv"),
        ({"data": DEFAULT_DATA, "database": {"NAME": "ledger"}}, ", with the same DATABASE_URL: .venv"),
    ],
)
def test_without_one_it_says_how(db: None, chosen: Callable[..., None], choices: dict[str, Any], how: str) -> None:
    said = StringIO()
    chosen(**{"database": None, **choices})

    Command(stdout=said).open_first_account()

    link, hint = said.getvalue().splitlines()
    start = f"Nobody has an account yet. This link opens the first one, once: {settings.PUBLIC_URL}/accounts/join/"
    assert re.fullmatch(rf"{start}[\w-]{{32}}/", link)
    assert hint == f"Without a browser{how}/bin/python manage.py adduser me@example.com"


def test_a_weak_password_is_told(db: None, chosen: Callable[..., None]) -> None:
    chosen(email="me@example.com", password="short")

    with told() as said:
        call_command("serve")

    assert said[0].startswith("XPENSER_EMAIL, XPENSER_PASSWORD: password: This password is too short")
    assert not User.objects.exists()


def test_that_no_redis_answers_is_told(
    db: None, chosen: Callable[..., None], settings: Settings, tmp_path: Path
) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"

    with told() as said:
        call_command("serve")

    assert said[0].startswith(f"REDIS_URL: nobody answers there as Redis: Error 2 connecting to {tmp_path}/nobody.sock")


def test_a_redis_that_throws_keys_away_is_told(
    db: None, chosen: Callable[..., None], settings: Settings, tmp_path: Path
) -> None:
    with RedisServer(tmp_path).start("--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru") as redis:
        settings.REDIS_URL = redis.url

        with told() as said:
            call_command("serve")

    assert said[0].startswith(
        "REDIS_URL: this Redis throws keys away when its memory is full (maxmemory-policy allkeys-"
    )


def test_that_receipts_can_not_be_kept_where_they_are_to_be_is_told(
    db: None, chosen: Callable[..., None], settings: Settings
) -> None:
    bucket = env.read({"RECEIPTS_S3": f"http://key:secret@127.0.0.1:{free_port()}/ledgers"}).receipts_s3
    assert bucket is not None
    settings.STORAGES = {**settings.STORAGES, "default": bucket_settings(bucket)}

    with told() as said:
        call_command("serve")

    assert said == ["RECEIPTS_S3: receipts can't be kept there: EndpointConnectionError"]


def test_what_has_expired_is_cleared(db: None, chosen: Callable[..., None]) -> None:
    alice = open_account("alice@example.com")
    give(register(alice), alice, now=NOON - timedelta(days=365))

    Command(stdout=StringIO()).prepare()

    assert held(alice) == 0


def test_the_zone_stays(db: None, chosen: Callable[..., None]) -> None:
    Command(stdout=StringIO()).prepare()
    chosen(server_zone="Etc/GMT+8")

    with told() as said:
        call_command("serve")

    assert said[0].startswith("SERVER_ZONE='Etc/GMT+8': this ledger was begun in UTC")


def test_a_database_that_fails_is_told(db: None, chosen: Callable[..., None]) -> None:
    def fail(*statement: Any) -> None:
        raise OperationalError("disk I/O error")

    with told() as said, connection.execute_wrapper(fail):
        call_command("serve")

    assert said == ["The database can't be used: disk I/O error"]


def test_what_cannot_be_written_is_told(db: None, chosen: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "serve.lock").mkdir()

    with told() as said:
        call_command("serve")

    assert said == [f"XPENSER_DATA='{tmp_path}': {tmp_path}/serve.lock: Is a directory"]


def test_that_the_file_system_keeps_no_locks_is_told(
    chosen: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*asked: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refused)

    with told() as said:
        call_command("serve")

    assert said == [f"XPENSER_DATA='{tmp_path}': a file in it: No locks available"]


def test_what_the_checks_find_is_told(chosen: Callable[..., None], settings: Settings, tmp_path: Path) -> None:
    chosen(data=tmp_path / "gone")
    settings.MAX_RECEIPT_BYTES = settings.MAX_UPLOAD_BYTES
    warned = StringIO()

    with told() as said:
        Command(stderr=warned).handle()

    assert said == [f"{tmp_path}/gone can't be written. XPENSER_DATA names another folder. (xpenser.E001)"]
    assert warned.getvalue().endswith("a receipt comes with other fields. (xpenser.W002)\n")


def test_an_address_that_is_not_ours_needs_another_way_out(chosen: Callable[..., None]) -> None:
    chosen(host="192.0.2.1")

    with told() as said:
        call_command("serve")

    assert said[0].endswith(": Cannot assign requested address")


@pytest.mark.parametrize(
    ("cert", "key", "reason"),
    [
        ("other", "key", "TLS_CERT='{folder}/other': there is no line -----BEGIN CERTIFICATE----- in it"),
        ("cert", "other", "TLS_KEY='{folder}/other': there is no line -----BEGIN PRIVATE KEY----- in it"),
        ("cert", ".", "TLS_KEY='{folder}': Is a directory"),
        ("cert", "key", "TLS_CERT='{folder}/cert' TLS_KEY='{folder}/key': [SSL] PEM lib"),
        (
            "key",
            "cert",
            "TLS_CERT='{folder}/key': there is no line -----BEGIN CERTIFICATE----- in it"
            ": are TLS_CERT and TLS_KEY swapped?",
        ),
    ],
)
def test_the_file_that_is_no_certificate_is_told(
    chosen: Callable[..., None], tmp_path: Path, cert: str, key: str, reason: str
) -> None:
    (tmp_path / "cert").write_text("-----BEGIN CERTIFICATE-----\n")
    (tmp_path / "key").write_text("-----BEGIN RSA PRIVATE KEY-----\n")
    (tmp_path / "other").write_bytes(b"\x30\x82\xff")
    chosen(tls_cert=tmp_path / cert, tls_key=tmp_path / key)

    with told() as said:
        call_command("serve")

    assert said[0].partition(" (_ssl.c")[0] == reason.format(folder=tmp_path)


def test_a_key_of_another_certificate_is_told(tmp_path: Path) -> None:
    for name in ("one", "other"):
        call_command("devcert", data=tmp_path / name, stdout=StringIO())

    with pytest.raises(granian_server.BadCertificate, match=r": the key does not belong to the certificate$"):
        granian_server.certificate_check(
            tmp_path / "one" / "tls" / "server.pem", tmp_path / "other" / "tls" / "server-key.pem"
        )


def test_a_key_with_a_password_is_told(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization

    call_command("devcert", data=tmp_path, stdout=StringIO())
    key = tmp_path / "tls" / "server-key.pem"
    locked = serialization.load_pem_private_key(key.read_bytes(), password=None).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
    )
    key.write_bytes(locked)

    with pytest.raises(granian_server.BadCertificate, match="the key has a password"):
        granian_server.certificate_check(tmp_path / "tls" / "server.pem", key)


@pytest.mark.once
@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("192.0.2.1", "Cannot assign requested address"),
        ("no.such.host.invalid", "Name or service not known|Temporary failure|No address associated"),
        ("x" * 70, "label"),
    ],
)
def test_an_address_that_is_not_ours_is_told(host: str, reason: str) -> None:
    with pytest.raises(granian_server.CannotListen, match=f"HOST='{host}' PORT=8000: .*({reason})"):
        granian_server.listening(host, 8000, 1).__enter__()


@pytest.mark.parametrize("told", [True, False])
def test_a_worker_that_ended_is_left_to_be_reaped(told: bool) -> None:
    parent = SimpleNamespace(interrupt_children=[], main_loop_interrupt=threading.Event())
    with subprocess.Popen(["sh", "-c", "exit 3"]) as process:
        worker = SimpleNamespace(inner=process, idx=7, interrupt_by_parent=told, parent=parent)

        granian_server.watch(worker)

        assert process.wait() == 3  # it would be 0 where somebody else has reaped it
    assert (parent.interrupt_children, parent.main_loop_interrupt.is_set()) == (([], False) if told else ([7], True))


def test_so_many_deaths_are_too_many_and_no_fewer() -> None:
    deaths, most = granian_server.Deaths(), granian_server.MOST_DEATHS

    at_once = [deaths.are_many(100.0) for _ in range(most)]
    later = [deaths.are_many(101.0 + granian_server.DEATHS_SECONDS + second) for second in range(most)]

    assert at_once == [False] * (most - 1) + [True]
    assert later == [False] * (most - 1) + [True]


def test_a_worker_that_was_reaped_is_no_longer_watched() -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()

        granian_server.watch(SimpleNamespace(inner=process, interrupt_by_parent=True))


@pytest.mark.once
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_each_worker_gets_a_socket_of_the_same_address(host: str) -> None:
    port = free_port()

    with granian_server.listening(host, port, 3) as sockets:
        assert {listener.getsockname()[1] for listener in sockets} == {port}
        for listener in sockets:
            assert listener.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 120_000
        with pytest.raises(granian_server.CannotListen, match="Address already in use"):
            granian_server.listening(host, port, 1).__enter__()


def test_it_announces_its_address(settings: Settings) -> None:
    said = StringIO()
    settings.PUBLIC_URL = "https://expenses.example.com"

    Command(stdout=said).announce()

    assert said.getvalue() == "https://expenses.example.com\n"


def test_static_files_are_collected_again_only_when_they_change(settings: Settings, tmp_path: Path) -> None:
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [tmp_path / "static"], tmp_path / "assets"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.css").write_text("a {}")

    collect_static_files()
    (tmp_path / "assets" / "a.css").unlink()
    collect_static_files()
    untouched = (tmp_path / "assets" / "a.css").exists()
    (tmp_path / "static" / "a.css").write_text("a { b: c }")
    collect_static_files()

    assert not untouched
    assert (tmp_path / "assets" / "a.css").read_text() == "a { b: c }"


def test_one_at_a_time(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with alone(tmp_path / "lock"):
            order.append("second")

    with alone(tmp_path / "lock"):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.1)
        order.append("first")
    waiting.join()

    assert order == ["first", "second"]
