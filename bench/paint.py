"""``python -m bench.paint``: the ledger's page as a person meets it: its bytes, and when a browser shows something.

Chromium, on this machine, with nothing in its cache, and again with what the page brought. SQLite, 10 000 expenses.
"""

import gzip
from functools import partial

from playwright.sync_api import Page

from bench.client import body_of, request
from bench.host import Ways, hosted
from bench.measure import medians, table
from tests.browser import launched, tab

COUNT = 10_000
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
_LOADED = "performance.getEntriesByType('navigation')[0].responseEnd"


def main() -> None:
    with hosted(COUNT, 1) as (server, ways), launched() as browser:
        page = body_of(server.port, request("/", ways.cookie))
        url = f"{server.public_url}/"

        def first() -> float:
            with tab(browser) as shown:
                return painted(shown, ways, url)

        with tab(browser) as kept:
            painted(kept, ways, url)
            taken = medians({"first": first, "again": partial(painted, kept, ways, url)})
            answered = kept.evaluate(_LOADED)
    rows = [
        ("the page, kB", f"{len(page) / 1000:.0f}"),
        ("the same in gzip, kB", f"{len(gzip.compress(page)) / 1000:.0f}"),
        ("answered after, ms", f"{answered:.0f}"),
        ("first paint, nothing in the cache, ms", f"{taken['first']:.0f}"),
        ("first paint, again, ms", f"{taken['again']:.0f}"),
    ]
    print(table(("the ledger in a browser", "figure"), rows))


def painted(page: Page, ways: Ways, url: str) -> float:
    """Return the milliseconds from asking for the page until something of it is seen."""
    page.context.add_cookies([{"name": "sessionid", "value": ways.session, "url": url}])
    page.goto(url)
    page.wait_for_function(f"{_PAINTED} > 0")
    return float(page.evaluate(_PAINTED))


if __name__ == "__main__":
    main()
