"""The variables of `hookflash run`: every row of the table, and what becomes of the user's own settings."""

from pathlib import Path

import pytest

from hookflash.cli.environment import (
    NotReadyError,
    default_data_directory,
    environment,
    find_ready_file,
    host_and_port,
    read_ready_file,
)
from hookflash.edge.certificates import LocalAuthority

NOW = 1_790_000_000_000  # ms: September 2026


@pytest.fixture
def ready(local_authority: LocalAuthority) -> dict[str, str]:
    return {
        "https": "https://127.0.0.1:8443",
        "proxy": "http://127.0.0.1:8011",
        "ca": str(local_authority.certificate),
        "account_sid": "AC" + "a" * 32,
        "auth_token": "b" * 32,
    }


@pytest.fixture
def own_root(tmp_path: Path) -> Path:
    """A root of the user's company."""
    return LocalAuthority(tmp_path / "company", now=NOW).certificate


def test_an_empty_environment_gets_every_variable(ready: dict[str, str]) -> None:
    """Upper and lower case, every way to name a CA file, every language's preload, the account: all and no more."""
    ca = Path(ready["ca"]).parent
    variables = environment(ready, {})
    shims = Path(variables["PYTHONPATH"]).parent
    assert variables == {
        "HTTP_PROXY": "http://127.0.0.1:8011",
        "http_proxy": "http://127.0.0.1:8011",
        "HTTPS_PROXY": "http://127.0.0.1:8011",
        "https_proxy": "http://127.0.0.1:8011",
        "NO_PROXY": "localhost,127.0.0.1,::1",
        "no_proxy": "localhost,127.0.0.1,::1",
        "REQUESTS_CA_BUNDLE": f"{ca}/bundle.pem",
        "CURL_CA_BUNDLE": f"{ca}/bundle.pem",
        "SSL_CERT_FILE": f"{ca}/bundle.pem",
        "NODE_EXTRA_CA_CERTS": f"{ca}/ca.pem",
        "PHP_INI_SCAN_DIR": f":{ca}/php",
        "JAVA_TOOL_OPTIONS": (
            "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=8011 -DsocksProxyHost=127.0.0.1 -DsocksProxyPort=8011 "
            f"-Djavax.net.ssl.trustStore={ca}/truststore.p12 -Djavax.net.ssl.trustStorePassword=changeit "
            "-Djavax.net.ssl.trustStoreType=PKCS12"
        ),
        "PYTHONPATH": f"{shims}/python",
        "NODE_OPTIONS": f"--require={shims}/node/preload.js",
        "RUBYOPT": f"-r{shims}/ruby/hookflash_shim.rb",
        "TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
        "TWILIO_AUTH_TOKEN": "b" * 32,
        "HOOKFLASH_SHIM_HTTPS": "127.0.0.1:8443",
        "HOOKFLASH_SHIM_CA": f"{ca}/ca.pem",
        "HOOKFLASH_SHIM_BUNDLE": f"{ca}/bundle.pem",
    }
    assert all(Path(path).exists() for path in (f"{ca}/php/hookflash.ini", f"{shims}/python/sitecustomize.py"))
    assert Path(variables["RUBYOPT"].removeprefix("-r")).exists()
    assert Path(variables["NODE_OPTIONS"].removeprefix("--require=")).exists()


def test_what_the_user_set_is_added_to(ready: dict[str, str]) -> None:
    """Paths and options of the user's stay, in the place where they count."""
    base = {
        "PYTHONPATH": "/lib/mine",
        "RUBYOPT": "-W0",
        "NODE_OPTIONS": "--max-old-space-size=512",
        "JAVA_TOOL_OPTIONS": "-Xmx1g",
        "PHP_INI_SCAN_DIR": "/etc/php/mine",
        "NO_PROXY": "db.internal, .corp.example",
    }
    variables = environment(ready, base)
    assert variables["PYTHONPATH"].endswith("/shims/python:/lib/mine")
    assert variables["RUBYOPT"].startswith("-W0 -r")
    assert variables["NODE_OPTIONS"].startswith("--max-old-space-size=512 --require=")
    assert variables["JAVA_TOOL_OPTIONS"].startswith("-Xmx1g -Dhttps.proxyHost")
    assert variables["PHP_INI_SCAN_DIR"] == f"/etc/php/mine:{Path(ready['ca']).parent}/php"
    assert variables["no_proxy"] == "localhost,127.0.0.1,::1,db.internal,.corp.example"


