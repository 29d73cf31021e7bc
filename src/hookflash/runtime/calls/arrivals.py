"""Whether calls are still taken in as fast as they come."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LAG = 0.2  #: s; callers who are turned away at once try another way, those who wait in vain try again


class Arrivals:
    """The calls that are being taken in. One that takes long says that loop or store cannot keep up: whoever comes then
    is better refused than kept waiting with all the others."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` tells real seconds: a clock that jumps says nothing about load."""
        self._now = now
        self._begun: dict[object, float] = {}

    def is_late(self) -> bool:
        """Whether the call that has waited longest has waited too long."""
        oldest = next(iter(self._begun.values()), None)
        return oldest is not None and self._now() - oldest > LAG

    @contextmanager
    def taking(self) -> Iterator[None]:
        """While one more is being taken in."""
        key = object()
        self._begun[key] = self._now()
        try:
            yield
        finally:
            del self._begun[key]
