"""What the doors of v1.0 take and answer, for the reference. WIRE.md says more, and why."""

from typing import Final

from api.reference import facts
from api.reference.facts import DELETED, NEVER, TEXT, Dialect, Field, Files, Operation
from api.v1 import views
from api.v1.serializers import ExpenseWire, NamedWire, PersonWire, ReceiptWire, ReportWire, UserWire

_NAME: Final = Field("name", "On one line.", is_needed=True)
_STATES: Final = "`active`, `submitted`, `approved`, `rejected`, `paid` or `archived`, or its letter"
_PICTURES: Final = Files(("image/*", "application/pdf"))

DIALECT: Final = Dialect(
    "API v1.0",
    "What the programs of 2010 to 2014 speak, and the one to take for a new one.",
    (TEXT,),
    {
        views.ExpensesView: {"get": Operation("List expenses, by date.", list[ExpenseWire], query=facts.FILTER)},
        views.ExpenseCreateView: {
            "get": Operation(
                "Record an expense by free text, as a link does.", ExpenseWire,
                query=(facts.Q._replace(is_needed=True), facts.D, facts.R),
            ),
            "post": Operation("Record an expense, by free text or by fields.", ExpenseWire, form=facts.ENTRY),
        },
        views.ExpenseView: {
            "get": Operation("Show an expense.", ExpenseWire, query=(facts.SHOW_DELETED,)),
            "post": Operation(
                "Change an expense; what is not said stays.", ExpenseWire,
                form=(*facts.FIELDS, facts.RESTORE), deletes=True,
            ),
            "delete": Operation("Delete an expense.", DELETED),
        },
        views.TagsView: {"get": Operation("List tags, oldest first.", list[NamedWire])},
        views.TagCreateView: {
            "post": Operation("Make a tag, or find the one of this name.", NamedWire, form=(_NAME,)),
        },
        views.TagView: {
            "get": Operation("Show a tag.", NamedWire),
            "post": Operation(
                "Rename a tag; its expenses change with it.", NamedWire,
                form=(_NAME._replace(is_needed=False),), deletes=True,
            ),
            "delete": Operation("Take a tag off its expenses, and delete it.", DELETED),
        },
        views.ReportsView: {
            "get": Operation(
                "List reports, oldest first.", list[ReportWire],
                query=(Field("status", f"{_STATES}, or `needs_action`: only those."),),
            ),
        },
        views.ReportCreateView: {
            "get": Operation("Show the default report.", ReportWire),
            "post": Operation(
                "Make a report, or find the open one of this name.", ReportWire,
                form=(_NAME, Field("status", f"{_STATES}.")),
            ),
        },
        views.ReportView: {
            "get": Operation("Show a report.", ReportWire),
            "post": Operation(
                "Rename a report, change its state, or make it the default one.", ReportWire,
                form=(
                    _NAME._replace(is_needed=False),
                    Field("status", f"{_STATES}."),
                    Field("is_default", "`1` makes it the default report.", ("1", "true")),
                ),
                deletes=True,
            ),
            "delete": Operation("Delete a report; its expenses move to the default one.", DELETED),
        },
        views.UserView: {"get": Operation("Show who calls.", UserWire)},
        views.UsersView: {"get": Operation("Show who calls, as a list of one.", list[UserWire])},
        views.ReceiptsView: {"get": Operation("List receipts, oldest first.", list[ReceiptWire])},
        views.ReceiptView: {"get": Operation("Show a receipt.", ReceiptWire)},
        views.CategoriesView: {"get": Operation("List accounting categories, oldest first.", list[NamedWire])},
        views.CategoryView: {"get": Operation("Show an accounting category.", NamedWire)},
        views.PeopleView: {"get": Operation("List the people of a company; everybody is his own.", list[PersonWire])},
        views.ContactCreateView: {"post": Operation("Refused: there are no companies here.", NEVER)},
        views.ReceiptImageView: {
            "get": Operation("The picture itself; `image` is that of the receipt, slash and all.", _PICTURES),
        },
    },
)  # fmt: skip
