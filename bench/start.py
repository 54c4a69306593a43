"""``python -m bench.start``: how long a start takes on a ledger that is there, until the address is printed.

The raw limit is a process that loads the same apps and does nothing. Both take turns.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import medians, milliseconds, table
from bench.memory import held
from tests.live import PROJECT, LiveServer

LOAD = "import django; django.setup(); import xpenser.wsgi, xpenser.urls"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, LiveServer(Path(folder)) as server:
        server.start().stop()
        env = {**os.environ, "XPENSER_DATA": str(server.data), "DJANGO_SETTINGS_MODULE": "xpenser.settings"}

        def started() -> float:
            taken = milliseconds(server.start)
            server.stop()
            return taken

        def loaded() -> float:
            return milliseconds(lambda: subprocess.run([sys.executable, "-c", LOAD], cwd=PROJECT, env=env, check=True))

        taken = medians({"loaded": loaded, "started": started})
        server.start()
        idle = max(held(server).values()) / 1024
    raw, ours = taken["loaded"] / 1000, taken["started"] / 1000
    rows = [
        ("the same apps are loaded by a process that does nothing, s", f"{raw:.2f}", "1.00", ""),
        ("second start, s", f"{ours:.2f}", f"{ours / raw:.2f}", "≤ 2 s"),
        ("memory of a worker after it, MB", f"{idle:.0f}", "", ""),
    ]
    print(table(("start", "figure", "ratio", "goal"), rows))


if __name__ == "__main__":
    main()
