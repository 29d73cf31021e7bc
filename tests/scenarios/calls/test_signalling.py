"""What SIP phones may do besides calling and hanging up: cancel, hold, change codecs, insist on PRACK and timers."""

import asyncio

from aiohttp import web
from tests.scenarios.calls.line import PCMA
from tests.scenarios.calls.place import Place
from tests.scenarios.calls.script import (
    ack,
    ack_refusal,
    answer,
    answered,
    audio,
    callee_hangs_up,
    calls,
    cancel,
    got,
    got_invite,
    hangs_up,
    invite,
    is_hung_up,
    reply,
    request,
    rings,
    says,
    script,
    takes,
    takes_answer,
    waits,
)
from tests.scenarios.customer import Asked, twiml


async def test_a_caller_who_gives_up_is_let_go(here: Place) -> None:
    """CANCEL before the answer: 200, then 487; the call is canceled, though its document waits."""
    here.app.answers["/voice"] = [twiml('<Pause length="60"/>', "<Play>never</Play>")]
    gives_up = script(
        *(invite(), takes(100, optional=True), takes(180), says("ringing"), waits()),
        *(cancel(), takes(200), takes(487), ack_refusal()),
    )
    async with here.phone(gives_up) as ann:
        await ann.says("ringing")
        await here.app.asked("/voice")
        ann.tell()
        await ann.done()
    assert (await here.app.asked("/status")).params["CallStatus"] == "canceled"


async def test_a_cancel_that_comes_too_late_changes_nothing(here: Place) -> None:
    """RFC 3261 §9.2: after a final answer CANCEL is answered, and the call stays."""
    here.app.answers["/voice"] = [twiml(f'<Play loop="0">{here.plays("/sound.wav", 800)}</Play>')]
    too_late = script(
        *(invite(), rings(), takes_answer(), cancel(), takes(200)),
        *(ack(), answered(), waits(), hangs_up(2)),
    )
    async with here.phone(too_late) as ann:
        await ann.says("answered")
        await ann.line.hears(800)
        ann.tell()
        await ann.done()


async def test_a_callee_that_answers_while_it_is_cancelled_is_hung_up(here: Place) -> None:
    """A 200 that crosses our CANCEL is acknowledged and ended; the call stays canceled."""
    crosses = script(
        *(got_invite(), answer(180), says("ringing"), got("CANCEL"), reply(200), answer(200, body=audio())),
        *(got("ACK"), is_hung_up()),
    )
    async with here.phone(crosses) as bob:
        made = await here.call(To=f"sip:bob@127.0.0.1:{bob.port}", Url=here.url("/voice"))
        await bob.says("ringing")
        await here.until(f"~/Calls/{made['sid']}.json", status="ringing")
        await here.api.post(f"~/Calls/{made['sid']}.json", Status="canceled")
        await bob.done()
    assert (await here.api.get(f"~/Calls/{made['sid']}.json")).json["status"] == "canceled"
    assert here.app.quiet("/voice")


async def test_two_answers_of_one_call_leave_one(here: Place) -> None:
    """A fork behind a proxy answers twice: each answer is acknowledged, the second is hung up, the first speaks."""
    here.app.answers["/voice"] = [twiml(f'<Play loop="0">{here.plays("/sound.wav", 800)}</Play>')]
    forks = script(
        *(got_invite(), answer(180, tag="one"), answer(180, tag="two")),
        *(answer(200, tag="one", body=audio()), got("ACK")),
        *(answer(200, tag="two", body=audio()), got("ACK"), got("BYE"), reply(200)),
        *(answered(), waits(), is_hung_up()),
    )
    async with here.phone(forks) as bob:
        made = await here.call(To=f"sip:bob@127.0.0.1:{bob.port}", Url=here.url("/voice"))
        await bob.says("answered")
        await bob.line.hears(800)
        bob.tell()
        assert (await here.api.post(f"~/Calls/{made['sid']}.json", Status="completed")).status == 200
        await bob.done()


async def test_a_caller_that_insists_on_prack_gets_reliable_ringing(here: Place) -> None:
    """RFC 3262: with `Require: 100rel` the 180 has a number, and is answered by PRACK before the 200."""
    rung = asyncio.Event()

    async def after_ringing(asked: Asked) -> web.Response:
        await rung.wait()
        return twiml(f"<Play>{here.plays('/sound.wav', 800, ms=500)}</Play>")

    here.app.answers["/voice"] = [after_ringing]
    insists = script(
        *(invite(headers="Require: 100rel"), takes(100, optional=True), takes(180, keeps={"rseq": "RSeq:"})),
        *(request("PRACK", 2, headers="RAck:[$rseq] 1 INVITE"), takes(200), says("rung")),
        *(takes_answer(), ack(), answered(), is_hung_up()),
    )
    async with here.phone(insists) as ann:
        await ann.says("rung")
        rung.set()
        await ann.says("answered")
        await ann.line.hears(800)
        await ann.done()


