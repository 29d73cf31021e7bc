"""How the simulated network vouches for the number that a call shows, as a carrier would (STIR/SHAKEN, ATIS-1000074).

Other networks sign by themselves, or not at all: of theirs nothing is known here.
"""

from hookflash.domain.call import Call, Direction
from hookflash.store.store import Tx


async def attest_caller(tx: Tx, call: Call) -> str | None:
    """A for a number that is the account's own or verified, B for another's; None where no two numbers speak."""
    if call.direction is Direction.INBOUND or not (call.sender.startswith("+") and call.recipient.startswith("+")):
        return None
    shown = call.options.caller_id or call.sender
    is_theirs = await tx.value("numbers.own_or_verified", account_sid=call.account_sid, number=shown)
    return "A" if is_theirs else "B"
