"""The carrier over real sockets, against a message centre made of the server side of our own bind."""

from tests.unit.carriers.smpp_support import Sink, Smsc, carrying, message, serving

from hookflash.carriers.carrier import Submitted
from hookflash.wire.smpp.pdu import DeliverSm, SubmitSm

RECEIPT = b"id:m1 sub:001 dlvrd:001 submit date:2601020304 done date:2601020305 stat:DELIVRD err:000 text:Hello"


async def test_a_text_goes_out_and_its_receipt_and_a_reply_come_in() -> None:
    """bind, submit_sm, its answer, a receipt by text, and a text from a handset: the whole round."""
    sink = Sink()
    async with serving(Smsc()) as smsc, carrying(smsc, sink) as carrier:
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
        answer = await smsc.deliver(
            DeliverSm(
                source_ton=1, source="15550002222", destination_ton=1, destination="15550001111", short_message=b"Yes"
            )
        )
        assert answer.status == 0
        text = sink.messages.get_nowait()
        assert (text.sender, text.recipient, text.body) == ("+15550002222", "+15550001111", "Yes")
