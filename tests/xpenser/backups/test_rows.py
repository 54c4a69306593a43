"""Whatever a column holds comes back: after the way through JSON a statement is given what Django would give it."""

import json
from datetime import UTC
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection, models
from django.test.utils import isolate_apps
from hypothesis import given, settings
from hypothesis import strategies as st
from oauth2_provider.models import AccessToken

from access.models import UsedCode
from accounts.models import User
from expenses.models import Expense, IdempotencyKey, Receipt, ServerZone
from reports.models import Report
from xpenser.backups.rows import kept, line, plain, tables

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=9,
)
VALUES: list[tuple[Any, str, st.SearchStrategy[Any]]] = [
    (Expense, "id", st.integers(1, 2**63 - 1)),
    (Expense, "user", st.integers(1, 2**63 - 1)),
    (Expense, "notes", st.text()),
    (Expense, "amount", st.decimals(-(10**15), 10**15, places=3)),
    (Expense, "rate", st.none() | st.decimals(0, 10**5, places=12)),
    (Expense, "date", st.datetimes()),
    (Expense, "modified", st.datetimes(timezones=st.just(UTC))),
    (User, "last_login", st.none() | st.datetimes(timezones=st.just(UTC))),
    (User, "is_active", st.booleans()),
    (Report, "name", st.text()),
    (Receipt, "size", st.integers(0, 2**63 - 1)),
    (IdempotencyKey, "body", st.binary()),
    (UsedCode, "family", st.uuids()),
    (AccessToken, "resource", st.none() | st.lists(st.text())),
    (ServerZone, "zone", st.text()),
]


@pytest.mark.parametrize(
    ("table", "name", "values"), VALUES, ids=[f"{table.__name__}.{name}" for table, name, _ in VALUES]
)
def test_it_works(table: Any, name: str, values: st.SearchStrategy[Any]) -> None:
    field = table._meta.get_field(name)

    @settings(max_examples=30)
    @given(values)
    def the_way_through_json_changes_nothing(value: Any) -> None:
        written = line([plain(field, value)])
        assert written.count(b"\n") == 1

        (read,) = json.loads(written)

        expected = field.get_db_prep_save(value, connection)
        assert comparable(kept(field, read, using="default")) == comparable(expected)

    the_way_through_json_changes_nothing()


@settings(max_examples=30)
@given(JSON)
def test_json(value: Any) -> None:
    field = Authenticator._meta.get_field("data")

    (read,) = json.loads(line([plain(field, value)]))

    assert comparable(kept(field, read, using="default")) == comparable(field.get_db_prep_save(value, connection))


@isolate_apps("expenses")
def test_a_table_that_two_models_show_is_there_once() -> None:
    class Kept(models.Model):
        class Meta:
            app_label = "expenses"

    class Shown(Kept):
        class Meta:
            app_label = "expenses"
            proxy = True

    assert Shown._meta.db_table == Kept._meta.db_table
    assert tables(Kept._meta.apps) == [Kept]


def comparable(parameter: Any) -> Any:
    """Return what two parameters can be told apart by: some drivers' are only themselves."""
    if isinstance(parameter, memoryview):
        return bytes(parameter)
    return getattr(parameter, "obj", parameter)
