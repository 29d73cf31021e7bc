"""A call comes in: whose number it reached, and what answers there."""

import msgspec

from hookflash.domain.account import Account, AccountStatus
from hookflash.domain.call import Call, CallOptions, CallStatus, Direction, Source
from hookflash.domain.numbers import Application, IncomingPhoneNumber
from hookflash.domain.sids import make_sid
from hookflash.store import timeline
from hookflash.store.store import Tx

from .create_call import voice_source


class IncomingCall(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation, as the switch or a handset brought it."""

    sender: str  #: E.164, `sip:user@host`, `client:name`, or a word such as `anonymous`
    recipient: str  #: E.164, or `sip:user@domain`
    carrier: str  #: the trunk, the SIP domain, or "simulated": for the timeline
    sender_name: str = ""
    forwarded_from: str = ""
    params: dict[str, str] = {}  #: for the requests to the application: SipDomain, SipCallId, SipHeader_X-…


class Answerer(msgspec.Struct, frozen=True, kw_only=True):
    """Who answers calls somewhere: whose they are, what they begin with, and who hears of their end."""

    account_sid: str
    source: Source
    phone_number_sid: str | None = None
    application_sid: str | None = None
    status_callback: str | None = None
    status_callback_method: str = "POST"
    shows_name: bool = False  #: whether the application learns the caller's name


class Unwanted(msgspec.Struct, frozen=True):
    """A call that nobody here takes: the SIP status to refuse it with, and why."""

    status: int
    why: str


async def receive_call(
    tx: Tx, incoming: IncomingCall, *, now: int, answerer: Answerer | None = None
) -> Call | Unwanted:
    """The row of `incoming`, `ringing`, whose `options.source` is what it begins with; or why there is none.

    `answerer` is given where the call did not come to a number: to a SIP domain, say.
    """
    answerer = answerer or await answerer_of_number(tx, incoming.recipient)
    if answerer is None:
        return Unwanted(404, "No account here has this number, or not for calls")
    account = await tx.one(Account, "accounts.by_sid", sid=answerer.account_sid)
    if account is None or account.status is not AccountStatus.ACTIVE:
        return Unwanted(403, "The account of this number is not active")
    call = _call(incoming, answerer, now)
    await tx.insert("calls", call)
    tx.tally("call", call.status.value)
    sentence = f"{incoming.carrier} brought it"
    await timeline.record(tx, call.sid, "move", sentence, account_sid=call.account_sid, now=now)
    return call


async def answerer_of_number(tx: Tx, e164: str) -> Answerer | None:
    """Who answers calls to a number; None when it is nobody's here, or takes no calls."""
    number = await tx.one(IncomingPhoneNumber, "numbers.incoming_by_number", number=e164)
    if number is None or not number.capabilities.voice:
        return None
    configured: IncomingPhoneNumber | Application = number
    if number.voice_application_sid:
        application = await tx.one(
            Application, "numbers.application", account_sid=number.account_sid, sid=number.voice_application_sid
        )
        configured = application or number
    return Answerer(
        account_sid=number.account_sid,
        source=voice_source(configured),
        phone_number_sid=number.sid,
        application_sid=configured.sid if isinstance(configured, Application) else None,
        status_callback=configured.status_callback,
        status_callback_method=configured.status_callback_method or "POST",
        shows_name=configured.voice_caller_id_lookup,
    )


async def answerer_of_application(tx: Tx, sid: str) -> Answerer | None:
    """An application that is called as such; None when there is none that takes calls."""
    application = await tx.one(Application, "numbers.application_by_sid", sid=sid)
    if application is None or not application.voice_url:
        return None
    return Answerer(
        account_sid=application.account_sid,
        source=voice_source(application),
        application_sid=application.sid,
        status_callback=application.status_callback,
        status_callback_method=application.status_callback_method or "POST",
    )


def _call(incoming: IncomingCall, answerer: Answerer, now: int) -> Call:
    sid = make_sid("CA", now)
    return Call(
        account_sid=answerer.account_sid,
        sid=sid,
        direction=Direction.INBOUND,
        status=CallStatus.RINGING,
        sender=incoming.sender,
        recipient=incoming.recipient,
        phone_number_sid=answerer.phone_number_sid,
        caller_name=(incoming.sender_name or None) if answerer.shows_name else None,
        forwarded_from=incoming.forwarded_from or None,
        initiated_at=now,
        options=CallOptions(
            source=answerer.source,
            application_sid=answerer.application_sid,
            status_callback=answerer.status_callback,
            status_callback_method=answerer.status_callback_method,
            params={**incoming.params, "CallToken": sid},
        ),
        date_created=now,
        date_updated=now,
    )
