import pytest

from access.scopes import EVERYTHING, SCOPES, Grant, UnknownScope, read_scopes, scopes_text

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("", set()),
        ("expenses:read", {"expenses:read"}),
        (" account:read  expenses:read account:read", {"expenses:read", "account:read"}),
        (" ".join(SCOPES), set(SCOPES)),
    ],
)
def test_it_works(text: str, scopes: set[str]) -> None:
    assert read_scopes(text) == scopes
    assert read_scopes(scopes_text(read_scopes(text))) == scopes


def test_they_are_written_in_one_order() -> None:
    assert scopes_text(frozenset({"account:read", "expenses:read"})) == "expenses:read account:read"


def test_one_that_is_none_is_told() -> None:
    with pytest.raises(UnknownScope, match="scope 'everything': one of expenses:read, expenses:write,"):
        read_scopes("expenses:read everything")


def test_who_says_nothing_else_may_do_all() -> None:
    assert Grant("basic") == Grant("basic", EVERYTHING, add_only=False, report_id=None)
