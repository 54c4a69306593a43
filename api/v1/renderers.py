"""The bytes of a piston server (wire §1.4, P): JSON with its trailing blanks, XML on one line.

Lists of expenses, which may be long, have renderers of their own in ``expenses.exports``.
"""

import json
from collections.abc import Mapping
from typing import Any, cast

from expenses.exports.as_xml import FOOT, HEAD, xml_text


def as_json(value: object) -> bytes:
    """Return a value as piston wrote it: indented by four, a blank after each comma, text unescaped."""
    return json.dumps(value, indent=4, separators=(", ", ": "), ensure_ascii=False).encode()


def as_xml(value: object) -> bytes:
    """Return a value as piston wrote it: no attributes, a ``<resource>`` for each item of a list."""
    return f"{HEAD}{_xml(value)}{FOOT}".encode()


def _xml(value: object) -> str:
    if isinstance(value, Mapping):
        members = cast("Mapping[str, Any]", value)
        return "".join(f"<{name}>{_xml(member)}</{name}>" for name, member in members.items())
    if isinstance(value, list):
        return "".join(f"<resource>{_xml(item)}</resource>" for item in value)
    return xml_text(str(value))
