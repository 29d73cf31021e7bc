"""A server in a thread of the test's process, with a loop of its own."""

import asyncio
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from hookflash.app import Server
from hookflash.settings import Settings


class BackgroundServer:
    """A platform on free ports with its data in `directory`; a context manager that gives what its ready file says.

    `settings` are more fields of `hookflash.settings.Settings`.
    """

    def __init__(self, directory: Path, **settings: Any) -> None:
        free: dict[str, Any] = {"port": 0, "https_port": 0, "proxy_port": 0, "sip_port": 0}
        self._settings = Settings(**{"data": directory, "drain_time": 0, **free, **settings})
        self._started = threading.Event()
        self._error: BaseException | None = None
        self._ready: dict[str, Any] = {}
        self._thread = threading.Thread(target=self._run, name="hookflash", daemon=True)

    def __enter__(self) -> dict[str, Any]:
        self._thread.start()
        self._started.wait()
        if self._error is not None:
            raise self._error
        return self._ready

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as problem:  # noqa: BLE001 - carried to the thread that waits for the start or the end
            self._error = problem
            self._started.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = Server(self._settings)
        await server.start()
        self._ready = server.ready
        self._started.set()
        await self._stop.wait()
        await server.stop()
