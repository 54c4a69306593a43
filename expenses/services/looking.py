"""What would come of a file that waits, a page of it at a time.

To find that out takes seconds for a long file, so what was found is kept beside it: until its owner says something else
of it, or his ledger is changed.
"""

from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import astuple
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import transaction

from accounts.retried import retried
from accounts.selectors import Account
from accounts.sentences import sentence_kept, sentence_read
from expenses.imports.columns import Mapping
from expenses.imports.entry import Entry, Wrong
from expenses.imports.files import File, file_read
from expenses.imports.table import Record, Table
from expenses.models import Upload, UploadPage
from expenses.selectors import Similar, UploadRow
from expenses.services.clock import clock_read
from expenses.services.importing import is_long, upload_opened
from expenses.services.planning import Plan, Planned, import_plan
from expenses.services.pricing import Price

LINES: Final = 100
"""Lines on a page: each has two fields in its form, and a thousand are read."""
MOST_WRONG: Final = 200
_SAMPLES: Final = 3  # rows, by which one sees what a column is


class Look(NamedTuple):
    """What would come of a file, of which ``file`` has the first rows only; ``planned`` is the page of that number.

    ``lines`` could come, the ``alike`` ones among them resemble expenses that are there; ``wrong`` are the first
    of the ``wrongs`` that can't.
    """

    file: File
    mapping: Mapping
    lines: int
    alike: frozenset[int]
    wrong: list[Wrong]
    wrongs: frozenset[int]
    page: int
    pages: int
    planned: list[Planned]

    def ticked(self, ticks: Map[str, bool]) -> int:
        """Return how many lines are to be taken, as ``is_ticked`` tells of each."""
        said = {int(line): is_wanted for line, is_wanted in ticks.items() if int(line) not in self.wrongs}
        against = sum(1 if is_wanted else -1 for line, is_wanted in said.items() if is_wanted == (line in self.alike))
        return self.lines - len(self.alike) + against


def upload_look(*, owner: Account, upload: UploadRow, page: int) -> Look:
    """Return what would come of a file into the ledger as it is now; a page behind the last one is that."""
    kept = upload.said.get("look")
    if not kept or kept["version"] != clock_read(user_id=owner.id):
        return _look(*_found(owner, upload), page)
    page = min(page, kept["pages"])
    found = UploadPage.objects.filter(user_id=owner.id, upload_id=upload.id, page=page)
    lines = [line for lines in found.values_list("lines", flat=True) for line in lines]
    table = Table(tuple(kept["header"]), [Record(*each) for each in kept["first"]], kept["separator"])
    mapping = Mapping(**{**kept["mapping"], "roles": tuple(kept["mapping"]["roles"])})
    return Look(
        File(kept["kind"], kept["sender"], kept["encoding"], table), mapping, kept["lines"], frozenset(kept["alike"]),
        [Wrong(line, sentence_read(reason)) for line, reason in kept["wrong"]], frozenset(kept["wrongs"]),
        page, kept["pages"], [_planned(line) for line in lines],
    )  # fmt: skip


def upload_look_keep(*, owner: Account, upload: UploadRow) -> None:
    """Keep what would come of a long file, unless that is kept already, or rates decide: to set one moves no clock."""
    version = clock_read(user_id=owner.id)
    if (upload.said.get("look") or {}).get("version") == version:
        return
    file, mapping, plan = _found(owner, upload)
    if plan.by_rates or not is_long(file):
        return
    look = _look(file, mapping, plan, 1)
    said = {
        "version": version, "kind": file.kind, "sender": file.sender, "encoding": file.encoding,
        "header": file.table.header, "first": look.file.table.records, "separator": file.table.separator,
        "mapping": mapping._asdict(), "lines": look.lines, "alike": sorted(look.alike),
        "wrong": [(line, sentence_kept(reason)) for line, reason in look.wrong], "wrongs": sorted(look.wrongs),
        "pages": look.pages,
    }  # fmt: skip
    _keep(owner.id, upload.id, said, plan.planned)


@retried
@transaction.atomic
def _keep(user_id: int, upload_id: int, said: dict[str, Any], planned: Sequence[Planned]) -> None:
    upload = Upload.objects.select_for_update().filter(user_id=user_id, pk=upload_id).only("said").first()
    if upload is None:  # it was thrown away meanwhile
        return
    UploadPage.objects.filter(upload_id=upload_id).delete()
    UploadPage.objects.bulk_create(
        UploadPage(user_id=user_id, upload_id=upload_id, page=page, lines=[*map(_kept, planned[start : start + LINES])])
        for page, start in enumerate(range(0, len(planned), LINES), 1)
    )
    upload.said = {**upload.said, "look": said}
    upload.save(update_fields=["said"])


def _found(owner: Account, upload: UploadRow) -> tuple[File, Mapping, Plan]:
    file, mapping = upload_opened(user_id=owner.id, upload=upload)
    return file, mapping, import_plan(owner=owner, readings=[file_read(file, mapping)])


def _look(file: File, mapping: Mapping, plan: Plan, page: int) -> Look:
    planned, pages = plan.planned, max(1, -(-len(plan.planned) // LINES))
    page = min(page, pages)
    return Look(
        file._replace(table=file.table._replace(records=file.table.records[:_SAMPLES])), mapping, len(planned),
        frozenset(each.entry.line for each in planned if each.like is not None),
        plan.wrong[:MOST_WRONG], frozenset(wrong.line for wrong in plan.wrong),
        page, pages, planned[(page - 1) * LINES : page * LINES],
    )  # fmt: skip


def _kept(planned: Planned) -> list[Any]:
    return [planned.entry, astuple(planned.price), planned.tags, planned.like]


def _planned(kept: list[Any]) -> Planned:
    """Return a line as it was before JSON, which has no days and no decimals."""
    entry, price, tags, like = Entry(*kept[0]), Price(*kept[1]), kept[2], kept[3]
    return Planned(
        entry._replace(
            date=datetime.fromisoformat(str(entry.date)), amount=Decimal(entry.amount), tags=tuple(entry.tags),
            raw_amount=_decimal(entry.raw_amount), rate=_decimal(entry.rate),
        ),
        Price(Decimal(price.amount), Decimal(price.raw_amount), price.unit, _decimal(price.rate)), tags,
        like and Similar(*like)._replace(day=date.fromisoformat(like[1]), amount=Decimal(like[2])),
    )  # fmt: skip


def _decimal(kept: Decimal | str | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)
