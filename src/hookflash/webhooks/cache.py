"""Answers to GET that need not be fetched again: the rules are RFC 9111's, as hishel's state machine has them.

Kept in memory, apart for each account, and bounded. Two rules are ours: only status 200 is kept, and an answer that
does not say how long it is fresh is asked about each time (a guess from Last-Modified would hide a document that was
edited just now).
"""

from collections import OrderedDict
from collections.abc import Mapping
from uuid import uuid4

import hishel
import msgspec
from multidict import CIMultiDict

from hookflash.webhooks.conversation import Answer

ENTRY_LIMIT = 1_000
BYTE_LIMIT = 64 * 1024 * 1024
_OPTIONS = hishel.CacheOptions(shared=True, supported_methods=["GET"], allow_stale=False)

Key = tuple[str, str]


class Stored(msgspec.Struct, frozen=True):
    """An answer, and what hishel judges it by."""

    answer: Answer
    entry: hishel.Entry

    def size(self) -> int:
        """Bytes that it takes: the body, and each header once for the answer and once for hishel."""
        headers = self.answer.headers.items()
        return len(self.answer.body) + 2 * sum(len(name) + len(value) for name, value in headers)


class Lookup(msgspec.Struct, frozen=True):
    """What the cache says to a request before it is sent."""

    key: Key
    request: hishel.Request
    stored: Stored | None
    state: hishel.FromCache | hishel.CacheMiss | hishel.NeedRevalidation

    @property
    def fresh(self) -> Answer | None:
        """The answer to use without sending anything, if there is one."""
        if self.stored is None or not isinstance(self.state, hishel.FromCache):
            return None
        return msgspec.structs.replace(self.stored.answer, cached=True)

    def headers(self) -> dict[str, str]:
        """What to add to the request: the validators of a stored answer."""
        if not isinstance(self.state, hishel.NeedRevalidation):
            return {}
        asked = self.state.request.headers
        return {name: asked[name] for name in ("If-None-Match", "If-Modified-Since") if name in asked}


class AnswerCache:
    """Keeps answers by account and URL; the least recently used goes first."""

    def __init__(self, *, entry_limit: int = ENTRY_LIMIT, byte_limit: int = BYTE_LIMIT) -> None:
        self._entry_limit = entry_limit
        self._byte_limit = byte_limit
        self._stored: OrderedDict[Key, Stored] = OrderedDict()
        self._bytes = 0

    def look(self, account_sid: str, url: str, headers: Mapping[str, str]) -> Lookup:
        """What is known of a GET of `url` with these request headers."""
        key = (account_sid, url)
        stored = self._stored.get(key)
        if stored is not None:
            self._stored.move_to_end(key)
        request = hishel.Request("GET", url, hishel.Headers(headers))
        return Lookup(key, request, stored, hishel.IdleClient(_OPTIONS).next(request, [stored.entry] if stored else []))

    def settle(self, lookup: Lookup, answer: Answer) -> Answer:
        """Take the server's `answer` into account; returns the one to use: after a 304, the stored one."""
        assert not isinstance(lookup.state, hishel.FromCache)
        state: hishel.AnyState | None = lookup.state.next(_judged(answer))
        while isinstance(state, hishel.InvalidateEntries):
            state = state.next()
        if isinstance(state, hishel.NeedToBeUpdated) and lookup.stored is not None:
            entry = state.updating_entries[0]
            refreshed = msgspec.structs.replace(lookup.stored.answer, headers=_plain(entry.response.headers))
            self._keep(lookup.key, Stored(refreshed, entry))
            return refreshed
        self._drop(lookup.key)
        if isinstance(state, hishel.StoreAndUse) and answer.status == 200 and answer.complete:
            entry = hishel.Entry(uuid4(), lookup.request, state.response)
            # Cookies are set by the server's own word, not by ours from memory.
            self._keep(lookup.key, Stored(msgspec.structs.replace(answer, set_cookies=()), entry))
        return answer

    def _keep(self, key: Key, stored: Stored) -> None:
        self._drop(key)
        self._stored[key] = stored
        self._bytes += stored.size()
        while len(self._stored) > self._entry_limit or self._bytes > self._byte_limit:
            self._drop(next(iter(self._stored)))

    def _drop(self, key: Key) -> None:
        stored = self._stored.pop(key, None)
        if stored is not None:
            self._bytes -= stored.size()


def _judged(answer: Answer) -> hishel.Response:
    """The answer as hishel shall judge it: one without a lifetime of its own has to be asked about each time."""
    headers = hishel.Headers(answer.headers)
    rules = headers.get("cache-control", "").lower()
    if answer.status == 200 and "max-age" not in rules and "s-maxage" not in rules and "expires" not in headers:
        headers["cache-control"] = "no-cache"
    return hishel.Response(answer.status, headers)


def _plain(headers: hishel.Headers) -> CIMultiDict[str]:
    return CIMultiDict(headers.items())
