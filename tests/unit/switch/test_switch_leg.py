"""A leg that the switch holds: commands that go down, events that end what waits."""

import asyncio

import pytest

from hookflash.switch import protocol
from hookflash.switch.leg import HungUp, Referral, Tape
from hookflash.switch.protocol import AnyCommand, AnyEvent, Done, Silence
from hookflash.switch.switch_leg import SwitchLeg


class Line:
    """A leg, and what the switch was told."""

    def __init__(self) -> None:
        self.told: list[AnyCommand] = []
        self.audio: dict[int, list[bytes]] = {}  #: that waits, by operation
        self.leg = SwitchLeg(7, self.told.append, self._take)

    def _take(self, _: int, op: int) -> bytes:
        taken = b"".join(self.audio.get(op, []))
        self.audio[op] = []
        return taken

    def happens(self, *events: AnyEvent) -> None:
        for event in events:
            self.leg.receive(event)

    def done(self, op: int, why: str = "end", **more: str) -> None:
        self.happens(Done(leg=7, at=0, op=op, why=why, **more))  # type: ignore[arg-type]

    def hung_up(self, cause: str = "remote") -> protocol.HungUp:
        event = protocol.HungUp(leg=7, at=0, cause=cause)
        self.happens(event)
        return event


@pytest.fixture
async def line() -> Line:
    return Line()


async def turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_an_operation_ends_with_its_done(line: Line) -> None:
    """Each has a number of its own, and takes only the Done that has it."""
    first = asyncio.create_task(line.leg.play([Silence(ms=10)]))
    second = asyncio.create_task(line.leg.wait(10))
    await turn()
    assert [(type(told), told.op) for told in line.told] == [  # type: ignore[union-attr]
        (protocol.Play, 1),
        (protocol.Wait, 2),
    ]
    line.done(2)
    await second
    assert not first.done()
    line.done(1)
    await first


async def test_what_was_collected_comes_back(line: Line) -> None:
    """Digits, why it ended and the key that ended it."""
    task = asyncio.create_task(line.leg.collect(protocol.Collect(leg=0, op=0)))
    await turn()
    assert line.told == [protocol.Collect(leg=7, op=1)]
    line.done(1, "finish", digits="12", key="#")
    collected = await task
    assert (collected.digits, collected.why, collected.key) == ("12", "finish", "#")


async def test_a_hang_up_ends_what_waits(line: Line) -> None:
    """The Done of each operation says so before HungUp comes; who waits learns how the leg ended."""
    task = asyncio.create_task(line.leg.play([Silence(ms=10)]))
    await turn()
    line.done(1, "hung_up")
    await turn()
    assert not task.done()
    event = line.hung_up("busy")
    with pytest.raises(HungUp) as gone:
        await task
    assert gone.value.event == event
    assert await line.leg.gone() == event


async def test_nothing_is_asked_of_a_leg_that_is_gone(line: Line) -> None:
    """Operations raise HungUp, ends are no faults, and the switch hears of neither."""
    line.hung_up()
    for operation in (line.leg.play([]), line.leg.wait(1), line.leg.ring(), line.leg.limit(1), line.leg.answer()):
        with pytest.raises(HungUp):
            await operation
    await line.leg.hang_up()
    await line.leg.reject(486)
    await line.leg.unbridge()
    await line.leg.stop(Tape())
    assert line.told == []


async def test_a_cancelled_operation_is_stopped(line: Line) -> None:
    """The Done that follows finds nobody, and disturbs nobody."""
    task = asyncio.create_task(line.leg.play([Silence(ms=10)]))
    await turn()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert line.told[-1] == protocol.Stop(leg=7, op=1)
    line.done(1, "stopped")


async def test_what_the_switch_cannot_do_is_a_fault(line: Line) -> None:
    """The sentence of the switch comes with it."""
    task = asyncio.create_task(line.leg.play([protocol.File(path="/nowhere")]))
    await turn()
    line.done(1, "failed", problem="There is no such file.")
    with pytest.raises(OSError, match="no such file"):
        await task


