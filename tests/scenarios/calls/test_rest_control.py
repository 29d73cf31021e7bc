"""Live calls that REST changes."""

import json

from tests.scenarios.calls.place import Place
from tests.scenarios.calls.script import (
    answer,
    calls,
    got,
    got_invite,
    is_hung_up,
    reply,
    request,
    says,
    script,
    takes,
    waits,
)
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


async def test_messages_of_the_application_go_along_with_a_call(here: Place) -> None:
    """One to the phone is an INFO with JSON; what the phone sends so is told to who has subscribed."""
    here.app.answers["/voice"] = [twiml("<Say>Hello.</Say><Pause length='60'/>")]
    told = request("INFO", 2, body='{"rating": 5}', kind="application/json")
    scenario = script(calls(), got("INFO"), reply(200), says("informed"), waits(), told, takes(200), is_hung_up())
    async with here.phone(scenario) as ann:
        await ann.says("answered")
        call = (await here.app.asked("/voice")).params["CallSid"]
        await here.until(f"~/Calls/{call}.json", status="in-progress")
        await here.api.post(f"~/Calls/{call}/UserDefinedMessageSubscriptions.json", Callback=here.url("/told"))
        sent = await here.api.post(f"~/Calls/{call}/UserDefinedMessages.json", Content='{"page": 3}')
        assert sent.status == 201
        await ann.says("informed")
        ann.tell()
        assert json.loads((await here.app.asked("/told")).params["Content"]) == {"rating": 5}
        await here.api.post(f"~/Calls/{call}.json", Status="completed")
        await ann.done()
