"""The environment in which any program's Twilio library reaches this server.

Nothing heavy is imported here: `hookflash run` stands before every start of the user's program.
"""

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hookflash.edge.names import AUTHY, DOMAIN, is_ours
from hookflash.edge.trust import (
    BUNDLE,
    PHP_DIRECTORY,
    SYSTEM_ROOTS,
    TRUSTSTORE,
    TRUSTSTORE_PASSWORD,
    write_bundle,
)

SHIMS = Path(__file__).parent.parent / "shims"
READY_FILE = "ready.json"

PROXY_VARIABLES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy")
BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
DIRECT = ("localhost", "127.0.0.1", "::1")  # an application's own loopback traffic needs no proxy


class NotReadyError(Exception):
    """There is no running server to point a program at; the text says what to do."""


def default_data_directory(env: Mapping[str, str]) -> Path:
    """Where a server keeps its data unless told otherwise: `$HOOKFLASH_DATA`, or below the user's data directory."""
    return Path(env.get("HOOKFLASH_DATA") or "~/.local/share/hookflash").expanduser()


def find_ready_file(given: str | None, env: Mapping[str, str]) -> Path:
    """The ready file: the one given, `$HOOKFLASH_READY_FILE`, or that of the data directory."""
    path = given or env.get("HOOKFLASH_READY_FILE")
    return Path(path) if path else default_data_directory(env) / READY_FILE


def read_ready_file(path: Path) -> dict[str, Any]:
    """What the running server said of itself. Raises NotReadyError."""
    try:
        ready = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotReadyError(
            f"no server is ready: {path} does not exist. Start one with `hookflash serve`, or name its ready file "
            "with --ready-file or HOOKFLASH_READY_FILE."
        ) from None
    except (OSError, ValueError) as error:
        raise NotReadyError(f"the ready file {path} cannot be read: {error}") from error
    if not isinstance(ready, dict):
        raise NotReadyError(f"{path} is not the ready file of a server.")
    missing = [key for key in ("https", "proxy", "ca", "account_sid", "auth_token") if not ready.get(key)]
    if missing:
        raise NotReadyError(f"the ready file {path} lacks {', '.join(missing)}: start the server again.")
    return ready


def environment(ready: Mapping[str, Any], base: Mapping[str, str]) -> dict[str, str]:
    """The variables to set on top of `base` so that a program's Twilio library reaches the server of `ready`.

    What the user has set already is kept where it can be: CA files are merged, lists and options added to. Twilio's own
    names are taken off `NO_PROXY`, so that nothing reaches the real hosts. Raises OSError when a CA file that `base`
    names cannot be read or merged.
    """
    host, port = host_and_port(ready["proxy"])
    authority = Path(ready["ca"])
    own_roots = _own_roots(authority.parent, base)
    trust = _merged_trust(authority.parent, own_roots) if own_roots else authority.parent
    bundle = str(trust / BUNDLE)
    variables = {
        **dict.fromkeys(PROXY_VARIABLES, f"http://{_bracketed(host)}:{port}"),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), ",".join(_direct_names(base))),
        **dict.fromkeys(BUNDLE_VARIABLES, bundle),
        # Node adds the file to its own roots; only beside roots of the user's does it need more than our authority.
        "NODE_EXTRA_CA_CERTS": bundle if own_roots else str(authority),
        # An empty entry stands for the directory that PHP was compiled with.
        "PHP_INI_SCAN_DIR": _joined(base.get("PHP_INI_SCAN_DIR", ""), str(trust / PHP_DIRECTORY), ":", empty=""),
        "JAVA_TOOL_OPTIONS": _joined(base.get("JAVA_TOOL_OPTIONS"), _java_options(host, port, authority.parent), " "),
        "PYTHONPATH": _joined(str(SHIMS / "python"), base.get("PYTHONPATH"), ":"),
        "NODE_OPTIONS": _joined(base.get("NODE_OPTIONS"), f"--require={_quoted(SHIMS / 'node' / 'preload.js')}", " "),
        "RUBYOPT": _joined(base.get("RUBYOPT"), f"-r{SHIMS / 'ruby' / 'hookflash_shim.rb'}", " "),
        "TWILIO_ACCOUNT_SID": str(ready["account_sid"]),
        "TWILIO_AUTH_TOKEN": str(ready["auth_token"]),
        # These three tell the preloaded shims what to do.
        "HOOKFLASH_SHIM_HTTPS": "{}:{}".format(*host_and_port(ready["https"])),
        "HOOKFLASH_SHIM_CA": str(authority),
        "HOOKFLASH_SHIM_BUNDLE": bundle,
    }
    if "TWILIO_CA_BUNDLE" in base:  # Node's library takes this list in place of all others
        variables["TWILIO_CA_BUNDLE"] = bundle
    return variables


