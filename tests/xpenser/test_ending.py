"""How a server ends: told to, killed, or by Ctrl-C, while it starts, serves, or has requests under way."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.callers import eventually, has_read, refuses
from tests.live import PROJECT, LiveServer, start_server
from tests.xpenser.talk import FIRST_ACCOUNT, ask, expense_posted, rest, sent
from xpenser import server as granian_server

pytestmark = pytest.mark.once
ENDING = "Ending: requests under way are answered, for up to 30 seconds"


@pytest.mark.parametrize(("sig", "chunked"), [(signal.SIGTERM, True), (signal.SIGINT, False)])
def test_what_is_under_way_is_answered(tmp_path: Path, sig: signal.Signals, chunked: bool) -> None:
    with start_server(tmp_path, **FIRST_ACCOUNT) as server:
        assert server.process is not None
        begin, end = expense_posted("first@example.com", "correct horse", chunked=chunked)
        with closing(sent(server, begin)) as client:
            assert eventually(lambda: has_read(server, client))
            workers = server.workers()
            server.process.send_signal(sig)
            assert eventually(lambda: refuses(server))
            for worker in workers:  # told once more, who is at work stays as patient
                with suppress(ProcessLookupError):
                    os.kill(worker, sig)
            time.sleep(0.2)
            client.sendall(end)
            answer = rest(client)

        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"lunch" in answer
        assert server.stop(None) == 0
        assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]


def test_ctrl_c_in_a_terminal_ends_it_as_gently(tmp_path: Path) -> None:
    with start_server(tmp_path, **FIRST_ACCOUNT) as server:
        assert server.process is not None
        begin, end = expense_posted("first@example.com", "correct horse")
        with closing(sent(server, begin)) as client:
            assert eventually(lambda: has_read(server, client))
            os.killpg(server.process.pid, signal.SIGINT)  # a terminal signals the whole group
            assert eventually(lambda: refuses(server))
            client.sendall(end)
            assert rest(client).startswith(b"HTTP/1.1 200 OK\r\n")

        assert server.stop(None) == 0
        assert server.log.read_text().splitlines() == [server.public_url, ENDING]


def test_ctrl_c_before_it_serves_is_no_failure(tmp_path: Path) -> None:
    server = LiveServer(tmp_path, DATABASE_URL="")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], cwd=PROJECT, env=server.environ(), stderr=subprocess.PIPE, text=True
    )
    assert eventually((server.data / "secret_key").exists, every=0.001)  # settings are read, apps are being loaded
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)

    assert (process.returncode, said) == (130, "\n")


def test_idle_connections_do_not_hold_it_up(tmp_path: Path) -> None:
    with start_server(tmp_path) as server:
        clients = [sent(server, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n") for _ in range(5)]
        for client in clients:
            assert client.recv(65536).startswith(b"HTTP/1.1 ")
        begun = time.monotonic()

        assert server.stop() == 0

        assert time.monotonic() - begun < granian_server.GRACE_SECONDS
        for client in clients:
            client.close()


def test_a_worker_that_dies_is_born_again(tmp_path: Path) -> None:
    with start_server(tmp_path) as server:
        first, *others = server.workers()

        os.kill(first, signal.SIGKILL)

        assert eventually(lambda: len(server.workers()) == len(others) + 1 and first not in server.workers())
        assert ask(server, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.0 ")
        assert server.stop() == 0


def test_workers_do_not_outlive_the_main_process(tmp_path: Path) -> None:
    with start_server(tmp_path) as server:
        workers = server.workers()

        server.stop(signal.SIGKILL)

        assert eventually(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def test_a_stop_right_after_the_start_is_heard(tmp_path: Path) -> None:
    with start_server(tmp_path, **FIRST_ACCOUNT) as server:
        for _ in range(2):
            begun = time.monotonic()
            assert server.stop() == 0
            assert time.monotonic() - begun < granian_server.GRACE_SECONDS
            server.start()
        assert set(server.log.read_text().splitlines()) == {server.public_url, ENDING}  # nobody had to be killed
