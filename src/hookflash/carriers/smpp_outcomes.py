"""What the words of an SMPP carrier mean for a message: statuses of answers, states of receipts, our error codes."""

from hookflash.carriers.carrier import CarrierBusyError, CarrierRefusedError, Receipt
from hookflash.wire.smpp.receipts import DeliveryReceipt, MessageState
from hookflash.wire.smpp.status import CommandStatus, describe

UNREACHABLE = 30003
BLOCKED = 30004
UNKNOWN_HANDSET = 30005
LANDLINE = 30006
FILTERED = 30007
UNKNOWN_ERROR = 30008
TOO_BIG = 30019

RETRY_AFTER = 1_000  # ms, after a refusal that names no time and is not a throttling

_S = CommandStatus

#: Answers after which the same message may be tried again.
_FOR_NOW = frozenset({_S.ESME_RTHROTTLED, _S.ESME_RMSGQFUL, _S.ESME_RSYSERR, _S.ESME_RX_T_APPN, _S.ESME_RINVBNDSTS})

_REFUSALS: dict[int, int] = {
    _S.ESME_RINVMSGLEN: TOO_BIG,
    _S.ESME_RINVDSTADR: UNKNOWN_HANDSET,
    _S.ESME_RINVDSTTON: UNKNOWN_HANDSET,
    _S.ESME_RINVDSTNPI: UNKNOWN_HANDSET,
    _S.ESME_RINVNUMDESTS: UNKNOWN_HANDSET,
    _S.ESME_RINVSRCADR: FILTERED,
    _S.ESME_RINVSRCTON: FILTERED,
    _S.ESME_RINVSRCNPI: FILTERED,
    _S.ESME_RX_R_APPN: FILTERED,
    _S.ESME_RDELIVERYFAILURE: UNREACHABLE,
}

_STATUSES = {
    MessageState.DELIVERED: ("delivered", None),
    MessageState.EXPIRED: ("undelivered", UNREACHABLE),
    MessageState.UNDELIVERABLE: ("undelivered", UNKNOWN_ERROR),
    MessageState.DELETED: ("undelivered", UNKNOWN_ERROR),
    MessageState.REJECTED: ("undelivered", FILTERED),
}  # the others, and words that nobody knows, say nothing final: the message stays as it is

_GSM_NETWORK = 3  # type of network in network_error_code

#: Errors of a GSM network (3GPP TS 29.002 §17.6.6).
_GSM_ERRORS = {
    1: UNKNOWN_HANDSET,  # unknown subscriber
    5: UNKNOWN_HANDSET,  # unidentified subscriber
    6: UNREACHABLE,  # absent subscriber
    9: UNKNOWN_HANDSET,  # illegal subscriber
    11: LANDLINE,  # no service for texts
    13: BLOCKED,  # call barred
    21: LANDLINE,  # facility not supported
    27: UNREACHABLE,  # absent subscriber
    31: UNREACHABLE,  # busy
    32: UNREACHABLE,  # delivery failed
}


def objection(status: int, throttled: int) -> CarrierBusyError | CarrierRefusedError:
    """What to raise for an answer with this command_status; the bind is throttled for `throttled` ms more."""
    reason = f"the carrier answered {describe(status)}"
    if status in _FOR_NOW:
        return CarrierBusyError(reason, retry_after=throttled or RETRY_AFTER)
    return CarrierRefusedError(reason, error_code=_REFUSALS.get(status, UNKNOWN_ERROR))


def receipt_of(heard: DeliveryReceipt, *, carrier: str, carrier_id: str, error_codes: dict[str, int]) -> Receipt:
    """The receipt as the exchange knows it; `error_codes` are the carrier's own by their `err:`."""
    status, error_code = _STATUSES.get(heard.state, ("sent", None))
    if error_code is not None:
        error_code = error_codes.get(heard.error) or _network_error(heard) or error_code
    return Receipt(
        carrier=carrier,
        carrier_id=carrier_id,
        status=status,
        error_code=error_code,
        done_at=heard.done_at,
        detail=_detail(heard),
    )


def _network_error(heard: DeliveryReceipt) -> int | None:
    if heard.network_error is None or heard.network_error[0] != _GSM_NETWORK:
        return None
    return _GSM_ERRORS.get(heard.network_error[1])


def _detail(heard: DeliveryReceipt) -> str:
    """The receipt without `text:`, which is the beginning of somebody's message."""
    words = [f"id:{heard.id}", f"stat:{heard.state.name}"]
    if heard.error:
        words.append(f"err:{heard.error}")
    if heard.network_error is not None:
        words.append("network_error:{}/{}".format(*heard.network_error))
    if heard.done_at:
        words.append(f"done date:{heard.done_at}")
    return " ".join(words)
