"""What a carrier's configuration makes of a message, and what its PDUs mean for the exchange."""

from typing import Any

import msgspec
import pytest
from tests.unit.carriers.smpp_support import message

from hookflash.carriers.carrier import CarrierRefusedError, InboundMessage, OutboundMessage, Receipt
from hookflash.carriers.smpp_config import SmppConfig
from hookflash.carriers.smpp_texts import SmppReader, SmppWriter, relative_time
from hookflash.wire.smpp.pdu import DataSm, DeliverSm, SubmitSm, Tag, encode, tlv
from hookflash.wire.smpp.receipts import IdFormat, IdMatcher


def config(**options: Any) -> SmppConfig:
    return msgspec.convert({"host": "smsc.example", "system_id": "me"} | options, SmppConfig)


def parts(out: OutboundMessage, **options: Any) -> list[SubmitSm]:
    return SmppWriter(config(**options)).parts(out)


def read(body: DeliverSm | DataSm, **options: Any) -> Receipt | InboundMessage:
    return SmppReader("acme", config(**options), IdMatcher(IdFormat.SAME)).read(body)


def test_sar_tells_the_parts_by_parameters() -> None:
    """sar_msg_ref_num, sar_total_segments, sar_segment_seqnum; no header, and room for 153 septets."""
    first, second = parts(message("a" * 161), joining="sar")
    assert (first.esm_class, len(first.short_message), second.short_message) == (0, 153, b"a" * 8)
    assert tlv(first.tlvs, Tag.SAR_MSG_REF_NUM) == tlv(second.tlvs, Tag.SAR_MSG_REF_NUM)
    assert [tlv(part.tlvs, Tag.SAR_SEGMENT_SEQNUM) for part in (first, second)] == [b"\1", b"\2"]
    assert tlv(first.tlvs, Tag.SAR_TOTAL_SEGMENTS) == b"\2"


def test_payload_is_one_pdu_whatever_the_length() -> None:
    """message_payload carries the whole text, and short_message is empty; a short text goes as usual."""
    (whole,) = parts(message("a" * 400), joining="payload")
    assert (whole.short_message, tlv(whole.tlvs, Tag.MESSAGE_PAYLOAD)) == (b"", b"a" * 400)
    (short,) = parts(message("a" * 160), joining="payload")
    assert (short.short_message, short.tlvs) == (b"a" * 160, ())


def test_a_wide_reference_has_sixteen_bits() -> None:
    """udh16 makes it 256 times less likely that two texts to one handset are mixed up."""
    first, _ = parts(message("я" * 71), joining="udh16")
    assert first.short_message[:3] == b"\6\x08\4"
    assert (first.data_coding, len(first.short_message)) == (8, 7 + 134)


def test_the_carriers_habits_reach_the_wire() -> None:
    """TON and NPI, service type, validity, receipts, more parameters: all from the configuration."""
    (part,) = parts(
        message(sender="12345"),
        service_type="CMT",
        short_code_ton=0,
        short_code_npi=1,
        destination_ton=2,
        destination_npi=8,
        send_validity=False,
        registered_delivery=17,
        tlvs={"0x1400": "a1b2"},
    )
    assert part == SubmitSm(
        "CMT", 0, 1, "12345", 2, 8, "15550002222",
        registered_delivery=17, short_message=b"Hello", tlvs=((0x1400, b"\xa1\xb2"),),
    )  # fmt: skip


def test_what_smpp_cannot_carry_is_refused() -> None:
    """Media has its documented code; more parts than a byte can number are too big."""
    for out, code in [
        (msgspec.structs.replace(message(), media_urls=("http://localhost/media",)), 30011),
        (message("a" * 153 * 256), 30019),
    ]:
        with pytest.raises(CarrierRefusedError) as caught:
            parts(out)
        assert caught.value.error_code == code


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(1, "000000000001000R"), (36_000, "000000100000000R"), (90_061, "000001010101000R"), (9**9, "000030000000000R")],
)
def test_validity_is_a_relative_time(seconds: int, written: str) -> None:
    """YYMMDDhhmmss000R (SMPP 3.4 §7.1.1), and it fits its field."""
    assert relative_time(seconds) == written
    encode(SubmitSm(validity_period=written), 1)


@pytest.mark.parametrize(
    ("ton", "digits", "options", "number"),
    [
        (1, "15550002222", {}, "+15550002222"),
        (1, "+15550002222", {}, "+15550002222"),
        (0, "15550002222", {}, "+15550002222"),
        (0, "12345", {}, "12345"),
        (3, "12345678", {}, "12345678"),
        (5, "Hookflash", {}, "Hookflash"),
        (2, "0912345678", {}, "0912345678"),
        (2, "0912345678", {"national_prefix": "351"}, "+351912345678"),
    ],
)
def test_numbers_come_in_as_the_exchange_writes_them(ton: int, digits: str, options: Any, number: str) -> None:
    """International ones get their plus sign, with TON 0 by their length; short codes and names stay."""
    heard = read(DeliverSm(source_ton=ton, source=digits, destination_ton=ton, destination=digits), **options)
    assert isinstance(heard, InboundMessage)
    assert (heard.sender, heard.recipient) == (number, number)


