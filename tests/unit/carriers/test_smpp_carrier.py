"""The carrier over real sockets, against a message centre made of the server side of our own bind."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import cast

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.unit.carriers.smpp_support import PASSWORD, Sink, Smsc, carrying, jump_loop, message, serving, until

from hookflash.carriers.carrier import CarrierBusyError, CarrierRefusedError, Submitted
from hookflash.carriers.smpp import Pacer, SmppCarrier
from hookflash.carriers.smpp_config import SmppConfig
from hookflash.carriers.smpp_link import SmppLink
from hookflash.domain.clock import VirtualClock
from hookflash.wire.smpp.layout import HEADER_BYTES
from hookflash.wire.smpp.pdu import DataSm, DataSmResp, DeliverSm, EnquireLink, Pdu, SubmitSm, SubmitSmResp, Tag, encode
from hookflash.wire.smpp.status import CommandStatus

S = CommandStatus
RECEIPT = b"id:m1 sub:001 dlvrd:001 submit date:2601020304 done date:2601020305 stat:DELIVRD err:000 text:Hello"


@pytest.fixture
async def smsc() -> AsyncIterator[Smsc]:
    async with serving(Smsc()) as listening:
        yield listening


@pytest.fixture
def sink() -> Sink:
    return Sink()


def hold(link: SmppLink, pdu: Pdu) -> None:
    """Let a submit wait for its answer."""


def refuse(status: int) -> Callable[[SmppLink, Pdu], None]:
    return lambda link, pdu: link.refuse(pdu, status)


async def test_a_text_goes_out_and_its_receipt_and_a_reply_come_in(smsc: Smsc, sink: Sink) -> None:
    """bind, submit_sm, its answer, a receipt by text, and a text from a handset: the whole round."""
    async with carrying(smsc, sink) as carrier:
        submitted = await carrier.submit(message("Hello"))
        assert submitted == Submitted(ids=("m1",), detail="submit_sm seq 2 on bind 1")
        assert smsc.submits == [
            SubmitSm(
                source_ton=1,
                source_npi=1,
                source="15550001111",
                destination_ton=1,
                destination_npi=1,
                destination="15550002222",
                validity_period="000000100000000R",
                registered_delivery=1,
                short_message=b"Hello",
            )
        ]
        answer = await smsc.deliver(DeliverSm(esm_class=4, short_message=RECEIPT))
        assert answer.status == 0
        receipt = sink.receipts.get_nowait()
        assert (receipt.carrier, receipt.carrier_id, receipt.status) == ("acme", "m1", "delivered")
        answer = await smsc.deliver(DeliverSm("", 1, 1, "15550002222", 1, 1, "15550001111", short_message=b"Yes"))
        assert answer.status == 0
        text = sink.messages.get_nowait()
        assert (text.sender, text.recipient, text.body) == ("+15550002222", "+15550001111", "Yes")


async def test_all_parts_go_out_and_each_has_an_id(smsc: Smsc, sink: Sink) -> None:
    """A long text is several submits with headers; the ids are in the order of the parts."""
    async with carrying(smsc, sink) as carrier:
        submitted = await carrier.submit(message("a" * 400))
    assert submitted.ids == ("m1", "m2", "m3")
    headers = [part.short_message[:6] for part in smsc.submits]
    assert [header[4:] for header in headers] == [b"\3\1", b"\3\2", b"\3\3"]
    assert len({header[3] for header in headers}) == 1
    assert all(part.esm_class == 0x40 for part in smsc.submits)


async def test_the_same_message_has_the_same_reference_on_each_try(smsc: Smsc, sink: Sink) -> None:
    """A handset that gets a part twice can see that it is the same."""
    async with carrying(smsc, sink) as carrier:
        await carrier.submit(message("a" * 200))
        await carrier.submit(message("a" * 200))
    assert smsc.submits[:2] == smsc.submits[2:]


@pytest.mark.parametrize(
    ("status", "error_code"),
    [
        (S.ESME_RINVDSTADR, 30005),
        (S.ESME_RINVSRCADR, 30007),
        (S.ESME_RINVMSGLEN, 30019),
        (S.ESME_RSUBMITFAIL, 30008),
        (0x0401, 30008),
    ],
)
async def test_a_refused_message_names_its_reason(smsc: Smsc, sink: Sink, status: int, error_code: int) -> None:
    """What will not get better is refused with the documented code."""
    smsc.on_submit = refuse(status)
    async with carrying(smsc, sink) as carrier:
        with pytest.raises(CarrierRefusedError) as caught:
            await carrier.submit(message())
    assert caught.value.error_code == error_code


@pytest.mark.parametrize(
    ("status", "retry_after"), [(S.ESME_RTHROTTLED, 500), (S.ESME_RMSGQFUL, 500), (S.ESME_RSYSERR, 1_000)]
)
async def test_a_busy_carrier_says_when_to_come_back(smsc: Smsc, sink: Sink, status: int, retry_after: int) -> None:
    """What will get better is busy; nothing was sent, so another route may take it."""
    smsc.on_submit = refuse(status)
    async with carrying(smsc, sink) as carrier:
        with pytest.raises(CarrierBusyError) as caught:
            await carrier.submit(message())
    assert retry_after - 100 < caught.value.retry_after <= retry_after
    assert not caught.value.maybe_sent


async def test_a_throttled_carrier_is_left_alone(smsc: Smsc, sink: Sink) -> None:
    """After ESME_RTHROTTLED the next submit is sent back without being written."""
    smsc.on_submit = refuse(S.ESME_RTHROTTLED)
    async with carrying(smsc, sink) as carrier:
        for _ in range(3):
            with pytest.raises(CarrierBusyError):
                await carrier.submit(message())
    assert len(smsc.submits) == 1


async def test_a_later_part_is_tried_again_from_here(smsc: Smsc, sink: Sink) -> None:
    """Once the first part is accepted, sending the whole message again would double it."""
    refusals = [S.ESME_RSYSERR]

    def second_fails_once(link: SmppLink, pdu: Pdu) -> None:
        if len(smsc.submits) == 2 and refusals:
            link.refuse(pdu, refusals.pop())
        else:
            smsc.accept(link, pdu)

    smsc.on_submit = second_fails_once
    clock = VirtualClock()
    async with carrying(smsc, sink, clock) as carrier:
        submitting = asyncio.create_task(carrier.submit(message("a" * 200)))
        for _ in range(2):
            await smsc.arrived.get()
        while not submitting.done():
            clock.jump(1_000)
            await asyncio.sleep(0)
        assert submitting.result().ids == ("m1", "m3")
    assert smsc.submits[1] == smsc.submits[2]


async def test_a_connection_that_dies_after_the_write_may_have_sent(smsc: Smsc, sink: Sink) -> None:
    """Nobody can know whether the carrier has the message: the caller is told so."""
    smsc.on_submit = lambda link, pdu: link.abort()
    async with carrying(smsc, sink) as carrier:
        with pytest.raises(CarrierBusyError, match="submit_sm seq 2 on bind 1") as caught:
            await carrier.submit(message())
    assert caught.value.maybe_sent


async def test_no_answer_in_time_may_have_sent(smsc: Smsc, sink: Sink) -> None:
    """The same holds for a carrier that is silent; the bind lives on."""
    smsc.on_submit = hold
    async with carrying(smsc, sink) as carrier:
        submitting = asyncio.create_task(carrier.submit(message()))
        await smsc.arrived.get()
        jump_loop(10)
        with pytest.raises(CarrierBusyError, match="no answer in time") as caught:
            await submitting
        assert carrier.state()["bound"] == 1
    assert caught.value.maybe_sent


async def test_without_a_bind_the_carrier_is_busy_and_says_why(sink: Sink) -> None:
    """A carrier that refuses the password is not bound; another route may take the message."""
    smsc = Smsc()
    async with serving(smsc):
        config = SmppConfig(host="127.0.0.1", port=smsc.port, system_id="hookflash", password="wrong")
        carrier = SmppCarrier("acme", config, sink, VirtualClock(), Random(1))
        with pytest.raises(CarrierBusyError, match="not bound yet"):
            await carrier.submit(message())
        await carrier.start()
        await until(lambda: carrier.state()["last_error"])
        with pytest.raises(CarrierBusyError, match="ESME_RINVPASWD") as caught:
            await carrier.submit(message())
        assert not caught.value.maybe_sent
        await carrier.close(1_000)


async def pause(carrier: SmppCarrier, clock: VirtualClock) -> int:
    """Wait until the carrier has failed, and jump to the moment when it tries again; returns how long that is (ms)."""
    now = clock.now()
    await until(lambda: cast("int", carrier.state()["next_try_at"]) > now)
    span = cast("int", carrier.state()["next_try_at"]) - now
    clock.jump(span)
    return span


async def test_it_binds_again_after_a_loss(smsc: Smsc, sink: Sink) -> None:
    """Each time that the connection dies the carrier makes a new one by itself, and goes on."""
    clock = VirtualClock()
    async with carrying(smsc, sink, clock) as carrier:
        for _ in range(3):
            smsc.links[0].abort()
            await pause(carrier, clock)
            await smsc.bound.get()
            await until(lambda: carrier.state()["bound"])
        assert (await carrier.submit(message())).ids == ("m1",)
    assert smsc.connections == 4


async def test_a_carrier_that_stays_away_is_called_less_and_less(sink: Sink) -> None:
    """Pauses double from half a second to a minute, with jitter, so that two binds never knock together for long."""
    clock = VirtualClock()
    async with serving(Smsc()) as smsc:
        config = SmppConfig(host="127.0.0.1", port=smsc.port, system_id="hookflash")
    carrier = SmppCarrier("acme", config, sink, clock, Random(1))
    await carrier.start()
    pauses = [await pause(carrier, clock) for _ in range(9)]
    longest = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]
    assert all(most / 2 <= each <= most + 100 for each, most in zip(pauses, longest, strict=True))
    await carrier.close(0)


class HangsUp(asyncio.Protocol):
    """Accepts, and hangs up before a word is said."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).abort()


