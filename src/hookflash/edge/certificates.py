"""The local certificate authority: made on first start, it signs the one certificate with which we are `*.twilio.com`.

Programs that `hookflash run` starts trust it; nothing else has to. Its name constraints (RFC 5280 §4.2.1.10) let it
vouch for Twilio's names and loopback only, so that a stolen key opens nothing else.

The directory of a `LocalAuthority`:

    ca.pem            the authority, for programs that add it to their own roots
    bundle.pem        the usual roots and the authority, for programs whose whole list is replaced
    truststore.p12    the same for Java; the password is `changeit`
    php/              an ini file that points PHP at the bundle
    private/          (0700) the two keys with their certificates (0600)
"""

import datetime
import ipaddress
import os
import ssl
import warnings
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hookflash.domain.clock import DAY
from hookflash.edge.names import AUTHY, DOMAIN, certificate_names, is_ours
from hookflash.edge.trust import (
    BUNDLE,
    SYSTEM_ROOTS,
    TRUSTSTORE,
    TRUSTSTORE_PASSWORD,
    certificates_in,
    write_bundle,
    write_changed,
)

AUTHORITY_LIFE = 3650 * DAY
LEAF_LIFE = 397 * DAY  # the longest that every client accepts
AUTHORITY_RENEWAL = LEAF_LIFE + 30 * DAY  # a leaf never outlives the authority that signed it
LEAF_RENEWAL = 30 * DAY
CLOCK_SKEW = DAY  # certificates are valid from this long ago

LOOPBACKS = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
LEAF_ADDRESSES = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))


class LocalAuthority:
    """The authority of one data directory, made, completed or renewed by the constructor."""

    def __init__(self, directory: Path, *, now: int) -> None:
        """`directory` is created when missing; `now` is in ms since the epoch.

        Raises OSError when the directory cannot be written, ValueError when a file in it is not what it should be.
        """
        self.directory = directory
        self.certificate = directory / "ca.pem"
        self.bundle = directory / BUNDLE
        self.truststore = directory / TRUSTSTORE
        self._private = directory / "private"
        directory.mkdir(parents=True, exist_ok=True)
        self._private.mkdir(mode=0o700, exist_ok=True)
        self._server = self._private / "server.pem"
        self._issue_due(now)
        self.context = tls_context(self._server)  #: for the HTTPS listener

    @property
    def server_certificate(self) -> Path:
        """The PEM file with the server's chain and its key, for listeners that are not Python's."""
        return self._server

    def renew(self, *, now: int) -> bool:
        """Issue again what expires soon; whether anything was.

        A running server takes the new certificate for its next connections. Only a new authority, once in nine years,
        needs the programs that trust it to be started again.
        """
        issued = self._issue_due(now)
        if issued:
            self.context.load_cert_chain(self._server)
        return issued

    def _issue_due(self, now: int) -> bool:
        key, authority = self._authority(now)
        issued = self._leaf_is_due(authority, now)
        if issued:
            # RSA, because the Java and OpenSSL of the oldest libraries know nothing else.
            leaf_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            _write_pair(self._server, leaf_key, [_leaf_certificate(leaf_key, authority, key, now), authority])
        self._write_trust()
        return issued

    def _authority(self, now: int) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        pair = self._private / "authority.pem"
        if pair.exists():
            pem = pair.read_bytes()
            key, certificate = load_pem_private_key(pem, password=None), x509.load_pem_x509_certificate(pem)
            if not isinstance(key, ec.EllipticCurvePrivateKey):
                raise ValueError(f"{pair} holds a key that this program did not make: remove it and start again")
            if _expiry(certificate) - now > AUTHORITY_RENEWAL:
                write_changed(self.certificate, certificate.public_bytes(Encoding.PEM))
                return key, certificate
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _authority_certificate(key, now)
        _write_pair(pair, key, [certificate])
        write_changed(self.certificate, certificate.public_bytes(Encoding.PEM))
        return key, certificate

    def _leaf_is_due(self, authority: x509.Certificate, now: int) -> bool:
        if not self._server.exists():
            return True
        leaf = x509.load_pem_x509_certificate(self._server.read_bytes())
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return (
            _expiry(leaf) - now < LEAF_RENEWAL
            or names.get_values_for_type(x509.DNSName) != certificate_names()
            or leaf.issuer != authority.subject
        )

    def _write_trust(self) -> None:
        system = [path for path in SYSTEM_ROOTS if path.is_file()]
        write_bundle(self.directory, [self.certificate, Path(certifi.where()), *system[:1]])
        if not self.truststore.exists() or self.truststore.stat().st_mtime_ns < self.bundle.stat().st_mtime_ns:
            write_changed(self.truststore, _java_truststore(self.bundle.read_text(encoding="ascii", errors="replace")))
            os.utime(self.truststore)


def tls_context(certificate: Path, key: Path | None = None) -> ssl.SSLContext:
    """The server side of TLS 1.2 and 1.3 with this PEM chain, speaking HTTP/1.1 only; without `key` the chain's file
    holds the key too.

    Raises OSError or `ssl.SSLError` when the files cannot be read or do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate, key)
    return context


def with_public_certificate(local: ssl.SSLContext, certificate: Path, key: Path) -> ssl.SSLContext:
    """A context that shows an operator's own certificate, and the local one to clients that ask for Twilio's names."""
    public = tls_context(certificate, key)

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        if name is not None and is_ours(name):
            connection.context = local

    public.sni_callback = choose
    return public


def _authority_certificate(key: ec.EllipticCurvePrivateKey, now: int) -> x509.Certificate:
    # A subject of its own for each authority: two of the same name in one trust store confuse some clients.
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Hookflash"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Hookflash local authority {now}"),
        ]
    )
    permitted: list[x509.GeneralName] = [x509.DNSName(name) for name in (DOMAIN, AUTHY, "localhost")]
    permitted += [x509.IPAddress(network) for network in LOOPBACKS]
    return (
        _builder(name, name, key, now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _leaf_certificate(
    leaf_key: rsa.RSAPrivateKey, authority: x509.Certificate, key: ec.EllipticCurvePrivateKey, now: int
) -> x509.Certificate:
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in certificate_names()]
    names += [x509.IPAddress(address) for address in LEAF_ADDRESSES]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, DOMAIN)])
    return (
        _builder(subject, authority.subject, leaf_key, now, LEAF_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, now: int, life: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_datetime(now - CLOCK_SKEW))
        .not_valid_after(_datetime(now + life - CLOCK_SKEW))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_encipherment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _java_truststore(bundle: str) -> bytes:
    """The bundle as a PKCS #12 file whose entries Java takes for trust anchors."""
    entries = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some public roots bend RFC 5280; they are not ours to judge
        for number, block in enumerate(certificates_in(bundle)):
            certificate = x509.load_pem_x509_certificate(block.encode())
            entries.append(pkcs12.PKCS12Certificate(certificate, b"root-%d" % number))
    # The oldest algorithms: every Java reads them, and the file holds nothing secret.
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(2048)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())  # noqa: S303
        .build(TRUSTSTORE_PASSWORD.encode())
    )
    return pkcs12.serialize_java_truststore(entries, encryption)


def _write_pair(
    path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, certificates: list[x509.Certificate]
) -> None:
    """Key and certificates in one file, so that a crash leaves either both or neither."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem += b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)
    write_changed(path, pem, mode=0o600)


def _expiry(certificate: x509.Certificate) -> int:
    return int(certificate.not_valid_after_utc.timestamp() * 1000)


def _datetime(moment: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(moment // 1000, datetime.UTC)
