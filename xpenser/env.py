"""The operator's choices: environment variables, read once, typed, and refused at the start when they are wrong."""

import importlib.util
import ipaddress
import os
import re
import zoneinfo
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
import dj_email_url

from access.origins import BadOrigin, read_origin

PROJECT = Path(__file__).resolve().parent.parent
# Not of the current directory: a command that cron runs is to find the server's ledger.
DEFAULT_DATA = PROJECT / "data"

OAUTH1_HTTP: Final = ("signed", "plaintext", "none")
"""What of OAuth 1.0 may come over plain http; the first is the default."""
SIGN_UP: Final = ("closed", "invited", "open")
"""Who may open an account on a page: nobody, who was invited, anybody; the first is the default."""
LOG_FORMAT: Final = ("plain", "json")
"""What a line of the log looks like; the first is the default."""
MAIL_SECONDS: Final = 10
"""For as long a mail server may take to answer."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BadEnvironment(Exception):
    """Environment variables have values that can't be meant. ``problems``: a line for each, fit for the operator."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Oidc:
    """Who else may say who somebody is: a provider of OpenID Connect, and what it knows us by."""

    name: str
    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where receipts are kept in a storage that speaks S3, below ``prefix``; without ``key`` boto3 looks for one."""

    endpoint: str
    name: str
    prefix: str
    region: str
    addressing: str
    key: str
    secret: str


@dataclass(frozen=True, slots=True)
class Environment:
    """What the operator chose. Sizes are in bytes (``max_receipt_pixels``: pixels)."""

    data: Path
    host: str
    port: int
    public_url: str
    allowed_hosts: tuple[str, ...]
    proxies: tuple[Network, ...]
    frame_ancestors: tuple[str, ...]
    tls_cert: Path | None
    tls_key: Path | None
    hsts_seconds: int
    database: Mapping[str, Any] | None
    standby: Mapping[str, Any] | None
    database_connections: int
    redis_url: str
    server_zone: str
    server_offset_seconds: int
    email: str
    password: str
    sign_up: str
    mail: Mapping[str, Any]
    mail_from: str
    tasks_backend: str
    oidc: Oidc | None
    log_format: str
    metrics_token: str
    receipts_public: bool
    receipts_s3: Bucket | None
    oauth1_http: str
    max_waiting: int
    max_upload_bytes: int
    max_receipt_bytes: int
    max_receipt_pixels: int


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """Return the operator's choices. Raises BadEnvironment, which names every variable that is wrong."""
    ask = _Reader(environ)
    host, port = environ.get("HOST") or "127.0.0.1", ask.integer("PORT", default=8000, least=1, most=65535)
    tls_cert, tls_key = ask.pair("TLS_CERT", "TLS_KEY", hint="a certificate and its key go together")
    email, password = ask.pair("XPENSER_EMAIL", "XPENSER_PASSWORD", hint="an account needs both")
    server_zone, server_offset = ask.zone("SERVER_ZONE", default="UTC")
    public_url = ask.address("PUBLIC_URL", default=f"{'https' if tls_cert else 'http'}://{_name(host)}:{port}")
    data = ask.folder("XPENSER_DATA", default=DEFAULT_DATA)
    choices = Environment(
        data=data,
        host=host,
        port=port,
        public_url=public_url,
        allowed_hosts=ask.hosts("ALLOWED_HOSTS"),
        proxies=ask.networks("PROXIES"),
        frame_ancestors=ask.origins("FRAME_ANCESTORS"),
        tls_cert=ask.file("TLS_CERT", tls_cert),
        tls_key=ask.file("TLS_KEY", tls_key),
        hsts_seconds=ask.integer("HSTS_SECONDS", default=30 * 24 * 3600, least=0, most=2**31 - 1),
        database=ask.database("DATABASE_URL", wanted="read-write"),
        standby=ask.standby("DATABASE_STANDBY_URL", beside="DATABASE_URL"),
        database_connections=ask.integer("DATABASE_CONNECTIONS", default=40, least=2, most=10_000),
        redis_url=ask.redis("REDIS_URL"),
        server_zone=server_zone,
        server_offset_seconds=round(server_offset.total_seconds()),
        email=email,
        password=password,
        sign_up=ask.choice("SIGN_UP", SIGN_UP),
        mail=ask.mail("EMAIL_URL", folder=data / "mail"),
        mail_from=ask.sender("EMAIL_FROM", default=f"xpenser@{urlsplit(public_url).hostname}"),
        tasks_backend=ask.python("TASKS_BACKEND", default="django_tasks_db.DatabaseBackend"),
        oidc=ask.oidc("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME"),
        log_format=ask.choice("LOG_FORMAT", LOG_FORMAT),
        metrics_token=ask.token("METRICS_TOKEN"),
        receipts_public=ask.switch("RECEIPTS_PUBLIC", default=True),
        receipts_s3=ask.bucket("RECEIPTS_S3"),
        oauth1_http=ask.choice("OAUTH1_HTTP", OAUTH1_HTTP),
        max_waiting=ask.integer("MAX_WAITING", default=48, least=0, most=1000),
        max_upload_bytes=ask.integer("MAX_UPLOAD_BYTES", default=12_000_000, least=100_000, most=2**31),
        max_receipt_bytes=ask.integer("MAX_RECEIPT_BYTES", default=10_000_000, least=10_000, most=2**31),
        max_receipt_pixels=ask.integer("MAX_RECEIPT_PIXELS", default=60_000_000, least=10_000, most=500_000_000),
    )
    if ask.problems:
        raise BadEnvironment(ask.problems)
    return choices


