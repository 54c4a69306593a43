"""A ledger taken away in one file, and taken in again: the same one, or nothing."""

import errno
import io
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, ClassVar

import orjson
import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import selectors as accounts
from accounts.fields import microseconds
from accounts.selectors import Account
from accounts.services import mileage_rate_set, preferences_set
from expenses import services
from expenses.archives import lines
from expenses.archives.reading import Archive, BadArchive
from expenses.files.folder import ReceiptFolder
from expenses.models import Clock, Expense, Import, LedgerArchive, Receipt
from expenses.receipts import receipt_read
from expenses.selectors import ExpenseFilter, archive_row, expense_rows, own_currency_rates
from expenses.services import LedgerChanged, OtherCurrency, import_undo
from expenses.services.clock import clock_read
from reports.selectors import report_named, report_rows
from reports.status import Status
from tests.archives import HOME, archive_of, ledger_of, packed, parts, plan, take
from tests.cast import NOON, open_account, spend
from tests.expenses.pictures import jpeg, pdf

pytestmark = pytest.mark.usefixtures("archives_folder")

LATER = NOON + timedelta(days=1)
_number = itertools.count()


def fill(owner: Account) -> None:
    """Put something of everything into a ledger."""
    preferences_set(
        user_id=owner.id, zone="Europe/Berlin", hourly_rate=Decimal("90.5"), mileage_unit="km", language="de"
    )
    mileage_rate_set(user_id=owner.id, unit="km", valid_from=NOON.date(), rate=Decimal("0.3"))
    services.currency_rate_set(user_id=owner.id, currency="CHF", base="USD", day=NOON.date(), rate=Decimal("1.1234"))
    category = services.category_create(user_id=owner.id, name="Meals", now=NOON)
    services.type_set(user_id=owner.id, name="Lunch", category_id=category.id, now=NOON)
    services.type_set(user_id=owner.id, name="Copies", unit="page", rate=Decimal("0.05"), now=NOON)
    report = services.report_create(user_id=owner.id, name="Berlin", now=NOON)
    receipt = services.expense_create_from_text
    row = receipt(owner=owner, text="lunch 45 with jack #ClientX #b", now=NOON, report_id=report.id,
                  picture=receipt_read(jpeg()))  # fmt: skip
    services.receipts_add(owner=owner, expense_id=row.id, pictures=[receipt_read(pdf())], now=NOON)
    spend(owner, "hotel 118.20 CHF at 1.1234 date 2009-02-03")
    gone = spend(owner, "taxi 12 #gone", picture=receipt_read(pdf()))
    services.expense_delete(owner=owner, expense_id=gone.id, now=LATER)
    services.report_update(user_id=owner.id, report_id=report.id, status=Status.SUBMITTED, now=LATER)
    spend(owner, "Time start", now=LATER)


def refreshed(owner: Account) -> Account:
    return accounts.account(email=owner.email)


def live(owner: Account) -> list[str]:
    return [row.type for row in expense_rows(user_id=owner.id, matching=ExpenseFilter())]


def test_it_works(alice: Account, bob: Account, archives_folder: Path) -> None:
    fill(alice)
    content = ledger_of(alice, now=LATER)
    data = (archives_folder / "archives").glob("*.zip").__next__().read_bytes()

    planned = plan(bob, data, now=LATER)
    number = take(bob, data, now=LATER)

    assert (planned.is_untouched, planned.as_it_was, len(planned.expenses), planned.deleted) == (True, True, 5, 1)
    assert (planned.there, planned.alike, planned.receipts, len(planned.reports)) == (0, 0, 3, 2)
    assert ledger_of(bob, now=LATER) == content
    receipts = {"receipts/2-1.JPG", "receipts/2-2.PDF", "receipts/4-1.PDF"}
    assert content.keys() == {kind.part for kind in lines.KINDS} | receipts
    assert refreshed(bob)[2:] == refreshed(alice)[2:]
    source = Import.objects.get(pk=number)
    assert (source.kind, source.expenses, source.name) == ("archive", 5, "all.zip")
    row = spend(bob, "coffee 3", now=NOON)
    modified = dict(Expense.objects.filter(user_id=bob.id).values_list("pk", "modified"))
    assert max(modified, key=lambda expense_id: modified[expense_id]) == row.id


