"""A disk that is full, and has room again: until then 507 in each door's own form, and nothing by halves."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from bench import EMAIL, PASSWORD
from tests.callers import EVERYTHING, Caller, Heard, eventually
from tests.expenses.pictures import jpeg
from tests.faults.killing import ITEM, multipart, receipts_of, unsound
from tests.faults.ledgers import fill
from tests.live import LiveServer, start_peopled_server

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(
        os.geteuid() != 0 or os.environ.get("CI") != "1", reason="only root mounts a small disk, and only where CI=1"
    ),
]
SIZE = "64m"
COUNT = 4000  # a list of more than a megabyte, which is no short one
NO_ROOM = "Insufficient Storage: the server's disk is full, so nothing of this was stored; it can be sent again later"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server whose data and temporary files are on a disk of their own, with a ledger on it."""
    disk = tmp_path_factory.mktemp("disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)], check=True)
    try:
        with start_peopled_server(disk, TMPDIR=str(disk), METRICS_TOKEN="a-token-of-the-operators") as server:
            fill(server, [EMAIL], COUNT)
            yield server
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@contextmanager
def no_room(server: LiveServer) -> Iterator[None]:
    """Fill the server's disk to the last byte."""
    filler = server.folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        for size in (1 << 20, 1):
            with suppress(OSError):
                while file.write(b"x" * size):
                    pass
    try:
        yield
    finally:
        filler.unlink()


def as_json(heard: Heard) -> tuple[int, str]:
    return heard.status, heard.json["error"]


def test_it_works(small: LiveServer) -> None:
    email, told = small.newcomer(), {}
    with Caller(small, email) as caller, Caller(small, EMAIL, PASSWORD) as owner:
        told = {row["id"]: row for row in (caller.spend(f"lunch {number}") for number in range(1, 4))}
        body, kind = multipart({"q": "dinner 45"})
        large, _ = multipart({"q": "dinner 45"}, jpeg(tail=b"x" * 2_000_000))
        list_path = "/api/v1.0/expenses/?report=*"
        assert owner.get(list_path).status == 200
        before = receipts_of(small)

        with no_room(small):
            # What has been written beside the database before is written over first, so some are still taken.
            while (heard := caller.post(ITEM, f"q=lunch+9+{'x' * 1500}")).status == 200:
                told[heard.json["id"]] = heard.json
            assert (heard.status, heard.body.decode()) == (507, NO_ROOM)
            assert as_json(caller.post("/api/expense/", f"q=lunch+9+{'x' * 1500}")) == (507, NO_ROOM)
            for key in ({}, {"Idempotency_Key": "one"}):
                with_receipt = caller.post(ITEM, body, Content_Type=kind, **key)
                assert (with_receipt.status, with_receipt.body.decode()) == (507, NO_ROOM)
            spooled = caller.post(ITEM, large, Content_Type=kind)
            assert (spooled.status, spooled.body.decode()) == (507, NO_ROOM)
            long = owner.get(list_path)
            assert (long.status, long.body.decode()) == (507, NO_ROOM)
            # What is stored can be read.
            assert {row["id"]: row for row in caller.get(EVERYTHING).json[1:]} == told
            # Who is born now can't count (xpenser.metrics), and lives.
            os.kill(small.workers()[0], signal.SIGKILL)
            assert eventually(lambda: "nothing is counted in this process" in small.log.read_text())
            for each in (caller, owner):
                each.connection.close()  # it may have led to who is dead
            assert caller.get("/healthz").status == 200

        assert receipts_of(small) == before
        for again in (caller.post(ITEM, body, Content_Type=kind), caller.post(ITEM, large, Content_Type=kind)):
            assert again.status == 200
            told[again.json["id"]] = again.json
        assert owner.get(list_path).status == 200
        rows = {row["id"]: row for row in json.loads(caller.get(EVERYTHING).body)[1:]}
        assert rows == told
    assert unsound(small) == []
