"""What an operator says about one SMPP carrier."""

from enum import StrEnum

import msgspec

from hookflash.wire.smpp.coding import Alphabet
from hookflash.wire.smpp.pdu import Tlvs
from hookflash.wire.smpp.receipts import IdFormat

MAX_VALIDITY = 30 * 86_400  # s; relative times count months in their own field, which we leave at 0


class BindKind(StrEnum):
    TRANSCEIVER = "transceiver"
    PAIR = "pair"  #: a transmitter and a receiver


class Joining(StrEnum):
    """How the parts of a long text find each other again."""

    UDH8 = "udh"  #: a header in the message, with a reference of 8 bits: what every handset reads
    UDH16 = "udh16"
    SAR = "sar"  #: the carrier makes the header from the sar_* parameters
    PAYLOAD = "payload"  #: the whole text as message_payload; the carrier cuts it


class SmppConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One carrier's address, credentials and habits. Raises ValueError for what SMPP has no room for."""

    host: str  #: name or address of the SMSC
    port: int = 2775  #: of its SMPP listener
    system_id: str  #: the user of the bind
    password: str = ""  #: of the bind, 8 characters at most
    system_type: str = ""  #: where the carrier asks for one
    bind: BindKind = BindKind.TRANSCEIVER  #: one connection for both ways, or one for each
    binds: int = 1  #: transceivers, or pairs
    tls: bool = False  #: speak TLS from the first byte
    tls_ca: str = ""  #: file of the authorities to trust; the system's when empty

    window: int = 10  #: messages that may wait for their answers, on each bind
    rate: int = 0  #: parts per second over all binds; 0 is unlimited
    enquire_every: int = 30  #: s of silence before enquire_link
    response_timeout: int = 10  #: s
    connect_timeout: int = 10  #: s, for TCP and TLS

    alphabet: Alphabet = Alphabet.GSM  #: what the carrier reads with data_coding 0
    ids: IdFormat = IdFormat.AUTO  #: how receipts write the id of the answer to submit_sm
    joining: Joining = Joining.UDH8  #: how the parts of a long text find each other
    registered_delivery: int = 1  #: 0 asks for no receipts, 1 for final ones, 17 for intermediate ones too
    send_validity: bool = True  #: some carriers refuse a validity_period
    service_type: str = ""  #: of each submit_sm
    source_ton: int | None = None  #: instead of what the look of the sender says
    source_npi: int | None = None  #: the same for its numbering plan
    destination_ton: int | None = None  #: instead of 1, international
    destination_npi: int | None = None  #: instead of 1, ISDN
    short_code_ton: int = 3  #: of senders that are short codes
    short_code_npi: int = 0  #: of senders that are short codes
    national_prefix: str = ""  #: digits of the country code before incoming numbers with TON 2
    tlvs: dict[str, str] = {}  #: more parameters for each submit_sm: tag (such as "0x1400") -> value in hexadecimal
    incoming_id_tag: int = 0  #: parameter that names each incoming text; none by default, for some fill them with noise
    error_codes: dict[str, int] = {}  #: `err:` of this carrier's receipts -> our error_code, such as "045" = 30006

    def __post_init__(self) -> None:
        for name, size in (("system_id", 15), ("password", 8), ("system_type", 12), ("service_type", 5)):
            if len(getattr(self, name)) > size:
                raise ValueError(f"{name} of an SMPP carrier has at most {size} characters")
        for name in ("binds", "window", "enquire_every", "response_timeout", "connect_timeout"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} of an SMPP carrier must be at least 1")
        self.extra_tlvs()

    def __repr__(self) -> str:
        return f"SmppConfig({self.system_id}@{self.host}:{self.port})"  # never the password

    def extra_tlvs(self) -> Tlvs:
        """`tlvs` as they go on the wire. Raises ValueError if they are not numbers and hexadecimal digits."""
        try:
            return tuple((int(tag, 0), bytes.fromhex(value)) for tag, value in self.tlvs.items())
        except ValueError as error:
            raise ValueError(f'tlvs of an SMPP carrier: {error}; write them as "0x1400" = "a1b2"') from error
