import ssl
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store
from django.core.management import CommandError, call_command

from tests.callers import PATIENCE
from tests.live import LiveServer
from xpenser.certificates import certificate_issue, files

pytestmark = pytest.mark.once


def made(folder: Path, *names: str) -> tuple[x509.Certificate, x509.Certificate]:
    """Run the command and return the certificate and the CA's."""
    call_command("devcert", *names, data=folder, stdout=StringIO())
    kept = files(folder / "tls")
    return x509.load_pem_x509_certificate(kept.cert.read_bytes()), x509.load_pem_x509_certificate(
        kept.ca_cert.read_bytes()
    )


def names_of(certificate: x509.Certificate) -> list[str]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(name.value) for name in names]


def test_it_certifies_the_names_that_old_clients_have_built_in(tmp_path: Path) -> None:
    certificate, _ = made(tmp_path, "pi.local", "192.168.1.5", "localhost", "fd00::1")

    assert names_of(certificate) == [
        "xpenser.com", "www.xpenser.com", "localhost", "127.0.0.1", "::1", "pi.local", "192.168.1.5", "fd00::1",
    ]  # fmt: skip


def test_the_chain_holds(tmp_path: Path) -> None:
    certificate, authority = made(tmp_path)

    verifier = PolicyBuilder().store(Store([authority])).build_server_verifier(x509.DNSName("www.xpenser.com"))
    assert verifier.verify(certificate, []) == [certificate, authority]


def test_old_clients_know_its_algorithms(tmp_path: Path) -> None:
    for certificate in made(tmp_path):
        key = certificate.public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        assert key.key_size == 2048
        assert certificate.signature_hash_algorithm is not None
        assert certificate.signature_hash_algorithm.name == "sha256"


def test_the_ca_can_make_no_other_ca_and_the_certificate_is_for_servers(tmp_path: Path) -> None:
    certificate, authority = made(tmp_path)

    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_it_is_valid_no_longer_than_phones_accept(tmp_path: Path) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)

    kept = certificate_issue(tmp_path, names=["localhost"], now=now)

    certificate = x509.load_pem_x509_certificate(kept.cert.read_bytes())
    valid_from, valid_to = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    assert valid_from < now < valid_to
    assert valid_to - valid_from == timedelta(days=825)


def test_keys_are_their_owner_s_only(tmp_path: Path) -> None:
    made(tmp_path)

    folder = tmp_path / "tls"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "ca.pem").stat().st_mode & 0o777 == 0o644
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.glob("*-key.pem")} == {
        "ca-key.pem": 0o600,
        "server-key.pem": 0o600,
    }


def test_a_second_run_keeps_the_ca_and_renews_the_certificate(tmp_path: Path) -> None:
    first, authority = made(tmp_path)

    second, same_authority = made(tmp_path, "pi.local")

    assert same_authority == authority
    assert second.serial_number != first.serial_number
    assert "pi.local" in names_of(second)


@pytest.mark.parametrize("name", ["http://pi.local", "a b", "", "pi.local/x", "ä.local"])
def test_a_name_must_be_one(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match="is neither a host name nor an IP address"):
        call_command("devcert", name, data=tmp_path)

    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "tls").touch()

    with pytest.raises(CommandError, match=r"/tls: File exists$") as refusal:
        call_command("devcert", data=tmp_path)

    assert refusal.value.returncode == 2


def test_it_says_what_to_do_next(tmp_path: Path) -> None:
    said = StringIO()

    call_command("devcert", data=tmp_path, stdout=said)

    tls = tmp_path / "tls"
    assert f"TLS_CERT={tls / 'server.pem'} TLS_KEY={tls / 'server-key.pem'}" in said.getvalue()
    assert f"cp {tls / 'ca.pem'} /usr/local/share/ca-certificates/xpenser.crt" in said.getvalue()


def test_it_says_that_there_is_a_new_ca(tmp_path: Path) -> None:
    first, again, without_key = StringIO(), StringIO(), StringIO()

    call_command("devcert", data=tmp_path, stdout=first)
    call_command("devcert", data=tmp_path, stdout=again)
    files(tmp_path / "tls").ca_key.unlink()
    call_command("devcert", data=tmp_path, stdout=without_key)

    assert ["a new CA was made" in said.getvalue() for said in (first, again, without_key)] == [False, False, True]


def test_what_it_prints_can_be_pasted(tmp_path: Path) -> None:
    said = StringIO()

    call_command("devcert", data=tmp_path / "my data", stdout=said)

    assert f"TLS_CERT='{tmp_path}/my data/tls/server.pem'" in said.getvalue()


def trusting(server: LiveServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca)


def test_a_client_that_asks_again_after_401_works_over_https(tls_server: LiveServer) -> None:
    """As urllib2 does it: every request goes out once without credentials, and again after the challenge."""
    tls_server.adduser("urllib2@example.com", "correct horse")
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, tls_server.url, "urllib2@example.com", "correct horse")
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=trusting(tls_server)), urllib.request.HTTPBasicAuthHandler(passwords)
    )

    with opener.open(f"{tls_server.url}/api/v1.0/expense/", data=b"q=lunch+45+with+jack", timeout=PATIENCE) as answer:
        assert answer.status == 200
        assert b"with jack" in answer.read()


def test_without_the_ca_nobody_is_trusted(tls_server: LiveServer) -> None:
    with pytest.raises(urllib.error.URLError, match="certificate verify failed"):
        urllib.request.urlopen(tls_server.url, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("version", "spoken"), [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")]
)
def test_tls_versions(tls_server: LiveServer, version: ssl.TLSVersion, spoken: str) -> None:
    import socket

    context = trusting(tls_server)
    context.maximum_version = version

    with (
        socket.create_connection(("127.0.0.1", tls_server.port), timeout=PATIENCE) as plain,
        context.wrap_socket(plain, server_hostname="www.xpenser.com") as secure,
    ):
        assert secure.version() == spoken