AMOUNTS = st.sampled_from(["45", "0", "-3.10", "20 EUR at 1.0861", "100 mi at 0.7", "1h30 at 90", "999999999999.99"])
WORDS = st.sampled_from(["lunch", "Hotel", "café", "снек", "Mileage"])
TAGS = st.lists(st.sampled_from(["#clientx", "#ClientX", "#Ä", "#b"]), max_size=3)
PICTURES = st.sampled_from([None, None, jpeg(), pdf()])
NOTES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=9)
ACTS = st.one_of(
    st.tuples(st.just("create"), WORDS, AMOUNTS, TAGS, PICTURES),
    st.tuples(st.sampled_from(["delete", "restore", "first"]), st.integers(0, 9)),
    st.tuples(st.just("edit"), st.integers(0, 9), NOTES),
    st.tuples(st.sampled_from(["report", "type", "retag", "close"]), WORDS),
    st.tuples(st.just("timer")),
)  # fmt: skip


def act(owner: Account, now: datetime, name: str, *said: Any) -> None:
    """Do something to a ledger by its services; what they refuse is no change."""
    ids = [row.id for row in expense_rows(user_id=owner.id, matching=ExpenseFilter(with_deleted=True))]
    chosen = ids[said[0] % len(ids)] if said and isinstance(said[0], int) else 0
    tags = dict.fromkeys(
        tag.name for row in expense_rows(user_id=owner.id, matching=ExpenseFilter()) for tag in row.tags
    )
    acts: dict[str, Callable[[], object]] = {
        "create": lambda: spend(owner, f"{said[0]} {said[1]} {' '.join(said[2])}", now,
                                picture=None if said[3] is None else receipt_read(said[3])),
        "delete": lambda: services.expenses_delete(owner=owner, expense_ids=[chosen], now=now),
        "restore": lambda: services.expenses_restore(owner=owner, expense_ids=[chosen], now=now),
        "edit": lambda: services.expense_update(owner=owner, expense_id=chosen, fields={"notes": said[1]}, now=now),
        "first": lambda: services.expenses_tag(owner=owner, expense_ids=[chosen], add=["first"], now=now),
        "report": lambda: services.expenses_move(owner=owner, expense_ids=ids[:1], now=now, report_id=(
            services.report_create(user_id=owner.id, name=said[0], now=now).id)),
        "type": lambda: services.type_set(user_id=owner.id, name=said[0], now=now, unit="page", rate=Decimal("0.1")),
        "retag": lambda: services.tag_rename(user_id=owner.id, now=now, name=f"re{said[0]}", tag_id=(
            services.tag_create(user_id=owner.id, name=next(iter(tags), "b"), now=now).id)),
        "close": lambda: services.report_update(user_id=owner.id, now=now, status=Status.PAID, report_id=(
            report_named(user_id=owner.id, name=said[0]).id)),
        "timer": lambda: spend(owner, "Time start", now),
    }  # fmt: skip
    try:
        acts[name]()
    except (ValueError, LookupError) as refusal:
        assert type(refusal).__module__.startswith(("expenses", "reports", "accounts"))  # noqa: PT017
    except Exception as refusal:
        assert type(refusal).__name__.endswith("NotFound")  # noqa: PT017


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=12))
def test_any_ledger_is_the_same_ledger_elsewhere(acts: list[tuple[Any, ...]], db: None) -> None:
    number = next(_number)
    owner, other = (open_account(f"{name}{number}@example.com") for name in ("a", "b"))
    for place, (name, *said) in enumerate(acts):
        act(owner, NOON + timedelta(microseconds=7 * place), name, *said)

    data = archive_of(owner, now=LATER)
    take(other, data, now=LATER)

    assert ledger_of(other, now=LATER) == {name: part for name, part in parts(data).items() if "/" in name}


