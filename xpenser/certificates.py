"""A small certificate authority, and a certificate for the names that old clients have built in."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_DAYS = 3650
# Apple's platforms refuse a server's certificate that is valid for longer.
SERVER_DAYS = 825
# A clock that is a little behind must not find the certificate to be of tomorrow.
SLACK = timedelta(days=1)


class Files(NamedTuple):
    """Where the certificate authority and the server's certificate are kept."""

    ca_cert: Path
    ca_key: Path
    cert: Path
    key: Path


def files(folder: Path) -> Files:
    return Files(folder / "ca.pem", folder / "ca-key.pem", folder / "server.pem", folder / "server-key.pem")


def certificate_issue(folder: Path, *, names: Sequence[str], now: datetime) -> Files:
    """Write a certificate for host names and IP addresses, and before it a CA where there is none yet.

    RSA 2048 and SHA-256 all along: clients of 2009 know nothing newer, and nothing weaker is trusted today.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = files(folder)
    if not (kept.ca_cert.exists() and kept.ca_key.exists()):
        key = _key()
        _write_key(kept.ca_key, key)
        kept.ca_cert.write_bytes(_authority(key, now).public_bytes(serialization.Encoding.PEM))
        kept.ca_cert.chmod(0o644)  # it is there to be copied to where everybody reads it
    authority = x509.load_pem_x509_certificate(kept.ca_cert.read_bytes())
    authority_key = cast("rsa.RSAPrivateKey", serialization.load_pem_private_key(kept.ca_key.read_bytes(), None))
    key = _key()
    certificate = _server(key, authority, authority_key, names, now)
    _write_key(kept.key, key)
    kept.cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return kept


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _write_key(path: Path, key: rsa.RSAPrivateKey) -> None:
    """Write a key that nobody else could read, not even for a moment."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    draft.replace(path)


def _authority(key: rsa.RSAPrivateKey, now: datetime) -> x509.Certificate:
    # Two CAs of one name and different keys confuse trust stores, so the name carries the day.
    name = _name(f"Xpenser local CA {now:%Y-%m-%d %H:%M:%S}")
    return (
        _unsigned(subject=name, issuer=name, key=key, now=now, days=CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _server(
    key: rsa.RSAPrivateKey,
    authority: x509.Certificate,
    authority_key: rsa.RSAPrivateKey,
    names: Sequence[str],
    now: datetime,
) -> x509.Certificate:
    issuer_id = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _unsigned(subject=_name(names[0]), issuer=authority.subject, key=key, now=now, days=SERVER_DAYS - 1)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, key_encipherment=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _unsigned(
    *, subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(now + timedelta(days=days))
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(
    *,
    digital_signature: bool = False,
    key_encipherment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_encipherment=key_encipherment,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
