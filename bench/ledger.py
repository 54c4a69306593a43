"""A ledger to measure on: one owner or a thousand, any number of expenses, made by SQL in seconds."""

from datetime import UTC, datetime

from django.db import connection, transaction

from accounts import selectors as accounts
from accounts.selectors import Account
from bench import EMAIL, PASSWORD
from expenses import services

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HEAVY = 100_000
"""Expenses that one owner of many has, if there are so many."""
TYPES = ("lunch", "Travel: Taxi", "Web Software Rental", "dinner")
NOTES = ("with jack", "office to airport", "Endicia.com - US Mail Shipments Conf 188055", "", "café, pier")
TAGS = ("personal", "cash", "clientx", "CPAP.com")

_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)"
_DATE = {
    "sqlite": "datetime('2010-01-01', '+' || (n * 37 %% 5000000) || ' minutes')",
    "postgresql": "timestamptz '2010-01-01 00:00:00+00' + (n * 37 %% 5000000) * interval '1 minute'",
}
_SETTINGS = "zone, currency, hourly_rate, mileage_unit"
_PERSON = f"password, is_superuser, {_SETTINGS}, password_is_enough, is_active, is_staff, created"


@transaction.atomic
def ledger_make(count: int, *, email: str = EMAIL) -> Account:
    """Open an account with ``count`` expenses, a tag on every second of them, and return it."""
    owner, tags = _opened(email)
    _fill(count, str(owner.id), str(_report_of(owner.id)))
    _tag(owner.id, tags)
    return owner


@transaction.atomic
def crowd_make(count: int, owners: int) -> Account:
    """Open ``owners`` accounts with ``count`` expenses, and return the first.

    His are HEAVY of them, or all where there are fewer or nobody else; they lie scattered among those of the
    others, as they would have come.
    """
    owner, tags = _opened(EMAIL)
    heavy = count if owners == 1 else min(count, HEAVY)
    report_id = _report_of(owner.id)
    if owners == 1:
        _fill(count, str(owner.id), str(report_id))
    else:
        first, first_report = _others(owner.id, owners - 1)
        is_his, turn = f"n * {heavy} / {count} > (n - 1) * {heavy} / {count}", f"n %% {owners - 1}"
        _fill(
            count,
            f"CASE WHEN {is_his} THEN {owner.id} ELSE {first} + {turn} END",
            f"CASE WHEN {is_his} THEN {report_id} ELSE {first_report} + {turn} END",
        )
    _tag(owner.id, tags)
    return owner


def _opened(email: str) -> tuple[Account, list[int]]:
    services.account_open(email=email, password=PASSWORD, now=NOW)
    owner = accounts.account(email=email)
    for name in TYPES:
        services.type_set(user_id=owner.id, name=name, now=NOW)
    return owner, [services.tag_create(user_id=owner.id, name=name, now=NOW).id for name in TAGS]


def _others(owner_id: int, count: int) -> tuple[int, int]:
    """Open ``count`` accounts like the owner's; return the ids of the first person and the first report of theirs.

    Both count on without a gap. By hand, since to hash a thousand passwords takes a minute.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_NUMBERS} INSERT INTO accounts_user (email, email_key, {_PERSON})"
            f" SELECT 'owner' || n || '@example.com', 'owner' || n || '@example.com', {_PERSON}"
            " FROM accounts_user, numbers WHERE id = %s ORDER BY n",
            [count, owner_id],
        )
        cursor.execute(
            "INSERT INTO expenses_clock (user_id, last) SELECT u.id, c.last FROM accounts_user u, expenses_clock c"
            " WHERE c.user_id = %s AND u.email LIKE 'owner%%'",
            [owner_id],
        )
        cursor.execute(
            "INSERT INTO reports_report (user_id, name, name_key, route_key, status, is_default, created, modified)"
            " SELECT u.id, r.name, r.name_key, r.route_key, r.status, r.is_default, r.created, r.modified"
            " FROM accounts_user u, reports_report r WHERE r.user_id = %s AND u.email LIKE 'owner%%' ORDER BY u.id",
            [owner_id],
        )
        cursor.execute("SELECT min(user_id), min(id) FROM reports_report WHERE user_id <> %s", [owner_id])
        first, first_report = cursor.fetchone()
        return first, first_report


def _report_of(owner_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM reports_report WHERE user_id = %s", [owner_id])
        (report_id,) = cursor.fetchone()
        return int(report_id)


def _fill(count: int, user: str, report: str) -> None:
    """Write expenses; ``user`` and ``report`` are SQL that says whose the n-th is. Each changed a second later."""
    moment = "1260000000000000 + n * 1000000"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_NUMBERS} INSERT INTO expenses_expense (user_id, report_id, status, type, type_key, amount, raw_amount,"
            " unit, notes, notes_key, sourceid, date, created, modified)"
            f" SELECT {user}, {report}, 1, {_choice(TYPES)}, lower({_choice(TYPES)}), (n %% 90000) * 10 + 1000,"
            f" (n %% 90000) * 10 + 1000, '', {_choice(NOTES)}, lower({_choice(NOTES)}), 'SP-1-' || n,"
            f" {_DATE[connection.vendor]}, {moment}, {moment} FROM numbers",
            [count],
        )


def _tag(owner_id: int, tags: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO expenses_expensetag (user_id, expense_id, tag_id)"
            f" SELECT user_id, id, {tags[0]} + id %% {len(tags)} FROM expenses_expense"
            " WHERE user_id = %s AND id %% 2 = 0",
            [owner_id],
        )


def _choice(texts: tuple[str, ...]) -> str:
    cases = " ".join(f"WHEN {place} THEN '{text}'" for place, text in enumerate(texts))
    return f"CASE n %% {len(texts)} {cases} END"
