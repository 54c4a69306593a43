"""``python -m bench.paint SIZE:OWNERS …``: the ledger's page as somebody meets it: its bytes, and its first paint.

Chromium, on this machine, with nothing in its cache, and again with what the page brought.
"""

import gzip
import sys
from collections.abc import Sequence
from functools import partial

from playwright.sync_api import Page

from bench.client import body_of, request
from bench.host import Ways, hosted
from bench.measure import grouped, medians, table
from tests.browser import launched, tab

_PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntriesByName("first-contentful-paint")) done(startTime);
}).observe({ type: "paint", buffered: true }))"""
_LOADED = "performance.getEntriesByType('navigation')[0].responseEnd"


def main(ledgers: Sequence[str]) -> None:
    lines = [looked_at(*map(int, ledger.split(":"))) for ledger in ledgers]
    head = ("expenses", "the page, kB", "in gzip, kB", "answered after, ms", "first paint, nothing in the cache, ms")
    print(table((*head, "first paint, again, ms"), lines))


def looked_at(size: int, owners: int) -> Sequence[str]:
    """Return the cells of a line: the page of the heavy owner."""
    with hosted(size, owners) as (server, ways), launched() as browser:
        page = body_of(server.port, request("/", ways.cookie))
        url = f"{server.public_url}/"

        def first() -> float:
            with tab(browser) as shown:
                return painted(shown, ways, url)

        with tab(browser) as kept:
            painted(kept, ways, url)
            taken = medians({"first": first, "again": partial(painted, kept, ways, url)})
            answered = kept.evaluate(_LOADED)
    sizes = (len(page) / 1000, len(gzip.compress(page)) / 1000)
    return (grouped(size), *(f"{figure:.0f}" for figure in (*sizes, answered, taken["first"], taken["again"])))


def painted(page: Page, ways: Ways, url: str) -> float:
    """Return the milliseconds from asking for the page until something of it is seen."""
    page.context.add_cookies([{"name": "sessionid", "value": ways.session, "url": url}])
    page.goto(url)
    return float(page.evaluate(_PAINTED))


if __name__ == "__main__":
    main(sys.argv[1:])
