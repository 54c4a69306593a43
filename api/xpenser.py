"""What the two APIs of the old service have in common: one server answered both, with one set of words for a field."""

from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import closing
from http import HTTPStatus
from typing import ClassVar, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from access.scopes import Grant
from api.dialect import DialectView, nothing, owner
from api.parameters import BadParameter, Parameters
from api.scopes import NotGranted, grant_of, require
from api.values import UnknownReference, read_amount, read_day, read_report
from expenses import services
from expenses.exports.formats import Format
from expenses.exports.row import ExpenseRow
from expenses.grammar import GrammarError
from expenses.images import BadReceipt, Picture
from expenses.money import AmountTooLarge
from expenses.receipts import receipt_read
from expenses.selectors import CategoryNotFound, ExpenseNotFound, ReceiptNotFound, TagNotFound
from reports.selectors import ReportNotFound
from reports.services import BadReportName, DefaultReportNeeded, ReportNameTaken, ReportNotOpen
from reports.status import UnknownStatus
from xpenser.answers import rendered

ERRORS: Final[Mapping[type[Exception], HTTPStatus]] = {
    AmountTooLarge: HTTPStatus.BAD_REQUEST,
    BadReceipt: HTTPStatus.BAD_REQUEST,
    BadReportName: HTTPStatus.BAD_REQUEST,
    CategoryNotFound: HTTPStatus.NOT_FOUND,
    DefaultReportNeeded: HTTPStatus.BAD_REQUEST,
    ExpenseNotFound: HTTPStatus.NOT_FOUND,
    GrammarError: HTTPStatus.BAD_REQUEST,
    ReceiptNotFound: HTTPStatus.NOT_FOUND,
    ReportNameTaken: HTTPStatus.CONFLICT,
    ReportNotFound: HTTPStatus.NOT_FOUND,
    ReportNotOpen: HTTPStatus.BAD_REQUEST,
    TagNotFound: HTTPStatus.NOT_FOUND,
    UnknownReference: HTTPStatus.NOT_FOUND,
    UnknownStatus: HTTPStatus.BAD_REQUEST,
    services.AmountMissing: HTTPStatus.BAD_REQUEST,
    services.BadCategoryName: HTTPStatus.BAD_REQUEST,
    services.BadKey: HTTPStatus.BAD_REQUEST,
    services.BadRate: HTTPStatus.BAD_REQUEST,
    services.BadTagName: HTTPStatus.BAD_REQUEST,
    services.BadType: HTTPStatus.BAD_REQUEST,
    services.KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    services.NotesTooLong: HTTPStatus.BAD_REQUEST,
    services.NotNew: HTTPStatus.FORBIDDEN,
    services.RateMissing: HTTPStatus.BAD_REQUEST,
    services.ReportClosed: HTTPStatus.BAD_REQUEST,
    services.TagNameTaken: HTTPStatus.CONFLICT,
    services.TimerNotRunning: HTTPStatus.BAD_REQUEST,
    services.TooManyTags: HTTPStatus.BAD_REQUEST,
}
"""The status of each failure of the ledger."""

_CHANNEL: Final = "SP"  # the sourceid of an entry by API or form begins with it (wire §2.5)
_RECEIPT_FIELDS: Final = ("receipt", "image", "file")
_ADDS: Final = "expenses:write"
_ONE_REPORT: Final = "this token adds to one report, and not to another"


