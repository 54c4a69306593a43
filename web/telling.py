"""What the ledger says, in the reader's language."""

from typing import Any

from django.utils.translation import gettext

from accounts.sentences import Sentence


def told(refusal: Exception) -> str:
    """Return why something is refused, in words that may be shown."""
    why = refusal.args[0] if refusal.args else ""
    return _told(why) if isinstance(why, Sentence) else str(refusal)


def _told(said: Sentence) -> str:
    values: dict[str, Any] = {
        name: _told(value) if isinstance(value, Sentence) else value for name, value in said.values.items()
    }
    return gettext(said.template) % values
