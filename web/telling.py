"""What the ledger says, in the reader's language."""

from typing import Any

from django.utils.translation import gettext

from accounts.sentences import Sentence, why


def told(said: Exception | str) -> str:
    """Return a sentence, or why something is refused, in words that may be shown. Other texts stay as they are."""
    text = why(said) if isinstance(said, Exception) else said
    return _told(text) if isinstance(text, Sentence) else text


def _told(said: Sentence) -> str:
    values: dict[str, Any] = {
        name: _told(value) if isinstance(value, Sentence) else value for name, value in said.values.items()
    }
    return gettext(said.template) % values
