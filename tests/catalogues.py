"""What pages and mails say, for translators: ``make messages`` brings the catalogues in ``locale`` up to date.

Babel does it, so that nobody needs the GNU tools. Templates are first turned by Django into calls of gettext, as it
does for those; Python is read as Python.
"""

import ast
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from django.utils.translation import template

from accounts.languages import LANGUAGES

PROJECT: Final = Path(__file__).parent.parent
LOCALE: Final = PROJECT / "locale"
TRANSLATED: Final = tuple(language for language in LANGUAGES if language != "en")
_SOURCES: Final = ("access", "accounts", "api", "expenses", "reports", "web", "xpenser")
# The last two are the ledger's, which knows no pages (accounts.sentences).
_CALLS: Final = {"_": 1, "gettext": 1, "gettext_lazy": 1, "ngettext": 2, "sentence": 1, "marked": 1, "pgettext_lazy": 2}
_IN_TEMPLATES: Final[dict[str, Any]] = {
    "_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
# When the first catalogue was made. A date that changes with each run would be all that most runs change.
_BEGUN: Final = datetime(2026, 11, 27, tzinfo=UTC)


class Said(NamedTuple):
    """A message as gettext knows it: a text, or one and its plural."""

    id: str | tuple[str, ...]
    context: str | None = None


class NotALiteral(ValueError):
    """What is to be translated is put together when the program runs: no catalogue can have it."""


def in_python(source: str) -> Iterator[Said]:
    """Yield what a module says. Raises NotALiteral where that is made of an f-string."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _CALLS:
            texts = call.args[: _CALLS[call.func.id]]
            if any(isinstance(text, ast.JoinedStr) for text in texts):
                raise NotALiteral(ast.unparse(call))
            literals = [text.value for text in texts if isinstance(text, ast.Constant)]
            if literals:
                context = str(literals.pop(0)) if call.func.id == "pgettext_lazy" else None
                yield Said(str(literals[0]) if len(literals) == 1 else tuple(map(str, literals)), context)


def in_template(source: str) -> Iterator[Said]:
    """Yield what a template says."""
    # In brackets, since what is left of the markup is indented as no Python is.
    calls = io.BytesIO(f"({template.templatize(source)})".encode())
    for _, found, _, context in extract("python", calls, _IN_TEMPLATES):
        yield Said(found if isinstance(found, str) else tuple(found), context)


def catalogue_file(language: str) -> Path:
    """Return where a language's catalogue is; what the server reads lies beside it, as ``.mo``."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def found() -> Catalog:
    """Return all that is said anywhere, without translations, and in which files."""
    catalogue = Catalog(fuzzy=False, creation_date=_BEGUN)
    texts = [file for kind in ("*.html", "*.txt") for file in (PROJECT / "templates").rglob(kind)]
    modules = [file for name in _SOURCES for file in (PROJECT / name).rglob("*.py")]
    for file in sorted([*texts, *modules]):
        read = in_python if file.suffix == ".py" else in_template
        for said in read(file.read_text()):
            # Without its line, which moves with each change above it.
            where: list[Any] = [(file.relative_to(PROJECT).as_posix(), None)]
            catalogue.add(said.id, None, where, context=said.context)
    return catalogue


def kept(language: str) -> Catalog:
    """Return a language's catalogue."""
    with catalogue_file(language).open("rb") as file:
        return pofile.read_po(file, locale=language)


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as the server reads it."""
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def is_translated(message: Message) -> bool:
    """Tell whether a message has all its forms in the language."""
    return not message.fuzzy and all(message.string or [""])


def update(language: str) -> str:
    """Bring a language's catalogue up to date; return what is left to do. What is said no longer is left out."""
    catalogue = kept(language)
    catalogue.update(found(), no_fuzzy_matching=True)
    with catalogue_file(language).open("wb") as file:
        pofile.write_po(file, catalogue, width=120, sort_output=True, ignore_obsolete=True)
    catalogue_file(language).with_suffix(".mo").write_bytes(compiled(catalogue))
    left = [message.id for message in catalogue if message.id and not is_translated(message)]
    return f"{language}: {len(catalogue)} messages, to be translated: {left or 'none'}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{update(language)}\n" for language in TRANSLATED)
