from accounts.selectors import Account
from expenses.selectors import TimerRow, timer_row
from tests.cast import NOON, spend


def test_it_works(alice: Account) -> None:
    row = spend(alice, "time start clientx")

    assert timer_row(user_id=alice.id) == TimerRow(row.id, "time", "clientx", NOON)


def test_where_none_runs(alice: Account, bob: Account) -> None:
    spend(bob, "time start clientx")
    spend(alice, "time start clientx")
    spend(alice, "time stop")

    assert timer_row(user_id=alice.id) is None
