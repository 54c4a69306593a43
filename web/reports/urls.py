"""The addresses of reports."""

from django.urls import path

from web.reports.files import export
from web.reports.listing import reports
from web.reports.moving import move
from web.reports.paper import paper
from web.reports.report import default, delete, rename, report, state

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
