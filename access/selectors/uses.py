"""When programs were last used, whatever they sign with."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from access.models import AccessToken, Approval, PersonalToken


def last_uses(*, user_ids: Sequence[int]) -> dict[int, datetime]:
    """Return for each of these people when a program of his was last used; nothing for who has none."""
    newest: dict[int, datetime] = {}
    for table in (PersonalToken, AccessToken, Approval):
        used = table.objects.filter(user_id__in=user_ids, used__isnull=False)
        for user_id, last in used.values_list("user_id").annotate(last=Max("used")):
            newest[user_id] = max(last, newest.get(user_id, last))
    return newest
