"""`hookflash doctor`: what is configured, what is reachable, what is wrong and how to mend it."""

import os
import shutil
import socket
import ssl
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from hookflash.cli.doctor_calls import examine_machine, examine_server
from hookflash.cli.environment import NotReadyError, find_ready_file, host_and_port, read_ready_file
from hookflash.cli.finding import Finding
from hookflash.own.client import OwnClient, ServerError
from hookflash.settings import Settings, SettingsError, read_settings

CONNECT_SECONDS = 3.0
LEAST_SPACE = 1_000_000_000  #: bytes; below it a disk is soon full
DEEP_OUTBOX = 10_000  #: rows of work that wait

Ready = dict[str, Any]


def doctor_command(ready_file: Path | None) -> int:
    """Look at everything and print what was found; returns the exit code: 1 when something is wrong."""
    findings = list(examine(str(ready_file) if ready_file else None))
    for finding in findings:
        print(f"{'ok   ' if finding.is_well else 'WRONG'}  {finding.what:<16} {finding.said}")
        if finding.cure:
            print(f"{'':24}{finding.cure}")
    wrong = sum(not finding.is_well for finding in findings)
    print(f"\n{wrong} thing{'s' if wrong != 1 else ''} to mend." if wrong else "\nAll is well.")
    return 1 if wrong else 0


def examine(ready_file: str | None) -> Iterator[Finding]:
    """Every finding: the settings, the data, and the running server if there is one."""
    try:
        settings = read_settings({})
    except SettingsError as error:
        yield Finding(
            "settings", str(error), "Correct it in hookflash.toml, or in the HOOKFLASH_ variable of that name."
        )
        return
    yield Finding("settings", _settings(settings))
    yield from _disk(settings)
    yield from examine_machine(settings)
    try:
        path = find_ready_file(ready_file, os.environ)
        ready = read_ready_file(path)
    except NotReadyError as error:
        yield Finding("server", str(error), "Start it: `hookflash serve`.")
        return
    yield _secrecy(path)
    yield from _listeners(ready)
    yield from _server(ready, OwnClient(ready["api"], ready["operator_token"]))


def _settings(settings: Settings) -> str:
    return f"{settings.mode} mode, data in {settings.directory}"


def _disk(settings: Settings) -> Iterator[Finding]:
    place = next((path for path in (settings.directory, *settings.directory.parents) if path.exists()), Path("/"))
    free = shutil.disk_usage(place).free
    cure = "" if free > LEAST_SPACE else "Make room: when the disk is full, requests are refused with 503."
    yield Finding("disk", f"{free // 1_000_000} MB free at {place}", cure)
    if not os.access(place, os.W_OK):
        yield Finding("data", f"{place} cannot be written to", "Give it to this user, or use another with --data.")


def _secrecy(path: Path) -> Finding:
    mode = stat.S_IMODE(path.stat().st_mode)
    cure = f"It holds tokens: chmod 600 {path}" if mode & 0o077 else ""
    return Finding("ready file", f"{path}, mode {mode:o}", cure)


def _listeners(ready: Ready) -> Iterator[Finding]:
    checks: tuple[tuple[str, Callable[[Ready], str]], ...] = (("api", _plain), ("https", _tls), ("proxy", _plain_proxy))
    for name, check in checks:
        try:
            yield Finding(name, check(ready))
        except OSError as error:
            yield Finding(
                name, f"{ready[name]}: {error}", "Is the server still running? Start it again: `hookflash serve`."
            )


def _plain(ready: Ready) -> str:
    _dial(ready["api"]).close()
    return f"{ready['api']} answers"


def _plain_proxy(ready: Ready) -> str:
    _dial(ready["proxy"]).close()
    return f"{ready['proxy']} answers"


def _tls(ready: Ready) -> str:
    context = ssl.create_default_context(cafile=ready["ca"])
    with (
        closing(_dial(ready["https"])) as plain,
        context.wrap_socket(plain, server_hostname="api.twilio.com") as secure,
    ):
        return f"{ready['https']} is api.twilio.com for those who trust {ready['ca']} ({secure.version()})"


def _dial(address: str) -> socket.socket:
    return socket.create_connection(host_and_port(address), timeout=CONNECT_SECONDS)


def _server(ready: Ready, client: OwnClient) -> Iterator[Finding]:
    try:
        about = client.get()
        yield Finding("server", f"version {about['version']}, {about['mode']} mode, data in {about['data']}")
        yield from _contents(client)
        yield from _carriers(client)
        yield from examine_server(ready, client)
        yield _work(about["outbox"])
    except ServerError as error:
        cure = (
            "The ready file is of another start of the server; start it again."
            if error.status == 401
            else ("See what the server has logged.")
        )
        yield Finding("server", str(error), cure)


def _contents(client: OwnClient) -> Iterator[Finding]:
    accounts, numbers = client.get("accounts")["accounts"], client.get("numbers")["numbers"]
    yield Finding("accounts", str(len(accounts)), "" if accounts else "Add one: `hookflash accounts add`.")
    yield Finding("numbers", str(len(numbers)), "" if numbers else "Add one: `hookflash numbers add +14155550100`.")


def _carriers(client: OwnClient) -> Iterator[Finding]:
    for carrier in client.get("carriers")["carriers"]:
        state = carrier["state"] or {}
        if state.get("kind") != "smpp":
            continue
        bound, binds = state["bound"], state["binds"]
        said = f"{state['address']}: {bound} of {binds} binds are up"
        cure = "" if bound == binds else f"Last error: {state['last_error'] or 'none yet, it is still connecting'}"
        yield Finding(f"carrier {carrier['name']}", said, cure)
    known = {carrier["name"] for carrier in client.get("carriers")["carriers"]}
    for route in client.get("routes")["routes"]:
        if route["carrier"] not in known:
            yield Finding(
                "route", f"{route['prefix'] or 'everything'} goes to {route['carrier']}", "There is no such carrier."
            )


def _work(outbox: dict[str, int]) -> Finding:
    waiting = sum(outbox.values())
    said = ", ".join(f"{rows} to {queue}" for queue, rows in sorted(outbox.items())) or "nothing is waiting"
    cure = (
        ""
        if waiting < DEEP_OUTBOX
        else "Work comes faster than it is done: look at /metrics, and at slow carriers or apps."
    )
    return Finding("outbox", said, cure)
