"""What the database itself refuses, whoever writes to it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from accounts.models import MileageRate, User
from accounts.selectors import Account
from expenses.models import (
    Category,
    Clock,
    CurrencyRate,
    Expense,
    ExpenseTag,
    ExpenseType,
    IdempotencyKey,
    Receipt,
    ServerZone,
    Tag,
    Timer,
)
from reports.models import Report
from tests.cast import NOON, spend

DAY = date(2026, 11, 20)


@pytest.fixture
def ledger(alice: Account) -> Account:
    """Alice, with a row in every table."""
    row = spend(alice, "lunch 45 #cash #personal")
    category = Category.objects.create(user_id=alice.id, name="Meals", name_key="meals")
    ExpenseType.objects.filter(name_key="lunch").update(category=category)
    Receipt.objects.create(user_id=alice.id, expense_id=row.id, image="1/a.JPG", size=1, sha256="", created=NOON)
    spend(alice, "Time start")
    IdempotencyKey.objects.create(user_id=alice.id, key="k", digest="d", created=NOON)
    MileageRate.objects.create(user_id=alice.id, unit="mi", valid_from=DAY, rate=1)
    CurrencyRate.objects.create(user_id=alice.id, base="EUR", quote="USD", day=DAY, rate=1)
    CurrencyRate.objects.create(user_id=None, base="EUR", quote="USD", day=DAY, rate=1)
    ServerZone.objects.create(pk=1, zone="UTC")
    return alice


@pytest.mark.parametrize(
    ("model", "change", "constraint"),
    [
        (User, {"email_key": ""}, "user_has_email"),
        (User, {"zone": ""}, "user_has_zone"),
        (User, {"currency": ""}, "user_has_currency"),
        (User, {"hourly_rate": Decimal(-1)}, "user_hourly_rate_not_negative"),
        (User, {"mileage_unit": "ly"}, "user_mileage_unit_known"),
        (MileageRate, {"rate": Decimal(-1)}, "mileage_rate_not_negative"),
        (MileageRate, {"unit": "ly"}, "mileage_rate_unit_known"),
        (Report, {"name": ""}, "report_has_name"),
        (Report, {"status": "Z", "is_default": False}, "report_status_known"),
        (Report, {"status": "P"}, "report_default_is_open"),
        (Report, {"modified": NOON - timedelta(seconds=1)}, "report_modified_after_created"),
        (ServerZone, {"id": 2}, "server_zone_one_row"),
        (Category, {"name": ""}, "category_has_name"),
        (ExpenseType, {"name": ""}, "type_has_name"),
        (ExpenseType, {"rate": Decimal(-1)}, "type_rate_not_negative"),
        (Tag, {"name": ""}, "tag_has_name"),
        (Tag, {"id": 1_000_000_000}, "tag_id_is_high"),
        (Expense, {"status": 0}, "expense_status_known"),
        (Expense, {"type": ""}, "expense_has_type"),
        (Expense, {"amount": Decimal(10**15)}, "expense_amount_in_range"),
        (Expense, {"amount": Decimal(-(10**15))}, "expense_amount_in_range"),
        (Expense, {"raw_amount": Decimal(10**15)}, "expense_raw_amount_in_range"),
        (Expense, {"raw_amount": Decimal(-(10**15))}, "expense_raw_amount_in_range"),
        (Expense, {"unit": "mi", "rate": Decimal(-1)}, "expense_rate_not_negative"),
        (Expense, {"unit": "mi", "rate": None}, "expense_unit_has_rate"),
        (Expense, {"unit": "", "rate": Decimal(1)}, "expense_unit_has_rate"),
        (Expense, {"modified": NOON - timedelta(microseconds=1)}, "expense_modified_after_created"),
        (Receipt, {"size": -1}, "size"),
        (Receipt, {"position": -1}, "position"),
        (CurrencyRate, {"rate": Decimal(0)}, "currency_rate_positive"),
        (CurrencyRate, {"quote": "EUR"}, "currency_rate_of_two"),
    ],
)
def test_values(ledger: Account, model: type[models.Model], change: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        model._default_manager.update(**change)

    assert constraint in str(caught.value)


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Expense, {"amount": Decimal("999999999999999.999"), "raw_amount": Decimal("-999999999999999.999")}),
        (Expense, {"unit": "mi", "rate": Decimal(0)}),
        (Expense, {"unit": "", "rate": None}),
        (Expense, {"status": -1}),
    ],
)
def test_values_that_are_allowed(ledger: Account, model: type[models.Model], change: dict[str, Any]) -> None:
    assert model._default_manager.update(**change) == 3


@pytest.mark.parametrize(
    ("model", "apart", "remedy"),
    [
        (User, {"email": "carol@example.com"}, {"email_key": "carol@example.com"}),
        (User, {"email_key": "carol@example.com"}, {"email": "carol@example.com"}),
        (MileageRate, {}, {"unit": "km"}),
        (MileageRate, {}, {"valid_from": DAY + timedelta(days=1)}),
        (Report, {"is_default": False}, {"name_key": "other"}),
        (Report, {"name_key": "other"}, {"is_default": False}),
        (Category, {}, {"name_key": "other"}),
        (ExpenseType, {}, {"name_key": "other"}),
        (Tag, {}, {"name_key": "other"}),
        (Receipt, {"image": "1/b.JPG"}, {"position": 1}),
        (Receipt, {"position": 1}, {"image": "1/b.JPG"}),
        (CurrencyRate, {}, {"base": "GBP"}),
        (CurrencyRate, {}, {"quote": "GBP"}),
        (CurrencyRate, {}, {"day": DAY + timedelta(days=1)}),
        (IdempotencyKey, {}, {"key": "other"}),
    ],
)
def test_what_is_there_once(
    ledger: Account, model: type[models.Model], apart: dict[str, Any], remedy: dict[str, Any]
) -> None:
    first = model._default_manager.order_by("pk").values().first() or {}
    del first["id"]

    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        model._default_manager.create(**first | apart)

    model._default_manager.create(**first | apart | remedy)


def test_an_expense_has_a_tag_once(ledger: Account) -> None:
    link = ExpenseTag.objects.order_by("id")[0]

    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        ExpenseTag.objects.create(user_id=ledger.id, expense_id=link.expense_id, tag_id=link.tag_id)


def test_reference_rates_are_there_once(ledger: Account) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        CurrencyRate.objects.create(user_id=None, base="EUR", quote="USD", day=DAY, rate=2)


def test_a_source_is_there_once(alice: Account, bob: Account) -> None:
    first = spend(alice, "lunch 1", channel="SP")
    second, bobs = spend(alice, "lunch 2"), spend(bob, "lunch 3")
    Expense.objects.filter(pk=bobs.id).update(sourceid=first.sourceid)

    with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
        Expense.objects.filter(pk=second.id).update(sourceid=first.sourceid)


def test_everybody_has_one_clock_and_one_timer(ledger: Account) -> None:
    expense_id = spend(ledger, "lunch 1").id

    for write in (
        lambda: Clock.objects.create(user_id=ledger.id, last=NOON),
        lambda: Timer.objects.create(user_id=ledger.id, expense_id=expense_id, started=NOON),
    ):
        with pytest.raises(IntegrityError, match=r"(?i)unique"), transaction.atomic():
            write()


def test_a_report_with_expenses_is_not_removed(ledger: Account) -> None:
    with pytest.raises(models.RestrictedError):
        Report.objects.get(user_id=ledger.id).delete()


def test_a_category_with_types_is_not_removed(ledger: Account) -> None:
    with pytest.raises(models.RestrictedError):
        Category.objects.get(user_id=ledger.id).delete()


def test_tag_ids_are_no_expense_s(ledger: Account) -> None:
    assert min(Tag.objects.values_list("pk", flat=True)) > 1_000_000_000
