"""What is refused before anything is touched, and that what fails leaves nothing."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from tests.xpenser.backups.forged import IMAGE, TABLES, good, written
from tests.xpenser.backups.ledger import another
from xpenser.backups import restoring
from xpenser.backups.archive import Archive, BadArchive
from xpenser.backups.restoring import NoKey, NotEmpty, NotMovable, OtherKey, restore
from xpenser.holding import FolderInUse, held
from xpenser.watching import unwatched


@pytest.fixture
def using(db: None, tmp_path: Path) -> Iterator[str]:
    with another(tmp_path / "data", connection.vendor) as alias:
        yield alias


def put(parts: dict[str, bytes], folder: Path, using: str, *, lose_secrets: bool = False, **said: Any) -> None:
    with Archive(written(folder / "file", parts, **said)) as archive:
        restore(archive, data=folder / "data", using=using, lose_secrets=lose_secrets, watch=unwatched)


def files(data: Path) -> set[str]:
    return {str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["xpenser.sqlite3", "xpenser.sqlite3-wal", f"receipts/{IMAGE}", "tls/ca.pem"])
def test_a_folder_that_is_in_use(name: str, tmp_path: Path, using: str) -> None:
    there = tmp_path / "data" / name
    there.parent.mkdir(parents=True)
    there.write_bytes(b"something")

    with pytest.raises(NotEmpty, match="is there already: a backup is restored into an empty folder and"):
        put(good(), tmp_path, using)

    assert files(tmp_path / "data") == {name}
    assert there.read_bytes() == b"something"


def test_a_folder_that_a_server_works_on(tmp_path: Path, using: str) -> None:
    data = tmp_path / "data"
    data.mkdir()

    with held(data), held(data), pytest.raises(FolderInUse, match=f"a server works on {data}: stop it first"):
        put(good(), tmp_path, using)

    assert files(data) == set()
    put(good(), tmp_path, using)
    assert f"receipts/{IMAGE}" in files(data)


@pytest.mark.parametrize("name", ["receipts", "tls"])
def test_a_folder_that_can_not_go(name: str, tmp_path: Path, using: str) -> None:
    (tmp_path / "large").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).symlink_to(tmp_path / "large")

    with pytest.raises(NotMovable, match=f"data/{name} is a mount point or a link, and a plain folder takes its place"):
        put(good(), tmp_path, using)

    assert files(tmp_path / "data") == set()
    with pytest.raises(NotMovable):
        restoring.see_movable(Path("/proc"))


def test_a_database_that_is_in_use(tmp_path: Path, using: str) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("it is one of the files")
    with connections[using].cursor() as cursor:
        cursor.execute("CREATE TABLE somebodys (id int)")

    with pytest.raises(NotEmpty, match=r"^somebodys is there already"):
        put(good(), tmp_path, using)

    assert not (tmp_path / "data").exists()


def test_another_key(tmp_path: Path, using: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret_key").write_text("another-key-of-the-operators-own-making")

    with pytest.raises(OtherKey, match="secret_key is another than the backup's: take it away first"):
        put(good(), tmp_path, using)


def without_keys() -> dict[str, bytes]:
    return {name: content for name, content in good().items() if not name.startswith("keys/")}


@pytest.mark.parametrize("here", [None, b"another-key-of-the-operators-own-making"])
def test_no_key_at_all(here: bytes | None, tmp_path: Path, using: str) -> None:
    if here:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "secret_key").write_bytes(here)

    with pytest.raises(NoKey, match=r"put its secret_key to .*/data/secret_key first\. Or say --lose-secrets"):
        put(without_keys(), tmp_path, using)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            {"migrations": [["contenttypes", "0001_initial"], ["contenttypes", "0099_later"]]},
            "manifest.json: migration contenttypes.0099_later is newer than this program",
        ),
        ({"migrations": [["sessions", "0001_initial"]]}, "django_content_type: the backup has rows of this table"),
        ({"migrations": [["contenttypes", "0001_initial"]]}, "django_content_type: its columns are not those"),
    ],
)
def test_tables_that_do_not_fit(said: Any, told: str, tmp_path: Path, using: str) -> None:
    with pytest.raises(BadArchive) as refused:
        put(good(), tmp_path, using, **said)

    assert str(refused.value).startswith(told)
    assert_nothing(tmp_path / "data", using)


@pytest.mark.parametrize("line", [b'["x"]\n', b"7\n", b"not JSON\n"])
def test_a_row_that_is_none(line: bytes, tmp_path: Path, using: str) -> None:
    with pytest.raises(BadArchive, match="django_content_type: a line is no row as a backup writes it"):
        put({**good(), "tables/django_content_type.jsonl": line}, tmp_path, using)

    assert_nothing(tmp_path / "data", using)


def test_a_row_that_the_database_refuses(tmp_path: Path, using: str) -> None:
    twice = TABLES["django_content_type"][1] * 2

    with pytest.raises(DatabaseError):
        put({**good(), "tables/django_content_type.jsonl": twice}, tmp_path, using)

    assert_nothing(tmp_path / "data", using)


def test_secrets_may_be_lost_on_purpose(tmp_path: Path, using: str) -> None:
    broken = {**without_keys(), "tables/django_content_type.jsonl": b"7\n"}

    with pytest.raises(BadArchive, match="django_content_type"):  # and not NoKey
        put(broken, tmp_path, using, lose_secrets=True)


def test_what_was_put_into_its_place_is_taken_back(tmp_path: Path) -> None:
    for name in ("ready/receipts/1", "place/receipts"):
        (tmp_path / name).mkdir(parents=True)
    with ExitStack() as placed:
        restoring.put(tmp_path / "ready" / "receipts", tmp_path / "place" / "receipts", placed)
        assert (tmp_path / "place" / "receipts" / "1").exists()
        assert not (tmp_path / "ready" / "receipts").exists()

    assert list((tmp_path / "place").iterdir()) == []
    assert (tmp_path / "ready" / "receipts" / "1").exists()


@pytest.mark.once
def test_what_came_meanwhile_is_not_taken_for_what_was_restored(tmp_path: Path) -> None:
    """A server that still runs makes a database where it finds none; the key, though, was looked at before."""
    for name in ("xpenser.sqlite3", "secret_key"):
        for folder in ("ready", "place"):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / name).write_text(folder)

    with ExitStack() as placed:
        restoring.put(tmp_path / "ready" / "secret_key", tmp_path / "place" / "secret_key", placed)
        with pytest.raises(NotEmpty, match=r"place/xpenser\.sqlite3 is there already"):
            restoring.put(tmp_path / "ready" / "xpenser.sqlite3", tmp_path / "place" / "xpenser.sqlite3", placed)

    assert {path.name: path.read_text() for path in (tmp_path / "place").iterdir()} == {
        "xpenser.sqlite3": "place", "secret_key": "place",
    }  # fmt: skip


def assert_nothing(data: Path, using: str) -> None:
    """See that neither folder nor database hold anything."""
    assert not data.exists() or list(data.iterdir()) == []
    if connection.vendor == "postgresql":
        assert connections[using].introspection.table_names() == []
