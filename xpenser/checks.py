"""What Django's own checks can't know of this server. Ids are stable: operators look them up."""

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks


@checks.register()
def data_folder(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """xpenser.E001, xpenser.W001: only we can write the data folder, and only we can read key and ledger."""
    data = settings.ENV.data
    if not os.access(data, os.W_OK | os.X_OK):
        return [checks.Error(f"{data} can't be written.", hint="XPENSER_DATA names another folder.", id="xpenser.E001")]
    private = [path for name in ("secret_key", "xpenser.sqlite3") if (path := data / name).exists()]
    return [
        checks.Warning(f"Others can read {path}.", hint="chmod 600 it.", id="xpenser.W001")
        for path in private
        if path.stat().st_mode & 0o077
    ]


@checks.register()
def upload_limits(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """xpenser.W002: a receipt of the largest size must fit into a request."""
    if settings.MAX_RECEIPT_BYTES >= settings.MAX_UPLOAD_BYTES:
        hint = "MAX_UPLOAD_BYTES is for the whole request, and a receipt comes with other fields."
        return [checks.Warning("MAX_RECEIPT_BYTES is not below MAX_UPLOAD_BYTES.", hint=hint, id="xpenser.W002")]
    return []
