"""A real Redis of a test's own: Debian's redis-server on a socket in a folder, which keeps nothing on the disk."""

import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from redis import Redis
from redis.exceptions import ConnectionError as Disconnected

from tests.callers import eventually
from tests.tools import program


class RedisServer:
    """``url`` is what REDIS_URL takes."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "redis.sock"
        self.url = f"unix://{self._socket}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> Self:
        self._process = subprocess.Popen(
            [program("redis-server"), "--port", "0", "--unixsocket", str(self._socket), "--save", "", *options],
            cwd=self._socket.parent, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        assert eventually(self._answers)
        return self

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except Disconnected:
            return False

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def ask(self, *command: str | bytes | int) -> object:
        with Redis.from_url(self.url) as client:
            return client.execute_command(*command)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()
