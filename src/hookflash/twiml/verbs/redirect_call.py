"""`<Redirect>` in a call: another document goes on from here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from hookflash.twiml.declaration import attribute, check_url, one_of, verb
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.voice import GoTo, Next, VoiceCall, VoiceVerb


@verb("Redirect", text="absolute or relative URL; the document itself when empty")
@dataclass(frozen=True, kw_only=True, slots=True)
class RedirectCall(VoiceVerb):
    """Goes on with another document; the verbs after it are not reached."""

    is_heard: ClassVar[bool] = False

    method: str = attribute(
        "method",
        one_of("GET", "POST"),
        default="POST",
        warn=TwimlCode.REDIRECT_METHOD,
        summary="how the document is requested",
    )

    @property
    def is_last(self) -> bool:
        return True

    def check(self, url: str | None) -> Iterator[TwimlWarning]:
        try:
            if not check_url(self.text) and url is None:
                raise ValueError("is missing, and this document has none of its own")
        except ValueError as reason:
            yield self.skipped(TwimlCode.INVALID_URL, f"The URL of <Redirect> {reason}")

    async def run(self, call: VoiceCall) -> Next:
        return GoTo(self.text, self.method)

    @property
    def sentence(self) -> str:
        return "<Redirect> goes on with another document"
