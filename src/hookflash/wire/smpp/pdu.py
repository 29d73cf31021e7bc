"""PDUs as frozen values that parse and print back (SMPP 3.4 §4 and §5), each declared by its layout."""

import struct
from typing import ClassVar, TypeAlias

import msgspec

from hookflash.wire.smpp.layout import HEADER_BYTES, Byte, Layout, PduError, Text
from hookflash.wire.smpp.status import CommandStatus

RESPONSE = 0x8000_0000  #: the bit of command_id that marks the answer to a request
MAX_SHORT_MESSAGE = 254  #: bytes; longer ones go into the TLV message_payload

_HEADER = struct.Struct(">IIII")
_TLV = struct.Struct(">HH")

Tlvs: TypeAlias = tuple[tuple[int, bytes], ...]  #: (tag, value) in the order of the wire


class Tag:
    """Tags of the optional parameters that the product knows (SMPP 3.4 §5.3.2)."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SC_INTERFACE_VERSION = 0x0210
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    NETWORK_ERROR_CODE = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


_S = CommandStatus
_SERVICE_TYPE = Text("service_type", 6, _S.ESME_RINVSERTYP)
_SOURCE = (Byte("source_ton"), Byte("source_npi"), Text("source", 21, _S.ESME_RINVSRCADR))
_DESTINATION = (Byte("destination_ton"), Byte("destination_npi"), Text("destination", 21, _S.ESME_RINVDSTADR))
_LONG_SOURCE = (*_SOURCE[:2], Text("source", 65, _S.ESME_RINVSRCADR))
_LONG_DESTINATION = (*_DESTINATION[:2], Text("destination", 65, _S.ESME_RINVDSTADR))
_MESSAGE_ID = Text("message_id", 65, _S.ESME_RINVMSGID)
_ANSWERED_ID = Text("message_id", 256)  # 65 by the standard; some carriers give longer ones
_NOTHING = Layout()


class Body(msgspec.Struct, frozen=True, gc=False):
    """What follows the header; a request that has no fields needs nothing more than its `command`."""

    command: ClassVar[int]
    layout: ClassVar[Layout] = _NOTHING

    @classmethod
    def parse(cls, frame: bytes) -> "Body":
        """Read the body of `frame`, a whole PDU. Raises PduError."""
        return cls()

    def print(self) -> bytes:
        """The body's bytes. Raises ValueError if a field does not fit."""
        return b""


class _Fields(Body, frozen=True, gc=False):
    """A body of mandatory fields only."""

    @classmethod
    def parse(cls, frame: bytes) -> "Body":
        values, _ = cls.layout.read(frame.decode("latin-1"))
        return cls(*values)

    def print(self) -> bytes:
        return self.layout.write(self).encode("latin-1")


class BindRequest(_Fields, frozen=True, gc=False):
    """The fields that the three bind requests share."""

    layout = Layout(
        Text("system_id", 16, _S.ESME_RINVSYSID),
        Text("password", 9, _S.ESME_RINVPASWD),
        Text("system_type", 13, _S.ESME_RINVSYSTYP),
        Byte("interface_version"),
        Byte("addr_ton"),
        Byte("addr_npi"),
        Text("address_range", 41),
    )

    system_id: str
    password: str = ""
    system_type: str = ""
    interface_version: int = 0x34
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(system_id={self.system_id!r})"  # never the password


class BindReceiver(BindRequest, frozen=True, gc=False):
    command = 0x0000_0001


class BindTransmitter(BindRequest, frozen=True, gc=False):
    command = 0x0000_0002


class BindTransceiver(BindRequest, frozen=True, gc=False):
    command = 0x0000_0009


class _Answer(Body, frozen=True, gc=False):
    """An answer: one string, then TLVs. Faults are forgiven: a lost answer would make us send the message again."""

    @classmethod
    def parse(cls, frame: bytes) -> "Body":
        size = cls.layout.fields[0].size
        end = frame.find(0, HEADER_BYTES)
        if end < 0:
            end = len(frame)
        name = frame[HEADER_BYTES : min(end, HEADER_BYTES + size - 1)].decode("latin-1")
        if end + 1 >= len(frame):
            return cls(name)
        try:
            return cls(name, _read_tlvs(frame, end + 1))
        except PduError:
            return cls(name)


