"""What the columns of a table mean: guessed by their names and by what is in them, and then for a person to say."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from expenses.exports.as_csv import COLUMNS
from expenses.imports.amounts import MARKS, decimal_mark, read_amount
from expenses.imports.days import STYLES, date_style, read_day
from expenses.imports.table import Table

ROLES: Final = (
    "", "date", "amount", "income", "share", "currency", "type", "notes", "tags", "report", "raw_amount", "unit",
    "rate", "sourceid", "status",
)  # fmt: skip
"""What a column may be; "" is none of these. ``income`` is money that came, in a column of its own; ``share`` is what
somebody gets back (or, below zero, owes) of the amount, as Splitwise has a column for each person."""
SEVERAL: Final = frozenset({"", "type", "notes", "tags"})
"""Of these there may be several columns."""
OTHER_TYPE: Final = "Imported"

_LOOKED_AT: Final = 200
_NAMES: Final = {
    "date": "date datum fecha data timestamp day tag/datum buchungstag buchungsdatum valuta transactiondate bookingdate"
    " posteddate postingdate dateoperation completeddate starteddate valuedate expensedate",
    "amount": "amount betrag montant importe cost total sum umsatz value wert debit debits debe moneyout paidout"
    " withdrawal withdrawals belastung soll ausgang depense amountout amountspent price",
    "income": "credit credits haber moneyin paidin deposit deposits gutschrift haben eingang income amountin",
    "currency": "currency wahrung waehrung währung devise moneda currencycode divisa",
    "type": "type category kategorie categorie catégorie categoria categoría expensetype account konto",
    "notes": "notes note description memo merchant payee comment comments beschreibung verwendungszweck empfanger"
    " empfänger beguenstigter buchungstext libelle libellé concepto descripcion descripción name details narrative",
    "tags": "tags tag label labels etiquettes etiquetas schlagworte",
    "report": "report folder project reportname projekt bericht",
    "sourceid": "transactionid reference id fitid uuid referenz externalid expenseid",
    "status": "status",
    "raw_amount": "rawamount originalamount foreignamount",
    "unit": "unit originalcurrency foreigncurrency",
    "rate": "rate exchangerate",
}
_ROLE_BY_NAME: Final = {name: role for role, names in _NAMES.items() for name in names.split()}
_NOT_LETTERS: Final = re.compile(r"[\W_]+")
_OWN: Final[dict[str, str]] = {
    **{column: column for column in COLUMNS if column in ROLES},
    **dict.fromkeys(("category", "receipt", "id", "created", "modified", "report_id"), ""),
}
_EXPENSIFY: Final = {  # help.expensify.com, "Export expenses": the columns of today
    "date": "date", "merchant": "notes", "description": "notes", "from": "", "to": "", "category": "type",
    "tag": "tags", "tax": "", "amount": "amount", "currency": "currency", "type": "", "receipt url": "",
}  # fmt: skip
_EXPENSIFY_CLASSIC: Final = {
    "timestamp": "date", "merchant": "notes", "amount": "amount", "mcc": "", "category": "type", "tag": "tags",
    "description": "notes", "reimbursable": "", "original currency": "unit", "original amount": "raw_amount",
    "receipt": "",
}  # fmt: skip
_SPLITWISE: Final = {
    "date": "date",
    "description": "notes",
    "category": "type",
    "cost": "amount",
    "currency": "currency",
}


class Mapping(NamedTuple):
    """What the columns are, in their order, and how days and amounts in them are written.

    With ``flip`` what the file has below zero is money spent. ``other_type`` is for rows that name no type.
    """

    roles: tuple[str, ...]
    date_style: str
    decimal_mark: str
    flip: bool
    other_type: str = OTHER_TYPE


def mapping_guessed(table: Table, *, mark: str = MARKS[0]) -> Mapping:
    """Return what the columns of a table seem to be; ``mark`` is before decimals where no amount tells which one is.

    The programs that are known write a point, whatever their user's language.
    """
    unsure = MARKS[0] if sender(table) else mark
    roles = _known(table) or _guessed(table)
    style = date_style(_cells(table, roles, ("date",)))
    mark = decimal_mark(_cells(table, roles, ("amount", "income", "raw_amount")), unsure=unsure)
    return Mapping(roles, style, mark, flip=_is_flipped(table, roles, mark))


def sender(table: Table) -> str:
    """Return whose file a table is by the names of its columns: "" where they are none that are known."""
    names = [name.casefold() for name in table.header]
    if names == list(COLUMNS):
        return "xpenser"
    if {"merchant", "amount", "category"} <= {*names} and {"timestamp", "receipt url"} & {*names}:
        return "Expensify"
    return "Splitwise" if names[:5] == list(_SPLITWISE) else ""


def mapping_read(kept: dict[str, Any], width: int) -> Mapping | None:
    """Return a mapping that ``_asdict`` gave and JSON kept; None where it does not fit a table of so many columns."""
    roles = tuple(kept["roles"])
    return Mapping(**{**kept, "roles": roles}) if len(roles) == width else None


def mapping_fitted(mapping: Mapping, table: Table) -> Mapping:
    """Return what a mapping of other files means for this one: where its days can't be read so, as most of them can."""
    cells = [cell for cell in _cells(table, mapping.roles, ("date",), most=None) if cell.strip()]
    if all(_is_day(cell, mapping.date_style) for cell in cells):
        return mapping
    style = max((mapping.date_style, *STYLES), key=lambda style: sum(_is_day(cell, style) for cell in cells))
    return mapping._replace(date_style=style)


