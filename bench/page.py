"""What docs/speed.md shows: tables, and pictures as SVG, made of figures alone."""

import importlib.metadata
import math
import os
import platform
import re
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.client import Offer
from bench.jobs import Figures
from bench.measure import grouped, table

SHOWN = ("Django", "djangorestframework", "granian", "orjson", "psycopg")
DRAWN = ("empty delta", "delta of 20", "page of 100", "list of 10 000", "ledger's page", "insert, Basic")
"""Jobs that a picture shows."""
COLOURS = ("#1b6ca8", "#c2571a", "#2a7f3f", "#8a3ab9", "#a8871b", "#b3243f")
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 330, 56, 40, 150, 44


def put(page: str, parts: Mapping[str, str]) -> str:
    """Return the page with each part between its markers. Raises KeyError where it has none for one."""
    for name, text in parts.items():
        between = re.compile(f"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", re.DOTALL)
        page, count = between.subn(lambda found, text=text: f"{found[1]}{text}{found[2]}", page)  # type: ignore[misc]
        if count != 1:
            raise KeyError(name)
    return page


def machine() -> str:
    """Return a line on what this was measured with, and when."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    versions = [f"{name} {importlib.metadata.version(name)}" for name in SHOWN]
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores of {cpu[1] if cpu else 'an unknown kind'},"
        f" {platform.system()} {platform.release()}, Python {platform.python_version()},"
        f" SQLite {sqlite3.sqlite_version}, {', '.join(versions)}."
    )


def tables(figures: Sequence[Figures]) -> str:
    """Return what one connection and many reached, on one database."""
    one = [
        (
            each.job, grouped(each.expenses), _ms(each.ours), _ms(each.limit), f"{each.ratio:.2f}",
            *_goal(each), "" if each.grown is None else f"{each.grown:.0f}",
        )
        for each in figures
    ]  # fmt: skip
    many = [
        (
            each.job, grouped(each.expenses), count, f"{ours.rate:.0f}", f"{limit.rate:.0f}",
            f"{ours.rate / limit.rate:.2f}", f"{ours.p99:.0f}", f"{limit.p99:.0f}", ours.refused or "",
        )
        for each in figures
        for count, ours, limit in each.loads
    ]  # fmt: skip
    head = ("job", "expenses", "ms", "limit ms", "ratio", "goal", "met", "grows by MB")
    busy = ("job", "expenses", "connections", "per second", "limit", "ratio", "p99 ms", "limit p99 ms", "refused")
    return f"{table(head, one)}\n\n{table(busy, many)}"


def by_expenses(figures: Sequence[Figures]) -> str:
    """Return a picture of what an answer takes as a database grows."""
    sizes = sorted({each.expenses for each in figures})
    title = f"{figures[0].database}: milliseconds of an answer, by expenses in the database"
    return chart(title, [grouped(size) for size in sizes], _lines(figures, sizes, [each.expenses for each in figures]))


def by_owners(figures: Sequence[Figures]) -> str:
    """Return a picture of what an answer takes as the same expenses belong to more people."""
    counts = sorted({each.owners for each in figures})
    title = f"{figures[0].database}: milliseconds of an answer, by owners of {grouped(figures[0].expenses)} expenses"
    return chart(
        title, [grouped(count) for count in counts], _lines(figures, counts, [each.owners for each in figures])
    )


def overload(offers: Sequence[tuple[float, Offer]]) -> tuple[str, str]:
    """Return a table of what came of what was offered, as times of what the server can do, and a picture of it.

    The picture leaves out the last, which was offered after all the others.
    """
    rows = [
        (
            f"{times:g}", f"{each.sent:.0f}", f"{each.answered:.0f}", f"{each.refused:.0f}",
            _ms(each.p50), _ms(each.p99), _ms(each.refused_p99) if each.refused else "",
        )
        for times, each in offers
    ]  # fmt: skip
    rows[-1] = (f"{rows[-1][0]} again", *rows[-1][1:])
    head = ("times", "per second", "answered", "refused", "p50 ms", "p99 ms", "p99 of a no, ms")
    drawn = [each for _, each in offers[:-1]]
    lines = {
        "sent per second": [each.sent for each in drawn],
        "answered per second": [each.answered for each in drawn],
        "p99, ms": [each.p99 for each in drawn],
    }
    title = "SQLite: the ledger's page, by how many times as much is asked as the server can do"
    return table(head, rows), chart(title, [f"{times:g}" for times, _ in offers[:-1]], lines)


def _lines(figures: Sequence[Figures], places: Sequence[int], at: Sequence[int]) -> dict[str, list[float]]:
    """Return a job's milliseconds at each place, of the jobs that have a figure at all of them."""
    found = {(each.job, place): each.ours for each, place in zip(figures, at, strict=True)}
    return {
        job: [found[job, place] for place in places] for job in DRAWN if all((job, place) in found for place in places)
    }


def chart(title: str, labels: Sequence[str], lines: Mapping[str, Sequence[float]]) -> str:
    """Return an SVG of lines over labels that stand at equal distances; upwards a step is ten times as much."""
    values = [value for line in lines.values() for value in line]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels) - 1)

    def across(place: int) -> float:
        return LEFT + place * step

    def up(value: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(value) - low) / max(1, high - low) * (HEIGHT - TOP - BOTTOM)

    drawn = [f'<text x="{LEFT}" y="22" font-weight="bold">{_escaped(title)}</text>']
    for power in range(low, high + 1):
        y = up(10.0**power)
        drawn.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#8884"/>')
        drawn.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    drawn += [
        f'<text x="{across(place):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{_escaped(label)}</text>'
        for place, label in enumerate(labels)
    ]
    names = _apart([up(line[-1]) + 4 for line in lines.values()])
    for (name, line), colour, y in zip(lines.items(), COLOURS, names, strict=False):
        points = " ".join(f"{across(place):.1f},{up(value):.1f}" for place, value in enumerate(line))
        drawn.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn.append(f'<text x="{WIDTH - RIGHT + 8}" y="{y:.1f}" fill="{colour}">{_escaped(name)}</text>')
    # Readers may have a dark page behind it.
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
            ' font-family="sans-serif" font-size="12">',
            f"<title>{_escaped(title)}</title>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def _apart(wanted: Sequence[float], distance: float = 14) -> list[float]:
    """Return places near the wanted ones, so far apart that names don't cover each other."""
    placed = [0.0] * len(wanted)
    last = -math.inf
    for place in sorted(range(len(wanted)), key=wanted.__getitem__):
        last = placed[place] = max(wanted[place], last + distance)
    return placed


def _goal(each: Figures) -> tuple[str, str]:
    if each.goal is None:
        return "", ""
    return f"≤ {each.goal:.2g}", "yes" if each.ratio <= each.goal else "**no**"


def _ms(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