def test_nested_runs_do_not_pile_up(ready: dict[str, str]) -> None:
    """`hookflash run` inside `hookflash run` changes nothing."""
    once = environment(ready, {})
    assert environment(ready, once) == once


@pytest.mark.parametrize(
    "entry", ["*", "com", ".com", "twilio.com", ".twilio.com", "API.twilio.com:443", "*.twilio.com"]
)
def test_no_proxy_cannot_let_our_names_out(ready: dict[str, str], entry: str) -> None:
    """An entry that covers Twilio's names would send requests to the real hosts; it is dropped."""
    assert environment(ready, {"NO_PROXY": entry})["NO_PROXY"] == "localhost,127.0.0.1,::1"


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "TWILIO_CA_BUNDLE"])
def test_roots_of_the_users_own_are_merged(ready: dict[str, str], own_root: Path, name: str) -> None:
    """Our bundle replaces a program's list, so roots that the user named before must be in it."""
    variables = environment(ready, {name: str(own_root)})
    bundle = Path(variables[name])
    assert own_root.read_text() in bundle.read_text()
    assert Path(ready["ca"]).read_text() in bundle.read_text()
    assert str(bundle) in (Path(variables["PHP_INI_SCAN_DIR"].removeprefix(":")) / "hookflash.ini").read_text()


def test_merged_roots_follow_their_file(ready: dict[str, str], own_root: Path, tmp_path: Path) -> None:
    """When the user's file gets another root, the next run has it, in the same merged file."""
    base = {"SSL_CERT_FILE": str(own_root)}
    before = environment(ready, base)["SSL_CERT_FILE"]
    own_root.write_text(LocalAuthority(tmp_path / "next", now=NOW + 1).certificate.read_text())
    after = environment(ready, base)["SSL_CERT_FILE"]
    assert after == before
    assert own_root.read_text() in Path(after).read_text()


def test_a_region_is_never_exported(ready: dict[str, str]) -> None:
    """It would change the host that a library calls."""
    assert not {"TWILIO_REGION", "TWILIO_EDGE"} & set(environment(ready, {}))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:8011", ("127.0.0.1", 8011)),
        ("https://[::1]:8443/", ("::1", 8443)),
        ("http://0.0.0.0:8011", ("127.0.0.1", 8011)),
        ("hookflash:8011", ("hookflash", 8011)),
    ],
)
def test_addresses_of_the_ready_file(address: str, expected: tuple[str, int]) -> None:
    """A listener on all addresses is reached on loopback."""
    assert host_and_port(address) == expected


def test_the_ready_file_is_looked_for_in_order() -> None:
    """The one given, the variable, the data directory of the variable, the default data directory."""
    env = {"HOOKFLASH_READY_FILE": "/b", "HOOKFLASH_DATA": "/c"}
    assert find_ready_file("/a", env) == Path("/a")
    assert find_ready_file(None, env) == Path("/b")
    assert find_ready_file(None, {"HOOKFLASH_DATA": "/c"}) == Path("/c/ready.json")
    assert default_data_directory({}) == Path.home() / ".local/share/hookflash"


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"proxy": "http://127.0.0.1:1"}', "\x00"])
def test_a_ready_file_that_says_too_little_is_an_error(tmp_path: Path, content: str | None) -> None:
    """Without a server there is a sentence, and no half-made environment."""
    path = tmp_path / "ready.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(NotReadyError, match=r"ready\.json"):
        read_ready_file(path)
