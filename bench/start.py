"""``python -m bench.start``: how long a start takes on a ledger that is there, until the address is printed.

The raw limit is a process that loads the same apps and does nothing. Both take turns.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.live import PROJECT, LiveServer

RUNS = 11
LOAD = "import django; django.setup(); import xpenser.wsgi, xpenser.urls"


def seconds(job: Callable[[], object]) -> float:
    begun = time.perf_counter()
    job()
    return time.perf_counter() - begun


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, LiveServer(Path(folder)) as server:
        server.start().stop()
        env = {**os.environ, "XPENSER_DATA": str(server.data), "DJANGO_SETTINGS_MODULE": "xpenser.settings"}
        started, loaded = [], []
        for _ in range(RUNS):
            started.append(seconds(server.start))
            server.stop()
            loaded.append(
                seconds(lambda: subprocess.run([sys.executable, "-c", LOAD], cwd=PROJECT, env=env, check=True))
            )
    raw, ours = statistics.median(loaded), statistics.median(started)
    print("| job | seconds | ratio |\n| --- | --- | --- |")
    print(f"| the same apps are loaded | {raw:.2f} | 1.00 |\n| second start | {ours:.2f} | {ours / raw:.2f} |")


if __name__ == "__main__":
    main()
