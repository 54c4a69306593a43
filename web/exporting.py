"""Expenses as a file, in each format that they leave the ledger in."""

import re
from codecs import BOM_UTF8
from collections.abc import Generator
from contextlib import closing
from itertools import chain
from typing import Final

from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from accounts.selectors import Account
from expenses.exports.formats import FILES
from expenses.exports.row import ExpenseRow
from xpenser.answers import rendered

OUTPUTS: Final = "|".join(FILES)
USES: Final = (
    ("csv", _("for a spreadsheet")),
    ("json", _("for programs")),
    ("xml", _("for older programs")),
    ("qif", _("for accounting software")),
    ("ofx", _("as banks send it")),
)
_NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f"*/:<>?\\|]')  # Windows has the longest list


def exported(person: Account, rows: Generator[ExpenseRow], *, name: str, output: str) -> HttpResponseBase:
    """Hand expenses of a person's out, as a file that bears ``name``."""
    chunks = FILES[output].export(rows, currency=person.currency)
    # People open it by a double click, and Excel then reads accents only behind a mark (expenses.exports.as_csv).
    marked = chain([BOM_UTF8], chunks) if output == "csv" else chunks
    with closing(rows):  # until then PostgreSQL answers nothing else, not even to who says why it failed
        response = rendered(marked, owner_id=person.id, content_type=FILES[output].content_type)
    file_name = f"{_NOT_IN_NAMES.sub('-', name)}.{output}"
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name)
    response.headers["Cache-Control"] = "no-store"
    return response
