"""Ids, as addresses and forms bring them."""

import re
from collections.abc import Iterable
from typing import Final

ID: Final = "[0-9]{1,18}"
"""The pattern of an id: any of its matches fits the integers of both databases."""

_ID: Final = re.compile(ID)


class IdConverter:
    """An id in an address: ``<id:number>``."""

    regex = ID

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int | str) -> str:
        return str(value)


def ids_in(texts: Iterable[str]) -> list[int]:
    """Return the ids among what a form sent, in its order; what is none is left out."""
    return [int(text) for text in texts if _ID.fullmatch(text)]
