"""The processes that decode: as many as are needed at once, and no more than there are cores for.

A decoder never lets go of the interpreter's lock, takes some 75 MB, and 0.1 s to begin: it has a process of its own,
which is begun when it is first needed and kept.
"""

import asyncio
import os
import sys
from collections import deque
from subprocess import PIPE

import msgspec

from hookflash.speech.recogniser import DEGRADED, RecognitionError

from .decoder import Heard, Job
from .worker import LENGTH, framed

MOST = max(1, min(4, (os.cpu_count() or 2) - 1))  # processes
MOST_WAITING = 100  # utterances
PATIENCE = 20.0  # s for one utterance; 60 s of speech take about 2 s


class Workers:
    """Asks whichever process is free. Close it."""

    def __init__(self, *, most: int = MOST) -> None:
        self._places = asyncio.Semaphore(most)
        self._waiting = 0
        self._idle: deque[_Worker] = deque()

    async def ask(self, job: Job) -> Heard:
        """What is heard in an utterance. Raises RecognitionError."""
        if self._waiting >= MOST_WAITING:
            raise RecognitionError(
                DEGRADED, f"{MOST_WAITING} utterances wait to be understood: this machine is too slow"
            )
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            worker = self._idle.pop() if self._idle else await _Worker.begin()
            heard = await worker.ask(job)
            self._idle.append(worker)
            return heard
        finally:
            self._places.release()

    async def close(self) -> None:
        await asyncio.gather(*(worker.end() for worker in self._idle))
        self._idle.clear()


class _Worker:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._asked, self._answered = process.stdin, process.stdout

    @classmethod
    async def begin(cls) -> "_Worker":
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hookflash.speech.sphinx.worker", stdin=PIPE, stdout=PIPE
        )
        return cls(process)

    async def ask(self, job: Job) -> Heard:
        """One at a time; a worker that fails or is given up is killed. Raises RecognitionError."""
        try:
            async with asyncio.timeout(PATIENCE):
                self._asked.write(framed(job))
                await self._asked.drain()
                length = int.from_bytes(await self._answered.readexactly(LENGTH), "big")
                return msgspec.msgpack.decode(await self._answered.readexactly(length), type=Heard)
        except (OSError, EOFError, TimeoutError) as error:
            self._kill()
            raise RecognitionError(DEGRADED, f"the process that understands speech failed: {error!r}") from None
        except asyncio.CancelledError:
            self._kill()  # its answer would be taken for the next one
            raise

    async def end(self) -> None:
        self._kill()
        await self._process.wait()

    def _kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
