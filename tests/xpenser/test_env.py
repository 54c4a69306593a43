import dataclasses
import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests.live import OWN_VARIABLES, PROJECT
from xpenser import env

pytestmark = pytest.mark.once


def test_nothing_set_is_a_small_server_on_this_machine() -> None:
    choices = env.read({})

    assert choices == env.Environment(
        data=PROJECT / "data",
        host="127.0.0.1",
        port=8000,
        public_url="http://localhost:8000",
        allowed_hosts=(),
        proxies=(),
        frame_ancestors=(),
        tls_cert=None,
        tls_key=None,
        hsts_seconds=2_592_000,
        database=None,
        standby=None,
        database_connections=40,
        redis_url="",
        server_zone="UTC",
        server_offset_seconds=0,
        email="",
        password="",
        sign_up="closed",
        mail={
            "EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend",
            "EMAIL_HOST": None,
            "EMAIL_PORT": None,
            "EMAIL_HOST_USER": None,
            "EMAIL_HOST_PASSWORD": None,
            "EMAIL_USE_TLS": False,
            "EMAIL_USE_SSL": False,
            "EMAIL_TIMEOUT": 10,
            "EMAIL_FILE_PATH": PROJECT / "data" / "mail",
        },
        mail_from="xpenser@localhost",
        tasks_backend="django_tasks_db.DatabaseBackend",
        oidc=None,
        log_format="plain",
        metrics_token="",
        receipts_public=True,
        receipts_s3=None,
        oauth1_http="signed",
        max_waiting=48,
        max_upload_bytes=12_000_000,
        max_receipt_bytes=10_000_000,
        max_receipt_pixels=60_000_000,
    )


def test_the_ledger_is_the_same_wherever_a_command_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert env.read({}).data == PROJECT / "data"


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert env.read(dict.fromkeys(OWN_VARIABLES, "")) == env.read({})


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("XPENSER_DATA", "/tmp/x", "data", Path("/tmp/x")),
        ("XPENSER_DATA", "x", "data", Path.cwd() / "x"),
        ("XPENSER_DATA", "~/x", "data", Path.home() / "x"),
        ("XPENSER_DATA", "~nobody.here/x", "data", Path.cwd() / "~nobody.here" / "x"),
        ("HOST", "::", "host", "::"),
        ("OAUTH1_HTTP", "plaintext", "oauth1_http", "plaintext"),
        ("OAUTH1_HTTP", "none", "oauth1_http", "none"),
        ("SIGN_UP", "open", "sign_up", "open"),
        ("LOG_FORMAT", "json", "log_format", "json"),
        ("METRICS_TOKEN", "!" * 16, "metrics_token", "!" * 16),
        ("SIGN_UP", "invited", "sign_up", "invited"),
        ("EMAIL_FROM", "Expenses <e@example.com>", "mail_from", "Expenses <e@example.com>"),
        ("PUBLIC_URL", "https://x.example:8443", "mail_from", "xpenser@x.example"),
        ("PORT", "80", "port", 80),
        ("PORT", "80", "public_url", "http://localhost"),
        ("PUBLIC_URL", "https://Expenses.example.com/", "public_url", "https://expenses.example.com"),
        ("PUBLIC_URL", "HTTPS://x.example:443", "public_url", "https://x.example"),
        ("PUBLIC_URL", "http://[::1]:8000", "public_url", "http://[::1]:8000"),
        ("ALLOWED_HOSTS", "pi.local, .Example.com *", "allowed_hosts", ("pi.local", ".example.com", "*")),
        ("ALLOWED_HOSTS", "[fe80::1]", "allowed_hosts", ("[fe80::1]",)),
        ("SERVER_ZONE", "Etc/GMT+8", "server_zone", "Etc/GMT+8"),
        ("SERVER_ZONE", "Etc/GMT+8", "server_offset_seconds", -8 * 3600),
        ("DATABASE_CONNECTIONS", "2", "database_connections", 2),
        ("TASKS_BACKEND", "django_tasks.Backend", "tasks_backend", "django_tasks.Backend"),
        ("REDIS_URL", "rediss://:secret@redis.example:6380/2", "redis_url", "rediss://:secret@redis.example:6380/2"),
        ("REDIS_URL", "unix:///run/redis.sock", "redis_url", "unix:///run/redis.sock"),
        ("RECEIPTS_PUBLIC", "0", "receipts_public", False),
        ("MAX_WAITING", "0", "max_waiting", 0),
        (
            "RECEIPTS_S3",
            "https://KEY:se%2Fcr%2Bet@s3.example.com/ledgers",
            "receipts_s3",
            env.Bucket(
                endpoint="https://s3.example.com",
                name="ledgers",
                prefix="receipts",
                region="us-east-1",
                addressing="path",
                key="KEY",
                secret="se/cr+et",
            ),
        ),
        (
            "RECEIPTS_S3",
            "http://[::1]:9000/ledgers/of/ours/?region=eu-central-1&addressing=virtual",
            "receipts_s3",
            env.Bucket(
                endpoint="http://[::1]:9000",
                name="ledgers",
                prefix="of/ours",
                region="eu-central-1",
                addressing="virtual",
                key="",
                secret="",
            ),
        ),
        ("MAX_UPLOAD_BYTES", "100000", "max_upload_bytes", 100_000),
        ("MAX_RECEIPT_BYTES", "10000", "max_receipt_bytes", 10_000),
        ("MAX_RECEIPT_PIXELS", "500000000", "max_receipt_pixels", 500_000_000),
        ("HSTS_SECONDS", "0", "hsts_seconds", 0),
    ],
)
def test_a_value_is_read(name: str, value: str, field: str, expected: object) -> None:
    assert getattr(env.read({name: value}), field) == expected


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://localhost:8000"),
        ("0.0.0.0", "http://localhost:8000"),
        ("::", "http://localhost:8000"),
        ("192.168.1.5", "http://192.168.1.5:8000"),
        ("127.0.0.2", "http://127.0.0.2:8000"),
        ("FD00::5", "http://[fd00::5]:8000"),
        ("Pi.local", "http://pi.local:8000"),
        ("fe80::1%eth0", "http://localhost:8000"),
        ("no host", "http://localhost:8000"),
    ],
)
def test_who_listens_on_one_address_is_reached_there(host: str, url: str) -> None:
    assert env.read({"HOST": host}).public_url == url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "submission://me%40a.example:p%2Fw@mail.a.example",
            ("mail.a.example", 587, "me@a.example", "p/w", True, False, 10),
        ),
        ("smtp://me:secret@mail.a.example:465/?ssl=1", ("mail.a.example", 465, "me", "secret", False, True, 10)),
        ("smtp://mail.local?timeout=3", ("mail.local", 25, None, None, False, False, 3)),
    ],
)
def test_mail_goes_to_a_server(url: str, expected: tuple[object, ...]) -> None:
    mail = env.read({"EMAIL_URL": url}).mail

    assert mail["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL", "TIMEOUT")
    assert tuple(mail[f"EMAIL_{name}"] for name in names) == expected


