"""`<Sms>` and `<Message>` in a call: a text, by default to the caller."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from hookflash.twiml.declaration import TEXT, URL, Verb, attribute, check_url, one_of, verb
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.verbs.body import Body
from hookflash.twiml.verbs.media import Media
from hookflash.twiml.voice import FALL_THROUGH, GoTo, Next, Text, VoiceCall, VoiceVerb


@dataclass(frozen=True, kw_only=True, slots=True)
class TextInCall(VoiceVerb):
    """Sends a text; the call goes on at once."""

    is_heard: ClassVar[bool] = False

    to: str | None = attribute(
        "to", TEXT, warn=TwimlCode.MESSAGE_TO, summary="whom it goes to. Default: who is on the phone"
    )
    from_: str | None = attribute(
        "from", TEXT, warn=TwimlCode.MESSAGE_FROM, summary="a number of yours. Default: the one of the call"
    )
    action: str | None = attribute(
        "action",
        URL,
        refuse=TwimlCode.INVALID_URL,
        summary="told the SID and status; its document goes on. Default: the next verb runs",
    )
    method: str = attribute(
        "method",
        one_of("GET", "POST"),
        default="POST",
        warn=TwimlCode.MESSAGE_METHOD,
        summary="how `action` is requested",
    )
    status_callback: str | None = attribute(
        "statusCallback", URL, warn=TwimlCode.MESSAGE_STATUS_CALLBACK, summary="told of each status of the message"
    )

    @property
    def is_last(self) -> bool:
        return self.action is not None

    @property
    def body(self) -> str:
        return "".join(_texts(self)).strip()

    @property
    def media(self) -> tuple[str, ...]:
        return tuple(part.text for part in self.content if isinstance(part, Media))

    def check(self, url: str | None) -> Iterator[TwimlWarning]:
        if not self.body and not self.media:
            yield self.skipped(TwimlCode.MESSAGE_BODY, f"{self.name} has no text")
        for each in self.media:
            try:
                check_url(each)
            except ValueError as reason:
                yield self.skipped(TwimlCode.INVALID_MEDIA_URL, f"The URL of <Media> {reason}")

    async def run(self, call: VoiceCall) -> Next:
        sid, status = await call.send_text(
            Text(
                to=self.to or call.caller,
                from_=self.from_ or call.ours,
                body=self.body,
                media_urls=self.media,
                status_callback=self.status_callback,
            )
        )
        call.note(f"{self.name}: {status}")
        if self.action is None:
            return FALL_THROUGH
        params = {"SmsStatus": status}
        return GoTo(self.action, self.method, {"SmsSid": sid, **params} if sid is not None else params)

    @property
    def sentence(self) -> str:
        return f"{self.name} sends a text"


def _texts(element: Verb) -> Iterator[str]:
    """The text of an element and of each `<Body>` in it, with its inner edges, for joining."""
    for part in element.content:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Body):
            yield from _texts(part)


@verb("Sms", text="text of the message", children=(Body, Media))
@dataclass(frozen=True, kw_only=True, slots=True)
class SmsInCall(TextInCall):
    """Sends a text; the call goes on at once."""


@verb("Message", text="text of the message", children=(Body, Media))
@dataclass(frozen=True, kw_only=True, slots=True)
class MessageInCall(TextInCall):
    """Sends a text, as `<Sms>` does."""
