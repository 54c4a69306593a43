"""Reading the euro's reference rates in the forms in which the European Central Bank publishes them.

https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/ has XML (eurofxref-daily.xml,
eurofxref-hist-90d.xml, eurofxref-hist.xml) and CSV in an archive (eurofxref.zip, eurofxref-hist.zip). What each says,
a form's own reader breaks into cells; what a cell means is read in one place.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from accounts.currencies import MINOR_DIGITS

MOST_BYTES: Final = 64 * 1024 * 1024
"""No file, packed or unpacked, is longer: the whole history since 1999 is an eighth of it."""
MOST_RATE: Final = Decimal(1_000_000)

_CHUNK: Final = 64 * 1024
_METHODS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_BOM: Final = b"\xef\xbb\xbf"
_NOT_QUOTED: Final = {"", "N/A"}
_CUBE: Final = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
_CODE: Final = re.compile(r"[A-Z]{3}")
_RATE: Final = re.compile(r"[0-9]{1,7}(\.[0-9]{1,12})?")
_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONG_DAY: Final = re.compile(r"([0-9]{1,2}) ([A-Z][a-z]+) ([0-9]{4})")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class BadRatesFile(ValueError):
    """The file is none of the European Central Bank's. The message may be shown."""

    def __init__(self, where: str | int, found: str, wanted: str) -> None:
        place = f"line {where}" if isinstance(where, int) else where
        super().__init__(f"{place}: {found[:80]!r}: {wanted} is wanted" if found else f"{place}: {wanted} is wanted")


class ReferenceRate(NamedTuple):
    """A euro was worth ``rate`` units of ``currency`` on ``day``."""

    day: date
    currency: str
    rate: Decimal


class _Cell(NamedTuple):
    """What stands in the file for one currency on one day, and the line it is in."""

    line: int
    day: str
    currency: str
    rate: str


def read_ecb(data: bytes) -> Iterator[ReferenceRate]:
    """Yield the rates of a file, in its order. Raises BadRatesFile, naming the line, once it comes to what is wrong.

    Currencies that the ledger doesn't know are passed over, unread. Of all that were ever quoted these are the Romanian
    and Turkish ones of before 2005 (ROL, TRL): older than any ledger, and a euro was worth more than a million lira.
    """
    if len(data) > MOST_BYTES:
        raise BadRatesFile("file", "", f"at most {MOST_BYTES} bytes")
    if data.startswith(b"PK"):
        data = _unpacked(data)
    data = data.removeprefix(_BOM)
    cells = _xml_cells(data) if data.lstrip().startswith(b"<") else _csv_cells(data)
    empty = True
    for cell in cells:
        empty = False
        if _currency(cell) in MINOR_DIGITS:
            yield ReferenceRate(_day(cell), cell.currency, _rate(cell))
    if empty:
        raise BadRatesFile("file", "", "a rates file of the European Central Bank, in XML or CSV,")


def _unpacked(data: bytes) -> bytes:
    # Broken, encrypted, cut off: zipfile has a class of exception for each.
    try:
        return _only_member(data)
    except BadRatesFile:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
        raise BadRatesFile("archive", str(error), "a whole .zip file, without a password,") from None


def _only_member(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) != 1 or members[0].compress_type not in _METHODS:
            names = ", ".join(member.filename for member in members)
            raise BadRatesFile("archive", names, "one file, stored or deflated,")
        with archive.open(members[0]) as member:
            content = member.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise BadRatesFile("archive", members[0].filename, f"a file of at most {MOST_BYTES} bytes")
    return content


class _Cubes:
    """What the parser tells: a Cube with a time holds a day's, a Cube with a currency is one. No tree is built."""

    def __init__(self) -> None:
        self.parser: Any = DefusedXMLParser(target=self, forbid_dtd=True)
        self.days = [""]
        self.cells: list[_Cell] = []

    @property
    def line(self) -> int:
        return int(self.parser.parser.CurrentLineNumber)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.days.append(attributes.get("time", self.days[-1]))
        if tag == _CUBE and "currency" in attributes:
            self.cells.append(_Cell(self.line, self.days[-1], attributes["currency"], attributes.get("rate", "")))

    def end(self, _: str) -> None:
        self.days.pop()

    def taken(self) -> list[_Cell]:
        cells, self.cells = self.cells, []
        return cells


def _xml_cells(data: bytes) -> Iterator[_Cell]:
    cubes = _Cubes()
    try:
        for start in range(0, len(data), _CHUNK):
            cubes.parser.feed(data[start : start + _CHUNK])
            yield from cubes.taken()
        cubes.parser.close()
    except DefusedXmlException:
        raise BadRatesFile(cubes.line, "", "XML without a document type and entities") from None
    except (ParseError, LookupError, ValueError) as error:  # the latter two: an encoding that Python can't read
        raise BadRatesFile(cubes.line, str(error), "well-formed XML") from None
    yield from cubes.taken()  # some versions of expat hold the end back until they are closed


def _csv_cells(data: bytes) -> Iterator[_Cell]:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise BadRatesFile("file", data[:20].decode("ascii", "backslashreplace"), "text in UTF-8") from None
    rows = _csv_rows(text)
    _, head = next(rows, (1, [""]))
    if head[0] != "Date" or not all(map(_CODE.fullmatch, head[1:])):
        raise BadRatesFile(1, ",".join(head), "a header like 'Date, USD, JPY'")
    for line, row in rows:
        if len(row) != len(head):
            raise BadRatesFile(line, ",".join(row), f"a row of {len(head)} cells")
        for currency, rate in zip(head[1:], row[1:], strict=True):
            if rate not in _NOT_QUOTED:
                yield _Cell(line, row[0], currency, rate)


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each line that isn't blank."""
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        for row in rows:
            if cells := _stripped(row):
                yield rows.line_num, cells
    except csv.Error as error:
        raise BadRatesFile(rows.line_num, str(error), "a row of rates") from None


def _stripped(row: list[str]) -> list[str]:
    """Return the cells without the blanks around them, and without the empty one after the comma that ends a line."""
    cells = [cell.strip() for cell in row]
    return cells[:-1] if cells[-1:] == [""] else cells


def _currency(cell: _Cell) -> str:
    if not _CODE.fullmatch(cell.currency):
        raise BadRatesFile(cell.line, cell.currency, "a currency code like USD")
    return cell.currency


def _day(cell: _Cell) -> date:
    try:
        if _ISO_DAY.fullmatch(cell.day):
            return date.fromisoformat(cell.day)
        if long := _LONG_DAY.fullmatch(cell.day):
            return date(int(long[3]), _MONTHS.index(long[2]) + 1, int(long[1]))
    except ValueError:
        pass
    raise BadRatesFile(cell.line, cell.day, "a date like 2026-11-20 or 20 November 2026")


def _rate(cell: _Cell) -> Decimal:
    rate = Decimal(cell.rate) if _RATE.fullmatch(cell.rate) else Decimal(0)
    if not 0 < rate <= MOST_RATE:
        wanted = f"a number above 0 and up to {MOST_RATE} with at most 12 decimals"
        raise BadRatesFile(cell.line, f"{cell.currency} {cell.rate}", wanted)
    return rate
