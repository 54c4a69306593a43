"""``python -m bench.overload``: what comes of more requests than can be answered, and how soon it is over.

What is asked for is a page of the ledger. Printed is a line of JSON for each pace: how many times what the server can
do was offered, and the fields of ``Offer``.
"""

import json

from bench.client import load, offer, request
from bench.host import hosted
from bench.jobs import WARM

COUNT = 10_000
CONNECTIONS = 16
"""On so many at once it is measured what the server can do."""
TIMES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0, 10.0, 0.5)
"""What is offered, as times of that; the last is to be as quick as it was before."""
SECONDS = 4.0


def main() -> None:
    with hosted(COUNT, 1) as (server, ways):
        page = request("/", ways.cookie)
        load(server.port, page, connections=CONNECTIONS, seconds=WARM / 4)
        most = load(server.port, page, connections=CONNECTIONS, seconds=SECONDS).rate
        for times in TIMES:
            offered = offer(server.port, page, rate=most * times, seconds=SECONDS)
            print(json.dumps([times, *offered]), flush=True)


if __name__ == "__main__":
    main()
