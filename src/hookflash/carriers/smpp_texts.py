"""From a message to the submit_sm of its parts, and from a deliver_sm to what the exchange hears."""

from functools import lru_cache
from zlib import crc32

from hookflash.carriers.carrier import CarrierRefusedError, InboundMessage, OutboundMessage, Receipt
from hookflash.carriers.smpp_config import MAX_VALIDITY, Joining, SmppConfig
from hookflash.carriers.smpp_outcomes import TOO_BIG, receipt_of
from hookflash.wire.smpp.coding import (
    UDH_INDICATOR,
    Address,
    Concatenation,
    address_of,
    decode_text,
    encode_text,
    header,
    number_of,
    read_header,
)
from hookflash.wire.smpp.pdu import DataSm, DeliverSm, SubmitSm, Tag, Tlvs, tlv
from hookflash.wire.smpp.receipts import IdMatcher, read_receipt

MMS_UNSUPPORTED = 30011
MAX_PARTS = 255  # a part's number has one byte
_E164_DIGITS = 9  # digits without a plan that are at least as many are an international number, not a short code


class SmppWriter:
    """Writes messages as one carrier wants them."""

    def __init__(self, config: SmppConfig) -> None:
        self._config = config
        self._tlvs = config.extra_tlvs()

    def parts(self, message: OutboundMessage) -> list[SubmitSm]:
        """The submit_sm of each part. Raises CarrierRefusedError for what SMPP cannot carry."""
        if message.media_urls:
            raise CarrierRefusedError("SMPP carries no media", error_code=MMS_UNSUPPORTED)
        coding, octets = encode_text(message.body, self._config.alphabet)
        if len(octets) > MAX_PARTS:
            raise CarrierRefusedError(f"a text has at most {MAX_PARTS} parts", error_code=TOO_BIG)
        if len(octets) == 1:
            return [self._part(message, coding, octets[0], 0, self._tlvs)]
        if self._config.joining is Joining.PAYLOAD:
            payload = (Tag.MESSAGE_PAYLOAD, b"".join(octets))
            return [self._part(message, coding, b"", 0, (payload, *self._tlvs))]
        # The same reference on each try, so that a handset that gets a part twice sees that it is the same.
        reference = crc32(message.sid.encode())
        return [
            self._joined(message, coding, part, Concatenation(reference, len(octets), number))
            for number, part in enumerate(octets, start=1)
        ]

    def _joined(self, message: OutboundMessage, coding: int, octets: bytes, at: Concatenation) -> SubmitSm:
        if self._config.joining is not Joining.SAR:
            wide = self._config.joining is Joining.UDH16
            return self._part(message, coding, header(at, wide=wide) + octets, UDH_INDICATOR, self._tlvs)
        sar = (
            (Tag.SAR_MSG_REF_NUM, (at.reference & 0xFFFF).to_bytes(2, "big")),
            (Tag.SAR_TOTAL_SEGMENTS, bytes([at.total])),
            (Tag.SAR_SEGMENT_SEQNUM, bytes([at.part])),
        )
        return self._part(message, coding, octets, 0, (*sar, *self._tlvs))

    def _part(self, message: OutboundMessage, coding: int, octets: bytes, esm_class: int, tlvs: Tlvs) -> SubmitSm:
        config = self._config
        short_code = (config.short_code_ton, config.short_code_npi)
        source = address_of(message.sender, short_code=short_code)
        destination = address_of(message.recipient, short_code=short_code)
        return SubmitSm(
            config.service_type,
            *_overridden(source, config.source_ton, config.source_npi),
            *_overridden(destination, config.destination_ton, config.destination_npi),
            esm_class=esm_class,
            validity_period=relative_time(message.validity) if config.send_validity else "",
            registered_delivery=config.registered_delivery,
            data_coding=coding,
            short_message=octets,
            tlvs=tlvs,
        )


class SmppReader:
    """Reads what one carrier delivers."""

    def __init__(self, carrier: str, config: SmppConfig, ids: IdMatcher) -> None:
        self._carrier = carrier
        self._config = config
        self._ids = ids

    def read(self, body: DeliverSm | DataSm) -> Receipt | InboundMessage:
        """The receipt or the text that this PDU is."""
        at, octets = _concatenation(body)
        text = decode_text(octets, body.data_coding, self._config.alphabet)
        receipt = read_receipt(body, text)
        if receipt is not None:
            return receipt_of(
                receipt,
                carrier=self._carrier,
                carrier_id=self._ids.receipted(receipt.id),
                error_codes=self._config.error_codes,
            )
        return InboundMessage(
            carrier=self._carrier,
            sender=self._number(body.source_ton, body.source),
            recipient=self._number(body.destination_ton, body.destination),
            body=text,
            reference=at.reference,
            total=at.total,
            part=at.part,
            dedupe=self._name_of(body),
            detail=f"{type(body).__name__} with data_coding {body.data_coding}, part {at.part} of {at.total}",
        )

    def _number(self, ton: int, digits: str) -> str:
        if ton == 2 and self._config.national_prefix:
            return f"+{self._config.national_prefix}{digits.lstrip('0')}"
        if ton == 0 and len(digits) >= _E164_DIGITS:
            return number_of(1, digits)
        return number_of(ton, digits)

    def _name_of(self, body: DeliverSm | DataSm) -> str:
        tag = self._config.incoming_id_tag
        name = tlv(body.tlvs, tag) if tag else None
        return f"{self._carrier}:{name.rstrip(bytes(1)).hex()}" if name else ""


@lru_cache(maxsize=256)
def relative_time(seconds: int) -> str:
    """A span of `seconds` as YYMMDDhhmmss000R (SMPP 3.4 §7.1.1), 30 days at the most."""
    minutes, second = divmod(min(seconds, MAX_VALIDITY), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    return f"0000{days:02}{hour:02}{minute:02}{second:02}000R"


def _overridden(address: Address, ton: int | None, npi: int | None) -> tuple[int, int, str]:
    return (address.ton if ton is None else ton, address.npi if npi is None else npi, address.digits)


def _concatenation(body: DeliverSm | DataSm) -> tuple[Concatenation, bytes]:
    """Which part this PDU is, and its octets without a header."""
    short = body.short_message if isinstance(body, DeliverSm) else b""
    octets = short or tlv(body.tlvs, Tag.MESSAGE_PAYLOAD) or b""
    at = _sar(body.tlvs)
    if body.esm_class & UDH_INDICATOR:
        joined, octets = read_header(octets)
        at = joined or at
    return at or Concatenation(0, 1, 1), octets


def _sar(tlvs: Tlvs) -> Concatenation | None:
    values = [tlv(tlvs, tag) for tag in (Tag.SAR_MSG_REF_NUM, Tag.SAR_TOTAL_SEGMENTS, Tag.SAR_SEGMENT_SEQNUM)]
    if not all(values):
        return None
    at = Concatenation(*(int.from_bytes(value or b"", "big") for value in values))
    return at if 1 <= at.part <= at.total <= MAX_PARTS else None
