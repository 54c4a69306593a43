"""A report as a file, in each format that expenses leave the ledger in."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from itertools import chain
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.selectors import Account
from expenses.exports.formats import FORMATS
from expenses.selectors import ExpenseFilter, expense_rows
from reports.selectors import report_row
from web.reports.asking import of_a_report
from xpenser.answers import rendered

OUTPUTS: Final = "|".join(FORMATS)
_NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f"*/:<>?\\|]')  # Windows has the longest list


@require_safe
@of_a_report
def export(request: HttpRequest, person: Account, report_id: int, output: str) -> HttpResponseBase:
    """Hand a report out whole, as a file that bears its name."""
    name = _NOT_IN_NAMES.sub("-", report_row(user_id=person.id, report_id=report_id).name)
    response = rendered(
        _chunks(person, report_id, output), owner_id=person.id, content_type=FORMATS[output].content_type
    )
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.{output}")
    response.headers["Cache-Control"] = "no-store"
    return response


def _chunks(person: Account, report_id: int, output: str) -> Iterator[bytes]:
    rows = expense_rows(user_id=person.id, matching=ExpenseFilter(report_id=report_id))
    chunks = FORMATS[output].export(rows, currency=person.currency)
    # People open it by a double click, and Excel then reads accents only behind a mark (expenses.exports.as_csv).
    return chain([BOM_UTF8], chunks) if output == "csv" else chunks