def fixed_offset(zone: str) -> timedelta | None:
    """Return how far ``zone`` is ahead of UTC, or None for a zone whose clocks are ever put forward or back."""
    clock = zoneinfo.ZoneInfo(zone)
    seasons = {
        datetime(year, month, 1, tzinfo=UTC).astimezone(clock).utcoffset()
        for year in (2010, 2020, 2026)
        for month in (1, 4, 7, 10)
    }
    return next(iter(seasons)) if len(seasons) == 1 else None


class _Reader:
    """Reads variables; notes what is wrong with one and goes on, so that all are told at once."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def complain(self, name: str, value: str, hint: str) -> None:
        self.problems.append(f"{name}={value!r}: {hint}")

    def integer(self, name: str, *, default: int, least: int, most: int) -> int:
        text = self.environ.get(name) or str(default)
        if text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most:
            return int(text)
        self.complain(name, text, f"a whole number from {least} to {most} is wanted")
        return default

    def switch(self, name: str, *, default: bool) -> bool:
        text = self.environ.get(name) or str(int(default))
        if text not in {"0", "1"}:
            self.complain(name, text, "1 (yes) or 0 (no) is wanted")
        return text == "1"

    def choice(self, name: str, values: Sequence[str]) -> str:
        text = self.environ.get(name) or values[0]
        if text not in values:
            self.complain(name, text, f"one of {', '.join(values)} is wanted")
            return values[0]
        return text

    def pair(self, one: str, other: str, *, hint: str) -> tuple[str, str]:
        values = self.environ.get(one, ""), self.environ.get(other, "")
        if bool(values[0]) != bool(values[1]):
            missing, given = (other, one) if values[0] else (one, other)
            self.complain(missing, "", f"{given} is set, and {hint}")
        return values

    def file(self, name: str, text: str) -> Path | None:
        if not text:
            return None
        path = _path(text)
        try:
            path.open("rb").close()
        except OSError as problem:
            self.complain(name, text, f"the file can't be read: {problem.strerror}")
        return path

    def folder(self, name: str, *, default: Path) -> Path:
        path = _path(self.environ.get(name) or default)
        # Not exists(): that raises where we may not even look.
        nearest = next(place for place in (path, *path.parents) if os.access(place, os.F_OK))
        if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)):
            self.complain(
                name, str(path), f"a folder that can be written is wanted, and {nearest} is none for this user"
            )
        return path

    def address(self, name: str, *, default: str) -> str:
        text = self.environ.get(name) or default
        try:
            return read_origin(text)  # as browsers write it, who are asked whether they came from there
        except BadOrigin:
            self.complain(name, text, "an address like https://expenses.example.com is wanted")
            return default

    def python(self, name: str, *, default: str) -> str:
        text = self.environ.get(name) or default
        module, dot, _ = text.rpartition(".")
        try:
            is_there = bool(dot) and importlib.util.find_spec(module) is not None
        except (ImportError, ValueError):  # a package above it is missing, or that is no name
            is_there = False
        if not is_there:
            self.complain(
                name, text, f"the path of a class in Python, like {default}, is wanted, and that is not there"
            )
        return text

    def origins(self, name: str) -> tuple[str, ...]:
        origins: list[str] = []
        for text in _words(self.environ.get(name, "")):
            with suppress(BadOrigin):
                origins.append(read_origin(text))
                if "[" not in text:  # a policy's words can't spell IPv6 (CSP 3 §2.3.1)
                    continue
            self.complain(name, text, "addresses like https://intranet.example.com are wanted, without a path")
        return tuple(origins)

    def hosts(self, name: str) -> tuple[str, ...]:
        names = _words(self.environ.get(name, "").lower())
        for host in names:
            if host != "*" and not _HOST.fullmatch(host.strip("[]")):
                self.complain(
                    name, host, "names like expenses.example.com are wanted, without http:// and without port"
                )
        return tuple(names)

    def networks(self, name: str) -> tuple[Network, ...]:
        networks: list[Network] = []
        for text in _words(self.environ.get(name, "")):
            try:
                networks.append(ipaddress.ip_network(text))
            except ValueError:
                self.complain(name, text, f"networks like 127.0.0.1 or 10.0.0.0/8 are wanted{_network_meant(text)}")
        return tuple(networks)

    def standby(self, name: str, *, beside: str) -> Mapping[str, Any] | None:
        if self.environ.get(name) and not self.environ.get(beside):
            self.complain(beside, "", f"{name} is set, and a standby stands beside a primary")
        return self.database(name, wanted="prefer-standby")

    def database(self, name: str, *, wanted: str) -> Mapping[str, Any] | None:
        """Return Django's settings of a database; of several hosts the first is taken that is as ``wanted``."""
        text = self.environ.get(name, "")
        if not text:
            return None
        try:
            parsed = _postgresql(text, wanted) if text.startswith(("postgres://", "postgresql://")) else {}
        except ValueError:  # a port that is no number, say
            parsed = {}
        if parsed.get("NAME"):
            return parsed
        # The value stays untold: there is a password in it.
        hint = (
            "postgres://user:password@host:5432/name is wanted, with marks like / # ? @ in the password percent-encoded"
            " (%2F %23 %3F %40); without it SQLite in XPENSER_DATA is used"
        )
        self.complain(name, "…", hint)
        return None

    def mail(self, name: str, *, folder: Path) -> Mapping[str, Any]:
        """Return Django's settings for sending mail; where it is kept instead, it is in ``folder``."""
        text = self.environ.get(name) or "console:"
        try:
            parsed = dj_email_url.parse(text) if _MAIL.fullmatch(text) else {}
        except ValueError:  # a port that is no number, say
            parsed = {}
        if not parsed:
            # The value stays untold: there is a password in it.
            hint = (
                "submission://user:password@host (port 587, STARTTLS), smtp://user:password@host:465/?ssl=1, smtp://host,"
                " console: or file: is wanted, with marks like / # ? @ in user and password percent-encoded"
            )
            self.complain(name, "…", hint)
        # Who sends waits for it; a server that does not answer must not keep his thread.
        return {**parsed, "EMAIL_FILE_PATH": folder, "EMAIL_TIMEOUT": parsed.get("EMAIL_TIMEOUT") or MAIL_SECONDS}

    def oidc(self, *names: str) -> Oidc | None:
        issuer, client_id, client_secret, name = values = [self.environ.get(each, "") for each in names]
        if not any(values):
            return None
        for missing in (each for each, value in zip(names, values[:3], strict=False) if not value):
            self.complain(missing, "", "a provider of OpenID Connect needs issuer, client ID and client secret")
        if issuer and not _ISSUER.fullmatch(issuer):
            self.complain(
                names[0], issuer, "an address like https://login.example.com is wanted, as the provider says it"
            )
        return Oidc(name or urlsplit(issuer).hostname or "", issuer.removesuffix("/"), client_id, client_secret)

    def sender(self, name: str, *, default: str) -> str:
        text = self.environ.get(name) or default
        if not _SENDER.fullmatch(text):
            self.complain(
                name, text, "an address like expenses@example.com or Expenses <expenses@example.com> is wanted"
            )
        return text

    def redis(self, name: str) -> str:
        text = self.environ.get(name, "")
        if text:
            from redis import ConnectionPool  # which most ledgers do without, and takes time  # noqa: PLC0415

            try:
                ConnectionPool.from_url(text)
            except ValueError:  # the value stays untold: there may be a password in it
                self.complain(name, "…", "redis://:password@host:6379/0 is wanted, rediss:// or unix:///path/to/socket")
        return text

    def bucket(self, name: str) -> Bucket | None:
        text = self.environ.get(name, "")
        if not text:
            return None
        try:
            return _bucket(text)
        except ValueError:  # the value stays untold: there is a secret in it
            hint = (
                "https://key:secret@s3.example.com/bucket/folder is wanted, with marks like / # ? @ + in key and secret"
                " percent-encoded, and at its end, where they are not us-east-1 and path, ?region=eu-central-1 or"
                " ?addressing=virtual (or both, with & between)"
            )
            self.complain(name, "…", hint)
            return None

    def token(self, name: str) -> str:
        text = self.environ.get(name, "")
        if text and not _TOKEN.fullmatch(text):  # the value stays untold
            self.complain(name, "…", "16 to 200 letters, digits and marks are wanted, without blanks")
        return text

    def zone(self, name: str, *, default: str) -> tuple[str, timedelta]:
        text = self.environ.get(name) or default
        try:
            offset = fixed_offset(text)
        except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
            self.complain(name, text, "a zone like UTC or Etc/GMT+8 is wanted")
            return default, timedelta()
        if offset is None:
            hint = (
                "its clocks are put forward and back, so an hour comes twice; Etc/GMT+8 is like Los Angeles in winter"
            )
            self.complain(name, text, hint)
        return text, offset or timedelta()


