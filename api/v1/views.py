"""The doors of API v1.0: read, ask, answer. What each answered on the old service stands in WIRE.md."""

from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from typing import IO, Any, ClassVar, Final, cast

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import escape
from rest_framework.request import Request

from api.auth import SessionAuthentication
from api.dialect import DialectView, NoSuchPage, Refusal, nothing, owner
from api.parameters import BadParameter
from api.scopes import EXPENSE_WRITES, NONE, REPORT_WRITES
from api.v1 import renderers, serializers
from api.v1.errors import NOT_FOUND_ALONE, text_refusal
from api.values import read_filter
from api.xpenser import XpenserView
from expenses import receipts, selectors, services
from expenses.exports.formats import FORMATS
from expenses.exports.row import ExpenseRow
from reports import selectors as reports
from reports.status import Status, UnknownStatus, read_status
from xpenser.answers import file_answer

_ONE: Final[Mapping[str, tuple[str, Callable[[object], bytes]]]] = {
    "json": (FORMATS["json"].content_type, renderers.as_json),
    "xml": (FORMATS["xml"].content_type, renderers.as_xml),
}


class V1View(XpenserView):
    """A door of v1.0."""

    formats: ClassVar[Collection[str]] = _ONE
    output: str

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.output = self.parameters.given("format") or self.default_format
        if self.output not in self.formats:
            raise InvalidFormat(self.output)

    def refusal(self, status: HTTPStatus, message: str) -> HttpResponse:
        return text_refusal(status, message)

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        if isinstance(exc, NOT_FOUND_ALONE):
            exc = NoSuchPage()
        if isinstance(exc, InvalidFormat):
            return HttpResponse(str(exc), status=HTTPStatus.BAD_REQUEST, content_type="text/plain; charset=utf-8")
        return super().handle_exception(exc)

    def answer(self, value: object) -> HttpResponse:
        content_type, render = _ONE[self.output]
        return HttpResponse(render(value), content_type=content_type)

    def expense(self, row: ExpenseRow) -> serializers.ExpenseWire:
        return serializers.expense_to_wire(self.shown(row))


class InvalidFormat(ValueError):
    """The ``format`` is none that this path answers in."""

    def __init__(self, output: str) -> None:
        super().__init__(f"Invalid output format specified '{escape(output[:60])}'.")


class ExpensesView(V1View):
    formats = FORMATS
    reads = "expenses:read"

    def get(self, request: Request) -> HttpResponseBase:
        account = owner(request)
        matching = read_filter(self.parameters, user_id=account.id)
        output = FORMATS[self.output]
        rows = selectors.expense_rows(user_id=account.id, matching=matching, unread=output.unread)
        return self.exported(rows, output)


class ExpenseCreateView(V1View):
    reads = writes = "expenses:write"  # its GET records, too
    adds = True

    def get(self, request: Request) -> HttpResponse:
        """Record an expense: the documentation's own sample is a GET (wire §8 row 18)."""
        if self.parameters.given("q") is None:
            raise BadParameter("q", "", "an expense like 'lunch 45 with jack #clientx' is wanted")
        return self.post(request)

    def head(self, request: Request) -> HttpResponse:
        """Record nothing: a HEAD asks what a GET would say, and must not do it."""
        raise Refusal(HTTPStatus.BAD_REQUEST, "a GET or POST with q records an expense")

    def post(self, request: Request) -> HttpResponse:
        return self.write(request, lambda: self.answer(self.expense(self.expense_made(request))))


class ExpenseView(V1View):
    reads, writes = "expenses:read", EXPENSE_WRITES

    def get(self, request: Request, expense_id: int) -> HttpResponse:
        with_deleted = self.parameters.given("status") == "all"
        row = selectors.expense_row(user_id=owner(request).id, expense_id=expense_id, with_deleted=with_deleted)
        return self.answer(self.expense(row))

    def post(self, request: Request, expense_id: int) -> HttpResponse:
        if self.action() == "delete":
            return self.expense_deleted(request, expense_id)
        return self.write(request, lambda: self.answer(self.expense(self.expense_changed(request, expense_id))))

    put = post

    def delete(self, request: Request, expense_id: int) -> HttpResponse:
        return self.expense_deleted(request, expense_id)


