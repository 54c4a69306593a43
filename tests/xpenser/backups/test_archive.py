"""An archive is what it was when it was written, or it is said which part is not."""

import errno
import os
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.xpenser.backups.forged import IMAGE, good, manifest, part, written
from xpenser.backups.archive import Archive, BadArchive, sync_folder, written_whole

pytestmark = pytest.mark.once

TABLE = "tables/django_content_type.jsonl"
RECEIPT = f"receipts/{IMAGE}"
NO_BACKUP = "manifest.json: is not as a backup writes it"


def refusal(path: Path) -> str:
    with pytest.raises(BadArchive) as refused, Archive(path) as archive:
        list(archive.check())
    return str(refused.value)


def listed(*receipt: object) -> bytes:
    return str(list(receipt)).replace("'", '"').encode() + b"\n"


def test_it_works(tmp_path: Path) -> None:
    with Archive(written(tmp_path / "file", good())) as archive:
        assert list(archive.check()) == ["secret_key", "django_content_type", "receipts.jsonl", IMAGE]
        assert archive.manifest.parts == 4
        assert [b"".join(archive.receipt(receipt)) for receipt in archive.receipts()] == [b"a picture"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (TABLE, b'[1,"expenses","bag"]\n[2,"expenses","timer"]\n', "its content has changed"),
        (TABLE, b'[1,"expenses","tag"]\n[2,"expenses","timers"]\n', "is longer than the 44 bytes that were written"),
        (RECEIPT, b"A picture", "its content has changed"),
        (RECEIPT, b"a pictur", "is shorter than the 9 bytes"),
        ("keys/secret_key", b"", "is shorter than the 40 bytes"),
        ("receipts.jsonl", b"", "is shorter than"),
    ],
)  # fmt: skip
def test_a_part_that_has_changed(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    parts = good()

    told = refusal(written(tmp_path / "file", {**parts, name: content, "manifest.json": manifest(parts)}))

    assert told.startswith(f"{name}: {said}")


@pytest.mark.parametrize("name", [TABLE, RECEIPT, "receipts.jsonl", "keys/secret_key"])
def test_a_part_that_is_missing(name: str, tmp_path: Path) -> None:
    parts = good()
    whole = manifest(parts)
    del parts[name]

    assert refusal(written(tmp_path / "file", {**parts, "manifest.json": whole})) == f"{name}: is missing"


@pytest.mark.parametrize("name", ["../../evil", "/etc/passwd", "receipts/1/other.PNG", "tables/other.jsonl"])
def test_a_part_that_nobody_wrote(name: str, tmp_path: Path) -> None:
    parts = good()

    told = refusal(written(tmp_path / "file", {**parts, name: b"", "manifest.json": manifest(parts)}))

    assert told == "the archive: there are 6 parts, and 5 were written"


@pytest.mark.parametrize(
    "line",
    [
        listed("../secret_key", *part(b"a picture")),
        listed("/etc/passwd", *part(b"a picture")),
        listed("1/../../x.PNG", *part(b"a picture")),
        listed("1/.x", *part(b"a picture")),
        listed(1, *part(b"a picture")),
        b"[]\n",
        b"not JSON\n",
    ],
)
def test_a_receipt_that_would_be_written_elsewhere(line: bytes, tmp_path: Path) -> None:
    """Also where all hashes agree, as those of who forges an archive would."""
    told = refusal(written(tmp_path / "file", {**good(), "receipts.jsonl": line}))

    assert told.startswith("receipts.jsonl: ")
    assert told.endswith("is no receipt as a backup writes it")


def test_a_line_without_an_end(tmp_path: Path) -> None:
    told = refusal(written(tmp_path / "file", {**good(), "receipts.jsonl": b" " * ((16 << 20) + 1)}))

    assert told == f"receipts.jsonl: has a line of more than {16 << 20} bytes, and a backup writes none"


def test_fewer_than_were_counted(tmp_path: Path) -> None:
    assert refusal(written(tmp_path / "file", good(), files=2)) == (
        "receipts.jsonl: there are 1 receipts, and 2 were written"
    )
    size, sha256 = part(good()[TABLE])
    tables = {"django_content_type": {"columns": [], "rows": 3, "next_id": 1, "size": size, "sha256": sha256}}
    assert refusal(written(tmp_path / "file", good(), tables=tables)) == (
        f"{TABLE}: there are 2 rows, and 3 were written"
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"format": 2}, "manifest.json: format 2 is newer than this program knows (1): upgrade the program first"),
        ({"format": "1"}, NO_BACKUP),
        ({"keys": {"../secret_key": [1, ""]}}, NO_BACKUP),
        ({"keys": {"tls/../../x": [1, ""]}}, NO_BACKUP),
        ({"tables": {"a/b": {"columns": [], "rows": 0, "next_id": None, "size": 0, "sha256": ""}}}, NO_BACKUP),
        ({"tables": {"a": {}}}, NO_BACKUP),
        ({"what": "else"}, NO_BACKUP),
    ],
)
def test_a_manifest_that_is_none(said: Any, told: str, tmp_path: Path) -> None:
    assert refusal(written(tmp_path / "file", good(), **said)) == told


@pytest.mark.parametrize("content", [b"7", b"[]", b"{}", b"{" * 500, b" " * 5_000_000])
def test_a_manifest_that_is_no_manifest(content: bytes, tmp_path: Path) -> None:
    assert refusal(written(tmp_path / "file", {**good(), "manifest.json": content})) == NO_BACKUP


def test_any_other_zip(tmp_path: Path) -> None:
    zipfile.ZipFile(tmp_path / "file", "w").close()

    assert refusal(tmp_path / "file") == "manifest.json: is missing"


@pytest.mark.parametrize("left", [0, 1, 500, -1])
def test_one_that_was_cut_off(left: int, tmp_path: Path) -> None:
    path = written(tmp_path / "file", good())
    path.write_bytes(path.read_bytes()[:left])

    assert refusal(path) == f"{path}: is no backup, or was cut off: the list at its end is missing"


def test_a_damaged_disk(tmp_path: Path) -> None:
    path = written(tmp_path / "file", good())
    path.write_bytes(path.read_bytes().replace(b"a picture", b"b picture"))

    assert refusal(path) == f"{RECEIPT}: is damaged"


def test_what_is_no_plain_file(tmp_path: Path) -> None:
    for odd, mode in (("link", stat.S_IFLNK | 0o777), ("folder/", 0), ("pipe", stat.S_IFIFO)):
        path = written(tmp_path / "file", good())
        with zipfile.ZipFile(path, "a") as file:
            member = zipfile.ZipInfo(odd)
            member.external_attr = mode << 16
            file.writestr(member, "/etc")

        assert refusal(path) == f"{odd}: is no plain file, and a backup holds nothing else"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_for_two(tmp_path: Path) -> None:
    path = written(tmp_path / "file", good())
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(TABLE, "")

    assert refusal(path) == f"{TABLE}: is there twice"


def test_a_file_that_came_meanwhile_stays(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError, match="file"), written_whole(tmp_path / "file"):
        (tmp_path / "file").write_text("another backup")

    assert [path.read_text() for path in tmp_path.iterdir()] == ["another backup"]


def test_a_disk_that_can_not_sync_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Some of other machines can't, and what is there is there; a disk that fails is another matter."""

    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    sync_folder(Path("/proc/self"))
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output error"):
        sync_folder(tmp_path)


def test_nothing_is_left_of_what_was_not_finished(tmp_path: Path) -> None:
    def half() -> None:
        with written_whole(tmp_path / "file") as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()

    assert list(tmp_path.iterdir()) == []
