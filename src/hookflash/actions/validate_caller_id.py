"""A number is verified by a call: whoever takes it presses the code that the account was shown.

The call is asked for here, and here its end is kept: the number becomes an OutgoingCallerId of the account.
"""

import msgspec

from hookflash.domain.account import Account
from hookflash.domain.call import Call, CallOptions, CallStatus, Direction, Validation
from hookflash.domain.call_address import CalleeKind, is_emergency, parse_callee
from hookflash.domain.clock import SECOND
from hookflash.domain.numbers import IncomingPhoneNumber, OutgoingCallerId
from hookflash.domain.phone_numbers import national_format
from hookflash.domain.sids import make_sid
from hookflash.errors import ApiError, Code
from hookflash.store import outbox
from hookflash.store.store import Tx

from .check_callee import CallRules, check_number
from .create_call import dialling_slot
from .load_call import load_call
from .move_call import write_options
from .tell_of_validation import tell_of_validation

WITHHELD = "anonymous"  #: who calls for an account that has no number yet


class ValidateCallerId(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for."""

    number: str  #: as it was written
    code: str  #: that is to be pressed
    friendly_name: str = ""
    delay: int = 0  #: seconds until the call
    extension: str = ""  #: keys that are pressed once it is answered
    status_callback: str | None = None
    status_callback_method: str = "POST"


async def validate_caller_id(
    tx: Tx, request: ValidateCallerId, *, account: Account, now: int, rules: CallRules
) -> Call:
    """The call that is going to ask for the code. Raises ApiError (21401, 21450, 21453, 21202, 21215)."""
    number = _number(request.number)
    if await tx.value("numbers.verified", account_sid=account.sid, number=number):
        raise ApiError(Code.NUMBER_ALREADY_VERIFIED)
    if await tx.value("numbers.verified_elsewhere", account_sid=account.sid, number=number):
        raise ApiError(Code.NUMBER_VERIFIED_ELSEWHERE)
    check_number(number, account=account, rules=rules)
    call = _call(request, account, number, sender=await _sender(tx, account), now=now)
    due_at = await dialling_slot(tx, account, rules, now)
    await outbox.add(tx, "dial", call.sid, account_sid=account.sid, due_at=due_at + request.delay * SECOND)
    await tx.insert("calls", call)
    return call


async def take_for_verified(tx: Tx, account_sid: str, call_sid: str, *, now: int) -> bool:
    """The right code was pressed on the call; False when another account was faster, so that nothing comes of it."""
    call = await load_call(tx, account_sid, call_sid)
    wanted = call.options.validation if call is not None else None
    if call is None or wanted is None:
        return False
    if wanted.is_done:
        return True
    if await tx.value("numbers.verified_elsewhere", account_sid=account_sid, number=call.recipient):
        return False
    caller = await tx.one(OutgoingCallerId, "numbers.caller_id", account_sid=account_sid, number=call.recipient)
    if caller is None:
        caller = OutgoingCallerId(
            account_sid=account_sid,
            sid=make_sid("PN", now),
            phone_number=call.recipient,
            friendly_name=wanted.friendly_name,
            date_created=now,
            date_updated=now,
        )
        await tx.insert("outgoing_caller_ids", caller)
    done = msgspec.structs.replace(wanted, is_done=True)
    call.options = msgspec.structs.replace(call.options, validation=done)
    await write_options(tx, call, now=now)
    await tell_of_validation(tx, call, caller_id_sid=caller.sid, now=now)
    return True


def _number(text: str) -> str:
    callee = parse_callee(text)
    if callee is None or callee.kind is not CalleeKind.PHONE or is_emergency(text):
        raise ApiError(Code.INVALID_CALLER_ID, number=text[:40])
    return callee.text


async def _sender(tx: Tx, account: Account) -> str:
    """A number of the account that can call, if it has one."""
    numbers = await tx.all(IncomingPhoneNumber, "numbers.incoming_of_account", account_sid=account.sid)
    return next((number.phone_number for number in numbers if number.capabilities.voice), WITHHELD)


def _call(request: ValidateCallerId, account: Account, number: str, *, sender: str, now: int) -> Call:
    validation = Validation(
        code=request.code,
        friendly_name=request.friendly_name or national_format(number),
        status_callback=request.status_callback,
        status_callback_method=request.status_callback_method,
    )
    return Call(
        account_sid=account.sid,
        sid=make_sid("CA", now),
        direction=Direction.OUTBOUND_API,
        status=CallStatus.QUEUED,
        sender=sender,
        recipient=number,
        options=CallOptions(validation=validation, send_digits=request.extension or None),
        date_created=now,
        date_updated=now,
    )
