"""The two halves of the border: what Python writes, Rust reads, and the other way round."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from hookflash.switch import protocol
from hookflash.switch.protocol import AnyEvent, SwitchConfig
from hookflash.switch.switch import Switch

COMMANDS: list[protocol.AnyCommand] = [
    protocol.Dial(leg=1, uri="sip:bob@127.0.0.1:9", from_uri="sip:a@b", headers={"X-A": "1"}, username="u", beside=2),
    protocol.Link(leg=1, callee=2, from_="+1", to="+2", loss=0.1, delay_ms=10, jitter_ms=5, codec="opus"),
    protocol.Open(leg=1),
    protocol.Ring(leg=1, media=True),
    protocol.Answer(leg=1),
    protocol.Reject(leg=1, status=486, reason="Busy Here", headers={"Retry-After": "5"}),
    protocol.HangUp(leg=1, cause="limit"),
    protocol.Limit(leg=1, ms=1_000),
    protocol.Play(
        leg=1,
        op=1,
        sources=[
            protocol.File(path="/a.wav", raw=True),
            protocol.Stream(stream=1),
            protocol.Tone(name="beep", ms=100),
            protocol.Silence(ms=100),
        ],
        loop=0,
    ),
    protocol.Collect(leg=1, op=2, sources=[protocol.Silence(ms=1)], most=4, finish="*", first_ms=1, barge_in=False),
    protocol.Collect(leg=1, op=8, speech=protocol.SpeechEnd(end_ms=1, most_ms=2)),
    protocol.Record(leg=1, op=3, path="/r.wav", channels=2, track="both", beep=True, finish="#", trim=True),
    protocol.PauseRecording(leg=1, op=3, silence=False),
    protocol.ResumeRecording(leg=1, op=3),
    protocol.SendKeys(leg=1, op=4, keys="1w2", inband=True),
    protocol.Wait(leg=1, op=5, ms=10),
    protocol.Detect(leg=1, op=6, until_end=True, timeout_ms=1, speech_ms=1, speech_end_ms=1, silence_ms=1),
    protocol.Stop(leg=1, op=5),
    protocol.Bridge(leg=1, other=2),
    protocol.Unbridge(leg=1),
    protocol.Join(leg=1, room="r", muted=True, whisper_to=2, speaking=True, jitter="off"),
    protocol.Leave(leg=1),
    protocol.Listen(leg=1),
    protocol.Hear(leg=1, op=9, track="outbound"),
    protocol.Inform(leg=1, content_type="application/json", body="{}"),
    protocol.Refer(leg=1, op=7, to="sip:c@d", headers={"X-B": "2"}),
    protocol.AcceptRefer(leg=1),
    protocol.RefuseRefer(leg=1, status=403),
    protocol.TellRefer(leg=1, status=180, reason="Ringing"),
    protocol.Configure(
        domains=[
            protocol.Domain(
                name="d.localhost",
                networks=["192.0.2.0/24"],
                credentials=[protocol.Credential("u", "0" * 32, "0" * 64)],
                registration=[protocol.Credential("u", "0" * 32, "0" * 64)],
                secure=True,
            )
        ],
        trunks=[protocol.Trunk(name="t", gateways=[protocol.Gateway(address="sip:127.0.0.1:9", health=False)])],
    ),
]


@pytest.fixture
async def switch() -> AsyncIterator[Switch]:
    switch = Switch(SwitchConfig(sip_port=0, tls_port=-1, threads=1))
    switch.start()
    yield switch
    switch.close()


def test_every_command_is_here() -> None:
    """A new command gets its line above."""
    assert {type(command) for command in COMMANDS} == set(protocol.AnyCommand.__args__)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
async def test_the_switch_reads_what_we_write(switch: Switch, command: protocol.AnyCommand) -> None:
    """Each command is understood, with every field in it set, and with those left out that may be."""
    switch.tell(command)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
async def test_the_switch_refuses_what_it_does_not_know(switch: Switch, command: protocol.AnyCommand) -> None:
    """A field that Rust does not have, or a name that is another, is an error and not passed over."""
    values = msgspec.json.decode(msgspec.json.encode(command))
    with pytest.raises(ValueError, match="unknown"):
        switch.native.command(msgspec.json.encode(values | {"unheard_of": 1}))
    with pytest.raises(ValueError, match="unknown"):
        switch.native.command(msgspec.json.encode(values | {"do": "unheard_of"}))


@pytest.mark.parametrize("text", [b"", b"{}", b"null", b'{"do":"play","leg":-1}', b"\xff", b"[" * 10_000])
async def test_what_is_no_command_is_refused(switch: Switch, text: bytes) -> None:
    """Whatever comes over the border, the switch lives."""
    with pytest.raises(ValueError):  # noqa: PT011 - the sentence is that of the parser
        switch.native.command(text)
    assert switch.native.simulated() == 0


async def test_we_read_what_the_switch_writes(switch: Switch) -> None:
    """The events of a call between simulated legs, in the order of the rules: HungUp last, after each Done."""
    told: list[AnyEvent] = []
    switch.watch(told.append)
    switch.invited = lambda leg, event: None
    now = switch.native.step(1_000_000)
    number, callee = switch.next_number(simulated=True), switch.next_number(simulated=True)
    caller = switch.link(protocol.Link(leg=number, callee=callee, from_="+1", to="+2", delay_ms=5))

    def go_on(span: int) -> None:
        nonlocal now
        until = now + span
        while now < until:
            now = switch.native.step(until)
            switch.take_now()

    go_on(20)
    switch.tell(protocol.Ring(leg=callee))
    switch.tell(protocol.Answer(leg=callee))
    go_on(20)
    keys = asyncio.create_task(caller.send_keys("5"))
    waits = asyncio.create_task(caller.wait(60_000))
    await asyncio.sleep(0)
    go_on(1_000)
    await keys
    switch.tell(protocol.HangUp(leg=callee))
    go_on(1_000)
    await asyncio.gather(waits, return_exceptions=True)
    assert (await caller.gone()).cause == "remote"
    kinds = {type(event) for event in told}
    assert kinds == {
        protocol.Invited,
        protocol.Early,
        protocol.Answered,
        protocol.Key,
        protocol.Done,
        protocol.Quality,
        protocol.HungUp,
    }
    assert [event.key for event in told if isinstance(event, protocol.Key)] == ["5"]
    mine = [event for event in told if event.leg == caller.number]
    assert isinstance(mine[-1], protocol.HungUp)
    assert [event.why for event in mine if isinstance(event, protocol.Done)] == ["end", "hung_up"]
