"""The formats in which expenses leave the ledger, by the names that ``?format=`` and files carry."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, Protocol

from expenses.exports.as_csv import as_csv
from expenses.exports.as_json import as_json
from expenses.exports.as_ofx import as_ofx
from expenses.exports.as_qif import as_qif
from expenses.exports.as_xml import as_xml
from expenses.exports.row import Costly, ExpenseRow


class Export(Protocol):
    def __call__(self, rows: Iterable[ExpenseRow], *, currency: str) -> Iterator[bytes]: ...


class Format(NamedTuple):
    """How expenses are written, and which of their fields are not looked at for that."""

    content_type: str
    export: Export
    unread: frozenset[Costly] = frozenset()


_WIRE: Final[frozenset[Costly]] = frozenset({"report", "category_id", "category"})
_QIF: Final[frozenset[Costly]] = frozenset({"report", "created", "modified", "receipt_id", "receipt_image"})
_OFX: Final[frozenset[Costly]] = _WIRE | frozenset({"created", "receipt_id", "receipt_image"})
FORMATS: Final[Mapping[str, Format]] = {  # the wires list their names, so one more is for ``FILES``
    "csv": Format("text/csv; charset=utf-8", as_csv),
    "json": Format("application/json; charset=utf-8", as_json, _WIRE),
    "xml": Format("text/xml; charset=utf-8", as_xml, _WIRE),
    "qif": Format("application/qif; charset=utf-8", as_qif, _QIF),
}
FILES: Final[Mapping[str, Format]] = {**FORMATS, "ofx": Format("application/x-ofx; charset=utf-8", as_ofx, _OFX)}
"""What pages offer."""
