"""Closing an account: every row that is the person's, and every file."""

from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import LazySettings
from oauth2_provider.models import Application
from pytest_django import DjangoCaptureOnCommitCallbacks

from access.models import AccessToken, Approval, Consumer, PersonalToken, RequestToken, TrustedSite, UsedCode
from accounts.models import User
from accounts.selectors import Account
from accounts.services import mileage_rate_set
from expenses import services
from expenses.models import UploadPage
from expenses.receipts import receipt_read
from expenses.selectors import ExpenseFilter, ReceiptNotFound, expense_rows, receipt_owner
from expenses.services import Answer
from tests.cast import NOON, spend
from tests.expenses.pictures import pdf


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "expenses.files.folder.ReceiptFolder", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


def fill(owner: Account) -> None:
    """Put a row of the person into every table that has an owner."""
    category = services.category_create(user_id=owner.id, name="Meals", now=NOON)
    services.type_set(user_id=owner.id, name="lunch", category_id=category.id, now=NOON)
    spend(owner, "lunch 45 #cash", picture=receipt_read(pdf()))
    spend(owner, "Time start")
    report = services.report_create(user_id=owner.id, name="Client X", now=NOON)
    deleted = spend(owner, "lunch 5", report_id=report.id)
    services.expense_delete(owner=owner, expense_id=deleted.id, now=NOON)
    mileage_rate_set(user_id=owner.id, unit="mi", valid_from=NOON.date(), rate=Decimal(1))
    services.currency_rate_set(user_id=owner.id, currency="EUR", base="USD", day=NOON.date(), rate=Decimal(1))
    let_programs_in(owner)
    waiting, taken = (
        services.upload_keep(user_id=owner.id, name="x.csv", data=b"date,amount\n2026-11-01,1\n", now=NOON)
        for _ in range(2)
    )
    services.import_take(owner=owner, upload_id=taken, now=NOON)
    services.import_ask(user_id=owner.id, upload_id=waiting, now=NOON)
    UploadPage.objects.create(user_id=owner.id, upload_id=waiting, page=1, lines=[])
    services.archive_ask(user_id=owner.id, now=NOON)
    services.answer_once(user_id=owner.id, key="k", digest="d", now=NOON, write=lambda: Answer(200, "", b""))


def let_programs_in(owner: Account) -> None:
    """Put a row of the person into each table of the programs that act for him."""
    own: dict[str, Any] = {"user_id": owner.id, "created": NOON}
    app = Application.objects.create(
        user_id=owner.id, client_type="public", authorization_grant_type="authorization-code"
    )
    consumer = Consumer.objects.create(name="x", key=f"consumer{owner.id}", secret="x", **own)
    RequestToken.objects.create(consumer=consumer, key=f"request{owner.id}", secret="x", **own)
    AccessToken.objects.create(consumer=consumer, key=f"access{owner.id}", secret="x", **own)
    PersonalToken.objects.create(name="x", digest=f"{owner.id}", beginning="x", scopes="expenses:read", **own)
    TrustedSite.objects.create(origin="https://a.example", **own)
    Approval.objects.create(application=app, **own)
    UsedCode.objects.create(digest=f"{owner.id}", family=uuid4(), **own)


def rows_of(owner: Account) -> dict[str, int]:
    """Return how many rows are the person's in each table that has an owner."""
    owned = [
        model
        for app in ("access", "accounts", "expenses", "reports")
        for model in apps.get_app_config(app).get_models()
        if "user_id" in {field.attname for field in model._meta.concrete_fields}
    ]
    return {model.__name__: model._default_manager.filter(user_id=owner.id).count() for model in owned}


def files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def test_it_works(
    alice: Account, bob: Account, folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    fill(alice)
    fill(bob)
    bobs = rows_of(bob)
    assert 0 not in rows_of(alice).values()

    with django_capture_on_commit_callbacks(execute=True):
        services.account_close(user_id=alice.id, now=NOON)
        assert files(folder) == 2

    assert set(rows_of(alice).values()) == {0}
    assert not User.objects.filter(pk=alice.id).exists()
    assert rows_of(bob) == bobs
    assert [row.receipt_image for row in expense_rows(user_id=bob.id, matching=ExpenseFilter())].count("") == 3
    assert files(folder) == 1


def test_a_receipt_of_it_is_gone_at_once(alice: Account) -> None:
    image = spend(alice, "lunch 45", picture=receipt_read(pdf())).receipt_image
    assert receipt_owner(image=image) == alice.id

    services.account_close(user_id=alice.id, now=NOON)

    with pytest.raises(ReceiptNotFound):
        receipt_owner(image=image)


def test_a_file_that_stays_keeps_none_of_the_others(
    alice: Account,
    folder: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second = (spend(alice, "lunch 45", picture=receipt_read(pdf())).receipt_image for _ in range(2))
    Path(folder, first).unlink()
    Path(folder, first, "x").mkdir(parents=True)  # a folder with something in it is not removed

    with django_capture_on_commit_callbacks(execute=True):
        services.account_close(user_id=alice.id, now=NOON)

    assert not Path(folder, second).exists()
    assert not User.objects.filter(pk=alice.id).exists()
    assert len(caplog.records) == 1
