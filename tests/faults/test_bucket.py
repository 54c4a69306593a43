"""A server that keeps receipts in a bucket: what is fetched from there passes through a file, not through memory."""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from bench.memory import forget, peaks
from tests.callers import Caller, worker_of
from tests.expenses.pictures import jpeg, pdf
from tests.faults.killing import ITEM, multipart
from tests.live import LiveServer, start_peopled_server
from tests.s3 import BUCKET, S3Server

pytestmark = pytest.mark.once

SIZE = 20_000_000
MOST_KB = 4 * 1024


class Kept(NamedTuple):
    server: LiveServer
    s3: S3Server
    email: str


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """Both workers have taken and given a receipt."""
    folder = tmp_path_factory.mktemp("kept")
    limits = {"MAX_UPLOAD_BYTES": str(SIZE + 1_000_000), "MAX_RECEIPT_BYTES": str(SIZE)}
    with S3Server(folder).start() as s3, start_peopled_server(folder, RECEIPTS_S3=s3.url, **limits) as server:
        email, warm = server.newcomer(), set[int]()
        while warm != set(server.workers()):
            with Caller(server, email) as caller:
                assert caller.get(image_of(sent(caller, jpeg()))).status == 200
                warm.add(worker_of(server, caller.connection.sock))
        yield Kept(server, s3, email)


def sent(caller: Caller, receipt: bytes) -> str:
    """Add an expense with a receipt, and return the name of its image."""
    body, kind = multipart({"q": "lunch 45"}, receipt)
    heard = caller.post(ITEM, body, Content_Type=kind)
    assert heard.status == 200, heard
    image: str = heard.json["receipt"]["image"]
    return image


def image_of(name: str) -> str:
    return f"/static/xpenser/media/Receipts/{name}"


def test_a_large_one_is_sent_from_a_file(kept: Kept) -> None:
    document = pdf(tail=b"%" + b"x" * (SIZE - 1000) + b"\n%%EOF\n")

    with Caller(kept.server, kept.email) as caller:
        name = sent(caller, document)
        before = forget(kept.server)
        caller.send("GET", image_of(name))
        answer, digest = caller.connection.getresponse(), hashlib.sha256()
        assert (answer.status, int(answer.headers["Content-Length"])) == (200, len(document))
        while block := answer.read(1 << 16):
            digest.update(block)
        after = peaks(kept.server)

    assert digest.digest() == hashlib.sha256(document).digest()
    assert max(after[pid] - before[pid] for pid in before) < MOST_KB
    stored = kept.s3.client.head_object(Bucket=BUCKET, Key=f"of/ours/{name}")
    assert stored["ContentLength"] == len(document)


def test_nothing_of_it_is_in_the_data_folder_or_the_log(kept: Kept) -> None:
    assert not (kept.server.data / "receipts").exists()
    assert kept.s3.url.partition("@")[0].rpartition(":")[2] not in kept.server.log.read_text()
