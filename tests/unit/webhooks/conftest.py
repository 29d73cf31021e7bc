"""Real servers on the loopback, and a client that may call them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from typing import Any

import pytest
from aiohttp import web
from tests.unit.webhooks.support import Handler, Serve, ServeBytes

from hookflash.domain.clock import VirtualClock
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.egress import EgressPolicy


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """`await serve(handler, ssl_context=…)` starts an HTTP server for every path; returns its base URL."""
    async with AsyncExitStack() as stack:

        async def start(handler: Handler, **options: Any) -> str:
            async def call(request: web.Request) -> web.StreamResponse:
                return await handler(request)

            app = web.Application()
            app.router.add_route("*", "/{path:.*}", call)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0, **options).start()
            host, port = runner.addresses[0][:2]
            return f"{'https' if options.get('ssl_context') else 'http'}://{host}:{port}"

        yield start


@pytest.fixture
async def client() -> AsyncIterator[WebhookClient]:
    async with WebhookClient(egress=EgressPolicy(allow_private=True), clock=VirtualClock()) as client:
        yield client


@pytest.fixture
async def serve_bytes() -> AsyncIterator[ServeBytes]:
    """`await serve_bytes(answer, …)` starts a server that gives these bytes, a connection each, and then closes.

    Returns its base URL and the list of the requests it has seen. None for an answer: it reads and says nothing.
    """
    async with AsyncExitStack() as stack:

        async def start(*answers: bytes | None) -> tuple[str, list[bytes]]:
            seen: list[bytes] = []
            left = list(answers)
            over = asyncio.Event()

            async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                with closing(writer):
                    seen.append(await reader.readuntil(b"\r\n\r\n"))
                    answer = left.pop(0) if len(left) > 1 else left[0]
                    if answer is None:
                        await over.wait()
                        return
                    writer.write(answer)
                    await writer.drain()

            server = await asyncio.start_server(talk, "127.0.0.1", 0)
            stack.callback(server.close)
            stack.callback(over.set)
            host, port = server.sockets[0].getsockname()[:2]
            return f"http://{host}:{port}", seen

        yield start
