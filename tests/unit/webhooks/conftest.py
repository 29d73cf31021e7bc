"""Real servers on the loopback, and a client that may call them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web
from tests.unit.webhooks.support import Handler, Serve

from hookflash.domain.clock import VirtualClock
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.egress import EgressPolicy


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """`await serve(handler, ssl_context=…)` starts an HTTP server for every path; returns its base URL."""
    async with AsyncExitStack() as stack:

        async def start(handler: Handler, **options: Any) -> str:
            app = web.Application()
            app.router.add_route("*", "/{path:.*}", handler)
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
