"""Sentences for people, said in English by the ledger and told by pages in the reader's language."""

from collections.abc import Mapping
from typing import Any


class Sentence(str):
    """A sentence as the wires send it, with what it was made of: catalogues know the template, not the values."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, Any]


def sentence(template: str, /, **values: Any) -> Sentence:
    """Return the sentence, with each ``%(name)s`` of the template filled in; a value may be a sentence itself.

    A literal template is found by ``make messages``.
    """
    made = Sentence(template % values)
    made.template, made.values = template, values
    return made


def sentence_kept(text: str) -> Any:
    """Return a sentence, or another text, as JSON keeps it, for ``sentence_read``."""
    if not isinstance(text, Sentence):
        return text
    return [text.template, {name: _value_kept(value) for name, value in text.values.items()}]


def _value_kept(value: Any) -> Any:
    return value if isinstance(value, int) else sentence_kept(value if isinstance(value, str) else str(value))


def sentence_read(kept: Any) -> str:
    """Return what ``sentence_kept`` was given: it can be told in any language still."""
    if isinstance(kept, str):
        return kept
    template, values = kept
    return sentence(template, **{name: sentence_read(v) if isinstance(v, list) else v for name, v in values.items()})


def why(refusal: Exception) -> str:
    """Return what an exception says: the sentence that it was made with, which str() would forget, or its str()."""
    said = refusal.args[0] if refusal.args else None
    return said if isinstance(said, Sentence) else str(refusal)


def marked(text: str) -> str:
    """Return the text. By this call ``make messages`` finds what a page translates later."""
    return text
