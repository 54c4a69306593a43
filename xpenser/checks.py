"""What Django's own checks can't know of this server. Ids are stable: operators look them up."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core import checks

PRIVATE: Final = ("secret_key", "xpenser.sqlite3")
OURS: Final = ("xpenser.sqlite3", "xpenser.sqlite3-wal", "xpenser.sqlite3-shm", "receipts", "assets", "serve.lock")


@checks.register()
def data_folder(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """xpenser.E001, xpenser.W001: we can write the data folder and what is in it, and only we can read key and ledger.

    Who once ran a command as another user, root most likely, has files there that the server can't write.
    """
    data = settings.ENV.data
    if not os.access(data, os.W_OK | os.X_OK):
        return [checks.Error(f"{data} can't be written.", hint="XPENSER_DATA names another folder.", id="xpenser.E001")]
    barred = [path for name in OURS if (path := data / name).exists() and not _is_ours(path)]
    if barred:
        hint = f"Give them to who runs the server: chown -R NAME {shlex.quote(str(data))}"
        said = f"{', '.join(map(str, barred))} can't be written."
        return [checks.Error(said, hint=hint, id="xpenser.E001")]
    private = [path for name in PRIVATE if (path := data / name).exists()]
    return [
        checks.Warning(f"Others can read {path}.", hint="chmod 600 it.", id="xpenser.W001")
        for path in private
        if path.stat().st_mode & 0o077
    ]


def _is_ours(path: Path) -> bool:
    return os.access(path, os.W_OK | os.X_OK if path.is_dir() else os.W_OK)


@checks.register()
def upload_limits(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """xpenser.W002: a receipt of the largest size must fit into a request."""
    if settings.MAX_RECEIPT_BYTES >= settings.MAX_UPLOAD_BYTES:
        hint = "MAX_UPLOAD_BYTES is for the whole request, and a receipt comes with other fields."
        return [checks.Warning("MAX_RECEIPT_BYTES is not below MAX_UPLOAD_BYTES.", hint=hint, id="xpenser.W002")]
    return []