# Of several hosts one may be gone without a word: who asks it hears nothing, and would wait for minutes.
_OF_SEVERAL: Final = {"connect_timeout": "3", "tcp_user_timeout": "10000"}


def _postgresql(text: str, wanted: str) -> dict[str, Any]:
    """Return Django's settings of the database that a URL names, which may have several hosts, as libpq's do.

    No parser reads such a URL, so it is read once for each host. Raises ValueError.
    """
    scheme, _, rest = text.partition("://")
    network = re.split("[/?#]", rest, maxsplit=1)[0]
    person, at, hosts = network.rpartition("@")
    every: list[dict[str, Any]] = [
        dict(dj_database_url.parse(f"{scheme}://{person}{at}{host}{rest.removeprefix(network)}"))
        for host in hosts.split(",")
    ]
    if len(every) == 1:
        return every[0]
    options = {"target_session_attrs": wanted, **_OF_SEVERAL, **every[0].get("OPTIONS", {})}
    names, ports = (",".join(str(one[part]) for one in every) for part in ("HOST", "PORT"))
    return {**every[0], "HOST": names, "PORT": ports, "OPTIONS": options}


def _bucket(text: str) -> Bucket:
    """Return the bucket that a URL names. Raises ValueError."""
    url = urlsplit(text)
    bucket, _, prefix = url.path.strip("/").partition("/")
    said = parse_qs(url.query, keep_blank_values=True, strict_parsing=True) if url.query else {}
    chosen = {"region": ["us-east-1"], "addressing": ["path"], **said}
    ((region,), (addressing,)) = chosen.pop("region"), chosen.pop("addressing")
    fits = (
        url.scheme in {"https", "http"}
        and _S3_HOST.fullmatch(url.netloc.rpartition("@")[2])
        and url.port != 0
        and bool(url.username) == bool(url.password)
        and _S3_BUCKET.fullmatch(bucket)
        and (not prefix or _S3_PREFIX.fullmatch(prefix))
        and _S3_REGION.fullmatch(region)
        and addressing in {"path", "virtual"}
        and not (chosen or url.fragment)
    )
    if not fits:
        raise ValueError
    endpoint = f"{url.scheme}://{url.netloc.rpartition('@')[2]}"
    key, secret = unquote(url.username or ""), unquote(url.password or "")
    return Bucket(endpoint, bucket, prefix or "receipts", region, addressing, key, secret)


