"""An event loop whose clock jumps: when nothing can happen before the next timer, it is that time at once.

For tests of waits: what takes a day by the clock of the loop takes no time at all. It jumps only while no thread works
for it and no socket is watched, so that real work still gets real time.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from typing import Any, TypeVar

T = TypeVar("T")


class JumpingLoop(asyncio.SelectorEventLoop):
    """`time()` begins at 0 and moves only by jumps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.threads = 0  #: that work for this loop
        super().__init__(_JumpingSelector(self))

    def time(self) -> float:
        """Seconds since the loop was made, by its own clock."""
        return self.now

    def run_in_executor(  # type: ignore[override]  # typeshed ties `args` to `func` by a TypeVarTuple
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        future = super().run_in_executor(executor, func, *args)
        self.threads += 1
        future.add_done_callback(self._thread_is_free)
        return future

    async def shutdown_default_executor(self, *args: Any) -> None:
        self.threads += 1
        await super().shutdown_default_executor(*args)
        self.threads -= 1

    def _thread_is_free(self, future: asyncio.Future[Any]) -> None:
        self.threads -= 1


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: JumpingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; when nothing is and a timer is next, its time comes at once.

        Raises RuntimeError when nothing can ever happen: the test waits for what nobody will do.
        """
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if self._loop.threads or len(self.get_map()) > 1:  # one is the pipe by which threads wake the loop
            return super().select(timeout)
        if timeout is None:
            raise RuntimeError("the loop would wait for ever: no timer is set, and nobody can wake it")
        self._loop.now += timeout
        return []


def run_jumping(main: Coroutine[Any, Any, T]) -> T:
    """Run `main` as `asyncio.run` does, on a loop that jumps."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main)
