"""The pages."""

from django.urls import include, path, re_path

from web import making, programs, views, ways_in
from web.authorize import authorize
from web.help import help_clients, help_typing
from web.ids import ID
from web.ledger import adding, editing, picked, receipts
from web.ledger.page import trash
from web.probes import alive, ready

_NUMBER = f"(?P<number>{ID})"

urlpatterns = [
    path("", views.home, name="ledger"),
    path("healthz", alive),
    path("readyz", ready),
    path("trash/", trash, name="trash"),
    path("add/", adding.add, name="add"),
    path("understood/", adding.understood, name="understood"),
    path("picked/", picked.picked, name="picked"),
    re_path(rf"^expenses/{_NUMBER}/\Z", editing.expense, name="expense"),
    re_path(rf"^expenses/{_NUMBER}/line/\Z", editing.line, name="line"),
    re_path(rf"^expenses/{_NUMBER}/receipts/\Z", receipts.receipts, name="receipts"),
    re_path(rf"^receipts/{_NUMBER}/\Z", receipts.receipt, name="receipt"),
    re_path(rf"^receipts/{_NUMBER}/remove/\Z", receipts.remove, name="receipt_remove"),
    re_path(rf"^receipts/{_NUMBER}/(?P<size>{receipts.SIZES})\.jpg\Z", receipts.smaller, name="receipt_smaller"),
    path("accounts/", include("web.coming_in.urls")),
    # The second is the old service's documented spelling; programs come with and without the slash (wire §4).
    re_path(r"^oauth/authorize/?\Z", authorize),
    re_path(r"^oauth/request_tokenauthorize/?\Z", authorize),
    path("help/", help_typing, name="help"),
    path("help/clients/", help_clients, name="help_clients"),
    path("operator/", include("web.operator.urls")),
    path("reports/", include("web.reports.urls")),
    path("settings/", include("web.settings.urls")),
    path("settings/apps/", programs.programs, name="programs"),
    path("settings/apps/new/", making.program_new, name="program_new"),
    path("settings/ways-in/", ways_in.ways_in, name="ways_in"),
    re_path(rf"^settings/ways-in/{_NUMBER}/forget/\Z", ways_in.site_forget, name="site_forget"),
    path("settings/tokens/new/", making.token_new, name="token_new"),
    re_path(rf"^settings/(?P<kind>{programs.KINDS})/{_NUMBER}/cut/\Z", programs.cut, name="cut"),
]
