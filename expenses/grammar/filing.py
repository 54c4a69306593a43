"""Rules 2 and 7: the tags, and the words that name the report."""

from collections.abc import Mapping

from accounts.names import name_key, route_key
from expenses.grammar.spelling import Words, is_at, joined, less, pieces_of, plainly, trimmed, words_in
from expenses.grammar.values import KEY_GROWTH, MAX_ATS, MAX_TAG, TagTooLong


def ats(words: Words) -> list[int]:
    """Return the places of the @words that are asked whether they file: the first few, which bounds ``lookups``."""
    return [index for index, (_, word) in enumerate(words) if is_at(word)][:MAX_ATS]


def spellings(name: str) -> tuple[str, str]:
    """Return the forms in which a word may name a report: as it stands, or before a full stop."""
    return name, name.rstrip(",;:.")


def report_named(name: str, reports: Mapping[str, int]) -> int | None:
    return next((reports[key] for key in map(route_key, spellings(name)) if key in reports), None)


def take_tags(text: str) -> tuple[str, tuple[str, ...]]:
    """Rule 2. A ``#`` with nothing behind it is a word."""
    words = words_in(trimmed(text))  # untrimmed, it would try every blank at the end
    names = {index: name for index, (_, word) in enumerate(words) if (name := _tag_of(word))}
    tags: dict[str, str] = {}
    for index, name in names.items():
        key = name_key(name)
        if len(name) > MAX_TAG or len(key) > MAX_TAG * KEY_GROWTH:
            raise TagTooLong(words[index][1])
        tags.setdefault(key, name)
    return joined(less(words, names)), tuple(tags.values())


def _tag_of(word: str) -> str:
    plain = plainly(word)
    return word[len(plain) - len(plain.lstrip("#")) :].rstrip(",;:.") if plain[0] == "#" else ""


def take_report(text: str, reports: Mapping[str, int]) -> tuple[str, int | None]:
    """Rule 7: the first ``@word`` that files goes, others stay."""
    words = words_in(text)
    for index in ats(words):
        report_id = report_named(words[index][1][1:], reports)
        if report_id is not None:
            return joined(less(words, {index})), report_id
    return text, None


def routed(tags: tuple[str, ...], notes: str, reports: Mapping[str, int]) -> int | None:
    """Rule 7: a tag or the last word of the notes files, and stays."""
    found = (report_named(name, reports) for name in [*tags, *pieces_of(notes)[-1:]])
    return next((report_id for report_id in found if report_id is not None), None)
