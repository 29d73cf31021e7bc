"""An application of calls as a process: `python -m tests.crash.voice_app PORT LEDGER`.

It notes each request before it answers. `/record`, `/conference`, `/queue`, `/wait`, `/play` and `/short` answer calls
so, `/garbage` with no TwiML, `/hang` never; `/status` takes status callbacks of calls, `/recording` those of
recordings, `/events` those of conferences.
"""

import asyncio
import io
import random
import wave

from aiohttp import web
from tests.crash.ledger import Ledger
from tests.crash.standalone import run

DOCUMENTS = {
    "record": '<Record playBeep="false" timeout="0" maxLength="600" recordingStatusCallback="/recording"'
    ' recordingStatusCallbackEvent="completed absent"/>',
    "conference": '<Dial><Conference waitUrl="" record="record-from-start" trim="do-not-trim"'
    ' recordingStatusCallback="/recording" statusCallback="/events" statusCallbackEvent="start end join leave">'
    "room</Conference></Dial>",
    "queue": '<Enqueue waitUrl="">support</Enqueue>',
    "wait": '<Play>/click.wav</Play><Pause length="600"/>',
    "play": '<Play loop="0">/noise.wav</Play>',
    "short": '<Play>/click.wav</Play><Pause length="2"/>',
}


def noise(samples: int) -> bytes:
    """A sound file in which every packet differs from every other."""
    file, source = io.BytesIO(), random.Random(3)
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes(
            b"".join(source.randrange(-8_000, 8_000).to_bytes(2, "little", signed=True) for _ in range(samples))
        )
    return file.getvalue()


def application(ledger: Ledger) -> web.Application:
    sounds = {"noise": noise(40_000), "click": noise(400)}

    async def voice(request: web.Request) -> web.Response:
        form, kind = await request.post(), request.match_info["kind"]
        ledger.note("asked", sid=form["CallSid"], kind_of=kind)
        if kind == "hang":
            await asyncio.Event().wait()
        if kind == "garbage":
            return web.Response(body=b"\x00\xff<Response><Sa", content_type="text/xml")
        return web.Response(text=f"<Response>{DOCUMENTS[kind]}</Response>", content_type="text/xml")

    async def status(request: web.Request) -> web.Response:
        form = await request.post()
        ledger.note("callback", sid=form["CallSid"], status=form["CallStatus"])
        return web.Response(status=204)

    async def recording(request: web.Request) -> web.Response:
        form = await request.post()
        ledger.note("recording", sid=form["RecordingSid"], status=form["RecordingStatus"])
        return web.Response(status=204)

    async def events(request: web.Request) -> web.Response:
        form = await request.post()
        told = {"event": form["StatusCallbackEvent"], "number": form["SequenceNumber"]}
        ledger.note("conference", sid=form["ConferenceSid"], **told)
        return web.Response(status=204)

    async def sound_file(request: web.Request) -> web.Response:
        return web.Response(body=sounds[request.match_info["name"]], content_type="audio/wav")

    made = web.Application()
    made.router.add_post("/status", status)
    made.router.add_post("/recording", recording)
    made.router.add_post("/events", events)
    made.router.add_get("/{name}.wav", sound_file)
    made.router.add_post("/{kind}", voice)
    return made


if __name__ == "__main__":
    run(application)
