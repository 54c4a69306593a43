"""Many expenses at once; that they are the right ones, imports and archives show."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.fields import microseconds
from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.models import Import
from expenses.selectors import ExpenseFilter, expense_rows
from expenses.services.bulk import NewExpense, expenses_put
from reports.selectors import report_default
from tests.cast import NOON

DAY = datetime(2026, 11, 20)  # noqa: DTZ001 - `date` is the wall clock of a person, without a zone


def everything(owner: Account) -> list[ExpenseRow]:
    return list(expense_rows(user_id=owner.id, matching=ExpenseFilter()))


def new(owner: Account, **given: Any) -> NewExpense:
    return NewExpense(
        report_id=report_default(user_id=owner.id).id, status=1, type="lunch", amount=Decimal(45),
        raw_amount=Decimal(45), unit="", rate=None, notes="", sourceid="", date=DAY, created=microseconds(NOON),
        modified=microseconds(NOON), tags=[],
    )._replace(**given)  # fmt: skip


def test_what_is_put_is_there_to_the_letter(alice: Account) -> None:
    notes = ["a\tb\nc\\d\r\n", "\\.", "\\N", "\\n", "", "\"quoted\", 'too'; --", "x\u2028é😀"]
    tags = [services.tag_create(user_id=alice.id, name=name, now=NOON).id for name in ("b", "a")]
    before = {row.id for row in everything(alice)}
    source = Import.objects.create(user_id=alice.id, name="a.csv", kind="csv", sha256="", expenses=6, created=NOON)

    ids = expenses_put(
        user_id=alice.id, source_id=source.id,
        expenses=[new(alice, notes=text, type=f"type {n}", tags=tags[: n % 3]) for n, text in enumerate(notes)],
    )  # fmt: skip

    rows = [row for row in everything(alice) if row.id not in before]
    assert [row.id for row in rows] == ids
    assert [row.notes for row in rows] == notes
    assert [row.type for row in rows] == [f"type {n}" for n in range(len(notes))]
    assert [[tag.name for tag in row.tags] for row in rows] == [["b", "a"][: n % 3] for n in range(len(notes))]
    assert {row.rate for row in rows} == {""}


def test_what_a_database_refuses_is_an_exception_of_django_s(alice: Account) -> None:
    before = everything(alice)

    with pytest.raises(IntegrityError), transaction.atomic():
        expenses_put(user_id=alice.id, expenses=[new(alice), new(alice, status=7)], source_id=0)

    assert everything(alice) == before
