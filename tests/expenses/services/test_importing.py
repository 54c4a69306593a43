"""Files taken into the ledger by its rules, and taken back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from accounts.fields import microseconds
from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.imports.columns import Mapping
from expenses.imports.entry import Unreadable
from expenses.imports.files import file_read
from expenses.models import Clock, Expense, ExpenseTag, ExpenseType, Taking, Upload
from expenses.selectors import (
    ExpenseFilter,
    ImportNotFound,
    TakingRow,
    UploadNotFound,
    expense_rows,
    import_of_upload,
    import_row,
    import_rows,
    imports_of_file,
    taking_row,
    takings,
    takings_under_way,
    upload_row,
)
from expenses.services import (
    Plan,
    import_ask,
    import_give_up,
    import_make,
    import_plan,
    import_take,
    import_undo,
    importing,
    upload_keep,
    upload_opened,
    upload_say,
    uploads_forget,
)
from expenses.services.clock import clock_take
from expenses.services.importing import MOST_WAITING
from reports.selectors import report_named, report_rows
from reports.status import Status
from tests.cast import NOON, spend

HEAD = "date,type,amount,currency,notes,tags,report,transaction id\n"
TRIP = (
    HEAD
    + "2026-11-01,Lunch,45,,with jack,clientx,Berlin,\n"
    + '2026-11-02,hotel,118.004,,,"berlin, ClientX",berlin,\n'
    + "2026-11-03,lunch,-5,,refund,,,\n"
)
SOURCED = HEAD + "2026-11-01,Card,9,,,,,T1\n2026-11-02,Card,8,,,,,T2\n"


def keep(owner: Account, text: str) -> int:
    return upload_keep(user_id=owner.id, name="trip.csv", data=text.encode(), now=NOON)


def plan(owner: Account, text: str) -> Plan:
    upload = upload_row(user_id=owner.id, upload_id=keep(owner, text), now=NOON)
    return import_plan(owner=owner, readings=[file_read(*upload_opened(user_id=owner.id, upload=upload))])


def take(owner: Account, text: str) -> int:
    return import_take(owner=owner, upload_id=keep(owner, text), now=NOON)


def ledger(owner: Account) -> list[ExpenseRow]:
    rows = expense_rows(user_id=owner.id, matching=ExpenseFilter())
    return [row for row in rows if row.type != "Sample Expense"]


def test_it_works(alice: Account, bob: Account) -> None:
    before = Clock.objects.get(user_id=alice.id).last

    import_id = take(alice, TRIP)

    rows = ledger(alice)
    shown = [
        (row.date, row.type, row.amount, row.raw_amount, row.notes, [tag.name for tag in row.tags], row.report)
        for row in rows
    ]
    assert shown == [
        ("2026-11-01 00:00:00", "Lunch", 45_000, 45_000, "with jack", ["clientx"], "Berlin"),
        ("2026-11-02 00:00:00", "hotel", 118_000, 118_004, "", ["berlin", "clientx"], "Berlin"),
        ("2026-11-03 00:00:00", "lunch", -5_000, -5_000, "refund", [], "My Expenses"),
    ]
    moments = [Expense.objects.get(pk=row.id).modified for row in rows]
    last = Clock.objects.get(user_id=alice.id).last
    assert before < moments[0]
    assert [microseconds(moment) - microseconds(last) for moment in moments] == [-2, -1, 0]
    assert sorted(ExpenseType.objects.filter(user_id=alice.id).values_list("name", flat=True)) == ["Lunch", "hotel"]
    assert import_rows(user_id=alice.id) == [import_row(user_id=alice.id, import_id=import_id)]
    assert import_rows(user_id=alice.id)[0][1:] == ("trip.csv", "csv", 3, NOON, None, [])
    assert not Upload.objects.exists()
    assert ledger(bob) == []


def test_it_asks_little_however_many_lines_there_are(
    alice: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lines = "".join(f"2026-11-{1 + n % 28:02},Lunch,{n + 1},,note {n},t{n % 150},,S{n}\n" for n in range(400))
    upload_id = keep(alice, HEAD + lines)

    with django_assert_num_queries(37):
        import_take(owner=alice, upload_id=upload_id, now=NOON)

    assert len(ledger(alice)) == 400
    assert ExpenseTag.objects.filter(user_id=alice.id).count() == 400


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what is in a table, and here is nothing")
def test_source_ids_are_looked_up_by_their_index(alice: Account) -> None:
    upload_id = keep(alice, SOURCED)

    with CaptureQueriesContext(connection) as asked:
        import_take(owner=alice, upload_id=upload_id, now=NOON)

    (sql,) = (query["sql"] for query in asked if '"sourceid" IN' in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        assert "expense_source_once (user_id=? AND sourceid=?)" in str(cursor.fetchall())


def test_what_is_like_what_is_there(alice: Account) -> None:
    spend(alice, "tea 45 date 2026-11-01")
    spend(alice, "Lunch 45 with bob date 2026-11-01")
    spend(alice, "snacks 7 with jack date 2026-11-02")
    gone = spend(alice, "Lunch 9 date 2026-11-03")
    services.expense_delete(owner=alice, expense_id=gone.id, now=NOON)
    there = {row.type: row.id for row in ledger(alice)}

    planned = plan(
        alice,
        HEAD
        + "2026-11-01,lunch,45,,,,,\n"  # the type
        + "2026-11-01,lunch,45,,,,,\n"  # a second one is another
        + "2026-11-01,tea,45,,,,,\n"
        + "2026-11-02,other,7,,With Jack,,,\n"  # the notes
        + "2026-11-02,other,7,,,,,\n"
        + "2026-11-03,Lunch,9,,,,,\n"  # was deleted
        + "2026-11-04,Lunch,45,,,,,\n",
    ).planned

    assert [each.like and each.like.id for each in planned] == [
        there["Lunch"], None, there["tea"], there["snacks"], None, None, None,
    ]  # fmt: skip


def test_what_has_the_same_number_is_like_no_other_line(alice: Account) -> None:
    take(alice, HEAD + "2026-11-01,Bus,3,,,,,T1\n")
    there = ledger(alice)[0].id

    planned = plan(alice, HEAD + "2026-11-01,Bus,3,,,,,T2\n2026-11-01,Bus,3,,,,,T1\n").planned

    assert [each.like and each.like.id for each in planned] == [None, there]


def test_the_same_file_comes_once(alice: Account) -> None:
    first = take(alice, SOURCED)
    services.expense_delete(owner=alice, expense_id=ledger(alice)[0].id, now=NOON)
    again = keep(alice, SOURCED)
    upload = upload_row(user_id=alice.id, upload_id=again, now=NOON)

    assert [row.id for row in imports_of_file(user_id=alice.id, sha256=upload.sha256)] == [first]
    assert [each.like and each.like.sourceid for each in plan(alice, SOURCED).planned] == ["T1", "T2"]
    with pytest.raises(services.NothingToImport, match=r"^no line is ticked: nothing would come$"):
        import_take(owner=alice, upload_id=again, now=NOON)
    assert len(ledger(alice)) == 1


def test_ticks_decide(alice: Account) -> None:
    take(alice, SOURCED)
    again = keep(alice, SOURCED + "2026-11-03,Card,7,,,,,T2\n")
    upload_say(user_id=alice.id, upload_id=again, said={"ticks": {"2": True, "4": False}})

    import_take(owner=alice, upload_id=again, now=NOON)

    assert [(row.amount, row.sourceid) for row in ledger(alice)] == [(9_000, "T1"), (9_000, ""), (8_000, "T2")]


def test_lines_that_the_ledger_refuses(alice: Account) -> None:
    closed = services.report_create(user_id=alice.id, name="Closed", now=NOON)
    services.report_update(user_id=alice.id, report_id=closed.id, status=Status.SUBMITTED, now=NOON)
    lines = [
        f"2026-11-01,{'x' * 201},1,,,,,",
        "2026-11-01,Lunch,1234567890123456,,,,,",
        "2026-11-01,Lunch,1,JPY,,,,",
        f"2026-11-01,Lunch,1,,{'x' * 20_001},,,",
        f"2026-11-01,Lunch,1,,,{'x' * 101},,",
        "2026-11-01,Lunch,1,,,,closed,",
        f"2026-11-01,Lunch,1,,,,{'x' * 201},",
        "soon,Lunch,1,,,,,",
        "2026-11-02,Lunch,1,JPY,,,,",
        "2026-11-01,Lunch,1,,,,,",
    ]

    found = plan(alice, HEAD + "\n".join(lines))

    assert [each.entry.line for each in found.planned] == [11]
    assert [(wrong.line, wrong.reason[:30]) for wrong in found.wrong] == [
        (2, "type 'xxxxxxxxxxxxxxxxxxxxxxxx"),
        (3, "amount 1.23457e+15: at most 15"),
        (4, "amount '1 JPY': no rate from J"),
        (5, "notes 'xxxxxxxxxxxxxxxxxxxxxxx"),
        (6, "name 'xxxxxxxxxxxxxxxxxxxxxxxx"),
        (7, "report 'Closed' was handed in "),
        (8, "name 'xxxxxxxxxxxxxxxxxxxxxxxx"),
        (9, "date 'soon': a day like 2010-0"),
        (10, "amount '1 JPY': no rate from J"),
    ]


def test_money_and_units_keep_what_made_them(alice: Account) -> None:
    services.currency_rate_set(user_id=alice.id, currency="EUR", base="USD", day=NOON.date(), rate=Decimal("1.1"))
    head = "date,type,amount,currency,raw_amount,unit,rate\n"

    found = plan(
        alice,
        head
        + "2026-11-20,a,10,EUR,,,\n"
        + "2026-11-20,a,20,EUR,,,\n"
        + "2026-11-21,a,10,USD,,,\n"
        + "2026-11-20,a,72.50,,100,mi,0.725\n"
        + "2026-11-20,a,72.50,,100,mi,\n"
        + "2026-11-20,a,72.50,,72.50,USD,\n"
        + f"2026-11-20,a,1,,1,{'x' * 21},\n"
        + "2026-11-20,a,1,,1,mi,-1\n",
    )

    assert [
        tuple(map(str, (p.amount, p.raw_amount, p.unit, p.rate))) for p in (each.price for each in found.planned)
    ] == [
        ("11.00", "10.000", "EUR", "1.100000000000"),
        ("22.00", "20.000", "EUR", "1.100000000000"),
        ("10.00", "10.000", "", "None"),
        ("72.50", "100.000", "mi", "0.725"),
        ("72.50", "100.000", "mi", "0.725000000000"),
        ("72.50", "72.500", "", "None"),
    ]
    assert [wrong.line for wrong in found.wrong] == [8, 9]


def test_a_wrong_moment_leaves_nothing(alice: Account) -> None:
    upload_id = keep(alice, TRIP)
    report = services.report_create(user_id=alice.id, name="Berlin", now=NOON)
    services.report_update(user_id=alice.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)

    import_take(owner=alice, upload_id=upload_id, now=NOON)  # what it names is closed by now, the third line names none

    assert [row.notes for row in ledger(alice)] == ["refund"]


def before_the_lock(act: Callable[[], object]) -> AbstractContextManager[None]:
    """Let something be done in the last moment before the first transaction inside the block."""
    left = [act]

    def first(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if left and sql.startswith("SAVEPOINT"):
            left.pop()()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(first)


@pytest.mark.parametrize(("writes", "looks", "in_vain"), [(0, 1, 0), (1, 2, 0), (2, 3, 0), (3, 3, 1), (4, 3, 1)])
def test_what_takes_long_is_done_while_others_may_write(alice: Account, writes: int, looks: int, in_vain: int) -> None:
    upload_id = keep(alice, TRIP)
    left = [*range(writes)]

    def told(**said: Any) -> None:
        if left and said.get("done"):  # while its lines are looked through
            left.pop()
            clock_take(user_id=alice.id, now=NOON)

    with CaptureQueriesContext(connection) as asked:
        import_take(owner=alice, upload_id=upload_id, now=NOON, told=told)

    said = [query["sql"] for query in asked]
    begins = next(place for place, sql in enumerate(said) if sql.startswith("SAVEPOINT"))
    reads = [place for place, sql in enumerate(said) if sql.startswith("SELECT") and "notes_key" in sql]
    before = sum(place < begins for place in reads)
    assert (before, len(reads) - before) == (looks, in_vain)
    assert len(ledger(alice)) == 3


def test_what_was_changed_meanwhile_counts(alice: Account) -> None:
    upload_id = keep(alice, HEAD + "2026-11-01,Lunch,45,,,,,\n")

    with (
        before_the_lock(lambda: spend(alice, "lunch 45 date 2026-11-01")),
        pytest.raises(services.NothingToImport),
    ):
        import_take(owner=alice, upload_id=upload_id, now=NOON)


def test_what_was_thrown_away_meanwhile_does_not_come(alice: Account) -> None:
    upload_id = keep(alice, TRIP)

    with (
        before_the_lock(lambda: services.upload_drop(user_id=alice.id, upload_id=upload_id)),
        pytest.raises(UploadNotFound),
    ):
        import_take(owner=alice, upload_id=upload_id, now=NOON)

    assert ledger(alice) == []


def asked(owner: Account, text: str) -> int:
    """Return the number of a file that its owner wants in the ledger."""
    upload_id = keep(owner, text)
    assert import_ask(user_id=owner.id, upload_id=upload_id, now=NOON)
    return upload_id


def make(owner: Account, upload_id: int) -> None:
    import_make(owner=owner, upload_id=upload_id, asked=NOON, now=NOON)


def state(owner: Account, upload_id: int, *, now: datetime = NOON) -> TakingRow:
    row = taking_row(user_id=owner.id, upload_id=upload_id, now=now)
    assert row is not None
    return row


def test_what_is_asked_for_comes_in_once(alice: Account, bob: Account) -> None:
    upload_id = asked(alice, TRIP)

    assert not import_ask(user_id=alice.id, upload_id=upload_id, now=NOON)
    with pytest.raises(UploadNotFound):
        import_ask(user_id=bob.id, upload_id=upload_id, now=NOON)
    assert [row.upload_id for row in takings(user_id=alice.id, now=NOON)] == [upload_id]
    make(bob, upload_id)
    import_make(owner=alice, upload_id=upload_id, asked=NOON + timedelta(hours=1), now=NOON)
    assert ledger(alice) == []
    for _ in range(2):  # a worker may be killed after the last thing that it did
        make(alice, upload_id)

    assert len(ledger(alice)) == 3
    came = import_of_upload(user_id=alice.id, upload_id=upload_id)
    assert [came] == import_rows(user_id=alice.id)
    assert import_of_upload(user_id=bob.id, upload_id=upload_id) is None
    assert taking_row(user_id=alice.id, upload_id=upload_id, now=NOON) is None
    with pytest.raises(UploadNotFound):
        import_ask(user_id=alice.id, upload_id=upload_id, now=NOON)


def test_how_far_it_has_come_is_told_before_it_is_written(alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_TOLD_EVERY", 2)
    upload_id = asked(alice, TRIP + "soon,Lunch,1,,,,,\n2026-11-04,Lunch,1,,,,,\n")
    said = []

    def heard(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if sql.startswith('UPDATE "expenses_taking"'):
            row = state(alice, upload_id)
            said.append((row.done, row.total, row.is_written, len(ledger(alice))))
        return answer

    with connection.execute_wrapper(heard):
        make(alice, upload_id)

    assert said == [(0, 5, False, 0), (2, 5, False, 0), (4, 5, False, 0), (5, 5, False, 0), (5, 5, True, 0)]
    assert len(ledger(alice)) == 4


@pytest.mark.parametrize("at", [1, 2])
def test_what_is_given_up_is_not_made(alice: Account, at: int) -> None:
    upload_id = asked(alice, TRIP)
    left = [at]

    def stopped(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('UPDATE "expenses_taking"'):
            left[0] -= 1
            if not left[0]:
                assert import_give_up(user_id=alice.id, upload_id=upload_id)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(stopped):
        make(alice, upload_id)

    assert ledger(alice) == []
    assert not import_give_up(user_id=alice.id, upload_id=upload_id)
    assert taking_row(user_id=alice.id, upload_id=upload_id, now=NOON) is None
    assert upload_row(user_id=alice.id, upload_id=upload_id, now=NOON).name == "trip.csv"


def test_whoever_closes_his_account_meanwhile_has_no_use_for_it(alice: Account) -> None:
    upload_id = asked(alice, TRIP)

    with before_the_lock(lambda: services.account_close(user_id=alice.id, now=NOON)):
        make(alice, upload_id)
    make(alice, upload_id)

    assert not Expense.objects.filter(user_id=alice.id).exists()


def test_what_a_worker_was_killed_over_is_made_by_the_next(alice: Account, bob: Account) -> None:
    upload_id = asked(alice, TRIP)
    Taking.objects.update(state=Taking.State.WRITTEN)  # and what it wrote is gone with its transaction

    assert not import_give_up(user_id=alice.id, upload_id=upload_id)
    assert not import_give_up(user_id=bob.id, upload_id=upload_id)
    make(alice, upload_id)

    assert len(ledger(alice)) == 3


def test_what_breaks_is_told_and_may_be_asked_for_again(alice: Account) -> None:
    upload_id = asked(alice, TRIP)

    def broken(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT INTO expenses_imported"):
            raise OSError
        return execute(sql, params, many, context)

    with connection.execute_wrapper(broken), pytest.raises(OSError, match=r"^$"):
        make(alice, upload_id)

    row = state(alice, upload_id)
    assert (row.is_under_way, row.is_empty, ledger(alice)) == (False, False, [])
    assert import_ask(user_id=alice.id, upload_id=upload_id, now=NOON)
    assert state(alice, upload_id).is_under_way
    make(alice, upload_id)
    assert len(ledger(alice)) == 3


def test_what_nobody_makes_has_failed_after_six_hours(alice: Account) -> None:
    upload_id, now = asked(alice, TRIP), NOON + timedelta(hours=6)

    assert state(alice, upload_id, now=now - timedelta(seconds=1)).is_under_way
    assert not state(alice, upload_id, now=now).is_under_way
    assert takings_under_way(since=NOON) == [(alice.id, upload_id, NOON)]
    assert takings_under_way(since=NOON - timedelta(seconds=1)) == []
    assert takings_under_way(since=now) == []


def test_of_which_none_is_left_comes_nothing(alice: Account) -> None:
    upload_id = asked(alice, HEAD + "2026-11-01,Lunch,45,,,,,\n")
    spend(alice, "lunch 45 date 2026-11-01")

    make(alice, upload_id)

    assert state(alice, upload_id).is_empty
    assert len(ledger(alice)) == 1


def test_undo(alice: Account, bob: Account) -> None:
    import_id = take(alice, SOURCED)
    other = spend(alice, "lunch 45")
    first, second = ledger(alice)[:2]
    services.expense_delete(owner=alice, expense_id=first.id, now=NOON)

    with pytest.raises(ImportNotFound, match=rf"^import {import_id}: no import of yours has this number$"):
        import_undo(owner=bob, import_id=import_id, now=NOON)
    assert import_undo(owner=alice, import_id=import_id, now=NOON) == 1

    assert [row.id for row in ledger(alice)] == [other.id]
    assert import_row(user_id=alice.id, import_id=import_id).undone == NOON
    assert Expense.objects.get(pk=second.id).sourceid == ""
    with pytest.raises(services.AlreadyUndone, match=rf"^import {import_id}: it was taken back before$"):
        import_undo(owner=alice, import_id=import_id, now=NOON)
    assert [each.like and each.like.sourceid for each in plan(alice, SOURCED).planned] == ["T1", None]


def test_undo_asks_for_so_many_at_once(alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite takes so many values in one question, and an import has as many expenses as it likes."""
    import_id = take(alice, HEAD + "".join(f"2026-11-01,Card,{number},,,,,T{number}\n" for number in range(1, 41)))
    monkeypatch.setattr(importing, "_AT_ONCE", 3)
    counts = []

    def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        counts.append(len(params or ()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        assert import_undo(owner=alice, import_id=import_id, now=NOON) == 40

    assert max(counts) < 40
    assert not Expense.objects.filter(user_id=alice.id).exclude(sourceid="").exists()


def test_undo_is_all_or_nothing(alice: Account) -> None:
    import_id = take(alice, TRIP)
    report = report_named(user_id=alice.id, name="Berlin")
    services.report_update(user_id=alice.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)

    with pytest.raises(services.ReportClosed):
        import_undo(owner=alice, import_id=import_id, now=NOON)

    assert len(ledger(alice)) == 3
    assert import_row(user_id=alice.id, import_id=import_id).undone is None


def test_what_is_said_of_a_file_is_remembered_for_the_next(alice: Account, bob: Account) -> None:
    text = "when,what,how much\n01/02/2026,Lunch,4\n"
    number = keep(alice, text)
    file, guess = upload_opened(user_id=alice.id, upload=upload_row(user_id=alice.id, upload_id=number, now=NOON))
    said = guess._replace(roles=("date", "type", "amount"), date_style="dmy")
    upload_say(user_id=alice.id, upload_id=number, said={"mapping": said._asdict(), "encoding": "windows-1252"})
    import_take(owner=alice, upload_id=number, now=NOON)

    next_one = upload_row(user_id=alice.id, upload_id=keep(alice, text), now=NOON)

    assert [row.date for row in ledger(alice)] == ["2026-02-01 00:00:00"]
    assert file.encoding == "utf-8"
    assert upload_opened(user_id=alice.id, upload=next_one)[1] == said
    assert upload_opened(user_id=bob.id, upload=next_one)[1] == guess


@pytest.mark.parametrize(
    ("days", "style"),
    [
        (["01/02/2026", "01/31/2026"], "mdy"),
        (["01/02/2026", "31/01/2026", ""], "dmy"),
        (["01/02/2026", "soon"], "dmy"),
        (["2026-01-31"], "ymd"),
        (["01/02/2026"] * 250 + ["01/31/2026"] * 251, "mdy"),
    ],
)
def test_days_that_can_be_one_thing_only_are_that_whatever_was_said_before(
    alice: Account, days: list[str], style: str
) -> None:
    head = "when,what,how much\n"
    number = keep(alice, head + "01/02/2026,Lunch,4\n")
    said = Mapping(("date", "type", "amount"), "dmy", ".", flip=False)
    upload_say(user_id=alice.id, upload_id=number, said={"mapping": said._asdict()})
    import_take(owner=alice, upload_id=number, now=NOON)

    number = keep(alice, head + "".join(f"{day},Lunch,4\n" for day in days))

    upload = upload_row(user_id=alice.id, upload_id=number, now=NOON)
    assert upload_opened(user_id=alice.id, upload=upload)[1] == said._replace(date_style=style)
    upload_say(user_id=alice.id, upload_id=number, said={"mapping": said._asdict()})
    upload = upload_row(user_id=alice.id, upload_id=number, now=NOON)
    assert upload_opened(user_id=alice.id, upload=upload)[1] == said


def test_to_say_something_of_a_file_reads_none_of_it(alice: Account) -> None:
    """It may have 12 MB, and others wait to write."""
    number = keep(alice, TRIP)

    with CaptureQueriesContext(connection) as asked:
        upload_say(user_id=alice.id, upload_id=number, said={"ticks": {"2": False}})

    assert [query["sql"] for query in asked if '"data"' in query["sql"]] == []
    assert upload_row(user_id=alice.id, upload_id=number, now=NOON).said["ticks"] == {"2": False}


def test_a_file_waits_for_its_owner_and_for_a_day(alice: Account, bob: Account) -> None:
    number = keep(alice, TRIP)
    tomorrow = NOON + timedelta(days=1)

    for user_id, now in ((bob.id, NOON), (alice.id, tomorrow)):
        with pytest.raises(UploadNotFound, match=rf"^file {number}: no file of yours waits under this number$"):
            upload_row(user_id=user_id, upload_id=number, now=now)
    upload_say(user_id=bob.id, upload_id=number, said={"ticks": {"2": False}})
    services.upload_drop(user_id=bob.id, upload_id=number)
    assert upload_row(user_id=alice.id, upload_id=number, now=NOON).said == {"mark": "."}
    upload_keep(user_id=bob.id, name="x", data=TRIP.encode(), now=tomorrow)
    uploads_forget(now=tomorrow)
    assert list(Upload.objects.values_list("user_id", flat=True)) == [bob.id]


def test_only_so_many_wait(alice: Account) -> None:
    under_way = asked(alice, TRIP)
    numbers = [keep(alice, TRIP) for _ in range(MOST_WAITING + 1)]

    assert sorted(Upload.objects.values_list("pk", flat=True)) == [under_way, *numbers[1:]]


def test_what_can_t_be_read_is_not_kept(alice: Account) -> None:
    with pytest.raises(Unreadable):
        upload_keep(user_id=alice.id, name="x.png", data=b"\x89PNG....", now=NOON)

    assert not Upload.objects.exists()
    assert len(report_rows(user_id=alice.id)) == 1