def test_a_used_ledger_takes_what_is_missing(alice: Account, bob: Account) -> None:
    fill(alice)
    data = archive_of(alice, now=LATER)
    spend(bob, "coffee 3", LATER)
    kept = spend(bob, "HOTEL 118.20 CHF at 1.1234 date 2009-02-03", LATER)
    last = Clock.objects.get(user_id=bob.id).last

    planned = plan(bob, data, as_it_was=True, now=LATER)
    take(bob, data, now=LATER)
    again = plan(bob, data, now=LATER)

    assert (planned.is_untouched, planned.as_it_was, planned.there, planned.alike) == (False, False, 1, 1)
    assert [line.name for line in planned.reports] == ["Berlin"]
    assert sorted(live(bob)) == ["HOTEL", "Sample Expense", "Time", "coffee", "lunch"]
    assert kept.id in [row.id for row in expense_rows(user_id=bob.id, matching=ExpenseFilter())]
    assert (again.expenses, again.there, again.alike, again.reports) == ([], 4, 1, [])
    assert refreshed(bob) == bob
    assert [(row.name, row.is_default) for row in report_rows(user_id=bob.id)] == [
        ("My Expenses", True),
        ("Berlin", False),
    ]
    assert [row.rate for row in own_currency_rates(user_id=bob.id, base="USD")] == [Decimal("1.1234")]
    delta = Expense.objects.filter(user_id=bob.id, modified__gt=last).order_by("modified")
    # A program that has read all until then hears of each, in the order in which they were changed.
    assert list(delta.values_list("type", "status")) == [("lunch", 1), ("taxi", -1), ("Time", 1)]
    created = Expense.objects.filter(user_id=alice.id, type__in=["lunch", "taxi", "Time"]).values_list("created")
    assert {*delta.values_list("created")} == {*created}


def test_what_was_set_here_stays(alice: Account, bob: Account) -> None:
    fill(alice)
    services.type_set(user_id=bob.id, name="LUNCH", unit="plate", rate=Decimal(7), now=NOON)
    services.currency_rate_set(user_id=bob.id, currency="CHF", base="USD", day=NOON.date(), rate=Decimal(2))
    mileage_rate_set(user_id=bob.id, unit="km", valid_from=NOON.date(), rate=Decimal("0.9"))
    spend(bob, "Time start")

    take(bob, archive_of(alice, now=LATER), now=LATER)

    content = ledger_of(bob, now=LATER)
    assert b'{"name":"LUNCH","category":"","unit":"plate","rate":"7.000000000000"}\n' in content["data/types.jsonl"]
    assert content["data/types.jsonl"].lower().count(b'"lunch"') == 1
    assert b'"rate":"2.0' in content["data/currency_rates.jsonl"]
    assert b'"rate":"0.9' in content["data/mileage_rates.jsonl"]
    assert content["data/expenses.jsonl"].count(b'"timer":"') == 1


def test_take_back(alice: Account, bob: Account) -> None:
    fill(alice)
    data = archive_of(alice, now=LATER)
    number = take(bob, data, now=LATER)

    gone = import_undo(owner=bob, import_id=number, now=LATER)

    assert (gone, live(bob)) == (4, [])  # also what is in a report that came handed in
    assert report_named(user_id=bob.id, name="Berlin").is_closed
    with pytest.raises(services.ReportClosed, match="'Berlin' was handed in"):
        plan(bob, data, now=LATER)
    report = report_named(user_id=bob.id, name="Berlin")
    services.report_update(user_id=bob.id, report_id=report.id, status=Status.ACTIVE, now=LATER)
    assert len(plan(bob, data, now=LATER).expenses) == 5
    take(bob, data, now=LATER)
    assert sorted(live(bob)) == sorted(live(alice))


def test_what_was_handed_in_here_is_not_taken_back(alice: Account, bob: Account) -> None:
    fill(alice)
    number = take(bob, archive_of(alice, now=LATER), now=LATER)
    report = services.report_create(user_id=bob.id, name="Mine", now=LATER)
    moved = next(row for row in expense_rows(user_id=bob.id, matching=ExpenseFilter()) if row.type == "hotel")
    services.expenses_move(owner=bob, expense_ids=[moved.id], report_id=report.id, now=LATER)
    services.report_update(user_id=bob.id, report_id=report.id, status=Status.SUBMITTED, now=LATER)

    with pytest.raises(services.ReportClosed, match="'Mine' was handed in"):
        import_undo(owner=bob, import_id=number, now=LATER)

    assert len(live(bob)) == 4


