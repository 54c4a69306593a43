"""The addresses of reports."""

from django.urls import path, re_path

from web.ids import ID
from web.reports.files import OUTPUTS, export
from web.reports.listing import reports
from web.reports.moving import move
from web.reports.paper import paper
from web.reports.report import default, delete, rename, report, state

_REPORT = f"^(?P<number>{ID})"

urlpatterns = [
    path("", reports, name="reports"),
    re_path(rf"{_REPORT}/\Z", report, name="report"),
    re_path(rf"{_REPORT}/rename/\Z", rename, name="report_rename"),
    re_path(rf"{_REPORT}/state/\Z", state, name="report_state"),
    re_path(rf"{_REPORT}/default/\Z", default, name="report_default"),
    re_path(rf"{_REPORT}/delete/\Z", delete, name="report_delete"),
    re_path(rf"{_REPORT}/move/\Z", move, name="report_move"),
    re_path(rf"{_REPORT}/print/\Z", paper, name="report_print"),
    re_path(rf"{_REPORT}/export\.(?P<output>{OUTPUTS})\Z", export, name="report_export"),
]