async def test_a_peer_that_hangs_up_at_once_is_called_again(sink: Sink) -> None:
    """A connection that is gone before we could ask to be bound is a failure like any."""
    clock = VirtualClock()
    server = await asyncio.get_running_loop().create_server(HangsUp, "127.0.0.1", 0)
    config = SmppConfig(host="127.0.0.1", port=server.sockets[0].getsockname()[1], system_id="hookflash")
    carrier = SmppCarrier("acme", config, sink, clock, Random(1))
    await carrier.start()
    for _ in range(5):
        await pause(carrier, clock)
    await carrier.close(0)
    server.close()
    await server.wait_closed()


async def test_several_binds_share_the_work_and_receipts_come_on_any(smsc: Smsc, sink: Sink) -> None:
    """With a window of one on each of three binds, three messages are under way at once."""
    smsc.on_submit = hold
    async with carrying(smsc, sink, binds=3, window=1) as carrier:
        submits = [asyncio.create_task(carrier.submit(message())) for _ in range(4)]
        held = [await smsc.arrived.get() for _ in range(3)]
        assert len({id(link) for link, _ in held}) == 3
        assert (carrier.state()["window_used"], carrier.state()["waiting"]) == (3, 1)
        held[0][0].answer(held[0][1], SubmitSmResp("one"))
        link, fourth = await smsc.arrived.get()
        assert link is held[0][0]
        await smsc.deliver(DeliverSm(esm_class=4, short_message=b"id:one stat:DELIVRD"), link=held[1][0])
        assert sink.receipts.get_nowait().carrier_id == "one"
        for each, pdu in [*held[1:], (link, fourth)]:
            each.answer(pdu, SubmitSmResp("more"))
        await asyncio.gather(*submits)


