"""What a person sees on the ledger page, read from its HTML."""

import re
from html import unescape
from typing import Any, NamedTuple

from django.conf import settings
from django.test import Client


class Row(NamedTuple):
    id: int
    type: str
    notes: str
    tags: str
    report: str
    worked: str
    amount: str


def htmx(path: str = "/") -> dict[str, str]:
    """Return the headers that htmx sends from a page."""
    return {"HX-Request": "true", "HX-Current-URL": f"{settings.PUBLIC_URL}{path}"}


def text_of(html: str) -> str:
    """Return what is read on a screen: no tags, blanks folded."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def rows(response: Any) -> list[Row]:
    """Return the expenses on a page, in its order."""
    lines = re.findall(r'<tr role="row" id="e(\d+)"[^>]*>(.*?)</tr>', response.content.decode(), re.DOTALL)
    cells = {int(number): re.findall(r"<td [^>]*>(.*?)</td>", line, re.DOTALL) for number, line in lines}
    return [Row(number, *(text_of(each[column]) for column in (1, 2, 3, 4, 6, 7))) for number, each in cells.items()]


def notes(response: Any) -> list[str]:
    return [row.notes for row in rows(response)]


def days(response: Any) -> list[str]:
    """Return the heads of the days: date and total."""
    return [text_of(head) for head in re.findall(r'class="day"><b>(.*?)</th>', response.content.decode())]


def total(response: Any) -> str:
    found = re.search(r'<p class="sum">(.*?)</p>', response.content.decode(), re.DOTALL)
    return text_of(found[1]) if found else ""


def toast(response: Any) -> str:
    found = re.search(r'<div class="toast"[^>]*><p>(.*?)</p>', response.content.decode())
    return text_of(found[1]) if found else ""


def once(client: Client) -> str:
    """Return the key that the entry line of a page carries."""
    found = re.search(r'name="once" value="([0-9a-f-]{36})"', client.get("/").content.decode())
    assert found
    return found[1]
