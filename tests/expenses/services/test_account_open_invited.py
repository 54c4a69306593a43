import pytest

from accounts.invitations import (
    InvitationNotFound,
    InvitationRow,
    first_invitation_create,
    invitation_create,
    invitation_row,
)
from accounts.models import User
from accounts.selectors import Account, account
from accounts.services import EmailTaken
from expenses.models import Clock, Expense
from expenses.services import account_open_invited
from reports.models import Report
from tests.cast import NOON, PASSWORD

pytestmark = pytest.mark.django_db


def opened(token: str, email: str = "carol@example.com") -> User:
    id_ = account_open_invited(
        token=token, email=email, password=PASSWORD, now=NOON, zone="Europe/Berlin", currency="EUR"
    )
    return User.objects.get(pk=id_)


def test_who_was_invited_has_an_account() -> None:
    user = opened(invitation_create(now=NOON))

    found = account(email="carol@example.com")
    assert (found.id, found.zone, found.currency) == (user.pk, "Europe/Berlin", "EUR")
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert Clock.objects.filter(user=user).exists()
    assert Report.objects.filter(user=user, is_default=True).count() == 1
    assert Expense.objects.filter(user=user).count() == 1


def test_the_first_may_do_everything() -> None:
    user = opened(first_invitation_create(now=NOON))

    assert (user.is_staff, user.is_superuser) == (True, True)


def test_who_is_not_the_first_comes_too_late(alice: Account) -> None:
    token = first_invitation_create(now=NOON)

    with pytest.raises(InvitationNotFound):
        opened(token)
    assert User.objects.count() == 1


def test_where_the_account_is_not_opened_the_invitation_stays(alice: Account) -> None:
    token = invitation_create(now=NOON)

    with pytest.raises(EmailTaken):
        opened(token, alice.email)
    assert invitation_row(token=token, now=NOON) == InvitationRow("", is_first=False)
