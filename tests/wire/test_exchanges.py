from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from tests.wire.exchange import FOLDER, BadExchange, Exchange, play
from tests.wire.ledger import NOW, lay_out, made

FILES = sorted(FOLDER.glob("*.txt"))
# What wire §5 and §8 list, without mail, OAuth and sign-in pages, which are not here yet.
CLIENTS = [f"t{number:02}" for number in (*range(1, 13), *range(14, 18))]
SAMPLES = [f"s8_{number:02}" for number in (1, 2, *range(4, 11), *range(12, 19))]


@pytest.fixture
def places(db: None) -> Iterator[dict[str, bytes]]:
    """The ledger of the exchanges, by the names that stand for its ids, at the time of the exchanges."""
    with time_machine.travel(NOW, tick=False):
        yield lay_out()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_comes_back_byte_for_byte(path: Path, places: dict[str, bytes]) -> None:
    exchange = Exchange.read(path.read_bytes())

    answer = play(exchange.filled({**places, "new": b"", "new_report": b"", "new_tag": b""}).request)

    assert answer == exchange.filled({**places, **made(places)}).answer


@pytest.mark.parametrize("beginning", [*CLIENTS, *SAMPLES])
def test_each_client_and_each_sample_is_recorded(beginning: str) -> None:
    assert [path.name for path in FILES if path.name.startswith(f"{beginning}_")]


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"GET / HTTP/1.1",
        b"# Source:",
        b"# Source: ",
        b"# Source: D",
        b"# Source: S2",
        b"# Source: hearsay, D",
        b"# S2, D",
    ],
)
def test_one_without_a_source_is_refused(first: bytes) -> None:
    with pytest.raises(BadExchange, match="# Source: S2, D"):
        Exchange.read(first + b"\nGET / HTTP/1.1\nHost: x\n---\nHTTP/1.1 200 OK\n\n\n")


@pytest.mark.parametrize("rest", [b"", b"GET / HTTP/1.1\n\n", b"GET / HTTP/1.1\n---\nHTTP/1.1 200 OK"])
def test_one_that_is_not_whole_is_refused(rest: bytes) -> None:
    with pytest.raises(BadExchange, match="a request, '---' and an answer are wanted"):
        Exchange.read(b"# Source: S2, D\n" + rest)


def test_a_name_that_nothing_has_is_refused() -> None:
    exchange = Exchange.read(b"# Source: S2, D\nGET /{nothing} HTTP/1.1\n---\nHTTP/1.1 200 OK\n\n\n")

    with pytest.raises(BadExchange, match=r"\{nothing\}: no such name"):
        exchange.filled({})
