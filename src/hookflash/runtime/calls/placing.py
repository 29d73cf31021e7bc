"""A call gets its leg, or its row says why it has none."""

import structlog

from hookflash.actions.attest_caller import attest_caller
from hookflash.actions.load_call import load_call
from hookflash.actions.move_call import move_call
from hookflash.domain.call import Call, CallStatus, may_move
from hookflash.store.store import Tx
from hookflash.switch.leg import Leg

from .ends import refused_with
from .ledger import Ledger
from .parts import NoWayError, Parts

log = structlog.get_logger()


async def place(
    parts: Parts, ledger: Ledger, row: Call, *, ring_ms: int, beside: Leg | None = None
) -> Leg | CallStatus:
    """A leg that is being dialled for the call of `row`; how its row ends when there is no way to whom it is for.

    `beside` is the leg that it is going to be joined with.
    """
    try:
        return await parts.places.dial(row, ring_ms=ring_ms, beside=beside)
    except NoWayError as error:
        sentence, status = error.sentence, error.status or None
    except Exception:
        log.exception("a call could not be placed", sid=row.sid)
        sentence, status = "Something of this platform failed; its log says what", None
    now = parts.clock.now()
    final = refused_with(status or 0)
    ledger.add(move_row, row.account_sid, row.sid, final, now=now, sentence=sentence, sip_status=status)
    return final


async def move_row(
    tx: Tx,
    account_sid: str,
    sid: str,
    to: CallStatus,
    *,
    now: int,
    sentence: str,
    sip_status: int | None = None,
    is_simulated: bool = False,
) -> None:
    """Move the call `sid`, as its row is now, unless it cannot go there any more.

    `is_simulated`: the simulated network carries it, and vouches for its caller.
    """
    call = await load_call(tx, account_sid, sid)
    if call is None or not may_move(call.status, to):
        return
    stir_status = await attest_caller(tx, call) if is_simulated and call.options.status_callback else None
    await move_call(tx, call, to, now=now, sentence=sentence, sip_status=sip_status, stir_status=stir_status)
