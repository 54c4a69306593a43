"""Questions about the ledger. Answers are values, never models."""

from expenses.selectors.filters import AmountBound, DateBound, ExpenseFilter, InstantBound, Operator
from expenses.selectors.labels import (
    CategoryNotFound,
    CategoryRow,
    TagNotFound,
    category_row,
    category_rows,
    tag_row,
    tag_rows,
)
from expenses.selectors.ledger import (
    BadPosition,
    LedgerRow,
    Page,
    Position,
    Total,
    ledger_page,
    ledger_row,
    ledger_total,
    ledger_totals_by_day,
    ledger_totals_by_report,
    position_read,
)
from expenses.selectors.rates import RATE_PLACES, RateRow, currency_rate
from expenses.selectors.receipts import (
    ReceiptNotFound,
    ReceiptRow,
    expense_receipts,
    receipt_owner,
    receipt_row,
    receipt_rows,
)
from expenses.selectors.reports import (
    FiledReport,
    FiledType,
    Sheet,
    filed_report,
    filed_reports,
    filed_types,
    report_receipts,
    report_sheet,
)
from expenses.selectors.rows import ExpenseNotFound, expense_row, expense_rows
from expenses.selectors.searching import LedgerFilter
from expenses.selectors.suggestions import tags_suggested, types_suggested
from expenses.selectors.timers import TimerRow, timer_row

__all__ = [
    "RATE_PLACES",
    "AmountBound",
    "BadPosition",
    "CategoryNotFound",
    "CategoryRow",
    "DateBound",
    "ExpenseFilter",
    "ExpenseNotFound",
    "FiledReport",
    "FiledType",
    "InstantBound",
    "LedgerFilter",
    "LedgerRow",
    "Operator",
    "Page",
    "Position",
    "RateRow",
    "ReceiptNotFound",
    "ReceiptRow",
    "Sheet",
    "TagNotFound",
    "TimerRow",
    "Total",
    "category_row",
    "category_rows",
    "currency_rate",
    "expense_receipts",
    "expense_row",
    "expense_rows",
    "filed_report",
    "filed_reports",
    "filed_types",
    "ledger_page",
    "ledger_row",
    "ledger_total",
    "ledger_totals_by_day",
    "ledger_totals_by_report",
    "position_read",
    "receipt_owner",
    "receipt_row",
    "receipt_rows",
    "report_receipts",
    "report_sheet",
    "tag_row",
    "tag_rows",
    "tags_suggested",
    "timer_row",
    "types_suggested",
]
