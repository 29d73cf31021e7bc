"""The documents of a call: each is asked for with the call's cookies and logins, judged, and parsed.

What fails is told to the debugger, and the fallback URL is asked instead, once: a fallback has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from hookflash.domain.call import Call, Source
from hookflash.switch.protocol import AnySource
from hookflash.twiml.document import Channel, Document
from hookflash.twiml.parse import PLAIN_TYPE, parse_answer, parse_document
from hookflash.twiml.problems import TwimlCode, TwimlError
from hookflash.twiml.voice import GoTo, SoundError
from hookflash.webhooks.codes import WebhookCode
from hookflash.webhooks.cookies import Jar
from hookflash.webhooks.login import Logins
from hookflash.webhooks.outcome import Attempt, Outcome
from hookflash.webhooks.request import SOUNDS, VOICE_DOCUMENTS, WebhookRequest, media_type, resolve_url
from hookflash.webhooks.sign import Channel as Signing
from hookflash.webhooks.status import fallback_params
from hookflash.webhooks.voice import voice_params

from .diary import Diary
from .parts import Parts


@dataclass(frozen=True, kw_only=True)
class Step:
    """What a call runs next."""

    source: Source
    params: Mapping[str, str] = field(default_factory=dict)  #: beside those of every request
    kind: str = "voice"  #: for people
    is_fallback: bool = False  #: whether it came of one: then there is none to fall back to
    is_update: bool = False  #: whether REST has put it there, in a call that goes on


@dataclass(frozen=True, kw_only=True)
class Page:
    """A document that is there."""

    document: Document
    url: str | None  #: absolute; None for one that came without
    step: Step  #: what it answers
    sound: AnySource | None = None  #: instead of verbs: it is played, and then the call ends


class _Unusable(Exception):  # noqa: N818 - it never leaves this file
    def __init__(self, code: int, sentence: str, attempt: Attempt | None = None) -> None:
        self.code = code
        self.sentence = sentence
        self.attempt = attempt


class Documents:
    """Fetches the documents of one call."""

    def __init__(self, parts: Parts, diary: Diary, account_sid: str, sid: str) -> None:
        self._parts = parts
        self._diary = diary
        self._account_sid = account_sid
        self._sid = sid
        self.jar = Jar(touched_at=parts.clock.now())  #: the cookies of this call
        self._logins = Logins()
        self._count = 0

    async def fetch(self, step: Step, call: Call, *, status: str, channel: Channel) -> Page | None:
        """The document of `step`, or that of its fallback; None when there is neither.

        `call` says what the requests carry, with `status` as it is now.
        """
        params = {**voice_params(call, status=status), **step.params}
        try:
            return await self._fetch(step, params, channel)
        except _Unusable as reason:
            self._complain(reason)
            fallback = _fallback(step)
            if fallback is None:
                return None
            params = fallback_params(params, error_code=reason.code, failed_url=step.source.url or "")
            try:
                return await self._fetch(fallback, params, channel)
            except _Unusable as second:
                self._complain(second)
                return None

    async def request(self, step: Step, call: Call, *, status: str) -> None:
        """Ask for a document that nobody will hear: the phone is gone."""
        if step.source.url:
            outcome = await self._ask(step, {**voice_params(call, status=status), **step.params})
            if outcome.error is not None:
                attempt = outcome.attempts[-1] if outcome.attempts else None
                self._complain(_Unusable(outcome.error.code.number, outcome.error.sentence, attempt))

    def follow(self, page: Page, go_to: GoTo, fallback: Source) -> Step | None:
        """Where a verb of `page` leads; None, with an alert, when its URL is relative and the page has none."""
        url = resolve_url(page.url or "", go_to.url)
        if not urlsplit(url).scheme:
            sentence = "A relative URL leads nowhere from a document that has no URL of its own"
            code = TwimlCode.RELATIVE_URL_IN_UPDATE if page.step.is_update else TwimlCode.INVALID_URL
            self._complain(_Unusable(int(code), sentence))
            return None
        source = msgspec.structs.replace(fallback, url=url, method=go_to.method, twiml=None)
        return Step(source=source, params=go_to.params, is_fallback=page.step.is_fallback)

    # -- one document --

    async def _fetch(self, step: Step, params: dict[str, str], channel: Channel) -> Page:
        source = step.source
        if source.url is None:
            return self._inline(step, channel)
        outcome = await self._ask(step, params)
        attempt = outcome.attempts[-1] if outcome.attempts else None
        if outcome.error is not None:
            raise _Unusable(outcome.error.code.number, outcome.error.sentence, attempt)
        if not outcome.body:
            code = WebhookCode.EMPTY_BODY
            raise _Unusable(code.number, code.sentence.format(detail=f"status {outcome.status}"), attempt)
        try:
            return await self._read(step, outcome, channel)
        except TwimlError as error:
            raise _Unusable(int(error.code), _placed(error), attempt) from None
        except SoundError as error:
            raise _Unusable(error.code, error.sentence, attempt) from None

    def _inline(self, step: Step, channel: Channel) -> Page:
        try:
            document = parse_document((step.source.twiml or "").encode(), channel)
        except TwimlError as error:
            raise _Unusable(int(error.code), _placed(error)) from None
        return self._page(Page(document=document, url=None, step=step))

    async def _ask(self, step: Step, params: dict[str, str]) -> Outcome:
        self._count += 1
        outcome = await self._parts.webhooks.fetch(
            WebhookRequest(
                url=step.source.url or "",
                method=step.source.method,
                params=params,
                account_sid=self._account_sid,
                auth_token=await self._parts.auth.token(self._account_sid),
                resource_sid=self._sid,
                idempotency_token=f"{self._sid}-{self._count}",
                kind=step.kind,
                channel=Signing.VOICE,
                accepts=VOICE_DOCUMENTS,
                jar=self.jar,
                logins=self._logins,
                validate_certificates=self._parts.validate_certificates,
            )
        )
        self.jar = outcome.jar or self.jar
        self._diary.attempts(outcome.attempts)
        return outcome

    async def _read(self, step: Step, outcome: Outcome, channel: Channel) -> Page:
        kind = media_type(outcome.content_type)
        if kind in SOUNDS:
            sound = await self._parts.sounds.keep(outcome)
            return Page(document=Document(), url=outcome.url, step=step, sound=sound)
        document = _twiml_in_text(outcome, channel) if kind == PLAIN_TYPE else None
        document = document or parse_answer(outcome.body, outcome.content_type, channel)
        return self._page(Page(document=document, url=outcome.url, step=step))

    def _page(self, page: Page) -> Page:
        for warning in page.document.warnings:
            self._diary.warn(warning)
        return page

    def _complain(self, reason: _Unusable) -> None:
        self._diary.alert(reason.code, reason.sentence, attempt=reason.attempt)


def _fallback(step: Step) -> Step | None:
    url = step.source.fallback_url
    if not url or step.is_fallback:
        return None
    source = msgspec.structs.replace(step.source, url=url, method=step.source.fallback_method, twiml=None)
    return Step(source=source, kind="fallback", is_fallback=True)


def _twiml_in_text(outcome: Outcome, channel: Channel) -> Document | None:
    """The TwiML that came as plain text; None when it is none, and is to be spoken."""
    try:
        return parse_document(outcome.body, channel)
    except TwimlError:
        return None


def _placed(error: TwimlError) -> str:
    return f"line {error.line}, column {error.column}: {error.sentence}" if error.line else error.sentence
