"""PDUs: what others captured is read and printed back, what is broken gets the right complaint."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.wire.smpp.layout import HEADER_BYTES, Byte, PduError
from hookflash.wire.smpp.pdu import (
    BODIES,
    BindTransceiver,
    BindTransmitter,
    Body,
    DeliverSm,
    GenericNack,
    Pdu,
    QuerySmResp,
    SubmitSm,
    SubmitSmResp,
    Tag,
    decode,
    encode,
    tlv,
)
from hookflash.wire.smpp.status import CommandStatus, describe

S = CommandStatus
CAPTURED = {
    name: bytes.fromhex(digits)
    for name, digits in (
        line.split() for line in (Path(__file__).parent / "captured.txt").read_text().splitlines() if line[0] != "#"
    )
}


@pytest.mark.parametrize("name", CAPTURED)
def test_a_captured_pdu_survives_a_round_trip(name: str) -> None:
    """What another implementation wrote is read, and printed back byte for byte."""
    wire = CAPTURED[name]
    assert wire == bytes(decode(wire))


def test_the_example_of_the_standard_is_read() -> None:
    """SMPP 3.4 §3.2.3 shows a bind_transmitter and what its fields are."""
    assert decode(CAPTURED["spec_bind_transmitter"]) == Pdu(
        BindTransmitter("SMPP3TEST", "secret08", "SUBMIT1", interface_version=0, addr_ton=1, addr_npi=1), sequence=1
    )


def test_the_fields_of_captured_messages_are_read() -> None:
    """Mandatory fields, the short message, and TLVs land where they belong."""
    submit = decode(CAPTURED["submit_sm"]).body
    assert submit == SubmitSm(
        source_ton=1,
        source_npi=1,
        source="15550001111",
        destination_ton=1,
        destination_npi=1,
        destination="15550002222",
        registered_delivery=1,
        data_coding=1,
        short_message=b"Hello",
    )
    receipt = decode(CAPTURED["deliver_sm_receipt"]).body
    assert isinstance(receipt, DeliverSm)
    assert tlv(receipt.tlvs, Tag.RECEIPTED_MESSAGE_ID) == b"a1b2c3\0"
    assert tlv(receipt.tlvs, Tag.MESSAGE_STATE) == b"\2"
    assert tlv(receipt.tlvs, Tag.MESSAGE_PAYLOAD) is None
    assert decode(CAPTURED["query_sm_resp"]).body == QuerySmResp("a1b2c3", message_state=2)
    assert decode(CAPTURED["submit_sm_resp_error"]) == Pdu(SubmitSmResp(), 22, S.ESME_RTHROTTLED)


def header(command: int, body: bytes) -> bytes:
    return b"".join(n.to_bytes(4, "big") for n in (HEADER_BYTES + len(body), command, 0, 7)) + body


SHORT = b"\0\1\x01\x31\0\1\1\x32\0\0\0\0\0\0\0\0\0\0"  # the mandatory fields of a submit_sm up to sm_length

BROKEN = {
    "no terminator": (header(4, b"abc"), S.ESME_RINVCMDLEN),
    "ends after the first field": (header(4, b"\0"), S.ESME_RINVCMDLEN),
    "service_type too long": (header(4, b"123456" + SHORT + b"\0"), S.ESME_RINVSERTYP),
    "source too long": (header(4, b"\0\1\1" + b"5" * 21 + b"\0" * 30), S.ESME_RINVSRCADR),
    "destination too long": (header(4, b"\0\1\1\0\1\1" + b"5" * 21 + b"\0" * 30), S.ESME_RINVDSTADR),
    "schedule too long": (header(4, b"\0\1\1\0\1\1\0\0\0\0" + b"1" * 17 + b"\0" * 30), S.ESME_RINVSCHED),
    "validity too long": (header(4, b"\0\1\1\0\1\1\0\0\0\0\0" + b"1" * 17 + b"\0" * 30), S.ESME_RINVEXPIRY),
    "no sm_length": (header(4, SHORT[:-1]), S.ESME_RINVCMDLEN),
    "short_message shorter than sm_length": (header(4, SHORT[:-1] + b"\0\x05abcd"), S.ESME_RINVMSGLEN),
    "TLV header cut off": (header(4, SHORT[:-1] + b"\0\0\x04\x24\0"), S.ESME_RINVOPTPARSTREAM),
    "TLV value cut off": (header(4, SHORT[:-1] + b"\0\0\x04\x24\0\x05abcd"), S.ESME_RINVPARLEN),
    "password too long": (header(9, b"me\0" + b"x" * 9 + b"\0" * 9), S.ESME_RINVPASWD),
    "system_id too long": (header(9, b"m" * 16 + b"\0" * 9), S.ESME_RINVSYSID),
    "unknown command": (header(0x0102, b""), S.ESME_RINVCMDID),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_pdu_is_refused_with_the_status_of_its_fault(name: str) -> None:
    """The sender learns which field was wrong, under the sequence_number that it used."""
    frame, status = BROKEN[name]
    with pytest.raises(PduError) as caught:
        decode(frame)
    assert (caught.value.status, caught.value.sequence) == (status, 7)


@pytest.mark.parametrize("body", [b"a1", b"a1\0", b"a1\0\x04", b"a1\0\x04\x24\0\x05abc"])
def test_what_is_wrong_with_an_answer_is_forgiven(body: bytes) -> None:
    """No terminator, TLVs cut off: the id counts, for a lost answer would make us send the message again."""
    assert decode(header(0x80000004, body)).body == SubmitSmResp("a1")


def test_a_frame_whose_length_lies_is_refused() -> None:
    """command_length must be that of the frame, and a header must be whole."""
    for frame in (b"", b"\0\0\0\x10", header(0x15, b"")[:-1] + b"\0\0"):
        with pytest.raises(PduError) as caught:
            decode(frame)
        assert caught.value.status == S.ESME_RINVCMDLEN


def test_a_field_cannot_smuggle_bytes_into_others() -> None:
    """A NUL inside a string, a string beyond its size, or a character beyond a byte is not printed."""
    bad: list[Body] = [
        SubmitSm(destination="1555\0\0"),
        SubmitSm(source="a\0b"),
        SubmitSm(source="5" * 21),
        SubmitSm(source="Ω"),
        SubmitSm(short_message=b"x" * 255),
        SubmitSm(esm_class=256),
        BindTransceiver("me", password="123456789"),
        SubmitSmResp("a\0b"),
    ]
    for body in bad:
        with pytest.raises((ValueError, OverflowError)):
            encode(body, 1)


def test_a_password_is_never_shown() -> None:
    """A bind that is printed into a log says who, not with what."""
    assert "sesame" not in repr(BindTransceiver("me", "sesame"))
    assert "sesame" not in repr(Pdu(BindTransceiver("me", "sesame"), 1))


def test_statuses_have_names() -> None:
    """A status of the standard is shown by name, a carrier's own as a number."""
    assert describe(0x58) == "ESME_RTHROTTLED (0x58)"
    assert describe(0x401) == "0x00000401"