async def test_an_answer_is_waited_for(line: Line) -> None:
    """Both ways: of a leg that we dial, and of one that we answer; ringing comes before, or with it."""
    early, answered = asyncio.create_task(line.leg.early()), asyncio.create_task(line.leg.answered())
    await turn()
    line.happens(protocol.Early(leg=7, at=0, status=183, media=True))
    assert await early == protocol.Early(leg=7, at=0, status=183, media=True)
    assert not answered.done()
    line.happens(protocol.Answered(leg=7, at=1))
    await answered
    assert line.leg.is_answered
    await line.leg.answer()
    assert line.told == []


async def test_a_leg_that_is_refused_is_not_answered(line: Line) -> None:
    """Who waits for the answer learns why none comes."""
    answered, early = asyncio.create_task(line.leg.answered()), asyncio.create_task(line.leg.early())
    await turn()
    line.hung_up("busy")
    for task in (answered, early):
        with pytest.raises(HungUp) as gone:
            await task
        assert gone.value.event.cause == "busy"


async def test_a_recording_survives_the_hang_up(line: Line) -> None:
    """Its Done has the length: that is a result, no fault; the tape lets others stop it."""
    tape = Tape()
    task = asyncio.create_task(line.leg.record(protocol.Record(leg=0, op=0, path="/r.wav"), tape))
    await turn()
    assert tape.op == 1
    await line.leg.pause(tape)
    await line.leg.resume(tape)
    await line.leg.stop(tape)
    assert [type(told) for told in line.told[1:]] == [
        protocol.PauseRecording,
        protocol.ResumeRecording,
        protocol.Stop,
    ]
    line.happens(Done(leg=7, at=0, op=1, why="hung_up", ms=1_700))
    line.hung_up()
    recorded = await task
    assert (recorded.ms, recorded.why) == (1_700, "hung_up")


async def test_who_watches_hears_of_everything_first(line: Line) -> None:
    """Also of what nobody waits for, such as keys."""
    seen: list[AnyEvent] = []
    line.leg.watch(seen.append)
    events: list[AnyEvent] = [protocol.Key(leg=7, at=0, key="5"), protocol.HungUp(leg=7, at=1, cause="remote")]
    line.happens(*events)
    assert seen == events


async def test_an_ear_hears_until_the_leg_ends(line: Line) -> None:
    """What waits when it ends is heard too; then the switch is told to let go of it."""
    line.audio[1] = [b"ab"]
    async with line.leg.hear("outbound") as ear:
        assert line.told == [protocol.Hear(leg=7, op=1, track="outbound")]
        heard = asyncio.ensure_future(anext(ear))
        await turn()
        assert not heard.done()
        line.happens(protocol.Heard(leg=7, at=0, op=1))
        assert await heard == b"ab"
        line.audio[1] = [b"cd", b"e"]
        line.done(1, "hung_up")
        line.hung_up()
        assert [pcm async for pcm in ear] == [b"cde"]
    assert line.told[-1] == protocol.Stop(leg=7, op=1)


async def test_a_leg_that_cannot_be_heard_is_a_fault(line: Line) -> None:
    """Who listens learns why, and a leg that is gone cannot be listened to at all."""
    async with line.leg.hear() as ear:
        line.done(1, "failed", problem="The leg has no audio.")
        with pytest.raises(OSError, match="no audio"):
            await anext(ear)
    line.hung_up()
    with pytest.raises(HungUp):
        await line.leg.hear().__aenter__()


async def test_a_transfer_tells_what_became_of_it(line: Line) -> None:
    """The answer to REFER and the last status; that the far end hangs up meanwhile is no fault."""
    task = asyncio.create_task(line.leg.refer("sip:c@d", {"X-A": "1"}))
    await turn()
    assert line.told == [protocol.Refer(leg=7, op=1, to="sip:c@d", headers={"X-A": "1"})]
    line.happens(Done(leg=7, at=0, op=1, why="hung_up", answer=202, status=100))
    line.hung_up()
    assert await task == Referral(202, 100)
