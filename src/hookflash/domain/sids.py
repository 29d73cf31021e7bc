"""SIDs: two capital letters that name the kind, then 32 lower-case hexadecimal digits.

Ours grow with time: 12 digits of milliseconds, 4 of a counter, 16 random. Rows of one account then lie in the order in
which they were made, so that a list needs no index of its own and a table of millions takes an insert at its end.
"""

import re
import secrets
import threading
import time

_PATTERN = re.compile(r"[A-Z]{2}[0-9a-f]{32}")


class SidMaker:
    """Makes SIDs that are greater than every one it made before."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()  # the loop and the store's writer thread both ask

    def make(self, prefix: str, now: int | None = None) -> str:
        """A new SID of the kind `prefix`, such as `SM`, at the moment `now` (ms since the epoch; real time if None)."""
        return prefix + self.hex(now)

    def hex(self, now: int | None = None) -> str:
        """The 32 hexadecimal digits of a new SID."""
        moment = time.time_ns() // 1_000_000 if now is None else now
        return f"{self.stamp(moment):016x}{secrets.token_hex(8)}"

    def stamp(self, now: int) -> int:
        """A number greater than every one before: `now` in ms in its upper bits, a counter in the 16 lower ones."""
        with self._lock:
            self._last = max(self._last + 1, now << 16)
            return self._last


def is_sid(text: str, *prefixes: str) -> bool:
    """Whether `text` is a SID, of one of the kinds `prefixes` if any are given."""
    return _PATTERN.fullmatch(text) is not None and (not prefixes or text[:2] in prefixes)


SIDS = SidMaker()
make_sid = SIDS.make