TLVS = st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40)), max_size=4).map(tuple)


def bodies(kind: type[Body]) -> st.SearchStrategy[Body]:
    """Any value of a PDU's class that fits its fields."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for field in kind.layout.fields:
        if isinstance(field, Byte):
            fields[field.name] = st.integers(0, 255)
        else:
            characters = st.characters(min_codepoint=1, max_codepoint=255)
            fields[field.name] = st.text(characters, max_size=field.size - 1)
    names = kind.__struct_fields__
    if "tlvs" in names:
        fields["tlvs"] = TLVS
    if "short_message" in names:
        fields["short_message"] = st.binary(max_size=254)
    return st.builds(kind, **fields)


@given(st.sampled_from(sorted(BODIES)).flatmap(lambda command: bodies(BODIES[command])), st.integers(1, 0x7FFFFFFF))
def test_every_pdu_survives_a_round_trip(body: Body, sequence: int) -> None:
    """Whatever fits the fields of a PDU comes back from the wire as it was."""
    assert decode(encode(body, sequence)) == Pdu(body, sequence)


@given(st.sampled_from(sorted(BODIES)), st.binary(max_size=120))
def test_hostile_bytes_are_read_or_refused(command: int, body: bytes) -> None:
    """No bytes behind a known command raise anything but PduError; what is read can be printed."""
    try:
        pdu = decode(header(command, body))
    except PduError:
        return
    assert decode(bytes(pdu)) == pdu


def test_an_error_goes_without_a_body() -> None:
    """SMPP 3.4 §4.4.2: the body of an answer is absent when its status is not 0."""
    assert len(encode(SubmitSmResp("1"), 5, S.ESME_RTHROTTLED)) == HEADER_BYTES
    assert len(encode(GenericNack(), 5, S.ESME_RINVCMDID)) == HEADER_BYTES
