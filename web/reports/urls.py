"""The addresses of reports."""

from django.urls import re_path

from web.reports.files import OUTPUTS, export

_REPORT = "^(?P<number>[0-9]{1,18})"

urlpatterns = [
    re_path(rf"{_REPORT}/export\.(?P<output>{OUTPUTS})\Z", export, name="report_export"),
]
