"""What a person will probably type: his own types and tags, those first that he uses most of late."""

from typing import Final

from django.db import connection

from accounts.names import lookup_key
from expenses.selectors.searching import POSITION

LATELY: Final = 1000
"""How many of the newest expenses say what is used: the whole history would cost more, and tell what was."""

_LATELY = (
    "WITH lately AS (SELECT e.id, e.type_key FROM expenses_expense e WHERE e.user_id = %s AND e.status = 1"
    " ORDER BY e.date DESC, e.id DESC LIMIT %s)"
)
_TYPES = f"""{_LATELY}, uses AS (SELECT type_key AS used, count(*) AS times FROM lately GROUP BY type_key)
SELECT n.name FROM expenses_expensetype n LEFT JOIN uses ON uses.used = n.name_key"""
_TAGS = f"""{_LATELY}, uses AS (
    SELECT l.tag_id AS used, count(*) AS times
    FROM lately JOIN expenses_expensetag l ON l.expense_id = lately.id GROUP BY l.tag_id
)
SELECT n.name FROM expenses_tag n LEFT JOIN uses ON uses.used = n.id"""


def types_suggested(*, user_id: int, prefix: str = "", limit: int = 20) -> list[str]:
    """Return a person's types that begin with ``prefix``, in any case: used lately first, then by name."""
    return _suggested(_TYPES, user_id, prefix, limit)


def tags_suggested(*, user_id: int, prefix: str = "", limit: int = 20) -> list[str]:
    """Return the same of his tags."""
    return _suggested(_TAGS, user_id, prefix, limit)


def _suggested(question: str, user_id: int, prefix: str, limit: int) -> list[str]:
    key = lookup_key(prefix)
    if key is None:  # no name begins so, and PostgreSQL takes no NUL
        return []
    begins = f"{POSITION[connection.vendor]}(n.name_key, %s) = 1"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{question} WHERE n.user_id = %s AND {begins} ORDER BY COALESCE(times, 0) DESC, n.name_key LIMIT %s",
            [user_id, LATELY, user_id, key, limit],
        )
        return [name for (name,) in cursor.fetchall()]
