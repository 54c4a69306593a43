"""``make bench-quick``: is anything twice as slow as in the parent commit? Takes a minute, and fails if so.

Both serve a ledger of the same rows, made by this checkout's bench, and are asked in turns by the same clients. The
raw limit is the same for both, so a ratio has fallen below half of the parent's exactly where an answer takes more
than twice as long. What fails is measured once more before it counts. With changes that are not committed the parent
is HEAD. ``python -m bench.quick JOB …`` asks only those with this in their name.

CI may have other work meanwhile: of five runs in turns the quickest counts, itself a median of what its requests took.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from bench.client import Client, load
from bench.host import Ways
from bench.jobs import WARM, Job, jobs
from bench.measure import quickest, table
from bench.raw import Database
from tests.live import PROJECT

COUNT, OWNERS = 3000, 1
MOST = 2.0
"""Times the parent's milliseconds that an answer may take."""
STOPS_WITHIN = 60


class NoParent(Exception):
    """There is nothing to compare with; the message says why."""


def main(names: Sequence[str]) -> int:
    try:
        with tempfile.TemporaryDirectory(prefix="xpenser-parent-") as folder, parent(Path(folder)) as (tree, python):
            return compared(tree, python, names)
    except NoParent as why:
        print(f"Speed was not compared: {why}")
        return 0


@contextmanager
def parent(folder: Path) -> Iterator[tuple[Path, str]]:
    """Give a checkout of the parent commit, measured by this one's bench, and a Python that has what it needs.

    Raises NoParent.
    """
    commit = "HEAD^" if git("diff", "--quiet", "HEAD").returncode == 0 else "HEAD"
    if git("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}").returncode:
        message = f"{commit} is not here, as in a shallow clone"
        raise NoParent(message)
    tree = folder / "tree"
    made = git("worktree", "add", "--detach", str(tree), commit)
    if made.returncode:
        raise NoParent(made.stderr.strip())
    try:
        shutil.rmtree(tree / "bench", ignore_errors=True)
        shutil.copytree(PROJECT / "bench", tree / "bench")
        yield tree, python_for(tree)
    finally:
        git("worktree", "remove", "--force", str(tree))


def python_for(tree: Path) -> str:
    """Return this Python, where both need the same packages, or else that of an environment of its own."""
    names = ("requirements.txt", "requirements-dev.txt")
    if all((tree / name).read_bytes() == (PROJECT / name).read_bytes() for name in names):
        return sys.executable
    print("The parent needs other packages, which are installed first", file=sys.stderr, flush=True)
    done = subprocess.run(["make", "-C", str(tree), f"PYTHON={sys.executable}", ".venv/tested"], check=False)
    if done.returncode:
        message = "the packages of the parent can't be installed"
        raise NoParent(message)
    return str(tree / ".venv" / "bin" / "python")


def git(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *args], cwd=PROJECT, capture_output=True, text=True, check=False)


def compared(tree: Path, python: str, names: Sequence[str]) -> int:
    """Print what both take for each job, and return 1 where ours takes too long."""
    with ExitStack() as hosts:
        ours = hosts.enter_context(host(PROJECT, sys.executable))
        if ours is None:
            return 1
        theirs = hosts.enter_context(host(tree, python))
        if theirs is None:
            message = "the parent does not start under this commit's bench"
            raise NoParent(message)
        rows = []
        for mine, before in zip(jobs_of(ours, names), jobs_of(theirs, names), strict=True):
            taken = both(ours, mine, theirs, before)
            if is_slow(taken):
                print(f"{mine.name}: once more", file=sys.stderr, flush=True)
                taken = both(ours, mine, theirs, before)
            rows.append((mine.name, taken))
    head = ("job", "ms", "parent ms", "of the parent's speed", "")
    print(table(head, [line(name, taken) for name, taken in rows]))
    slow = [name for name, taken in rows if is_slow(taken)]
    print(f"More than {MOST:g} times as slow as the parent: {', '.join(slow)}" if slow else "Nothing is slow.")
    return int(bool(slow))


@contextmanager
def host(tree: Path, python: str) -> Iterator[Ways | None]:
    """Give the ways into a server of a checkout, or None where it did not start; its complaints are shown."""
    with subprocess.Popen(
        [python, "-m", "bench.host", str(COUNT), str(OWNERS)],
        cwd=tree, env={**os.environ, "PYTHONPATH": ""}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        said = process.stdout.readline()
        yield Ways(*json.loads(said)) if said else None
        process.stdin.close()
        process.wait(STOPS_WITHIN)


def jobs_of(ways: Ways, names: Sequence[str]) -> list[Job]:
    database = Database(ways.address)
    made = [job for job in jobs(ways, database) if not names or any(name in job.name for name in names)]
    database.close()
    return made


def both(ours: Ways, mine: Job, theirs: Ways, before: Job) -> dict[str, float]:
    """Return the milliseconds of both, ours first."""
    for ways, job in ((ours, mine), (theirs, before)):
        for _ in range(WARM):
            load(ways.port, job.asked(), connections=1, seconds=0)
    with Client(ours.port) as here, Client(theirs.port) as there:
        return quickest({"ours": partial(here.run, mine.asked), "parent": partial(there.run, before.asked)})


def is_slow(taken: dict[str, float]) -> bool:
    return taken["ours"] > MOST * taken["parent"]


def line(name: str, taken: dict[str, float]) -> tuple[str, ...]:
    ours, parent = taken["ours"], taken["parent"]
    return name, f"{ours:.2f}", f"{parent:.2f}", f"{parent / ours:.2f}", "**slow**" if is_slow(taken) else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
