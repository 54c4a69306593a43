"""Rows for the tests of exports: one by hand, and any at all."""

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from expenses.exports.row import Costly, ExpenseRow, TagRow

LUNCH = ExpenseRow(
    id=676,
    status=1,
    user_id=7,
    report_id=54,
    report="Trip to Berlin",
    type="Lunch",
    category_id=36675,
    category="Meals",
    amount=45_000,
    raw_amount=45_000,
    unit="",
    rate="",
    notes="with jack",
    sourceid="",
    date="2010-05-21 12:30:00",
    created="2010-05-21 19:30:01",
    modified="2010-05-22 08:00:00",
    receipt_id=None,
    receipt_image="",
    tags=(),
)


NUMBERS = ("category_id", "receipt_id")


def unread(row: ExpenseRow, names: Iterable[Costly]) -> ExpenseRow:
    """The row with these fields as a question leaves them that does not read them."""
    empty: dict[str, Any] = {name: None if name in NUMBERS else "" for name in names}
    return row._replace(**empty)


def tags(*names: str) -> tuple[TagRow, ...]:
    return tuple(TagRow(1_000_000_001 + number, name) for number, name in enumerate(names))


# What starts, separates and ends things in CSV, QIF and spreadsheets comes up far more often than by chance.
_sharp = st.sampled_from(
    [*"=+-@\t\r\n'\"#,;:/|[]^!\\ ", "\r\n", "''", '""', "\x85", "\u2028", "\ufeff", "é", "🍜", "א"]
)
# No text in the ledger holds NUL, and none holds half a surrogate pair.
_any = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
texts = st.lists(_sharp | _any, max_size=12).map("".join)
names = texts.filter(bool)
_times = st.datetimes().map(lambda time: time.isoformat(" ", "seconds"))
_thousandths = st.integers(-(10**18) + 1, 10**18 - 1) | st.integers(-2000, 2000)

rows = st.builds(
    ExpenseRow,
    id=st.integers(1, 2**63 - 1),
    status=st.sampled_from([1, -1]),
    user_id=st.just(7),
    report_id=st.integers(1, 2**63 - 1),
    report=names,
    type=names,
    category_id=st.none(),
    category=texts,
    amount=_thousandths,
    raw_amount=_thousandths,
    unit=texts,
    rate=st.sampled_from(["", "0", "0.585", "45", "123456.12345678"]),
    notes=texts,
    sourceid=texts,
    date=_times,
    created=_times,
    modified=_times,
    receipt_id=st.none(),
    receipt_image=texts,
    tags=st.lists(texts, max_size=4).map(lambda all_names: tags(*all_names)),
)
