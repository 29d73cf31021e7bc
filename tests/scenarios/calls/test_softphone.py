"""A softphone that people use: registered over TLS, with encrypted audio."""

from contextlib import AbstractAsyncContextManager

import pytest
from tests.scenarios.calls.baresip import Baresip, baresip
from tests.scenarios.calls.place import DOMAIN, Place
from tests.scenarios.calls.script import calls, is_hung_up, script
from tests.scenarios.customer import twiml


@pytest.fixture
async def here(here: Place) -> Place:
    """Bob may register and call, over TLS with SRTP alone."""
    (domain,) = (await here.api.get("~/SIP/Domains.json")).json["domains"]
    await here.users(domain["sid"], "bob", calls=True)
    assert (await here.api.post(f"~/SIP/Domains/{domain['sid']}.json", Secure="true")).status == 200
    return here


def bob(here: Place, hz: int) -> AbstractAsyncContextManager[Baresip]:
    ready = here.api.server.ready
    return baresip(here.directory, "bob", DOMAIN, here.addresses["tls"], authority=str(ready["ca"]), hz=hz)


async def test_a_softphone_calls_an_application(here: Place) -> None:
    """It registers, calls with digest over TLS, hears a prompt over SRTP, and what it says is recorded."""
    prompt = here.plays("/prompt.wav", 800, ms=1_000)
    here.app.answers["/voice"] = [
        twiml(f"<Play>{prompt}</Play>", '<Record maxLength="2" playBeep="false" action="/recorded"/>')
    ]
    here.app.answers["/recorded"] = [twiml("<Hangup/>")]
    async with bob(here, 440) as phone:
        await phone.is_registered()
        phone.tell("dial", f"sip:shop@{DOMAIN}")
        await phone.sees("CALL_ESTABLISHED")
        asked = await here.app.asked("/voice")
        assert asked.params["From"] == f"sip:bob@{DOMAIN}"
        recorded = (await here.app.asked("/recorded")).params
        await phone.sees("CALL_CLOSED")
        assert phone.heard().has(800)
        assert "RTP/SAVP" in phone.log
    assert recorded["RecordingDuration"] == "2"
    (sound,) = await here.recording(recorded["RecordingSid"])
    assert sound.is_mostly(440), sound.pieces(440)


async def test_a_softphone_is_called_and_joined_with_another_phone(here: Place) -> None:
    """`<Dial><Sip>` to a registered user: TLS and SRTP on one side, UDP and RTP on the other, audio both ways."""
    await here.domain("plain.localhost")
    here.app.answers["/voice"] = [twiml(f"<Dial><Sip>sip:bob@{DOMAIN}</Sip></Dial>")]
    async with bob(here, 440) as phone:
        await phone.is_registered()
        async with here.phone(script(calls(), is_hung_up()), to="sip:shop@plain.localhost") as ann:
            await phone.sees("CALL_INCOMING")
            phone.tell("accept")
            await phone.sees("CALL_ESTABLISHED")
            await ann.says("answered")
            ann.line.sing(900)
            await ann.line.hears(440, ms=1_000)
            phone.tell("hangup")
            await ann.done()
        assert phone.heard().has(900)
