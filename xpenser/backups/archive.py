"""The file of a backup: a ZIP whose last part says how long every other one is, and its SHA-256.

A ZIP, and no tar: it is written in one go without knowing how long a part becomes, any part is found without reading
those before it, and one that was cut off has lost its list of parts and so is known at once.
"""

import errno
import hashlib
import io
import json
import os
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, Final, NamedTuple, Self, cast

from expenses.archives.parts import Part, PartsWriter, blocks

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
RECEIPTS: Final = "receipts.jsonl"
_BLOCK: Final = 1 << 16
_MANIFEST_BLOCKS: Final = 64  # what is longer was not written by us, and may have no end
_LINE: Final = 16 << 20  # many times what the longest notes take; without an end it would fill the memory
# Nothing else is ever asked for by name or written under it: no "..", no "/" in front, nothing hidden.
_RECEIPT = re.compile(r"[0-9]{1,19}/[A-Za-z0-9-]{1,64}\.[A-Za-z0-9]{1,8}")
_KEY = re.compile(r"secret_key|tls/[^/\x00]{1,250}\.pem")  # people put certificates of their own there
_TABLE = re.compile(r"[a-z0-9_]{1,63}")


class BadArchive(Exception):
    """The file is no backup, or not as it was written. The message names the part, and may be shown."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(f"{part}: {reason}")


@dataclass(frozen=True, slots=True)
class TablePart:
    """The rows of a table, a JSON list in each line. ``next_id``: what the next row is numbered."""

    columns: list[str]
    rows: int
    next_id: int | None
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds. ``receipts`` is the list of them; ``key_marks`` tell the secret key without giving it.

    ``missing`` and ``damaged`` count receipts whose file was gone, or was not what its row said, at the backup.
    """

    format: int
    made: str
    database: str
    migrations: list[tuple[str, str]]
    tables: dict[str, TablePart]
    receipts: Part
    files: int
    missing: int
    damaged: int
    keys: dict[str, Part]
    key_marks: list[str]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    @property
    def parts(self) -> int:
        """Return how many parts the archive has besides this one."""
        return 1 + len(self.tables) + len(self.keys) + self.files

    def written(self) -> bytes:
        return json.dumps({**asdict(self), "receipts": self.receipts, "keys": self.keys}, indent=1).encode()

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Raises BadArchive."""
        try:
            said = json.loads(text)
            newer = said["format"] > FORMAT
            if not newer:
                return cls._of(said)
        except (ValueError, TypeError, KeyError):
            raise BadArchive(MANIFEST, "is not as a backup writes it") from None
        raise BadArchive(
            MANIFEST, f"format {said['format']} is newer than this program knows ({FORMAT}): upgrade the program first"
        )

    @classmethod
    def _of(cls, said: Mapping[str, Any]) -> Self:
        return cls(
            **{
                **said,
                "migrations": [(str(app), str(name)) for app, name in said["migrations"]],
                "tables": {_fit(name, _TABLE): TablePart(**table) for name, table in said["tables"].items()},
                "receipts": Part(*said["receipts"]),
                "keys": {_fit(name, _KEY): Part(*part) for name, part in said["keys"].items()},
            }
        )


class ReceiptPart(NamedTuple):
    """A receipt in an archive; one whose file was missing has no size and no hash."""

    name: str
    size: int | None
    sha256: str | None


class Writer(PartsWriter):
    """Writes the parts of a backup."""

    def finish(self, manifest: Manifest) -> None:
        """Write the last part, without which nobody takes what was written for an archive. Raises BadArchive.

        What could not be read again is to be known now, and not when it is needed.
        """
        written = manifest.written()
        Manifest.read(written)
        with self.part(MANIFEST) as part:
            part.write(written)


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Give a file that stands under ``path`` once the block ends well, whole and on the disk; else there is nothing.

    Raises OSError, also where another has that name meanwhile.
    """
    draft = tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False)  # noqa: SIM115
    try:
        with draft:
            yield draft  # type: ignore[misc]  # it is one
            draft.flush()
            os.fsync(draft.fileno())
        _rename(Path(draft.name), path)
    except BaseException:
        Path(draft.name).unlink()
        raise
    sync_folder(path.parent)


def _rename(draft: Path, path: Path) -> None:
    # By a look: not every disk that backups are put on knows hard links, the way in which nothing gets between.
    if path.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    draft.rename(path)


