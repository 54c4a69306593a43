"""What each door takes and answers, as far as its view does not say so itself: the tables stand beside the dialects.

Paths, methods, formats, scopes and schemes are read from the views (``api.reference.document``).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple


class Field(NamedTuple):
    """A parameter, in words for who writes a client.

    ``choices`` are all of its values, if they can be counted; ``default`` is what is meant where it is missing.
    """

    name: str
    about: str
    choices: tuple[str, ...] = ()
    repeats: bool = False
    is_needed: bool = False
    is_file: bool = False
    default: str = ""


class Files(NamedTuple):
    """An answer that is a file of one of these types."""

    types: tuple[str, ...]


NOTHING: Final = "nothing"
"""The answer of 200 without a body."""
DELETED: Final = "deleted"
"""The answer of 204."""
NEVER: Final = "never"
"""The answer of a door that refuses everybody."""


TEXT: Final = Files(("text/plain",))


class Operation(NamedTuple):
    """``answer`` is the ``TypedDict`` of a good answer in JSON, a list of it, Files, NOTHING, DELETED or NEVER.

    ``deletes`` tells that ``action=delete`` in the form deletes, as DELETE does.
    """

    about: str
    answer: Any
    query: tuple[Field, ...] = ()
    form: tuple[Field, ...] = ()
    deletes: bool = False


class Dialect(NamedTuple):
    """A chapter: the operations of each view by method, in small letters, and what is said to who asks badly."""

    name: str
    about: str
    refusals: tuple[Any, ...]
    operations: Mapping[Callable[..., Any] | type, Mapping[str, Operation]]


_OPERATORS: Final = ("exact", "eq", "lt", "lte", "gt", "gte")


def compared(name: str, about: str) -> tuple[Field, Field]:
    """Return a field of a filter, and the one that says how it is compared."""
    return Field(name, about), Field(f"{name}_op", f"How `{name}` is compared; `exact` if missing.", _OPERATORS)


REPORT: Final = Field("report", "Id or exact name of the report that it is filed in; `r` is the same.")
Q: Final = Field("q", "The expense as free text, like `lunch 45 with jack #clientx`.")
D: Final = Field("d", "Its date, which beats one in the text.")
R: Final = Field("r", "Id or exact name of its report; the default one if missing.")
SHOW_DELETED: Final = Field("status", "`all` shows it though it was deleted.", ("all",))
DELETE: Final = Field("action", "`delete` deletes; nothing else is looked at then.", ("delete",))

FIELDS: Final = (
    Field("type", "What it was spent on."),
    Field("amount", "In the base currency, like `12.50`."),
    Field("rawamount", "What was typed: miles, minutes, foreign money."),
    Field("notes", "May be empty."),
    Field("date", "`YYYY-MM-DD HH:MM:SS` on the owner's clock; without a time it is midnight."),
    REPORT,
    Field("tags", "Names with blanks between; they replace those that there are.", repeats=True),
    Field("receipt", "A picture or a PDF, in a multipart form; may be called `image` or `file`.", is_file=True),
)
"""What may be said of an expense, one by one."""
ENTRY: Final = (Q, D, R, *FIELDS)
RESTORE: Final = Field("status", "`1` takes back that it was deleted.", ("1",))

FILTER: Final = (
    Field("report", "Id or exact name of a report, `*` for all; the default report if missing."),
    Field("type", "The whole type, in any case."),
    Field("notes", "The whole notes, in any case."),
    *compared("amount", "A number like `12.50`."),
    *compared("date", "A date, with a time or without."),
    *compared("created", "As `date`, in the server's zone."),
    *compared("modified", "As `date`, in the server's zone; with `gt` and `status=all` it follows changes."),
    Field("tags", "Name or id of a tag; repeated, any of them.", repeats=True),
    Field("status", "`all` lists the deleted ones, too.", ("all",)),
)
"""Which expenses a list has."""

TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "amount": (r"^-?[0-9]+\.[0-9]{2}$", "in the owner's base currency"),
    "rawamount": (r"^-?[0-9]+\.[0-9]{2}$", "what was typed: miles, minutes, foreign money"),
    "date": (r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$", "on the owner's clock"),
    "created": (r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$", "in the server's zone"),
    "modified": (r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$", "in the server's zone"),
}
"""Members of an answer that are text of one form, whichever the object."""
