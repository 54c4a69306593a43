import os
from typing import Any

import pytest
from django.db import connection

from tests.cast import open_account, spend
from tests.live import on_postgresql
from xpenser.database import share_connections, with_our_options

ENGINE = "xpenser.postgresql"
OURS = "-c datestyle=ISO -c cursor_tuple_fraction=1 -c jit=off"


@pytest.mark.once
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"options": OURS}),
        (
            {"sslmode": "require", "options": "-c search_path=x"},
            {"sslmode": "require", "options": f"-c search_path=x {OURS}"},
        ),
    ],
)
def test_what_is_said_at_the_start_of_a_connection(before: dict[str, str], after: dict[str, str]) -> None:
    assert with_our_options({"NAME": "x", "OPTIONS": before}) == {"NAME": "x", "ENGINE": ENGINE, "OPTIONS": after}
    assert with_our_options({}) == {"ENGINE": ENGINE, "OPTIONS": {"options": OURS}}


@pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="SQLite has one form")
@pytest.mark.django_db(transaction=True)
def test_a_server_that_writes_dates_its_own_way() -> None:
    name = connection.settings_dict["NAME"]
    on_postgresql(f"ALTER DATABASE {name} SET datestyle TO German")
    connection.close()  # what is open keeps the form it began with
    try:
        assert spend(open_account("carol@example.com"), "lunch 45 date 2010-08-31 05:14").date == "2010-08-31 05:14:00"
    finally:
        on_postgresql(f"ALTER DATABASE {name} RESET datestyle")


@pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="SQLite has no such settings")
@pytest.mark.django_db
@pytest.mark.parametrize(("setting", "value"), [("cursor_tuple_fraction", "1"), ("jit", "off")])
def test_how_questions_are_planned(setting: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")

        assert cursor.fetchone() == (value,)


@pytest.mark.once
@pytest.mark.parametrize(("most", "size"), [(20, 20), (1, 1), (0, 1)])
def test_postgresql_gets_a_pool(most: int, size: int) -> None:
    database: dict[str, Any] = {
        "ENGINE": ENGINE, "CONN_MAX_AGE": None, "OPTIONS": {"sslmode": "require"},
    }  # fmt: skip

    standby = dict(database)

    share_connections({"default": database, "standby": standby}, most=most)

    assert database["CONN_MAX_AGE"] == standby["CONN_MAX_AGE"] == 0
    pool = {"min_size": 1, "max_size": size}
    assert database["OPTIONS"] == {"sslmode": "require", "pool": {**pool, "timeout": 5.0, "reconnect_timeout": 5.0}}
    assert standby["OPTIONS"] == {"sslmode": "require", "pool": {**pool, "timeout": 1.0, "reconnect_timeout": 1.0}}


@pytest.mark.once
def test_sqlite_stays_as_it_is() -> None:
    database: dict[str, Any] = {"ENGINE": "xpenser.sqlite", "CONN_MAX_AGE": None, "OPTIONS": {}}

    share_connections({"default": database}, most=20)

    assert database == {"ENGINE": "xpenser.sqlite", "CONN_MAX_AGE": None, "OPTIONS": {}}
