"""TLS towards applications, with an authority of our own."""

import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.unit.webhooks.support import App, Serve, webhook

from hookflash.domain.clock import VirtualClock
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.egress import EgressPolicy
from hookflash.webhooks.tls import names_host


def issue(
    directory: Path,
    name: str,
    *,
    valid: bool = True,
    authority: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
) -> tuple[Path, x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A certificate for `name` and its key in one PEM file, signed by `authority` or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    issuer, signer = (authority[0].subject, authority[1]) if authority else (subject, key)
    try:
        general: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        general = x509.DNSName(name)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=2))
        .not_valid_after(now + datetime.timedelta(days=2 if valid else -1))
        .add_extension(x509.SubjectAlternativeName([general]), critical=False)
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
    path = directory / f"{name}-{valid}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path, certificate, key


class Https:
    """A server's TLS with a certificate of our own authority; remembers which name was asked for."""

    def __init__(self, directory: Path, name: str, *, valid: bool = True) -> None:
        self.ca, certificate, key = issue(directory, "authority", authority=None)
        leaf, *_ = issue(directory, name, valid=valid, authority=(certificate, key))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(leaf)
        self.names: list[str | None] = []
        self.context.sni_callback = lambda _, name, __: self.names.append(name)


def trusting(ca: Path | None) -> WebhookClient:
    return WebhookClient(egress=EgressPolicy(allow_private=True), clock=VirtualClock(), ca_bundle=ca)


async def test_tls_with_a_trusted_certificate(serve: Serve, tmp_path: Path) -> None:
    """A certificate of a trusted authority for the right name is accepted; the name is sent unless `sni=n`."""
    https = Https(tmp_path, "localhost")
    url = (await serve(App(), ssl_context=https.context)).replace("127.0.0.1", "localhost")
    async with trusting(https.ca) as client:
        assert (await client.fetch(webhook(url))).error is None
        assert (await client.fetch(webhook(f"{url}/#sni=n"))).error is None
    assert https.names == ["localhost", None]


@pytest.mark.parametrize("fragment", ["", "#sni=n"])
@pytest.mark.parametrize(
    ("name", "valid", "trusted", "code"),
    [
        ("other.test", True, True, 11235),
        ("127.0.0.2", True, True, 11235),
        ("localhost", False, True, 11236),
        ("localhost", True, False, 11237),
    ],
)
async def test_bad_certificates(
    serve: Serve, tmp_path: Path, name: str, fragment: str, code: int, *, valid: bool, trusted: bool
) -> None:
    """Another name, an expired certificate and an unknown authority each have their code, with and without SNI."""
    https = Https(tmp_path, name, valid=valid)
    app = App()
    url = (await serve(app, ssl_context=https.context)).replace("127.0.0.1", "localhost")
    async with trusting(https.ca if trusted else None) as client:
        outcome = await client.fetch(webhook(f"{url}/{fragment}"))
        assert outcome.error is not None
        assert outcome.error.code.number == code
        assert app.seen == []
        unchecked = await client.fetch(webhook(f"{url}/{fragment}", validate_certificates=False))
    assert unchecked.error is None


async def test_a_server_that_speaks_no_tls(serve: Serve, client: WebhookClient) -> None:
    """https to a plain server is 11220, and is tried twice like any connection."""
    url = (await serve(App())).replace("http:", "https:")
    outcome = await client.fetch(webhook(url))
    assert [attempt.error_code for attempt in outcome.attempts] == [11220, 11220]


@pytest.mark.parametrize(
    ("host", "fits"),
    [
        ("app.test", True),
        ("APP.test", True),
        ("www.wild.test", True),
        ("a.b.wild.test", False),
        ("wild.test", False),
        ("10.0.0.1", True),
        ("10.0.0.2", False),
    ],
)
def test_names_of_a_certificate(host: str, *, fits: bool) -> None:
    """A wildcard stands for exactly one label; an address only matches an address."""
    names = (("DNS", "app.test"), ("DNS", "*.wild.test"), ("DNS", "*.0.0.2"), ("IP Address", "10.0.0.1"))
    assert names_host({"subjectAltName": names}, host) == fits
