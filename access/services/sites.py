"""What a person may say of other sites."""

from datetime import datetime

from django.conf import settings

from access.models import TrustedSite
from access.origins import BadOrigin, origin_of, read_origin
from accounts.retried import retried


class OwnOrigin(BadOrigin):
    """The site is this server. The message may be shown."""

    def __init__(self, origin: str) -> None:
        ValueError.__init__(self, f"site {origin!r}: this is the ledger itself, whose own pages ask before they add")


@retried
def site_trust(*, user_id: int, origin: str, now: datetime) -> str:
    """Let the links of a site add to the person's ledger without asking, and return its origin.

    Never those on pages of ours, which show what others wrote: notes, and names of programs. Raises BadOrigin,
    OwnOrigin.
    """
    kept = read_origin(origin)
    if kept == origin_of(settings.PUBLIC_URL):
        raise OwnOrigin(kept)
    TrustedSite.objects.get_or_create(user_id=user_id, origin=kept, defaults={"created": now})
    return kept


@retried
def site_distrust(*, user_id: int, site_id: int) -> None:
    """Let the links of a site ask again. Where there is no such site of the person's, nothing changes."""
    TrustedSite.objects.filter(user_id=user_id, pk=site_id).delete()
