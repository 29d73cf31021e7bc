"""The `media` queue: media are fetched before their message goes on; and `unlink`: files that nothing names go."""

import msgspec

from hookflash.actions.keep_media import Fetch, Fetched, Missing, begin_fetches, keep_media
from hookflash.api.auth import Authenticator
from hookflash.domain.clock import Clock
from hookflash.domain.media import Media
from hookflash.domain.media_links import MediaLinks
from hookflash.errors import Code
from hookflash.store import outbox
from hookflash.store.media_files import MediaFiles, digest_of
from hookflash.store.outbox import Job
from hookflash.store.store import Store, Tx
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.codes import WebhookCode
from hookflash.webhooks.outcome import Attempt, Outcome
from hookflash.webhooks.request import WebhookRequest

from .keep import keep

AT_ONCE = 8  #: messages whose media are fetched at the same time: each may take 5 MB of memory
MESSAGE_LIMIT = 5 * 1024 * 1024  #: bytes of all media of a message, and of a picture
OTHER_LIMIT = 500 * 1024  #: bytes of any other medium
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif"})

#: What a media message may carry, as the original lists it.
ACCEPTED = PICTURES | frozenset(
    {
        *("image/bmp", "image/tiff", "image/webp"),
        *("audio/basic", "audio/l24", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/vorbis", "audio/webm"),
        *("audio/3gpp", "audio/3gpp2", "audio/ac3", "audio/amr", "audio/amr-nb", "audio/vnd.rn-realaudio"),
        *("audio/vnd.wave", "audio/wav", "audio/x-wav"),
        *("video/mpeg", "video/mp4", "video/quicktime", "video/webm", "video/3gpp", "video/3gpp2", "video/3gpp-tt"),
        *("video/h261", "video/h263", "video/h264"),
        *("text/vcard", "text/x-vcard", "text/csv", "text/rtf", "text/richtext", "text/calendar", "text/directory"),
        *("application/pdf", "application/vcard", "application/vnd.apple.pkpass"),
    }
)


class _Download(msgspec.Struct, frozen=True, kw_only=True):
    """What is behind one URL: bytes to keep, or a digest that is here already."""

    content_type: str
    size: int
    digest: str
    body: bytes | None


class MediaFetcher:
    """Fetches the media of messages; `begin` and `perform` are those of a `Worker`."""

    def __init__(
        self,
        *,
        store: Store,
        files: MediaFiles,
        links: MediaLinks,
        webhooks: WebhookClient,
        auth: Authenticator,
        clock: Clock,
        validate_certificates: bool,
    ) -> None:
        self._store = store
        self._files = files
        self._links = links
        self._webhooks = webhooks
        self._auth = auth
        self._clock = clock
        self._validate_certificates = validate_certificates

    async def begin(self, tx: Tx, jobs: list[Job]) -> list[Fetch]:
        return await begin_fetches(tx, jobs)

    async def perform(self, fetch: Fetch) -> None:
        options = fetch.message.options
        downloads: list[_Download] = []
        missing: list[Missing] = []
        attempts: tuple[Attempt, ...] = ()
        room = MESSAGE_LIMIT
        for url in options.media_urls if options else ():
            found, tried = await self._download(fetch, url, room)
            attempts += tried
            if isinstance(found, Missing):
                missing.append(found)
            else:
                downloads.append(found)
                room -= found.size
        async with self._files.hold(download.digest for download in downloads):
            fetched = []
            for download in downloads:
                if download.body is not None:
                    await self._files.keep(download.body)
                elif not await self._files.has(download.digest):
                    missing.append(Missing(code=WebhookCode.RETRIEVAL.number, sentence="The medium was deleted"))
                    continue
                fetched.append(Fetched(content_type=download.content_type, size=download.size, digest=download.digest))
            await keep(lambda: self._store.write(keep_media, fetch, fetched, missing, attempts, now=self._clock.now()))

    async def _download(self, fetch: Fetch, url: str, room: int) -> tuple[_Download | Missing, tuple[Attempt, ...]]:
        own = self._links.path_of(url, self._clock.now())
        row = await self._store.read(_media_at, own) if own else None
        if row is not None:
            return _Download(content_type=row.content_type, size=row.size, digest=row.digest, body=None), ()
        message = fetch.message
        outcome = await self._webhooks.fetch(
            WebhookRequest(
                url=url,
                method="GET",
                account_sid=message.account_sid,
                auth_token=await self._auth.token(message.account_sid),
                resource_sid=message.sid,
                idempotency_token=f"{message.sid}-{fetch.job.id}",
                kind="media",
                accepts=ACCEPTED,
                body_limit=room,
                validate_certificates=self._validate_certificates,
            )
        )
        return _judge(outcome, room), outcome.attempts


def _judge(outcome: Outcome, room: int) -> _Download | Missing:
    """The medium that came, or why it cannot be sent; a message has `room` bytes left."""
    last = outcome.attempts[-1] if outcome.attempts else None
    content_type = outcome.content_type.partition(";")[0].strip().lower()
    error = outcome.error
    limit = room if content_type in PICTURES else min(room, OTHER_LIMIT)
    too_long = error is not None and error.code is WebhookCode.BODY_TOO_LONG
    if too_long or len(outcome.body) > limit:
        sentence = f"{Code.MEDIA_TOO_LARGE.sentence}: more than {limit} bytes"
        return Missing(code=Code.MEDIA_TOO_LARGE.number, sentence=sentence, attempt=last)
    if error is not None and error.code is WebhookCode.CONTENT_TYPE:
        sentence = error.code.sentence.format(detail=f"messages do not carry {content_type[:100]}")
        return Missing(code=error.code.number, sentence=sentence, attempt=last)
    if error is not None:
        return Missing(code=error.code.number, sentence=error.sentence, attempt=last)
    if not outcome.body:
        sentence = WebhookCode.EMPTY_BODY.sentence.format(detail="a medium has some")
        return Missing(code=WebhookCode.EMPTY_BODY.number, sentence=sentence, attempt=last)
    body = outcome.body
    return _Download(content_type=content_type, size=len(body), digest=digest_of(body), body=body)


class Unlinker:
    """Removes files that no row names any more; `perform` is that of a `Worker`."""

    def __init__(self, *, store: Store, files: MediaFiles) -> None:
        self._store = store
        self._files = files

    async def perform(self, job: Job) -> None:
        digest = msgspec.json.decode(job.payload, type=str)
        async with self._files.hold([digest]):
            if not await self._store.read(_uses, digest):
                await self._files.remove(digest)
        await self._store.write(outbox.finish, job)


async def _uses(tx: Tx, digest: str) -> int:
    return int(await tx.value("media.uses_of_digest", digest=digest))


async def _media_at(tx: Tx, path: str) -> Media | None:
    """The row of the medium that the API serves at `path`."""
    match path.split("/"):
        case ["", "2010-04-01", "Accounts", account_sid, "Messages", parent_sid, "Media", sid]:
            return await tx.one(Media, "media.by_sid", account_sid=account_sid, parent_sid=parent_sid, sid=sid)
    return None
