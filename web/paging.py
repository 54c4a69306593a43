"""Pages of the ledger, as links lead to them."""

from accounts.selectors import Account
from expenses.selectors import BadPosition, LedgerFilter, Page, Position, ledger_page, position_read


def page_at(
    person: Account, matching: LedgerFilter, *, after: str, before: str, limit: int, start: Position | None = None
) -> Page:
    """Return the rows after or before a place, "" where a link names none.

    Without one, or where it is no place, those before ``start``; without that the newest.
    """
    try:
        return ledger_page(
            user_id=person.id, matching=matching, limit=limit,
            after=position_read(after) if after else None,
            before=None if after else position_read(before) if before else start,
        )  # fmt: skip
    except BadPosition:
        return ledger_page(user_id=person.id, matching=matching, limit=limit, before=start)
