"""A server with something in every table, a second one to restore it to, and what tells whether two are the same."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import dj_database_url
from django.apps import apps
from django.conf import settings
from django.db import connections, models
from django.db.utils import load_backend

from accounts.models import MileageRate
from expenses import services
from expenses.models import CurrencyRate
from expenses.receipts import receipt_read
from tests.access.programs import asked, let_in, program
from tests.cast import NOON, open_account, spend
from tests.expenses.pictures import jpeg, png
from tests.live import on_postgresql
from xpenser.database import with_our_options

if TYPE_CHECKING:
    Column = models.Field[Any, Any]
else:
    Column = models.Field

ODD = "ü \u2028 \U0001f9fe \\ \" ' \n %s"
"""Text in which a line of JSON, a place of a parameter or a quote could go wrong."""
_VALUES: dict[str, Any] = {
    "BooleanField": True,
    "BinaryField": b"\x00\xff\n",
    "DateField": date(2026, 11, 20),
    "DateTimeField": datetime(2026, 11, 20, 23, 59, 59, 999999, UTC),
    "GenericIPAddressField": "2001:db8::1",
    "IntegerField": -7,
    "JSONField": {"b": [1, 2.5, None, ODD], "a": {}},
    "PositiveBigIntegerField": 5_000_000_000,
    "PositiveIntegerField": 70_000,
    "PositiveSmallIntegerField": 7,
    "ResourceJSONField": ["https://localhost/api/"],
    "UUIDField": UUID("00000000-0000-4000-8000-00000000000f"),
}


def fill() -> None:
    """Put something into every table: a ledger as people keep it, and in what is not ours any row at all."""
    services.server_zone_settle("Etc/GMT+8")
    alice, carol = open_account("alice@example.com", currency="EUR"), open_account("carol@example.com")
    consumer = program(alice)
    let_in(consumer, alice)
    asked(consumer)
    category = services.category_create(user_id=alice.id, name="Küche \\", now=NOON)
    services.type_set(user_id=alice.id, name="lunch", now=NOON, category_id=category.id)
    for rate in (
        CurrencyRate(base="EUR", quote="USD", day=NOON.date(), rate=Decimal("1.080000000001")),
        MileageRate(user_id=alice.id, unit="km", valid_from=NOON.date(), rate=Decimal("0.3")),
    ):
        rate.save()
    later = NOON + timedelta(microseconds=1)
    lunch = spend(alice, f"lunch 99999999999.99 with {ODD} #clientx #cash date 1969-07-20 20:17", now=later)
    services.receipts_add(
        owner=alice, expense_id=lunch.id, pictures=[receipt_read(jpeg(1)), receipt_read(png(1))], now=later
    )
    services.expense_delete(owner=alice, expense_id=spend(alice, "taxi 12.50 #cash").id, now=NOON)
    spend(alice, "Time start")
    # The last expense there was is gone for good, and no other may ever get its number.
    spend(carol, "lunch 45")
    services.account_close(user_id=carol.id, now=NOON)
    while empty := [model for model in tables() if not model._base_manager.exists()]:
        for model in empty:
            if all(target._base_manager.exists() for target in _targets(model)):
                model._base_manager.bulk_create([model(**{f.attname: _value(f) for f in _fields(model)})])


def tables() -> list[type[models.Model]]:
    return list(apps.get_models(include_auto_created=True))


def _fields(model: type[models.Model]) -> list[Column]:
    return [field for field in model._meta.local_concrete_fields if field is not model._meta.auto_field]


def _targets(model: type[models.Model]) -> set[Any]:
    return {field.related_model for field in _fields(model) if field.related_model and not field.null}


def _value(field: Column) -> Any:
    if field.related_model:
        return field.related_model._base_manager.values_list("pk", flat=True).first()
    if isinstance(field, models.CharField | models.TextField):
        return f"{field.name} {ODD}"[: field.max_length]
    return _VALUES.get(type(field).__name__, NOON)


def content(using: str) -> dict[str, Any]:
    """Return all that a database holds, as Django reads it."""
    return {
        model._meta.db_table: list(model._base_manager.using(using).order_by("pk").values_list()) for model in tables()
    }


@contextmanager
def another(folder: Path, vendor: str) -> Iterator[str]:
    """Give the name, among Django's, of a database that has nothing in it, and ends with the block."""
    alias = name = f"another_{uuid4().hex}"
    if vendor == "postgresql":
        on_postgresql(f"CREATE DATABASE {name} TEMPLATE template0")
        url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
        database = with_our_options(dict(dj_database_url.parse(url)))
    else:
        database = {**settings.SQLITE, "NAME": folder / "xpenser.sqlite3"}
    whole = connections.configure_settings({"default": {}, alias: database})[alias]
    connections[alias] = load_backend(whole["ENGINE"]).DatabaseWrapper(whole, alias)
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        if vendor == "postgresql":
            on_postgresql(f"DROP DATABASE {name}")
