"""Whether an account may call somebody at all: the same for calls of REST and for those that a <Dial> makes."""

from typing import NamedTuple

from hookflash.domain.account import Account, AccountType
from hookflash.domain.call import USUAL_LONGEST
from hookflash.domain.call_address import Callee, CalleeKind, is_emergency, is_premium
from hookflash.domain.phone_numbers import region_of
from hookflash.errors import ApiError, Code
from hookflash.store.store import Tx


class CallRules(NamedTuple):
    """What holds for accounts that have no setting of their own."""

    calls_per_second: float
    countries: tuple[str, ...] | None = None  #: ISO codes that may be called; None allows all
    longest_call: int = USUAL_LONGEST  #: seconds from answer to the end


async def check_callee(tx: Tx, callee: Callee, *, account: Account, rules: CallRules) -> None:
    """Raises ApiError (21219, 21202, 21215, 21214) when `account` may not call `callee`."""
    if callee.kind is CalleeKind.SIM:
        raise ApiError(Code.CALL_NOT_REACHABLE, to=callee.text[:100])
    if callee.kind is not CalleeKind.PHONE or is_emergency(callee.text):
        return  # whether emergency numbers are dialled is a matter of trunks
    to = callee.text
    if account.type is AccountType.TRIAL and not await tx.value(
        "numbers.own_or_verified", account_sid=account.sid, number=to
    ):
        raise ApiError(Code.TRIAL_CALL_UNVERIFIED, to=to)
    check_number(to, account=account, rules=rules)


def check_number(to: str, *, account: Account, rules: CallRules) -> None:
    """Raises ApiError (21202, 21215) when nobody of this account may call the number."""
    if is_premium(to):
        raise ApiError(Code.PREMIUM_NUMBER, to=to)
    allowed = account.settings.voice_countries if account.settings.voice_countries is not None else rules.countries
    if allowed is not None and region_of(to) not in allowed:
        raise ApiError(Code.VOICE_GEO_PERMISSION, to=to)
