"""The ledger behind the recorded exchanges: always the same, but for its ids."""

from datetime import UTC, datetime, timedelta

from django.core.files.storage import default_storage

from accounts.selectors import account
from expenses import services
from expenses.receipts import receipt_read
from expenses.selectors import ExpenseFilter, expense_rows, tag_rows
from reports.selectors import report_default, report_rows
from reports.status import Status
from tests.cast import PASSWORD, spend
from tests.expenses.pictures import jpeg

NOW = datetime(2010, 9, 29, 8, 30, 26, tzinfo=UTC)
"""When the exchanges take place."""
OPENED = datetime(2009, 7, 31, 9, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(days=1)
"""When the ledger was written; the account is older, and its sample expense."""


def lay_out() -> dict[str, bytes]:
    """Write the ledger and return what its names in braces stand for."""
    services.account_open(email="alice@example.com", password=PASSWORD, now=OPENED)
    alice = account(email="alice@example.com")
    (sample,) = expense_rows(user_id=alice.id, matching=ExpenseFilter())
    category = services.category_create(user_id=alice.id, name="Shipping", now=BEFORE)
    services.type_set(user_id=alice.id, name="Freight", category_id=category.id, now=BEFORE)
    trip = services.report_create(user_id=alice.id, name="Trip to Lyon", now=BEFORE)
    old = services.report_create(user_id=alice.id, name="July", now=BEFORE, status=Status.SUBMITTED)
    texts = {
        "freight": ("Freight, 500.00, Endicia.com - US Mail  Shipments Conf 188055 #CPAP.com date 2010-08-31", None),
        "cafe": ("café 3 crème date 2010-08-31", None),
        "lunch": ("lunch 34.50 with jack #personal #cash date 2009-10-02 05:14", trip.id),
        "cash": ("Lunch 2.99 cash #cash date 2009-08-01 12:00", trip.id),
        "gone": ("lunch 7 date 2009-10-03 12:00", trip.id),
    }
    rows = {
        name: spend(alice, text, now=BEFORE + timedelta(seconds=number), report_id=report, channel="SP")
        for number, (name, (text, report)) in enumerate(texts.items())
    }
    then = BEFORE + timedelta(minutes=1)
    taxi = spend(alice, "taxi 20 date 2009-10-04 12:00", now=then, report_id=trip.id, picture=receipt_read(jpeg()))
    services.expense_delete(owner=alice, expense_id=rows["gone"].id, now=NOW - timedelta(minutes=1))
    with default_storage.open(taxi.receipt_image) as picture:
        stored = picture.read()
    ids = {name: row.id for name, row in rows.items()} | {
        "alice": alice.id,
        "sample": sample.id,
        "taxi": taxi.id,
        "trip": trip.id,
        "old": old.id,
        "active": report_default(user_id=alice.id).id,
        "category": category.id,
        "receipt": taxi.receipt_id,
        "tag_cpap": rows["freight"].tags[0].id,
        "tag_personal": rows["lunch"].tags[0].id,
        "tag_cash": rows["lunch"].tags[1].id,
    }
    places = {name: str(number).encode() for name, number in ids.items()}
    return places | {"image": taxi.receipt_image.encode(), "picture": stored}


def made(places: dict[str, bytes]) -> dict[str, bytes]:
    """Return the names of what an exchange has made: the newest expense, report and tag."""
    user_id = int(places["alice"])
    newest = {
        "new": max(row.id for row in expense_rows(user_id=user_id, matching=ExpenseFilter())),
        "new_report": max(row.id for row in report_rows(user_id=user_id)),
        "new_tag": max(row.id for row in tag_rows(user_id=user_id)),
    }
    return {name: str(number).encode() for name, number in newest.items()}
