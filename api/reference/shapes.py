"""From the ``TypedDict`` of an answer to its JSON Schema."""

import types
from typing import Any, Final, get_args, get_origin, get_type_hints

from api.reference.facts import TEXTS

_PLAIN: Final = {bool: "boolean", int: "integer", str: "string", type(None): "null"}


def schema_of(kind: Any, components: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a type; each ``TypedDict`` in it is put among ``components``, and referred to."""
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    if get_origin(kind) is list:
        return {"type": "array", "items": schema_of(get_args(kind)[0], components)}
    if isinstance(kind, types.UnionType):
        return {"type": [_PLAIN[part] for part in get_args(kind)]}
    name = _name(kind)
    if name not in components:
        components[name] = _object(kind, components)
    return {"$ref": f"#/components/schemas/{name}"}


def _name(kind: Any) -> str:
    return f"{kind.__module__.split('.')[1]}.{kind.__name__.removesuffix('Wire')}"


def _object(kind: Any, components: dict[str, Any]) -> dict[str, Any]:
    """Objects are closed: what is added to one breaks old clients (v1/WIRE.md "Closed objects")."""
    return {
        "type": "object",
        "properties": {name: _member(name, of, components) for name, of in get_type_hints(kind).items()},
        "required": [name for name in get_type_hints(kind) if name in kind.__required_keys__],
        "additionalProperties": False,
    }


def _member(name: str, kind: Any, components: dict[str, Any]) -> dict[str, Any]:
    if kind is str and name in TEXTS:
        pattern, about = TEXTS[name]
        return {"type": "string", "pattern": pattern, "description": about}
    return schema_of(kind, components)
