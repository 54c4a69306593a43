"""How much room it takes."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from accounts.selectors import Account
from expenses.receipts import receipt_read
from expenses.services import receipts_add
from tests.cast import NOON, spend
from tests.expenses.pictures import jpeg
from tests.pages import shown
from web.operator import storage
from xpenser.space import database_bytes

PATH = "/operator/storage/"


@pytest.fixture(autouse=True)
def receipts_folder(settings: Settings, tmp_path: Path) -> None:
    """Keep receipts in a folder where no other test has any."""
    kept = settings.STORAGES["default"]
    options = {**kept["OPTIONS"], "location": tmp_path / "receipts"}
    settings.STORAGES = {**settings.STORAGES, "default": {**kept, "OPTIONS": options}}


def pairs(page: str) -> dict[str, str]:
    return dict(re.findall(r'<dt class="soft">(.*?)</dt><dd>(.*?)</dd>', page))


def test_it_works(desk: Client, alice: Account, bob: Account) -> None:
    for owner, number in ((alice, 1), (bob, 2)):
        pictures = [receipt_read(jpeg(1))] * number
        receipts_add(owner=owner, expense_id=spend(owner, "hotel 120").id, pictures=pictures, now=NOON)

    page = shown(desk.get(PATH))

    told = pairs(page)
    assert told["Expenses"] == "5, deleted ones too"
    assert told["Receipts"] == "3, 4.5\xa0KB"
    assert told["Files, small pictures included"].startswith("3, 4.5\xa0KB. ")
    assert told["Free"].endswith(" where the data is")
    assert told["Limits"] == "9.5\xa0MB for a receipt (MAX_RECEIPT_BYTES), 11.4\xa0MB for a request (MAX_UPLOAD_BYTES)"
    assert re.findall(r'/">([^<]*)</a></th><td[^>]*>(\d+)</td><td role="cell">([^<]*)</td>', page) == [
        (bob.email, "2", "3.0\xa0KB"),
        (alice.email, "1", "1.5\xa0KB"),
    ]


def test_an_empty_server(desk: Client) -> None:
    page = shown(desk.get(PATH))

    assert "Nobody keeps any." in page
    assert pairs(page)["Files, small pictures included"].startswith("0, 0\xa0bytes. ")


def test_more_files_than_are_counted(desk: Client, alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "FEW", 1)
    pictures = [receipt_read(jpeg(1))] * 2
    receipts_add(owner=alice, expense_id=spend(alice, "hotel 120").id, pictures=pictures, now=NOON)

    assert pairs(shown(desk.get(PATH)))["Files, small pictures included"].startswith("more than 1. ")


def test_the_database_has_a_size(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":  # a test's own is in memory
        monkeypatch.setitem(connection.settings_dict, "NAME", tmp_path / "ledger")
        (tmp_path / "ledger").write_bytes(b"x" * 1000)
        (tmp_path / "ledger-wal").write_bytes(b"x" * 100)
        assert database_bytes() == 1100
    else:
        assert database_bytes() > 1000
