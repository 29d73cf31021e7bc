"""Every code with which calls and recordings refuse, provoked by a request."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.scenarios.calls_support import PERSON, Stage, stage
from tests.scenarios.rest_support import Reply
from tests.unit.api.provoked import VOICE

from hookflash.actions.enter_queue import enter_queue
from hookflash.domain.account import AccountSettings, AccountType
from hookflash.domain.call import CallStatus
from hookflash.errors import Code
from hookflash.store.store import Tx

Provoke = Callable[[Stage], Awaitable[Reply]]
CASES: dict[Code, Provoke] = {}


def calls(code: Code, **form: str) -> None:
    CASES[code] = lambda here: here.call(**form)


def tries(code: Code, **form: str) -> None:
    """With the test credentials and their magic numbers."""
    wanted = {"To": PERSON, "From": "+15005550006", "Url": "https://app.example/", **form}
    CASES[code] = lambda here: here.api.test.post("~/Calls.json", **wanted)


def provokes(code: Code) -> Callable[[Provoke], Provoke]:
    def add(case: Provoke) -> Provoke:
        assert code not in CASES
        CASES[code] = case
        return case

    return add


calls(Code.CALL_TO_REQUIRED, To="")
calls(Code.CALL_FROM_REQUIRED, From="")
calls(Code.INVALID_CALL_TO, To="+1415")
calls(Code.INVALID_CALL_FROM, From="+1415")
calls(Code.CALLER_NOT_VERIFIED, From="+14155550999")
calls(Code.URL_REQUIRED, Url="")
calls(Code.INVALID_CALL_URL, Url="nowhere")
calls(Code.PREMIUM_NUMBER, To="+19005551212")
calls(Code.INVALID_SEND_DIGITS, SendDigits="12x")
calls(Code.INVALID_IF_MACHINE, IfMachine="Wait")
calls(Code.INVALID_TIMEOUT, Timeout="601")
calls(Code.INVALID_CALL_METHOD, Method="PATCH")
calls(Code.SIP_USERNAME_TOO_LONG, SipAuthUsername="x" * 256)
calls(Code.INVALID_SIP_USERNAME, SipAuthUsername='a"b')
calls(Code.SIP_PASSWORD_TOO_LONG, SipAuthUsername="a", SipAuthPassword="x" * 256)
calls(Code.INVALID_SIP_PASSWORD, SipAuthUsername="a", SipAuthPassword="a\r\nb")
calls(Code.SIP_CREDENTIALS_INCOMPLETE, SipAuthUsername="a")
calls(Code.SIP_HEADERS_TOO_LONG, To="sip:a@b.example?X-a=" + "x" * 1_100)
calls(Code.INVALID_SIP_HEADER_NAME, To="sip:a@b.example?Via=x")
calls(Code.INVALID_SIP_HEADER_VALUE, To="sip:a@b.example?X-a=%0a")
calls(Code.INVALID_MACHINE_DETECTION, MachineDetection="Maybe")
calls(Code.ASYNC_AMD_WITHOUT_CALLBACK, MachineDetection="Enable", AsyncAmd="true")
calls(Code.AMD_OUT_OF_RANGE, MachineDetection="Enable", MachineDetectionSpeechThreshold="999")
tries(Code.DOUBTFUL_NUMBER, To="+15005550001")
tries(Code.CALL_NOT_REACHABLE, To="+15005550002")
tries(Code.CALL_BLOCKED, To="+15005550004")


@provokes(Code.VOICE_GEO_PERMISSION)
async def abroad(here: Stage) -> Reply:
    await here.api.operator_sets(here.api.sid, settings=AccountSettings(voice_countries=("US",)))
    return await here.call(To="+442079460018")


@provokes(Code.TRIAL_CALL_UNVERIFIED)
async def on_trial(here: Stage) -> Reply:
    await here.api.operator_sets(here.api.sid, type=AccountType.TRIAL)
    return await here.call()


@provokes(Code.TOO_MANY_TRIAL_CALLS)
async def many_on_trial(here: Stage) -> Reply:
    await here.api.operator_sets(here.api.sid, type=AccountType.TRIAL)
    replies = [await here.call(To=str(here.api.server.ready["numbers"][1])) for _ in range(5)]  # type: ignore[index]
    assert [reply.status for reply in replies[:-1]] == [201] * 4
    return replies[-1]


@provokes(Code.CALL_QUEUE_FULL)
async def full(here: Stage) -> Reply:
    await here.api.operator_sets(here.api.sid, settings=AccountSettings(calls_per_second=0.00005))
    await here.call()
    return await here.call()


@provokes(Code.NOT_IN_PROGRESS)
async def too_late(here: Stage) -> Reply:
    sid = (await here.call()).json["sid"]
    await here.api.post(f"~/Calls/{sid}.json", Status="canceled")
    return await here.api.post(f"~/Calls/{sid}.json", Url="https://app.example/other")


@provokes(Code.CHANNELS_NOT_AVAILABLE)
async def second_channel(here: Stage) -> Reply:
    recording = await here.calls.recorded()
    return await here.api.get(f"~/Recordings/{recording.sid}.wav", RequestedChannels="2")


async def invited(here: Stage, room: str = "room", **form: str) -> Reply:
    """Somebody is called into a conference."""
    wanted = {"To": PERSON, "From": str(here.api.server.ready["numbers"][0]), **form}  # type: ignore[index]
    return await here.api.post(f"~/Conferences/{room}/Participants.json", **wanted)


CASES[Code.INVALID_LABEL] = lambda here: invited(here, Label="a/b")
CASES[Code.CONFERENCE_OVER] = lambda here: invited(here, "CF" + "0" * 32)
CASES[Code.COACHED_ABSENT] = lambda here: invited(here, CallSidToCoach="CA" + "0" * 32)


@provokes(Code.LABEL_IN_USE)
async def same_label(here: Stage) -> Reply:
    assert (await invited(here, Label="agent")).status == 201
    return await invited(here, Label="agent")


@provokes(Code.CONFERENCE_FULL)
async def third_of_two(here: Stage) -> Reply:
    replies = [await invited(here, MaxParticipants="2") for _ in range(3)]
    assert [reply.status for reply in replies[:-1]] == [201] * 2
    return replies[-1]


@provokes(Code.COACHED_ON_HOLD)
async def coached_on_hold(here: Stage) -> Reply:
    coached = (await invited(here)).json["call_sid"]
    held = "UPDATE conference_participants SET hold = 1, joined_at = 1"

    async def hold(tx: Tx) -> None:
        await tx.execute(held)

    await here.api.server.exchange.store.write(hold)
    return await invited(here, CallSidToCoach=coached)


@provokes(Code.QUEUE_NAME_TAKEN)
async def taken(here: Stage) -> Reply:
    await here.api.post("~/Queues.json", FriendlyName="support")
    return await here.api.post("~/Queues.json", FriendlyName="support")


@provokes(Code.QUEUE_NOT_EMPTY)
async def waited_in(here: Stage) -> Reply:
    call = await here.calls.move((await here.call()).json["sid"], CallStatus.IN_PROGRESS)
    store = here.api.server.exchange.store
    queue, _ = await store.write(enter_queue, call, "support", max_size=None, now=call.date_updated)
    return await here.api.delete(f"~/Queues/{queue.sid}.json")


@pytest.mark.parametrize("code", sorted(VOICE, key=str))
async def test_each_code_can_be_provoked(code: Code, tmp_path: Path) -> None:
    """A code nobody can trigger is dead; a refusal without a code is a bug."""
    async with stage(tmp_path) as here:
        reply = await CASES[code](here)
    status = reply.status
    found = reply.json["code"] if reply.headers["Content-Type"].startswith("application/json") else _code(reply.text)
    assert (found, status) == (code.number, code.status)


def _code(xml: str) -> int:
    return int(xml.partition("<Code>")[2].partition("</Code>")[0])


def test_the_table_is_whole() -> None:
    """One request for each code, and no more."""
    assert set(CASES) == VOICE
