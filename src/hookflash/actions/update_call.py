"""An application changes a live call: the row here; what only the call's own process can do is returned."""

import msgspec

from hookflash.domain.call import Call, CallStatus, Source
from hookflash.errors import ApiError, Code
from hookflash.store import outbox, timeline
from hookflash.store.store import Tx

from .move_call import move_call, write_options

_S = CallStatus


class UpdateCall(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for; None is left as it is."""

    status: CallStatus | None = None  #: canceled or completed
    source: Source | None = None
    status_callback: str | None = None
    status_callback_method: str | None = None
    time_limit: int | None = None  #: seconds


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """What the process of the call has to do."""

    ends: bool = False
    cancels: bool = False  #: ends, but only what is not answered
    source: Source | None = None
    time_limit: int | None = None


async def update_call(tx: Tx, call: Call, wanted: UpdateCall, *, now: int) -> Live | None:
    """Change the row of `call`; what is left to do on the live call, or None. Raises ApiError (21220)."""
    if call.is_final:
        raise ApiError(Code.NOT_IN_PROGRESS)
    if wanted.status is _S.CANCELED and call.status is _S.IN_PROGRESS:
        raise ApiError(Code.NOT_IN_PROGRESS, "Call is in-progress. Cannot cancel.")
    await _change_options(tx, call, wanted, now)
    if wanted.status is not None:
        return await _end(tx, call, wanted.status, now)
    if call.is_waiting or (wanted.source is None and wanted.time_limit is None):
        return None
    return Live(source=wanted.source, time_limit=wanted.time_limit)


async def _change_options(tx: Tx, call: Call, wanted: UpdateCall, now: int) -> None:
    """A new document counts as the one that the call begins with as long as it is not answered."""
    changes: dict[str, object] = {}
    if wanted.source is not None and call.status is not _S.IN_PROGRESS:
        changes["source"] = wanted.source
    if wanted.status_callback is not None:
        changes["status_callback"] = wanted.status_callback or None
    if wanted.status_callback_method is not None:
        changes["status_callback_method"] = wanted.status_callback_method
    if wanted.time_limit is not None:
        changes["time_limit"] = wanted.time_limit
    if changes:
        call.options = msgspec.structs.replace(call.options, **changes)
        await write_options(tx, call, now=now)


async def _end(tx: Tx, call: Call, status: CallStatus, now: int) -> Live | None:
    if call.is_waiting:
        await outbox.withdraw(tx, "dial", call.sid)
        await move_call(tx, call, _S.CANCELED, now=now, sentence="Canceled by the application before it was dialled")
        return None
    sentence = "The application ends the call"
    await timeline.record(tx, call.sid, "note", sentence, account_sid=call.account_sid, now=now)
    return Live(ends=True, cancels=status is _S.CANCELED)
