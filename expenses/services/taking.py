"""Files on their way into the ledger while nobody waits: asked for, taken in once, or given up.

How far one has come is told outside the transaction that writes, so that it is seen. That is the short part, and on
SQLite nobody else writes meanwhile, not even how far it has come.
"""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from accounts.retried import retried
from accounts.selectors import Account
from accounts.sentences import sentence_kept, why
from expenses.models import Taking, Upload
from expenses.selectors import UNDER_WAY, UploadNotFound, taking_row
from expenses.services.archives_taken import ARCHIVE_REFUSALS, archive_import
from expenses.services.clock import AccountClosed
from expenses.services.importing import NothingToImport, import_take


class _GivenUp(Exception):
    """Whoever wanted a file in his ledger does not any more."""


@retried
@transaction.atomic
def import_ask(
    *, user_id: int, upload_id: int, now: datetime, seen: int | None = None, as_it_was: bool = False
) -> bool:
    """Note that a person wants a file in his ledger, and tell whether ``import_make`` is to be called: not twice.

    Of an archive it is to be said which version he was shown, and whether he wants it ``as_it_was`` (``archive_plan``).
    Raises UploadNotFound.
    """
    if not Upload.objects.select_for_update().filter(user_id=user_id, pk=upload_id).values_list("pk"):
        raise UploadNotFound(upload_id)
    before = taking_row(user_id=user_id, upload_id=upload_id, now=now)
    if before is not None and before.is_under_way:
        return False
    Taking.objects.filter(upload_id=upload_id).delete()
    Taking.objects.create(user_id=user_id, upload_id=upload_id, asked=now, seen=seen, as_it_was=as_it_was)
    return True


def import_make(*, owner: Account, upload_id: int, asked: datetime, now: datetime) -> None:
    """Take a file into the ledger as it was asked for; one that came in, or is not wanted any more, is left alone."""
    meant = Taking.objects.filter(user_id=owner.id, upload_id=upload_id, asked=asked, state__in=UNDER_WAY)

    def told(**said: Any) -> None:
        if not meant.update(**said):
            raise _GivenUp

    try:
        for seen, as_it_was in [*meant.values_list("seen", "as_it_was")]:
            take = import_take if seen is None else partial(archive_import, seen=seen, as_it_was=as_it_was)
            take(owner=owner, upload_id=upload_id, now=now, told=told)
    except (_GivenUp, UploadNotFound, AccountClosed):
        return
    except NothingToImport:
        meant.update(state=Taking.State.EMPTY)
    except ARCHIVE_REFUSALS as refusal:
        meant.update(state=Taking.State.FAILED, why=sentence_kept(why(refusal)))
    except Exception:
        meant.update(state=Taking.State.FAILED)
        raise


def import_fail(*, user_id: int, upload_id: int, asked: datetime) -> None:
    """Say that a file did not come in: whoever was at it was killed each time, and nobody will be at it any more."""
    meant = Taking.objects.filter(user_id=user_id, upload_id=upload_id, asked=asked, state__in=UNDER_WAY)
    meant.update(state=Taking.State.FAILED)


def import_give_up(*, user_id: int, upload_id: int) -> bool:
    """Let a file wait as before it was asked for, and tell whether that was in time: not while it is written."""
    meant = Taking.objects.filter(user_id=user_id, upload_id=upload_id).exclude(state=Taking.State.WRITTEN)
    return meant.delete()[0] > 0
