"""What Django's own checks can't know of this server. Ids are stable: operators look them up."""

import os
import shlex
from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.core import checks

from accounts.sentences import sentence

PRIVATE: Final = ("secret_key", "xpenser.sqlite3")
_FOLDER: Final = os.W_OK | os.X_OK
OURS: Final = {
    "xpenser.sqlite3": os.W_OK, "xpenser.sqlite3-wal": os.W_OK, "xpenser.sqlite3-shm": os.W_OK, "serve.lock": os.W_OK,
    "worker.lock": os.W_OK, "receipts": _FOLDER, "assets": _FOLDER, "turns": _FOLDER,
}  # fmt: skip


@checks.register()
def data_folder(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """xpenser.E001, xpenser.W001: we can write the data folder and what is in it, and only we can read key and ledger.

    Who once ran a command as another user, root most likely, has files there that the server can't write.
    """
    data = settings.ENV.data
    if not os.access(data, _FOLDER):
        said = sentence("%(paths)s can't be written.", paths=data)
        return [checks.Error(said, hint=sentence("XPENSER_DATA names another folder."), id="xpenser.E001")]
    barred = [path for name, use in OURS.items() if (path := data / name).exists() and not os.access(path, use)]
    if barred:
        command = f"chown -R NAME {shlex.quote(str(data))}"
        hint = sentence("Give them to who runs the server: %(command)s", command=command)
        said = sentence("%(paths)s can't be written.", paths=", ".join(map(str, barred)))
        return [checks.Error(said, hint=hint, id="xpenser.E001")]
    private = [path for name in PRIVATE if (path := data / name).exists()]
    return [
        checks.Warning(
            sentence("Others can read %(path)s.", path=path), hint=sentence("chmod 600 it."), id="xpenser.W001"
        )
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


@checks.register()
def sign_up_and_mail(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """xpenser.W003: where anybody may sign up, addresses are confirmed by mail, and there must be one."""
    if settings.SIGN_UP == "open" and not settings.EMAIL_HOST:
        hint = "EMAIL_URL names a mail server; until then links to confirm an address stand where mail goes instead."
        return [checks.Warning("Anybody may sign up, and no mail is sent.", hint=hint, id="xpenser.W003")]
    return []
