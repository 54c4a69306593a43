from datetime import timedelta

import pytest

from accounts.invitations import (
    LIFE,
    InvitationNotFound,
    InvitationRow,
    InvitedIsAnother,
    first_invitation_create,
    invitation_create,
    invitation_row,
    invitation_take,
)
from accounts.models import Invitation
from accounts.services import BadEmail
from tests.cast import NOON

pytestmark = pytest.mark.django_db


def test_it_works_once() -> None:
    token = invitation_create(now=NOON, email="alice@example.com")

    assert invitation_row(token=token, now=NOON) == InvitationRow("alice@example.com", is_first=False)
    assert invitation_take(token=token, email="Alice@Example.com", now=NOON).email == "alice@example.com"
    with pytest.raises(InvitationNotFound):
        invitation_take(token=token, email="alice@example.com", now=NOON)


def test_the_token_is_not_kept() -> None:
    token = invitation_create(now=NOON)

    (row,) = Invitation.objects.values_list("digest", "email", "is_first", "expires")
    assert row == (row[0], "", False, NOON + LIFE)
    assert token not in row[0]


@pytest.mark.parametrize("late", [LIFE, LIFE + timedelta(days=1)])
def test_it_expires(late: timedelta) -> None:
    token = invitation_create(now=NOON)

    assert invitation_row(token=token, now=NOON + LIFE - timedelta(seconds=1)) == InvitationRow("", is_first=False)
    with pytest.raises(InvitationNotFound, match="its time is over"):
        invitation_row(token=token, now=NOON + late)


def test_another_than_was_invited_is_refused_and_it_stays() -> None:
    token = invitation_create(now=NOON, email="alice@example.com")

    with pytest.raises(InvitedIsAnother, match="this invitation is for alice"):
        invitation_take(token=token, email="bob@example.com", now=NOON)

    assert invitation_row(token=token, now=NOON)


def test_of_two_who_come_at_once_one_is_late(monkeypatch: pytest.MonkeyPatch) -> None:
    token = invitation_create(now=NOON)
    row = invitation_row(token=token, now=NOON)
    invitation_take(token=token, email="alice@example.com", now=NOON)
    monkeypatch.setattr("accounts.invitations.invitation_row", lambda **_: row)  # he looked before

    with pytest.raises(InvitationNotFound):
        invitation_take(token=token, email="bob@example.com", now=NOON)


def test_a_new_first_one_voids_the_old() -> None:
    other = invitation_create(now=NOON)
    old = first_invitation_create(now=NOON)

    new = first_invitation_create(now=NOON)

    assert invitation_row(token=new, now=NOON + 10 * LIFE) == InvitationRow("", is_first=True)
    assert invitation_row(token=other, now=NOON) == InvitationRow("", is_first=False)
    with pytest.raises(InvitationNotFound):
        invitation_row(token=old, now=NOON)


def test_whom_nobody_can_mail_nobody_invites() -> None:
    with pytest.raises(BadEmail):
        invitation_create(now=NOON, email="alice")
