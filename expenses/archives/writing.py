"""Writing an archive: a README in words, lines, receipts, and last a manifest that says what all of that must be."""

from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any, Final, NamedTuple

import orjson

from expenses.archives.lines import Kind, written
from expenses.archives.parts import Part, PartsWriter

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
README: Final = "README.txt"
_README: Final = """\
All that {email} had in the ledger at {home}
on {made}.

A ZIP. It can be read without the program that wrote it, and imported on any server of it: on the page
"Import and export", or by the operator with "manage.py takein".

  manifest.json      Which format this is, how many lines each file has, and the size and SHA-256 of every other part.
  data/*.jsonl       UTF-8, one JSON object in each line, the oldest first.
  receipts/*         The files of receipts, as they were kept.

  person             Time zone, base currency (ISO 4217), language, what an hour is worth, unit of distances.
  mileage_rates      What a mile or kilometre is worth from a day on, as far as that was set by hand.
  currency_rates     What one unit of "base" buys of "quote" from a day on, as far as that was set by hand.
  reports            Status: U open, S submitted, A approved, R rejected, P paid, X archived.
  categories, types  Accounting categories, and what is known of each type.
  tags               By name; upper and lower case are the same tag.
  expenses           Deleted ones too: "status" is 1, or -1 where it was deleted.

Of an expense: "amount" is in the base currency; "raw_amount" is what was typed, in "unit", at "rate" ("min" are
minutes at a rate for an hour); where the unit is empty, both amounts are the same money. Numbers with decimals are
texts, so that no program rounds them. "date" is what the owner's clock showed, without a zone. "created" and
"modified" are instants in UTC, to the microsecond; no two expenses were created at the same. "report" and "tags" are
names, "receipts" are parts of this file, the first one first. "timer" is when the clock that still ran was started.

Not in it: passwords, tokens, second factors and all else that opens the account; files on their way in; the rates of
the European Central Bank. Ids are the server's own, and an import gives new ones.
"""


class About(NamedTuple):
    """Whose archive it is, of which server, and when it was made, an instant."""

    email: str
    home: str
    made: datetime


class ArchiveWriter(PartsWriter):
    """Writes an archive: first its README, then all lines, then receipts; ``finish`` comes last."""

    def __init__(self, file: Any, about: About) -> None:
        super().__init__(file)
        self._about = about
        self._parts: dict[str, Part] = {}
        self._counts: dict[str, int] = {}
        said = about._asdict() | {"made": f"{about.made:%Y-%m-%d %H:%M} UTC"}
        with self.part(README) as part:
            part.write(_README.format(**said).encode())
        self._parts[README] = part.seen

    def lines(self, kind: Kind[Any], lines: Iterable[NamedTuple]) -> None:
        """Write the file of a kind, all of it."""
        count = 0
        with self.part(kind.part) as part:
            for line in lines:
                part.write(written(line))
                count += 1
        self._parts[kind.part], self._counts[kind.name] = part.seen, count

    def receipt(self, name: str, file: IO[bytes]) -> None:
        """Write the file of a receipt as the part ``name``."""
        with self.part(name, squeezed=False) as part:
            part.copy(file)
        self._parts[name] = part.seen

    def finish(self) -> None:
        """Write the manifest, without which nobody takes the file for an archive."""
        manifest = {
            "format": FORMAT,
            "account": self._about.email,
            "server": self._about.home,
            "made": self._about.made,
            "counts": self._counts,
            "parts": {name: part._asdict() for name, part in self._parts.items()},
        }
        with self.part(MANIFEST) as part:
            part.write(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
