"""How far something has come, on a terminal."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.management.base import OutputWrapper

Watch = Callable[[Iterable[Any], int, str], Iterable[Any]]
"""Shows how far something has come: takes what is gone through, how many they are and of what, and gives the same."""

_CLEAR = "\r\033[K"


def unwatched(items: Iterable[Any], count: int, of_what: str) -> Iterable[Any]:
    """Be a Watch for where nobody looks."""
    return items


def watching(stream: OutputWrapper) -> Watch:
    """Return what shows in one line, which then goes, how far something has come; where nobody looks, nothing."""

    def say(text: str) -> None:
        stream.write(f"{_CLEAR}{text}", style_func=str, ending="")
        stream.flush()

    def watch(items: Iterable[Any], count: int, of_what: str) -> Iterator[Any]:
        shown = -1
        for done, item in enumerate(items, 1):
            yield item
            if (percent := 100 * done // count) != shown:
                shown = percent
                say(f"{of_what}: {done} of {count}, {percent} %")
        say("")

    return watch if stream.isatty() else unwatched
