"""Sound files that applications name: fetched, judged, and kept where the switch can read them."""

from collections.abc import Callable

from hookflash.api.auth import Authenticator
from hookflash.speech.repertoire import Repertoire
from hookflash.store.media_files import digest_of
from hookflash.store.shelf import Shelf
from hookflash.switch.protocol import File
from hookflash.twiml.voice import SoundError
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.codes import WebhookCode
from hookflash.webhooks.cookies import Jar
from hookflash.webhooks.outcome import Attempt, Outcome
from hookflash.webhooks.request import WebhookRequest, bare_url
from hookflash.webhooks.sign import Channel

LONGEST = 64 << 20  #: bytes: 40 minutes of 16-bit audio at 8 kHz have 38 MB
MULAW = frozenset({"audio/ulaw", "audio/basic"})
ACCEPTED = MULAW | {
    *("audio/mpeg", "audio/mp3", "audio/wav", "audio/wave", "audio/x-wav", "audio/vnd.wave"),
    *("audio/aiff", "audio/x-aifc", "audio/x-aiff", "audio/x-gsm", "audio/gsm"),
    *("audio/ogg", "audio/flac", "audio/x-flac", "application/ogg", "application/octet-stream"),
}
UNSUPPORTED = 13420
TOO_LARGE = 11751


class Sounds:
    """Fetches sounds. One that a cache may answer is not asked for again; bodies that are alike are kept once."""

    def __init__(
        self,
        *,
        webhooks: WebhookClient,
        auth: Authenticator,
        shelf: Shelf,
        repertoire: Repertoire,
        validate_certificates: bool,
    ) -> None:
        self._webhooks = webhooks
        self._auth = auth
        self._shelf = shelf
        self._repertoire = repertoire
        self._validate_certificates = validate_certificates

    async def fetch(
        self, url: str, *, account_sid: str, call_sid: str, jar: Jar | None, told: Callable[[tuple[Attempt, ...]], None]
    ) -> File:
        """The sound at the absolute `url`: a GET without parameters. Raises SoundError.

        `told` hears of the attempts, whatever comes of them.
        """
        outcome = await self._webhooks.fetch(
            WebhookRequest(
                url=url,
                method="GET",
                account_sid=account_sid,
                auth_token=await self._auth.token(account_sid),
                resource_sid=call_sid,
                idempotency_token=f"{call_sid}-{digest_of(url.encode())[:16]}",
                kind="sound",
                channel=Channel.VOICE,
                accepts=ACCEPTED,
                body_limit=LONGEST,
                jar=jar,
                validate_certificates=self._validate_certificates,
            )
        )
        told(outcome.attempts)
        return await self.keep(outcome)

    async def keep(self, outcome: Outcome) -> File:
        """The body of an answer as a file to play. Raises SoundError when it is none."""
        _check(outcome)
        is_raw = _media_type(outcome) in MULAW and not outcome.body.startswith(b".snd")
        name = digest_of(outcome.body) + (".ulaw" if is_raw else ".sound")
        try:
            path = self._shelf.take(name) or await self._shelf.put(name, outcome.body)
        except OSError as error:
            raise SoundError(WebhookCode.RETRIEVAL.number, f"The sound could not be kept: {error.strerror}.") from error
        self._repertoire.add(bare_url(outcome.url), path)
        return File(path=str(path), raw=is_raw)


def _check(outcome: Outcome) -> None:
    error = outcome.error
    if error is None and not outcome.body:
        raise SoundError(
            WebhookCode.EMPTY_BODY.number, WebhookCode.EMPTY_BODY.sentence.format(detail="a sound has one")
        )
    if error is None:
        return
    if error.code is WebhookCode.CONTENT_TYPE:
        kind = _media_type(outcome) or "no type at all"
        raise SoundError(UNSUPPORTED, f"<Play> cannot play {kind[:100]}; it plays mp3, wav, aiff, gsm and mu-law.")
    if error.code is WebhookCode.BODY_TOO_LONG:
        raise SoundError(TOO_LARGE, f"The sound is larger than {LONGEST >> 20} MB.")
    raise SoundError(error.code.number, error.sentence)


def _media_type(outcome: Outcome) -> str:
    return outcome.content_type.partition(";")[0].strip().lower()
