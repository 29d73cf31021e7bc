"""Our HTTP listeners: uvicorn's protocol on sockets of our own loop, so that several share one process and its stop."""

import asyncio
import contextlib
import socket
import ssl
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from hookflash.domain.clock import SECOND

KEEP_ALIVE = 65  #: seconds; longer than the idle pools of common clients, so that they close first
BACKLOG = 2048
MOST_REQUESTS = 4_000  #: under way at once on one listener; more are answered 503


class Listener:
    """One HTTP or HTTPS listener that serves `app` (ASGI)."""

    def __init__(self, app: Any, *, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.host = host
        self.port = port
        self._app = app
        self._tls = tls
        self._state = ServerState()
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> tuple[str, int]:
        return self.host, self.port

    @property
    def url(self) -> str:
        """Where it is, as a URL without path."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    async def start(self) -> None:
        """Listen; afterwards `port` is the real one. Raises OSError when the address is taken."""
        config = uvicorn.Config(
            self._app,
            http=HttpToolsProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEEP_ALIVE,
            limit_concurrency=MOST_REQUESTS,
            backlog=BACKLOG,
        )
        config.load()
        loop = asyncio.get_running_loop()

        def connected() -> asyncio.Protocol:
            return HttpToolsProtocol(config=config, server_state=self._state, app_state={}, _loop=loop)

        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._server = await loop.create_server(
            connected, self.host, self.port, family=family, ssl=self._tls, backlog=BACKLOG
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self, grace: int) -> None:
        """Take no more requests, finish those under way for up to `grace` ms, and disconnect."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=grace / SECOND)
        for connection in list(self._state.connections):
            transport = connection.transport
            if transport is not None:
                transport.abort()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._server.wait_closed(), timeout=1)
