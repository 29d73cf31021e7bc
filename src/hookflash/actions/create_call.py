"""A call is asked for by REST: it is checked, becomes a row, and waits for its turn to be dialled.

`create_call` checks in the order in which the original refuses (the REST sheet of calls, section 1).
"""

import msgspec

from hookflash.domain.account import Account, AccountType
from hookflash.domain.call import LONGEST_CALL, Call, CallOptions, CallStatus, Direction, Source
from hookflash.domain.call_address import Callee, CalleeKind, HeaderProblem, is_emergency, parse_callee, parse_caller
from hookflash.domain.clock import HOUR, SECOND
from hookflash.domain.numbers import Application, IncomingPhoneNumber
from hookflash.domain.sids import make_sid
from hookflash.errors import ApiError, Code
from hookflash.store import outbox
from hookflash.store.store import Tx
from hookflash.twiml.problems import TwimlCode

from .check_callee import CallRules, check_callee
from .load_call import load_call
from .raise_alert import raise_alert

QUEUE_LIMIT = 4 * HOUR  #: of dialling that may wait for an account
TRIAL_CALLS = 4  #: at once
TRIAL_SECONDS = 600  #: that a call of a trial account may last

_HEADER_CODES = {
    HeaderProblem.TOO_LONG: Code.SIP_HEADERS_TOO_LONG,
    HeaderProblem.NAME: Code.INVALID_SIP_HEADER_NAME,
    HeaderProblem.VALUE: Code.INVALID_SIP_HEADER_VALUE,
}