class TagsView(V1View):
    reads = "expenses:read"

    def get(self, request: Request) -> HttpResponse:
        rows = selectors.tag_rows(user_id=owner(request).id)
        return self.answer([serializers.named_to_wire(row) for row in rows])


class TagCreateView(V1View):
    writes = "expenses:write"

    def post(self, request: Request) -> HttpResponse:
        name = self.parameters.get("name") or ""
        return self.write(
            request,
            lambda: self.answer(
                serializers.named_to_wire(services.tag_create(user_id=owner(request).id, name=name, now=self.now))
            ),
        )


class TagView(V1View):
    reads, writes = "expenses:read", EXPENSE_WRITES

    def get(self, request: Request, tag_id: int) -> HttpResponse:
        row = selectors.tag_row(user_id=owner(request).id, tag_id=tag_id)
        return self.answer(serializers.named_to_wire(row))

    def post(self, request: Request, tag_id: int) -> HttpResponse:
        """Rename a tag. Without a name nothing changes: the documentation's delete sample lost its action."""
        if self.action() == "delete":
            return self.delete(request, tag_id)
        name = self.parameters.get("name")
        if name is None:
            return self.get(request, tag_id)
        return self.write(
            request,
            lambda: self.answer(
                serializers.named_to_wire(
                    services.tag_rename(user_id=owner(request).id, tag_id=tag_id, name=name, now=self.now)
                )
            ),
        )

    put = post

    def delete(self, request: Request, tag_id: int) -> HttpResponse:
        def change() -> HttpResponse:
            services.tag_delete(user_id=owner(request).id, tag_id=tag_id, now=self.now)
            return nothing(HTTPStatus.NO_CONTENT)

        return self.write(request, change)


class ReportsView(V1View):
    reads = "reports:read"

    def get(self, request: Request) -> HttpResponse:
        rows = reports.report_rows(user_id=owner(request).id, statuses=self._statuses())
        return self.answer([serializers.report_to_wire(row) for row in rows])

    def _statuses(self) -> frozenset[Status] | None:
        """Return the states that are asked for; an unknown one asks for all.

        A client that finds no report of a name makes one: an empty list would make it double them (wire §2.2).
        """
        text = self.parameters.given("status") or ""
        if text.lower() == "needs_action":
            return frozenset({Status.REJECTED})
        try:
            return frozenset({read_status(text)})
        except UnknownStatus:
            return None


class ReportCreateView(V1View):
    reads, writes = "reports:read", "reports:write"

    def get(self, request: Request) -> HttpResponse:
        return self.answer(serializers.report_to_wire(reports.report_default(user_id=owner(request).id)))

    def post(self, request: Request) -> HttpResponse:
        name, status = self.parameters.get("name") or "", self.parameters.given("status")
        return self.write(
            request,
            lambda: self.answer(
                serializers.report_to_wire(
                    services.report_create(
                        user_id=owner(request).id,
                        name=name,
                        now=self.now,
                        status=Status.ACTIVE if status is None else read_status(status),
                    )
                )
            ),
        )


class ReportView(V1View):
    reads, writes = "reports:read", REPORT_WRITES

    def get(self, request: Request, report_id: int) -> HttpResponse:
        row = reports.report_row(user_id=owner(request).id, report_id=report_id)
        return self.answer(serializers.report_to_wire(row))

    def post(self, request: Request, report_id: int) -> HttpResponse:
        if self.action() == "delete":
            return self.delete(request, report_id)
        status = self.parameters.given("status")
        return self.write(
            request,
            lambda: self.answer(
                serializers.report_to_wire(
                    services.report_update(
                        user_id=owner(request).id,
                        report_id=report_id,
                        now=self.now,
                        name=self.parameters.get("name"),
                        status=None if status is None else read_status(status),
                        make_default=self._make_default(),
                    )
                )
            ),
        )

    put = post

    def delete(self, request: Request, report_id: int) -> HttpResponse:
        def change() -> HttpResponse:
            services.report_delete(user_id=owner(request).id, report_id=report_id, now=self.now)
            return nothing(HTTPStatus.NO_CONTENT)

        return self.write(request, change)

    def _make_default(self) -> bool:
        """Tell whether the report is to become the default one: only yes can be said, of another report."""
        text = (self.parameters.given("is_default") or "").lower()
        if text not in {"", "1", "true"}:
            raise BadParameter(
                "is_default", text, "1 or true is wanted; to change the default, say it of another report"
            )
        return bool(text)


