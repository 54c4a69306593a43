"""What a person may say of other sites."""

from datetime import datetime

from access.models import TrustedSite
from access.origins import read_origin


def site_trust(*, user_id: int, origin: str, now: datetime) -> str:
    """Let the links of a site add to the person's ledger without asking, and return its origin. Raises BadOrigin."""
    kept = read_origin(origin)
    TrustedSite.objects.get_or_create(user_id=user_id, origin=kept, defaults={"created": now})
    return kept


def site_distrust(*, user_id: int, site_id: int) -> None:
    """Let the links of a site ask again. Where there is no such site of the person's, nothing changes."""
    TrustedSite.objects.filter(user_id=user_id, pk=site_id).delete()
