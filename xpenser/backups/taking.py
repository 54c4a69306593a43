"""Taking a backup of a server that goes on serving."""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from django.apps import apps
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from expenses.archives.parts import Part, blocks
from expenses.files import receipt_files
from expenses.models import Receipt
from expenses.receipts import receipts_held
from xpenser.backups import rows
from xpenser.backups.archive import FORMAT, RECEIPTS, Manifest, TablePart, Writer, written_whole
from xpenser.watching import Watch


def backup_take(
    path: Path, *, data: Path, using: str, with_keys: bool, secret_keys: list[str], now: datetime, watch: Watch
) -> Manifest:
    """Write a backup to ``path``, whole or not at all, and return what is in it.

    Rows are of one moment, and so is what they name: a receipt that is removed while this goes on is in it, if it was
    there at that moment. Raises OSError, DatabaseError, FilesAway, and BadArchive where nobody could read what was
    written.
    """
    with written_whole(path) as file, Writer(file) as writer, receipts_held(), tempfile.TemporaryFile() as named:
        with rows.snapshot(using):
            tables = {
                table._meta.db_table: _table(writer, table, using=using, named=named, watch=watch)
                for table in rows.tables(apps)
            }
            loader = MigrationLoader(connections[using])
            # But for those of apps that were here once: whoever restores makes no tables of theirs.
            migrations = sorted(loader.applied_migrations.keys() & loader.disk_migrations.keys())
        count = tables[Receipt._meta.db_table].rows
        files, missing, damaged, listed = _receipts(writer, watch(_named(named), count, "receipts"))
        manifest = Manifest(
            format=FORMAT, made=now.isoformat(), database=connections[using].vendor, migrations=migrations,
            tables=tables, receipts=listed, files=files, missing=missing, damaged=damaged,
            keys=_keys(writer, data) if with_keys else {}, key_marks=[key_mark(key) for key in secret_keys],
        )  # fmt: skip
        writer.finish(manifest)
        return manifest


def key_mark(key: str) -> str:
    """Return what tells a secret key from others, and gives nothing of it away."""
    return hashlib.sha256(b"a mark in a backup of xpenser\0" + key.encode()).hexdigest()


def _table(writer: Writer, table: rows.Table, *, using: str, named: IO[bytes], watch: Watch) -> TablePart:
    """Write the rows of a table; those that name receipts are put aside in ``named``, to be opened later."""
    name, fields = table._meta.db_table, list(rows.columns(table))
    aside = [fields.index(column) for column in ("image", "size", "sha256")] if table is Receipt else []
    count = 0
    with writer.part(f"tables/{name}.jsonl") as part:
        for row in watch(rows.rows(table, using=using), rows.row_count(table, using=using), name):
            part.write(rows.line(row))
            count += 1
            if aside:
                named.write(rows.line([row[place] for place in aside]))
    return TablePart(fields, count, rows.next_id(table, using=using), *part.seen)


def _named(named: IO[bytes]) -> Iterator[tuple[str, Part]]:
    named.seek(0)
    for text in named:
        image, *part = json.loads(text)
        yield image, Part(*part)


def _receipts(writer: Writer, named: Iterable[tuple[str, Part]]) -> tuple[int, int, int, Part]:
    """Write the files that rows name: return how many they are, how many are missing, or not as their rows say.

    A file that is not is taken as it is, and one that is missing or can't be read is no reason to save nothing of all
    the others.
    """
    files = missing = damaged = 0
    with tempfile.TemporaryFile() as listed:
        for image, said in named:
            try:
                file = receipt_files().open(image)
            except OSError:
                missing += 1
                listed.write(rows.line([image, None, None]))
                continue
            with file, writer.part(f"receipts/{image}", squeezed=False) as part:
                for block in _readable(file):
                    part.write(block)
            files += 1
            damaged += part.seen != said
            listed.write(rows.line([image, *part.seen]))
        listed.seek(0)
        with writer.part(RECEIPTS) as part:
            part.copy(listed)
    return files, missing, damaged, part.seen


def _readable(file: IO[bytes]) -> Iterator[bytes]:
    """Give what can be read of a file, in pieces: on a bad disk that is its beginning."""
    with suppress(OSError):
        yield from blocks(file)


def _keys(writer: Writer, data: Path) -> dict[str, Part]:
    """Write the secret key, and what ``devcert`` made."""
    keys = {}
    for path in (data / "secret_key", *sorted((data / "tls").glob("*.pem"))):
        name = str(path.relative_to(data))
        with path.open("rb") as file, writer.part(f"keys/{name}") as part:
            part.copy(file)
        keys[name] = part.seen
    return keys
