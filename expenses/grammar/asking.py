"""What of the owner's words a text may ask for, before any are known."""

from collections.abc import Iterator

from accounts.names import name_key, route_key
from expenses.grammar.amounts import without_asides
from expenses.grammar.filing import ats, spellings, take_tags
from expenses.grammar.line import type_ends
from expenses.grammar.spelling import EXP, check, joined, less, on_one_line, pieces_of, plainly, words_in
from expenses.grammar.values import Lookups


def lookups(text: str) -> Lookups:
    """Return the keys that ``parse`` may look up for ``text``, whatever they would mean.

    A dozen for a common text; at most some two thousand for the longest. Raises GrammarError where ``parse`` would
    not look at the text either.
    """
    check(text)
    rest, tags = take_tags(text)
    words = words_in(rest)
    # The first @word that files is taken out, and nobody knows yet which that is.
    variants = [words, *(less(words, {index}) for index in ats(words))]
    types = {key for variant in variants for key in _type_keys(without_asides(joined(variant))[0])}
    names = [*tags, *pieces_of(rest), *(words[index][1][1:] for index in ats(words))]
    return Lookups(frozenset(types), frozenset(route_key(spelled) for name in names for spelled in spellings(name)))


def _type_keys(text: str) -> Iterator[str]:
    exp = EXP.match(plainly(text))
    for opened in (text, text[exp.end() :]) if exp else (text,):
        yield from (name_key(on_one_line(opened[:end])) for end in type_ends(opened))
    # A type behind the amount: before it there is no more than exp, two marks, "at", "for" and two numbers of six
    # pieces each.
    yield from map(name_key, pieces_of(text)[:20])
