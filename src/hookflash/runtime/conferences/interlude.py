"""Documents that are heard beside a call's own: of who waits, who is on hold, and announcements."""

import structlog

from hookflash.domain.call import Source
from hookflash.runtime.calls.documents import Step
from hookflash.runtime.calls.live_call import LiveCall
from hookflash.runtime.calls.script import End, Script
from hookflash.switch.leg import HungUp, Leg
from hookflash.twiml.channels import MEANWHILE
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.voice import HangUp

log = structlog.get_logger()


class Interlude(Script):
    """Runs them for `call`; `leg` is who hears them. One that cannot be had is silence, and no apology."""

    def __init__(self, call: LiveCall, *, leg: Leg | None = None) -> None:
        super().__init__(call, MEANWHILE, leg=leg)
        self.has_failed = False

    async def of(self, source: Source, kind: str) -> None:
        """The document of `source`, to its end, and where it leads; silence where it has no URL."""
        if not source.url:
            return
        try:
            await self.run(Step(source=source, kind=kind))
        except HungUp:
            raise
        except Exception:
            log.exception("a document beside a call broke", sid=self.call.row.sid)
            self.call.diary.alert(TwimlCode.INTERNAL, "Something of this platform failed; its log says what")
            self.has_failed = True

    async def apologise(self) -> End:
        self.has_failed = True
        return HangUp()