class BindResponse(_Answer, frozen=True, gc=False):
    """The fields that the three bind answers share."""

    layout = Layout(Text("system_id", 16))

    system_id: str = ""
    tlvs: Tlvs = ()

    def print(self) -> bytes:
        return self.layout.write(self).encode("latin-1") + _print_tlvs(self.tlvs)


class BindReceiverResp(BindResponse, frozen=True, gc=False):
    command = 0x8000_0001


class BindTransmitterResp(BindResponse, frozen=True, gc=False):
    command = 0x8000_0002


class BindTransceiverResp(BindResponse, frozen=True, gc=False):
    command = 0x8000_0009


class MessageResponse(_Answer, frozen=True, gc=False):
    """The fields that the answers to submit_sm, deliver_sm and data_sm share."""

    layout = Layout(_ANSWERED_ID)

    message_id: str = ""
    tlvs: Tlvs = ()

    def print(self) -> bytes:
        return self.layout.write(self).encode("latin-1") + _print_tlvs(self.tlvs)


class SubmitSmResp(MessageResponse, frozen=True, gc=False):
    command = 0x8000_0004


class DeliverSmResp(MessageResponse, frozen=True, gc=False):
    command = 0x8000_0005


class DataSmResp(MessageResponse, frozen=True, gc=False):
    command = 0x8000_0103


class ShortMessage(Body, frozen=True, gc=False):
    """The fields that submit_sm and deliver_sm share."""

    layout = Layout(
        _SERVICE_TYPE,
        *_SOURCE,
        *_DESTINATION,
        Byte("esm_class"),
        Byte("protocol_id"),
        Byte("priority_flag"),
        Text("schedule_delivery_time", 17, _S.ESME_RINVSCHED),
        Text("validity_period", 17, _S.ESME_RINVEXPIRY),
        Byte("registered_delivery"),
        Byte("replace_if_present_flag"),
        Byte("data_coding"),
        Byte("sm_default_msg_id"),
    )

    service_type: str = ""
    source_ton: int = 0
    source_npi: int = 0
    source: str = ""
    destination_ton: int = 0
    destination_npi: int = 0
    destination: str = ""
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""
    tlvs: Tlvs = ()

    @classmethod
    def parse(cls, frame: bytes) -> "Body":
        values, at = cls.layout.read(frame.decode("latin-1"))
        if at == len(frame):
            raise PduError(CommandStatus.ESME_RINVCMDLEN, "sm_length is cut off")
        end = at + 1 + frame[at]
        if end > len(frame):
            raise PduError(CommandStatus.ESME_RINVMSGLEN, "short_message is shorter than sm_length")
        values.append(frame[at + 1 : end])
        if end < len(frame):
            values.append(_read_tlvs(frame, end))
        return cls(*values)

    def print(self) -> bytes:
        message = self.short_message
        if len(message) > MAX_SHORT_MESSAGE:
            raise ValueError(f"a short_message has at most {MAX_SHORT_MESSAGE} bytes, not {len(message)}")
        body = b"%b%c%b" % (self.layout.write(self).encode("latin-1"), len(message), message)
        return body + _print_tlvs(self.tlvs) if self.tlvs else body


class SubmitSm(ShortMessage, frozen=True, gc=False):
    command = 0x0000_0004


class DeliverSm(ShortMessage, frozen=True, gc=False):
    command = 0x0000_0005


class DataSm(Body, frozen=True, gc=False):
    command = 0x0000_0103
    layout = Layout(
        _SERVICE_TYPE,
        *_LONG_SOURCE,
        *_LONG_DESTINATION,
        Byte("esm_class"),
        Byte("registered_delivery"),
        Byte("data_coding"),
    )

    service_type: str = ""
    source_ton: int = 0
    source_npi: int = 0
    source: str = ""
    destination_ton: int = 0
    destination_npi: int = 0
    destination: str = ""
    esm_class: int = 0
    registered_delivery: int = 0
    data_coding: int = 0
    tlvs: Tlvs = ()

    @classmethod
    def parse(cls, frame: bytes) -> "Body":
        values, at = cls.layout.read(frame.decode("latin-1"))
        values.append(_read_tlvs(frame, at))
        return cls(*values)

    def print(self) -> bytes:
        return self.layout.write(self).encode("latin-1") + _print_tlvs(self.tlvs)


class QuerySm(_Fields, frozen=True, gc=False):
    command = 0x0000_0003
    layout = Layout(_MESSAGE_ID, *_SOURCE)

    message_id: str = ""
    source_ton: int = 0
    source_npi: int = 0
    source: str = ""


