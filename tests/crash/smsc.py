"""A message centre as a process: `python -m tests.crash.smsc PORT LEDGER TEXTS`.

It notes each submit_sm before it answers, sends a receipt for each, and brings TEXTS texts, some at each bind. What the
client has not acknowledged it sends again, on the next bind too, for ever: as a centre does that stores and forwards.
"""

import asyncio
import os
import sys
from itertools import islice
from pathlib import Path
from random import Random

from tests.crash.ledger import Ledger

from hookflash.carriers.smpp_link import SmppLink
from hookflash.wire.smpp.bind import Answered, Closed, Event, Limits, Received, Role, TimedOut
from hookflash.wire.smpp.pdu import BindTransceiver, BindTransceiverResp, DeliverSm, Pdu, SubmitSm, SubmitSmResp

TEXT_TAG = 0x1400  # parameter of a deliver_sm that names the text
TEXTS_AT_A_BIND = 15  # a life may end before its bind: all have come after ten
WINDOW = 50
RECEIPT = "id:{id} sub:001 dlvrd:001 submit date:2511210000 done date:2511210000 stat:DELIVRD err:000 text:"


class Centre:
    def __init__(self, ledger: Ledger, texts: int) -> None:
        self._ledger = ledger
        self._random = Random(1)
        self._waiting: dict[str, DeliverSm] = {}  # by name, until acknowledged
        self._under_way: set[str] = set()
        self._link: SmppLink | None = None
        self._ids = 0
        self._texts = iter(range(texts))

    def new_link(self) -> SmppLink:
        return SmppLink(Role.SERVER, Limits(window=WINDOW), self._heard)

    def _heard(self, link: SmppLink, event: Event) -> None:
        if isinstance(event, Received) and isinstance(event.pdu.body, BindTransceiver):
            link.answer(event.pdu, BindTransceiverResp("centre"))
            self._link, self._under_way = link, set()
            self._waiting |= {f"text-{number}": _text(number) for number in islice(self._texts, TEXTS_AT_A_BIND)}
            self._deliver()
        elif isinstance(event, Received) and isinstance(event.pdu.body, SubmitSm):
            self._take(link, event.pdu, event.pdu.body)
        elif isinstance(event, Answered) and event.status == 0:
            self._ledger.note("acknowledged", name=event.token)
            self._under_way.discard(event.token)
            self._waiting.pop(event.token, None)
            self._deliver()
        elif isinstance(event, (Answered, TimedOut)):
            self._under_way.discard(event.token)
            asyncio.get_running_loop().call_later(0.1, self._deliver)
        elif isinstance(event, Closed) and link is self._link:
            self._link = None

    def _take(self, link: SmppLink, pdu: Pdu, body: SubmitSm) -> None:
        self._ids += 1
        name = f"{os.getpid()}-{self._ids}"  # the next centre's ids are others
        self._ledger.note("submitted", id=name, to=body.destination, text=body.short_message.decode("latin-1"))
        loop = asyncio.get_running_loop()
        loop.call_later(self._random.uniform(0, 0.02), link.answer, pdu, SubmitSmResp(name))
        loop.call_later(self._random.uniform(0, 0.06), self._confirm, name, body)

    def _confirm(self, name: str, body: SubmitSm) -> None:
        """The handset has it. Some receipts leave before the answer to their submit does."""
        self._waiting[f"receipt-{name}"] = _swapped(body, RECEIPT.format(id=name))
        self._deliver()

    def _deliver(self) -> None:
        link = self._link
        if link is None:
            return
        for name, body in self._waiting.items():
            if name not in self._under_way:
                if link.bind.room(link.now()) <= 0:
                    return
                self._under_way.add(name)
                link.request(body, name)


def _text(number: int) -> DeliverSm:
    return DeliverSm(
        source_ton=1,
        source_npi=1,
        source=f"1415666{number % 50:04}",
        destination_ton=1,
        destination_npi=1,
        destination="14155550100",
        short_message=f"text {number}".encode(),
        tlvs=((TEXT_TAG, f"text-{number}".encode()),),
    )


def _swapped(body: SubmitSm, text: str) -> DeliverSm:
    return DeliverSm(source=body.destination, destination=body.source, esm_class=4, short_message=text.encode())


async def main(port: int, ledger: Path, texts: int) -> None:
    centre = Centre(Ledger(ledger), texts)
    server = await asyncio.get_running_loop().create_server(centre.new_link, "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
