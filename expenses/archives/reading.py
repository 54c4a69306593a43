"""Reading an archive that anybody may have changed: what it says is believed once proven, and never in excess."""

import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import IO, Any, Final, NamedTuple, Self, TypeVar, cast

import orjson

from accounts.sentences import sentence
from expenses.archives.lines import KINDS, RECEIPT, Kind
from expenses.archives.parts import Part, blocks
from expenses.archives.writing import FORMAT, MANIFEST, README
from expenses.imports.entry import Unreadable

MOST_GROWTH: Final = 50
"""How many times its own size an archive may have unpacked: text about expenses has some ten, a bomb a thousand."""
MOST_UNPACKED_ANYWAY: Final = 10_000_000
MOST_LINES: Final = 120_000
"""How many lines and parts pages take: a hundred thousand expenses and what is beside them, some four seconds' work."""
_MANIFEST_MOST: Final = 32 << 20
_LINE: Final = 1 << 20  # many times what the longest notes and most tags take
# Of others the first bytes may become any number at once.
_COMPRESSION: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NO_ZIP: Final = (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError)
_DAMAGED: Final = sentence("it is damaged")
_NOT_OURS: Final = sentence("it is not as an archive of a ledger has it")

L = TypeVar("L", bound=NamedTuple)


class BadArchive(Unreadable):
    """The file is no archive of a ledger, or not as it was written. The message names the part, and may be shown."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(sentence("%(part)s: %(reason)s", part=part[:100], reason=reason))


class Manifest(NamedTuple):
    """What an archive says of itself: whose it was, when it was made, and its lines and parts by their names."""

    account: str
    made: str
    counts: Mapping[str, int]
    parts: Mapping[str, Part]

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """Raises TypeError, KeyError, AttributeError where it is none."""
        return cls(
            _text(said["account"]),
            _text(said["made"]),
            {kind.name: _count(said["counts"][kind.name]) for kind in KINDS},
            {name: Part(**part) for name, part in said["parts"].items()},
        )

    @property
    def receipts(self) -> int:
        return sum(name.startswith("receipts/") for name in self.parts)


def _text(said: Any) -> str:
    if not isinstance(said, str):
        raise TypeError(said)
    return said


def _count(said: Any) -> int:
    if type(said) is not int or said < 0:
        raise TypeError(said)
    return said


def is_archive(file: IO[bytes]) -> bool:
    """Tell whether a file has the looks of an archive, whatever is in it."""
    try:
        with zipfile.ZipFile(file) as opened:
            return MANIFEST in opened.namelist()
    except _NO_ZIP:
        return False


class Archive:
    """An archive for reading. It is known to be whole once ``check`` has gone through."""

    def __init__(self, file: IO[bytes], *, most_lines: int | None = None) -> None:
        """``most_lines`` is how many lines and parts it may have; None: any number. Raises BadArchive."""
        size = file.seek(0, io.SEEK_END)
        try:
            self._zip = zipfile.ZipFile(file)
        except _NO_ZIP:
            raise BadArchive("ZIP", sentence("it was cut off, or is damaged")) from None
        try:
            self._see_members(size)
            self.manifest = self._manifest()
            self._see_lines(most_lines)
        except BaseException:
            self._zip.close()
            raise

    def _see_members(self, size: int) -> None:
        seen: set[str] = set()
        known = {MANIFEST, README, *(kind.part for kind in KINDS)}
        for member in self._zip.infolist():
            name = member.filename
            if name in seen:
                raise BadArchive(name, sentence("it is there twice"))
            if name not in known and not RECEIPT.fullmatch(name):
                raise BadArchive(repr(name), sentence("no part of an archive has this name"))
            is_plain = stat.S_IFMT(member.external_attr >> 16) in {0, stat.S_IFREG} and not member.flag_bits & 1
            if not is_plain or member.compress_type not in _COMPRESSION:
                raise BadArchive(name, sentence("it is no plain file"))
            if member.header_offset < 0:  # the list at the end says that it begins elsewhere
                raise BadArchive(name, _DAMAGED)
            seen.add(name)
        if MANIFEST not in seen:
            raise BadArchive(MANIFEST, _NOT_OURS)
        unpacked = sum(member.file_size for member in self._zip.infolist())
        most = max(MOST_GROWTH * size, MOST_UNPACKED_ANYWAY)
        if unpacked > most:
            raise BadArchive(
                "ZIP",
                sentence("unpacked it would have %(size)s bytes; of one of its size %(most)s are read at most",
                         size=unpacked, most=most),
            )  # fmt: skip

    def _see_lines(self, most: int | None) -> None:
        """Short lines pack well, and each costs its time: growth alone lets a small file have millions."""
        count = sum(self.manifest.counts.values()) + len(self.manifest.parts)
        if most is not None and count > most:
            raise BadArchive(
                MANIFEST,
                sentence(
                    "with %(count)s lines and parts it is too long for a page, which takes %(most)s: whoever runs the "
                    "server can take it in with “manage.py takein”",
                    count=count, most=most,
                ),
            )  # fmt: skip

    def _manifest(self) -> Manifest:
        if self._zip.getinfo(MANIFEST).file_size > _MANIFEST_MOST:
            raise BadArchive(MANIFEST, _NOT_OURS)
        try:
            said = orjson.loads(b"".join(self._blocks(MANIFEST)))
            is_newer = said["format"] > FORMAT
            manifest = None if is_newer else Manifest.of(said)
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
            raise BadArchive(MANIFEST, _NOT_OURS) from None
        if manifest is None:
            raise BadArchive(MANIFEST, sentence("its format is newer than this server: bring it to a newer one"))
        return manifest

    def check(self) -> None:
        """Prove each part against what the manifest says. Raises BadArchive."""
        parts = {member.filename for member in self._zip.infolist()} - {MANIFEST}
        missing = {kind.part for kind in KINDS} - parts
        for name in sorted(missing | (parts ^ self.manifest.parts.keys())):
            raise BadArchive(name, sentence("it is missing, in the archive or in its manifest"))
        for name in self.manifest.parts:
            for _ in self._proven(name):
                pass

    def lines(self, kind: Kind[L]) -> Iterator[L]:
        """Give the lines of a kind. Raises BadArchive."""
        count, said = 0, self.manifest.counts[kind.name]
        for count, text in enumerate(self._texts(kind.part), 1):
            if count > said:
                break
            try:
                yield kind.read(text)
            except (ValueError, TypeError):
                reason = sentence("line %(number)s is not as an archive has it", number=count)
                raise BadArchive(kind.part, reason) from None
        if count != said:
            raise BadArchive(kind.part, sentence("it has more or fewer lines than the manifest says"))

    def receipt(self, name: str) -> bytes | None:
        """Return the file of a receipt, or None where it was gone when the archive was made. Raises BadArchive."""
        return b"".join(self._proven(name)) if name in self.manifest.parts else None

    def _proven(self, name: str) -> Iterator[bytes]:
        part, digest, size = self.manifest.parts[name], hashlib.sha256(), 0
        for block in self._blocks(name):
            digest.update(block)
            size += len(block)
            yield block
        if (size, digest.hexdigest()) != part:
            raise BadArchive(name, sentence("it has changed since it was written: its size or SHA-256 is another"))

    def _texts(self, name: str) -> Iterator[bytes]:
        with self._opened(name) as member, io.BufferedReader(cast("io.RawIOBase", member)) as lines:
            while text := lines.readline(_LINE):
                if len(text) == _LINE:
                    raise BadArchive(name, sentence("a line of it is longer than any that an archive has"))
                yield text

    def _blocks(self, name: str) -> Iterator[bytes]:
        with self._opened(name) as member:
            yield from blocks(member)

    @contextmanager
    def _opened(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._zip.open(name) as member:
                yield member
        except (*_NO_ZIP, zlib.error, EOFError):
            raise BadArchive(name, _DAMAGED) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._zip.close()
