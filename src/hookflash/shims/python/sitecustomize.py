"""Preloaded by `hookflash run` into every Python: Twilio's names lead to this server, and its authority is trusted.

Some versions of Twilio's library know no proxy, others bring their own list of roots. So the standard library is
changed below them: name resolution, connecting by name, and the loading of trusted roots. Modules are changed as the
program imports them, so that a program without network pays nothing. For Python 3.6 and later.
"""

# It runs in interpreters that know no modern annotations, and imports as little as it can.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"
# ruff: noqa: INP001, PLC0415

import os
import sys

HOST, _, PORT = os.environ.get("HOOKFLASH_SHIM_HTTPS", "").rpartition(":")
AUTHORITY = os.environ.get("HOOKFLASH_SHIM_CA", "")


def _is_ours(host, port):
    if isinstance(host, (bytes, bytearray)):
        host = bytes(host).decode("ascii", "replace")
    if not isinstance(host, str) or port not in (443, "443", "https"):
        return False
    host = host.lower().rstrip(".")
    return host in ("twilio.com", "api.authy.com") or host.endswith(".twilio.com")


def _patch_socket(socket):
    getaddrinfo = socket.getaddrinfo

    def resolve(host, port, family=0, type=0, proto=0, flags=0):  # noqa: A002
        if _is_ours(host, port):
            host, port = HOST, int(PORT)
            family = 0  # the listener has one address, whichever family was asked for
        return getaddrinfo(host, port, family, type, proto, flags)

    socket.getaddrinfo = resolve

    def by_name(original):
        def connect(self, address):
            if isinstance(address, tuple) and len(address) >= 2 and _is_ours(*address[:2]):
                address = (HOST, int(PORT))
            return original(self, address)

        return connect

    socket.socket.connect = by_name(socket.socket.connect)
    socket.socket.connect_ex = by_name(socket.socket.connect_ex)


def _patch_ssl(ssl):
    load = ssl.SSLContext.load_verify_locations

    def with_authority(original):
        def load_roots(self, *args, **kwargs):
            original(self, *args, **kwargs)
            load(self, cafile=AUTHORITY)

        return load_roots

    ssl.SSLContext.load_verify_locations = with_authority(load)
    ssl.SSLContext.load_default_certs = with_authority(ssl.SSLContext.load_default_certs)


def _patch_aiohttp(resolver):
    # With uvloop or aiodns the standard library's getaddrinfo is not asked.
    def answering(original):
        async def resolve(self, host, port=0, *args, **kwargs):
            if _is_ours(host, port):
                import socket

                family = socket.AF_INET6 if ":" in HOST else socket.AF_INET
                flags = socket.AI_NUMERICHOST
                return [
                    {"hostname": host, "host": HOST, "port": int(PORT), "family": family, "proto": 0, "flags": flags}
                ]
            return await original(self, host, port, *args, **kwargs)

        return resolve

    for name in ("ThreadedResolver", "AsyncResolver"):
        kind = getattr(resolver, name)
        kind.resolve = answering(kind.resolve)


PATCHES = {"socket": _patch_socket, "ssl": _patch_ssl, "aiohttp.resolver": _patch_aiohttp}


class _Patcher:
    """Finds nothing itself: it lets the other finders find, and changes a module of the table once it is loaded."""

    def __init__(self) -> None:
        self.waiting = dict(PATCHES)

    def find_spec(self, name, path=None, target=None):
        patch = self.waiting.pop(name, None)
        if patch is None:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None and spec.loader is not None:
                _after_loading(spec.loader, patch)
                return spec
        return None


def _after_loading(loader, patch):
    execute = loader.exec_module

    def exec_module(module):
        execute(module)
        patch(module)

    loader.exec_module = exec_module


def _install() -> None:
    patcher = _Patcher()
    for name in [name for name in PATCHES if name in sys.modules]:
        patcher.waiting.pop(name)(sys.modules[name])
    sys.meta_path.insert(0, patcher)


def _load_the_next_one() -> None:
    """Give way to the sitecustomize that this one hides, if there is one."""
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - pathlib is slow to import
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]  # noqa: PTH100
    this = sys.modules.pop(__name__)
    try:
        import sitecustomize  # type: ignore[import-not-found]  # noqa: F401 - the next one on the path
    except ImportError as error:
        if error.name != "sitecustomize":
            raise
    finally:
        sys.modules.setdefault("sitecustomize", this)


if HOST and AUTHORITY:
    _install()
_load_the_next_one()
