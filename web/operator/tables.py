"""Django's admin: the tables as they are, for what no other page shows.

They are only read. Each write of the ledger goes by a service, which takes the owner's clock and checks what must hold;
a form over the row would do none of that. Hashes of passwords and tokens, and secrets, are not among the columns, nor
are names of pictures: whoever knows one may have the picture. It shows what people spend, so whoever looks shows once
more who he is. Signing in and out, and passwords, have pages of ours, which ask for a second factor; those of the admin
are not there.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import Model, QuerySet
from django.forms import Media
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.translation import gettext_lazy as _

from web.ids import ID
from web.operator.guard import operators_only

if TYPE_CHECKING:
    TableAdmin = ModelAdmin[Any]
else:
    TableAdmin = ModelAdmin
LONGEST_ADDRESS: Final = 254
ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "accounts.User": (
        "id", "email", "zone", "currency", "is_active", "is_staff", "is_superuser", "password_is_enough", "last_login",
        "created",
    ),
    "accounts.Invitation": ("id", "email", "is_first", "invited_by", "expires", "created"),
    "reports.Report": ("id", "user", "name", "status", "is_default", "created", "modified"),
    "expenses.Expense": (
        "id", "user", "report_id", "status", "date", "type", "amount", "raw_amount", "unit", "rate", "notes",
        "sourceid", "created", "modified",
    ),
    "expenses.ExpenseType": ("id", "user", "name", "category_id", "unit", "rate"),
    "expenses.Tag": ("id", "user", "name"),
    "expenses.Receipt": ("id", "user", "expense_id", "position", "size", "created"),
    "access.Consumer": ("id", "user", "name", "key", "callback", "is_legacy", "created"),
    "access.PersonalToken": (
        "id", "user", "name", "beginning", "scopes", "add_only", "expires", "created", "used", "used_from",
    ),
    "oauth2_provider.Application": ("id", "user", "name", "client_id", "redirect_uris", "client_type", "created"),
}  # fmt: skip


class Table(TableAdmin):
    """A table to look at: a list, and a page for each row."""

    actions = None
    ordering = ("-pk",)
    show_full_result_count = False
    view_on_site = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True  # the whole site is guarded

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return False  # else ?password__startswith= tells, letter by letter, what is not among the columns

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if len(search_term) > LONGEST_ADDRESS:  # nobody's; and SQLite can't look for a thousand words at once
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @property
    def media(self) -> Media:
        return Media()  # scripts for forms, which there are none of

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        guarded = self.admin_site.admin_view
        return [
            path("", guarded(self.changelist_view), name=f"{name}_changelist"),
            re_path(rf"^(?P<object_id>{ID})/change/\Z", guarded(self.change_view), name=f"{name}_change"),
        ]


class Tables(AdminSite):
    """The tables of this server."""

    site_header = _("Tables")
    site_title = "xpenser"
    index_title = _("Tables")
    site_url = None
    index_template = "operator/tables.html"  # nobody does anything here that would be listed beside it
    enable_nav_sidebar = False

    def admin_view(self, view: ViewT, cacheable: bool = False) -> ViewT:
        return cast("ViewT", operators_only(super().admin_view(view, cacheable), fresh=True))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        labels = "|".join(sorted({model._meta.app_label for model in self._registry}))
        return [
            path("", self.admin_view(self.index), name="index"),
            path("jsi18n/", self.admin_view(self.i18n_javascript), name="jsi18n"),
            *(
                path(f"{model._meta.app_label}/{model._meta.model_name}/", include(table.get_urls()))
                for model, table in self._registry.items()
            ),
            re_path(rf"^(?P<app_label>{labels})/\Z", self.admin_view(self.app_index), name="app_list"),
        ]


def _tables() -> Tables:
    site = Tables()
    for label, columns in COLUMNS.items():
        owners = [name for name in ("user", "invited_by") if name in columns]
        searched = [f"{name}__email_key" for name in owners] or ["email_key"]
        site.register(
            apps.get_model(label), Table,
            list_display=columns, fields=columns, search_fields=searched, list_select_related=owners,
        )  # fmt: skip
    return site


tables: Final = _tables()
