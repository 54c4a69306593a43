"""What the owner's words mean: the part of his ledger that a text may speak of."""

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from accounts.names import name_key
from accounts.selectors import Account
from expenses import grammar
from expenses.selectors import RATE_PLACES
from expenses.services.pricing import KnownType
from reports.selectors import ReportRow
from reports.status import ROUTED


@dataclass(frozen=True, slots=True)
class Words:
    """What a text can refer to: types by ``name_key``, open reports by ``route_key``, and the default report.

    ``remembered`` are the keys of types that the owner's ledger has a row of; ``types`` has the built-in ones too.
    """

    types: dict[str, KnownType]
    remembered: frozenset[str]
    reports: dict[str, int]
    default_report: ReportRow

    def vocabulary(self, owner: Account) -> grammar.Vocabulary:
        """Return the same for the grammar, which knows no rates."""
        units = {key: known.unit for key, known in self.types.items()}
        return grammar.Vocabulary(base_currency=owner.currency, types=units, reports=self.reports)


def words_of(*, owner: Account, texts: Iterable[str]) -> Words:
    """Return what the words of ``texts`` mean to the owner; only these are looked up, all at once."""
    wanted = [grammar.lookups(text) for text in texts]
    reports, default_report = _reports(owner, frozenset().union(*(each.reports for each in wanted)))
    remembered = _types(owner, frozenset().union(*(each.types for each in wanted)))
    return Words(_built_in(owner) | remembered, frozenset(remembered), reports, default_report)


def known_types(*, owner: Account, names: set[str]) -> tuple[dict[str, KnownType], frozenset[str]]:
    """Return what is known of the types with these names, by ``name_key``, and which of them have a row."""
    remembered = _types(owner, {name_key(name) for name in names})
    return _built_in(owner) | remembered, frozenset(remembered)


def _built_in(owner: Account) -> dict[str, KnownType]:
    return {"time": KnownType("min"), "mileage": KnownType(owner.mileage_unit)}


def _types(owner: Account, keys: Set[str]) -> dict[str, KnownType]:
    """Return the types of the owner's ledger among ``keys``; a built-in one keeps its unit unless it was given one."""
    if not keys:  # nothing but tags was said
        return {}
    built_in = _built_in(owner)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name_key, unit, rate FROM expenses_expensetype"
            f" WHERE user_id = %s AND name_key IN ({', '.join(['%s'] * len(keys))})",
            [owner.id, *keys],
        )
        return {
            key: KnownType(
                unit or built_in.get(key, KnownType()).unit,
                None if rate is None else Decimal(rate).scaleb(-RATE_PLACES),
            )
            for key, unit, rate in cursor.fetchall()
        }


def _reports(owner: Account, keys: Set[str]) -> tuple[dict[str, int], ReportRow]:
    """Return the ids of the reports that free text can name with ``keys``, and the default report."""
    named = f" OR route_key IN ({', '.join(['%s'] * len(keys))})" if keys else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name, status, is_default, route_key, name_key FROM reports_report"
            f" WHERE user_id = %s AND (is_default{named})",
            [owner.id, *keys],
        )
        found = cursor.fetchall()
    default_report = next(ReportRow(row[0], row[1], row[2], is_default=True) for row in found if row[3])
    routed = [(row[4], row[5], row[0]) for row in found if row[2] in ROUTED and row[4] in keys]
    # "Client X" and "Client  X" are two reports: #clientx names neither. Beside "ClientX" it is that one's very name.
    times = Counter(key for key, _, _ in routed)
    return {key: report_id for key, name, report_id in routed if times[key] == 1 or name == key}, default_report
