"""What the tests of the classic API look up behind its doors."""

from accounts.selectors import Account
from expenses.exports.row import ExpenseRow
from expenses.selectors import ExpenseFilter, expense_rows


def entries(owner: Account) -> list[ExpenseRow]:
    """What was recorded beside the sample expense, oldest first, deleted ones too."""
    rows = expense_rows(user_id=owner.id, matching=ExpenseFilter(with_deleted=True))
    return [row for row in rows if row.type != "Sample Expense"]
