"""The queues that somebody waits in, or for. The rows say what REST shows; who is next is decided here.

A queue lives in one process: that of its callers. What is kept of one that nobody uses is its row.
"""

from weakref import WeakValueDictionary

from hookflash.domain.queue import NoSuchMemberError, Queue

from .line import Line, Waiting


class Queues:
    """The lines of this process, by the SID of the queue; one that nobody holds is forgotten."""

    def __init__(self) -> None:
        self._lines: WeakValueDictionary[str, Line] = WeakValueDictionary()

    def line(self, queue: Queue) -> Line:
        """That of `queue`, which was just read."""
        line = self._lines.get(queue.sid)
        if line is None:
            line = self._lines[queue.sid] = Line(queue.max_size)
        line.max_size = queue.max_size
        return line

    def resize(self, sid: str, max_size: int) -> None:
        """REST has given it another size."""
        if (line := self._lines.get(sid)) is not None:
            line.max_size = max_size

    def take_out(self, sid: str, call_sid: str | None) -> tuple[Waiting, int]:
        """Who waits in that call, or longest, and the position that was theirs: they wait no more.

        Raises NoSuchMemberError.
        """
        line = self._lines.get(sid)
        waiting = line.find(call_sid) if line is not None else None
        if line is None or waiting is None:
            raise NoSuchMemberError
        position = line.position(waiting)
        line.take_out(waiting)
        return waiting, position
