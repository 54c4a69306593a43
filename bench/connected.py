"""The product's settings, with connections to PostgreSQL as BENCH_CONNECTIONS says.

"pool" is the product's own: psycopg's pool, which the threads of a worker share; "kept": each thread keeps one of its
own, as Django does it; "new": each request opens one.
"""

import os
from collections.abc import Mapping
from typing import Any

from xpenser import database
from xpenser.settings import *  # noqa: F403
from xpenser.settings import DATABASES


def _leave_alone(databases: Mapping[str, dict[str, Any]], *, most: int) -> None:
    pass


if os.environ["BENCH_CONNECTIONS"] != "pool":
    database.share_connections = _leave_alone
    DATABASES["default"]["CONN_MAX_AGE"] = None if os.environ["BENCH_CONNECTIONS"] == "kept" else 0
