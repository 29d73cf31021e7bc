"""Delivery receipts: what a deliver_sm says about a message sent before, in text or in TLVs (SMPP 3.4 §5.3.2, App. B).

The text form was never standardised. What the appendix shows is read in any order and case, with or without spaces
around the colons, with fields missing; the TLVs win where both are there, for they are exact.
"""

import re
from enum import Enum, StrEnum

import msgspec

from hookflash.wire.smpp.pdu import DataSm, DeliverSm, Tag, tlv

_TYPE_BITS = 0x3C  # of esm_class: what kind of message this is
_RECEIPT_TYPES = (0x04, 0x08, 0x20)  # receipt of the centre, acknowledgement of the handset, intermediate notification

_FIELD = re.compile(r"(?<![a-z0-9])(id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat|err|text)\s*[:=]\s*", re.IGNORECASE)

#: The form of the appendix to the letter, which most carriers write: read at once, in a tenth of the time.
_USUAL = re.compile(
    "id:{0} sub:{0} dlvrd:{0} submit date:{0} done date:{0} stat:{0} err:{0} text:(.*)".format(r"([^\s:=,;\0]*)"),
    re.IGNORECASE | re.DOTALL,
)
_USUAL_NAMES = ("id", "sub", "dlvrd", "submitdate", "donedate", "stat", "err", "text")

_HEX = re.compile("[0-9a-fA-F]{1,64}")
_DECIMAL = re.compile("[0-9]{1,64}")


class MessageState(Enum):
    """message_state (SMPP 3.4 §5.2.28), with the words of the text form."""

    SCHEDULED = 0
    ENROUTE = 1
    DELIVERED = 2
    EXPIRED = 3
    DELETED = 4
    UNDELIVERABLE = 5
    ACCEPTED = 6
    UNKNOWN = 7
    REJECTED = 8


_STATES = {
    "scheduled": MessageState.SCHEDULED,
    "enroute": MessageState.ENROUTE,
    "buffered": MessageState.ENROUTE,
    "buffred": MessageState.ENROUTE,
    "acked": MessageState.ENROUTE,
    "delivrd": MessageState.DELIVERED,
    "delivered": MessageState.DELIVERED,
    "expired": MessageState.EXPIRED,
    "deleted": MessageState.DELETED,
    "undeliv": MessageState.UNDELIVERABLE,
    "undelivered": MessageState.UNDELIVERABLE,
    "undeliverable": MessageState.UNDELIVERABLE,
    "failed": MessageState.UNDELIVERABLE,
    "acceptd": MessageState.ACCEPTED,
    "accepted": MessageState.ACCEPTED,
    "unknown": MessageState.UNKNOWN,
    "rejectd": MessageState.REJECTED,
    "rejected": MessageState.REJECTED,
}
_STATES_BY_NUMBER = {state.value: state for state in MessageState}


class DeliveryReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt says; a field that it does not have is empty."""

    id: str
    state: MessageState  #: UNKNOWN also for words that nobody knows
    error: str = ""  #: the carrier's own code, as it stands after `err:`
    network_error: tuple[int, int] | None = None  #: type of the network (3: GSM) and its code
    submitted_at: str = ""  #: YYMMDDhhmm, as a rule
    done_at: str = ""
    text: str = ""  #: all of the text form, or empty


def read_receipt(body: DeliverSm | DataSm, text: str) -> DeliveryReceipt | None:
    """The receipt that this PDU with this decoded `text` is, or None if it is a message.

    A PDU that is not marked as a receipt by its esm_class is one only when TLVs say so: text alone could be forged by
    whoever can write a message. One that is marked, but names no id, is a receipt of nothing: its `id` is empty.
    """
    state = _state_tlv(body)
    named = tlv(body.tlvs, Tag.RECEIPTED_MESSAGE_ID)
    marked = body.esm_class & _TYPE_BITS in _RECEIPT_TYPES
    if not marked and (state is None or named is None):
        return None
    fields = parse_text(text)
    return DeliveryReceipt(
        id=_c_string(named) if named else fields.get("id", ""),
        state=state or _STATES.get(fields.get("stat", "").lower(), MessageState.UNKNOWN),
        error=fields.get("err", ""),
        network_error=_network_error(body),
        submitted_at=fields.get("submitdate", ""),
        done_at=fields.get("donedate", ""),
        text=text,
    )


def parse_text(text: str) -> dict[str, str]:
    """The fields of the text form by their names in lower case, without spaces; the first of each name counts.

    What follows `text:` is the beginning of the message itself: nothing in it is a field.
    """
    if usual := _USUAL.fullmatch(text):
        return dict(zip(_USUAL_NAMES, usual.groups(), strict=True))
    fields: dict[str, str] = {}
    matches = list(_FIELD.finditer(text))
    ends = [*(match.start() for match in matches[1:]), len(text)]
    for match, end in zip(matches, ends, strict=False):
        name = match[1].lower().replace(" ", "").replace("_", "")
        if name == "text":
            fields.setdefault(name, text[match.end() :])
            break
        fields.setdefault(name, text[match.end() : end].strip(" \t\r\n,;\0"))
    return fields


class IdFormat(StrEnum):
    """How the ids in submit_sm_resp and in receipts of one carrier relate."""

    SAME = "same"  #: compared as they are
    HEX_DECIMAL = "hex/decimal"  #: hexadecimal in the answer, decimal in the receipt
    DECIMAL_HEX = "decimal/hex"
    AUTO = "auto"  #: found out from the receipts of messages sent a short while ago


#: Characters of an id that can tell a conversion. Among short ones that count up, 20 means 14 in hexadecimal, and both
#: may be ids of messages sent a moment ago.
TELLING = 7


class IdMatcher:
    """Brings the ids of answers and of receipts to one form.

    With AUTO it remembers the latest ids: a receipt that fits one only after conversion tells how this carrier writes,
    and from then on all are converted so. It knows nothing yet just after a start, so a carrier that is known to
    convert should be configured as what it is.
    """

    def __init__(self, form: IdFormat, *, remember: int = 20_000) -> None:
        self._form = form
        self._remember = remember
        self._recent: dict[str, None] = {}  # the oldest first
        self._learned = IdFormat.SAME

    def sent(self, answered: str) -> str:
        """The id to store for a message that was answered with the id `answered`."""
        if self._form is IdFormat.SAME:
            return answered
        plain = _plain(answered)
        if self._form is IdFormat.AUTO:
            self._recent[plain] = None
            if len(self._recent) > self._remember:
                del self._recent[next(iter(self._recent))]
        return plain

    def receipted(self, named: str) -> str:
        """The stored id that the id `named` in a receipt means."""
        if self._form is IdFormat.SAME:
            return named
        if self._form is not IdFormat.AUTO:
            return _plain(_converted(named, self._form))
        conversions = (IdFormat.HEX_DECIMAL, IdFormat.DECIMAL_HEX) if len(named) >= TELLING else ()
        for form in (self._learned, IdFormat.SAME, *conversions):
            stored = _plain(_converted(named, form))
            if stored in self._recent:
                self._learned = form
                return stored
        return _plain(_converted(named, self._learned))


def _plain(number: str) -> str:
    """Without the case and the leading zeros, which carriers do not keep alike; other ids than numbers stay."""
    return (number.lower().lstrip("0") or "0") if _HEX.fullmatch(number) else number


def _converted(named: str, form: IdFormat) -> str:
    """The id `named` in a receipt as the answer had it, as far as it can be such a number at all."""
    if form is IdFormat.HEX_DECIMAL and _DECIMAL.fullmatch(named):
        return f"{int(named):x}"
    if form is IdFormat.DECIMAL_HEX and _HEX.fullmatch(named):
        return str(int(named, 16))
    return named


def _state_tlv(body: DeliverSm | DataSm) -> MessageState | None:
    value = tlv(body.tlvs, Tag.MESSAGE_STATE)
    if value is None or len(value) != 1:
        return None
    return _STATES_BY_NUMBER.get(value[0], MessageState.UNKNOWN)


def _network_error(body: DeliverSm | DataSm) -> tuple[int, int] | None:
    value = tlv(body.tlvs, Tag.NETWORK_ERROR_CODE)
    if value is None or len(value) != 3:
        return None
    return value[0], value[1] << 8 | value[2]


def _c_string(value: bytes) -> str:
    return value.split(b"\0")[0].decode("latin-1").strip()
