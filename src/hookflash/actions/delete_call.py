"""An application has a call forgotten; its recordings stay until they are deleted themselves."""

from hookflash.domain.call import Call
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx


async def delete_call(tx: Tx, call: Call) -> None:
    """Forget the call and its timeline. Raises ApiError (20009) while it goes on."""
    if not call.is_final:
        raise ApiError(Code.NOT_COMPLETE)
    await tx.run("timeline.delete_subject", subject=call.sid)
    await tx.run("calls.delete", account_sid=call.account_sid, sid=call.sid)
