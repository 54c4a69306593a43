"""Questions about reports."""

import pytest

from accounts.selectors import Account
from reports import services
from reports.selectors import ReportNotFound, ReportRow, report_default, report_named, report_row, report_rows
from reports.status import CLOSED, Status
from tests.cast import NOON


def create(owner: Account, name: str, status: Status = Status.ACTIVE) -> ReportRow:
    return services.report_create(user_id=owner.id, name=name, now=NOON, status=status)


def test_it_works(alice: Account, bob: Account) -> None:
    default = report_default(user_id=alice.id)
    paid = create(alice, "Zürich", Status.PAID)
    active = create(alice, "Athens")
    create(bob, "Berlin")

    assert report_rows(user_id=alice.id) == [
        ReportRow(default.id, "My Expenses", "U", is_default=True),
        ReportRow(paid.id, "Zürich", "P", is_default=False),
        ReportRow(active.id, "Athens", "U", is_default=False),
    ]
    assert report_rows(user_id=alice.id, statuses=CLOSED) == [paid]
    assert report_rows(user_id=alice.id, statuses=frozenset()) == []


def test_one(alice: Account) -> None:
    made = create(alice, "Client X")

    assert report_row(user_id=alice.id, report_id=made.id) == ReportRow(made.id, "Client X", "U", is_default=False)


def test_one_of_somebody_else(alice: Account, bob: Account) -> None:
    theirs = create(bob, "Client X")

    with pytest.raises(ReportNotFound) as caught:
        report_row(user_id=alice.id, report_id=theirs.id)

    assert str(caught.value) == f"report '{theirs.id}': no report of yours has this id or name"


@pytest.mark.parametrize("report_id", [0, -1, 10**18, 10**30])
def test_no_such_id(alice: Account, report_id: int) -> None:
    with pytest.raises(ReportNotFound):
        report_row(user_id=alice.id, report_id=report_id)


@pytest.mark.parametrize("name", ["Straße", "STRASSE", " strasse ", "ｓｔｒａßｅ"])
def test_by_name(alice: Account, name: str) -> None:
    made = create(alice, "Straße")

    assert report_named(user_id=alice.id, name=name) == made


@pytest.mark.parametrize("name", ["", "Client", "ClientX", "Berlin", "x" * 99_999])
def test_no_such_name(alice: Account, bob: Account, name: str) -> None:
    create(alice, "Client X")
    create(bob, "Berlin")

    with pytest.raises(ReportNotFound):
        report_named(user_id=alice.id, name=name)


@pytest.mark.parametrize(
    ("status", "is_closed"), [("U", False), ("S", True), ("A", True), ("R", False), ("P", True), ("X", True)]
)
def test_closed(status: str, *, is_closed: bool) -> None:
    assert ReportRow(1, "Client X", status, is_default=False).is_closed is is_closed
