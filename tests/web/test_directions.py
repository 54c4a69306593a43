"""The stylesheet knows where a line starts and ends, not left and right: a page in Arabic or Hebrew is mirrored."""

import re

import pytest

from tests.live import PROJECT

pytestmark = pytest.mark.once

# What stays as it is whichever way one reads.
EXCEPTIONS = (
    "border-width: 0 1.5px 1.5px 0",  # two sides of a square on its corner: an arrow that points down
    "@bottom-right {",  # where the pages of a print are counted
)
_SIDED = re.compile(
    r"[^;{}]*(?<![\w-])(?:[\w-]+-)?(?:left|right)(?:-[\w-]+)?\s*[:{][^;{}]*|text-align:\s*(?:left|right)|float:[^;{}]*"
)
_FOUR = re.compile(r"(?:margin|padding|inset|border-(?:width|style|color)):([^;{}]*)")
_PART = re.compile(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+")


def physical(css: str) -> list[str]:
    """Return what a stylesheet says of the left or the right side alone."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    for kept in EXCEPTIONS:
        css = css.replace(kept, "{" if kept.endswith("{") else "")
    found = [match[0].strip() for match in _SIDED.finditer(css)]
    for match in _FOUR.finditer(css):
        parts = _PART.findall(match[1])
        if len(parts) == 4 and parts[1] != parts[3]:
            found.append(match[0].strip())
    return found


@pytest.mark.parametrize("name", ["app.css", "tokens.css"])
def test_no_side_is_named(name: str) -> None:
    assert physical((PROJECT / "static" / name).read_text()) == []


@pytest.mark.parametrize(
    "rule",
    ["left: 0", "margin-right: auto", "border-left-color: red", "text-align: right", "float: left",
     "padding: 0 calc(-1 * var(--s3)) 0 1px"],
)  # fmt: skip
def test_a_side_is_found(rule: str) -> None:
    assert physical(f"a {{ color: red; {rule} }}") == [rule]


@pytest.mark.parametrize("kept", EXCEPTIONS)
def test_no_exception_is_left_over(kept: str) -> None:
    assert kept in (PROJECT / "static" / "app.css").read_text()
