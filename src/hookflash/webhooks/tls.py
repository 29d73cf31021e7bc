"""TLS towards applications: whom to trust, and handshakes that do not say the server's name (`sni=n`)."""

import ipaddress
import ssl
from pathlib import Path
from typing import Any

import certifi

HOSTNAME_MISMATCH = 62  # X509_V_ERR_HOSTNAME_MISMATCH


def tls_context(*, ca_bundle: Path | None, validate: bool, sni: bool) -> ssl.SSLContext:
    """A client's context: the usual public authorities and those of `ca_bundle` (a PEM file) are trusted.

    Without `validate` any certificate will do. Without `sni` the name is not sent, but the certificate is still
    checked for it. Raises OSError or ssl.SSLError when the bundle cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if sni else _NamelessContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = validate and sni
    context.verify_mode = ssl.CERT_REQUIRED if validate else ssl.CERT_NONE
    context.load_verify_locations(certifi.where())
    if ca_bundle is not None:
        context.load_verify_locations(ca_bundle)
    return context


def names_host(certificate: dict[str, Any], host: str) -> bool:
    """Whether a certificate, as `getpeercert` gives it, is for `host` (RFC 9525 §6.3)."""
    names: tuple[tuple[str, str], ...] = certificate.get("subjectAltName", ())
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        patterns = [value.lower() for kind, value in names if kind == "DNS"]
        _, _, parent = host.lower().partition(".")
        return host.lower() in patterns or f"*.{parent}" in patterns
    return any(kind == "IP Address" and ipaddress.ip_address(value) == address for kind, value in names)


class _NamelessObject(ssl.SSLObject):
    expected: str | None = None

    def do_handshake(self) -> None:
        super().do_handshake()
        if self.expected is None or self.context.verify_mode == ssl.CERT_NONE:
            return
        if not names_host(self.getpeercert() or {}, self.expected):
            error = ssl.SSLCertVerificationError(1, f"the certificate is not for {self.expected}")
            error.verify_code, error.verify_message = HOSTNAME_MISMATCH, f"Hostname mismatch for {self.expected}"
            raise error


class _NamelessContext(ssl.SSLContext):
    """OpenSSL checks only the name that it sends; here it sends none, so the check is made after the handshake."""

    sslobject_class = _NamelessObject

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        wrapped = super().wrap_bio(incoming, outgoing, server_side, None, session)
        assert isinstance(wrapped, _NamelessObject)
        wrapped.expected = server_hostname.decode() if isinstance(server_hostname, bytes) else server_hostname
        return wrapped
