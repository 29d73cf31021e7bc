"""How applications of the crash tests run: each a process of its own, with a port and a ledger on its command line."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from aiohttp import web
from tests.crash.ledger import Ledger


def run(application: Callable[[Ledger], web.Application]) -> None:
    """Serve `application` until the process is killed, and say when it is ready."""
    asyncio.run(_serve(application(Ledger(Path(sys.argv[2]))), port=int(sys.argv[1])))


async def _serve(application: web.Application, *, port: int) -> None:
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    print("ready", flush=True)
    await asyncio.Event().wait()
