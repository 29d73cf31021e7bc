"""Delivery receipts, as carriers write them."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.wire.smpp.pdu import DeliverSm, Tag
from hookflash.wire.smpp.receipts import DeliveryReceipt, IdFormat, IdMatcher, MessageState, parse_text, read_receipt

STANDARD = "id:a1b2 sub:001 dlvrd:001 submit date:2601020304 done date:2601020305 stat:DELIVRD err:000 text:Hello"


@pytest.mark.parametrize(
    ("text", "state", "error", "done_at"),
    [
        (STANDARD, MessageState.DELIVERED, "000", "2601020305"),
        (STANDARD.upper().replace("A1B2", "a1b2"), MessageState.DELIVERED, "000", "2601020305"),
        (
            "id: a1b2 sub: 1 dlvrd: 0 submit date: 260102 done date: 260103 stat: UNDELIV err: 45 text:",
            None,
            "45",
            "260103",
        ),
        ("stat:EXPIRED id:a1b2 err:0x1F", MessageState.EXPIRED, "0x1F", ""),
        ("id:a1b2,sub:001,dlvrd:001,stat:REJECTD,err:012", MessageState.REJECTED, "012", ""),
        ("id:a1b2 submit_date:2601020304 done_date:2601020305 stat:DELETED", MessageState.DELETED, "", "2601020305"),
        ("id=a1b2 stat=DELIVERED err=000", MessageState.DELIVERED, "000", ""),
        ("id:a1b2\nsub:001\nstat:ACCEPTD\nerr:000", MessageState.ACCEPTED, "000", ""),
        ("id:a1b2 stat:BUFFRED", MessageState.ENROUTE, "", ""),
        ("id:a1b2 stat:WHATEVER err:7", MessageState.UNKNOWN, "7", ""),
        ("id:a1b2", MessageState.UNKNOWN, "", ""),
        ("id:a1b2 stat:DELIVRD err: text:stat:UNDELIV err:9", MessageState.DELIVERED, "", ""),
    ],
)
def test_the_text_form_is_read_however_it_is_written(
    text: str, state: MessageState | None, error: str, done_at: str
) -> None:
    """Any order, case and spacing; missing fields are empty; what follows text: belongs to the message."""
    receipt = read_receipt(DeliverSm(esm_class=4), text)
    assert receipt == DeliveryReceipt(
        id="a1b2", state=state or MessageState.UNDELIVERABLE, error=error, done_at=done_at, text=text,
        submitted_at=receipt.submitted_at if receipt else "",
    )  # fmt: skip


def test_tlvs_win_over_the_text() -> None:
    """message_state, receipted_message_id and network_error_code are exact; the text may be cut or absent."""
    body = DeliverSm(
        esm_class=4,
        tlvs=(
            (Tag.RECEIPTED_MESSAGE_ID, b"0C\0"),
            (Tag.MESSAGE_STATE, b"\5"),
            (Tag.NETWORK_ERROR_CODE, b"\3\0\1"),
        ),
    )
    assert read_receipt(body, "id:12 stat:DELIVRD err:001") == DeliveryReceipt(
        id="0C",
        state=MessageState.UNDELIVERABLE,
        error="001",
        network_error=(3, 1),
        text="id:12 stat:DELIVRD err:001",
    )


def test_tlvs_alone_make_a_receipt() -> None:
    """Some carriers set no esm_class: an id and a state in TLVs cannot be anything else."""
    tlvs = ((Tag.RECEIPTED_MESSAGE_ID, b"12\0"), (Tag.MESSAGE_STATE, b"\2"))
    assert read_receipt(DeliverSm(tlvs=tlvs), "") == DeliveryReceipt(id="12", state=MessageState.DELIVERED)
    assert read_receipt(DeliverSm(tlvs=tlvs[:1]), "a text") is None


def test_a_text_that_looks_like_a_receipt_is_a_text() -> None:
    """Anyone can write "id:… stat:…" into a message; only the carrier can mark it as a receipt."""
    assert read_receipt(DeliverSm(), STANDARD) is None


@pytest.mark.parametrize(
    ("esm_class", "is_receipt"), [(0x04, True), (0x08, True), (0x20, True), (0x10, False), (0x40, False)]
)
def test_the_kind_of_message_is_told_by_esm_class(esm_class: int, is_receipt: bool) -> None:
    """Bits 2 to 5 (SMPP 3.4 §5.2.12)."""
    assert (read_receipt(DeliverSm(esm_class=esm_class), STANDARD) is not None) == is_receipt


def test_malformed_tlvs_are_as_good_as_none() -> None:
    """A state of two bytes, or one nobody knows, does not decide anything."""
    body = DeliverSm(esm_class=4, tlvs=((Tag.MESSAGE_STATE, b"\0\2"), (Tag.NETWORK_ERROR_CODE, b"\3")))
    receipt = read_receipt(body, STANDARD)
    assert receipt is not None
    assert (receipt.state, receipt.network_error) == (MessageState.DELIVERED, None)
    receipt = read_receipt(DeliverSm(esm_class=4, tlvs=((Tag.MESSAGE_STATE, b"\x63"),)), STANDARD)
    assert receipt is not None
    assert receipt.state is MessageState.UNKNOWN


@given(st.text(max_size=200))
def test_no_text_fails_to_be_read(text: str) -> None:
    """Whatever a carrier writes, reading it ends well."""
    parse_text(text)
    parse_text("id:" + text + " stat:DELIVRD")


WORDS = st.text(string.ascii_letters + string.digits + "-_.é", max_size=8)


@given(st.lists(WORDS, min_size=7, max_size=7), st.text(max_size=30))
def test_the_short_way_reads_as_the_long_one(words: list[str], message: str) -> None:
    """The usual form is read at once; with a space more it is read field by field, and says the same."""
    names = ("id", "sub", "dlvrd", "submit date", "done date", "stat", "err")
    usual = " ".join(f"{name}:{word}" for name, word in zip(names, words, strict=True)) + f" text:{message}"
    short, long = parse_text(usual), parse_text(" " + usual)
    assert [short[key] for key in short if key != "text"] == [long[key] for key in long if key != "text"]


@pytest.mark.parametrize(
    ("form", "answered", "receipted"),
    [
        (IdFormat.SAME, "00AB", "00AB"),
        (IdFormat.HEX_DECIMAL, "00AB", "171"),
        (IdFormat.HEX_DECIMAL, "ab", "0000000171"),
        (IdFormat.DECIMAL_HEX, "171", "00AB"),
        (IdFormat.DECIMAL_HEX, "0171", "ab"),
        (IdFormat.AUTO, "0ABCDEF1", "180150001"),
        (IdFormat.AUTO, "180150001", "ABCDEF1"),
        (IdFormat.AUTO, "171", "171"),
        (IdFormat.AUTO, "b5f0e1b2-43f9", "b5f0e1b2-43f9"),
    ],
)
def test_ids_of_receipts_find_those_of_answers(form: IdFormat, answered: str, receipted: str) -> None:
    """Hexadecimal or decimal, with or without leading zeros, in either case."""
    ids = IdMatcher(form)
    stored = ids.sent(answered)
    assert ids.receipted(receipted) == stored


def test_same_means_the_same() -> None:
    """Without conversion, case and zeros count."""
    ids = IdMatcher(IdFormat.SAME)
    assert ids.sent("00AB") != ids.receipted("ab")


def test_auto_converts_later_receipts_as_it_learned() -> None:
    """One match tells how the carrier writes; a message that is no longer remembered is then found as well."""
    ids = IdMatcher(IdFormat.AUTO, remember=1)
    forgotten, last = ids.sent("0abcdef0"), ids.sent("0abcdef1")
    assert ids.receipted("180150001") == last
    assert ids.receipted("180150000") == forgotten


def test_auto_takes_no_short_id_for_another_one() -> None:
    """A receipt that overtakes its answer must not be given to the message whose id is the same in hexadecimal."""
    ids = IdMatcher(IdFormat.AUTO)
    for number in range(1, 40):
        for early in range(number, number + 20):
            assert ids.receipted(str(early)) == str(early)
        ids.sent(str(number))


def test_explicit_formats_hold_over_a_restart() -> None:
    """A matcher that has seen nothing converts as it was told to."""
    assert IdMatcher(IdFormat.HEX_DECIMAL).receipted("43981") == IdMatcher(IdFormat.HEX_DECIMAL).sent("0000ABCD")
