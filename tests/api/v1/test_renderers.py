"""The fast renderers of lists against the slow ones, and the slow ones against piston's own ways (wire §1.4)."""

import json
import re
from collections.abc import Mapping
from functools import partial
from io import StringIO
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import XMLGenerator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.v1.renderers import as_json, as_xml
from api.v1.serializers import expense_to_wire
from expenses.exports.formats import FORMATS
from expenses.exports.row import ExpenseRow
from tests.expenses.exports import LUNCH, rows, tags, texts

pytestmark = pytest.mark.once

expenses_as_json = partial(FORMATS["json"].export, currency="USD")
expenses_as_xml = partial(FORMATS["xml"].export, currency="USD")
with_receipts = st.builds(
    lambda row, receipt_id: row._replace(receipt_id=receipt_id), rows, st.none() | st.integers(1, 2**63 - 1)
)
scalars = st.none() | st.booleans() | st.integers() | texts
members = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(members, inner, max_size=4), max_leaves=12
)
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def piston_json(value: object) -> bytes:
    return json.dumps(value, indent=4, separators=(", ", ": "), ensure_ascii=False).encode()


def piston_xml(value: object) -> bytes:
    """Write a value as piston's XMLEmitter did; but what XML 1.0 has no place for is left out."""
    out = StringIO()
    xml = XMLGenerator(out, "utf-8", short_empty_elements=False)
    xml.startDocument()
    xml.startElement("response", {})  # type: ignore[arg-type]
    _emit(xml, value)
    xml.endElement("response")
    return out.getvalue().encode()


def _emit(xml: XMLGenerator, value: object) -> None:
    children: list[tuple[str, Any]] = []
    if isinstance(value, Mapping):
        children = list(value.items())
    elif isinstance(value, list):
        children = [("resource", item) for item in value]
    else:
        xml.characters(ILLEGAL.sub("", str(value)))
    for name, child in children:
        xml.startElement(name, {})  # type: ignore[arg-type]
        _emit(xml, child)
        xml.endElement(name)


def test_it_works() -> None:
    value = [{"a": 'é "x"', "b": [], "c": {"d": True, "e": None, "f": -1}}]

    assert as_json(value).decode() == (
        '[\n    {\n        "a": "é \\"x\\"", \n        "b": [], \n        "c": {\n            "d": true, \n'
        '            "e": null, \n            "f": -1\n        }\n    }\n]'
    )
    assert as_xml(value).decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n<response><resource><a>é "x"</a><b></b>'
        "<c><d>True</d><e>None</e><f>-1</f></c></resource></response>"
    )


@given(value=values)
def test_json_is_pistons(value: object) -> None:
    assert as_json(value) == piston_json(value)


@given(value=values)
def test_xml_is_pistons(value: object) -> None:
    assert as_xml(value) == piston_xml(value)


@given(text=st.text())
def test_any_text_makes_xml_that_can_be_read(text: str) -> None:
    element = ElementTree.fromstring(as_xml({"notes": text}))

    read = element.findtext("notes")
    assert read == ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


@given(some=st.lists(with_receipts, max_size=4))
def test_a_list_in_json_is_that_of_its_objects(some: list[ExpenseRow]) -> None:
    assert b"".join(expenses_as_json(some)) == piston_json([expense_to_wire(row) for row in some])


@given(some=st.lists(with_receipts, max_size=4))
def test_a_list_in_xml_is_that_of_its_objects(some: list[ExpenseRow]) -> None:
    assert b"".join(expenses_as_xml(some)) == piston_xml([expense_to_wire(row) for row in some])


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1000, 1001])
def test_lists_of_any_length(count: int) -> None:
    many = [LUNCH._replace(id=number, tags=tags("a", "b")[: number % 3]) for number in range(count)]
    objects = [expense_to_wire(row) for row in many]

    assert b"".join(expenses_as_json(iter(many))) == piston_json(objects)
    assert b"".join(expenses_as_xml(iter(many))) == piston_xml(objects)


def test_rows_are_taken_as_chunks_are() -> None:
    many = iter([LUNCH] * 10_000)

    next(expenses_as_json(many))

    assert len(list(many)) >= 9000


@pytest.mark.parametrize(
    ("thousandths", "text"),
    [
        (0, "0.00"),
        (5, "0.01"),
        (4, "0.00"),
        (-4, "0.00"),
        (-5, "-0.01"),
        (12_345, "12.35"),
        (10**18 - 1, f"{10**15}.00"),
    ],
)
def test_amounts_have_two_decimals(thousandths: int, text: str) -> None:
    row = LUNCH._replace(amount=thousandths, raw_amount=-thousandths)

    (wire,) = json.loads(b"".join(expenses_as_json([row])))

    assert wire["amount"] == text
    assert wire["rawamount"] == (text[1:] if text[0] == "-" else "-" + text if text.strip("0.") else text)


def test_the_members_of_an_expense_and_their_order() -> None:
    plain = ["status", "rawamount", "notes", "created", "modified", "amount", "date", "type", "id", "tags", "report_id"]
    row = LUNCH._replace(receipt_id=8, receipt_image="31/0b7c.JPG")

    assert list(json.loads(b"".join(expenses_as_json([LUNCH])))[0]) == plain
    assert list(json.loads(b"".join(expenses_as_json([row])))[0]) == ["status", "receipt", *plain[1:]]
    assert [element.tag for element in ElementTree.fromstring(b"".join(expenses_as_xml([LUNCH])))[0]] == plain
    assert [element.tag for element in ElementTree.fromstring(b"".join(expenses_as_xml([row])))[0]] == [
        "status", "receipt", *plain[1:],
    ]  # fmt: skip