def sync_folder(folder: Path) -> None:
    """See that the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as problem:
        if problem.errno != errno.EINVAL:  # a file system of another machine's may not know how, and needs it not
            raise
    finally:
        os.close(handle)


class Archive:
    """An archive that is there, for reading. What it says of itself is believed once ``check`` has gone through."""

    def __init__(self, path: Path) -> None:
        """Raises OSError, BadArchive."""
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile:
            raise BadArchive(str(path), "is no backup, or was cut off: the list at its end is missing") from None
        try:
            self._see_plain_members()
            self.manifest = Manifest.read(b"".join(islice(self._blocks(MANIFEST), _MANIFEST_BLOCKS)))
        except BaseException:
            self._zip.close()
            raise

    def _see_plain_members(self) -> None:
        seen: set[str] = set()
        for member in self._zip.infolist():
            if member.filename in seen:
                raise BadArchive(member.filename, "is there twice")
            if (
                stat.S_IFMT(member.external_attr >> 16) not in {0, stat.S_IFREG}
                or member.is_dir()
                or member.flag_bits & 1
            ):
                raise BadArchive(member.filename, "is no plain file, and a backup holds nothing else")
            seen.add(member.filename)

    def check(self) -> Iterator[str]:
        """Prove each part against what was noted when it was written, giving their names. Raises BadArchive."""
        for name, part in self.manifest.keys.items():
            self._prove(f"keys/{name}", part)
            yield name
        for name, table in self.manifest.tables.items():
            lines = self._prove(f"tables/{name}.jsonl", Part(table.size, table.sha256))
            _see_as_many(f"tables/{name}.jsonl", lines, table.rows, "rows")
            yield name
        self._prove(RECEIPTS, self.manifest.receipts)
        yield RECEIPTS
        files = 0
        for receipt in self.receipts():
            for _ in self.receipt(receipt):
                pass
            files += 1
            yield receipt.name
        _see_as_many(RECEIPTS, files, self.manifest.files, "receipts")
        _see_as_many("the archive", len(self._zip.filelist), 1 + self.manifest.parts, "parts")

    def _prove(self, name: str, part: Part) -> int:
        """Return how many lines a part has."""
        return sum(block.count(b"\n") for block in self.proven(name, part))

    def receipts(self) -> Iterator[ReceiptPart]:
        """Give the receipts that the archive holds. Raises BadArchive."""
        for text in self._lines(RECEIPTS):
            try:
                name, size, sha256 = json.loads(text)
                receipt = ReceiptPart(_fit(name, _RECEIPT), size, sha256)
            except (ValueError, TypeError):
                raise BadArchive(RECEIPTS, f"{text[:100]!r} is no receipt as a backup writes it") from None
            if receipt.size is not None:
                yield receipt

    def receipt(self, receipt: ReceiptPart) -> Iterator[bytes]:
        """Give the content of a receipt in pieces. Raises BadArchive, at its end at the latest."""
        assert receipt.size is not None and receipt.sha256 is not None  # noqa: S101, PT018 - `receipts` gives no other
        return self.proven(f"receipts/{receipt.name}", Part(receipt.size, receipt.sha256))

    def key(self, name: str) -> Iterator[bytes]:
        return self.proven(f"keys/{name}", self.manifest.keys[name])

    def table_lines(self, name: str) -> Iterator[bytes]:
        return self._lines(f"tables/{name}.jsonl")

    def proven(self, name: str, part: Part) -> Iterator[bytes]:
        """Give the content of a part in pieces. Raises BadArchive, at its end at the latest.

        What came before is not to be used then.
        """
        digest, size = hashlib.sha256(), 0
        for block in self._blocks(name):
            digest.update(block)
            size += len(block)
            if size > part.size:
                break
            yield block
        if size != part.size:
            longer = "longer" if size > part.size else "shorter"
            raise BadArchive(name, f"is {longer} than the {part.size} bytes that were written")
        if digest.hexdigest() != part.sha256:
            raise BadArchive(name, "its content has changed: the SHA-256 is another than when it was written")

    def _blocks(self, name: str) -> Iterator[bytes]:
        with self._opened(name) as member:
            yield from blocks(member)

    def _lines(self, name: str) -> Iterator[bytes]:
        with self._opened(name) as member, io.BufferedReader(cast("io.RawIOBase", member), _BLOCK) as lines:
            while line := lines.readline(_LINE):
                if len(line) == _LINE:
                    raise BadArchive(name, f"has a line of more than {_LINE} bytes, and a backup writes none")
                yield line

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._zip.open(name) as member:
                yield member
        except KeyError:
            raise BadArchive(name, "is missing") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
            raise BadArchive(name, "is damaged") from None

    def close(self) -> None:
        self._zip.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _fit(name: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(name):
        raise ValueError(name)
    return name


def _see_as_many(part: str, found: int, noted: int, of_what: str) -> None:
    if found != noted:
        raise BadArchive(part, f"there are {found} {of_what}, and {noted} were written")
