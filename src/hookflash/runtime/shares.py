"""Nobody's share of a worker is all of it: rows beyond what one host may have under way wait aside for it.

A host that hangs holds each of its webhooks until it times out. With a bound on those, the rest of the queue goes past
it. What is set aside stays in the outbox, and is taken back as the host's webhooks end.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from hookflash.store import outbox
from hookflash.store.outbox import Job
from hookflash.store.store import Store

from .keep import keep

Work = TypeVar("Work")
SHARE = 100  #: pieces of work under way for one host, as many as the client's connections to it


class Shares(Generic[Work]):
    """Stands between a `Worker` and the `perform` of its work; `host_of` says whom a piece is for."""

    def __init__(
        self,
        *,
        store: Store,
        perform: Callable[[Work], Awaitable[None]],
        job_of: Callable[[Work], Job],
        host_of: Callable[[Work], str],
        share: int = SHARE,
    ) -> None:
        self._store = store
        self._perform = perform
        self._job_of = job_of
        self._host_of = host_of
        self._share = share
        self._busy: Counter[str] = Counter()
        self._aside: set[str] = set()  # hosts that have rows aside

    async def perform(self, piece: Work) -> None:
        host, job = self._host_of(piece), self._job_of(piece)
        if self._busy[host] >= self._share:
            await self._store.write(outbox.set_aside, job, host)
            self._aside.add(host)
            if self._busy[host]:
                return
            # The last of its webhooks ended while the row was on its way aside: nobody else would take it back.
            await self._take_back(job.queue, host)
            return
        try:
            await self._do(piece, host)
        except Exception:
            await self._take_back(job.queue, host)
            raise
        await self._take_back(job.queue, host)

    async def _do(self, piece: Work, host: str) -> None:
        self._busy[host] += 1
        try:
            await self._perform(piece)
        finally:
            self._busy[host] -= 1
            if not self._busy[host]:
                del self._busy[host]

    async def _take_back(self, queue: str, host: str) -> None:
        """Fill the share of `host` again once half of it is free, so that rows come back many at a time."""
        free = self._share - self._busy[host]
        if host not in self._aside or free * 2 < self._share:
            return
        self._aside.discard(host)
        if await keep(lambda: self._store.write(outbox.take_back, queue, host, limit=free)) == free:
            self._aside.add(host)  # there may be more


def host_of_url(url: str) -> str:
    """The host and port that a URL names, without user and password; the whole URL when it names none."""
    return urlsplit(url).netloc.rpartition("@")[2].lower() or url
