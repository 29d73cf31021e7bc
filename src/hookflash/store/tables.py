"""Tables that a resource declares: the SQL of fetching, listing, changing and deleting their rows, made in one place.

Names of tables and columns come from declarations, values are always bound.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from .rows import column_encoders, decoder
from .store import Tx

R = TypeVar("R")
COUNT_LIMIT = 10_000  #: rows counted for `total`; of a longer list it is not said


@dataclass(frozen=True)
class Condition:
    """`column operator value`, joined to others by AND."""

    column: str
    operator: str  #: one of = < > <= >= LIKE IS IS NOT
    value: Any


@dataclass(frozen=True)
class Cursor:
    """A place in a list ordered by key, newest first: a page starts after or ends before a key, or skips rows."""

    after: str | int | None = None
    before: str | int | None = None
    skip: int = 0


@dataclass(frozen=True)
class Table(Generic[R]):
    """A table whose rows are `row`; `key` orders them, and grows with time."""

    name: str
    row: type[R]
    key: str = "sid"

    async def fetch(self, tx: Tx, conditions: list[Condition]) -> R | None:
        """The row that fits `conditions`, or None."""
        where, values = _where(conditions)
        rows = await tx.select(f"SELECT * FROM {self.name}{where} LIMIT 1", values)  # noqa: S608
        return self._decode(rows[0]) if rows else None

    async def page(self, tx: Tx, conditions: list[Condition], cursor: Cursor, limit: int) -> list[R]:
        """Up to `limit` rows, newest first, from the place of `cursor` on."""
        conditions = list(conditions)
        direction = "DESC"
        if cursor.after is not None:
            conditions.append(Condition(self.key, "<", cursor.after))
        elif cursor.before is not None:
            conditions.append(Condition(self.key, ">", cursor.before))
            direction = "ASC"
        where, values = _where(conditions)
        sql = f"SELECT * FROM {self.name}{where} ORDER BY {self.key} {direction} LIMIT ? OFFSET ?"  # noqa: S608
        rows = [self._decode(row) for row in await tx.select(sql, (*values, limit, cursor.skip))]
        return rows[::-1] if direction == "ASC" else rows

    async def count(self, tx: Tx, conditions: list[Condition]) -> int | None:
        """How many rows fit, or None when they are more than COUNT_LIMIT."""
        where, values = _where(conditions)
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {self.name}{where} LIMIT ?)"  # noqa: S608
        (number,) = (await tx.select(sql, (*values, COUNT_LIMIT + 1)))[0]
        return number if number <= COUNT_LIMIT else None

    async def update(self, tx: Tx, conditions: list[Condition], changes: dict[str, Any]) -> int:
        """Set the columns of `changes` in the rows that fit; returns how many there were."""
        encoders = column_encoders(self.row)  # type: ignore[arg-type]
        columns = {
            name: encoders[name](value) if name in encoders and value is not None else value
            for name, value in changes.items()
        }
        where, values = _where(conditions)
        sets = ", ".join(f"{name} = ?" for name in columns)
        return await tx.execute(f"UPDATE {self.name} SET {sets}{where}", (*columns.values(), *values))  # noqa: S608

    async def delete(self, tx: Tx, conditions: list[Condition]) -> int:
        """Delete the rows that fit; returns how many there were."""
        where, values = _where(conditions)
        return await tx.execute(f"DELETE FROM {self.name}{where}", values)  # noqa: S608

    async def insert(self, tx: Tx, row: R) -> None:
        await tx.insert(self.name, row)

    def has(self, column: str) -> bool:
        return column in {field.name for field in msgspec.structs.fields(self.row)}  # type: ignore[arg-type]

    def _decode(self, values: tuple[Any, ...]) -> R:
        row: R = decoder(self.row)(values)  # type: ignore[arg-type]
        return row


def equal(**columns: Any) -> list[Condition]:
    """Conditions that each named column has its value."""
    return [Condition(name, "=", value) for name, value in columns.items()]


def _where(conditions: list[Condition]) -> tuple[str, tuple[Any, ...]]:
    if not conditions:
        return "", ()
    text = " AND ".join(f"{condition.column} {condition.operator} ?" for condition in conditions)
    return f" WHERE {text}", tuple(condition.value for condition in conditions)
