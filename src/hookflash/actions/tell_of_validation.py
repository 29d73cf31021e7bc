"""An application is told whether a number was verified by a call."""

from hookflash.domain.call import Call
from hookflash.store import timeline
from hookflash.store.store import Tx
from hookflash.webhooks.voice import validation_params

from .status_callback import tell_about_call


async def tell_of_validation(tx: Tx, call: Call, *, caller_id_sid: str | None, now: int) -> None:
    """It was, when there is a `caller_id_sid`; otherwise it was not, and will not be by this call."""
    wanted = call.options.validation
    assert wanted is not None, "the call is for that"
    sentence = f"Its number is verified: {caller_id_sid}" if caller_id_sid else "Its number is not verified"
    await timeline.record(tx, call.sid, "note", sentence, account_sid=call.account_sid, now=now)
    if wanted.status_callback:
        await tell_about_call(
            tx,
            call.account_sid,
            call.sid,
            url=wanted.status_callback,
            method=wanted.status_callback_method,
            params=validation_params(call, caller_id_sid=caller_id_sid),
            now=now,
        )
