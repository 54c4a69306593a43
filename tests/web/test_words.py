import pytest

from access.scopes import EVERYTHING, SCOPES
from web.words import may_short, may_whole


def test_every_scope_has_a_sentence_and_a_few_words() -> None:
    assert may_whole(EVERYTHING) == list(SCOPES.values())
    assert all(may_short({scope}) for scope in SCOPES)


@pytest.mark.parametrize(
    ("scopes", "choices", "words"),
    [
        ({"reports:read", "expenses:read"}, {}, "see expenses, see reports"),
        (EVERYTHING, {}, "everything"),
        ({"expenses:write"}, {"add_only": True}, "only add"),
        ({"expenses:write"}, {"add_only": True, "report": "Lyon"}, "only add, to Lyon"),
        (set(), {}, ""),
    ],
)
def test_short(scopes: set[str], choices: dict[str, object], words: str) -> None:
    assert may_short(scopes, **choices) == words  # type: ignore[arg-type]