def test_or_into_a_folder_of_the_data() -> None:
    mail = env.read({"EMAIL_URL": "file:", "XPENSER_DATA": "/tmp/x"}).mail

    assert mail["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"
    assert mail["EMAIL_FILE_PATH"] == Path("/tmp/x/mail")


OIDC = {"OIDC_ISSUER": "https://login.example.com/realm/", "OIDC_CLIENT_ID": "ledger", "OIDC_CLIENT_SECRET": "secret"}


def test_a_provider_of_openid_connect() -> None:
    named = env.Oidc("Work", "https://login.example.com/realm", "ledger", "secret")

    assert env.read({**OIDC, "OIDC_NAME": "Work"}).oidc == named
    assert env.read(OIDC).oidc == dataclasses.replace(named, name="login.example.com")
    assert env.read({**OIDC, "OIDC_ISSUER": "http://localhost:9000"}).oidc is not None


@pytest.mark.parametrize("missing", list(OIDC))
def test_of_whom_all_is_needed(missing: str) -> None:
    with pytest.raises(env.BadEnvironment, match=rf"^{missing}='': a provider of OpenID Connect needs"):
        env.read({**OIDC, missing: ""})


def test_and_who_is_asked_by_https() -> None:
    for issuer in ("http://login.example.com", "login.example.com", "https://a@b.example", "http://localhost.example"):
        with pytest.raises(env.BadEnvironment, match=r"^OIDC_ISSUER='"):
            env.read({**OIDC, "OIDC_ISSUER": issuer})


def test_frame_ancestors_are_origins() -> None:
    assert env.read({"FRAME_ANCESTORS": "https://a.example/, http://b.example:8080"}).frame_ancestors == (
        "https://a.example",
        "http://b.example:8080",
    )
    assert env.read({}).frame_ancestors == ()


def test_proxies_are_networks() -> None:
    assert [str(network) for network in env.read({"PROXIES": "10.0.0.0/8,127.0.0.1 ::1"}).proxies] == [
        "10.0.0.0/8",
        "127.0.0.1/32",
        "::1/128",
    ]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_database_is_taken_apart(scheme: str) -> None:
    database = env.read({"DATABASE_URL": f"{scheme}://me:secret@%2Frun%2Fpg:5433/ledger"}).database

    assert database is not None
    assert (database["HOST"], database["PORT"], database["USER"]) == ("/run/pg", 5433, "me")
    assert (database["PASSWORD"], database["NAME"]) == ("secret", "ledger")


def test_a_password_may_have_any_mark() -> None:
    database = env.read({"DATABASE_URL": "postgres://me:a%2Fb%23c%3Fd%40e%25@host/ledger"}).database

    assert database is not None
    assert (database["PASSWORD"], database["HOST"], database["NAME"]) == ("a/b#c?d@e%", "host", "ledger")


@pytest.mark.parametrize(
    ("name", "field", "wanted"),
    [("DATABASE_URL", "database", "read-write"), ("DATABASE_STANDBY_URL", "standby", "prefer-standby")],
)
def test_of_several_hosts_the_one_is_taken_that_can_do_what_is_wanted(name: str, field: str, wanted: str) -> None:
    hosts = "postgres://me:a%2Cb@a.example,%2Frun%2Fpg:5433,[::1]:5434/ledger?sslmode=require&connect_timeout=9"

    database = getattr(env.read({"DATABASE_URL": "postgres://a/b", name: hosts}), field)

    assert {part: database[part] for part in ("HOST", "PORT", "USER", "PASSWORD", "NAME", "OPTIONS")} == {
        "HOST": "a.example,/run/pg,::1", "PORT": ",5433,5434", "USER": "me", "PASSWORD": "a,b", "NAME": "ledger",
        "OPTIONS": {
            "target_session_attrs": wanted, "connect_timeout": 9, "tcp_user_timeout": "10000", "sslmode": "require",
        },
    }  # fmt: skip


def test_tls_files_make_the_address_https(tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.touch()
    key.touch()

    choices = env.read({"TLS_CERT": str(cert), "TLS_KEY": str(key)})

    assert (choices.tls_cert, choices.tls_key) == (cert, key)
    assert choices.public_url == "https://localhost:8000"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("PORT", value) for value in ("0", "65536", "-1", "8000.0", "http", "٨٠", "9" * 5000)],
        *[
            ("PUBLIC_URL", value)
            for value in ("example.com", "ftp://example.com", "http://", "http://a b", "http://[::1")
        ],
        *[("PUBLIC_URL", f"http://example.com{rest}") for rest in ("/x", "?x", "#x", ":x", ":99999")],
        ("PUBLIC_URL", "http://me@example.com"),
        *[("ALLOWED_HOSTS", value) for value in ("http://example.com", "example.com:80", "exa_mple/x")],
        *[
            ("FRAME_ANCESTORS", value)
            for value in (
                "*",
                "intranet",
                "https://a.example/x",
                "https://a.example;",
                "https://[::1]",
                "https://a@b.example",
            )
        ],
        *[("PROXIES", value) for value in ("proxy", "10.0.0.1/8", "10.0.0.0/33")],
        *[
            ("DATABASE_URL", value)
            for value in (
                "sqlite:///x",
                "ledger",
                "postgres://a@b:port/c",
                "postgres://[a/c",
                "postgres://a:b@c:5432",
                "postgres://c/",
                "postgres://a:b/c@d/e",
                "postgres://a,b:port/c",
                "postgres://a,b",
            )
        ],
        *[("REDIS_URL", value) for value in ("localhost", "http://localhost", "redis://host:port", "redis://[a")],
        *[("SERVER_ZONE", value) for value in ("Mars", "../etc/passwd", "Europe/Berlin", "America/Los_Angeles", "\0")],
        *[("OAUTH1_HTTP", value) for value in ("yes", "Signed", "signed plaintext")],
        *[("TASKS_BACKEND", value) for value in ("yes", "no.such.Backend", "..Backend", ".Backend")],
        *[("SIGN_UP", value) for value in ("yes", "Open", "closed open")],
        *[("METRICS_TOKEN", value) for value in ("a" * 15, "a" * 201, "a" * 16 + " b", "ü" * 16)],
        *[("LOG_FORMAT", value) for value in ("JSON", "text")],
        *[
            ("EMAIL_URL", value)
            for value in (
                "mail.local",
                "smtps://mail.local",
                "smtp://",
                "smtp://a b",
                "smtp://a:port",
                "smtp://a/?timeout=x",
            )
        ],
        *[("EMAIL_FROM", value) for value in ("me", "a b@example.com", "Me <me>", "Me\r\nBcc: a <a@b.example>")],
        *[("RECEIPTS_PUBLIC", value) for value in ("yes", "true", "2")],
        *[
            ("RECEIPTS_S3", value)
            for value in (
                "ledgers",
                "s3://ledgers",
                "https://key:secret@s3.example.com",
                "https://key@s3.example.com/ledgers",
                "https://:secret@s3.example.com/ledgers",
                "https://key:sec/ret@s3.example.com/ledgers",
                "https://s3.example.com:99999/ledgers",
                "https://s3.example.com:0/ledgers",
                "https://[::1/ledgers",
                "https://s3.example.com/a",
                "https://s3.example.com/ledgers/../other",
                "https://s3.example.com/ledgers?region=",
                "https://s3.example.com/ledgers?region=a&region=b",
                "https://s3.example.com/ledgers?addressing=other",
                "https://s3.example.com/ledgers?colour=red",
                "https://s3.example.com/ledgers?region",
                "https://s3.example.com/ledgers#x",
            )
        ],
        ("XPENSER_DATA", "/dev/null/data"),
        ("MAX_UPLOAD_BYTES", "99999"),
        ("MAX_RECEIPT_BYTES", "10MB"),
        ("MAX_RECEIPT_PIXELS", "0"),
        ("HSTS_SECONDS", "-1"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_in_one_line(name: str, value: str) -> None:
    with pytest.raises(env.BadEnvironment) as refused:
        env.read({name: value})

    (problem,) = refused.value.problems
    assert re.match(rf"{name}='.+': .+", problem)
    assert problem.isprintable()


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("TLS_CERT", "TLS_KEY"),
        ("TLS_KEY", "TLS_CERT"),
        ("XPENSER_EMAIL", "XPENSER_PASSWORD"),
        ("XPENSER_PASSWORD", "XPENSER_EMAIL"),
        ("DATABASE_STANDBY_URL", "DATABASE_URL"),
    ],
)
def test_two_that_belong_together_come_together(given: str, missing: str) -> None:
    with pytest.raises(env.BadEnvironment, match=f"{missing}='': {given} is set"):
        env.read({given: __file__})


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/nowhere/cert.pem", "No such file or directory"),
        ("/", "Is a directory"),
        (f"{__file__}/cert.pem", "Not a directory"),
        ("/" + "x" * 300, "File name too long"),
    ],
)
def test_a_file_must_be_there(path: str, reason: str) -> None:
    with pytest.raises(env.BadEnvironment) as refused:
        env.read({"TLS_CERT": path, "TLS_KEY": __file__})

    assert refused.value.problems == (f"TLS_CERT={path!r}: the file can't be read: {reason}",)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(env.BadEnvironment) as refused:
        env.read({"PORT": "x", "RECEIPTS_PUBLIC": "x", "PROXIES": "x y"})

    assert [problem.partition("=")[0] for problem in refused.value.problems] == [
        "PORT", "PROXIES", "PROXIES", "RECEIPTS_PUBLIC",
    ]  # fmt: skip


def test_an_address_in_a_network_is_told_the_network() -> None:
    with pytest.raises(env.BadEnvironment, match=r"^PROXIES='10.0.0.1/8': .* are wanted; 10.0.0.0/8 is the network"):
        env.read({"PROXIES": "10.0.0.1/8"})


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_STANDBY_URL", "EMAIL_URL", "REDIS_URL", "RECEIPTS_S3"])
def test_a_password_in_a_bad_address_stays_untold(name: str) -> None:
    with pytest.raises(env.BadEnvironment) as refused:
        env.read({name: "mysql://me:wonderful@host/ledger"})

    assert "wonderful" not in str(refused.value)


@pytest.mark.parametrize(
    ("zone", "offset"),
    [
        ("UTC", timedelta()),
        ("Etc/GMT+8", timedelta(hours=-8)),
        ("Asia/Kolkata", timedelta(hours=5, minutes=30)),
        ("Europe/Berlin", None),
        ("Australia/Sydney", None),
    ],
)
def test_fixed_offset(zone: str, offset: timedelta | None) -> None:
    assert env.fixed_offset(zone) == offset
