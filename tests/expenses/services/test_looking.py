"""What would come of a long file is found out once, and kept for its pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.selectors import Account
from expenses import services
from expenses.imports.files import file_read
from expenses.models import Upload, UploadPage
from expenses.selectors import UploadRow, upload_row
from expenses.services import (
    LINES,
    MOST_WRONG,
    Look,
    import_plan,
    importing,
    is_ticked,
    upload_keep,
    upload_look,
    upload_look_keep,
    upload_opened,
    upload_say,
)
from tests.cast import NOON, spend
from tests.expenses.services.test_importing import HEAD, before_the_lock

LUNCH = "2026-11-01,Lunch,45,,with jack,clientx,Berlin,T1\n"
TRIP = HEAD + LUNCH + "2026-11-02,hotel,118.004,,,,,\nsoon,taxi,4,,,,,\n"


@pytest.fixture(autouse=True)
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file of two lines be a long one."""
    monkeypatch.setattr(importing, "LONG", 1)


def keep(owner: Account, text: str) -> int:
    return upload_keep(user_id=owner.id, name="trip.csv", data=text.encode(), now=NOON)


def waiting(owner: Account, number: int) -> UploadRow:
    return upload_row(user_id=owner.id, upload_id=number, now=NOON)


def look(owner: Account, number: int, page: int = 1) -> Look:
    return upload_look(owner=owner, upload=waiting(owner, number), page=page)


def look_keep(owner: Account, number: int) -> None:
    upload_look_keep(owner=owner, upload=waiting(owner, number))


def test_what_is_kept_is_what_was_found(alice: Account) -> None:
    spend(alice, "Lunch 45 with jack date 2026-11-01")
    wrong = "far,Lunch,x,,,,,\n" * (MOST_WRONG + 1)
    number = keep(alice, TRIP + "2026-11-03,Lunch,1,,,,,\n" * LINES + f"2026-11-03,{'x' * 201},1,,,,,\n" + wrong)
    found = [look(alice, number, page) for page in (1, 2, 3)]

    look_keep(alice, number)
    Upload.objects.update(data=b"and nothing that could be read")

    assert [look(alice, number, page) for page in (1, 2, 3)] == found
    first, second, last = found
    assert (first.lines, first.alike, first.page, first.pages) == (LINES + 2, frozenset({2}), 1, 2)
    assert [len(each.planned) for each in found] == [LINES, 2, 2]
    assert (second.page, last) == (2, second)
    assert (len(first.wrong), len(first.wrongs)) == (MOST_WRONG, MOST_WRONG + 3)
    assert [type(wrong.reason) for wrong in look(alice, number).wrong] == [type(wrong.reason) for wrong in first.wrong]


def test_to_look_again_asks_nothing(alice: Account) -> None:
    number = keep(alice, TRIP)
    look_keep(alice, number)

    with CaptureQueriesContext(connection) as asked:
        look_keep(alice, number)

    assert len(asked) == 2  # the file, and the clock


def test_what_was_changed_since_counts(alice: Account) -> None:
    number = keep(alice, TRIP)
    look_keep(alice, number)
    spend(alice, "Lunch 45 with jack date 2026-11-01")

    stale = waiting(alice, number)
    assert look(alice, number).alike == {2}
    look_keep(alice, number)

    assert stale.said["look"]["alike"] == []
    assert waiting(alice, number).said["look"]["alike"] == [2]
    assert look(alice, number).alike == {2}


def test_what_its_owner_says_anew_counts(alice: Account) -> None:
    number = keep(alice, TRIP)
    look_keep(alice, number)
    _, mapping = upload_opened(user_id=alice.id, upload=waiting(alice, number))
    said = mapping._replace(roles=("date", "notes", "amount", "", "", "", "", ""))

    upload_say(user_id=alice.id, upload_id=number, said={"mapping": said._asdict()})

    assert [each.entry.type for each in look(alice, number).planned] == ["Imported", "Imported"]
    look_keep(alice, number)
    assert waiting(alice, number).said["look"]["mapping"]["roles"] == [*said.roles]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + LUNCH + "2026-11-01,Lunch,45,JPY,,,,\n",
        "date,amount,raw_amount,unit\n2026-11-01,72.50,100,mi\n2026-11-01,72.50,,\n",
    ],
)
def test_what_rates_decide_is_found_out_each_time(alice: Account, text: str) -> None:
    number = keep(alice, text)

    look_keep(alice, number)

    assert not UploadPage.objects.exists()
    assert "look" not in waiting(alice, number).said


def test_of_a_short_file_nothing_is_kept(alice: Account) -> None:
    number = keep(alice, HEAD + LUNCH)

    look_keep(alice, number)

    assert "look" not in waiting(alice, number).said


def test_a_file_that_is_thrown_away_meanwhile(alice: Account) -> None:
    number = keep(alice, TRIP)

    with before_the_lock(lambda: services.upload_drop(user_id=alice.id, upload_id=number)):
        look_keep(alice, number)

    assert not UploadPage.objects.exists()


@pytest.mark.parametrize(
    "ticks", [{}, {"2": True, "3": False}, {"2": False, "3": True, "4": True}, {"2": True, "3": True, "4": False}]
)
def test_ticks_are_counted_as_they_are_taken(alice: Account, ticks: dict[str, bool]) -> None:
    spend(alice, "Lunch 45 with jack date 2026-11-01")
    number = keep(alice, TRIP)
    plan = import_plan(
        owner=alice, readings=[file_read(*upload_opened(user_id=alice.id, upload=waiting(alice, number)))]
    )

    assert look(alice, number).ticked(ticks) == sum(is_ticked(each, ticks) for each in plan.planned)
