"""Documents that are heard beside a call's own: of who waits, who is on hold, and announcements."""

from hookflash.domain.call import Source
from hookflash.runtime.calls.documents import Step
from hookflash.runtime.calls.live_call import LiveCall
from hookflash.runtime.calls.script import End, Script
from hookflash.switch.leg import HungUp, Leg
from hookflash.twiml.channels import MEANWHILE
from hookflash.twiml.voice import HangUp


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
        except Exception as error:  # noqa: BLE001 - whatever it is, the call goes on
            self.call.diary.broke("a document beside a call broke", error)
            self.has_failed = True

    async def announce(self, source: Source) -> str:
        """Let them hear an announcement; returns why that could not be, or nothing."""
        await self.of(source, "announcement")
        return "Its document could not be had" if self.has_failed else ""

    async def apologise(self) -> End:
        self.has_failed = True
        return HangUp()
