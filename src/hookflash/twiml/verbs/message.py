"""`<Message>`: a text or media message, by default back to who wrote."""

from dataclasses import dataclass
from urllib.parse import urljoin

from hookflash.domain.phone_numbers import AddressKind, parse_recipient, parse_sender, parse_short_code, region_of
from hookflash.domain.segments import utf16_length
from hookflash.twiml.declaration import TEXT, URL, Verb, attribute, check_url, one_of, verb
from hookflash.twiml.messaging import Incoming, ReplyDraft
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.verbs.body import Body
from hookflash.twiml.verbs.media import Media

LONGEST_BODY = 1_600  # UTF-16 code units
MOST_MEDIA = 10


@verb("Message", text="text of the message, a shorthand for one `<Body>`", children=(Body, Media))
@dataclass(frozen=True, kw_only=True, slots=True)
class Message(Verb):
    """Sends a message."""

    to: str | None = attribute(
        "to",
        TEXT,
        refuse=TwimlCode.MESSAGE_TO,
        summary="whom it goes to; a number without `+` is one of the country of `from`. Default: who wrote",
    )
    from_: str | None = attribute(
        "from",
        TEXT,
        refuse=TwimlCode.MESSAGE_FROM,
        summary="a number, short code, name or channel address of yours. Default: the one that was written to",
    )
    action: str | None = attribute(
        "action", URL, refuse=TwimlCode.MESSAGE_STATUS_CALLBACK, summary="told of each status; its answer is not run"
    )
    method: str = attribute(
        "method",
        one_of("GET", "POST"),
        default="POST",
        refuse=TwimlCode.MESSAGE_METHOD,
        summary="how `action` and `statusCallback` are requested",
    )
    status_callback: str | None = attribute(
        "statusCallback",
        URL,
        refuse=TwimlCode.MESSAGE_STATUS_CALLBACK,
        summary="told of each status, as `action`; once when both are the same URL",
    )

    def run(self, incoming: Incoming, base_url: str) -> ReplyDraft | TwimlWarning:
        """The reply, or why it cannot be sent."""
        sender = incoming.to if self.from_ is None else _sender(self.from_)
        if sender is None:
            return self._skip(TwimlCode.MESSAGE_FROM, f"from of <{self._name}> is no sender of messages")
        to = incoming.from_ if self.to is None else _recipient(self.to, sender)
        if to is None:
            return self._skip(TwimlCode.MESSAGE_TO, f"to of <{self._name}> is not a number that can be written to")
        if _channel(to) != _channel(sender):
            blamed = TwimlCode.MESSAGE_TO if self.to is not None else TwimlCode.MESSAGE_FROM
            return self._skip(blamed, f"to and from of <{self._name}> are addresses of different channels")

        body = self._body()
        media = [part.text for part in self.content if isinstance(part, Media)]
        if problem := self._problem(body, media):
            return problem
        return ReplyDraft(
            to=to,
            from_=sender,
            body=body,
            media_urls=tuple(urljoin(base_url, url) for url in media),
            status_urls=self._status_urls(base_url),
            status_method=self.method,
            service_sid=incoming.service_sid if self.from_ is None else None,
        )

    def _body(self) -> str:
        """Bare text and `<Body>` elements joined in the order of the document."""
        pieces = [part if isinstance(part, str) else _raw(part) for part in self.content]
        return "".join(piece for piece in pieces if piece.strip()).strip()

    def _problem(self, body: str, media: list[str]) -> TwimlWarning | None:
        if not body and not media:
            return self._skip(TwimlCode.MESSAGE_BODY, f"<{self._name}> has neither text nor media")
        if (length := utf16_length(body)) > LONGEST_BODY:
            reason = f"The text of <{self._name}> has {length} characters; {LONGEST_BODY} are allowed"
            return self._skip(TwimlCode.MESSAGE_BODY, reason)
        if len(media) > MOST_MEDIA:
            return self._skip(TwimlCode.TOO_MANY_MEDIA, f"<{self._name}> has more than {MOST_MEDIA} media")
        for url in media:
            try:
                empty = not check_url(url)
            except ValueError as reason:
                return self._skip(TwimlCode.INVALID_MEDIA_URL, f"The URL of <Media> {reason}")
            if empty:
                return self._skip(TwimlCode.INVALID_MEDIA_URL, "<Media> has no URL")
        return None

    def _status_urls(self, base_url: str) -> tuple[str, ...]:
        urls = [urljoin(base_url, url) for url in (self.action, self.status_callback) if url]
        return tuple(dict.fromkeys(urls))

    @property
    def _name(self) -> str:
        return self.declaration.name

    def _skip(self, code: TwimlCode, reason: str) -> TwimlWarning:
        return TwimlWarning(code, f"{reason}; the verb is skipped.", self.line, self.column)


def _raw(part: Verb) -> str:
    """The text of a `<Body>` with its inner edges, for joining; nothing of other elements."""
    return "".join(text for text in part.content if isinstance(text, str)) if isinstance(part, Body) else ""


def _sender(written: str) -> str | None:
    address = parse_sender(written)
    return address.text if address else None


def _recipient(written: str, sender: str) -> str | None:
    """`written` as an address; bare digits are a short code, or a number of the sender's country."""
    origin = parse_sender(sender)
    region = region_of(origin.text) if origin and origin.kind is AddressKind.PHONE else "US"
    address = parse_recipient(written, region or "US") or parse_short_code(written)
    return address.text if address else None


def _channel(address: str) -> str:
    return address.partition(":")[0] if ":" in address else ""
