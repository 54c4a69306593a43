"""The reference of what is served, for programs and for people. It tells nothing of anybody, so it is open."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import orjson
import yaml
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from api.parameters import BadParameter
from api.reference.document import document
from api.reference.page import chapters, coded, shapes


class _WrittenOut(yaml.SafeDumper):
    """Writes what stands in two places twice: an anchor's name would mean nothing to a reader."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _as_json(value: object) -> bytes:
    return orjson.dumps(value)


def _as_yaml(value: object) -> bytes:
    return yaml.dump(value, Dumper=_WrittenOut, sort_keys=False, allow_unicode=True, width=120).encode()


_OUTPUTS: Final[Mapping[str, tuple[str, Callable[[object], bytes]]]] = {
    "json": ("application/json", _as_json),
    "yaml": ("application/yaml", _as_yaml),  # RFC 9512
}


@login_not_required
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Answer with the document, in JSON or as ``format`` says; scripts of other sites may read it."""
    output = request.GET.get("format") or "json"
    if output not in _OUTPUTS:
        refused = BadParameter("format", output, f"one of {', '.join(_OUTPUTS)} is wanted")
        return HttpResponse(str(refused), status=400, content_type="text/plain; charset=utf-8")
    response = HttpResponse(_written(output, settings.PUBLIC_URL), content_type=_OUTPUTS[output][0])
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@lru_cache
def _written(output: str, here: str) -> bytes:
    """Return the bytes of the document: YAML takes a third of a second, and anybody may ask."""
    return _OUTPUTS[output][1](document(here=here))


@login_not_required
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Show the same to people."""
    told = document(here=settings.PUBLIC_URL)
    context = {"about": coded(told["info"]["description"]), "chapters": chapters(told), "shapes": shapes(told)}
    return render(request, "help/api.html", context)
