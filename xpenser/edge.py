"""The first thing that a request meets: who is really calling, and is it us that he means.

What is found out here is put where Django looks for it (REMOTE_ADDR, wsgi.url_scheme, HTTP_HOST), so that limits, logs,
links and OAuth base strings have one truth, and no header of a forger's making reaches them.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import validate_host

from xpenser.env import Network

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")
LEGACY_PATHS = ("/api/", "/oauth/", "/static/xpenser/media/Receipts/", "/assets/")  # the last: the entry page's style

PROBES = ("/healthz", "/readyz", "/metrics")


class Caller(NamedTuple):
    """Who is calling, and how he called us. ``host`` is as it was sent."""

    address: str
    scheme: str
    host: str


class Host(NamedTuple):
    """A Host header that can be meant: name in lower case without a final dot, and ``:port`` or nothing."""

    name: str
    port: str


class BadHost(ValueError):
    """This is not how a Host header looks."""


def caller(
    seen: Caller, *, forwarded_for: str, forwarded_proto: str, forwarded_host: str, proxies: Iterable[Network]
) -> Caller:
    """Return who is at the other end of trusted proxies: the last hop that none of ours is.

    ``seen`` is what the connection itself says. Only a peer in ``proxies`` is asked for more. Each proxy adds what it
    saw to the right, so reading goes leftwards and stops at the first hop that isn't ours: what stands left of it was
    written by a stranger. Scheme and host are taken from the same depth.
    """
    address, depth = seen.address, 0
    hops = [hop.strip() for hop in forwarded_for.split(",")]
    while depth < len(hops) and is_proxy(address, proxies):
        hop = _address(hops[-1 - depth])
        if hop is None:
            break
        address, depth = hop, depth + 1
    if not depth:
        return seen
    scheme = _at_depth(forwarded_proto, depth).lower()
    return Caller(
        address,
        scheme if scheme in {"http", "https"} else seen.scheme,
        _at_depth(forwarded_host, depth) or seen.host,
    )


@lru_cache(maxsize=1024)  # the same few come all day
def host_parts(text: str) -> Host:
    """Take a Host header apart. Raises BadHost."""
    match = _HOST.fullmatch(text.lower()) if len(text) < 300 else None
    if match is None or int(match["port"] or 0) > 65535:
        raise BadHost(text)
    return Host(match["name"].removesuffix("."), f":{match['port']}" if match["port"] else "")


def is_legacy_path(path: str) -> bool:
    """Tell whether programs written for the old service may ask for this."""
    return path.startswith(LEGACY_PATHS) or f"{path}/" in LEGACY_PATHS


def is_proxy(address: str, proxies: Iterable[Network]) -> bool:
    """Tell whether an address is one of our proxies'."""
    try:
        ip = _ip(address)
    except ValueError:
        return False
    return any(ip in network for network in proxies)


class EdgeMiddleware:
    """Sets the truth about the caller; answers 400 to hosts that aren't ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        own = {host_parts(settings.PUBLIC_HOST).name, *settings.ENV.allowed_hosts}
        self.legacy = frozenset(settings.LEGACY_HOSTS) - own

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        forwarded = [meta.pop(name, "") for name in FORWARDED]
        if settings.PROXIES and forwarded[0]:
            self._believe_proxies(request, *forwarded[:3])
        # Who asks how the server is asks a machine, by its number.
        asked = settings.PUBLIC_HOST if request.path_info in PROBES else meta.get("HTTP_HOST")
        try:
            host = host_parts(asked or settings.PUBLIC_HOST)
        except BadHost:
            return _refusal("The Host header of this request is no host name.")
        if not _is_ours(host.name, tuple(settings.ALLOWED_HOSTS)):
            return _refusal(f"{host.name} is not a name of this server. Its operator lets it in with ALLOWED_HOSTS.")
        if host.name in self.legacy and not is_legacy_path(request.path_info):
            return _refusal(
                f"Under {host.name} this server answers old clients only; others go to {settings.PUBLIC_URL}"
            )
        meta["HTTP_HOST"] = host.name + host.port
        return self.get_response(request)

    def _believe_proxies(self, request: HttpRequest, forwarded_for: str, proto: str, host: str) -> None:
        meta = request.META
        seen = Caller(meta.get("REMOTE_ADDR", ""), meta.get("wsgi.url_scheme", "http"), meta.get("HTTP_HOST", ""))
        meta["REMOTE_ADDR"], meta["wsgi.url_scheme"], meta["HTTP_HOST"] = caller(
            seen,
            forwarded_for=forwarded_for,
            forwarded_proto=proto,
            forwarded_host=host,
            proxies=settings.PROXIES,
        )


_HOST = re.compile(r"(?P<name>[a-z0-9][a-z0-9.-]*|\[[a-f0-9]*:[a-f0-9.:]+\])(:(?P<port>[0-9]{1,5})?)?", re.ASCII)
_HOP = re.compile(r"\[(?P<v6>[^\]]+)\](:[0-9]+)?|(?P<v4>[0-9.]+):[0-9]+")


def _address(hop: str) -> str | None:
    """Return the IP address in a hop, which may carry a port; None for anything else ("unknown", "_hidden")."""
    match = _HOP.fullmatch(hop)
    try:
        return str(_ip((match["v6"] or match["v4"]) if match else hop))
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    ip = ipaddress.ip_address(text)
    return getattr(ip, "ipv4_mapped", None) or ip  # a socket for both families shows IPv4 peers as ::ffff:…


@lru_cache(maxsize=1024)
def _is_ours(name: str, allowed: tuple[str, ...]) -> bool:
    return validate_host(name, allowed)


def _at_depth(text: str, depth: int) -> str:
    values = text.split(",")
    return values[-min(depth, len(values))].strip()


def _refusal(message: str) -> HttpResponse:
    return HttpResponse(f"{message}\n", status=400, content_type="text/plain; charset=utf-8")