def mapping_said(
    *, roles: Sequence[str], date_style: str, decimal_mark: str, flip: bool, other_type: str, width: int
) -> Mapping:
    """Return what a person says of the columns; what is none of the words is nothing, and a second date is none."""
    checked: list[str] = []
    for role in [*roles, *[""] * width][:width]:
        is_meant = role in ROLES and (role in SEVERAL or role not in checked)
        checked.append(role if is_meant else "")
    return Mapping(
        tuple(checked),
        date_style if date_style in STYLES else STYLES[0],
        decimal_mark if decimal_mark in MARKS else MARKS[0],
        flip,
        other_type.strip() or OTHER_TYPE,
    )


def _known(table: Table) -> tuple[str, ...] | None:
    names = [name.casefold() for name in table.header]
    classic = _EXPENSIFY_CLASSIC if "timestamp" in names else _EXPENSIFY
    form = {"xpenser": _OWN, "Expensify": classic, "Splitwise": _SPLITWISE}.get(sender(table))
    return None if form is None else tuple(form.get(name, "") for name in names)


def _guessed(table: Table) -> tuple[str, ...]:
    roles: list[str] = []
    for index, name in enumerate(table.header):
        role = _ROLE_BY_NAME.get(_NOT_LETTERS.sub("", name.casefold()), "")
        role = role or ("" if name else _by_content([record.cells[index : index + 1] for record in table.records]))
        roles.append(role if role in SEVERAL or role not in roles else "")
    return tuple(roles)


def _by_content(cells: Sequence[Sequence[str]]) -> str:
    said = [cell[0] for cell in cells[:_LOOKED_AT] if cell and cell[0].strip()]
    if said and all(_is_day(cell, date_style(said)) for cell in said):
        return "date"
    if said and all(_is_amount(cell, decimal_mark(said)) for cell in said):
        return "amount"
    return "notes" if said else ""


def _is_day(cell: str, style: str) -> bool:
    try:
        read_day(cell, style=style)
    except ValueError:
        return False
    return True


def _is_amount(cell: str, mark: str) -> bool:
    try:
        read_amount(cell, mark=mark)
    except ValueError:
        return False
    return True


def _is_flipped(table: Table, roles: Sequence[str], mark: str) -> bool:
    """Tell whether most amounts are below zero, as a bank writes what was spent."""
    if "income" in roles or sender(table):
        return False
    amounts = [read_amount(cell, mark=mark) for cell in _cells(table, roles, ("amount",)) if _is_amount(cell, mark)]
    return sum(amount < 0 for amount in amounts) * 2 > len(amounts)


def _cells(
    table: Table, roles: Sequence[str], wanted: Sequence[str], *, most: int | None = _LOOKED_AT
) -> Iterable[str]:
    places = [index for index, role in enumerate(roles) if role in wanted]
    for record in islice(table.records, most):
        yield from (record.cells[place] for place in places if place < len(record.cells))
