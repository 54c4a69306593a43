"""Nothing that a page says is left out of the catalogues, and the catalogues leave nothing out."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from babel.messages.catalog import Catalog, Message
from django.template.base import Lexer, TokenType
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR

from accounts.languages import LANGUAGES
from tests.catalogues import (
    LOCALE,
    PROJECT,
    TRANSLATED,
    NotALiteral,
    Said,
    catalogue_file,
    compiled,
    found,
    in_python,
    in_template,
    is_translated,
    kept,
)

pytestmark = pytest.mark.once

_PLACES: Final = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
_MARKUP: Final = re.compile(r"</?\w+[^>]*>")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
# What is the same in every language: names, and words that go into programs.
_NAMES: Final = re.compile(r"xpenser|OAuth|CSV|JSON|XML|QIF|OFX|lunch 45 with jack #clientx|https?://\S*|jQuery")
_SPOKEN: Final = frozenset({"alt", "aria-label", "aria-description", "placeholder", "title"})
_VERBATIM: Final = frozenset({"code", "pre", "style", "script", "kbd"})
_SENTENCE: Final = re.compile(r"[A-Z“'][^A-Z]* [a-z]{2,}")
_MARKS: Final = frozenset({"_", "gettext", "ngettext", "sentence", "exception", "warning", "error"})


@pytest.fixture(scope="module")
def said() -> Catalog:
    return found()


def forms(message: Message) -> list[tuple[str, str]]:
    """Return each form of a translation with the text that it is one of."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[-1], form) for form in message.string or ()]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_is_whole(said: Catalog, language: str) -> None:
    catalogue = kept(language)

    assert {(message.id, message.context) for message in catalogue} == {(each.id, each.context) for each in said}
    assert [message.id for message in catalogue if message.id and not is_translated(message)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_holds_what_its_text_does(language: str) -> None:
    for message in kept(language):
        for text, form in forms(message) if message.id else []:
            assert set(_PLACES.findall(form)) == set(_PLACES.findall(text)), form
            assert Counter(_MARKUP.findall(form)) == Counter(_MARKUP.findall(text)), form
            assert form.count("\n") == text.count("\n"), form
            assert form.strip() == form or text.strip() != text, form


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_the_server_reads_is_the_catalogue(language: str) -> None:
    """Else: make messages."""
    assert catalogue_file(language).with_suffix(".mo").read_bytes() == compiled(kept(language))


def test_each_language_has_one() -> None:
    assert {folder.name for folder in LOCALE.iterdir()} == set(LANGUAGES) - {"en"}


def test_no_message_of_ours_is_a_word_of_django_s_dates(said: Catalog) -> None:
    """It would stand in every date: the fifth month once was what a program may."""
    words = {str(word) for names in (MONTHS, MONTHS_3, WEEKDAYS, WEEKDAYS_ABBR) for word in names.values()}

    assert {message.id for message in said if message.id in words and not message.context} == set()


def test_what_python_says_is_found() -> None:
    source = """
_("a" " b"); ngettext("n", "ns", n); gettext(some); sentence("q %(w)s", w=1); pgettext_lazy("c", "d")
said("no"); x.gettext("no")
"""

    assert set(in_python(source)) == {Said("a b"), Said(("n", "ns")), Said("q %(w)s"), Said("d", "c")}


def test_what_no_catalogue_can_have_is_refused() -> None:
    with pytest.raises(NotALiteral, match="gettext"):
        list(in_python('gettext(f"{n} left")'))


def test_what_a_template_says_is_found() -> None:
    source = (
        "<p title=\"{% translate 'b' %}\">\n  {% blocktranslate count n=n %}{{ n }} c{% plural %}{{ n }} cs"
        '{% endblocktranslate %}\n {{ a|default:_("d") }} {% translate "e" context "f" %}</p>'
    )

    assert set(in_template(source)) == {Said("b"), Said(("%(n)s c", "%(n)s cs")), Said("d"), Said("e", "f")}


class Unmarked(HTMLParser):
    """Collects the words of a page that are not those of a template's tags."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.verbatim += tag in _VERBATIM
        for name, value in attrs:
            if name in _SPOKEN or (name.startswith("data-") and " " in (value or "")):
                self._note(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.verbatim -= tag in _VERBATIM

    def handle_endtag(self, tag: str) -> None:
        self.verbatim -= tag in _VERBATIM

    def handle_data(self, data: str) -> None:
        if not self.verbatim:
            self._note(data)

    def _note(self, text: str) -> None:
        self.words += _WORD.findall(_NAMES.sub("", text))


def own_words(template: str) -> Iterator[str]:
    """Yield what a template says besides what it has translated, in markup."""
    is_translated_there = False
    for token in Lexer(template).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            is_translated_there = name in {"blocktranslate", "comment"} or (is_translated_there and "end" not in name)
        elif token.token_type == TokenType.TEXT and not is_translated_there:
            yield token.contents


def unmarked(template: str) -> list[str]:
    """Return the words of a template that every reader gets in English."""
    page = Unmarked()
    page.feed("".join(own_words(template)))
    page.close()
    return page.words


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ('{% translate "marked" %} <p title="{% translate \'marked\' %}">{{ value }}</p>', []),
        ("{% blocktranslate %}a {{ word }}{% plural %}words{% endblocktranslate %}<code>curl</code>", []),
        ('<p title="Some tip">Left {% translate "a" %} out</p>', ["Some", "tip", "Left", "out"]),
        ('<p data-said="not so" data-name="so"{% if a %} hidden{% endif %}>1 a</p>', ["not", "so"]),
    ],
)
def test_words_in_templates_are_seen(template: str, words: list[str]) -> None:
    assert unmarked(template) == words


def test_every_word_of_a_template_is_marked() -> None:
    templates = [file for kind in ("*.html", "*.txt") for file in (PROJECT / "templates").rglob(kind)]

    found = {file.relative_to(PROJECT).as_posix(): words for file in templates if (words := unmarked(file.read_text()))}

    assert len(templates) > 100
    assert found == {}


def literals(source: str) -> Iterator[str]:
    """Yield the sentences of a module that are neither marked, nor docstrings, nor for the log."""
    tree, passed = ast.parse(source), set[Any]()
    for node in ast.walk(tree):
        name = getattr(node, "func", None)
        if isinstance(node, ast.Call) and getattr(name, "id", getattr(name, "attr", "")) in _MARKS:
            passed |= {each for each in ast.walk(node) if getattr(name, "id", "") or _is_log(name)}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(node.value)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.keyword)
            and node.arg in {"label", "help_text"}
            and isinstance(node.value, ast.Constant)
        ):
            yield str(node.value.value)
        elif isinstance(node, ast.Constant) and node not in passed and _SENTENCE.match(str(node.value)):
            yield str(node.value)


def _is_log(function: Any) -> bool:
    return getattr(function.value, "id", "") == "_LOG"


@pytest.mark.parametrize(
    ("source", "sentences"),
    [
        ('"""Some docstring."""\ngettext("It is saved."); _LOG.error("It is not saved.")', []),
        ('messages.error(request, "It is not saved.")', ["It is not saved."]),
        ('CharField(label="Name", help_text=_("Name"), widget="Name")', ["Name"]),
    ],
)
def test_sentences_in_python_are_seen(source: str, sentences: list[str]) -> None:
    assert list(literals(source)) == sentences


def test_every_sentence_of_the_pages_is_marked() -> None:
    # Machines read the one that is left out. The others are no pages, and say what only pages show.
    modules = [file for file in sorted((PROJECT / "web").rglob("*.py")) if file.name != "probes.py"]
    modules += [*sorted((PROJECT / "expenses" / "imports").glob("*.py")), PROJECT / "expenses/services/importing.py"]
    modules += [PROJECT / "xpenser/health.py", PROJECT / "xpenser/mail.py"]

    found = {file.name: sentences for file in modules if (sentences := list(literals(file.read_text())))}

    assert len(modules) > 50
    assert found == {}
