"""A <Dial> calls somebody: a call of its own, below the one whose document asks for it."""

from hookflash.domain.account import Account
from hookflash.domain.call import Call, CallOptions, CallStatus, Direction
from hookflash.domain.call_address import Callee
from hookflash.domain.sids import make_sid
from hookflash.store import timeline
from hookflash.store.store import Tx

from .check_callee import CallRules, check_callee
from .move_call import start_dialling


async def create_child_call(
    tx: Tx, parent: Call, callee: Callee, *, sender: str, options: CallOptions, rules: CallRules, now: int
) -> Call:
    """A call that is dialled at once, and `initiated`. Raises ApiError when the account may not call `callee`."""
    account = await tx.one(Account, "accounts.by_sid", sid=parent.account_sid)
    assert account is not None, "a call has an account"
    await check_callee(tx, callee, account=account, rules=rules)
    call = Call(
        account_sid=parent.account_sid,
        sid=make_sid("CA", now),
        parent_call_sid=parent.sid,
        direction=Direction.OUTBOUND_DIAL,
        status=CallStatus.QUEUED,
        sender=sender,
        recipient=callee.text,
        options=options,
        date_created=now,
        date_updated=now,
    )
    await tx.insert("calls", call)
    await start_dialling(tx, call, now=now)
    sentence = f"Calls {call.sid}"
    await timeline.record(tx, parent.sid, "note", sentence, account_sid=parent.account_sid, now=now)
    return call
