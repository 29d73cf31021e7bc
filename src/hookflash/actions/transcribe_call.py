"""The live text of a call: its row, and the events that its application is told, numbered and in order.

The events of one transcription are a lane of the outbox: each is posted once the one before was.
"""

from hookflash.domain.call import Call
from hookflash.domain.sids import make_sid
from hookflash.domain.transcription import LiveOptions, LiveStatus, LiveTranscription
from hookflash.store import timeline
from hookflash.store.store import Tx
from hookflash.webhooks.transcriptions import Event, Stopped, event_params

from .status_callback import tell_about_call


async def start_live_transcription(
    tx: Tx, call: Call, options: LiveOptions, *, name: str | None, now: int
) -> LiveTranscription:
    """The row of a transcription of `call` that begins now."""
    row = LiveTranscription(
        account_sid=call.account_sid,
        sid=make_sid("GT", now),
        call_sid=call.sid,
        name=name,
        options=options,
        date_created=now,
        date_updated=now,
    )
    await tx.insert("live_transcriptions", row)
    await timeline.record(tx, call.sid, "note", f"Transcription {row.sid} begins", account_sid=row.account_sid, now=now)
    return row


async def tell_transcription(tx: Tx, row: LiveTranscription, event: Event, *, now: int) -> LiveTranscription:
    """Something came of a transcription: its application is told. Returns the row, as another may have left it."""
    current = await load_live_transcription(tx, row.account_sid, row.sid)
    if current is None or current.status is LiveStatus.STOPPED:
        return current or row
    current.sequence += 1
    current.date_updated = now
    if isinstance(event, Stopped):
        current.status = LiveStatus.STOPPED
        sentence = f"Transcription {row.sid} has stopped"
        await timeline.record(tx, row.call_sid, "note", sentence, account_sid=row.account_sid, now=now)
    await tx.run(
        "transcriptions.told",
        account_sid=row.account_sid,
        sid=row.sid,
        sequence=current.sequence,
        status=current.status.value,
        now=now,
    )
    if row.options.status_callback:
        await tell_about_call(
            tx,
            row.account_sid,
            row.call_sid,
            url=row.options.status_callback,
            method=row.options.status_callback_method,
            params=event_params(current, event, at=now),
            now=now,
            lane=row.sid,
        )
    return current


async def stop_lost_transcriptions(tx: Tx, *, now: int) -> None:
    """At the start, after a process has died: nobody listens any more."""
    for row in await tx.all(LiveTranscription, "transcriptions.live"):
        await tell_transcription(tx, row, Stopped(), now=now)


async def load_live_transcription(tx: Tx, account_sid: str, sid: str) -> LiveTranscription | None:
    """The transcription `sid` of an account; None when there is none."""
    return await tx.one(LiveTranscription, "transcriptions.live_by_sid", account_sid=account_sid, sid=sid)


async def find_live_transcription(tx: Tx, account_sid: str, call_sid: str, name: str) -> LiveTranscription | None:
    """The one of a call that goes by a SID or by a name; None when there is none."""
    row = await load_live_transcription(tx, account_sid, name)
    if row is not None and row.call_sid == call_sid:
        return row
    return await tx.one(
        LiveTranscription, "transcriptions.live_by_name", account_sid=account_sid, call_sid=call_sid, name=name
    )