async def test_early_media_of_a_callee_reaches_the_caller(here: Place) -> None:
    """A reliable 183 with a description is answered by PRACK; what the callee sends then the caller hears, before
    either is answered."""
    early = script(
        *(got_invite(), answer(183, headers="Require: 100rel\nRSeq: 71", body=audio())),
        *(got("PRACK"), reply(200), answered(), waits()),
        *(answer(200), got("ACK"), says("up"), waits(), callee_hangs_up()),
    )
    async with here.phone(early) as bob:
        here.app.answers["/voice"] = [
            twiml(f'<Dial answerOnBridge="true"><Sip>sip:bob@127.0.0.1:{bob.port}</Sip></Dial>')
        ]
        rings_long = script(
            *(
                invite(),
                takes(100, optional=True),
                takes(180, optional=True),
                takes_answer(183),
                says("early", Port="[$port]"),
            ),
            *(takes_answer(), ack(), says("up"), is_hung_up()),
        )
        async with here.phone(rings_long) as ann:
            await bob.says("answered")
            bob.line.sing(900)
            await ann.says("early")
            await ann.line.hears(900)
            bob.tell()
            await ann.says("up")
            await bob.says("up")
            ann.line.sing(500)
            await bob.line.hears(500)
            bob.tell()
            await bob.done()
            await ann.done()


async def test_a_phone_holds_and_comes_back(here: Place) -> None:
    """re-INVITE with `sendonly` stops our audio, `sendrecv` brings it back (RFC 3264 §8.4)."""
    here.app.answers["/voice"] = [twiml(f'<Play loop="0">{here.plays("/sound.wav", 800)}</Play>')]
    holds = script(
        calls(),
        *(waits(), change(2, direction="sendonly"), says("held")),
        *(waits(), change(3, direction="sendrecv"), answered()),
        *(waits(), hangs_up(4)),
    )
    async with here.phone(holds) as ann:
        await ann.says("answered")
        await ann.line.hears(800)
        ann.tell()
        await ann.says("held")
        await ann.line.is_quiet()
        ann.tell()
        await ann.says("answered")
        await ann.line.hears(800)
        ann.tell()
        await ann.done()
        assert "a=recvonly" in ann.story()


async def test_a_phone_changes_its_codec(here: Place) -> None:
    """re-INVITE with A-law only: the audio goes on in it."""
    here.app.answers["/voice"] = [twiml(f'<Play loop="0">{here.plays("/sound.wav", 800)}</Play>')]
    changes = script(calls(), waits(), change(2, formats="8 101"), answered(), waits(), hangs_up(3))
    async with here.phone(changes) as ann:
        await ann.says("answered")
        await ann.line.hears(800)
        assert PCMA not in ann.line.payload_types
        ann.tell()
        await ann.says("answered")
        await ann.line.until(lambda line: PCMA in line.payload_types, "A-law")
        await ann.line.hears(800, ms=400)
        ann.tell()
        await ann.done()


def change(number: int, *, formats: str = "0 101", direction: str = "sendrecv") -> str:
    """re-INVITE."""
    body = audio(formats, direction=direction, version=number)
    return "\n".join([request("INVITE", number, body=body), takes(100, optional=True), takes_answer(), ack(number)])


async def test_a_session_timer_is_agreed_on_and_refreshed(here: Place) -> None:
    """RFC 4028: too short an interval is refused with the least, another is confirmed, and UPDATE begins it anew."""
    here.app.answers["/voice"] = [twiml(f'<Play loop="0">{here.plays("/sound.wav", 800)}</Play>')]
    timer = "Supported: timer\nSession-Expires: {};refresher=uac"
    refreshes = script(
        *(invite(headers=timer.format(30) + "\nMin-SE: 30"), takes(100, optional=True), takes(422), ack_refusal()),
        *(calls(2, headers=timer.format(120)), waits()),
        *(request("UPDATE", 3, headers=timer.format(120)), takes(200), says("refreshed"), waits(), hangs_up(4)),
    )
    async with here.phone(refreshes) as ann:
        await ann.says("answered")
        await ann.line.hears(800)
        ann.tell()
        await ann.says("refreshed")
        await ann.line.hears(800)
        ann.tell()
        await ann.done()
        received = ann.received()
    assert any("422 " in message and "Min-SE: 90" in message for message in received)
    confirmed = [message for message in received if "Session-Expires: 120;refresher=uac" in message]
    assert len(confirmed) == 2
