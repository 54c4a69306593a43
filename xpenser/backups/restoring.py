"""Making a server of a backup again, where there is none: wholly, or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from django.core.files.base import File
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader

from expenses.files import ReceiptFiles
from xpenser.backups import rows
from xpenser.backups.archive import MANIFEST, Archive, BadArchive, ReceiptPart, sync_folder
from xpenser.backups.taking import key_mark
from xpenser.holding import unserved
from xpenser.watching import Watch

SQLITE_FILE = "xpenser.sqlite3"


class NotEmpty(Exception):
    """There is something where the backup is to go. The message may be shown."""

    def __init__(self, what: object) -> None:
        super().__init__(
            f"{what} is there already: a backup is restored into an empty folder and an empty database only"
        )


class NotMovable(Exception):
    """What is restored takes the place of a folder, and this is none that could go. The message may be shown."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is a mount point or a link, and a plain folder takes its place: unmount it, or take the link away,"
            f" restore, then move what is in {path.name} to where it is to be, and mount or link that again"
        )


class OtherKey(Exception):
    """There is a secret key, and the backup brings another. The message may be shown."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is another than the backup's: take it away first, or choose another XPENSER_DATA")


class NoKey(Exception):
    """The key that the backup's secrets are under is neither in it nor there. The message may be shown."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the backup was made without keys: put its secret_key to {path} first. Or say --lose-secrets: programs of"
            " OAuth 1.0 must be connected anew then, and second factors dropped"
        )


def restore(
    archive: Archive, *, data: Path, bucket: ReceiptFiles | None = None, using: str, lose_secrets: bool, watch: Watch
) -> None:
    """Fill a data folder and a database that are both empty from an archive that was checked.

    Receipts go into the folder, or into a ``bucket`` that is empty, too. The database becomes as it was, then is
    migrated to what this program wants. Raises NotEmpty, NotMovable, OtherKey, NoKey, BadArchive, FolderInUse, OSError,
    DatabaseError, FilesAway; then there is nothing where there was nothing.
    """
    _see_known(archive)
    _see_empty(data, bucket, using=using)
    _see_key(archive, data, lose_secrets=lose_secrets)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with unserved(data), tempfile.TemporaryDirectory(dir=data, prefix=".restoring-") as folder, ExitStack() as placed:
        draft = Path(folder)
        _keys_write(archive, draft)
        receipts = watch(archive.receipts(), archive.manifest.files, "receipts")
        if bucket is None:
            _receipts_write(archive, receipts, draft)
        else:
            _receipts_send(archive, receipts, bucket, placed)
        with _database(draft, using=using):
            _fill(archive, using=using, watch=watch)
            if connections[using].vendor == "sqlite":
                connections[using].close()  # what it keeps beside the file is in it now
            os.sync()  # before names say that all is there
            for path in sorted(draft.iterdir(), key=lambda path: path.name == SQLITE_FILE):
                put(path, data / path.name, placed)
            sync_folder(data)
        placed.pop_all()


def _see_known(archive: Archive) -> None:
    """Raises BadArchive."""
    known = MigrationLoader(None).disk_migrations
    if unknown := [f"{app}.{name}" for app, name in archive.manifest.migrations if (app, name) not in known]:
        raise BadArchive(MANIFEST, f"migration {unknown[0]} is newer than this program: upgrade the program first")


def _see_empty(data: Path, bucket: ReceiptFiles | None, *, using: str) -> None:
    """Raises NotEmpty, NotMovable, FilesAway."""
    if bucket is not None and (receipt := next(bucket.listed(), None)):
        found = f"{receipt.name} in the bucket"
        raise NotEmpty(found)
    # The second: SQLite would put what stands in it into whatever takes the place of the first.
    for path in (data / SQLITE_FILE, data / f"{SQLITE_FILE}-wal", data / "receipts", data / "tls"):
        if path.is_file() or (path.is_dir() and any(path.iterdir())):
            raise NotEmpty(path)
    for path in (data / "receipts", data / "tls"):
        see_movable(path)
    if connections[using].vendor != "sqlite" and (tables := connections[using].introspection.table_names()):
        raise NotEmpty(min(tables))


def see_movable(path: Path) -> None:
    """Raise NotMovable where a folder can't take this place; it would be found out once all is written."""
    if path.is_symlink() or path.is_mount():
        raise NotMovable(path)


