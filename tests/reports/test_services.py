"""What may be done to a report as such."""

from datetime import timedelta

import pytest

from accounts.selectors import Account
from reports import services
from reports.models import Report
from reports.selectors import ReportNotFound, ReportRow, report_default, report_row, report_rows
from reports.services import BadReportName, DefaultReportNeeded, ReportNameTaken, ReportNotOpen
from reports.status import Status
from tests.cast import NOON

LATER = NOON + timedelta(hours=1)
BAD_NAMES = ["", " ", "x" * 201, "a\nb", "a\tb", "a\0b", "a\x9fb", "a\u2028b", "\ufdfa" * 200]


def create(owner: Account, name: str = "Client X", status: Status = Status.ACTIVE) -> ReportRow:
    return services.report_create(user_id=owner.id, name=name, now=NOON, status=status)


def test_it_works(alice: Account) -> None:
    made = create(alice, "  Client  X ")

    assert made == ReportRow(made.id, "Client  X", "U", is_default=False)
    stored = Report.objects.get(pk=made.id)
    assert (stored.name_key, stored.route_key, stored.created, stored.modified) == ("client  x", "clientx", NOON, NOON)


@pytest.mark.parametrize("name", ["x" * 200, "ß" * 200, "👨\u200d👩\u200d👧", "مى\u200cخواهم", "#1"])
def test_names(alice: Account, name: str) -> None:
    assert create(alice, name).name == name


@pytest.mark.parametrize("name", BAD_NAMES)
def test_bad_names(alice: Account, name: str) -> None:
    with pytest.raises(BadReportName) as caught:
        create(alice, name)

    assert str(caught.value) == f"name {name.strip()[:40]!r}: 1 to 200 characters on one line are wanted"
    assert len(report_rows(user_id=alice.id)) == 1


@pytest.mark.parametrize("name", ["Straße", "STRASSE", " strasse"])
def test_taken(alice: Account, bob: Account, name: str) -> None:
    create(alice, "Straße")

    with pytest.raises(ReportNameTaken):
        create(alice, name)

    assert create(bob, name).name == name.strip()


def test_rename(alice: Account) -> None:
    made = create(alice)

    renamed = services.report_rename(user_id=alice.id, report_id=made.id, name=" Client Y ", now=LATER)

    assert renamed == made._replace(name="Client Y") == report_row(user_id=alice.id, report_id=made.id)
    stored = Report.objects.get(pk=made.id)
    assert (stored.name_key, stored.route_key, stored.created, stored.modified) == (
        "client y", "clienty", NOON, LATER,
    )  # fmt: skip


def test_a_machine_s_clock_that_was_put_back(alice: Account) -> None:
    made = create(alice, "Client X")
    earlier = NOON - timedelta(days=1)

    services.report_rename(user_id=alice.id, report_id=made.id, name="Client Y", now=earlier)
    services.report_make_default(user_id=alice.id, report_id=made.id, now=earlier)
    services.report_set_status(user_id=alice.id, report_id=made.id, status=Status.ACTIVE, now=earlier)

    assert Report.objects.get(pk=made.id).modified == NOON


def test_rename_to_another_case(alice: Account) -> None:
    made = create(alice)

    assert services.report_rename(user_id=alice.id, report_id=made.id, name="CLIENT x", now=LATER).name == "CLIENT x"


def test_rename_to_a_taken_name(alice: Account) -> None:
    made = create(alice)
    create(alice, "Client Y")

    with pytest.raises(ReportNameTaken, match="name 'client y': a report of yours has this name"):
        services.report_rename(user_id=alice.id, report_id=made.id, name="client y", now=LATER)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_rename_badly(alice: Account, name: str) -> None:
    made = create(alice)

    with pytest.raises(BadReportName):
        services.report_rename(user_id=alice.id, report_id=made.id, name=name, now=LATER)


@pytest.mark.parametrize("status", list(Status))
def test_set_status(alice: Account, status: Status) -> None:
    made = create(alice)

    changed = services.report_set_status(user_id=alice.id, report_id=made.id, status=status, now=LATER)

    assert changed == made._replace(status=status.value) == report_row(user_id=alice.id, report_id=made.id)
    assert Report.objects.get(pk=made.id).modified == LATER


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ACTIVE])
def test_the_default_stays_open(alice: Account, status: Status) -> None:
    default = report_default(user_id=alice.id)

    with pytest.raises(DefaultReportNeeded, match="report 'My Expenses' is the default one: make another the default"):
        services.report_set_status(user_id=alice.id, report_id=default.id, status=status, now=LATER)

    assert report_default(user_id=alice.id) == default


def test_the_default_may_be_set_active(alice: Account) -> None:
    default = report_default(user_id=alice.id)

    services.report_set_status(user_id=alice.id, report_id=default.id, status=Status.ACTIVE, now=LATER)

    assert report_default(user_id=alice.id) == default


def test_make_default(alice: Account, bob: Account) -> None:
    before, made = report_default(user_id=alice.id), create(alice)

    default = services.report_make_default(user_id=alice.id, report_id=made.id, now=LATER)

    assert default == made._replace(is_default=True) == report_default(user_id=alice.id)
    assert report_row(user_id=alice.id, report_id=before.id) == before._replace(is_default=False)
    assert report_default(user_id=bob.id).name == "My Expenses"


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ACTIVE])
def test_make_default_of_one_that_is_not_open(alice: Account, status: Status) -> None:
    made = create(alice, status=status)

    with pytest.raises(ReportNotOpen, match="report 'Client X' is not open, so it can't be the default one"):
        services.report_make_default(user_id=alice.id, report_id=made.id, now=LATER)

    assert report_default(user_id=alice.id).name == "My Expenses"


def test_remove(alice: Account) -> None:
    made = create(alice)

    services.report_remove(user_id=alice.id, report_id=made.id)

    assert [report.name for report in report_rows(user_id=alice.id)] == ["My Expenses"]


def test_the_default_is_not_removed(alice: Account) -> None:
    with pytest.raises(DefaultReportNeeded):
        services.report_remove(user_id=alice.id, report_id=report_default(user_id=alice.id).id)


def test_what_is_not_hers(alice: Account, bob: Account) -> None:
    theirs = {"user_id": bob.id, "report_id": create(alice).id}

    for attempt in (
        lambda: services.report_rename(**theirs, name="Mine", now=LATER),
        lambda: services.report_set_status(**theirs, status=Status.PAID, now=LATER),
        lambda: services.report_make_default(**theirs, now=LATER),
        lambda: services.report_remove(**theirs),
    ):
        with pytest.raises(ReportNotFound):
            attempt()

    assert report_row(user_id=alice.id, report_id=theirs["report_id"]).name == "Client X"
