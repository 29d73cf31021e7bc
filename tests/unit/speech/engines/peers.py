"""Engines as their documentation describes them, on a loop-back address, and ways in which they go wrong."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from hookflash.speech.engines.config import EngineConfig
from hookflash.speech.engines.outside import Outside
from hookflash.speech.plugging import recogniser_of
from hookflash.speech.recogniser import Hearing, Recogniser, Transcript

Talk = Callable[["Peer", web.WebSocketResponse], Awaitable[None]]
PIECE = 1_600  # bytes: 100 ms
SECOND = bytes(range(1, 201)) * 80  # of audio


class Peer:
    """A server that talks as `talk` does, and remembers what it was told."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self.query: list[tuple[str, str]] = []
        self.headers: dict[str, str] = {}
        self.texts: list[str] = []
        self.audio = bytearray()
        self.may_end = asyncio.Event()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        self.query, self.headers = [*request.query.items()], dict(request.headers)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self._talk(self, socket)
        await socket.close()
        return socket

    async def hear(self, socket: web.WebSocketResponse, *, until: str = "") -> str:
        """Take messages until a text comes that has `until` in it, or the end; returns that text."""
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                self.audio += message.data
            else:
                self.texts.append(message.data)
                if until and until in message.data:
                    return str(message.data)
        return ""


async def vosk(peer: Peer, socket: web.WebSocketResponse) -> None:
    """vosk-server: a partial text, a text at a pause, and the last one behind `eof`."""
    await peer.hear(socket, until="config")
    await socket.send_str('{"partial": ""}')
    await socket.send_str('{"partial": "hello"}')
    words = [{"conf": 0.9, "word": "hello"}, {"conf": 0.7, "word": "there"}]
    await socket.send_str(json.dumps({"result": words, "text": "hello there"}))
    await peer.hear(socket, until="eof")
    await socket.send_str('{"result": [{"conf": 1.0, "word": "goodbye"}], "text": "goodbye"}')


async def sherpa(peer: Peer, socket: web.WebSocketResponse) -> None:
    """sherpa-onnx: the text of a segment grows; another segment begins at a pause; `Done!` is the end."""
    for segment, text in ((0, "hello"), (0, "hello there"), (1, "good"), (1, "good bye")):
        await socket.send_str(json.dumps({"text": text, "segment": segment, "tokens": [], "timestamps": []}))
    await peer.hear(socket, until="Done")
    await socket.send_str(json.dumps({"text": "goodbye", "segment": 1, "is_final": True}))
    await socket.send_str("Done!")
    await peer.hear(socket)


async def deepgram(peer: Peer, socket: web.WebSocketResponse) -> None:
    """Deepgram: pieces that are settled, one with a pause behind it; the rest and `Metadata` behind `CloseStream`."""
    await socket.send_str(result("hell", is_final=False))
    await socket.send_str(result("hello", 0.9))
    await socket.send_str(result("there.", 0.7, speech_final=True))
    await socket.send_str(result("", 0.0))
    await peer.hear(socket, until="CloseStream")
    await socket.send_str(result("Goodbye.", 1.0))
    await socket.send_str('{"type": "Metadata", "request_id": "8c8ebea9", "duration": 1.0, "channels": 1}')


def result(text: str, confidence: float = 0.5, *, is_final: bool = True, speech_final: bool = False) -> str:
    return json.dumps(
        {
            "type": "Results",
            "is_final": is_final,
            "speech_final": speech_final,
            "channel": {"alternatives": [{"transcript": text, "confidence": confidence, "words": []}]},
        }
    )


@asynccontextmanager
async def serving(handle: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    server = TestServer(app)
    async with server:
        yield server


@asynccontextmanager
async def engine_of(kind: str, server: TestServer, **settings: Any) -> AsyncIterator[Recogniser]:
    """The engine that an operator plugs in for a peer."""
    scheme = "http" if kind == "openai" else "ws"
    config = EngineConfig(name="cloud", kind=kind, url=f"{scheme}://127.0.0.1:{server.port}/path", **settings)  # type: ignore[arg-type]
    outside = Outside()
    try:
        yield recogniser_of(config, outside)
    finally:
        await outside.close()


async def transcripts(engine: Recogniser, how: Hearing, audio: bytes = SECOND) -> list[Transcript]:
    """What an engine makes of audio that comes piece by piece."""
    async with engine.listen(how) as session:
        for start in range(0, len(audio), PIECE):
            await session.write(audio[start : start + PIECE])
        await session.end()
        return [transcript async for transcript in session]


def wav(pcm: bytes, rate: int, *, channels: int = 1, size: int | None = None) -> bytes:
    """A WAV file; a server that streams does not know its `size`."""
    length = len(pcm) if size is None else size
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * 2 * channels, 2 * channels, 16)
    return (
        b"RIFF" + struct.pack("<I", min(length + 36, 0xFFFFFFFF)) + b"WAVEfmt " + struct.pack("<I", 16) + form
        + b"LIST" + struct.pack("<I", 4) + b"INFO" + b"data" + struct.pack("<I", length) + pcm
    )  # fmt: skip