class CreateCall(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for, as it was written."""

    to: str = ""
    sender: str = ""
    url: str = ""
    twiml: str = ""
    application_sid: str = ""
    call_token: str = ""
    options: CallOptions | ApiError = CallOptions()  #: or the first option that is wrong: told after all else


async def create_call(tx: Tx, request: CreateCall, *, account: Account, now: int, rules: CallRules) -> Call:
    """Accept a call, or raise ApiError with the code of the first rule it breaks."""
    callee, sender = read_pair(request)
    number = await _own_number(tx, request, account, callee, sender)
    application = await _application(tx, request, account)
    check_source(request, application)
    if callee.kind is CalleeKind.APPLICATION:
        await _check_application(tx, request, callee, account)
    await check_callee(tx, callee, account=account, rules=rules)
    call = new_call(request, account, callee=callee, sender=sender, application=application, now=now)
    call.phone_number_sid = number.sid if number else None
    if account.type is AccountType.TRIAL:
        await _check_trial(tx, account)
    await outbox.add(tx, "dial", call.sid, account_sid=account.sid, due_at=await dialling_slot(tx, account, rules, now))
    await tx.insert("calls", call)
    if request.twiml and (request.url or application is not None):
        sentence = "Twiml is not run: the call has a URL, which goes first"
        await raise_alert(tx, call, level="warning", code=TwimlCode.TWIML_BESIDE_URL, sentence=sentence, now=now)
    return call


def read_pair(request: CreateCall) -> tuple[Callee, str]:
    """Whom the call goes to and who calls. Raises ApiError when one is missing or cannot be read."""
    if not request.to:
        raise ApiError(Code.CALL_TO_REQUIRED)
    if not request.sender:
        raise ApiError(Code.CALL_FROM_REQUIRED)
    if is_emergency(request.to):
        raise ApiError(Code.CALL_BLOCKED, to=request.to)
    callee = parse_callee(request.to)
    if callee is None:
        raise ApiError(Code.INVALID_CALL_TO, to=request.to[:100])
    if callee.problem is not None:
        raise ApiError(_HEADER_CODES[callee.problem])
    sender = parse_caller(request.sender, names=callee.kind is not CalleeKind.PHONE)
    if sender is None:
        raise ApiError(Code.INVALID_CALL_FROM, sender=request.sender[:100])
    return callee, sender


async def _check_application(tx: Tx, request: CreateCall, callee: Callee, account: Account) -> None:
    """Raises ApiError unless the call is for a conference, and the application is there to take it."""
    if not isinstance(request.options, CallOptions) or request.options.conference is None:
        raise ApiError(Code.INVALID_CALL_TO, to=request.to[:100])
    sid = callee.text.removeprefix("app:")
    application = await tx.one(Application, "numbers.application", account_sid=account.sid, sid=sid)
    if application is None or not application.voice_url:
        raise ApiError(Code.CALL_NOT_REACHABLE, to=callee.text)


def check_source(request: CreateCall, application: Application | None) -> None:
    """Whether there is a document to run, or a conference to go to. Raises ApiError."""
    options = request.options
    if isinstance(options, CallOptions) and options.conference is not None:
        return
    if application is not None:
        if not application.voice_url:
            raise ApiError(Code.URL_REQUIRED)
    elif not request.url and not request.twiml:
        raise ApiError(Code.URL_REQUIRED)


def new_call(
    request: CreateCall, account: Account, *, callee: Callee, sender: str, application: Application | None, now: int
) -> Call:
    """The row of a call that passed the checks. Raises ApiError for options that are wrong."""
    if isinstance(request.options, ApiError):
        raise request.options
    longest = TRIAL_SECONDS if account.type is AccountType.TRIAL else LONGEST_CALL
    options = request.options
    options = msgspec.structs.replace(options, sip_headers=callee.headers, time_limit=min(options.time_limit, longest))
    if application is not None:
        options = msgspec.structs.replace(
            options,
            application_sid=application.sid,
            source=voice_source(application),
            status_callback=application.status_callback,
            status_callback_method=application.status_callback_method or "POST",
            status_callback_events=CallOptions().status_callback_events,
        )
    return Call(
        account_sid=account.sid,
        sid=make_sid("CA", now),
        direction=Direction.OUTBOUND_API,
        status=CallStatus.QUEUED,
        sender=sender,
        recipient=callee.text,
        options=options,
        date_created=now,
        date_updated=now,
    )


def voice_source(configured: Application | IncomingPhoneNumber) -> Source:
    """What answers calls where `configured` says."""
    return Source(
        url=configured.voice_url,
        method=configured.voice_method or "POST",
        fallback_url=configured.voice_fallback_url,
        fallback_method=configured.voice_fallback_method or "POST",
    )


async def _own_number(
    tx: Tx, request: CreateCall, account: Account, callee: Callee, sender: str
) -> IncomingPhoneNumber | None:
    """The account's number that calls, if it is one. Raises ApiError when the account may not call as `sender`."""
    if not sender.startswith("+"):
        return None
    number = await tx.one(IncomingPhoneNumber, "numbers.incoming_by_number", number=sender)
    if number is not None and number.account_sid == account.sid and number.capabilities.voice:
        return number
    if callee.kind is CalleeKind.SIP or await _may_show(tx, request, account, sender):
        return None
    raise ApiError(Code.CALLER_NOT_VERIFIED, sender=sender)


async def _may_show(tx: Tx, request: CreateCall, account: Account, sender: str) -> bool:
    """Whether the number was verified, or is that of a caller whose call is being forwarded."""
    if await tx.value("numbers.verified", account_sid=account.sid, number=sender):
        return True
    if not request.call_token:
        return False
    forwarded = await load_call(tx, account.sid, request.call_token)
    return forwarded is not None and forwarded.direction is Direction.INBOUND and forwarded.sender == sender


async def _application(tx: Tx, request: CreateCall, account: Account) -> Application | None:
    if not request.application_sid:
        return None
    sid = request.application_sid
    application = await tx.one(Application, "numbers.application", account_sid=account.sid, sid=sid)
    if application is None:
        raise ApiError(Code.INVALID_APPLICATION_SID, sid=sid[:40])
    return application


async def _check_trial(tx: Tx, account: Account) -> None:
    if await tx.value("calls.live_count", account_sid=account.sid) >= TRIAL_CALLS:
        raise ApiError(Code.TOO_MANY_TRIAL_CALLS, limit=TRIAL_CALLS)


async def dialling_slot(tx: Tx, account: Account, rules: CallRules, now: int) -> int:
    """When the call may leave: an account dials so many a second. Raises ApiError when too many wait."""
    rate = account.settings.calls_per_second or rules.calls_per_second
    due = max(now, await tx.value("calls.next_slot", account_sid=account.sid) or 0)
    if due - now > QUEUE_LIMIT:
        raise ApiError(Code.CALL_QUEUE_FULL, rate=f"{rate:g}")
    await tx.run("calls.set_next_slot", account_sid=account.sid, next_slot=due + round(SECOND / rate))
    return due