_S3_HOST = re.compile(r"([A-Za-z0-9.-]+|\[[A-Fa-f0-9:.]+\])(:[0-9]{1,5})?")
_S3_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_S3_PREFIX = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_S3_REGION = re.compile(r"[a-z0-9-]{1,50}")
_MAIL = re.compile(r"console:|file:|(smtp|submission)://[^/?#\s]*[^/?#@:\s](:[0-9]+)?/?(\?[^\s]*)?")
_TOKEN = re.compile(r"[!-~]{16,200}")
_ISSUER = re.compile(r"(https://[^\s/?#@]+|http://localhost(:[0-9]+)?)(/[A-Za-z0-9._~/-]*)?")
_SENDER = re.compile(r"([^<>@\s][^<>@\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)")
_HOST = re.compile(r"[.]?[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[a-f0-9.]*:[a-f0-9.:]+")


def _name(host: str) -> str:
    """Return how to call, in an address, a server that listens on ``host``."""
    if host in {"0.0.0.0", "127.0.0.1", "::", "::1"} or not _HOST.fullmatch(host.lower()):  # noqa: S104
        return "localhost"  # and what is no address at all is refused when it is to be listened on
    return f"[{host.lower()}]" if ":" in host else host.lower()


def _network_meant(text: str) -> str:
    try:
        return f"; {ipaddress.ip_network(text, strict=False)} is the network that this address is in"
    except ValueError:
        return ""


def _path(text: str | Path) -> Path:
    with suppress(RuntimeError):  # nobody is called like that: then it is the name of a folder
        return Path(text).expanduser().absolute()
    return Path(text).absolute()


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()
