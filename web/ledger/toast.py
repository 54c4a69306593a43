"""What was just done, said at the foot of the page, with the way to take it back."""

from typing import Any, Final, NamedTuple

from django.http import HttpRequest

_KEPT: Final = "toast"


class Toast(NamedTuple):
    """``undo`` is what would take it back, an act of ``web.ledger.picked`` on ``ids``; "" where nothing does.

    ``was`` says how those were, where the act has to know it.
    """

    text: str
    undo: str = ""
    ids: tuple[int, ...] = ()
    was: tuple[str, ...] = ()


def toast_keep(request: HttpRequest, toast: Toast) -> None:
    """Keep a toast over the redirect that follows a write, for browsers without scripts."""
    request.session[_KEPT] = toast


def toast_taken(request: HttpRequest) -> Toast | None:
    """Return the toast that was kept, which is shown once."""
    kept: list[Any] | None = request.session.pop(_KEPT, None)
    return Toast(kept[0], kept[1], *map(tuple, kept[2:])) if kept else None
