"""A call of the test credentials: checked as any other, with numbers that bring about each error; nothing is kept.

The numbers are those of the original's page about test credentials.
"""

from hookflash.domain.account import Account
from hookflash.domain.call import Call
from hookflash.errors import ApiError, Code

from .create_call import CreateCall, check_source, new_call, read_pair

VALID_SENDER = "+15005550006"
_SENDERS = {"+15005550001": Code.INVALID_CALL_FROM}
_RECIPIENTS = {
    "+15005550001": Code.DOUBTFUL_NUMBER,
    "+15005550002": Code.CALL_NOT_REACHABLE,
    "+15005550003": Code.VOICE_GEO_PERMISSION,
    "+15005550004": Code.CALL_BLOCKED,
}


def check_test_call(request: CreateCall, *, account: Account, now: int) -> Call:
    """The call that `request` would be, or ApiError with the code that its numbers stand for."""
    callee, sender = read_pair(request)
    blanks = {"to": callee.text, "sender": sender}
    if sender in _SENDERS:
        raise ApiError(_SENDERS[sender], **blanks)
    if sender.startswith("+") and sender != VALID_SENDER:
        raise ApiError(Code.CALLER_NOT_VERIFIED, **blanks)
    if request.application_sid:
        raise ApiError(Code.INVALID_APPLICATION_SID, sid=request.application_sid[:40])
    check_source(request, None)
    if callee.text in _RECIPIENTS:
        raise ApiError(_RECIPIENTS[callee.text], **blanks)
    call = new_call(request, account, callee=callee, sender=sender, application=None, now=now)
    call.account_sid = account.test_sid or account.sid
    return call
