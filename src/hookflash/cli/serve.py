"""`hookflash serve`: start, say what to try next, and stop without losing anything."""

import asyncio
import errno
import gc
import signal
import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console

from hookflash.app import Server
from hookflash.logs import configure_logs
from hookflash.settings import Settings, SettingsError, read_settings
from hookflash.store.directory import DATABASE
from hookflash.store.store import StoreCorruptError, StoreError
from hookflash.store.vault import VaultError

console = Console(stderr=True, highlight=False, soft_wrap=True)


def serve_command(options: Mapping[str, Any]) -> int:
    """Serve with the options of the command line; returns the exit code: 0 after a stop, 1 when it could not start."""
    try:
        settings = read_settings(options)
    except SettingsError as error:
        console.print(f"hookflash serve: {error}")
        return 2
    configure_logs(settings.log_format)
    try:
        if sys.platform == "win32":
            return asyncio.run(_serve(settings))
        import uvloop

        return uvloop.run(_serve(settings))
    except StoreCorruptError as error:
        console.print(f"hookflash serve: {error}")
        console.print(f"The file is {settings.directory / DATABASE}. Restore a backup into a new directory.")
    except (StoreError, VaultError, ValueError) as error:
        console.print(f"hookflash serve: {error}")
    except OSError as error:
        hint = ": is another program on that port?" if error.errno == errno.EADDRINUSE else ""
        console.print(f"hookflash serve: {error.strerror or error}{hint}")
    return 1


async def _serve(settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    server = Server(settings)
    first = await server.start()
    _spare_the_collector()
    _say_hello(server, is_new=first.is_new)
    await stop.wait()
    stop.clear()
    console.print("Stopping: finishing what is under way; once more ends it at once …")
    again = asyncio.create_task(_hurry(stop, server))
    await server.stop()
    again.cancel()
    return 0


async def _hurry(again: asyncio.Event, server: Server) -> None:
    await again.wait()
    console.print("Stopping at once …")
    server.hurry()


def _spare_the_collector() -> None:
    """What was imported stays for ever: keep it out of each collection, and collect less often.

    Tasks and requests come and go by the thousand, nearly all without cycles; looking through every module for them
    took a quarter of the time of a message (see benchmarks/README.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _say_hello(server: Server, *, is_new: bool) -> None:
    ready = server.ready
    numbers = ready["numbers"]
    console.print(f"[bold]Hookflash[/] is up: {ready['api']}  (data in {server.directory.path})")
    if is_new:
        console.print(f"  account   {ready['account_sid']}\n  token     {ready['auth_token']}")
    console.print(f"  numbers   {', '.join(numbers) if isinstance(numbers, list) else ''}")
    console.print("\nTry next, in another terminal:")
    console.print("  hookflash run -- python your_app.py      your app, unchanged, talks to this server")
    console.print("  hookflash phone +14155551212             a handset: text and call, see and hear the replies")
