"""The secret key: made once, kept beside the data, readable by its owner only."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from xpenser.env import BadEnvironment


def secret_key(data: Path) -> str:
    """Return the secret key of the data folder, making folder and key where there are none. Raises BadEnvironment.

    Two processes that start at once agree: the file appears whole under its name, or not at all.
    """
    path = data / "secret_key"
    if not path.exists():
        _folder_make(data)
        with tempfile.NamedTemporaryFile("w", dir=data) as draft:  # mode 0600
            draft.write(secrets.token_urlsafe(50))
            draft.flush()
            os.fsync(draft.fileno())
            with suppress(FileExistsError):  # another process was first: its key is the key
                os.link(draft.name, path)
    return path.read_text(encoding="ascii").strip()


def _folder_make(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise BadEnvironment([f"XPENSER_DATA={str(data)!r}: the folder can't be made: {problem.strerror}"]) from None
