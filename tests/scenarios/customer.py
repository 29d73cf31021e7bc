"""A customer's application: it keeps what it is asked, and answers what it was told to."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

WAIT = 10.0  # seconds until a test gives up

Handler = Callable[["Asked"], Awaitable[web.Response]]


@dataclass(frozen=True)
class Asked:
    """One request that came in."""

    method: str
    path: str
    url: str
    params: dict[str, str]
    headers: dict[str, str]

    def signed_by(self, token: str) -> bool:
        """Whether the published library's own validator takes its signature."""
        signature = self.headers.get("X-Twilio-Signature", "")
        params = self.params if self.method == "POST" else {}
        return bool(RequestValidator(token).validate(self.url, params, signature))


def twiml(*verbs: str) -> web.Response:
    return web.Response(text=f"<Response>{''.join(verbs)}</Response>", content_type="text/xml")


class Customer:
    """`answers` by path, each used once but for the last; a path without any is answered with an empty document."""

    def __init__(self) -> None:
        self.base = ""
        self.answers: defaultdict[str, list[web.Response | Handler]] = defaultdict(list)
        self._asked: defaultdict[str, asyncio.Queue[Asked]] = defaultdict(asyncio.Queue)

    def url(self, path: str) -> str:
        return self.base + path

    async def asked(self, path: str) -> Asked:
        """The next request for `path`."""
        return await asyncio.wait_for(self._asked[path].get(), WAIT)

    def quiet(self, path: str) -> bool:
        """Whether nothing more was asked of `path`."""
        return self._asked[path].empty()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        pairs = request.query if request.method == "GET" else await request.post()
        params = {name: str(value) for name, value in pairs.items()}
        asked = Asked(request.method, request.path, f"{self.base}{request.path_qs}", params, dict(request.headers))
        self._asked[request.path].put_nowait(asked)
        answers = self.answers[request.path]
        if not answers:
            return twiml()
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, web.Response):
            return web.Response(
                body=answer.body,
                status=answer.status,
                headers={n: v for n, v in answer.headers.items() if n != "Content-Length"},
            )
        return await answer(asked)


@asynccontextmanager
async def customer() -> AsyncIterator[Customer]:
    """The application on a free port."""
    made = Customer()
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", made.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()
