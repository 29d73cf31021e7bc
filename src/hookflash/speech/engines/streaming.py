"""Recognisers that take audio over a WebSocket while it comes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import aiohttp

from hookflash.speech.recogniser import DEGRADED, Hearing, RecognitionError, Session, Transcript

from .collecting import Collecting
from .config import EngineConfig
from .dialect import AnswerError, Dialect
from .outside import Outside, failure

MOST_MESSAGE = 1_000_000  # bytes that an engine may send at once
MOST_RESULTS = 1_000  # that wait to be taken

Message = TypeVar("Message", str, bytes)


class Streaming:
    """`Recogniser` over WebSocket, in the dialect that `speaking` makes for each stream."""

    def __init__(self, config: EngineConfig, outside: Outside, speaking: Callable[[Hearing], Dialect]) -> None:
        self.name = config.name
        self._seconds = config.seconds
        self._outside = outside
        self._speaking = speaking

    @asynccontextmanager
    async def listen(self, how: Hearing) -> AsyncIterator[Session]:
        dialect = self._speaking(how)
        socket = await self._connect(dialect)
        session = _Session(self.name, socket, dialect, how, self._seconds)
        reading = asyncio.create_task(session.read(), name=f"speech engine {self.name}")
        try:
            yield session
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            await socket.close()  # a second, if the engine does not close it as well

    async def _connect(self, dialect: Dialect) -> aiohttp.ClientWebSocketResponse:
        try:
            async with asyncio.timeout(self._seconds):
                socket = await self._outside.session.ws_connect(
                    dialect.url,
                    headers=dialect.headers,
                    max_msg_size=MOST_MESSAGE,
                    timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
                )
                if dialect.greeting:
                    await socket.send_str(dialect.greeting)
                return socket
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise failure(self.name, error) from None


class _Session:
    def __init__(
        self, name: str, socket: aiohttp.ClientWebSocketResponse, dialect: Dialect, how: Hearing, seconds: float
    ) -> None:
        self._name = name
        self._socket = socket
        self._dialect = dialect
        self._collecting = Collecting(how)
        self._seconds = seconds
        self._results: asyncio.Queue[Transcript | RecognitionError | None] = asyncio.Queue()
        self._is_over = False
        self._deadline: asyncio.TimerHandle | None = None  #: from the end of the audio on

    async def write(self, pcm: bytes) -> None:
        await self._send(self._socket.send_bytes, self._dialect.audio(pcm))

    async def end(self) -> None:
        await self._send(self._socket.send_str, self._dialect.goodbye)
        if not self._is_over:
            self._await_answer()

    async def __aiter__(self) -> AsyncIterator[Transcript]:
        while (result := await self._results.get()) is not None:
            if isinstance(result, RecognitionError):
                raise result
            yield result

    async def read(self) -> None:
        """Take what the engine says until it has said all."""
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.ERROR:
                    raise AnswerError("it sent what is no message, or too long a one")
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(message.data)
                if self._dialect.is_over or self._is_over:
                    break
            if self._socket.exception() is not None:
                raise AnswerError("its connection broke")
            if self._deadline is None:
                raise AnswerError("it closed the connection before all was said")
            self._tell(self._collecting.finish())
            self._tell(None, is_last=True)
        except AnswerError as error:
            self._fail(str(error))
        finally:
            if self._deadline is not None:
                self._deadline.cancel()

    def _await_answer(self) -> None:
        """From the end of the audio on silence is a failure; whatever comes breaks it."""
        if self._deadline is not None:
            self._deadline.cancel()
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._seconds, self._fail, "it has not answered in time")

    def _take(self, message: str) -> None:
        if self._deadline is not None:
            self._await_answer()
        if part := self._dialect.read(message):
            self._tell(self._collecting.add(part))

    async def _send(self, send: Callable[[Message], Awaitable[None]], message: Message) -> None:
        if self._is_over:
            return
        try:
            async with asyncio.timeout(self._seconds):
                await send(message)
        except (aiohttp.ClientError, OSError, TimeoutError):
            self._fail("it takes no more audio")

    def _tell(self, result: Transcript | None, *, is_last: bool = False) -> None:
        if self._is_over or (result is None and not is_last):
            return
        if self._results.qsize() >= MOST_RESULTS:
            raise AnswerError("it sends more than anyone can read")
        self._is_over = is_last
        self._results.put_nowait(result)

    def _fail(self, why: str) -> None:
        if not self._is_over:
            self._is_over = True
            self._results.put_nowait(RecognitionError(DEGRADED, f"The speech engine {self._name} failed: {why}."))
