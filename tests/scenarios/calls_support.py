"""What scenarios of the REST API of calls share: a platform, an application, and rows as a switch would leave them."""

import wave
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.scenarios.customer import Customer, customer
from tests.scenarios.rest_support import Api, Reply, serving

from hookflash.actions.load_call import load_call
from hookflash.actions.move_call import move_call
from hookflash.actions.move_recording import finish_recording, load_recording, start_recording
from hookflash.actions.receive_call import IncomingCall, receive_call
from hookflash.domain.call import Call, CallStatus, NoSuchCallError, Source
from hookflash.domain.recording import Recording, RecordingSource, RecordingStatus, RecordOptions
from hookflash.domain.transcription import LiveOptions, LiveTranscription
from hookflash.store.store import Tx

PERSON = "+14155551212"
RATE = 8_000
PLAIN = RecordOptions()


@dataclass
class HandMade:
    """The process of live calls, which writes down what it is asked and moves rows as a real one does."""

    api: Api
    live: set[str] = field(default_factory=set)
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def _check(self, call_sid: str | None) -> None:
        if call_sid not in self.live:
            raise NoSuchCallError

    async def redirect(self, call_sid: str, source: Source) -> None:
        self._check(call_sid)
        self.asked.append(("redirect", source))

    async def hang_up(self, call_sid: str) -> None:
        self._check(call_sid)
        self.asked.append(("hang_up",))
        await self.move(call_sid, CallStatus.COMPLETED, CallStatus.CANCELED)

    async def cancel(self, call_sid: str) -> None:
        self._check(call_sid)
        self.asked.append(("cancel",))
        await self.move(call_sid, CallStatus.CANCELED)

    async def limit(self, call_sid: str, seconds: int) -> None:
        self._check(call_sid)
        self.asked.append(("limit", seconds))

    async def inform(self, call_sid: str, content: str) -> None:
        self._check(call_sid)
        self.asked.append(("inform", content))

    async def start_recording(self, call_sid: str, options: RecordOptions) -> Recording:
        self._check(call_sid)
        return await self.record(call_sid, options, RecordingSource.START_CALL_RECORDING_API)

    async def pause_recording(self, recording: Recording, *, silence: bool) -> None:
        self._check(recording.call_sid)
        self.asked.append(("pause", silence))

    async def resume_recording(self, recording: Recording) -> None:
        self._check(recording.call_sid)
        self.asked.append(("resume",))

    async def stop_recording(self, recording: Recording) -> None:
        self._check(recording.call_sid)
        self.asked.append(("stop",))
        await self.finish(recording.sid)

    async def start_transcription(self, call_sid: str, options: LiveOptions, *, name: str) -> LiveTranscription:
        raise NotImplementedError("who listens is tried with real calls")

    async def stop_transcription(self, transcription: LiveTranscription) -> None:
        raise NotImplementedError("who listens is tried with real calls")

    # -- what happens to calls --

    async def move(self, call_sid: str, *to: CallStatus, **more: Any) -> Call:
        """Move a call to the first of `to` that it may go to."""

        async def move(tx: Tx) -> Call:
            call = await load_call(tx, self.api.sid, call_sid)
            assert call is not None
            wanted = to[0] if call.status is CallStatus.IN_PROGRESS else to[-1]
            await move_call(tx, call, wanted, now=self.now, sentence="by hand", **more)
            return call

        return await self.api.server.exchange.store.write(move)

    async def answer(self, call_sid: str) -> None:
        self.live.add(call_sid)
        await self.move(call_sid, CallStatus.IN_PROGRESS)

    async def incoming(self, number: str = "", **more: Any) -> str:
        """The SID of a call that comes in."""
        to = number or str(self.api.server.ready["numbers"][0])  # type: ignore[index]
        wanted = IncomingCall(sender=PERSON, recipient=to, carrier="simulated", **more)
        call = await self.api.server.exchange.store.write(receive_call, wanted, now=self.now)
        assert isinstance(call, Call)
        self.live.add(call.sid)
        return call.sid

    async def record(
        self,
        call_sid: str,
        options: RecordOptions = PLAIN,
        source: RecordingSource = RecordingSource.DIAL_VERB,
    ) -> Recording:
        async def start(tx: Tx) -> Recording:
            call = await load_call(tx, self.api.sid, call_sid)
            assert call is not None
            return await start_recording(tx, call, options, source=source, now=self.now)

        return await self.api.server.exchange.store.write(start)

    async def finish(self, sid: str, *, length: int = 2_000) -> Recording:
        async def finish(tx: Tx) -> Recording:
            recording = await load_recording(tx, self.api.sid, sid)
            assert recording is not None
            return await finish_recording(tx, recording, length=length, now=self.now)

        return await self.api.server.exchange.store.write(finish)

    async def recorded(self, *, channels: int = 1, seconds: int = 2) -> Recording:
        """A finished recording of a finished call, with a rising sound on its first channel and silence beside it."""
        sid = await self.incoming()
        await self.answer(sid)
        recording = await self.record(sid, RecordOptions(channels=channels))
        path = self.api.server.exchange.recording_files.place(recording.account_sid, recording.sid)
        write_wav(path, channels=channels, seconds=seconds)
        recording = await self.finish(recording.sid, length=seconds * 1_000)
        await self.move(sid, CallStatus.COMPLETED)
        assert recording.status is RecordingStatus.COMPLETED
        return recording

    @property
    def now(self) -> int:
        return self.api.server.exchange.clock.now()


def write_wav(path: Path, *, channels: int, seconds: int) -> None:
    samples = array(
        "h", [value for i in range(RATE * seconds) for value in ([i % 1_000, 0] if channels == 2 else [i % 1_000])]
    )
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())


@dataclass
class Stage:
    """A running platform (`api`) with its customer's application (`app`) and calls moved by hand."""

    api: Api
    app: Customer
    calls: HandMade

    @property
    def number(self) -> str:
        return str(self.api.server.ready["numbers"][0])  # type: ignore[index]

    async def call(self, **form: str) -> Reply:
        """POST Calls, from the first number to a person unless it says otherwise."""
        wanted = {"To": PERSON, "From": self.number, "Url": "https://app.example/voice", **form}
        return await self.api.post("~/Calls.json", **{name: value for name, value in wanted.items() if value})


@asynccontextmanager
async def stage(data: Path, **settings: Any) -> AsyncIterator[Stage]:
    """Nobody dials: calls stay in the queue until a test moves them."""
    async with customer() as app, serving(data, **settings) as api:
        api.server.exchange.calls = calls = HandMade(api)
        if worker := api.server.workers.get("dial"):
            worker.pause()
        yield Stage(api, app, calls)
