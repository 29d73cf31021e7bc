"""What the exchange asks of its store.

Everything durable goes through an *action*: `async def action(tx, …)`, which awaits only `tx`. `Store.write` runs it in
a transaction and returns after the commit; `Store.read` runs it on a snapshot. Queries are named: `"messages.by_sid"`
is the block `-- by_sid --` of `queries/messages.sql`. A row type is a `msgspec.Struct` whose fields stand in the order
of its table's columns.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Tx(Protocol):
    """A transaction, as an action sees it."""

    async def one(self, row: type[T], query: str, **values: Any) -> T | None:
        """The first row of the named query, as a `row`, or None."""
        ...

    async def all(self, row: type[T], query: str, **values: Any) -> list[T]:
        """Every row of the named query."""
        ...

    async def value(self, query: str, **values: Any) -> Any:
        """The first column of the first row, or None."""
        ...

    async def run(self, query: str, **values: Any) -> int:
        """Run a statement; returns how many rows it changed."""
        ...

    async def insert(self, table: str, row: Any) -> None:
        """Insert a row struct into `table`."""
        ...

    async def select(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Rows of a statement that `store/tables.py` made of a declaration; nobody else writes SQL in code."""
        ...

    async def execute(self, sql: str, values: tuple[Any, ...] = ()) -> int:
        """Run such a statement; returns how many rows it changed."""
        ...

    def tally(self, what: str, label: str) -> None:
        """Count one more of `what` with that `label` in the metrics, once this transaction is committed."""
        ...

    def publish(self, topic: str) -> None:
        """Wake whoever subscribed to `topic` on the bus, once this transaction is committed."""
        ...


class Store(Protocol):
    """Durable truth."""

    async def write(self, action: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `action` in a transaction; returns once it is on disk. Raises what the action raised, or StoreError."""
        ...

    async def read(self, action: Callable[Concatenate[Tx, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `action` on a snapshot of what is committed."""
        ...

    async def close(self) -> None:
        """Finish what is under way and let go of the data."""
        ...


class StoreError(Exception):
    """The store could not do it; nothing of the transaction was kept."""


class StoreFullError(StoreError):
    """The disk is full."""


class StoreCorruptError(StoreError):
    """The data file is not a database, or is damaged."""


class StoreHeldError(StoreError):
    """Another server holds the data directory; the message says which."""
