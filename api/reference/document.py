"""The OpenAPI document of what is served: walked from the URLconf, said by the views, explained by the tables."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeGuard

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from access.scopes import SCOPES
from api.auth import BasicAuthentication, BearerAuthentication, SessionAuthentication
from api.classic.schema import DIALECT as CLASSIC
from api.dialect import DialectView
from api.oauth1.auth import OAuth1Authentication
from api.oauth1.schema import DIALECT as OAUTH1
from api.oauth2.schema import DIALECT as OAUTH2
from api.parameters import FormParser, MultiPartParser
from api.paths import template
from api.reference.facts import DELETE, DELETED, NEVER, NOTHING, Dialect, Field, Files, Operation
from api.reference.shapes import schema_of
from api.v1.schema import DIALECT as V1
from api.xpenser import XpenserView

DIALECTS: Final = (V1, CLASSIC, OAUTH1, OAUTH2)
MEDIA: Final = {
    "json": "application/json",
    "xml": "text/xml",
    "csv": "text/csv",
    "qif": "application/qif",
    "html": "text/html",
}
"""The type of what is answered by ``format``."""

_ABOUT: Final = (
    "A slash at the end of a path may be there or not; nothing redirects. `HEAD` is `GET` without the body, `OPTIONS` "
    "says what a path takes, and a method that is not listed is 405. Parameters of a body may stand in the query. "
    "Somebody else's thing is 404, as is what does not exist. Times say no zone: `date` is on its owner's clock, "
    "`created` and `modified` are in the server's zone."
)
_SCHEMES: Final = {
    OAuth1Authentication: ("oauth1",),
    BearerAuthentication: ("token", "oauth2"),
    BasicAuthentication: ("basic",),
    SessionAuthentication: ("session",),
}
_WITH_SCOPES: Final = {"token", "oauth2"}
_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "What tells this write from every other: a repeat within a week is answered as the first was.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
}

View = Callable[..., Any] | type


def document(*, here: str) -> dict[str, Any]:
    """Return the document (OpenAPI 3.1) of the server whose address is ``here``."""
    schemas: dict[str, Any] = {}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Xpenser", "version": "1.0", "description": _ABOUT},
        "servers": [{"url": here}],
        "tags": [{"name": dialect.name, "description": dialect.about} for dialect in DIALECTS],
        "paths": _paths(schemas),
        "components": {
            "schemas": schemas,
            "parameters": {"IdempotencyKey": _KEY},
            "responses": {"Unauthorized": _unauthorized(), "Busy": _busy()},
            "securitySchemes": _security_schemes(here),
        },
    }


def _paths(schemas: dict[str, Any]) -> dict[str, Any]:
    told = {view: dialect for dialect in DIALECTS for view in dialect.operations}
    return {
        path: _operations(path, view, told[view], schemas)
        for path, view in _routes("/", get_resolver("api.urls"))
        if view in told
    }


def _routes(before: str, resolver: URLResolver) -> Iterator[tuple[str, View]]:
    for pattern in resolver.url_patterns:
        path = before + template(str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield path, getattr(pattern.callback, "view_class", pattern.callback)
        else:
            yield from _routes(path, pattern)


def _operations(path: str, view: View, dialect: Dialect, schemas: dict[str, Any]) -> dict[str, Any]:
    told = dict(dialect.operations[view])
    if "post" in told and getattr(view, "put", None) is getattr(view, "post", told):
        told["put"] = told["post"]
    return {
        method: {
            "operationId": re.sub(r"\W+", "_", method + path),
            "tags": [dialect.name],
            "summary": operation.about,
            "parameters": list(_parameters(path, view, method, operation)),
            **_body(view, operation),
            "responses": _responses(view, operation, dialect, schemas),
            "security": list(_security(view, method)),
        }
        for method, operation in told.items()
    }


def _parameters(path: str, view: View, method: str, operation: Operation) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", path):
        kind = "integer" if name.endswith("_id") else "string"
        yield {"name": name, "in": "path", "required": True, "schema": {"type": kind}}
    if isinstance(view, type) and issubclass(view, XpenserView) and len(view.formats) > 1:
        default = view.default_format
        about = f"What is answered; `{default}` if missing."
        yield _parameter(Field("format", about, tuple(view.formats), default=default))
    for field in operation.query:
        yield _parameter(field)
    if method != "get" and _is_ledgers(view):
        yield {"$ref": "#/components/parameters/IdempotencyKey"}


def _parameter(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "in": "query",
        "description": field.about,
        "required": field.is_needed,
        "schema": _values(field),
    }


def _values(field: Field) -> dict[str, Any]:
    one: dict[str, Any] = {"type": "string"}
    if field.choices:
        one["enum"] = list(field.choices)
    if field.default:
        one["default"] = field.default
    if field.is_file:
        one["contentMediaType"] = "application/octet-stream"
    return {"type": "array", "items": one} if field.repeats else one


def _body(view: View, operation: Operation) -> dict[str, Any]:
    """Return the body in each type that is read; a file travels in one of them only."""
    fields = (*operation.form, DELETE) if operation.deletes else operation.form
    if not fields:
        return {}
    types = [parser.media_type for parser in getattr(view, "parser_classes", [FormParser])]
    return {
        "requestBody": {
            "required": any(field.is_needed for field in fields),
            "content": {
                kind: _form(field for field in fields if kind == MultiPartParser.media_type or not field.is_file)
                for kind in types
            },
        }
    }


def _form(fields: Iterable[Field]) -> dict[str, Any]:
    told = list(fields)
    needed = [field.name for field in told if field.is_needed]
    properties = {field.name: {**_values(field), "description": field.about} for field in told}
    return {"schema": {"type": "object", "properties": properties, **({"required": needed} if needed else {})}}


def _responses(view: View, operation: Operation, dialect: Dialect, schemas: dict[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    if operation.answer is DELETED or operation.deletes:
        answers["204"] = {"description": "It is deleted."}
    if operation.answer is NOTHING:
        answers["200"] = {"description": "It is done."}
    elif operation.answer not in {DELETED, NEVER}:
        answers["200"] = {"description": "It is as asked.", "content": _content(operation.answer, schemas, view)}
    if _is_ledgers(view):
        answers["401"] = {"$ref": "#/components/responses/Unauthorized"}
        answers["503"] = {"$ref": "#/components/responses/Busy"}
    content = {kind: schema for no in dialect.refusals for kind, schema in _content(no, schemas).items()}
    return {**answers, "4XX": {"description": "It is refused, and the answer says why.", "content": content}}


def _content(answer: Any, schemas: dict[str, Any], view: View | None = None) -> dict[str, Any]:
    if isinstance(answer, Files):
        return {kind: {} for kind in answer.types}
    schema = {"schema": schema_of(answer, schemas)}
    return {MEDIA[name]: schema if name == "json" else {} for name in getattr(view, "formats", ("json",))}


def _security(view: View, method: str) -> Iterator[Mapping[str, list[str]]]:
    """Yield each way to show who calls, with the scopes that it takes; nothing where nobody is asked."""
    if not _is_ledgers(view):
        return
    scopes = (view.reads if method == "get" else view.writes).split()
    for scheme in view.authentication_classes:
        if scheme is SessionAuthentication and method != "get":  # a cookie alone writes nothing
            continue
        for name in _SCHEMES.get(scheme, ()):
            yield {name: scopes if name in _WITH_SCOPES else []}


def _is_ledgers(view: View) -> TypeGuard[type[DialectView]]:
    """Tell whether who calls is asked first."""
    return isinstance(view, type) and issubclass(view, DialectView) and bool(view().get_permissions())


def _security_schemes(here: str) -> dict[str, Any]:
    flow = {
        "authorizationUrl": f"{here}/oauth/authorize",
        "tokenUrl": f"{here}/oauth/token",
        "refreshUrl": f"{here}/oauth/token",
        "scopes": dict(SCOPES),
    }
    return {
        "basic": {"type": "http", "scheme": "basic", "description": "E-mail and password, or a token in its place."},
        "token": {"type": "http", "scheme": "bearer", "description": "A personal token, `xp_…`."},
        "oauth2": {"type": "oauth2", "flows": {"authorizationCode": flow}},
        "oauth1": {"type": "http", "scheme": "OAuth", "description": "A signature of OAuth 1.0a (RFC 5849)."},
        "session": {
            "type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME,
            "description": "Who has signed in on a page; it reads.",
        },
    }  # fmt: skip


def _unauthorized() -> dict[str, Any]:
    challenge = {"description": "One scheme: the one that was tried, else Basic.", "schema": {"type": "string"}}
    return {
        "description": "It is not said, or wrongly, who calls; this comes before all else.",
        "headers": {"WWW-Authenticate": challenge},
        "content": {"text/plain": {}},
    }


def _busy() -> dict[str, Any]:
    wait = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
    return {"description": "Too much is under way.", "headers": {"Retry-After": wait}, "content": {"text/plain": {}}}