def test_source_ids_tell_what_is_there(alice: Account, bob: Account) -> None:
    spend(alice, "lunch 45", channel="mail")
    lines_ = ledger_of(alice)
    one = lines_["data/expenses.jsonl"].splitlines(keepends=True)[1]
    sourced = orjson.loads(one)["sourceid"]
    assert sourced
    spend(bob, "dinner 4")
    Expense.objects.filter(user_id=bob.id, type="dinner").update(sourceid=sourced)

    planned = plan(bob, packed({**lines_, "data/expenses.jsonl": one}))

    assert (planned.expenses, planned.there, planned.alike) == ([], 1, 0)


@pytest.mark.parametrize("is_gone_before", [True, False])
def test_source_ids_of_what_was_taken_back(alice: Account, bob: Account, is_gone_before: bool) -> None:
    row = spend(alice, "lunch 45", channel="mail")
    if is_gone_before:
        services.expense_delete(owner=alice, expense_id=row.id, now=NOON)
    data = archive_of(alice, now=LATER)
    number = take(bob, data, now=LATER)
    if not is_gone_before:
        (came,) = Expense.objects.filter(user_id=bob.id, type="lunch").values_list("pk", flat=True)
        services.expense_delete(owner=bob, expense_id=came, now=LATER)
    import_undo(owner=bob, import_id=number, now=LATER)

    take(bob, data, now=LATER)

    sourceids = Expense.objects.filter(user_id=bob.id, type="lunch").order_by("id").values_list("sourceid", flat=True)
    assert [bool(sourceid) for sourceid in sourceids] == [True, False]


def test_other_money(alice: Account) -> None:
    spend(alice, "lunch 45")
    carol = open_account("carol@example.com", currency="EUR")
    data = archive_of(alice)

    assert plan(carol, data).as_it_was
    with pytest.raises(OtherCurrency, match="kept in USD, and your ledger in EUR"):
        plan(carol, data, as_it_was=False)
    take(carol, data)

    assert refreshed(carol).currency == "USD"


def test_other_money_since_he_was_looked_up(alice: Account, bob: Account) -> None:
    spend(alice, "lunch 45")
    services.base_currency_set(owner=bob, currency="EUR", now=NOON)

    with pytest.raises(OtherCurrency, match="kept in USD, and your ledger in EUR"):
        plan(bob, archive_of(alice), as_it_was=False)


def test_a_ledger_that_was_changed_meanwhile(alice: Account, bob: Account, archives_folder: Path) -> None:
    fill(alice)
    data = archive_of(alice, now=LATER)
    files = sum(1 for _ in archives_folder.rglob("*.*"))
    planned = plan(bob, data, now=LATER)
    spend(bob, "coffee 3")

    with pytest.raises(LedgerChanged), Archive(io.BytesIO(data)) as archive:
        services.archive_take(owner=bob, archive=archive, plan=planned, name="x", sha256="", now=LATER)

    assert sorted(live(bob)) == ["Sample Expense", "coffee"]
    assert sum(1 for _ in archives_folder.rglob("*.*")) == files


@pytest.mark.parametrize("change", [
    lambda owner: services.category_create(user_id=owner.id, name="Meals", now=NOON),
    lambda owner: services.tag_create(user_id=owner.id, name="b", now=NOON),
    lambda owner: services.report_create(user_id=owner.id, name="b", now=NOON),
    lambda owner: services.type_set(user_id=owner.id, name="b", now=NOON),
    lambda owner: spend(owner, "lunch 4"),
])  # fmt: skip
def test_a_ledger_that_was_used(alice: Account, change: Callable[[Account], object]) -> None:
    change(alice)

    assert not plan(alice, archive_of(alice)).is_untouched


def test_a_receipt_whose_file_is_gone_is_left_out(alice: Account, bob: Account) -> None:
    row = spend(alice, "lunch 45", picture=receipt_read(jpeg()))
    services.receipts_add(owner=alice, expense_id=row.id, pictures=[receipt_read(pdf())], now=NOON)
    default_storage.delete(row.receipt_image)

    data = archive_of(alice)
    take(bob, data)

    assert [name for name in parts(data) if name.startswith("receipts/")] == ["receipts/2-2.PDF"]
    assert [image[-4:] for image in Receipt.objects.filter(user_id=bob.id).values_list("image", flat=True)] == [".PDF"]
    assert plan(open_account("c@example.com"), data).receipts == 1