SAR = ((Tag.SAR_MSG_REF_NUM, b"\1\2"), (Tag.SAR_TOTAL_SEGMENTS, b"\3"), (Tag.SAR_SEGMENT_SEQNUM, b"\2"))


@pytest.mark.parametrize(
    ("body", "place", "text"),
    [
        (DeliverSm(esm_class=0x40, short_message=b"\5\0\3\x2a\3\2part"), (42, 3, 2), "part"),
        (DeliverSm(esm_class=0x40, short_message=b"\6\x08\4\1\x2a\3\2part"), (298, 3, 2), "part"),
        (DeliverSm(short_message=b"part", tlvs=SAR), (258, 3, 2), "part"),
        (DeliverSm(short_message=b"part", tlvs=SAR[:2]), (0, 1, 1), "part"),
        (DeliverSm(short_message=b"part", tlvs=(*SAR[:2], (Tag.SAR_SEGMENT_SEQNUM, b"\4"))), (0, 1, 1), "part"),
        (DeliverSm(tlvs=((Tag.MESSAGE_PAYLOAD, b"whole"),)), (0, 1, 1), "whole"),
        (
            DataSm(esm_class=0x40, data_coding=8, tlvs=((Tag.MESSAGE_PAYLOAD, b"\5\0\3\x2a\2\1\x04\x4f"),)),
            (42, 2, 1),
            "я",
        ),
    ],
)
def test_a_part_says_where_it_belongs(body: DeliverSm | DataSm, place: tuple[int, int, int], text: str) -> None:
    """By header or by sar_*; what makes no sense is a whole message."""
    heard = read(body)
    assert isinstance(heard, InboundMessage)
    assert ((heard.reference, heard.total, heard.part), heard.body) == (place, text)


def test_incoming_texts_are_named_only_by_a_configured_parameter() -> None:
    """Kannel's driver writes the same receipted_message_id on every text: by default nothing is taken for a name."""
    body = DeliverSm(tlvs=((0x1401, b"77\0"),))
    assert isinstance(heard := read(body), InboundMessage)
    assert heard.dedupe == ""
    assert isinstance(heard := read(body, incoming_id_tag=0x1401), InboundMessage)
    assert heard.dedupe == "acme:3737"


@pytest.mark.parametrize(
    ("text", "status", "error_code"),
    [
        ("stat:DELIVRD err:000", "delivered", None),
        ("stat:EXPIRED err:000", "undelivered", 30003),
        ("stat:UNDELIV err:001", "undelivered", 30008),
        ("stat:UNDELIV err:045", "undelivered", 30006),
        ("stat:REJECTD err:001", "undelivered", 30007),
        ("stat:DELETED err:000", "undelivered", 30008),
        ("stat:ACCEPTD err:000", "sent", None),
        ("stat:ENROUTE err:045", "sent", None),
        ("stat:UNKNOWN err:045", "sent", None),
        ("stat:SOMEHOW err:045", "sent", None),
    ],
)
def test_a_receipt_means_a_status_and_a_code(text: str, status: str, error_code: int | None) -> None:
    """The carrier's own codes by configuration, else by the state; what says nothing final changes nothing."""
    heard = read(DeliverSm(esm_class=4, short_message=f"id:7 {text}".encode()), error_codes={"045": 30006})
    assert isinstance(heard, Receipt)
    assert (heard.carrier_id, heard.status, heard.error_code) == ("7", status, error_code)


@pytest.mark.parametrize(("network_error", "code"), [(b"\3\0\1", 30005), (b"\3\0\x1b", 30003), (b"\1\0\1", 30008)])
def test_errors_of_gsm_networks_are_known(network_error: bytes, code: int) -> None:
    """network_error_code of type 3 names the reason better than the state (3GPP TS 29.002)."""
    body = DeliverSm(esm_class=4, short_message=b"id:7 stat:UNDELIV", tlvs=((Tag.NETWORK_ERROR_CODE, network_error),))
    assert isinstance(heard := read(body), Receipt)
    assert heard.error_code == code


def test_a_receipts_detail_is_for_the_timeline_and_holds_no_text() -> None:
    """What the carrier said, but not the beginning of somebody's message."""
    text = b"id:7 done date:2601020305 stat:UNDELIV err:045 text:my secret"
    assert isinstance(heard := read(DeliverSm(esm_class=4, short_message=text)), Receipt)
    assert heard.detail == "id:7 stat:UNDELIVERABLE err:045 done date:2601020305"
    assert heard.done_at == "2601020305"


@pytest.mark.parametrize(
    "options",
    [
        {"password": "123456789"},
        {"system_id": "x" * 16},
        {"window": 0},
        {"binds": 0},
        {"tlvs": {"vendor": "00"}},
        {"tlvs": {"0x1400": "xyz"}},
        {"bind": "both"},
        {"colour": "blue"},
    ],
)
def test_a_configuration_that_cannot_work_is_refused(options: dict[str, Any]) -> None:
    """When it is read, not when the first message fails."""
    with pytest.raises(msgspec.ValidationError):
        config(**options)
