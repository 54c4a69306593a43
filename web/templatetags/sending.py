"""What ``static/receipts.js`` has to know and to say while it sends files."""

from typing import Any

from django import template
from django.conf import settings

from web.figures import megabytes

register = template.Library()


@register.inclusion_tag("ledger/sending.html")
def sending() -> dict[str, Any]:
    """Show, when there is something to say, how far it got. What is too large is not sent: see ``most``, in bytes."""
    return {"most": settings.MAX_RECEIPT_BYTES, "most_in_words": megabytes(settings.MAX_RECEIPT_BYTES)}