def _see_key(archive: Archive, data: Path, *, lose_secrets: bool) -> None:
    """Raises OtherKey, NoKey."""
    path = data / "secret_key"
    here = path.read_text(errors="replace").split() if path.exists() else []
    if {key_mark(key) for key in here} >= set(archive.manifest.key_marks):
        return
    if archive.manifest.keys and here:
        raise OtherKey(path)
    if not (archive.manifest.keys or lose_secrets):
        raise NoKey(path)


def _keys_write(archive: Archive, draft: Path) -> None:
    for name in archive.manifest.keys:
        _file_write(draft / name, archive.key(name))


def _receipts_write(archive: Archive, receipts: Iterable[ReceiptPart], draft: Path) -> None:
    (draft / "receipts").mkdir(mode=0o700)
    for receipt in receipts:
        _file_write(draft / "receipts" / receipt.name, archive.receipt(receipt))


def _receipts_send(archive: Archive, receipts: Iterable[ReceiptPart], bucket: ReceiptFiles, placed: ExitStack) -> None:
    """Put receipts into a bucket, from which ``placed`` takes them back."""
    sent: list[str] = []
    placed.callback(_receipts_take_back, sent, bucket)
    for receipt in receipts:
        with tempfile.TemporaryFile() as whole:
            whole.writelines(archive.receipt(receipt))
            sent.append(receipt.name)
            bucket.save(receipt.name, File(whole))


def _receipts_take_back(sent: Iterable[str], bucket: ReceiptFiles) -> None:
    """Raises FilesAway at the first that can't be: each of the others would be waited for as long."""
    for name in sent:
        bucket.delete(name)


def _file_write(path: Path, content: Iterable[bytes]) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with open(path, "xb", opener=partial(os.open, mode=0o600)) as file:
        file.writelines(content)


def put(path: Path, place: Path, placed: ExitStack) -> None:
    """Move what is ready to its place, from which ``placed`` takes it back. Raises NotEmpty."""
    if place.is_dir():
        place.rmdir()  # an empty one, as a first start makes it
    elif place.exists():
        if place.name == "secret_key":  # it is the same
            return
        raise NotEmpty(place)  # a server that still runs has made it meanwhile
    path.rename(place)
    placed.callback(shutil.move, place, path)


@contextmanager
def _database(draft: Path, *, using: str) -> Iterator[None]:
    """Let what is done to the database inside the block be done once it ends well, and not at all otherwise."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        with transaction.atomic(using=using):
            yield
        return
    # SQLite can't change its tables inside a transaction of Django's: so in a file aside, which then takes its place.
    (draft / SQLITE_FILE).touch(mode=0o600)
    place, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], draft / SQLITE_FILE
    connection.close()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = place


def _fill(archive: Archive, *, using: str, watch: Watch) -> None:
    """Make the tables as they were at the backup, with their rows, then as this program wants them."""
    executor = MigrationExecutor(connections[using])
    then = _leaves(executor.loader.graph, archive.manifest.migrations)
    executor.migrate(then)
    tables = {table._meta.db_table: table for table in rows.tables(executor.loader.project_state(then).apps)}
    if odd := tables.keys() ^ archive.manifest.tables.keys():
        raise BadArchive(
            min(odd), "the backup has rows of this table, and its migrations don't make it, or the other way round"
        )
    with transaction.atomic(using=using):
        # A migration may have left keys to be looked at with each row, and what a row leads to may come later.
        connections[using].check_constraints()
        for table in tables.values():
            _table_fill(archive, table, using=using, watch=watch)
        connections[using].check_constraints()
    executor.loader.build_graph()
    executor.migrate(executor.loader.graph.leaf_nodes())


def _leaves(graph: MigrationGraph, applied: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the last migration of each app that was applied."""
    return [
        (app, name)
        for app, name in applied
        if not any(child.key[0] == app and child.key in applied for child in graph.node_map[app, name].children)
    ]


def _table_fill(archive: Archive, table: rows.Table, *, using: str, watch: Watch) -> None:
    name = table._meta.db_table
    part = archive.manifest.tables[name]
    if sorted(part.columns) != sorted(rows.columns(table)):
        raise BadArchive(name, "its columns are not those that its migrations made")
    try:
        rows.rows_add(table, part.columns, iter(watch(archive.table_lines(name), part.rows, name)), using=using)
    except (ValueError, TypeError):
        raise BadArchive(name, "a line is no row as a backup writes it") from None
    if part.next_id is not None:
        rows.next_id_set(table, part.next_id, using=using)
