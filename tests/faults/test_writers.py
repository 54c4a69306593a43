"""Fifty writers at once on two worker processes: each is answered, nothing is lost, and time only goes forward."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from typing import Any

import pytest

from tests.callers import EVERYTHING, Caller, Heard, worker_of
from tests.live import LiveServer

WRITERS = 50
EACH = 3
CREATE = "/api/v1.0/expense/"


def at_once(server: LiveServer, emails: Sequence[str], work: Callable[[Caller, int], Any]) -> list[Any]:
    """Let every writer work over a connection of its own, all at the same time, and return what each brings.

    ``emails`` are whose ledgers they write in, in turn. Both worker processes have writers.
    """
    with ExitStack() as connections, ThreadPoolExecutor(WRITERS) as pool:
        callers = [connections.enter_context(Caller(server, emails[number % len(emails)])) for number in range(WRITERS)]
        greeted = list(pool.map(lambda caller: caller.get("/api/v1.0/user/"), callers))
        assert [heard.status for heard in greeted] == [200] * WRITERS
        # The first twenty are enough to see that not one process does it all.
        assert {worker_of(server, caller.connection.sock) for caller in callers[:20]} == set(server.workers())
        return list(pool.map(work, callers, range(WRITERS)))


def stored(server: LiveServer, email: str) -> list[tuple[int, str, int]]:
    """Return id, notes and instant of change of an owner's expenses, but for the sample, by id."""
    return [
        (int(number), str(notes), int(modified))
        for number, notes, modified in server.sql(
            "SELECT e.id, e.notes, e.modified FROM expenses_expense e JOIN accounts_user u ON u.id = e.user_id"
            f" WHERE u.email = '{email}' AND e.type <> 'Sample Expense' ORDER BY e.id"
        )
    ]


@pytest.mark.parametrize("owners", [1, 5])
def test_it_works(server: LiveServer, owners: int) -> None:
    emails = [server.newcomer() for _ in range(owners)]

    def write(caller: Caller, number: int) -> list[tuple[Heard, str]]:
        notes = [f"{number}-{turn}" for turn in range(EACH)]
        return [(caller.post(CREATE, f"q=lunch+45+{text}+%23cash"), text) for text in notes]

    brought = at_once(server, emails, write)

    assert [answer.status for answers in brought for answer, _ in answers] == [200] * WRITERS * EACH
    for place, email in enumerate(emails):
        told = {answer.json["id"]: text for answers in brought[place::owners] for answer, text in answers}
        rows = stored(server, email)
        assert {number: notes for number, notes, _ in rows} == told
        assert len(rows) == WRITERS * EACH // owners
        # The clock is taken before the id, so both go the same way.
        assert all(before < after for (*_, before), (*_, after) in pairwise(rows))
        with Caller(server, email) as caller:
            listed = caller.get(f"{EVERYTHING}&tags=cash").json
        assert {row["id"]: row["notes"] for row in listed} == told
        assert len({tag["id"] for row in listed for tag in row["tags"]}) == 1


def test_edits_of_one_expense_are_all_made(server: LiveServer) -> None:
    email = server.newcomer()
    with Caller(server, email) as caller:
        made = caller.spend("lunch 45")
    path = f"{CREATE}{made['id']}"

    def edit(caller: Caller, number: int) -> list[Heard]:
        return [caller.post(path, f"notes={number}-{turn}&tags=t{turn}") for turn in range(EACH)]

    brought = at_once(server, [email], edit)

    answers = [answer for heard in brought for answer in heard]
    assert [answer.status for answer in answers] == [200] * WRITERS * EACH
    # Each says what it wrote, and not what another did meanwhile.
    assert [[answer.json["notes"] for answer in heard] for heard in brought] == [
        [f"{number}-{turn}" for turn in range(EACH)] for number in range(WRITERS)
    ]
    with Caller(server, email) as caller:
        last = caller.get(path).json
    assert last in [answer.json for answer in answers]
    assert last["modified"] == max(answer.json["modified"] for answer in answers)
    assert len(stored(server, email)) == 1


def test_one_key_is_one_expense(server: LiveServer) -> None:
    email = server.newcomer()

    def write(caller: Caller, number: int) -> Heard:
        return caller.post(CREATE, "q=lunch+45", Idempotency_Key="once")

    brought = at_once(server, [email], write)

    assert {(answer.status, answer.body) for answer in brought} == {(200, brought[0].body)}
    assert [number for number, *_ in stored(server, email)] == [brought[0].json["id"]]


def test_the_same_key_is_another_for_somebody_else(server: LiveServer) -> None:
    emails = [server.newcomer() for _ in range(5)]

    def write(caller: Caller, number: int) -> Heard:
        return caller.post(CREATE, "q=lunch+45", Idempotency_Key="once")

    brought = at_once(server, emails, write)

    assert {answer.status for answer in brought} == {200}
    assert len({answer.body for answer in brought}) == len(emails)
    assert [len(stored(server, email)) for email in emails] == [1] * len(emails)


def test_one_default_report_is_left_by_many_who_each_name_another(server: LiveServer) -> None:
    email = server.newcomer()

    def rename(caller: Caller, number: int) -> tuple[Heard, Heard]:
        report = caller.post("/api/v1.0/report/", f"name=Trip+{number}")
        return report, caller.post(f"/api/v1.0/report/{report.json['id']}", "is_default=1")

    brought = at_once(server, [email], rename)

    assert {(made.status, changed.status) for made, changed in brought} == {(200, 200)}
    with Caller(server, email) as caller:
        reports = caller.get("/api/v1.0/reports/").json
    assert len(reports) == WRITERS + 1
    assert len([report for report in reports if "is_default" in report]) == 1


def test_two_servers_share_one_ledger(server: LiveServer) -> None:
    email, folder = server.newcomer(), server.folder / "beside"
    folder.mkdir()
    beside = LiveServer(folder, XPENSER_DATA=str(server.data), DATABASE_URL=server.env.get("DATABASE_URL", ""))
    beside.data = server.data

    def write(caller: Caller) -> list[Heard]:
        return [caller.post(CREATE, f"q=lunch+45+{turn}", Idempotency_Key=f"key {turn}") for turn in range(20)]

    with beside.start(), Caller(server, email) as one, Caller(beside, email) as other, ThreadPoolExecutor(2) as pool:
        brought = list(pool.map(write, [one, other]))
        seen = {caller.get(EVERYTHING).body for caller in (one, other)}

    assert [(first.status, first.body) for first in brought[0]] == [(each.status, each.body) for each in brought[1]]
    assert {answer.status for answer in brought[0]} == {200}
    assert len(stored(server, email)) == 20
    assert len(seen) == 1
