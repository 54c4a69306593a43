from typing import Any

import pytest

from xpenser.database import share_connections

pytestmark = pytest.mark.once


@pytest.mark.parametrize(("most", "size"), [(20, 20), (1, 1), (0, 1)])
def test_postgresql_gets_a_pool(most: int, size: int) -> None:
    database: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": None, "OPTIONS": {"sslmode": "require"},
    }  # fmt: skip

    share_connections(database, most=most)

    assert database["CONN_MAX_AGE"] == 0
    assert database["OPTIONS"] == {
        "sslmode": "require", "pool": {"min_size": 1, "max_size": size, "timeout": 5.0},
    }  # fmt: skip


def test_sqlite_stays_as_it_is() -> None:
    database: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "CONN_MAX_AGE": None, "OPTIONS": {}}

    share_connections(database, most=20)

    assert database == {"ENGINE": "django.db.backends.sqlite3", "CONN_MAX_AGE": None, "OPTIONS": {}}
