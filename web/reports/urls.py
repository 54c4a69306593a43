"""The addresses of reports."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from web.reports.files import OUTPUTS, export
from web.reports.listing import reports
from web.reports.moving import move
from web.reports.paper import paper
from web.reports.report import default, delete, rename, report, state


class _Output(StringConverter):
    regex = OUTPUTS


register_converter(_Output, "output")

urlpatterns = [
    path("", reports, name="reports"),
    path("<id:number>/", report, name="report"),
    path("<id:number>/rename/", rename, name="report_rename"),
    path("<id:number>/state/", state, name="report_state"),
    path("<id:number>/default/", default, name="report_default"),
    path("<id:number>/delete/", delete, name="report_delete"),
    path("<id:number>/move/", move, name="report_move"),
    path("<id:number>/print/", paper, name="report_print"),
    path("<id:number>/export.<output:output>", export, name="report_export"),
]
