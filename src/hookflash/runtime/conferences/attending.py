"""A call takes part in a conference: from its coming to whatever ends that."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec.structs import replace

from hookflash.domain.conference import Admission, ConferenceEvent, ConferenceOptions, LeaveReason, Seat
from hookflash.domain.recording import RecordOptions
from hookflash.runtime.calls.bridging import Bridge
from hookflash.runtime.calls.races import surely
from hookflash.runtime.calls.tapes import record_options
from hookflash.switch.leg import HungUp
from hookflash.twiml.conferring import ConferencePlan
from hookflash.twiml.voice import Dialled, TalkPlan

if TYPE_CHECKING:
    from hookflash.runtime.calls.script import Script

    from .live_conference import LiveConference
    from .member import Member

Entering: TypeAlias = "Coroutine[Any, Any, tuple[LiveConference, Member]]"


async def attend_named(script: "Script", plan: ConferencePlan, talk: TalkPlan) -> Dialled:
    """The conference that a document names. Raises NotAdmittedError."""
    call = script.call
    entering = call.parts.conferences.enter(call, plan.name, _seat(script, plan), _options(script, plan))
    return await _attend(script, entering, talk)


async def attend_admitted(script: "Script", admission: Admission) -> Dialled:
    """The conference that REST made the call for. Raises NotAdmittedError."""
    call = script.call
    entering = call.parts.conferences.enter_admitted(call, admission)
    return await _attend(script, entering, TalkPlan(limit_ms=call.row.options.time_limit * 1_000))


async def _attend(script: "Script", entering: Entering, talk: TalkPlan) -> Dialled:
    call, bridge = script.call, Bridge(script, talk)
    await call.answer()
    conference, member = await entering
    call.diary.note(f"Takes part in {conference.row.sid}")
    reason = LeaveReason.UPDATED  # what cancels this sends the call elsewhere
    try:
        await bridge.last(member.dismissed())
        reason = member.out.result() if member.out.done() else LeaveReason.HUNG_UP
    except HungUp:
        reason = LeaveReason.HUNG_UP
    finally:
        recording_url = await surely(_part(conference, member, reason, bridge))
    return Dialled(status="answered", bridged=True, recording_url=recording_url)


async def _part(conference: "LiveConference", member: "Member", reason: LeaveReason, bridge: Bridge) -> str | None:
    await conference.leave(member, reason)
    return await bridge.over()


def _seat(script: "Script", plan: ConferencePlan) -> Seat:
    return replace(plan.seat, wait_url=script.absolute(plan.seat.wait_url))


def _options(script: "Script", plan: ConferencePlan) -> ConferenceOptions:
    return replace(
        plan.options,
        recording=_recording(script, plan),
        status_callback=script.absolute(plan.callback.url) or None,
        status_callback_method=plan.callback.method,
        status_callback_events=tuple(ConferenceEvent(event) for event in plan.callback.events),
        event_callback_url=script.absolute(plan.event_callback_url) or None,
    )


def _recording(script: "Script", plan: ConferencePlan) -> RecordOptions:
    url = script.absolute(plan.recording_callback.url)
    return record_options(plan.recording_callback, url, channels=1, track="both", trim=plan.trim)
