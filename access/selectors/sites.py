"""Questions about other sites."""

from typing import NamedTuple

from access.models import TrustedSite


class SiteRow(NamedTuple):
    id: int
    origin: str


def site_rows(*, user_id: int) -> list[SiteRow]:
    """Return the sites whose links add to the person's ledger without asking."""
    sites = TrustedSite.objects.filter(user_id=user_id).order_by("origin")
    return [SiteRow(*row) for row in sites.values_list("id", "origin")]


def site_is_trusted(*, user_id: int, origin: str) -> bool:
    """Tell whether the person lets this site's links add without asking."""
    return TrustedSite.objects.filter(user_id=user_id, origin=origin).exists()
