"""``python -m bench.empty_door``: what a request passes on its way to a door, against a bare Django view.

In one process, without a socket: the limit is Django without middleware and a view that answers nothing.
"""

import os
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median

from bench.measure import medians, table

CALLS = 500


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"  # a data folder of its own, that ends with the process
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import override_settings

    django.setup()
    Path(settings.STATIC_ROOT).mkdir(parents=True)  # whitenoise warns of a folder that is not there
    with override_settings(MIDDLEWARE=[]):
        bare = WSGIHandler()
    with override_settings(ROOT_URLCONF="bench.doors"):
        taken = medians(
            {
                "bare": partial(microseconds, bare, "/bench/bare"),
                "without": partial(microseconds, bare, "/api/bench/empty"),
                "whole": partial(microseconds, WSGIHandler(), "/api/bench/empty"),
            }
        )
    rows = [
        ("a bare view of Django", taken["bare"], ""),
        ("an empty door, without middleware", taken["without"], ""),
        ("an empty door", taken["whole"], "≤ 2.5"),
    ]
    print(
        table(
            ("in one process", "µs", "ratio", "goal"),
            [(name, f"{us:.0f}", f"{us / taken['bare']:.2f}", goal) for name, us, goal in rows],
        )
    )


def microseconds(handler: Callable[..., object], path: str) -> float:
    taken = []
    for _ in range(CALLS):
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "localhost",
            "SERVER_PORT": "80", "HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(), "SERVER_PROTOCOL": "HTTP/1.1", "SCRIPT_NAME": "",
        }  # fmt: skip
        start = time.perf_counter()
        answer = handler(environ, _ignore)
        taken.append((time.perf_counter() - start) * 1e6)
        assert answer.status_code == 200, answer  # type: ignore[attr-defined]
        answer.close()  # type: ignore[attr-defined]
    return median(taken)


def _ignore(*_: object) -> None:
    """Take what WSGI calls with status and headers."""


if __name__ == "__main__":
    main()
