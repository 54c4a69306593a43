"""The line at the top: free text in, and what was understood of it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.names import name_key
from accounts.selectors import Account
from expenses.images import Picture
from expenses.selectors import expense_row, tags_suggested, timer_row, types_suggested
from expenses.services import Answer, expense_create_from_text, expense_preview, receipts_add
from web.account import owner
from web.figures import money, multiplied
from web.htmx import HtmxRequest
from web.ledger.hints import day_hint, rate_told
from web.ledger.page import TEMPLATE, done, refused
from web.ledger.toast import Toast
from web.once import FormReused, form_once
from web.refusals import REFUSALS
from web.telling import told

_OFFERED: Final = 8


@require_safe
def understood(request: HtmxRequest) -> HttpResponse:
    """Show what a text would add, and how it may go on; nothing is stored."""
    person, text, now = owner(request), request.GET.get("q", ""), timezone.now()
    context: dict[str, Any] = {"person": person, "completions": _completions(person, text)}
    if text.strip():
        try:
            row = expense_preview(owner=person, text=text, now=now)
        except REFUSALS as refusal:
            context["refusal"] = told(refusal)
        else:
            raw = multiplied(row.raw_amount, row.unit, Decimal(row.rate)) if row.unit else ""
            context |= {
                "heard": row,
                "when": datetime.fromisoformat(row.date),
                "amount": money(row.amount, person.currency),
                "raw": raw,
                "rate_told": rate_told(person, row),
                "hint": day_hint(row),
            }
    return render(request, f"{TEMPLATE}#understood", context)


@require_POST
def add(request: HtmxRequest) -> HttpResponse:
    """Add what the line says, once, however often it is sent."""
    person, text, now = owner(request), request.POST.get("q", ""), timezone.now()
    write = partial(written, person, text, now=now)
    try:
        answer = form_once(request, person, said=text.encode(errors="surrogatepass"), now=now, write=write)
    except REFUSALS as reason:
        return refused(request, typed=text, refusal=told(reason))
    except FormReused:
        refusal = gettext("This line was sent once before, with another text. Add once more to add this one, too.")
        return refused(request, typed=text, refusal=refusal)
    return done(request, added(person, answer), fresh=[int(answer.body)])


def written(
    person: Account, text: str, *, now: datetime, said_at: datetime | None = None, pictures: Sequence[Picture] = ()
) -> Answer:
    """Do what a line says, put pictures to its expense, and return that one's id; 200 where it had been there.

    Raises REFUSALS.
    """
    timer = timer_row(user_id=person.id)
    row = expense_create_from_text(owner=person, text=text, now=now, channel="web", said_at=said_at)
    if pictures:
        receipts_add(owner=person, expense_id=row.id, pictures=pictures, now=now)
    was_there = timer is not None and timer.expense_id == row.id
    return Answer(HTTPStatus.OK if was_there else HTTPStatus.CREATED, "text/plain", str(row.id).encode())


def added(person: Account, answer: Answer) -> Toast:
    """Return what is said of a line that was ``written``."""
    row = expense_row(user_id=person.id, expense_id=int(answer.body), with_deleted=True)
    said = {"type": row.type, "amount": f"{money(row.amount, person.currency)} {person.currency}"}
    if answer.status == HTTPStatus.OK:  # a timer was stopped, whose expense had been there
        return Toast(gettext("Stopped %(type)s, %(amount)s") % said)
    return Toast(gettext("Added %(type)s, %(amount)s") % said, "delete", (row.id,))


def _completions(person: Account, text: str) -> list[str]:
    """Return how the text may go on: by a type of the person's at its start, by a tag behind a ``#``."""
    head, mark, word = text.rpartition("#")
    if mark and not any(map(str.isspace, word)):
        tags = tags_suggested(user_id=person.id, prefix=word, limit=_OFFERED)
        return [f"{head}#{name}" for name in tags if name_key(name) != name_key(word)]
    if not text or any(map(str.isdigit, text)):
        return []
    types = types_suggested(user_id=person.id, prefix=text, limit=_OFFERED)
    return [f"{name} " for name in types if name_key(name) != name_key(text)]