async def test_a_pair_submits_on_one_and_hears_on_the_other(smsc: Smsc, sink: Sink) -> None:
    """A transmitter and a receiver together are as good as a transceiver."""
    async with carrying(smsc, sink, bind="pair") as carrier:
        assert carrier.state()["binds"] == 2
        await carrier.submit(message())
        (receiver,) = [link for link in smsc.links if link.bind.may_send]
        answer = await smsc.deliver(DeliverSm(short_message=b"Yes"), link=receiver)
        assert answer.status == 0
    assert sink.messages.qsize() == 1


async def test_the_answer_waits_for_the_commit(smsc: Smsc, sink: Sink) -> None:
    """deliver_sm_resp goes out only after the sink has returned."""
    async with carrying(smsc, sink) as carrier:
        sink.committed.clear()
        delivering = asyncio.create_task(smsc.deliver(DeliverSm(short_message=b"Yes")))
        await until(lambda: carrier.state()["incoming"])
        assert not delivering.done()
        sink.committed.set()
        assert (await delivering).status == 0


async def test_what_the_sink_cannot_keep_must_be_delivered_again(smsc: Smsc, sink: Sink) -> None:
    """A sink that raises turns into ESME_RX_T_APPN, and the error is logged, without the text."""
    async with carrying(smsc, sink) as carrier:
        sink.fail = True
        with structlog.testing.capture_logs() as logs:
            assert (await smsc.deliver(DeliverSm(short_message=b"Yes"))).status == S.ESME_RX_T_APPN
            assert (await smsc.deliver(DeliverSm(esm_class=4, short_message=RECEIPT))).status == S.ESME_RX_T_APPN
        assert carrier.state()["sink_failures"] == 2
    assert [entry["event"] for entry in logs] == ["smpp_delivery_not_taken"] * 2
    assert "Yes" not in str(logs)


async def test_data_sm_brings_messages_too(smsc: Smsc, sink: Sink) -> None:
    """A text in message_payload, answered by data_sm_resp."""
    async with carrying(smsc, sink):
        answer = await smsc.deliver(DataSm(source="12345", tlvs=((Tag.MESSAGE_PAYLOAD, b"by data"),)))
    assert answer.body == DataSmResp()
    assert sink.messages.get_nowait().body == "by data"


