"""``python -m bench.raw_server PORT ADDRESS FILE``: the same server as the product's, with the raw limits behind it.

ADDRESS is the database's. FILE holds a JSON object: which format of ``bench.raw`` is at a path, under which condition.
No Django and no account: who asks is the first owner. Ends with SIGTERM.
"""

import json
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from threading import Semaphore
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from bench.raw import FORMATS, Database
from xpenser.server import BACKLOG

SHORT, BLOCK = 1 << 20, 1 << 16
WORKERS, THREADS = 2, 32
CONNECTIONS = 20
"""Of each worker: PostgreSQL as it comes lets in so few that the product's must fit beside them."""
Application = Callable[[dict[str, Any], Any], Any]


def application(address: str, file: Path) -> Application:
    """Return what answers; connections are opened as they are needed, and kept."""
    questions = {path: (FORMATS[format_], where) for path, (format_, where) in json.loads(file.read_text()).items()}
    free: deque[Database] = deque()
    places = Semaphore(CONNECTIONS)

    @contextmanager
    def connection() -> Iterator[Database]:
        with places:
            database = free.pop() if free else Database(address)
            yield database
            free.append(database)

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        format_, where = questions[environ["PATH_INFO"]]
        with connection() as database:
            return _sent(format_(database, where), start_response)

    return answer


def _sent(chunks: Iterator[bytes], start_response: Any) -> Any:
    """Write it whole before the status line, as the product must: long answers into a file."""
    first = b""
    for chunk in chunks:
        first += chunk
        if len(first) > SHORT:
            break
    else:
        start_response("200 OK", [("Content-Length", str(len(first)))])
        return [first]
    file = TemporaryFile()  # noqa: SIM115 - it is closed with the last reference, once it is sent
    file.write(first)
    file.writelines(chunks)
    start_response("200 OK", [("Content-Length", str(file.tell()))])
    file.seek(0)
    return iter(lambda: file.read(BLOCK), b"")


def main(port: str, address: str, file: str) -> None:
    server = MPServer(
        "bench.raw_server",
        port=int(port),
        interface=Interfaces.WSGI,
        websockets=False,
        http=HTTPModes.http1,
        workers=WORKERS,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=lambda: application(address, Path(file)), wrap_loader=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
