"""The local authority: what it vouches for, where its files lie, when it renews them."""

import shutil
import ssl
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography import x509

from hookflash.domain.clock import DAY
from hookflash.edge.certificates import LocalAuthority, tls_context, with_public_certificate
from hookflash.edge.names import certificate_names, is_ours
from hookflash.edge.trust import certificates_in

NOW = 1_790_000_000_000  # ms: September 2026


@pytest.fixture
def authority(local_authority: LocalAuthority) -> LocalAuthority:
    """One that the test may change."""
    return local_authority


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> ssl.SSLObject:
    """A TLS handshake in memory; the client's side of it. Raises ssl.SSLError when either side refuses."""
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(down, up, server_hostname=name),
        server.wrap_bio(up, down, server_side=True),
    ]
    waiting = True
    while waiting:
        waiting = False
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                waiting = True
    return ends[0]


def client_context(cafile: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=cafile)
    context.set_alpn_protocols(["h2", "http/1.1"])
    return context


@pytest.mark.parametrize(
    "name",
    [
        "api.twilio.com",
        "twilio.com",
        "verify.ie1.twilio.com",
        "api.dublin.ie1.twilio.com",
        "api.authy.com",
        "127.0.0.1",
    ],
)
@pytest.mark.parametrize("trusted", ["ca.pem", "bundle.pem"])
def test_a_client_that_trusts_us_accepts_every_form_of_our_names(
    authority: LocalAuthority, name: str, trusted: str
) -> None:
    """Product, region and edge hosts verify against the authority alone and against the bundle."""
    connection = shake_hands(client_context(authority.directory / trusted), authority.context, name)
    assert connection.selected_alpn_protocol() == "http/1.1"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_current_versions_of_tls_are_spoken(authority: LocalAuthority, version: ssl.TLSVersion) -> None:
    """Old libraries speak TLS 1.2 only, new ones prefer 1.3."""
    context = client_context(authority.certificate)
    context.minimum_version = context.maximum_version = version
    assert shake_hands(context, authority.context, "api.twilio.com").version() in ("TLSv1.2", "TLSv1.3")


def test_names_of_others_are_not_vouched_for(authority: LocalAuthority) -> None:
    """The certificate is refused for any other host."""
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(client_context(authority.certificate), authority.context, "example.com")


def test_the_authority_is_constrained_to_our_names(authority: LocalAuthority) -> None:
    """Even with the key stolen, nothing but Twilio's names and loopback can be signed (RFC 5280 §4.2.1.10)."""
    certificate = x509.load_pem_x509_certificate(authority.certificate.read_bytes())
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = {str(name.value) for name in constraints.value.permitted_subtrees or ()}
    assert constraints.critical
    assert permitted == {"twilio.com", "api.authy.com", "localhost", "127.0.0.0/8", "::1/128"}


def test_keys_are_for_the_owner_only(authority: LocalAuthority) -> None:
    """Key files are 0600 in a directory that is 0700; what programs read is readable."""
    private = authority.directory / "private"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in private.iterdir()} == {0o600}
    assert not [path for path in authority.directory.glob("*.*") if b"PRIVATE" in path.read_bytes()]


def test_a_second_start_changes_nothing(authority: LocalAuthority) -> None:
    """Programs that trust us go on trusting us."""
    files = [path for path in authority.directory.rglob("*") if path.is_file()]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}
    again = LocalAuthority(authority.directory, now=NOW + DAY)
    assert before == {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}
    assert not again.renew(now=NOW + DAY)


def test_a_leaf_is_renewed_before_it_expires(authority: LocalAuthority) -> None:
    """A running server issues a new certificate, from the same authority, a month before the old one ends."""
    ca = authority.certificate.read_bytes()
    server = authority.directory / "private" / "server.pem"
    old = server.read_bytes()
    assert not authority.renew(now=NOW + 300 * DAY)
    assert authority.renew(now=NOW + 370 * DAY)
    assert authority.certificate.read_bytes() == ca
    assert server.read_bytes() != old


def test_an_authority_is_renewed_while_its_last_leaf_is_valid(authority: LocalAuthority) -> None:
    """Near its own end the authority is replaced, and the bundle and the leaf with it."""
    ca = authority.certificate.read_bytes()
    assert authority.renew(now=NOW + 3400 * DAY)
    assert authority.certificate.read_bytes() != ca
    assert authority.certificate.read_text() in authority.bundle.read_text()


def test_the_usual_roots_stay_trusted(authority: LocalAuthority) -> None:
    """The bundle replaces a program's whole list, so it holds the public roots, each once."""
    blocks = list(certificates_in(authority.bundle.read_text()))
    assert len(blocks) > 100
    assert len(blocks) == len(set(blocks))


@pytest.mark.parametrize("tool", [shutil.which("keytool") or "keytool"])
def test_java_reads_the_trust_store(authority: LocalAuthority, tool: str) -> None:
    """Every certificate of the bundle is an entry that Java trusts."""
    listed = subprocess.run(
        [tool, "-list", "-keystore", authority.truststore, "-storepass", "changeit"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert listed.count("trustedCertEntry") == len(list(certificates_in(authority.bundle.read_text())))


def test_an_operators_certificate_stands_beside_ours(authority: LocalAuthority, tmp_path: Path) -> None:
    """With a public certificate, unmodified programs still get the local one for Twilio's names."""
    other = LocalAuthority(tmp_path / "other", now=NOW)
    server = other.directory / "private" / "server.pem"
    both = with_public_certificate(authority.context, server, server)
    assert shake_hands(client_context(authority.certificate), both, "api.twilio.com").version()
    assert shake_hands(client_context(other.certificate), both, "localhost").version()


def test_a_foreign_key_is_refused(authority: LocalAuthority, tmp_path: Path) -> None:
    """A certificate and a key that do not belong together are an error at the start, not at the first connection."""
    other = LocalAuthority(tmp_path / "other", now=NOW)
    with pytest.raises(ssl.SSLError):
        tls_context(authority.directory / "private" / "server.pem", other.directory / "private" / "server.pem")


@pytest.mark.parametrize("host", ["TWILIO.com", "api.twilio.com.", "a.b.c.twilio.com", "api.authy.com"])
def test_our_names(host: str) -> None:
    """Any case, any depth, with or without the final dot."""
    assert is_ours(host)


@pytest.mark.parametrize("host", ["", "twilio.com.evil.example", "nottwilio.com", "authy.com", "com", "127.0.0.1"])
def test_names_of_others(host: str) -> None:
    """A name that only looks alike is left alone."""
    assert not is_ours(host)


def test_every_region_has_its_wildcards() -> None:
    """A wildcard covers one label only."""
    names = certificate_names()
    assert {"*.twilio.com", "*.ie1.twilio.com", "*.dublin.ie1.twilio.com", "*.sydney.au1.twilio.com"} <= set(names)
