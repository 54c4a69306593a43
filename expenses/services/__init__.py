"""What may be done to the ledger. Doors call these; everything else in this package is theirs."""

from expenses.services.accounts import (
    CurrencyFixed,
    ServerZoneFixed,
    account_close,
    account_open,
    account_open_invited,
    base_currency_set,
    server_zone_settle,
)
from expenses.services.expenses import (
    ExpenseChanged,
    expense_create,
    expense_delete,
    expense_update,
)
from expenses.services.fields import (
    AmountMissing,
    ExpenseFields,
)
from expenses.services.folders import (
    NoSuchStep,
    report_create,
    report_delete,
    report_step,
    report_update,
)
from expenses.services.idempotency import (
    Answer,
    BadKey,
    KeyReused,
    answer_once,
)
from expenses.services.pricing import (
    BadRate,
    RateMissing,
)
from expenses.services.rates import (
    NoSuchRate,
    SameCurrency,
    currency_rate_remove,
    currency_rate_set,
    reference_rates_load,
)
from expenses.services.receipts import (
    TooManyReceipts,
    receipt_make_first,
    receipt_remove,
    receipt_turn,
    receipts_add,
)
from expenses.services.several import (
    expenses_delete,
    expenses_move,
    expenses_restore,
    expenses_tag,
)
from expenses.services.storing import (
    BadType,
    NotesTooLong,
    ReportClosed,
)
from expenses.services.tags import (
    BadTagName,
    TagNameTaken,
    TooManyTags,
    tag_create,
    tag_delete,
    tag_merge,
    tag_rename,
)
from expenses.services.text import (
    NotNew,
    Preview,
    TimerNotRunning,
    expense_create_from_text,
    expense_preview,
)
from expenses.services.types import (
    BadCategoryName,
    BadUnit,
    CategoryNameTaken,
    TypeNameTaken,
    category_create,
    category_delete,
    category_rename,
    type_merge,
    type_rename,
    type_set,
)

__all__ = [
    "AmountMissing",
    "Answer",
    "BadCategoryName",
    "BadKey",
    "BadRate",
    "BadTagName",
    "BadType",
    "BadUnit",
    "CategoryNameTaken",
    "CurrencyFixed",
    "ExpenseChanged",
    "ExpenseFields",
    "KeyReused",
    "NoSuchRate",
    "NoSuchStep",
    "NotNew",
    "NotesTooLong",
    "Preview",
    "RateMissing",
    "ReportClosed",
    "SameCurrency",
    "ServerZoneFixed",
    "TagNameTaken",
    "TimerNotRunning",
    "TooManyReceipts",
    "TooManyTags",
    "TypeNameTaken",
    "account_close",
    "account_open",
    "account_open_invited",
    "answer_once",
    "base_currency_set",
    "category_create",
    "category_delete",
    "category_rename",
    "currency_rate_remove",
    "currency_rate_set",
    "expense_create",
    "expense_create_from_text",
    "expense_delete",
    "expense_preview",
    "expense_update",
    "expenses_delete",
    "expenses_move",
    "expenses_restore",
    "expenses_tag",
    "receipt_make_first",
    "receipt_remove",
    "receipt_turn",
    "receipts_add",
    "reference_rates_load",
    "report_create",
    "report_delete",
    "report_step",
    "report_update",
    "server_zone_settle",
    "tag_create",
    "tag_delete",
    "tag_merge",
    "tag_rename",
    "type_merge",
    "type_rename",
    "type_set",
]
