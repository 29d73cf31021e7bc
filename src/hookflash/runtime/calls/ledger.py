"""What is written about one call: in order, and behind its back, so that nobody on the phone waits for the disk."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog

from hookflash.runtime.keep import keep
from hookflash.store.store import Store, Tx

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")
MOST_WAITING = 32  #: entries that wait for another to be written along with
Entry = tuple[Callable[[Tx], Awaitable[Any]], asyncio.Future[Any]]


class Ledger:
    """The entries of one call. Those that wait for each other go into one transaction.

    A full disk makes entries wait, and loses none. An action may run more than once: it has to read what it changes.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entries: list[Entry] = []
        self._writing: asyncio.Task[None] | None = None

    def add(self, action: Callable[Concatenate[Tx, P], Awaitable[object]], *args: P.args, **kwargs: P.kwargs) -> None:
        """Write it soon. What the action raises is logged."""
        self._enter(action, *args, **kwargs).add_done_callback(_complain)

    def later(self, action: Callable[Concatenate[Tx, P], Awaitable[object]], *args: P.args, **kwargs: P.kwargs) -> None:
        """Write it along with the next entry: for what is worth no transaction of its own."""
        self._put(action, *args, **kwargs).add_done_callback(_complain)
        if len(self._entries) >= MOST_WAITING and self._writing is None:
            self._begin()

    async def write(self, action: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Write it after all that came before, and return what the action returns. Raises what it raises."""
        return await asyncio.shield(self._enter(action, *args, **kwargs))

    async def settled(self) -> None:
        """Until all is written."""
        if self._entries and self._writing is None:
            self._begin()
        while self._writing is not None:
            await asyncio.shield(self._writing)

    def _enter(
        self, action: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T]:
        entry = self._put(action, *args, **kwargs)
        if self._writing is None:
            self._begin()
        return entry

    def _put(
        self, action: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T]:
        def run(tx: Tx) -> Awaitable[T]:
            return action(tx, *args, **kwargs)

        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._entries.append((run, future))
        return future

    def _begin(self) -> None:
        self._writing = asyncio.create_task(self._write_all())

    async def _write_all(self) -> None:
        try:
            while self._entries:
                entries, self._entries = self._entries, []
                await self._write_together(entries)
        finally:
            self._writing = None

    async def _write_together(self, entries: list[Entry]) -> None:
        try:
            results = await keep(lambda: self._store.write(_run, entries))
        except Exception as error:  # noqa: BLE001 - it is handed to whoever made the entry
            if len(entries) == 1:
                _settle(entries[0][1], error=error)
                return
            for entry in entries:  # one of them cannot be written: the others can
                await self._write_together([entry])
            return
        for (_, future), result in zip(entries, results, strict=True):
            _settle(future, result)


async def _run(tx: Tx, entries: list[Entry]) -> list[Any]:
    return [await run(tx) for run, _ in entries]


def _settle(future: asyncio.Future[Any], result: object = None, *, error: Exception | None = None) -> None:
    if future.cancelled():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def _complain(future: asyncio.Future[Any]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.error("something about a call could not be written", exc_info=error)
