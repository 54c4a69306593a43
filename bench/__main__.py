"""``make bench``: all jobs, both databases, the peer, the growth; writes docs/speed.md and its pictures.

``python -m bench --only jobs --job insert --size 1000 --database sqlite`` runs a part of it, and writes nothing unless
it is told to (``--write``). What a part prints is put between its markers in docs/speed.md; the prose stays.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from bench.client import Offer
from bench.jobs import Figures, figures_read
from bench.page import by_expenses, by_owners, machine, overload, put, tables
from tests.live import PROJECT
from tests.postgres import refusal, started

DOCS = PROJECT / "docs"
HEAVY = 100_000
"""What one owner of many has, as in ``bench.ledger``."""
OWNERS = 1000
FEWER_OWNERS = (1, 100)
SIZES = (1000, 100_000, 1_000_000)
GROWN = ("empty delta", "delta of 20", "page of 100", "list of 10 000", "insert, Basic")
"""Jobs of which is shown how they grow with the number of owners."""
LOADS = (8, 64)
PARTS: Mapping[str, tuple[str, ...]] = {
    "authentication": ("bench.authentication",),
    "empty-door": ("bench.empty_door",),
    "ledger-page": ("bench.ledger_page", "100000"),
    "peer": ("bench.peer",),
    "start": ("bench.start",),
    "together": ("bench.together",),
}
"""Programs that print a table each, on SQLite."""
OF_EACH_SIZE: Mapping[str, str] = {"imports": "bench.imports", "paint": "bench.paint"}
"""Programs that print a table each, of ledgers of some sizes, on either database."""
PATIENCE = 1200
"""Seconds for which a part is waited for, on a machine that has other work."""


def main() -> int:
    asked = _arguments()
    begun = time.monotonic()
    parts, failed = {"machine": machine()}, []
    for name in asked.only or ALL:
        print(f"{name}:", file=sys.stderr, flush=True)
        try:
            parts |= _part(name, asked)
        except (
            subprocess.SubprocessError,
            OSError,
        ) as problem:  # a part that fails leaves the others, and its former figures
            print(f"{name}: {problem}", file=sys.stderr, flush=True)
            failed.append(name)
    print("\n\n".join(parts.values()))
    if asked.write:
        page = DOCS / "speed.md"
        page.write_text(put(page.read_text(), parts))
    print(f"{time.monotonic() - begun:.0f} seconds; failed: {', '.join(failed) or 'nothing'}", file=sys.stderr)
    return int(bool(failed))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=ALL, help="this part; may be repeated")
    parser.add_argument("--job", action="append", default=[], help="only jobs with this in their name")
    parser.add_argument("--size", action="append", type=int, help=f"expenses; {SIZES} if none is named")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="both if none is named")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/speed.md")
    return parser.parse_args()


def _jobs(asked: argparse.Namespace) -> dict[str, str]:
    """Return the tables of the jobs, and write the pictures of how they grow if it was asked to."""
    parts: dict[str, str] = {}
    pictures: dict[str, str] = {}
    is_whole = not (asked.job or asked.size)
    for name, env in _databases(asked):
        figures = [*_figures(env, _ledgers(asked), asked.job, LOADS)]
        parts[f"jobs-{name}"] = tables(figures)
        pictures[f"speed-{name}.svg"] = by_expenses(figures)
        if is_whole and name == "sqlite":
            figures += _figures(env, [f"{SIZES[-1]}:{owners}" for owners in FEWER_OWNERS], GROWN, ())
            pictures["speed-owners.svg"] = by_owners([each for each in figures if each.expenses == SIZES[-1]])
    if asked.write and is_whole:
        for file, picture in pictures.items():
            (DOCS / file).write_text(picture)
    return parts


def _overload(asked: argparse.Namespace) -> dict[str, str]:
    """Return the table of what more than can be done leads to, and write its picture if it was asked to."""
    lines = [json.loads(line) for line in _printed(("bench.overload",), {}).splitlines()]
    said, picture = overload([(times, Offer._make(rest)) for times, *rest in lines])
    if asked.write:
        (DOCS / "speed-overload.svg").write_text(picture)
    return {"overload": said}


WITH_PICTURES: Mapping[str, Callable[[argparse.Namespace], dict[str, str]]] = {"jobs": _jobs, "overload": _overload}
"""Parts that draw, too."""
ALL = (*WITH_PICTURES, *OF_EACH_SIZE, *PARTS)


def _part(name: str, asked: argparse.Namespace) -> dict[str, str]:
    """Return the tables of a part, by the names of their markers."""
    if name in WITH_PICTURES:
        return WITH_PICTURES[name](asked)
    if name in OF_EACH_SIZE:
        program = (OF_EACH_SIZE[name], *_ledgers(asked))
        return {f"{name}-{database}": _printed(program, env) for database, env in _databases(asked)}
    return {name: _printed(PARTS[name], {})}


def _ledgers(asked: argparse.Namespace) -> list[str]:
    """Return sizes and owners; where there are more than the heavy owner has, the rest belongs to others."""
    return [f"{size}:{OWNERS if size > HEAVY else 1}" for size in asked.size or SIZES]


def _databases(asked: argparse.Namespace) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the databases that are asked for, and the variables under which a program finds each while it is there."""
    for name in [asked.database] if asked.database else ["sqlite", "postgresql"]:
        with _database(name) as env:
            yield name, env


@contextmanager
def _database(name: str) -> Iterator[dict[str, str]]:
    """Give the variables under which a program finds the database; a PostgreSQL waits for the disk, as it comes."""
    if name == "sqlite":
        yield {}
    elif "DATABASE_URL" in os.environ:
        yield {"DATABASE_URL": os.environ["DATABASE_URL"]}
    else:
        if why := refusal():
            sys.exit(f"PostgreSQL: {why}, or name --database sqlite")
        with started(settings=()) as url:
            yield {"DATABASE_URL": url}


def _figures(env: dict[str, str], ledgers: Sequence[str], names: Sequence[str], loads: Sequence[int]) -> list[Figures]:
    chosen = [f"--job={name}" for name in names] + [f"--load={count}" for count in loads]
    lines = _printed(("bench.jobs", *ledgers, *chosen), env).splitlines()
    return [figures_read(json.loads(line)) for line in lines]


def _printed(program: Sequence[str], env: dict[str, str]) -> str:
    """Return what a program of ours prints; what it tells meanwhile goes to standard error."""
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", *program],
        cwd=PROJECT, env={**inherited, **env}, stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
