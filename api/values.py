"""From the text of a parameter to the value it means. Each raises BadParameter where it means none."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar, cast

from api.parameters import BadParameter, Parameters
from expenses.dates import BadDate, read_date
from expenses.money import LIMIT
from expenses.selectors import AmountBound, DateBound, ExpenseFilter, InstantBound, Operator
from reports.selectors import ReportNotFound, report_default, report_named, report_row

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})")
_ID: Final = re.compile(r"[0-9]{1,18}")
_OPERATORS: Final = {"": "exact", "eq": "exact", "exact": "exact", "lt": "lt", "lte": "lte", "gt": "gt", "gte": "gte"}
_EXACT_ONLY: Final = ("report", "type", "notes", "tags", "status")
# The documentation's own sample lost an ampersand (wire §1.2 "Oddities").
_LOST_AMPERSAND: Final = re.compile(r"([0-9]{1,18})tags=(.+)", re.DOTALL)


Value = TypeVar("Value")
Bound = TypeVar("Bound")


class UnknownReference(ValueError):
    """A parameter names something that the person does not have. The message may be shown."""


def read_amount(name: str, text: str) -> Decimal:
    """Return a plain decimal number; its size is the ledger's business."""
    if not _NUMBER.fullmatch(text.strip()):
        raise BadParameter(name, text, "a number like 12.50 is wanted")
    return Decimal(text.strip())


def read_day(name: str, text: str) -> date:
    """Return a date, or a datetime where a time of day was given, in any form of wire §1.3."""
    try:
        return read_date(text.strip())
    except BadDate:
        raise BadParameter(name, text, "a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted") from None


def read_operator(parameters: Parameters, name: str) -> Operator:
    """Return how ``name`` is to be compared, as ``<name>_op`` says."""
    name_of_operator = f"{name}_op"
    text = parameters.get(name_of_operator) or ""
    if text not in _OPERATORS:
        raise BadParameter(name_of_operator, text, "one of lt, lte, gt, gte, exact is wanted")
    return cast("Operator", _OPERATORS[text])


def _check_exact(parameters: Parameters, name: str) -> None:
    """Refuse another comparison than equality: to leave it out would answer a question that was not asked."""
    name_of_operator = f"{name}_op"
    text = parameters.get(name_of_operator) or ""
    if _OPERATORS.get(text) != "exact":
        raise BadParameter(name_of_operator, text, f"{name} can be compared by exact only")


def read_report(name: str, text: str, *, user_id: int) -> int:
    """Return the id of the person's report with this id, or else with this exact name. Raises UnknownReference."""
    if _ID.fullmatch(text):
        with suppress(ReportNotFound):  # "2010" may be a name
            return report_row(user_id=user_id, report_id=int(text)).id
    try:
        return report_named(user_id=user_id, name=text).id
    except ReportNotFound:
        message = f"{name} {text[:60]!r}: no report of yours has this id or name"
        raise UnknownReference(message) from None


def read_filter(parameters: Parameters, *, user_id: int) -> ExpenseFilter:
    """Return which expenses a list asks for (wire §1.1, §1.2). Parameters that are empty or unknown ask nothing."""
    for name in _EXACT_ONLY:
        _check_exact(parameters, name)
    report, tags = parameters.given("report"), [tag for tag in parameters.all("tags") if tag.strip()]
    if report and (lost := _LOST_AMPERSAND.fullmatch(report)):
        report, tags = lost[1], [lost[2], *tags]
    return ExpenseFilter(
        report_id=_report_id(report, user_id),
        type=parameters.given("type"),
        notes=parameters.get("notes") or None,
        amount=_bound(parameters, "amount", _read_limit, AmountBound),
        date=_bound(parameters, "date", read_day, DateBound),
        created=_bound(parameters, "created", read_day, InstantBound),
        modified=_bound(parameters, "modified", read_day, InstantBound),
        tags=tuple(tag.strip().removeprefix("#") for tag in tags),
        with_deleted=parameters.given("status") == "all",
    )


def _read_limit(name: str, text: str) -> Decimal:
    """Return an amount to compare with: what is larger than any amount is as good as the largest."""
    return max(-LIMIT, min(LIMIT, read_amount(name, text)))


def _bound(
    parameters: Parameters,
    name: str,
    read: Callable[[str, str], Value],
    bound: Callable[[Operator, Value], Bound],
) -> Bound | None:
    operator = read_operator(parameters, name)
    text = parameters.given(name)
    return None if text is None else bound(operator, read(name, text))


def _report_id(text: str | None, user_id: int) -> int | None:
    if text is None:
        return report_default(user_id=user_id).id
    return None if text == "*" else read_report("report", text, user_id=user_id)
