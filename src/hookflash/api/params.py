"""Parameters of a request: what each is called, which rule its value keeps, and the code that refuses it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from hookflash.actions.send_message import is_web_url
from hookflash.domain.sids import is_sid
from hookflash.errors import ApiError, Code

FRIENDLY_NAME_LIMIT = 64
URL_LIMIT = 4_000
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_BARE_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

#: Reads one value: (parameter name, text) -> value. Raises ApiError.
Rule = Callable[[str, str], Any]


@dataclass(frozen=True)
class Param:
    """A parameter: its name on the wire, the field it fills, its rule. `required` is the code without it on create."""

    name: str
    field: str
    rule: Rule
    required: Code | None = None
    repeated: bool = False


class Form:
    """The parameters of one request, in order; unknown ones are never looked at."""

    __slots__ = ("_values", "pairs")

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs
        self._values: dict[str, str] = dict(reversed(pairs))

    def get(self, name: str, default: str = "") -> str:
        """The first value of `name`."""
        return self._values.get(name, default)

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.pairs if key == name)

    def __contains__(self, name: str) -> bool:
        return name in self._values


def read_params(form: Form, params: tuple[Param, ...], *, creating: bool) -> dict[str, Any]:
    """The fields that `form` fills, by the rules of `params`. Raises ApiError with the code of the first broken one."""
    values: dict[str, Any] = {}
    for param in params:
        if param.name in form:
            if param.repeated:
                values[param.field] = [param.rule(param.name, text) for text in form.all(param.name)]
            else:
                values[param.field] = param.rule(param.name, form.get(param.name))
        elif creating and param.required is not None:
            raise ApiError(param.required, name=param.name)
    return values


# -- rules --


def text(limit: int = 1_000) -> Rule:
    """Any text of at most `limit` characters."""

    def read(name: str, value: str) -> str:
        if len(value) > limit:
            raise ApiError(Code.INVALID_PARAMETER, name=name, why=f"it is longer than {limit} characters")
        return value

    return read


def friendly_name(name: str, value: str) -> str:
    """A name for people."""
    if len(value) > FRIENDLY_NAME_LIMIT:
        raise ApiError(Code.INVALID_FRIENDLY_NAME, limit=FRIENDLY_NAME_LIMIT)
    return value


def web_url(name: str, value: str) -> str | None:
    """An http or https URL; empty clears it."""
    if not value:
        return None
    if len(value) > URL_LIMIT or not is_web_url(value):
        raise ApiError(Code.INVALID_URL, name=name, url=value[:200])
    return value


def http_method(name: str, value: str) -> str:
    """GET or POST, in any case."""
    if value.upper() not in ("GET", "POST"):
        raise ApiError(Code.INVALID_METHOD, name=name)
    return value.upper()


def boolean(name: str, value: str) -> bool:
    """`true` or `false`; older clients send `1` and `0`."""
    match value.lower():
        case "true" | "1":
            return True
        case "false" | "0" | "":
            return False
    raise ApiError(Code.INVALID_PARAMETER, name=name, why="it must be true or false")


def integer(low: int, high: int, refuse: Code = Code.INVALID_PARAMETER) -> Rule:
    """A whole number from `low` to `high`."""

    def read(name: str, value: str) -> int:
        if _WHOLE.fullmatch(value) and low <= int(value) <= high:
            return int(value)
        raise ApiError(refuse, name=name, why=f"it must be a whole number from {low} to {high}")

    return read


def choice(*words: str, refuse: Code = Code.INVALID_PARAMETER) -> Rule:
    """One of `words`, exactly."""

    def read(name: str, value: str) -> str:
        if value not in words:
            raise ApiError(refuse, name=name, why=f"it must be one of {', '.join(words)}", status=value)
        return value

    return read


def sid_of(prefix: str, refuse: Code = Code.INVALID_PARAMETER) -> Rule:
    """A SID of one kind; empty clears it."""

    def read(name: str, value: str) -> str | None:
        if not value or is_sid(value, prefix):
            return value or None
        raise ApiError(refuse, name=name, why=f"it must be a SID that begins with {prefix}", sid=value[:40])

    return read


def moment(name: str, value: str) -> int:
    """A point in time, in ms since the epoch; see `parse_moment`."""
    found = parse_moment(value)
    if found is None:
        raise ApiError(Code.INVALID_PARAMETER, name=name, why="it must be a date such as 2015-07-30T20:12:31Z")
    return found[0]


def parse_moment(value: str) -> tuple[int, int] | None:
    """First and last ms of the time that `value` names: a whole day for `YYYY-MM-DD`, else a second; None if no date.

    ISO 8601 with or without zone, RFC 2822, and `MM/DD/YYYY HH:MM:SS` are read; without a zone it is UTC.
    """
    value = value.strip()
    at = _read_date(value)
    if at is None:
        return None
    start = int(at.timestamp() * 1000)
    span = timedelta(days=1) if _BARE_DATE.fullmatch(value) else timedelta(seconds=1)
    return start, start + int(span.total_seconds() * 1000) - 1


def _read_date(value: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime, _american):
        try:
            at = read(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return None


def _american(value: str) -> datetime:
    return datetime.strptime(value[:19], "%m/%d/%Y %H:%M:%S").replace(tzinfo=UTC)
