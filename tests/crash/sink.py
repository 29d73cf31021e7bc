"""An application as a process: `python -m tests.crash.sink PORT LEDGER`.

It notes each request before it answers. `/sms` answers a text with a text; `/status` takes status callbacks; `/hang`
never answers.
"""

import asyncio
import sys
from pathlib import Path

from aiohttp import web
from tests.crash.ledger import Ledger


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


async def main(port: int, ledger: Path) -> None:
    runner = web.AppRunner(application(Ledger(ledger)), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
