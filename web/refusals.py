"""What the ledger may refuse, in words that may be shown."""

from typing import Final

from expenses import services
from expenses.grammar import GrammarError
from expenses.images import BadReceipt
from expenses.money import AmountTooLarge
from expenses.selectors import ExpenseNotFound
from reports.selectors import ReportNotFound

REFUSALS: Final = (
    AmountTooLarge,
    BadReceipt,
    ExpenseNotFound,
    GrammarError,
    ReportNotFound,
    services.AmountMissing,
    services.BadRate,
    services.BadTagName,
    services.BadType,
    services.NotesTooLong,
    services.RateMissing,
    services.ReportClosed,
    services.TimerNotRunning,
    services.TooManyReceipts,
    services.TooManyTags,
)
