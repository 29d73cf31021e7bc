"""A phone of a call asks to have the other one elsewhere (REFER, RFC 3515): who listens for it, and who refuses it."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from hookflash.domain.call import Source
from hookflash.switch import protocol
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.voice import GoTo

from .documents import Step

if TYPE_CHECKING:
    from .live_call import LiveCall
    from .script import Script


class Wish:
    """What one call of a `<Dial>` asks of the other that it is joined with: `who` and whereto, once `came` is set.

    It may come before the two are joined: phones are fast.
    """

    def __init__(self) -> None:
        self.who: LiveCall | None = None
        self.to = ""
        self.came = asyncio.Event()
        self._calls: list[LiveCall] = []

    def listen_to(self, call: "LiveCall") -> None:
        """Its phone may ask, until `over`."""
        self._calls.append(call)
        call.wish = self

    def over(self) -> None:
        """Nobody can ask any more."""
        for call in self._calls:
            if call.wish is self:
                call.wish = None

    def take(self, who: "LiveCall", event: protocol.Referred) -> bool:
        """Whether this is heard; the second is not."""
        if self.came.is_set():
            return False
        self.who, self.to = who, event.to
        self.came.set()
        return True

    def document(self, plan: GoTo) -> GoTo:
        """What runs now."""
        return replace(plan, params={"ReferTransferTarget": self.to})


async def refuse(call: "LiveCall") -> None:
    """No document says what to do."""
    sentence = "The phone asks to be connected elsewhere, and no <Dial> with a referUrl is under way: it is refused"
    call.diary.alert(TwimlCode.REFER_WITHOUT_URL, sentence)
    await call.leg.refuse_refer()


def send(call: "LiveCall", to: GoTo, script: "Script") -> None:
    """Have `call` run the document of `to`, whose URL is as a verb of `script` wrote it."""
    source = Source(url=script.absolute(to.url) or None, method=to.method)
    call.send(Step(source=source, params=to.params, kind="transfer"))
