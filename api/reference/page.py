"""The document as a page shows it: chapters of calls, and the shapes of what is answered."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class Line(NamedTuple):
    """A parameter, or a member of a shape. ``kind``: where it stands, or what it is."""

    name: str
    kind: str
    about: SafeString
    choices: tuple[str, ...] = ()
    is_needed: bool = False


class Answer(NamedTuple):
    """``shape`` is the name of what JSON is answered, "" where none is; ``is_list`` where it is a list of them."""

    status: str
    types: tuple[str, ...]
    shape: str
    is_list: bool


class Call(NamedTuple):
    """One thing that can be asked, with each method and path that ask it. ``scopes`` is None where nobody is asked."""

    anchor: str
    about: str
    ways: list[tuple[str, str]]
    scopes: tuple[str, ...] | None
    lines: tuple[Line, ...]
    answers: tuple[Answer, ...]


class Chapter(NamedTuple):
    name: str
    about: SafeString
    calls: list[Call]


class Shape(NamedTuple):
    name: str
    members: tuple[Line, ...]


def chapters(document: Mapping[str, Any]) -> list[Chapter]:
    """Return the chapters in order. Ways to the same thing (PUT and POST, two paths) are one call."""
    found = {tag["name"]: Chapter(tag["name"], coded(tag["description"]), []) for tag in document["tags"]}
    seen: dict[tuple[Any, ...], Call] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            call = _call(path, method, operation, document)
            if (key := (*operation["tags"], call.about, call.scopes, call.lines, call.answers)) in seen:
                seen[key].ways.extend(call.ways)
            else:
                seen[key] = call
                found[operation["tags"][0]].calls.append(call)
    return list(found.values())


def shapes(document: Mapping[str, Any]) -> list[Shape]:
    """Return the objects that are answered."""
    return [Shape(name, tuple(_members(shape))) for name, shape in document["components"]["schemas"].items()]


def _call(path: str, method: str, operation: Mapping[str, Any], document: Mapping[str, Any]) -> Call:
    scopes = next((tuple(way["oauth2"]) for way in operation["security"] if "oauth2" in way), None)
    parameters = (_resolved(parameter, document) for parameter in operation["parameters"])
    lines = chain(map(_parameter, parameters), _fields(operation))
    answers = tuple(_answer(status, answer) for status, answer in operation["responses"].items() if status[0] == "2")
    return Call(operation["operationId"], operation["summary"], [(method.upper(), path)], scopes, tuple(lines), answers)


def _resolved(told: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in told:
        return told
    found: Any = document
    for name in told["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    resolved: Mapping[str, Any] = found
    return resolved


def _parameter(told: Mapping[str, Any]) -> Line:
    about = coded(told.get("description", ""))
    return Line(told["name"], told["in"], about, tuple(told["schema"].get("enum", ())), told.get("required", False))


def _fields(operation: Mapping[str, Any]) -> Iterator[Line]:
    """Yield the fields of the form that has most: the others leave out what they can't carry."""
    if "requestBody" not in operation:
        return
    forms = [kind["schema"] for kind in operation["requestBody"]["content"].values()]
    form = max(forms, key=lambda schema: len(schema["properties"]))
    for name, field in form["properties"].items():
        about = coded(field["description"])
        yield Line(name, "form", about, tuple(field.get("enum", ())), name in form.get("required", ()))


def _answer(status: str, told: Mapping[str, Any]) -> Answer:
    content = told.get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    one = schema.get("items", schema)
    return Answer(status, tuple(content), one.get("$ref", "").rpartition("/")[2], "items" in schema)


def _members(shape: Mapping[str, Any]) -> Iterator[Line]:
    for name, member in shape["properties"].items():
        about = coded(member.get("description", ""))
        yield Line(name, _kind(member), about, is_needed=name in shape["required"])


def _kind(member: Mapping[str, Any]) -> str:
    if "$ref" in member:
        return str(member["$ref"]).rpartition("/")[2]
    if member["type"] == "array":
        return f"list of {_kind(member['items'])}"
    return member["type"] if isinstance(member["type"], str) else " or ".join(member["type"])


def coded(text: str) -> SafeString:
    """Return a text in which what stands between backticks is code."""
    parts = enumerate(text.split("`"))
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if place % 2 else part,) for place, part in parts)
    )