class WatchedFolder(ReceiptFolder):
    """A folder that notes whether somebody's lock was held while a file was written."""

    was_locked: ClassVar[list[bool]] = []

    def save(self, name: str | None, content: IO[Any], max_length: int | None = None) -> str:
        self.was_locked.append(connection.in_atomic_block)
        return super().save(name, content, max_length)


def test_nobody_waits_while_files_are_written(
    transactional_db: None, settings: LazySettings, archives_folder: Path
) -> None:
    alice, bob = open_account("alice@example.com"), open_account("bob@example.com")
    spend(alice, "lunch 45", picture=receipt_read(pdf()))
    data = archive_of(alice)
    watched = {"BACKEND": f"{__name__}.WatchedFolder", "OPTIONS": {"location": archives_folder}}
    settings.STORAGES = {**settings.STORAGES, "default": watched}
    WatchedFolder.was_locked.clear()

    take(bob, data)

    assert WatchedFolder.was_locked == [False]


def changed(content: dict[str, bytes], name: str, place: int, said: dict[str, Any]) -> bytes:
    """Return the archive with members of one line as said."""
    part = f"data/{name}.jsonl"
    each = content[part].splitlines(keepends=True)
    each[place] = orjson.dumps(orjson.loads(each[place]) | said) + b"\n"
    return packed({**content, part: b"".join(each)})


TOO_MANY = [f"t{number}" for number in range(101)]


@pytest.mark.parametrize(
    ("where", "said", "why"),
    [
        (("person", 0), {"currency": "usd"}, "line 1: currency 'usd': a ledger holds no such"),
        (("person", 0), {"currency": "XXX"}, "line 1: currency 'XXX': a code of ISO 4217"),
        (("person", 0), {"hourly_rate": "-1"}, "line 1: rate -1"),
        (("mileage_rates", 0), {"unit": "ft"}, "line 1: unit 'ft'"),
        (("currency_rates", 0), {"rate": "0"}, "line 1: rate Decimal('0')"),
        (("currency_rates", 0), {"quote": "CHF"}, "line 1: quote 'CHF'"),
        (("reports", 0), {"name": " x"}, "line 1: name ' x'"),
        (("reports", 0), {"name": ""}, "line 1: name ''"),
        (("reports", 0), {"status": "Q"}, "line 1: status 'Q'"),
        (("reports", 0), {"created": "2030-01-01T00:00:00+00:00"}, "line 1: modified datetime"),
        (("reports", 0), {"modified": "9999-12-31T23:59:59+00:00"}, "line 1: modified datetime"),
        (("reports", 0), {"is_default": 1}, "line 1 is not as"),
        (("reports", 0), {"is_default": False}, "one report, an open one, is wanted as the default"),
        (("reports", 0), {"status": "S"}, "one report, an open one, is wanted as the default"),
        (("reports", 1), {"name": "MY EXPENSES"}, "a name is there twice"),
        (("categories", 0), {"name": "x\ny"}, "line 1: name 'x\\ny'"),
        (("types", 0), {"unit": "x" * 21}, "line 1: unit"),
        (("types", 0), {"rate": "1000001"}, "line 1: rate 1000001"),
        (("types", 0), {"name": "x "}, "line 1: name 'x '"),
        (("tags", 0), {"name": ""}, "line 1: name ''"),
        (("tags", 0), {"name": "#b"}, "line 1: name '#b'"),
        (("expenses", 1), {"status": 0}, "line 2: status 0"),
        (("expenses", 1), {"status": True}, "line 2 is not as"),
        (("expenses", 1), {"report": "elsewhere"}, "line 2: report 'elsewhere'"),
        (("expenses", 1), {"type": ""}, "line 2: type ''"),
        (("expenses", 1), {"type": " x"}, "line 2: type ' x'"),
        (("expenses", 1), {"amount": "1.005"}, "line 2: amount Decimal('1.005')"),
        (("expenses", 1), {"amount": "NaN"}, "line 2 is not as"),
        (("expenses", 1), {"amount": "1.0005"}, "line 2 is not as"),
        (("expenses", 1), {"unit": "mi"}, "line 2: unit 'mi'"),
        (("expenses", 1), {"rate": "1"}, "line 2: unit ''"),
        (("expenses", 1), {"notes": "x" * 20_001}, "line 2: notes"),
        (("expenses", 1), {"notes": "\0"}, "line 2 is not as"),
        (("expenses", 1), {"notes": 5}, "line 2 is not as"),
        (("expenses", 1), {"tags": ["#x"]}, "line 2: tags ('#x',)"),
        (("expenses", 1), {"tags": TOO_MANY}, "line 2: tags: 101 were given"),
        (("expenses", 1), {"tags": "x"}, "line 2 is not as"),
        (("expenses", 1), {"receipts": [{"file": "receipts/1-1.PDF", "created": NOON}] * 51}, "line 2: receipts 51"),
        (("expenses", 1), {"receipts": [{"file": "../1-1.PDF", "created": NOON}]}, "line 2 is not as"),
        (("expenses", 1), {"receipts": [{"file": "receipts/1-1.PDF", "created": "0001-01-01T00:00:00+00:00"}]},
         "line 2: receipts datetime"),
        (("expenses", 1), {"created": "0001-01-01T00:00:00+01:00"}, "line 2 is not as"),
        (("expenses", 1), {"created": "2026-11-20T12:00:00"}, "line 2 is not as"),
        (("expenses", 1), {"date": "2026-11-20T12:00:00+00:00"}, "line 2 is not as"),
        (("expenses", 1), {"modified": "2026-11-30T00:00:00+00:00"}, "line 2: modified"),
        (("expenses", 1), {"created": "1969-11-30T00:00:00+00:00"}, "line 2: modified"),
        (("expenses", 1), {"sourceid": "x" * 256}, "line 2: sourceid"),
        (("expenses", 3), {"timer": NOON}, "line 4: timer"),
        (("expenses", 1), {"timer": NOON}, "line 5: timer"),
        (("expenses", 1), {"more": ""}, "line 2 is not as"),
    ],
)  # fmt: skip
def test_what_no_ledger_holds(
    alice: Account, bob: Account, where: tuple[str, int], said: dict[str, Any], why: str
) -> None:
    fill(alice)
    data = changed(ledger_of(alice, now=LATER), *where, said)

    with pytest.raises(BadArchive) as refused:
        plan(bob, data, now=LATER)

    assert str(refused.value).startswith(f"data/{where[0]}.jsonl: {why}")


