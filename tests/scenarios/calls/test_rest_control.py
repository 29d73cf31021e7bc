"""Live calls that REST changes."""

from tests.scenarios.calls.place import Place
from tests.scenarios.calls.script import answer, calls, got, got_invite, is_hung_up, reply, says, script
from tests.scenarios.customer import twiml


async def test_a_live_call_is_redirected(here: Place) -> None:
    """A new Url ends what is played at once; a document in the request does as well; `completed` hangs up."""
    first, second, third = (here.plays(f"/{hz}.wav", hz) for hz in (400, 800, 1_200))
    here.app.answers["/voice"] = [twiml(f'<Play loop="0">{first}</Play>')]
    here.app.answers["/other"] = [twiml(f"<Play>{second}</Play>")]
    async with here.phone(script(calls(), is_hung_up())) as ann:
        await ann.says("answered")
        await ann.line.hears(400)
        call = (await here.app.asked("/voice")).params["CallSid"]
        await here.api.post(f"~/Calls/{call}.json", Url=here.url("/other"))
        assert (await here.app.asked("/other")).params["CallStatus"] == "in-progress"
        await ann.line.hears(800)
        await here.api.post(f"~/Calls/{call}.json", Twiml=f"<Response><Play>{third}</Play></Response>")
        await ann.line.hears(1_200)
        assert (await here.api.post(f"~/Calls/{call}.json", Status="completed")).json["status"] == "completed"
        await ann.done()


async def test_a_phone_that_rings_is_cancelled(here: Place) -> None:
    """`Status=canceled` before the answer: the callee gets CANCEL and the row says so."""
    ringing = script(got_invite(), answer(180), says("ringing"), got("CANCEL"), reply(200), answer(487), got("ACK"))
    async with here.phone(ringing) as bob:
        made = await here.call(To=f"sip:bob@127.0.0.1:{bob.port}", Url=here.url("/voice"))
        await bob.says("ringing")
        await here.until(f"~/Calls/{made['sid']}.json", status="ringing")
        assert (await here.api.post(f"~/Calls/{made['sid']}.json", Status="canceled")).json["status"] == "canceled"
        await bob.done()
