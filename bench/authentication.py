"""``python -m bench.authentication``: what it costs to ask who is calling, as a ratio to not asking.

A real server process answers over a real socket, on one connection. The limit is the same door with an account that is
simply known (``bench.doors``); a request of OAuth 1.0a is signed before anything is timed. SQLite only.
"""

from collections.abc import Callable
from functools import partial

from oauthlib.oauth1 import Client as Signer

from bench.client import Client, load, request
from bench.host import hosted
from bench.measure import medians, table

PATH = "/api/bench/asked"


def main() -> None:
    with hosted(10, 1, DJANGO_SETTINGS_MODULE="bench.settings") as (server, ways):
        signer = Signer(*ways.signing)

        def signed() -> bytes:
            return request(PATH, f"Authorization: {signer.sign(f'http://localhost{PATH}')[1]['Authorization']}")

        asked: dict[str, Callable[[], bytes]] = {
            "known": partial(request, "/api/bench/known"),
            "known, a row read": partial(request, "/api/bench/read"),
            "bearer": partial(request, PATH, ways.bearer),
            "Basic, warm": partial(request, PATH, ways.basic),
            "OAuth 1.0a": signed,
        }
        for sent in asked.values():
            for _ in range(8):  # each worker has seen each of them
                load(server.port, sent(), connections=1, seconds=0)
        with Client(server.port) as client:
            taken = medians({way: partial(client.run, sent) for way, sent in asked.items()})
    known, basic = taken["known"], taken["Basic, warm"]
    goals = {"bearer": "≥ 0.85", "Basic, warm": "≥ 0.70", "OAuth 1.0a": "≤ 0.2 ms more than Basic"}
    rows = [(way, f"{ms:.3f}", f"{known / ms:.2f}", goals.get(way, "")) for way, ms in taken.items()]
    added = ("OAuth 1.0a adds to Basic", f"{taken['OAuth 1.0a'] - basic:.3f}", "", "≤ 0.200")
    print(table(("who calls", "ms", "of known", "goal"), [*rows, added]))


if __name__ == "__main__":
    main()