class QuerySmResp(_Fields, frozen=True, gc=False):
    command = 0x8000_0003
    layout = Layout(_MESSAGE_ID, Text("final_date", 17), Byte("message_state"), Byte("error_code"))

    message_id: str = ""
    final_date: str = ""
    message_state: int = 0
    error_code: int = 0


class CancelSm(_Fields, frozen=True, gc=False):
    command = 0x0000_0008
    layout = Layout(_SERVICE_TYPE, _MESSAGE_ID, *_SOURCE, *_DESTINATION)

    service_type: str = ""
    message_id: str = ""
    source_ton: int = 0
    source_npi: int = 0
    source: str = ""
    destination_ton: int = 0
    destination_npi: int = 0
    destination: str = ""


class CancelSmResp(Body, frozen=True, gc=False):
    command = 0x8000_0008


class Unbind(Body, frozen=True, gc=False):
    command = 0x0000_0006


class UnbindResp(Body, frozen=True, gc=False):
    command = 0x8000_0006


class EnquireLink(Body, frozen=True, gc=False):
    command = 0x0000_0015


class EnquireLinkResp(Body, frozen=True, gc=False):
    command = 0x8000_0015


class GenericNack(Body, frozen=True, gc=False):
    command = 0x8000_0000


BODIES: dict[int, type[Body]] = {
    body.command: body
    for body in (
        *(BindReceiver, BindReceiverResp, BindTransmitter, BindTransmitterResp, BindTransceiver, BindTransceiverResp),
        *(SubmitSm, SubmitSmResp, DeliverSm, DeliverSmResp, DataSm, DataSmResp),
        *(QuerySm, QuerySmResp, CancelSm, CancelSmResp),
        *(Unbind, UnbindResp, EnquireLink, EnquireLinkResp, GenericNack),
    )
}


class Pdu(msgspec.Struct, frozen=True, gc=False):
    """A whole PDU: its body and the two numbers of its header that are not implied by it."""

    body: Body
    sequence: int
    status: int = 0

    def __bytes__(self) -> bytes:
        return encode(self.body, self.sequence, self.status)


def encode(body: Body, sequence: int, status: int = 0) -> bytes:
    """A frame, ready for the wire. Raises ValueError if a field does not fit its place.

    An answer with a status other than 0 goes without its body (SMPP 3.4 §4.4.2).
    """
    printed = b"" if status else body.print()
    return _HEADER.pack(HEADER_BYTES + len(printed), body.command, status, sequence) + printed


def decode(frame: bytes) -> Pdu:
    """Read one whole frame. Raises PduError, which tells command and sequence as far as they could be read."""
    if len(frame) < HEADER_BYTES:
        raise PduError(CommandStatus.ESME_RINVCMDLEN, "the header is cut off")
    length, command, status, sequence = _HEADER.unpack_from(frame)
    if length != len(frame):
        raise PduError(
            CommandStatus.ESME_RINVCMDLEN, "command_length is not the frame's", command=command, sequence=sequence
        )
    kind = BODIES.get(command)
    if kind is None:
        raise PduError(
            CommandStatus.ESME_RINVCMDID, f"command_id 0x{command:08x} is unknown", command=command, sequence=sequence
        )
    if command & RESPONSE and length == HEADER_BYTES:
        return Pdu(kind(), sequence, status)  # an answer that says no has no body
    try:
        return Pdu(kind.parse(frame), sequence, status)
    except PduError as error:
        error.command, error.sequence = command, sequence
        raise


def tlv(tlvs: Tlvs, tag: int) -> bytes | None:
    """The value of the first parameter with this tag, or None."""
    for name, value in tlvs:
        if name == tag:
            return value
    return None


def _read_tlvs(frame: bytes, at: int) -> Tlvs:
    tlvs = []
    size = len(frame)
    while at < size:
        if at + 4 > size:
            raise PduError(CommandStatus.ESME_RINVOPTPARSTREAM, "an optional parameter is cut off")
        tag, length = _TLV.unpack_from(frame, at)
        at += 4 + length
        if at > size:
            raise PduError(CommandStatus.ESME_RINVPARLEN, f"optional parameter 0x{tag:04x} is cut off")
        tlvs.append((tag, frame[at - length : at]))
    return tuple(tlvs)


def _print_tlvs(tlvs: Tlvs) -> bytes:
    return b"".join([_TLV.pack(tag, len(value)) + value for tag, value in tlvs])
