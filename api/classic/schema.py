"""What the doors of the classic API take and answer, for the reference. WIRE.md says more, and why."""

from typing import Final, TypedDict

from api.classic import views
from api.classic.serializers import EnvelopeWire, RowWire
from api.reference import facts
from api.reference.facts import DELETED, Dialect, Field, Files, Operation


class RefusalWire(TypedDict):
    status: int
    error: str


_BESIDE: Final = (facts.D, Field("date", "The same."), facts.R, Field("report", "The same."))
_Q: Final = facts.Q._replace(is_needed=True)
_TOKEN: Final = Field("token", "A personal token that may only add, in the place of other credentials.")

DIALECT: Final = Dialect(
    "Classic API",
    "What programs and search boxes of 2007 to 2010 speak.",
    (RefusalWire, Files(("text/plain", "text/html"))),
    {
        views.SimpleView: {
            "get": Operation(
                "Record an expense by free text; a browser is shown a page.", EnvelopeWire,
                query=(_Q._replace(is_needed=False), *_BESIDE),
            ),
            "post": Operation(
                "Record an expense by free text, as a form on any page does.", EnvelopeWire,
                form=(_Q, *_BESIDE, facts.FIELDS[-1], _TOKEN),
            ),
        },
        views.ExpenseCreateView: {
            "post": Operation("Record an expense, by free text or by fields.", EnvelopeWire, form=facts.ENTRY),
        },
        views.ExpenseView: {
            "get": Operation("Show an expense.", EnvelopeWire, query=(facts.SHOW_DELETED,)),
            "post": Operation(
                "Change an expense; what is not said stays.", EnvelopeWire,
                form=(*facts.FIELDS, facts.RESTORE), deletes=True,
            ),
            "delete": Operation("Delete an expense.", DELETED),
        },
        views.ExpensesView: {
            "get": Operation("List expenses, newest date first.", list[RowWire], query=facts.FILTER),
        },
    },
)  # fmt: skip