class XpenserView(DialectView):
    """A door of the old service, with the ``formats`` that it answers in, and the one in which it does unasked."""

    errors = ERRORS
    formats: ClassVar[Collection[str]] = ("json",)
    default_format: ClassVar[str] = "json"
    picture: Picture | None = None

    def write(self, request: Request, change: Callable[[], HttpResponse]) -> HttpResponse:
        if any(name in self.parameters.files for name in _RECEIPT_FIELDS):
            require(request, "receipts:write")
        # A change with a key runs inside the key's transaction: a picture is looked into before it begins.
        self.picture = read_upload(self.parameters)
        return super().write(request, change)

    def action(self) -> str:
        """Return the ``action`` that a POST stands for: "" or "delete", the one override there was."""
        action = self.parameters.given("action") or ""
        if action not in {"", "delete"}:
            raise BadParameter("action", action, "delete is the only action")
        return action

    def expense_made(self, request: Request) -> ExpenseRow:
        """Return the expense that the free text ``q`` makes, or the fields where there is none."""
        if self.parameters.given("q") is not None or ("q" in self.parameters and "type" not in self.parameters):
            return self.expense_entered(request)
        account = owner(request)
        return services.expense_create(
            owner=account,
            fields=_within(grant_of(request), lambda: read_fields(self.parameters, user_id=account.id)),
            now=self.now,
            channel=_CHANNEL,
            picture=self.picture,
        )

    def expense_entered(self, request: Request) -> ExpenseRow:
        """Return the expense that the free text ``q`` makes, filed and dated as the fields beside it say."""
        account, grant = owner(request), grant_of(request)
        beside = self.beside(request)
        return services.expense_create_from_text(
            owner=account,
            text=self.parameters.get("q") or "",
            now=self.now,
            report_id=beside.get("report_id"),
            day=beside.get("date"),
            channel=_CHANNEL,
            picture=self.picture,
            only_new=_adds_blindly(grant),
            names_reports=grant.report_id is None,
        )

    def expense_preview(self, request: Request) -> services.Preview:
        """Return what ``expense_entered`` would store: who may only add sees no more of the ledger here than there."""
        grant, beside = grant_of(request), self.beside(request)
        return services.expense_preview(
            owner=owner(request),
            text=self.parameters.get("q") or "",
            now=self.now,
            report_id=beside.get("report_id"),
            day=beside.get("date"),
            only_new=_adds_blindly(grant),
            names_reports=grant.report_id is None,
        )

    def beside(self, request: Request) -> services.ExpenseFields:
        """Return the report and the date that stand beside the text."""
        return _within(grant_of(request), lambda: _filed_and_dated(self.parameters, user_id=owner(request).id))

    def expense_changed(self, request: Request, expense_id: int) -> ExpenseRow:
        """Return an expense after what the fields say of it; ``status=1`` takes back its deletion."""
        account = owner(request)
        return services.expense_update(
            owner=account,
            expense_id=expense_id,
            fields=read_fields(self.parameters, user_id=account.id),
            now=self.now,
            restore=self.parameters.given("status") == "1",
            picture=self.picture,
        )

    def expense_deleted(self, request: Request, expense_id: int) -> HttpResponse:
        """Delete an expense, once for each key."""

        def change() -> HttpResponse:
            services.expense_delete(owner=owner(request), expense_id=expense_id, now=self.now)
            return nothing(HTTPStatus.NO_CONTENT)

        return self.write(request, change)

    def shown(self, row: ExpenseRow) -> ExpenseRow:
        """Return an expense as the caller may see it: who knows a receipt's name can fetch the picture."""
        if "receipts:read" in grant_of(self.request).scopes:
            return row
        return row._replace(receipt_id=None, receipt_image="")

    def exported(self, rows: Generator[ExpenseRow], output: Format) -> HttpResponseBase:
        """Return expenses, as the caller may see them, as a list of one of the ledger's formats."""
        account = owner(self.request)
        shown = rows if "receipts:read" in grant_of(self.request).scopes else map(self.shown, rows)
        chunks = output.export(shown, currency=account.currency)
        with closing(rows):  # until then PostgreSQL answers nothing else, not even to who says why it failed
            return rendered(chunks, owner_id=account.id, content_type=output.content_type)


def _within(grant: Grant, read: Callable[[], services.ExpenseFields]) -> services.ExpenseFields:
    """Return the fields that were read; a caller who is kept to one report files there, whatever text says.

    Another report is refused, and which others there are is not told.
    """
    try:
        fields = read()
    except UnknownReference:
        if grant.report_id is None:
            raise
        raise NotGranted(_ADDS, _ONE_REPORT) from None
    if grant.report_id is None:
        return fields
    if fields.get("report_id", grant.report_id) != grant.report_id:
        raise NotGranted(_ADDS, _ONE_REPORT)
    return {**fields, "report_id": grant.report_id}


def _adds_blindly(grant: Grant) -> bool:
    """Tell whether a caller must see nothing of the expenses that are there, as he would by stopping a timer."""
    return grant.add_only or "expenses:read" not in grant.scopes


def read_fields(parameters: Parameters, *, user_id: int) -> services.ExpenseFields:
    """Return what a client says of an expense. Raises BadParameter, UnknownReference."""
    fields = _filed_and_dated(parameters, user_id=user_id)
    if (text := parameters.get("type")) is not None:
        fields["type"] = text
    if (text := parameters.get("notes")) is not None:
        fields["notes"] = text
    if (text := parameters.get("amount")) is not None:
        fields["amount"] = read_amount("amount", text)
    if (text := parameters.get("rawamount")) is not None:
        fields["raw_amount"] = read_amount("rawamount", text)
    if tags := parameters.all("tags"):
        fields["tags"] = [tag for value in tags for tag in value.split()]
    return fields


def read_upload(parameters: Parameters) -> Picture | None:
    """Return the receipt that came with a form, or None. Raises BadReceipt, and BadParameter for two of them."""
    files = [(name, file) for name in _RECEIPT_FIELDS for file in parameters.files.get(name, ())]
    if len(files) > 1:
        raise BadParameter(files[1][0], files[1][1].name, "one receipt in a request is wanted")
    return receipt_read(files[0][1].data) if files else None


def _filed_and_dated(parameters: Parameters, *, user_id: int) -> services.ExpenseFields:
    """Return report and date. ``r`` and ``d``, documented beside ``q``, mean the same wherever they stand.

    An expense that names its report must not land in the default one because the name of the field is another's.
    """
    fields: services.ExpenseFields = {}
    for name in ("report", "r"):
        if (text := parameters.given(name)) is not None:
            fields["report_id"] = read_report(name, text, user_id=user_id)
    if (text := parameters.get("date")) is not None:
        fields["date"] = read_day("date", text)
    if (text := parameters.given("d")) is not None:
        fields["date"] = read_day("d", text)
    return fields