def test_a_source_id_twice(alice: Account, bob: Account) -> None:
    spend(alice, "lunch 45", channel="mail")
    content = ledger_of(alice)
    both = content["data/expenses.jsonl"].splitlines(keepends=True)[1] * 2

    with pytest.raises(BadArchive, match="line 2: sourceid 'mail-"):
        plan(bob, packed({**content, "data/expenses.jsonl": both}))


def test_what_says_the_same_instant_is_put_in_order(alice: Account, bob: Account) -> None:
    for text in ("lunch 45", "taxi 12", "tea 3"):
        spend(alice, text)
    content = ledger_of(alice)
    each = [orjson.loads(line) for line in content["data/expenses.jsonl"].splitlines()]
    same = [line | {"modified": each[-1]["modified"]} for line in each]
    data = packed({**content, "data/expenses.jsonl": b"".join(orjson.dumps(line) + b"\n" for line in same)})

    take(bob, data)

    last = each[-1]["modified"]
    rows = Expense.objects.filter(user_id=bob.id).order_by("modified").values_list("type", "modified")
    came = [(name, microseconds(modified)) for name, modified in rows]
    first = microseconds(datetime.fromisoformat(last))
    assert came == [("Sample Expense", first), ("lunch", first + 1), ("taxi", first + 2), ("tea", first + 3)]
    assert clock_read(user_id=bob.id) >= first + 3


def test_nobody(alice: Account, bob: Account) -> None:
    with pytest.raises(BadArchive, match=r"person\.jsonl: one line is wanted"):
        plan(bob, packed({**ledger_of(alice), "data/person.jsonl": b""}))


@pytest.mark.parametrize(("part", "data", "said"), [
    ("receipts/2-1.PDF", b"<html>", "receipts/2-1.PDF: "),
    ("data/person.jsonl", b'{"zone":"Nowhere","currency":"USD","language":"","hourly_rate":"0","mileage_unit":"mi"}\n',
     "data/person.jsonl: zone 'Nowhere'"),
])  # fmt: skip
def test_all_or_nothing(alice: Account, bob: Account, part: str, data: bytes, said: str) -> None:
    spend(alice, "lunch 45", picture=receipt_read(pdf()))
    content, before = ledger_of(alice), ledger_of(bob)
    broken = packed({**content, part: data})

    with pytest.raises(BadArchive) as refused:
        take(bob, broken)

    assert str(refused.value).startswith(said)
    assert ledger_of(bob, now=LATER) == before
    assert sum(1 for _ in Path(default_storage.path("")).rglob("*.PDF")) == 1


