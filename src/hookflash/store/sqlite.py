"""The store on SQLite: one writer thread with group commit, read connections beside it.

Rule 1: no other SQLite library ever opens the data file in this process (two libraries in one process drop each
other's locks). Rule 2: an action runs in a savepoint of its own, so one that fails rolls back alone; its caller hears
of it after the commit of the whole group. Rule 3: an action awaits nothing but its `tx`.
"""

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

import apsw

from .bus import Bus
from .migrations import migrate
from .queries import load_queries
from .rows import decoder, encoder
from .store import StoreCorruptError, StoreError, StoreFullError, Tx

P = ParamSpec("P")
T = TypeVar("T")

GROUP_LIMIT = 500  #: actions in one commit: the fsync is shared by then, and the first of them has waited long enough
READERS = 2
CACHE_KIB = 64 * 1024  #: pages the writer keeps: the upper levels of the indexes of millions of rows
BUSY_MS = 5_000


class SqliteTx:
    """A transaction on one connection. Nothing here ever suspends: SQLite is in this process."""

    __slots__ = ("_connection", "_inserts", "_queries", "topics")

    def __init__(self, connection: apsw.Connection, queries: dict[str, str]) -> None:
        self._connection = connection
        self._queries = queries
        self._inserts: dict[str, str] = {}
        self.topics: set[str] = set()

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

    def publish(self, topic: str) -> None:
        self.topics.add(topic)


class _Job:
    __slots__ = ("action", "error", "future", "result")

    def __init__(self, action: Callable[[Tx], Awaitable[Any]], future: asyncio.Future[Any]) -> None:
        self.action = action
        self.future = future
        self.result: Any = None
        self.error: BaseException | None = None


class SqliteStore:
    """The `Store` on one SQLite file (`":memory:"`-like stores are files on a RAM disk: readers need a name).

    `vfs` names an apsw VFS to open the file with; tests cut the power below it. Raises StoreCorruptError when the file
    is no database, StoreError when its schema is newer than this program.
    """

    def __init__(self, path: Path | str, bus: Bus, *, vfs: str | None = None) -> None:
        self.path = str(path)
        self._bus = bus
        self._vfs = vfs
        self._queries = load_queries()
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        with _as_store_errors():
            self._writer = self._open()
            migrate(self._writer)
        self._readers: queue.SimpleQueue[SqliteTx] = queue.SimpleQueue()
        for _ in range(READERS):
            self._readers.put(SqliteTx(self._open(), self._queries))
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="store-read")
        self._thread = threading.Thread(target=self._write_for_ever, name="store-write", daemon=True)
        self._thread.start()
        self._closed = False

    def _open(self) -> apsw.Connection:
        connection = apsw.Connection(self.path, vfs=self._vfs, statementcachesize=512)
        connection.set_busy_timeout(BUSY_MS)
        connection.execute(
            f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            f"PRAGMA cache_size=-{CACHE_KIB}; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=4000"
        )
        return connection

    async def write(self, action: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._closed:
            raise StoreError("the store is closed")
        future: asyncio.Future[T] = self._loop.create_future()
        bound = (lambda tx: action(tx, *args, **kwargs)) if args or kwargs else action
        self._jobs.put(_Job(bound, future))
        return await future

    async def read(self, action: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        def on_reader() -> T:
            tx = self._readers.get()
            try:
                with _as_store_errors(), tx._connection:
                    result = _drive(action(tx, *args, **kwargs))
            finally:
                self._readers.put(tx)
            return result

        return await self._loop.run_in_executor(self._pool, on_reader)

    async def backup(self, target: Path) -> None:
        """Write a consistent copy of the data file to `target` while the server goes on."""

        def copy() -> None:
            with _as_store_errors():
                destination = apsw.Connection(str(target))
                source = self._open()
                with destination.backup("main", source, "main") as backup:
                    backup.step()
                source.close()
                destination.close()

        await self._loop.run_in_executor(self._pool, copy)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        await self._loop.run_in_executor(self._pool, self._thread.join)
        self._pool.shutdown()
        while not self._readers.empty():
            self._readers.get()._connection.close()
        self._writer.close()

    # -- the writer thread --

    def _write_for_ever(self) -> None:
        tx = SqliteTx(self._writer, self._queries)
        while (job := self._jobs.get()) is not None:
            group = [job]
            last = False
            while len(group) < GROUP_LIMIT and not self._jobs.empty():
                following = self._jobs.get()
                if following is None:
                    last = True
                    break
                group.append(following)
            self._commit(tx, group)
            if last:
                break

    def _commit(self, tx: SqliteTx, group: list[_Job]) -> None:
        connection = self._writer
        tx.topics = set()
        try:
            with _as_store_errors():
                connection.execute("BEGIN IMMEDIATE")
                for job in group:
                    self._run_in_savepoint(tx, job)
                connection.execute("COMMIT")
        except StoreError as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            for job in group:
                job.result, job.error = None, error
            tx.topics = set()
        self._loop.call_soon_threadsafe(self._deliver, group, tx.topics)

    def _run_in_savepoint(self, tx: SqliteTx, job: _Job) -> None:
        connection = self._writer
        connection.execute("SAVEPOINT action")
        try:
            job.result = _drive(job.action(tx))
        except apsw.FullError:
            raise
        except (apsw.IOError, apsw.CorruptError, apsw.NotADBError):
            raise
        except Exception as error:  # noqa: BLE001 - carried to the caller, who awaits it
            job.error = error
            connection.execute("ROLLBACK TO action")
        connection.execute("RELEASE action")

    def _deliver(self, group: list[_Job], topics: set[str]) -> None:
        for job in group:
            if job.future.done():
                continue
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)
        for topic in topics:
            self._bus.publish(topic)


def _drive(coroutine: Awaitable[T]) -> T:
    """Run a coroutine that never suspends."""
    steps = coroutine.__await__()
    try:
        next(steps)
    except StopIteration as stop:
        result: T = stop.value
        return result
    raise RuntimeError("an action awaited something other than its tx")


@contextmanager
def _as_store_errors() -> Iterator[None]:
    try:
        yield
    except apsw.FullError as error:
        raise StoreFullError("the disk is full; nothing of this was kept") from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise StoreCorruptError(f"the data file is damaged or not a database: {error}") from error
    except apsw.Error as error:
        _other(error)


def _other(error: apsw.Error) -> NoReturn:
    raise StoreError(str(error)) from error
