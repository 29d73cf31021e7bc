"""An edge beside the server's own, with operations that a test makes up."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import msgspec
from tests.scenarios.rest_support import V2010, Api, Reply

from hookflash.api.edge import ApiEdge, Place
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Handler, Operation


class SideEdge:
    """Serves one operation, GET /2010-04-01/Made/Up, to the account of `api`."""

    def __init__(self, api: Api, handler: Handler, **settings: Any) -> None:
        exchange = api.server.exchange
        exchange = replace(exchange, settings=msgspec.structs.replace(exchange.settings, **settings))
        self._edge = ApiEdge(exchange, {API_2010: [Operation("GET", f"{V2010}/Made/Up", handler)]})
        self._authorization = api.authorization

    async def ask(self) -> Reply:
        path = f"{V2010}/Made/Up.json"
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
        scope["headers"] = [(b"authorization", self._authorization.encode())]
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request"}

        async def send(event: MutableMapping[str, Any]) -> None:
            sent.append(event)

        await self._edge(Place(API_2010, path, "http://localhost"), scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], headers, sent[1]["body"].decode())


class Gate:
    """A handler that says when it was entered, and stays until it is let go."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.release = asyncio.Event()

    async def handler(self, request: ApiRequest) -> Answer:
        self.entered.set()
        await self.release.wait()
        return Answer(204)

    @asynccontextmanager
    async def held_by(self, asking: Coroutine[Any, Any, Reply]) -> AsyncIterator[None]:
        """While the block runs, `asking` is inside the handler."""
        task = asyncio.create_task(asking)
        await self.entered.wait()
        try:
            yield
        finally:
            self.release.set()
            await task
