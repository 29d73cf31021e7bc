"""The preloaded Python module, each time in an interpreter of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hookflash.cli.environment import SHIMS
from hookflash.edge.certificates import LocalAuthority

NOW = 1_790_000_000_000  # ms: September 2026


def python(program: str, *paths: Path, authority: str = "/nonexistent") -> str:
    """What `program` prints with the shim first, then `paths`, on its module path."""
    variables = {
        "PYTHONPATH": os.pathsep.join(map(str, (SHIMS / "python", *paths))),
        "HOOKFLASH_SHIM_HTTPS": "127.0.0.1:4433",
        "HOOKFLASH_SHIM_CA": authority,
    }
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, **variables}, check=False
    )
    assert not finished.stderr
    return finished.stdout.strip()


@pytest.mark.parametrize(
    "name", ["'api.twilio.com'", "b'API.Twilio.com.'", "'api.dublin.ie1.twilio.com'", "'twilio.com'"]
)
@pytest.mark.parametrize("family", ["AF_UNSPEC", "AF_INET", "AF_INET6"])
def test_our_names_resolve_to_our_listener(name: str, family: str) -> None:
    """Whatever is asked of name resolution for port 443, the answer is where we listen."""
    found = python(f"import socket; print(socket.getaddrinfo({name}, 443, socket.{family}, socket.SOCK_STREAM)[0][4])")
    assert found == "('127.0.0.1', 4433)"


@pytest.mark.parametrize("arguments", ["'localhost', 443", "'127.0.0.1', 443", "'twilio.com', 25"])
def test_other_names_and_ports_resolve_as_ever(arguments: str) -> None:
    """Only HTTPS to Twilio's names is changed."""
    program = f"import socket\ntry: print(socket.getaddrinfo({arguments})[0][4])\nexcept OSError: print('unknown')"
    assert "4433" not in python(program)


def test_connecting_by_name_arrives() -> None:
    """Some HTTP libraries hand the name to `connect` itself."""
    program = (
        "import socket, os; server = socket.create_server(('127.0.0.1', 0))\n"
        "import sitecustomize; sitecustomize.PORT = server.getsockname()[1]\n"
        "client = socket.socket(); client.connect(('api.twilio.com', 443))\n"
        "print(client.getpeername() == server.getsockname()); client.close(); server.close()"
    )
    assert python(program) == "True"


def test_every_list_of_roots_has_our_authority(tmp_path: Path) -> None:
    """A library that brings its own roots, and one that takes the default ones, both trust us."""
    authority = LocalAuthority(tmp_path / "ca", now=NOW)
    other = LocalAuthority(tmp_path / "other", now=NOW + 1)
    program = (
        "import ssl\n"
        "def ours(c): return sum(str(a['subject']).count('local authority') for a in c.get_ca_certs())\n"
        "context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); context.load_default_certs(); print(ours(context))\n"
        f"context = ssl.create_default_context(cafile={str(other.certificate)!r}); print(ours(context))"
    )
    assert python(program, authority=str(authority.certificate)).split() == ["1", "2"]


def test_a_program_without_network_pays_nothing() -> None:
    """Neither socket nor ssl is loaded for the sake of the shim."""
    assert python("import sys; print(*({'socket', 'ssl', 'importlib.util', 're'} & set(sys.modules)))") == ""


def test_another_sitecustomize_is_loaded_too(tmp_path: Path) -> None:
    """The one that ours hides runs after it, and is what the program finds under that name."""
    (tmp_path / "sitecustomize.py").write_text("print('mine')\nHERE = 'mine'\n")
    assert python("import sitecustomize; print(sitecustomize.HERE)", tmp_path).split() == ["mine", "mine"]


def test_an_error_in_another_sitecustomize_is_not_hidden(tmp_path: Path) -> None:
    """Python reports it as it does without us."""
    (tmp_path / "sitecustomize.py").write_text("import no_such_module\n")
    with pytest.raises(AssertionError, match="no_such_module"):
        python("", tmp_path)


def test_our_folder_leaves_the_module_path() -> None:
    """The program's own path is what it would have been."""
    assert str(SHIMS) not in python("import sys; print(sys.path)")


def test_without_a_server_the_shim_does_nothing() -> None:
    """A PYTHONPATH that outlives `hookflash run` changes no program."""
    command = [
        sys.executable,
        "-c",
        "import ssl, sys; print(type(sys.meta_path[0]).__name__, ssl.SSLContext.load_default_certs)",
    ]
    variables = {**os.environ, "PYTHONPATH": str(SHIMS / "python")}
    variables.pop("HOOKFLASH_SHIM_HTTPS", None)
    printed = subprocess.run(command, capture_output=True, text=True, env=variables, check=True).stdout
    assert "_Patcher" not in printed
    assert "SSLContext.load_default_certs" in printed