async def test_a_peer_that_does_not_read_is_not_read_from(smsc: Smsc) -> None:
    """Answers to a flood of enquire_link are not piled up in memory for someone who never takes them."""
    flood = encode(EnquireLink(), 1) * 10_000
    with socket.create_connection(("127.0.0.1", smsc.port)) as peer:
        peer.setblocking(False)
        refused = sent = 0
        while refused < 1_000 and sent < 1 << 28:
            try:
                sent += peer.send(flood[sent % HEADER_BYTES :])
                refused = 0
            except BlockingIOError:
                refused += 1
            await asyncio.sleep(0)
    assert sent < 1 << 28


async def test_close_waits_for_answers_and_unbinds(smsc: Smsc, sink: Sink) -> None:
    """Messages under way are finished within the grace, then the peer sees an unbind; new ones are sent back."""
    smsc.on_submit = hold
    async with carrying(smsc, sink) as carrier:
        submitting = asyncio.create_task(carrier.submit(message()))
        link, pdu = await smsc.arrived.get()
        closing = asyncio.create_task(carrier.close(5_000))
        await asyncio.sleep(0)
        with pytest.raises(CarrierBusyError, match="closing"):
            await carrier.submit(message())
        link.answer(pdu, SubmitSmResp("late"))
        assert (await submitting).ids == ("late",)
        await closing
        assert await link.ended == "the peer unbound"


async def test_close_does_not_wait_for_ever(smsc: Smsc, sink: Sink) -> None:
    """When the grace is over, what has no answer may have been sent."""
    smsc.on_submit = hold
    async with carrying(smsc, sink) as carrier:
        submitting = asyncio.create_task(carrier.submit(message()))
        await smsc.arrived.get()
        await carrier.close(1)
        with pytest.raises(CarrierBusyError) as caught:
            await submitting
    assert caught.value.maybe_sent


async def test_a_cancelled_submit_leaves_the_window_in_order(smsc: Smsc, sink: Sink) -> None:
    """Its answer still frees its place, and one that waited for room gives its turn to the next."""
    smsc.on_submit = hold
    async with carrying(smsc, sink, window=1) as carrier:
        first, second, third = (asyncio.create_task(carrier.submit(message())) for _ in range(3))
        link, pdu = await smsc.arrived.get()
        first.cancel()
        second.cancel()
        await asyncio.wait([first, second])
        link.answer(pdu, SubmitSmResp("nobody's"))
        link, pdu = await smsc.arrived.get()
        link.answer(pdu, SubmitSmResp("third"))
        assert (await third).ids == ("third",)


def test_the_rate_is_kept_by_pacing_and_then_by_sending_back() -> None:
    """100 a second are 10 ms apart; whoever would wait more than a second is told to come back."""
    pacer = Pacer(100)
    assert [pacer.reserve(0) for _ in range(3)] == [0, 10, 20]
    assert pacer.reserve(1_000) == 0
    for _ in range(100):
        pacer.reserve(1_000)
    with pytest.raises(CarrierBusyError) as caught:
        pacer.reserve(1_000)
    assert caught.value.retry_after == 1_010
    assert [Pacer(0).reserve(0) for _ in range(3)] == [0, 0, 0]


async def test_no_secret_and_no_number_reaches_the_log(smsc: Smsc, sink: Sink) -> None:
    """Logs and state name the carrier and the bind, and nothing private."""
    with structlog.testing.capture_logs() as logs:
        async with carrying(smsc, sink) as carrier:
            await carrier.submit(message("a secret"))
            state = str(carrier.state())
    for text in (str(logs), state, repr(SmppConfig(host="h", system_id="me", password=PASSWORD))):
        assert PASSWORD not in text
        assert "1555000" not in text
        assert "a secret" not in text
    assert [entry["event"] for entry in logs] == ["smpp_bound", "smpp_unbound"]


async def test_tls_checks_who_the_carrier_is(sink: Sink, tmp_path: Path) -> None:
    """A bind over TLS works with the right authority, and is not made with another."""
    certificate, key = self_signed(tmp_path, "127.0.0.1")
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(certificate, key)
    smsc = Smsc()
    async with serving(smsc, ssl=server_side):
        async with carrying(smsc, sink, tls=True, tls_ca=str(certificate)) as carrier:
            assert (await carrier.submit(message())).ids == ("m1",)
        stranger = SmppConfig(host="127.0.0.1", port=smsc.port, system_id="hookflash", tls=True)
        carrier = SmppCarrier("acme", stranger, sink, VirtualClock(), Random(1))
        await carrier.start()
        await until(lambda: carrier.state()["last_error"])
        assert "CERTIFICATE_VERIFY_FAILED" in str(carrier.state()["last_error"])
        await carrier.close(0)


def self_signed(folder: Path, address: str) -> tuple[Path, Path]:
    """A certificate for an IP address, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "carrier")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "carrier.pem", folder / "carrier.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths
