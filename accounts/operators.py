"""People as the operator sees them, and what he may do to an account. An operator is who has ``is_staff``."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.names import lookup_key
from accounts.retried import retried
from accounts.sentences import sentence


class PersonRow(NamedTuple):
    """``signed_in``: when he did so on a page for the last time. ``has_factor``: a second one beside the password."""

    id: int
    email: str
    opened: datetime
    signed_in: datetime | None
    has_factor: bool
    is_active: bool
    is_operator: bool


class PersonNotFound(Exception):
    """Nobody has this id."""


class NotByThisOperator(Exception):
    """What an operator can't do, lest nobody be left who can. The message may be shown."""


class OwnAccount(NotByThisOperator):
    def __init__(self, email: str) -> None:
        super().__init__(sentence("%(email)s is your own account: another operator does this to it", email=email))


class NoOperator(NotByThisOperator):
    def __init__(self) -> None:
        super().__init__(sentence("You are no operator any more"))


class LastOperator(NotByThisOperator):
    def __init__(self, email: str) -> None:
        super().__init__(sentence("%(email)s is the last operator: make somebody else one first", email=email))


def people(*, matching: str = "", below: int | None = None, limit: int) -> list[PersonRow]:
    """Return people, newest first, from below an id; only those whose address has ``matching`` in it."""
    found, key = User.objects.order_by("-pk"), lookup_key(matching)
    if key is None:
        return []
    if key:
        found = found.filter(email_key__contains=key)
    if below is not None:
        found = found.filter(pk__lt=below)
    return _rows(found[:limit])


def person(*, user_id: int) -> PersonRow:
    """Return one. Raises PersonNotFound."""
    for row in _rows(User.objects.filter(pk=user_id)):
        return row
    raise PersonNotFound


def any_operator() -> bool:
    """Tell whether anybody who may come in is an operator."""
    return User.objects.filter(is_staff=True, is_active=True).exists()


def addresses_of(*, user_ids: Iterable[int]) -> dict[int, str]:
    """Return the address of each of these people, as far as there are any."""
    return dict(User.objects.filter(pk__in=set(user_ids)).values_list("pk", "email"))


@retried
@transaction.atomic
def active_set(*, user_id: int, is_active: bool, by: int) -> None:
    """Let a person in no more, whatever he comes with, or let him in again. Raises PersonNotFound, NotByThisOperator.

    Tokens and programs are refused as long, and kept: they work again with the account.
    """
    meant = _locked(user_id, by)
    if not is_active:
        _check_spared(meant, by)
    User.objects.filter(pk=user_id).update(is_active=is_active)


@retried
@transaction.atomic
def operator_set(*, user_id: int, is_operator: bool, by: int | None = None) -> None:
    """Make a person an operator, or one no more. Raises PersonNotFound, NotByThisOperator.

    ``by`` is the operator who does it, or None where that is who has a terminal on the machine.
    """
    meant = _locked(user_id, by)
    if is_operator:
        User.objects.filter(pk=user_id).update(is_staff=True)
        return
    _check_spared(meant, by)
    User.objects.filter(pk=user_id).update(is_staff=False, is_superuser=False)


def _locked(user_id: int, by: int | None) -> PersonRow:
    """Return a person; until the transaction ends, nobody else changes who is an operator.

    ``by`` was one when he asked. Raises NoOperator where somebody else was faster, and took it from him.
    """
    locked = User.objects.select_for_update().filter(is_staff=True).order_by("pk")
    operators = {id_ for id_, is_active in locked.values_list("pk", "is_active") if is_active}
    if by is not None and by not in operators:
        raise NoOperator
    return person(user_id=user_id)


def _check_spared(meant: PersonRow, by: int | None) -> None:
    if meant.id == by:
        raise OwnAccount(meant.email)
    others = User.objects.filter(is_staff=True, is_active=True).exclude(pk=meant.id)
    if meant.is_operator and not others.exists():
        raise LastOperator(meant.email)


def _rows(found: QuerySet[User]) -> list[PersonRow]:
    columns = ("pk", "email", "created", "last_login", "password_is_enough", "is_active", "is_staff")
    return [
        PersonRow(id_, email, opened, signed_in, not is_enough, is_active, is_operator)
        for id_, email, opened, signed_in, is_enough, is_active, is_operator in found.values_list(*columns)
    ]
