"""Archives of ledgers, as tests have them made, read and changed."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.conf import LazySettings

from accounts.selectors import Account
from expenses.archives.reading import Archive
from expenses.services import ArchivePlan, archive_ask, archive_make, archive_open, archive_plan, archive_take
from tests.cast import NOON

HOME = "https://money.example"


@pytest.fixture
def archives_folder(tmp_path: Path, settings: LazySettings) -> Path:
    """Keep receipts, and below them archives, in a folder of the test's own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "expenses.files.folder.ReceiptFolder", "OPTIONS": {"location": tmp_path}},
    }
    settings.ARCHIVES = tmp_path / "archives"
    return tmp_path


def archive_of(owner: Account, *, now: datetime = NOON) -> bytes:
    """Have an archive made, and return it."""
    assert archive_ask(user_id=owner.id, now=now)
    archive_make(owner=owner, asked=now, home=HOME, now=now, snapshot=nullcontext)
    with archive_open(user_id=owner.id, now=now).file as file:
        return file.read()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def ledger_of(owner: Account, *, now: datetime = NOON) -> dict[str, bytes]:
    """Return all that is in a person's ledger, as an archive has it."""
    return {name: data for name, data in parts(archive_of(owner, now=now)).items() if "/" in name}


def packed(content: Mapping[str, bytes], **said: Any) -> bytes:
    """Return an archive of these parts; its manifest is true, but for what is ``said`` otherwise."""
    content = {name: data for name, data in content.items() if name != "manifest.json"}
    true = {
        "format": 1, "account": "alice@example.com", "server": HOME, "made": NOON.isoformat(),
        "counts": {
            name.removeprefix("data/").removesuffix(".jsonl"): data.count(b"\n") for name, data in content.items()
        },
        "parts": {
            name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in content.items()
        },
    }  # fmt: skip
    return zipped({**content, "manifest.json": orjson.dumps(true | said)})


def zipped(content: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file.getvalue()


def plan(owner: Account, data: bytes, *, as_it_was: bool = True, now: datetime = NOON) -> ArchivePlan:
    with Archive(io.BytesIO(data)) as archive:
        archive.check()
        return archive_plan(owner=owner, archive=archive, as_it_was=as_it_was, now=now)


def take(owner: Account, data: bytes, *, as_it_was: bool = True, now: datetime = NOON) -> int:
    """Take an archive in, and return the number of the import."""
    with Archive(io.BytesIO(data)) as archive:
        return archive_take(
            owner=owner, archive=archive, name="all.zip", sha256=hashlib.sha256(data).hexdigest(), now=now,
            plan=archive_plan(owner=owner, archive=archive, as_it_was=as_it_was, now=now),
        )  # fmt: skip