class UserView(V1View):
    reads = "account:read"

    def get(self, request: Request) -> HttpResponse:
        return self.answer(serializers.user_to_wire(owner(request)))


class UsersView(V1View):
    reads = "account:read"

    def get(self, request: Request) -> HttpResponse:
        return self.answer([serializers.user_to_wire(owner(request))])


class ReceiptsView(V1View):
    reads = "receipts:read"

    def get(self, request: Request) -> HttpResponse:
        rows = selectors.receipt_rows(user_id=owner(request).id)
        return self.answer([serializers.receipt_to_wire(row) for row in rows])


class ReceiptView(V1View):
    reads = "receipts:read"

    def get(self, request: Request, receipt_id: int) -> HttpResponse:
        row = selectors.receipt_row(user_id=owner(request).id, receipt_id=receipt_id)
        return self.answer(serializers.receipt_to_wire(row))


class CategoriesView(V1View):
    reads = "expenses:read"

    def get(self, request: Request) -> HttpResponse:
        rows = selectors.category_rows(user_id=owner(request).id)
        return self.answer([serializers.named_to_wire(row) for row in rows])


class CategoryView(V1View):
    reads = "expenses:read"

    def get(self, request: Request, category_id: int) -> HttpResponse:
        row = selectors.category_row(user_id=owner(request).id, category_id=category_id)
        return self.answer(serializers.named_to_wire(row))


class PeopleView(V1View):
    reads = "account:read"

    def get(self, request: Request, company_id: int) -> HttpResponse:
        """Return the organisation chart; as long as there are no companies, everybody is his own."""
        if company_id != owner(request).id:
            raise NoSuchPage
        return self.answer([serializers.person_to_wire(owner(request))])


class ContactCreateView(V1View):
    writes = "account:read"  # it changes nothing, and says only who may

    def post(self, request: Request) -> HttpResponse:
        """Refuse: contacts were made by a company's administrator, and there are no companies here."""
        raise Refusal(HTTPStatus.FORBIDDEN, "contacts are made by a company's administrator, and there is no company")


class NothingView(V1View):
    """What is at no path: asks who calls like every other, so that a stranger can't tell paths apart."""

    reads = writes = NONE

    def get(self, request: Request) -> HttpResponse:
        raise NoSuchPage

    post = put = delete = patch = head = trace = get
    options = get  # type: ignore[assignment]


class ReceiptImageView(DialectView):
    """The picture itself, at the path that old clients have built in and fetch without credentials (wire §5, T6).

    Its name can't be guessed. An operator who wants more than that sets RECEIPTS_PUBLIC=0; pages show pictures too, so
    whoever has signed in on one sees his own then.
    """

    authentication_classes = (*DialectView.authentication_classes, SessionAuthentication)
    reads = "receipts:read"

    def get_permissions(self) -> Any:
        return [] if settings.RECEIPTS_PUBLIC else super().get_permissions()

    def perform_authentication(self, request: Request) -> None:
        if not settings.RECEIPTS_PUBLIC:
            super().perform_authentication(request)

    def refusal(self, status: HTTPStatus, message: str) -> HttpResponse:
        return text_refusal(status, message)

    def get(self, request: Request, image: str | None = None) -> HttpResponseBase:
        # PostgreSQL's driver raises on a NUL, which no name has.
        if image is None or "\0" in image:
            raise NoSuchPage
        try:
            receipt = receipts.receipt_open(
                image=image, user_id=None if settings.RECEIPTS_PUBLIC else owner(request).id
            )
        except selectors.ReceiptNotFound:
            raise NoSuchPage from None
        answer = file_answer(
            cast("IO[bytes]", receipt.file),
            size=receipt.size,
            owner_id=receipt.owner_id,
            content_type=receipt.content_type,
        )
        # Whatever a reader takes the bytes for, it is no page of this site and runs no script.
        answer.headers["Content-Disposition"] = "inline"
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer.headers["Cache-Control"] = "private"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer
