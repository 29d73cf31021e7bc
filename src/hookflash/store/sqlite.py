"""The store on SQLite: one writer thread with group commit, read connections beside it.

Rule 1: no other SQLite library ever opens the data file in this process (two libraries in one process drop each
other's locks). Rule 2: an action runs in a savepoint of its own, so one that fails rolls back alone; its caller hears
of it after the commit of the whole group. Rule 3: an action awaits nothing but its `tx`.
"""

import asyncio
import errno
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import apsw

from hookflash.pending import Pending

from .bus import Bus
from .migrations import migrate
from .queries import load_queries
from .rows import decoder, encoder
from .store import StoreCorruptError, StoreError, StoreFullError, Tx

P = ParamSpec("P")
T = TypeVar("T")

GROUP_LIMIT = 500  #: actions in one commit: the fsync is shared by then, and the first of them has waited long enough
READERS = 2
WRITER_CACHE = 56 * 1024  #: KiB of pages, taken as needed: most of the index of recipients of a million rows
READER_CACHE = 8 * 1024  #: KiB; what a list needs is mostly in the cache of the system
CHECKPOINT_PAGES = 4_000  #: of the log, after which they are copied into the data file while the next commit waits
LOG_LIMIT = 64 * 1024 * 1024  #: bytes to which a log that had to grow is cut back
BUSY_MS = 5_000


class SqliteTx:
    """A transaction on one connection. Nothing here ever suspends: SQLite is in this process."""

    __slots__ = ("_connection", "_inserts", "_queries", "tallies", "topics")

    def __init__(self, connection: apsw.Connection, queries: dict[str, str]) -> None:
        self._connection = connection
        self._queries = queries
        self._inserts: dict[str, str] = {}
        self.topics: set[str] = set()
        self.tallies: dict[tuple[str, str], int] = {}

    async def one(self, row: type[T], query: str, **values: Any) -> T | None:
        for found in self._connection.execute(self._queries[query], values):
            made: T = decoder(row)(found)  # type: ignore[arg-type]
            return made
        return None

    async def all(self, row: type[T], query: str, **values: Any) -> list[T]:
        decode = decoder(row)  # type: ignore[arg-type]
        return [decode(found) for found in self._connection.execute(self._queries[query], values)]

    async def value(self, query: str, **values: Any) -> Any:
        for found in self._connection.execute(self._queries[query], values):
            return found[0]
        return None

    async def run(self, query: str, **values: Any) -> int:
        self._connection.execute(self._queries[query], values)
        return self._connection.changes()

    async def insert(self, table: str, row: Any) -> None:
        values = encoder(type(row))(row)  # type: ignore[arg-type]
        sql = self._inserts.get(table)
        if sql is None:
            sql = self._inserts[table] = f"INSERT INTO {table} VALUES ({','.join('?' * len(values))})"  # noqa: S608
        self._connection.execute(sql, values)

    async def select(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Rows of a statement that `store/tables.py` made from a declaration."""
        return self._connection.execute(sql, values).fetchall()

    async def execute(self, sql: str, values: tuple[Any, ...] = ()) -> int:
        """Run a statement that `store/tables.py` made from a declaration; returns how many rows it changed."""
        self._connection.execute(sql, values)
        return self._connection.changes()

    def tally(self, what: str, label: str) -> None:
        self.tallies[what, label] = self.tallies.get((what, label), 0) + 1

    def publish(self, topic: str) -> None:
        self.topics.add(topic)


def _pragmas(cache: int) -> dict[str, int | str]:
    """How every connection is set, with a page cache of `cache` KiB."""
    return {
        "journal_mode": "WAL",
        "synchronous": "FULL",
        "foreign_keys": "ON",
        "temp_store": "MEMORY",
        "cache_size": -cache,
        "wal_autocheckpoint": CHECKPOINT_PAGES,
        "journal_size_limit": LOG_LIMIT,
    }


class _Job:
    __slots__ = ("action", "error", "future", "result")

    def __init__(self, action: Callable[[Tx], Awaitable[Any]], future: asyncio.Future[Any]) -> None:
        self.action = action
        self.future = future
        self.result: Any = None
        self.error: BaseException | None = None


#: Hears of each commit on the loop: how many seconds it took, and what its actions tallied.
Committed = Callable[[float, dict[tuple[str, str], int]], None]


def _nobody(seconds: float, tallies: dict[tuple[str, str], int]) -> None:
    """For stores whose commits nobody counts."""


class SqliteStore:
    """The `Store` on one SQLite file (`":memory:"`-like stores are files on a RAM disk: readers need a name).

    `vfs` names an apsw VFS to open the file with; tests cut the power below it. Raises StoreCorruptError when the file
    is no database, StoreError when its schema is newer than this program.
    """

    def __init__(
        self,
        path: Path | str,
        bus: Bus,
        *,
        vfs: str | None = None,
        committed: Committed = _nobody,
        pending: Pending | None = None,
    ) -> None:
        self.path = str(path)
        self._bus = bus
        self._vfs = vfs
        self._committed = committed
        self._pending = pending or Pending()
        self._queries = load_queries()
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        with _as_store_errors():
            self._writer = self._open(WRITER_CACHE)
            with _as_store_errors(self._writer):
                migrate(self._writer)
        self._readers: queue.SimpleQueue[SqliteTx] = queue.SimpleQueue()
        for _ in range(READERS):
            self._readers.put(SqliteTx(self._open_reader(), self._queries))
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")
        self._thread = threading.Thread(target=self._write_for_ever, name="store-write", daemon=True)
        self._thread.start()
        self._closed = False

    def _open(self, cache: int) -> apsw.Connection:
        connection = apsw.Connection(self.path, vfs=self._vfs, statementcachesize=512)
        connection.set_busy_timeout(BUSY_MS)
        for name, value in _pragmas(cache).items():
            connection.pragma(name, value)
        return connection

    def _open_reader(self) -> apsw.Connection:
        connection = self._open(READER_CACHE)
        connection.pragma("query_only", True)
        return connection

    async def write(self, action: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._closed:
            raise StoreError("the store is closed")
        future: asyncio.Future[T] = self._loop.create_future()
        bound = (lambda tx: action(tx, *args, **kwargs)) if args or kwargs else action
        self._jobs.put(_Job(bound, future))
        with self._pending:
            return await future

    async def read(self, action: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._closed:
            raise StoreError("the store is closed")

        def on_reader() -> T:
            tx = self._readers.get()
            try:
                with _as_store_errors(), tx._connection:
                    result = _drive(action(tx, *args, **kwargs))
            finally:
                self._readers.put(tx)
            return result

        with self._pending:
            return await self._loop.run_in_executor(self._pool, on_reader)

    async def backup(self, target: Path) -> None:
        """Write a consistent copy of the data file to `target` while the server goes on."""

        def copy() -> None:
            with _as_store_errors():
                destination = apsw.Connection(str(target))
                source = self._open_reader()
                with destination.backup("main", source, "main") as backup:
                    backup.step()
                source.close()
                destination.close()

        await self._loop.run_in_executor(self._pool, copy)

    async def close(self) -> None:
        """Commit what was asked for before, and let go of the file. Writes and reads from now on raise StoreError."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._let_go)

    def _let_go(self) -> None:
        self._thread.join()
        self._pool.shutdown()
        while not self._readers.empty():
            self._readers.get()._connection.close()
        self._writer.close()

    # -- the writer thread --

    def _write_for_ever(self) -> None:
        tx = SqliteTx(self._writer, self._queries)
        open_ = True
        while open_ and (job := self._jobs.get()) is not None:
            group = [job]
            while len(group) < GROUP_LIMIT and not self._jobs.empty():
                following = self._jobs.get()
                if following is None:
                    open_ = False
                    break
                group.append(following)
            self._commit(tx, group)

    def _commit(self, tx: SqliteTx, group: list[_Job]) -> None:
        tx.topics, tx.tallies = set(), {}
        began = time.perf_counter()
        try:
            with _as_store_errors(self._writer):
                self._writer.execute("BEGIN IMMEDIATE")
                for job in group:
                    self._run_in_savepoint(tx, job)
                self._writer.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - the thread must outlive it; each caller hears of it
            self._undo()
            tx.topics, tx.tallies = set(), {}
            for job in group:
                job.result, job.error = None, _refusal(error)
        seconds = time.perf_counter() - began
        self._loop.call_soon_threadsafe(self._deliver, group, tx.topics, tx.tallies, seconds)

    def _undo(self) -> None:
        """End a transaction that failed, unless SQLite has done so by itself. One that cannot be ended now fails the
        BEGIN of the next group, which comes here again."""
        with suppress(apsw.Error):
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")

    def _run_in_savepoint(self, tx: SqliteTx, job: _Job) -> None:
        self._writer.execute("SAVEPOINT action")
        try:
            job.result = _drive(job.action(tx))
        except _WHOLE_GROUP:
            raise
        except Exception as error:
            if not self._writer.in_transaction:
                raise
            job.error = error
            self._writer.execute("ROLLBACK TO action")
        self._writer.execute("RELEASE action")

    def _deliver(
        self, group: list[_Job], topics: set[str], tallies: dict[tuple[str, str], int], seconds: float
    ) -> None:
        for job in group:
            if job.future.done():  # its caller was cancelled meanwhile; what it asked for is done all the same
                continue
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)
        for topic in topics:
            self._bus.publish(topic)
        self._committed(seconds, tallies)


#: Errors of the disk, not of an action: SQLite may have rolled back the transaction, and the rest would fare no better.
_WHOLE_GROUP = (apsw.FullError, apsw.IOError, apsw.CorruptError, apsw.NotADBError, apsw.NoMemError)


def _refusal(error: BaseException) -> StoreError:
    """An error for one caller of a group: one object raised in many tasks would collect the traceback of each."""
    kind = type(error) if isinstance(error, StoreError) else StoreError
    refusal = kind(str(error) or repr(error))
    refusal.__cause__ = error
    return refusal


def _drive(coroutine: Awaitable[T]) -> T:
    """Run a coroutine that never suspends."""
    steps = coroutine.__await__()
    try:
        next(steps)
    except StopIteration as stop:
        result: T = stop.value
        return result
    if isinstance(coroutine, Coroutine):
        coroutine.close()
    raise RuntimeError("an action awaited something other than its tx")


#: What the system says when a file may not grow: no space, a quota, a limit of the process.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def _as_store_errors(connection: apsw.Connection | None = None) -> Iterator[None]:
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise StoreCorruptError(f"the data file is damaged or not a database: {error}") from error
    except apsw.Error as error:
        full = isinstance(error, apsw.IOError) and connection is not None and connection.system_errno in _NO_ROOM
        if full or isinstance(error, apsw.FullError):
            raise StoreFullError("the disk is full; nothing of this was kept") from error
        raise StoreError(f"the data file cannot be used: {error}") from error
