"""The programs of the quickstart pages, each with the real published library, unchanged, under `hookflash run`."""

import re
from pathlib import Path

import pytest
from tests.sdk.sdk_support import INSTALLED, PINS, QUICKSTARTS, Platform

PRINTED = re.compile(r"(sent SM[0-9a-f]{32} [a-z]+\n){3}listed 3\nrefused 21211\n")

PYTHON = ["6.63.2", "7.17.0", "8.13.0", "9.13.0"]
NODE = ["3.54.2", "3.84.1", "4.23.0", "5.13.1", "6.2.0"]
JAVA = ["7.55.3", "12.1.1"]


def check(platform: Platform, *program: str | Path, **variables: str) -> None:
    """Run the program from the first of the account's numbers to a new one; it prints what every quickstart prints."""
    printed = platform.run(*program, platform.ready["numbers"][0], platform.new_recipient(), **variables)
    assert PRINTED.fullmatch(printed), printed


@pytest.mark.parametrize("version", PYTHON)
def test_python(platform: Platform, version: str) -> None:
    """Every major of the Python library sends, lists two pages and reports an error's code."""
    check(platform, INSTALLED / f"python-{version}/venv/bin/python", QUICKSTARTS / "python/quickstart.py")


def test_python_async(platform: Platform) -> None:
    """The asynchronous client knows no proxy; the preloaded shim brings it here."""
    check(platform, INSTALLED / "python-9.13.0/venv/bin/python", QUICKSTARTS / "python/quickstart_async.py")


@pytest.mark.parametrize("version", NODE)
def test_node(platform: Platform, version: str) -> None:
    """The Node library, by CONNECT or (3.54) by `https:` requests in clear."""
    modules = str(INSTALLED / f"node-{version}/node_modules")
    check(platform, "node", QUICKSTARTS / "node/quickstart.js", NODE_PATH=modules)


def test_node_2(platform: Platform) -> None:
    """The library of 2016, in its own words."""
    modules = str(INSTALLED / "node-2.11.1/node_modules")
    check(platform, "node", "--no-deprecation", PINS / "node-2.11.1/quickstart.js", NODE_PATH=modules)


@pytest.mark.parametrize(
    "request_",
    [
        "fetch('https://api.twilio.com/2010-04-01').then(answer => console.log(answer.status))",
        "require('https').get('https://api.twilio.com/2010-04-01', answer => console.log(answer.resume().statusCode))",
        "require('tls').connect(443, 'api.twilio.com', {servername: 'api.twilio.com'}, function () "
        "{ console.log(this.authorized ? 401 : 'refused'); this.destroy(); })",
        "require('net').connect(443, 'api.twilio.com', function () { console.log(401); this.destroy(); })",
        "new (require('net').Socket)().connect(443, 'api.twilio.com', function () "
        "{ console.log(401); this.destroy(); })",
    ],
    ids=["fetch", "https", "tls", "net", "socket"],
)
def test_node_without_the_library(platform: Platform, request_: str) -> None:
    """A program that calls the API by itself, past the proxy, is led here too and not to the real host."""
    assert platform.run("node", "-e", request_).strip() == "401"


@pytest.mark.parametrize("version", JAVA)
def test_java(platform: Platform, version: str) -> None:
    """The Java library, through the HTTPS proxy and with our trust store."""
    folder = INSTALLED / f"java-{version}"
    check(platform, "java", "-cp", f"{folder / 'classes'}:{folder / 'lib'}/*", "Quickstart")


def test_java_through_socks(platform: Platform, tmp_path: Path) -> None:
    """The oldest Java libraries heed the SOCKS settings only, and resolve names themselves: the TLS name counts."""
    hosts = tmp_path / "hosts"
    hosts.write_text("198.18.0.1 api.twilio.com\n")  # an address for tests (RFC 2544): nobody is there
    folder = INSTALLED / "java-7.55.3"
    no_https_proxy = ("-Dhttps.proxyHost=", f"-Djdk.net.hosts.file={hosts}")
    check(platform, "java", *no_https_proxy, "-cp", f"{folder / 'classes'}:{folder / 'lib'}/*", "Quickstart")


def test_go(platform: Platform) -> None:
    """The Go library reads the proxy's variables and the bundle."""
    check(platform, INSTALLED / "go/quickstart")


def test_php(platform: Platform) -> None:
    """PHP's curl goes through SOCKS 5 and trusts us by the ini directory."""
    check(platform, "php", QUICKSTARTS / "php/quickstart.php")


def test_ruby(platform: Platform) -> None:
    """Ruby's Net::HTTP takes the proxy from the environment."""
    check(platform, "ruby", QUICKSTARTS / "ruby/quickstart.rb")


def test_ruby_with_roots_of_its_own(platform: Platform) -> None:
    """Versions 3 and 4 of the Ruby library name their own CA file; the preloaded shim puts the bundle in its place."""
    own_roots = "require 'net/http'; h = Net::HTTP.new('api.twilio.com', 443); h.use_ssl = true; "
    own_roots += "h.ca_file = '/nonexistent.pem'; puts h.get('/2010-04-01').code"
    assert platform.run("ruby", "-e", own_roots).strip().isdigit()


def test_curl(platform: Platform) -> None:
    """The documented requests, as written, with curl."""
    check(platform, QUICKSTARTS / "curl/quickstart.sh")