def test_one_at_a_time(alice: Account) -> None:
    assert services.archive_ask(user_id=alice.id, now=NOON)

    assert not services.archive_ask(user_id=alice.id, now=LATER - timedelta(hours=19))
    row = archive_row(user_id=alice.id, now=NOON)
    assert row is not None
    assert row.is_under_way
    lost = archive_row(user_id=alice.id, now=LATER)
    assert lost is not None
    assert lost.failed
    assert services.archive_ask(user_id=alice.id, now=LATER)


def test_a_new_one_takes_the_place_of_the_old(
    alice: Account, archives_folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    archive_of(alice)

    with django_capture_on_commit_callbacks(execute=True):
        archive_of(alice, now=LATER)

    (path,) = (archives_folder / "archives").iterdir()
    assert LedgerArchive.objects.get(user_id=alice.id).file == path.name
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_goes(alice: Account, bob: Account, archives_folder: Path) -> None:
    archive_of(alice)
    archive_of(bob, now=NOON + timedelta(hours=1))
    left = archives_folder / "archives" / "1-left.zip"
    left.write_bytes(b"")
    os.utime(left, (0, 0))
    week = timedelta(days=7)

    services.archives_forget(now=NOON + week)

    assert archive_row(user_id=alice.id, now=NOON + week) is None
    assert list(LedgerArchive.objects.values_list("user_id", flat=True)) == [bob.id]
    assert not left.exists()
    with pytest.raises(services.ArchiveNotFound):
        services.archive_open(user_id=alice.id, now=NOON + week)
    (archives_folder / "archives" / LedgerArchive.objects.get(user_id=bob.id).file).unlink()
    with pytest.raises(services.ArchiveNotFound):
        services.archive_open(user_id=bob.id, now=NOON)


def test_how_far_it_has_come_is_told(alice: Account) -> None:
    row = spend(alice, "lunch 45")
    for _ in range(3):
        services.receipts_add(owner=alice, expense_id=row.id, pictures=[receipt_read(pdf())] * 15, now=NOON)

    archive_of(alice)

    found = archive_row(user_id=alice.id, now=NOON)
    assert found is not None
    assert (found.done, found.total) == (40, 45)


def test_a_full_disk(alice: Account, archives_folder: Path) -> None:
    spend(alice, "lunch 45", picture=receipt_read(pdf()))
    services.archive_ask(user_id=alice.id, now=NOON)

    @contextmanager
    def full() -> Iterator[None]:
        yield
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        services.archive_make(owner=alice, asked=NOON, home=HOME, now=NOON, snapshot=full)

    row = archive_row(user_id=alice.id, now=NOON)
    assert row is not None
    assert row.failed
    assert list((archives_folder / "archives").iterdir()) == []
    services.archive_make(owner=alice, asked=NOON, home=HOME, now=NOON, snapshot=full)  # is not tried again
    assert services.archive_ask(user_id=alice.id, now=LATER)


def test_who_closes_his_account_takes_his_archive_along(
    alice: Account, archives_folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    archive_of(alice)

    @contextmanager
    def meanwhile() -> Iterator[None]:
        yield
        services.account_close(user_id=alice.id, now=LATER)

    with django_capture_on_commit_callbacks(execute=True):
        services.archive_ask(user_id=alice.id, now=LATER)
        services.archive_make(owner=alice, asked=LATER, home=HOME, now=LATER, snapshot=meanwhile)

    assert list((archives_folder / "archives").iterdir()) == []


def test_a_closed_account_asks_for_none_and_takes_none(alice: Account, bob: Account) -> None:
    data = archive_of(bob)
    services.account_close(user_id=alice.id, now=NOON)

    with pytest.raises(services.AccountClosed):
        services.archive_ask(user_id=alice.id, now=NOON)
    with pytest.raises(services.AccountClosed):
        plan(alice, data)
