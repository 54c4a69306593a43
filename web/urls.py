"""The pages."""

from django.urls import include, path, re_path, register_converter
from django.urls.converters import StringConverter

from web import making, programs, views, ways_in
from web.authorize import authorize
from web.exporting import OUTPUTS
from web.help import help_clients, help_typing
from web.ids import IdConverter
from web.installing import manifest, offline, share, worker
from web.ledger import adding, editing, files, outbox, picked, receipts
from web.ledger.page import trash
from web.overview.page import overview
from web.probes import alive, metrics, ready
from web.searchbox import opensearch


class _Size(StringConverter):
    regex = receipts.SIZES


class _Kind(StringConverter):
    regex = programs.KINDS


class _Output(StringConverter):
    regex = OUTPUTS


register_converter(IdConverter, "id")  # for the files that are included, too
register_converter(_Size, "size")
register_converter(_Kind, "kind")
register_converter(_Output, "output")

urlpatterns = [
    path("", views.home, name="ledger"),
    path("healthz", alive, name="alive"),
    path("readyz", ready),
    path("metrics", metrics),
    path("overview/", overview, name="overview"),
    path("export.<output:output>", files.export, name="export"),
    path("opensearch.xml", opensearch, name="opensearch"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("worker.js", worker, name="worker"),
    path("offline/", offline, name="offline"),
    path("share/", share, name="share"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("trash/", trash, name="trash"),
    path("add/", adding.add, name="add"),
    path("understood/", adding.understood, name="understood"),
    path("picked/", picked.picked, name="picked"),
    path("expenses/<id:number>/", editing.expense, name="expense"),
    path("expenses/<id:number>/line/", editing.line, name="line"),
    path("expenses/<id:number>/receipts/", receipts.receipts, name="receipts"),
    path("receipts/<id:number>/", receipts.receipt, name="receipt"),
    path("receipts/<id:number>/remove/", receipts.remove, name="receipt_remove"),
    path("receipts/<id:number>/<size:size>.jpg", receipts.smaller, name="receipt_smaller"),
    path("accounts/", include("web.coming_in.urls")),
    # The second is the old service's documented spelling; programs come with and without the slash (wire §4).
    re_path(r"^oauth/authorize/?\Z", authorize),
    re_path(r"^oauth/request_tokenauthorize/?\Z", authorize),
    path("help/", help_typing, name="help"),
    path("help/clients/", help_clients, name="help_clients"),
    path("import/", include("web.importing.urls")),
    path("operator/", include("web.operator.urls")),
    path("reports/", include("web.reports.urls")),
    path("settings/", include("web.settings.urls")),
    path("settings/apps/", programs.programs, name="programs"),
    path("settings/apps/new/", making.program_new, name="program_new"),
    path("settings/ways-in/", ways_in.ways_in, name="ways_in"),
    path("settings/ways-in/<id:number>/forget/", ways_in.site_forget, name="site_forget"),
    path("settings/tokens/new/", making.token_new, name="token_new"),
    path("settings/<kind:kind>/<id:number>/cut/", programs.cut, name="cut"),
]
