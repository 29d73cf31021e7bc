"""`/hookflash/v1/handsets/{number}/calls`: calls of simulated handsets, driven by people and by tests.

Requests that wait take `within` (ms of the platform's clock) and `fly`: with it the clock of simulated calls jumps from
event to event while the request waits, so that a test of a long call takes no time.
"""

import io
import wave
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hookflash.domain.clock import HOUR, SECOND
from hookflash.network.handset_calls import HandsetCall, Heard
from hookflash.speech.engine import SpeechError
from hookflash.switch import protocol
from hookflash.switch.leg import HungUp

from .answering import PREFIX, Answering, Created, Refusal, handset_name, phone_number, read_body

if TYPE_CHECKING:
    from hookflash.app import Exchange

T = TypeVar("T")

LONGEST_WAIT = 24 * HOUR  #: ms

Span = Annotated[int, msgspec.Meta(ge=0, le=LONGEST_WAIT)]
Keys = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-D*#wW]{1,64}$")]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=4_096)]


class _Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request."""


class Dial(_Body, frozen=True, kw_only=True):
    to: str
    loss: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    jitter: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 0  #: ms
    latency: Annotated[int, msgspec.Meta(ge=0, le=2_000)] = 0  #: ms


class Press(_Body, frozen=True, kw_only=True):
    keys: Keys
    fly: bool = False


class Inform(_Body, frozen=True, kw_only=True):
    """What the phone sends to the application along with its call: JSON."""

    content: Annotated[str, msgspec.Meta(min_length=1, max_length=10_240)]


class Speak(_Body, frozen=True, kw_only=True):
    text: Words
    language: Annotated[str, msgspec.Meta(max_length=20)] = "en-US"
    fly: bool = False


class Hear(_Body, frozen=True, kw_only=True):
    text: Words
    within: Span = 60 * SECOND
    fly: bool = False


class Await(_Body, frozen=True, kw_only=True):
    """Until the call has one of these statuses; none: until the time is over."""

    status: tuple[str, ...] = ()
    within: Span = 60 * SECOND
    fly: bool = False


class Expect(_Body, frozen=True, kw_only=True):
    """Until a call comes in that is not one of `known`."""

    known: tuple[str, ...] = ()
    within: Span = 60 * SECOND
    fly: bool = False


class HandsetCallsApi:
    """The handlers."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def routes(self, answering: Answering) -> list[Route]:
        developer = answering.developer
        calls = f"{PREFIX}/handsets/{{number}}/calls"
        one = calls + "/{call}"
        return [
            Route(calls, developer(self.everyone), methods=["GET"]),
            Route(calls, developer(self.dial), methods=["POST"]),
            Route(f"{PREFIX}/handsets/{{number}}/expect", developer(self.expect), methods=["POST"]),
            Route(one, developer(self.fetch), methods=["GET"]),
            Route(one + "/answer", developer(self.answer), methods=["POST"]),
            Route(one + "/hang-up", developer(self.hang_up), methods=["POST"]),
            Route(one + "/keys", developer(self.press), methods=["POST"]),
            Route(one + "/messages", developer(self.inform), methods=["POST"]),
            Route(one + "/say", developer(self.say), methods=["POST"]),
            Route(one + "/hears", developer(self.hears), methods=["POST"]),
            Route(one + "/await", developer(self.wait), methods=["POST"]),
            Route(one + "/transcript", developer(self.transcript), methods=["GET"]),
            Route(one + "/audio", developer(self.audio), methods=["GET"]),
        ]

    async def everyone(self, request: Request) -> object:
        return {"calls": [_shown(call) for call in self._exchange.telephony.handset_calls.of(_number(request))]}

    async def dial(self, request: Request) -> Created:
        """The handset calls a number of this platform, or a SIP address of one of its domains."""
        number, body = _number(request), await read_body(request, Dial)
        to = body.to if body.to.startswith("sip:") else phone_number(body.to)
        line = protocol.Link(
            leg=0, callee=0, from_="", to="", loss=body.loss, jitter_ms=body.jitter, delay_ms=body.latency
        )
        return Created(_shown(self._exchange.telephony.handset_calls.dial(number, to, line)))

    async def expect(self, request: Request) -> object:
        """Wait for the handset to ring."""
        number, body = _number(request), await read_body(request, Expect)

        def rung() -> HandsetCall | None:
            calls = self._exchange.telephony.handset_calls.of(number)
            return next((call for call in calls if call.incoming and call.id not in body.known), None)

        call = await self._until(rung, body.within, fly=body.fly)
        if call is None:
            raise Refusal(404, f"Nobody called {number} within {body.within} ms.")
        return _shown(call)

    async def fetch(self, request: Request) -> object:
        return _shown(self._call(request))

    async def answer(self, request: Request) -> object:
        call = self._call(request)
        try:
            await call.leg.answer()
        except HungUp as gone:
            raise _over(call) from gone
        return _shown(call)

    async def hang_up(self, request: Request) -> object:
        call = self._call(request)
        await call.leg.hang_up()
        return _shown(call)

    async def press(self, request: Request) -> object:
        """Returns once the keys are pressed."""
        call, body = self._call(request), await read_body(request, Press)
        await self._do(call, call.leg.send_keys(body.keys), fly=body.fly)
        return _shown(call)

    async def inform(self, request: Request) -> object:
        call, body = self._call(request), await read_body(request, Inform)
        try:
            await call.leg.inform(body.content)
        except HungUp as gone:
            raise _over(call) from gone
        return _shown(call)

    async def say(self, request: Request) -> object:
        """Speak into the phone; returns once all is said."""
        call, body = self._call(request), await read_body(request, Speak)
        try:
            await self._do(
                call, self._exchange.telephony.handset_calls.say(call, body.text, language=body.language), fly=body.fly
            )
        except SpeechError as error:
            raise Refusal(503, f"{error}.") from error
        return _shown(call)

    async def hears(self, request: Request) -> object:
        call, body = self._call(request), await read_body(request, Hear)
        heard = await self._exchange.telephony.handset_calls.hears(call, body.text, within=body.within, fly=body.fly)
        return {"heard": heard, "call": _shown(call), "transcript": [] if heard else self._transcript(call)}

    async def wait(self, request: Request) -> object:
        call, body = self._call(request), await read_body(request, Await)
        await self._until(lambda: True if call.status in body.status else None, body.within, fly=body.fly)
        return _shown(call)

    async def transcript(self, request: Request) -> object:
        """What was recognised in the audio that the handset received."""
        return {"heard": self._transcript(self._call(request))}

    async def audio(self, request: Request) -> Response:
        """What the handset received, as a wav file."""
        pcm = self._exchange.telephony.switch.native.heard(self._call(request).leg.number)
        file = io.BytesIO()
        with wave.open(file, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8_000)
            sound.writeframes(pcm)
        return Response(file.getvalue(), media_type="audio/x-wav")

    def _transcript(self, call: HandsetCall) -> list[Heard]:
        return self._exchange.telephony.handset_calls.transcript(call)

    def _call(self, request: Request) -> HandsetCall:
        number, call_id = _number(request), request.path_params["call"]
        call = self._exchange.telephony.handset_calls.call(call_id)
        if call is None or call.number != number:
            raise Refusal(404, f"{number} has no call {call_id[:20]}.")
        return call

    async def _until(self, found: Callable[[], T | None], within: int, *, fly: bool) -> T | None:
        """What `found` returns, once it does; a server that stops waits no longer."""

        def verdict() -> tuple[T | None] | None:
            result = found()
            return (result,) if result is not None or self._exchange.stopping.is_set() else None

        world = self._exchange.telephony.world
        (result,) = await (world.until if fly else world.watch)(verdict, within) or (None,)
        return result

    async def _do(self, call: HandsetCall, doing: Coroutine[Any, Any, None], *, fly: bool) -> None:
        """Do something that takes time on the call's clock."""
        try:
            await self._exchange.telephony.world.during(doing, fly=fly)
        except HungUp as gone:
            raise _over(call) from gone


def _over(call: HandsetCall) -> Refusal:
    cause = call.ended.cause if call.ended else "gone"
    return Refusal(409, f"The call is over ({cause}).")


def _shown(call: HandsetCall) -> dict[str, object]:
    ended = call.ended
    return {
        "id": call.id,
        "number": call.number,
        "peer": call.peer,
        "direction": "incoming" if call.incoming else "outgoing",
        "status": call.status,
        "headers": dict(call.headers),
        "keys": call.keys,
        "messages": call.messages,
        "cause": ended.cause if ended else "",
        "sip_status": ended.status if ended else 0,
    }


def _number(request: Request) -> str:
    return handset_name(request.path_params["number"])
