"""One way to measure: who is compared takes turns, five runs each, and the median of the runs is the figure.

A machine that is busy for a while then slows all of them, and ratios stand.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

RUNS = 5


def medians(runs: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Return the median of what five runs of each gave."""
    return {name: statistics.median(each) for name, each in _in_turns(runs).items()}


def quickest(runs: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Return the least that five runs of each gave: other work on the machine only ever adds, and is nobody's fault."""
    return {name: min(each) for name, each in _in_turns(runs).items()}


def _in_turns(runs: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    given: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(RUNS):
        for name, run in runs.items():
            given[name].append(run())
    return given


def milliseconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return (time.perf_counter() - start) * 1000


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def grouped(number: int) -> str:
    """Return a number with a blank before each three digits."""
    return f"{number:,}".replace(",", " ")
