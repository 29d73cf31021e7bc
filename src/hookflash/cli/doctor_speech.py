"""What `hookflash doctor` looks at for speech: who speaks, who understands, and whether those plugged in answer."""

import shutil
import socket
from collections.abc import Iterator
from importlib.util import find_spec
from urllib.parse import urlsplit

from hookflash.cli.finding import Finding
from hookflash.settings import Settings
from hookflash.speech.engines.config import EngineConfig, EngineError, engine_configs

CONNECT_SECONDS = 3.0
_PORTS = {"ws": 80, "http": 80, "wss": 443, "https": 443}
_WANT_KEYS = ("api.deepgram.com", "api.openai.com")


def examine_speech(settings: Settings) -> Iterator[Finding]:
    """The engines that are always there, then those of the settings."""
    path = shutil.which("espeak-ng")
    cure = "" if path else "Install it (`apt-get install espeak-ng`): without it calls cannot speak."
    yield Finding("speech", path or "espeak-ng is not there", cure)
    heard = find_spec("pocketsphinx") is not None
    yield Finding(
        "understanding",
        "pocketsphinx, English by its hints" if heard else "pocketsphinx is not there",
        "" if heard else "Install hookflash again: it belongs to it.",
    )
    try:
        configs = engine_configs(settings.speech_engines)
    except EngineError as error:
        yield Finding("speech engines", str(error), "Correct `[[speech_engines]]` in hookflash.toml.")
        return
    yield from map(_engine, configs)


def _engine(config: EngineConfig) -> Finding:
    what = f"engine {config.name}"
    address = urlsplit(config.address)
    host, port = address.hostname or "", address.port or _PORTS[address.scheme]
    if host in _WANT_KEYS and not config.secret:
        return Finding(what, f"{config.kind} at {host}", "It wants a key: set `key` or `key_variable`.")
    try:
        socket.create_connection((host, port), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        return Finding(what, f"{config.kind} at {host}:{port}: {error}", "Start it, or correct its `url`.")
    return Finding(what, f"{config.kind} at {host}:{port} answers")