def host_and_port(address: str) -> tuple[str, int]:
    """Host and port of an address of the ready file, with or without `http://`; a wildcard host becomes loopback."""
    host, _, port = address.rpartition("://")[2].partition("/")[0].rpartition(":")
    host = host.strip("[]")
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), int(port)  # noqa: S104


def _direct_names(base: Mapping[str, str]) -> list[str]:
    """Whom to reach without the proxy: loopback and the user's own list, but none of Twilio's names."""
    own = f"{base.get('NO_PROXY', '')},{base.get('no_proxy', '')}".split(",")
    return list(
        dict.fromkeys([*DIRECT, *(name for entry in own if (name := entry.strip()) and not _covers_ours(name))])
    )


def _covers_ours(entry: str) -> bool:
    """Whether a `NO_PROXY` entry (`*`, `com`, `.twilio.com`, `api.twilio.com:443`) would let one of our names past."""
    suffix = entry.lower().partition(":")[0].lstrip("*.").rstrip(".")
    return not suffix or is_ours(suffix) or any(name.endswith("." + suffix) for name in (DOMAIN, AUTHY))


def _own_roots(ours: Path, base: Mapping[str, str]) -> list[Path]:
    """The CA files that the user's environment names and our bundle does not hold."""
    named = [
        Path(base[name]) for name in (*BUNDLE_VARIABLES, "NODE_EXTRA_CA_CERTS", "TWILIO_CA_BUNDLE") if base.get(name)
    ]
    held = {path.resolve() for path in SYSTEM_ROOTS}
    found = dict.fromkeys(path.resolve() for path in named if path.is_file())
    return [path for path in found if path not in held and not path.is_relative_to(ours.resolve())]


def _merged_trust(ours: Path, own_roots: list[Path]) -> Path:
    """A directory beside our bundle that holds it together with the user's roots, written when one of them is newer."""
    key = zlib.crc32("\n".join(map(str, own_roots)).encode())
    merged = ours / f"merged-{key:08x}"
    sources = [ours / BUNDLE, *own_roots]
    bundle = merged / BUNDLE
    if not bundle.exists() or bundle.stat().st_mtime <= max(source.stat().st_mtime for source in sources):
        merged.mkdir(exist_ok=True)
        write_bundle(merged, sources)
    return merged


def _java_options(host: str, port: int, trust: Path) -> str:
    # Newer libraries take the HTTPS proxy and let it resolve names; the old ones heed only the SOCKS settings.
    options = {
        "https.proxyHost": host,
        "https.proxyPort": port,
        "socksProxyHost": host,
        "socksProxyPort": port,
        "javax.net.ssl.trustStore": _quoted(trust / TRUSTSTORE),
        "javax.net.ssl.trustStorePassword": TRUSTSTORE_PASSWORD,
        "javax.net.ssl.trustStoreType": "PKCS12",
    }
    return " ".join(f"-D{name}={value}" for name, value in options.items())


def _joined(first: str | None, second: str | None, separator: str, *, empty: str | None = None) -> str:
    """Both values with the separator between them; an absent one leaves `empty`, or no trace.

    A value that the other contains already is not repeated: `hookflash run` may run `hookflash run`.
    """
    if first and second:
        longer, shorter = sorted((first, second), key=len, reverse=True)
        if f"{separator}{shorter}{separator}" in f"{separator}{longer}{separator}":
            return longer
    values = [value or empty for value in (first, second)]
    return separator.join(value for value in values if value is not None)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _quoted(path: Path) -> str:
    """The path as one word of Java's and Node's option variables."""
    return f'"{path}"' if " " in str(path) else str(path)
