"""Storage: how much room it all takes, and whose receipts take the most."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from expenses.receipts import receipts_counted
from expenses.selectors import largest_keepers, totals
from xpenser.health import FEW
from xpenser.space import database_bytes, free_bytes

MOST_SHOWN: Final = 10


@require_safe
def storage(request: HttpRequest) -> HttpResponse:
    """Show the database's size, receipts in rows and in files, what is free, and who keeps the most."""
    context = {
        "database": database_bytes(),
        "free": free_bytes(),
        "totals": totals(),
        "files": receipts_counted(most=FEW),
        "most_receipt": settings.MAX_RECEIPT_BYTES,
        "most_upload": settings.MAX_UPLOAD_BYTES,
        "keepers": largest_keepers(most=MOST_SHOWN),
    }
    return render(request, "operator/storage.html", context)
