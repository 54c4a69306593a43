"""Help: what may be typed, and how programs are pointed at this server. It is open: strangers may read it."""

import shlex
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.selectors import Account
from expenses import grammar, services
from expenses.grammar import TimerStart, TimerStop
from web.account import owner
from web.figures import money, multiplied, worked
from web.installing import installs
from web.refusals import REFUSALS
from web.searchbox import bookmarklet
from web.telling import told

_SOMEBODY: Final = "me@example.com"
_SOME_ADDRESS: Final = "192.168.1.5"
_NO_WORDS: Final = grammar.Vocabulary(base_currency="USD", types={}, reports={})


class Reading(NamedTuple):
    """What one line comes to; of one that is refused only the ``refusal`` is there.

    ``raw`` is the amount as it was typed and its rate, where it is not in the base currency; ``amount`` what it is
    worth, "" where that takes somebody's rates.
    """

    typed: str
    timer: str = ""
    type: str = ""
    raw: str = ""
    amount: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    day: str = ""
    refusal: str = ""


class Topic(NamedTuple):
    """A few lines that may be typed, under what they are about."""

    name: str | Promise
    about: str | Promise
    lines: tuple[str, ...]


TOPICS: Final = (
    Topic(
        _("A line is an expense"),
        _(
            "The words before the amount are the type, what follows it is notes; a comma may stand between. "
            "A #tag may stand anywhere. An open report of the name of a tag, of an @word or of the last word gets "
            "the expense; without one it goes to the default report."
        ),
        (
            "lunch 45 with jack",
            "lunch $34.50 with jack #personal #cash",
            "Travel: Lunch 4",
            "$60 for taxi from airport to hotel",
            "refund -12.50 returned cable",
        ),
    ),
    Topic(
        _("Numbers"),
        _(
            "Point and comma are read as people mean them: three digits after the only one are thousands, "
            "one or two are decimals. A number that is part of a word stays one: 37Signals.com, 5%."
        ),
        ("Miete 1.234,56", "web hosting 1,200", "lunch 12,5 at 37Signals.com"),
    ),
    Topic(
        _("Other currencies"),
        _(
            "By mark or ISO code beside the number. The newest rate on or before the day counts, or the one behind "
            "“at”. A mark that could mean several currencies is refused, and the answer asks for the code."
        ),
        ("hotel €20 at 1.08", "hotel 20 EUR near the fair", "hotel 900 kr"),
    ),
    Topic(
        _("Miles and hours"),
        _(
            "Mileage is counted in miles or kilometres, at the rate of the day; time in minutes, at your hourly rate. "
            "A type can have a unit and a rate of its own, like pages."
        ),
        ("mileage 100 to the fair", "mileage 100 km at 0.30", "time 1:30 contract review", "time 37 mins call"),
    ),
    Topic(
        _("Another day"),
        _("“date” and a day at the end say when, with or without a time."),
        ("lunch 12 sandwich date 08/31/2010", "lunch 12 date yesterday", "taxi 20 date 2010-08-31 18:30"),
    ),
    Topic(
        _("The timer"),
        _(
            "A start begins to count, a stop fills in the minutes. A second start stops the first. "
            "It runs on while the server is off."
        ),
        ("time start clientx", "time stop"),
    ),
    Topic(
        _("What is refused"),
        _("The answer says why and what would be right; nothing is stored."),
        ("lunch with jack", "45"),
    ),
)


class Line(NamedTuple):
    """Something to be copied into a terminal, a file or a form."""

    about: str | Promise
    text: str


@login_not_required
@require_safe
def help_typing(request: HttpRequest) -> HttpResponse:
    """Show what may be typed, each example with what comes of it: to who is signed in, in his own ledger."""
    read = _reader(owner(request)) if request.user.is_authenticated else _of_stranger
    topics = [(topic, [_reading(line, read) for line in topic.lines]) for topic in TOPICS]
    return render(request, "help/typing.html", {"topics": topics})


@login_not_required
@require_safe
def help_clients(request: HttpRequest) -> HttpResponse:
    """Show how a program is pointed at this server, as it calls itself, and not as the request does."""
    email = owner(request).email if request.user.is_authenticated else _SOMEBODY
    here = settings.PUBLIC_URL
    context = {
        "here": here,
        "hosts": f"{_address(here)} xpenser.com www.xpenser.com",
        "search": f"{here}/api/simple/?q=%s",
        "bookmarklet": bookmarklet(here),
        "installs": installs(),
        "lines": _curl_lines(f"curl -u {shlex.quote(email)}", here),
    }
    return render(request, "help/clients.html", context)


def _reading(line: str, read: Callable[[str], Reading]) -> Reading:
    try:
        return read(line)
    except REFUSALS as refusal:
        return Reading(line, refusal=told(refusal))


def _reader(person: Account) -> Callable[[str], Reading]:
    """Return what reads the lines as they would be in the person's ledger."""
    lines = [line for topic in TOPICS for line in topic.lines]
    preview = services.expense_previews(owner=person, texts=lines, now=timezone.now())

    def read(line: str) -> Reading:
        row = preview(line)
        amount = f"{money(row.amount, person.currency)} {person.currency}"
        day = "" if row.date_is_assumed else row.date
        return Reading(line, row.timer, row.type, worked(row), amount, row.notes, row.tags, day)

    return read


def _of_stranger(line: str) -> Reading:
    said = grammar.parse(line, vocabulary=_NO_WORDS, today=timezone.now().date())
    if isinstance(said, TimerStart | TimerStop):
        timer = "start" if isinstance(said, TimerStart) else "stop"
        return Reading(line, timer, said.type, notes=said.notes, tags=said.tags)
    thousandths, base = int(said.raw_amount.scaleb(3)), _NO_WORDS.base_currency
    raw = multiplied(thousandths, said.unit, said.rate) if said.unit else ""
    amount = "" if said.unit else f"{money(thousandths, base)} {base}"
    day = "" if said.date is None else str(said.date)
    return Reading(line, "", said.type, raw, amount, said.notes, said.tags, day)


def _address(here: str) -> str:
    """Return the address of this server where its URL has one, or one that is easily seen to be an example."""
    name = urlsplit(here).hostname or ""
    try:
        return str(ip_address(name))
    except ValueError:
        return _SOME_ADDRESS


def _curl_lines(curl: str, here: str) -> Iterable[Line]:
    return (
        Line(_("Add an expense"), f'{curl} -d "q=lunch 45 with jack #clientx" {here}/api/v1.0/expense/'),
        Line(_("With its receipt"), f'{curl} -F "q=lunch 45" -F receipt=@receipt.jpg {here}/api/v1.0/expense/'),
        Line(_("List all expenses"), f'{curl} "{here}/api/v1.0/expenses/?report=*"'),
        Line(
            _("List what has changed since a day, deleted ones too"),
            f'{curl} "{here}/api/v1.0/expenses/?report=*&status=all&modified_op=gt&modified=2026-01-01"',
        ),
        Line(_("Save all as CSV"), f'{curl} -o expenses.csv "{here}/api/expenses/?report=*&format=csv"'),
        Line(_("Save all as QIF"), f'{curl} -o expenses.qif "{here}/api/expenses/?report=*&format=qif"'),
        Line(_("Correct one"), f'{curl} -d "amount=46.50" {here}/api/v1.0/expense/1'),
        Line(_("Delete one"), f"{curl} -X DELETE {here}/api/v1.0/expense/1"),
    )  # fmt: skip
