"""What a person is refused, in words that may be shown."""

from collections.abc import Mapping
from typing import Final

from django.forms import Form

from expenses import services
from expenses.grammar import GrammarError
from expenses.images import BadReceipt
from expenses.money import AmountTooLarge
from expenses.selectors import ExpenseNotFound
from reports.selectors import ReportNotFound
from web.telling import told

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
"""What the ledger may refuse of what was typed."""


def refuse(form: Form, refusal: Exception, fields: Mapping[type[Exception], str]) -> None:
    """Say a refusal beside the field that it is about. ``fields`` names that for its class, or one it comes from."""
    form.add_error(next(field for kind, field in fields.items() if isinstance(refusal, kind)), told(refusal))
