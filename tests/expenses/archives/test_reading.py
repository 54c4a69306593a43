"""An archive is what was written, or it is said which part is not."""

import io
import zipfile
from typing import Any

import orjson
import pytest

from expenses.archives import lines
from expenses.archives.lines import KINDS, TagLine
from expenses.archives.reading import MOST_GROWTH, Archive, BadArchive, is_archive
from expenses.archives.writing import About, ArchiveWriter
from tests.archives import HOME, packed, parts, zipped
from tests.cast import NOON

pytestmark = pytest.mark.once

GOOD = {**{kind.part: b"" for kind in KINDS}, "data/tags.jsonl": b'{"name":"clientx"}\n', "receipts/1-1.PDF": b"%PDF"}
NOT_OURS = "manifest.json: it is not as an archive of a ledger has it"


def refusal(data: bytes) -> str:
    with pytest.raises(BadArchive) as refused:
        read(data)
    return str(refused.value)


def read(data: bytes) -> None:
    with Archive(io.BytesIO(data)) as archive:
        archive.check()
        for kind in KINDS:
            list(archive.lines(kind))
        archive.receipt("receipts/1-1.PDF")


def test_it_works() -> None:
    file = io.BytesIO()
    with ArchiveWriter(file, About("alice@example.com", HOME, NOON)) as writer:
        for kind in KINDS:
            writer.lines(kind, [TagLine("Café")] if kind is lines.TAGS else [])
        writer.receipt("receipts/1-1.PDF", io.BytesIO(b"%PDF"))
        writer.finish()

    with Archive(file) as archive:
        archive.check()
        assert list(archive.lines(lines.TAGS)) == [TagLine("Café")]
        assert archive.receipt("receipts/1-1.PDF") == b"%PDF"
        assert archive.receipt("receipts/1-2.PDF") is None
        assert (archive.manifest.account, archive.manifest.made) == ("alice@example.com", NOON.isoformat())
        assert archive.manifest.receipts == 1
    assert (
        b"All that alice@example.com had in the ledger at https://money.example\non 2026-11-20 12:00 UTC."
        in (parts(file.getvalue())["README.txt"])
    )
    assert is_archive(file)


