"""The proxy listener, through which programs reach us that were never told about us.

One port speaks HTTP CONNECT, absolute-form HTTP requests and SOCKS 5, told apart by the first byte. Twilio's names lead
to our own listeners, all else goes where it wanted to, unread. Clients on other machines are refused unless their
network is trusted: this is no open relay.
"""

import asyncio
import ssl
from collections.abc import Sequence
from pathlib import Path

import structlog

from hookflash.edge import socks
from hookflash.edge.conversations import HEAD_SECONDS, converse_http, converse_socks
from hookflash.edge.dial import Dialler, Network, parse_address
from hookflash.edge.http_head import MAX_HEAD
from hookflash.edge.tunnel import Streams

log = structlog.get_logger(__name__)

MAX_CONNECTIONS = 2000  # each holds two sockets; more than a busy test suite opens


class Proxy:
    """A proxy on one listener; `start` and `stop` it once each."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        plain: tuple[str, int],
        https: tuple[str, int],
        bundle: Path,
        networks: Sequence[Network] = (),
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        """`port` 0 takes a free one; `plain` and `https` are host and port of our own listeners.

        `bundle` holds the roots (PEM) for `https:` requests that come in clear, our authority among them; `networks`
        are trusted besides loopback.
        """
        self.host = host
        self.port = port
        self._max_connections = max_connections
        self._dialler = Dialler(plain=plain, https=https, networks=networks)
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._roots = ssl.create_default_context(cafile=bundle)

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._tasks)

    async def start(self) -> None:
        """Listen; afterwards `port` is the real one. Raises OSError when the address is taken."""
        self._server = await asyncio.start_server(self._accept, self.host, self.port, limit=MAX_HEAD)
        self.port = self._dialler.proxy_port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut what is still connected."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.connections >= self._max_connections:
            log.warning("proxy.full", connections=self.connections)
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(Streams(reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, downstream: Streams) -> None:
        try:
            await self._converse(downstream)
        except (OSError, asyncio.IncompleteReadError):
            downstream.writer.transport.abort()  # the client went away or fell silent: there is nobody to tell
        finally:
            await downstream.close()

    async def _converse(self, downstream: Streams) -> None:
        client = parse_address(downstream.writer.get_extra_info("peername")[0])
        async with asyncio.timeout(HEAD_SECONDS):
            first = await downstream.reader.readexactly(1)
        if first[0] == socks.VERSION:
            await converse_socks(downstream, client, self._dialler)
        else:
            await converse_http(first, downstream, client, self._dialler, self._roots)
