"""A ledger to measure on: one owner, any number of expenses, made by SQL in seconds."""

from datetime import UTC, datetime

from django.db import connection, transaction

from accounts import selectors as accounts
from accounts.selectors import Account
from bench import EMAIL, PASSWORD
from expenses import services

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TYPES = ("lunch", "Travel: Taxi", "Web Software Rental", "dinner")
NOTES = ("with jack", "office to airport", "Endicia.com - US Mail Shipments Conf 188055", "", "café, pier")
TAGS = ("personal", "cash", "clientx", "CPAP.com")

_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)"
_DATE = {
    "sqlite": "datetime('2010-01-01', '+' || (n * 37 %% 5000000) || ' minutes')",
    "postgresql": "timestamptz '2010-01-01 00:00:00+00' + (n::bigint * 37 %% 5000000) * interval '1 minute'",
}


@transaction.atomic
def ledger_make(count: int, *, email: str = EMAIL) -> Account:
    """Open an account with ``count`` expenses, a tag on every second of them, and return it."""
    services.account_open(email=email, password=PASSWORD, now=NOW)
    owner = accounts.account(email=email)
    for name in TYPES:
        services.type_set(user_id=owner.id, name=name, now=NOW)
    tags = [services.tag_create(user_id=owner.id, name=name, now=NOW).id for name in TAGS]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM reports_report WHERE user_id = %s", [owner.id])
        (report_id,) = cursor.fetchone()
        cursor.execute(
            f"{_NUMBERS} INSERT INTO expenses_expense (user_id, report_id, status, type, type_key, amount, raw_amount,"
            " unit, notes, notes_key, sourceid, date, created, modified)"
            f" SELECT %s, %s, 1, {_choice(TYPES)}, lower({_choice(TYPES)}), (n %% 90000) * 10 + 1000,"
            f" (n %% 90000) * 10 + 1000, '', {_choice(NOTES)}, lower({_choice(NOTES)}), 'SP-1-' || n,"
            f" {_DATE[connection.vendor]}, 1260000000000000 + n, 1260000000000000 + n FROM numbers",
            [count, owner.id, report_id],
        )
        cursor.execute(
            "INSERT INTO expenses_expensetag (user_id, expense_id, tag_id)"
            f" SELECT user_id, id, {tags[0]} + id %% {len(tags)} FROM expenses_expense"
            " WHERE user_id = %s AND id %% 2 = 0",
            [owner.id],
        )
    return owner


def _choice(texts: tuple[str, ...]) -> str:
    cases = " ".join(f"WHEN {place} THEN '{text}'" for place, text in enumerate(texts))
    return f"CASE n %% {len(texts)} {cases} END"