@pytest.mark.parametrize("data", [b"date,amount\n", zipped({"xl/workbook.xml": b"<x/>"}), packed(GOOD)[:-30]])
def test_what_is_none(data: bytes) -> None:
    assert not is_archive(io.BytesIO(data))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (packed(GOOD)[:-30], "ZIP: it was cut off, or is damaged"),
        (zipped(GOOD), NOT_OURS),
        (zipped({**GOOD, "manifest.json": b"[]"}), NOT_OURS),
        (zipped({**GOOD, "manifest.json": b"{"}), NOT_OURS),
        (packed(GOOD, counts={}), NOT_OURS),
        (packed(GOOD, account=5), NOT_OURS),
        (packed(GOOD, parts=5), NOT_OURS),
        (packed(GOOD, format="x"), NOT_OURS),
        (packed(GOOD, format=2), "manifest.json: its format is newer than this server: bring it to a newer one"),
        (packed({**GOOD, "../../etc/passwd": b""}), "'../../etc/passwd': no part of an archive has this name"),
        (packed({**GOOD, "receipts/../1.PDF": b""}), "'receipts/../1.PDF': no part of an archive has this name"),
        (packed({**GOOD, "data/": b""}), "'data/': no part of an archive has this name"),
        (packed(GOOD, parts={}), "data/categories.jsonl: it is missing, in the archive or in its manifest"),
        (
            packed({name: data for name, data in GOOD.items() if name != "data/tags.jsonl"}),
            NOT_OURS,
        ),
        (packed({**GOOD, "data/tags.jsonl": b'{"name":5}\n'}), "data/tags.jsonl: line 1 is not as an archive has it"),
        (packed({**GOOD, "data/tags.jsonl": b"5\n"}), "data/tags.jsonl: line 1 is not as an archive has it"),
        (
            packed({**GOOD, "data/tags.jsonl": b"x" * (1 << 20) + b"\n"}),
            "data/tags.jsonl: a line of it is longer than any that an archive has",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(data: bytes, said: str) -> None:
    assert refusal(data) == said


def test_a_part_that_has_changed() -> None:
    manifest = parts(packed(GOOD))["manifest.json"]
    for name, content in (("data/tags.jsonl", b'{"name":"clienty"}\n'), ("receipts/1-1.PDF", b"%PDF-")):
        said = refusal(zipped({**GOOD, name: content, "manifest.json": manifest}))

        assert said == f"{name}: it has changed since it was written: its size or SHA-256 is another"


def test_a_line_too_few() -> None:
    counts = orjson.loads(parts(packed(GOOD))["manifest.json"])["counts"]

    said = refusal(packed(GOOD, counts={**counts, "tags": 2}))

    assert said == "data/tags.jsonl: it has more or fewer lines than the manifest says"


def test_a_line_too_many() -> None:
    data = packed({**GOOD, "data/tags.jsonl": GOOD["data/tags.jsonl"] * 3})
    counts = orjson.loads(parts(packed(GOOD))["manifest.json"])["counts"]

    with Archive(io.BytesIO(zipped({**parts(data), "manifest.json": _counting(data, counts)}))) as archive:
        read = archive.lines(lines.TAGS)

        assert next(read) == TagLine("clientx")
        with pytest.raises(BadArchive, match="it has more or fewer lines than the manifest says"):
            next(read)  # and it is not counted how many more


def _counting(data: bytes, counts: dict[str, int]) -> bytes:
    return orjson.dumps(orjson.loads(parts(data)["manifest.json"]) | {"counts": counts})


@pytest.mark.parametrize("count", [-1, 1.0, True, "1"])
def test_a_number_of_lines_that_is_none(count: object) -> None:
    counts = orjson.loads(parts(packed(GOOD))["manifest.json"])["counts"]

    assert refusal(packed(GOOD, counts={**counts, "tags": count})) == NOT_OURS


def test_more_lines_than_a_page_takes() -> None:
    counts = orjson.loads(parts(packed(GOOD))["manifest.json"])["counts"]
    most = sum(counts.values()) + len(GOOD)

    with Archive(io.BytesIO(packed(GOOD)), most_lines=most):
        pass
    with pytest.raises(BadArchive) as refused:
        Archive(io.BytesIO(packed(GOOD)), most_lines=most - 1)

    assert str(refused.value) == (
        "manifest.json: with 10 lines and parts it is too long for a page, which takes 9: whoever runs the server can "
        "take it in with “manage.py takein”"
    )


def test_a_bomb() -> None:
    size = 40_000_000

    said = refusal(packed({**GOOD, "receipts/1-1.PDF": bytes(size)}))

    assert said.startswith("ZIP: unpacked it would have 400")
    assert "of one of its size 10000000 are read at most" in said
    assert MOST_GROWTH * 100_000 < 10_000_000


def test_a_manifest_without_end() -> None:
    manifest = parts(packed(GOOD))["manifest.json"].ljust(33 << 20)
    file = io.BytesIO(zipped({**GOOD, "manifest.json": manifest}))
    with zipfile.ZipFile(file, "a") as opened:
        opened.writestr("receipts/1-2.PDF", bytes(1_000_000))  # as it is: so much makes the archive itself large

    assert refusal(file.getvalue()) == NOT_OURS


def archive(**changes: Any) -> bytes:
    """Return an archive one member of which is as said, in the list at the end."""
    file = io.BytesIO(packed(GOOD))
    with zipfile.ZipFile(file, "a") as opened:
        for name, value in changes.items():
            setattr(opened.getinfo("data/tags.jsonl"), name, value)
        opened._didModify = True  # type: ignore[attr-defined]  # so that the list is written anew
    return file.getvalue()


@pytest.mark.parametrize("changes", [{"external_attr": 0o120777 << 16}, {"flag_bits": 1}, {"compress_type": 12}])
def test_what_is_no_plain_file(changes: dict[str, int]) -> None:
    assert refusal(archive(**changes)) == "data/tags.jsonl: it is no plain file"


def test_what_is_there_twice() -> None:
    file = io.BytesIO(packed(GOOD))
    with zipfile.ZipFile(file, "a") as opened, pytest.warns(UserWarning, match="Duplicate name"):
        opened.writestr("data/tags.jsonl", b"")

    assert refusal(file.getvalue()) == "data/tags.jsonl: it is there twice"


def test_what_is_damaged() -> None:
    data = packed(GOOD)
    place = data.index(b"%PDF") if b"%PDF" in data else data.index(b"receipts/1-1.PDF") + 16
    broken = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]

    assert refusal(broken) == "receipts/1-1.PDF: it is damaged"


def test_a_part_that_begins_before_the_file() -> None:
    data = bytearray(packed(GOOD))
    place = data.rindex(b"PK\5\6") + 16
    data[place : place + 4] = (0xFFFF0000).to_bytes(4, "little")

    assert refusal(bytes(data)) == "data/person.jsonl: it is damaged"


def test_a_part_whose_name_is_no_text() -> None:
    data = bytearray(packed(GOOD))
    place = data.index(b"PK\3\4")
    data[place + 7] |= 0x08  # the name is in UTF-8
    data[place + 30] = 0xFF

    assert refusal(bytes(data)) == "data/person.jsonl: it is damaged"
