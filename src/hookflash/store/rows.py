"""Row structs to SQLite values and back.

A row type is a `msgspec.Struct` whose fields are the table's columns, in order. Text, numbers and bytes travel as they
are; enums by their value, booleans as 0 and 1, lists, dicts and structs as JSON text.
"""

from collections.abc import Callable, Iterable
from enum import Enum
from functools import cache
from inspect import Parameter, signature
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

Values = tuple[Any, ...]
_NATIVE = (str, int, float, bytes)


@cache
def decoder(row: Any) -> Callable[[Values], Any]:
    """What makes a `row` of the columns of a query."""
    special = tuple((i, back) for i, (_, back) in _conversions(row))
    make = _maker(row)
    if not special:
        return make

    def decode(values: Values) -> Any:
        columns = list(values)
        for index, back in special:
            if columns[index] is not None:
                columns[index] = back(columns[index])
        return make(columns)

    return decode


@cache
def encoder(row: Any) -> Callable[[Any], Values]:
    """What makes bindings of a `row`, in the order of its fields."""
    special = tuple((i, there) for i, (there, _) in _conversions(row))
    if not special:
        return msgspec.structs.astuple

    def encode(value: Any) -> Values:
        columns = list(msgspec.structs.astuple(value))
        for index, there in special:
            if columns[index] is not None:
                columns[index] = there(columns[index])
        return tuple(columns)

    return encode


@cache
def column_encoders(row: Any) -> dict[str, Callable[[Any], Any]]:
    """For the fields of `row` that do not travel as they are: what turns a value into its column."""
    names = [field.name for field in msgspec.structs.fields(row)]
    return {names[i]: there for i, (there, _) in _conversions(row)}


def _maker(row: type[Any]) -> Callable[[Iterable[Any]], Any]:
    names = row.__struct_fields__
    if signature(row).parameters[names[0]].kind is not Parameter.KEYWORD_ONLY:
        return lambda values: row(*values)
    return lambda values: row(**dict(zip(names, values, strict=True)))


def _conversions(row: type[Any]) -> list[tuple[int, tuple[Callable[[Any], Any], Callable[[Any], Any]]]]:
    hints = get_type_hints(row)
    found = []
    for index, field in enumerate(msgspec.structs.fields(row)):
        conversion = _conversion(_without_none(hints[field.name]))
        if conversion:
            found.append((index, conversion))
    return found


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        rest = [option for option in get_args(hint) if option is not NoneType]
        return rest[0] if len(rest) == 1 else hint
    return hint


def _conversion(hint: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]] | None:
    if hint is bool:
        return int, bool
    if isinstance(hint, type) and issubclass(hint, Enum):
        return (lambda member: member.value), hint
    if hint in _NATIVE:
        return None
    json = msgspec.json.Decoder(hint)
    return (lambda value: msgspec.json.encode(value).decode()), json.decode
