"""Files on their way into the ledger while nobody waits: asked for, taken in once, or given up.

How far one has come is told outside the transaction that writes, so that it is seen. That is the short part, and on
SQLite nobody else writes meanwhile, not even how far it has come.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.retried import retried
from accounts.selectors import Account
from expenses.models import Taking, Upload
from expenses.selectors import UNDER_WAY, UploadNotFound, taking_row
from expenses.services.importing import NothingToImport, import_take


class _GivenUp(Exception):
    """Whoever wanted a file in his ledger does not any more."""


@retried
@transaction.atomic
def import_ask(*, user_id: int, upload_id: int, now: datetime) -> bool:
    """Note that a person wants a file in his ledger, and tell whether ``import_make`` is to be called: not twice.

    Raises UploadNotFound.
    """
    if not Upload.objects.select_for_update().filter(user_id=user_id, pk=upload_id).values_list("pk"):
        raise UploadNotFound(upload_id)
    before = taking_row(user_id=user_id, upload_id=upload_id, now=now)
    if before is not None and before.is_under_way:
        return False
    Taking.objects.filter(upload_id=upload_id).delete()
    Taking.objects.create(user_id=user_id, upload_id=upload_id, asked=now)
    return True


def import_make(*, owner: Account, upload_id: int, asked: datetime, now: datetime) -> None:
    """Take a file into the ledger as it was asked for; one that came in, or is not wanted any more, is left alone."""
    meant = Taking.objects.filter(user_id=owner.id, upload_id=upload_id, asked=asked, state__in=UNDER_WAY)

    def told(**said: Any) -> None:
        if not meant.update(**said):
            raise _GivenUp

    try:
        import_take(owner=owner, upload_id=upload_id, now=now, told=told)
    except (_GivenUp, UploadNotFound):
        return
    except NothingToImport:
        meant.update(state=Taking.State.EMPTY)
    except Exception:
        meant.update(state=Taking.State.FAILED)
        raise


def import_give_up(*, user_id: int, upload_id: int) -> bool:
    """Let a file wait as before it was asked for, and tell whether that was in time: not while it is written."""
    meant = Taking.objects.filter(user_id=user_id, upload_id=upload_id, state=Taking.State.PLANNED)
    return meant.delete()[0] > 0
