"""The secret key: made once, kept beside the data, readable by its owner only."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from xpenser.env import BadEnvironment

# The keys made here have 67 characters; what is much shorter was cut off, by a full disk or a copy that broke.
LEAST_LENGTH = 32

_lasts = ContextVar("_lasts", default=True)


@contextmanager
def passing() -> Iterator[None]:
    """Leave no key where there is none, inside the block: it then lasts as long as this process."""
    token = _lasts.set(False)
    try:
        yield
    finally:
        _lasts.reset(token)


def secret_keys(data: Path) -> list[str]:
    """Return the secret keys of the data folder, making folder and key where there are none. Raises BadEnvironment.

    The first is used for all that is new; those in the lines below it are older, and what they signed or encrypted is
    still understood.

    Two processes that start at once agree: the file appears whole under its name, or not at all.
    """
    path = data / "secret_key"
    try:
        if not path.exists():
            if not _lasts.get():
                return [secrets.token_urlsafe(50)]
            _folder_make(data)
            with tempfile.NamedTemporaryFile("w", dir=data) as draft:  # mode 0600
                draft.write(secrets.token_urlsafe(50))
                draft.flush()
                os.fsync(draft.fileno())
                with suppress(FileExistsError):  # another process was first: its key is the key
                    os.link(draft.name, path)
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError as problem:
        raise BadEnvironment([f"XPENSER_DATA={str(data)!r}: secret_key in it: {problem.strerror}"]) from None
    keys = text.split()
    if not keys or not all(map(_is_whole, keys)):
        hint = "secret_key in it is empty, cut off or damaged: take it from the backup"
        raise BadEnvironment([f"XPENSER_DATA={str(data)!r}: {hint}"])
    return keys


def see_one(data: Path) -> None:
    """Raise BadEnvironment where there is no secret key, and so no server has been started yet; make nothing there."""
    if not (data / "secret_key").exists():
        hint = "there is no ledger here yet: start the server once, with the same XPENSER_DATA"
        raise BadEnvironment([f"XPENSER_DATA={str(data)!r}: {hint}"])


def _is_whole(key: str) -> bool:
    return len(key) >= LEAST_LENGTH and key.isascii() and key.isprintable()  # a disk that lost power leaves zeros


def _folder_make(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise BadEnvironment([f"XPENSER_DATA={str(data)!r}: the folder can't be made: {problem.strerror}"]) from None
