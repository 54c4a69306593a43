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
from expenses.selectors.rates import RATE_PLACES, RateRow, currency_rate
from expenses.selectors.receipts import ReceiptNotFound, ReceiptRow, receipt_owner, receipt_row, receipt_rows
from expenses.selectors.rows import ExpenseNotFound, expense_row, expense_rows

__all__ = [
    "RATE_PLACES",
    "AmountBound",
    "CategoryNotFound",
    "CategoryRow",
    "DateBound",
    "ExpenseFilter",
    "ExpenseNotFound",
    "InstantBound",
    "Operator",
    "RateRow",
    "ReceiptNotFound",
    "ReceiptRow",
    "TagNotFound",
    "category_row",
    "category_rows",
    "currency_rate",
    "expense_row",
    "expense_rows",
    "receipt_owner",
    "receipt_row",
    "receipt_rows",
    "tag_row",
    "tag_rows",
]
