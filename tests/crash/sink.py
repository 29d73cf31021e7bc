"""An application as a process: `python -m tests.crash.sink PORT LEDGER`.

It notes each request before it answers. `/sms` answers a text with a text; `/status` takes status callbacks; `/hang`
never answers.
"""

import asyncio

from aiohttp import web
from tests.crash.ledger import Ledger
from tests.crash.standalone import run


def application(ledger: Ledger) -> web.Application:
    async def status(request: web.Request) -> web.Response:
        form = await request.post()
        ledger.note("callback", sid=form["MessageSid"], status=form["MessageStatus"])
        return web.Response(status=204)

    async def sms(request: web.Request) -> web.Response:
        form = await request.post()
        text = str(form["Body"])
        ledger.note("asked", sid=form["MessageSid"], text=text)
        document = f"<Response><Message>reply to {text}</Message></Response>"
        return web.Response(text=document, content_type="text/xml")

    async def hang(request: web.Request) -> web.Response:
        form = await request.post()
        ledger.note("hung", sid=form["MessageSid"], status=form["MessageStatus"])
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    made = web.Application()
    made.router.add_post("/status", status)
    made.router.add_post("/sms", sms)
    made.router.add_post("/hang", hang)
    return made


if __name__ == "__main__":
    run(application)
