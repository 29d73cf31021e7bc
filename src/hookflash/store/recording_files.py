"""The sound of recordings: a wav file each under its account, named by SIDs only, and what was made of it for those
who asked. Whoever records writes to `place`; the rest is made once and lies beside it until the recording goes.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

from hookflash.domain.sids import is_sid

from .audio_forms import channels_of, encode_mp3, mix_down
from .directory import sync_directory

WAV = ".wav"
MP3 = ".mp3"


class OneChannelError(Exception):
    """Two channels were asked for of a recording that has one."""


class RecordingFiles:
    """The files of one data directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._making = asyncio.Lock()  # one form at a time: a core is better spent on calls

    def place(self, account_sid: str, sid: str) -> Path:
        """Where the sound of a recording is written; the folder is there afterwards. Raises OSError."""
        path = self._path(account_sid, sid)
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            sync_directory(self._directory)
        return path

    async def audio(self, account_sid: str, sid: str, suffix: str, channels: int | None) -> Path:
        """The file with the sound as `suffix` (WAV or MP3), in one or two `channels` or as many as it has.

        Raises FileNotFoundError, OneChannelError, and NoEncoderError where MP3 cannot be made.
        """
        source = self._path(account_sid, sid)
        own = await asyncio.to_thread(channels_of, source)
        if channels == 2 and own == 1:
            raise OneChannelError
        if channels == 1 and own == 2:
            source = await self._made(source, source.with_suffix(".1" + WAV), mix_down)
        if suffix == WAV:
            return source
        return await self._made(source, source.with_suffix(MP3), encode_mp3)

    async def remove(self, account_sid: str, sid: str) -> None:
        """Remove the sound and all that was made of it."""
        path = self._path(account_sid, sid)

        def unlink() -> None:
            for file in path.parent.glob(f"{sid}.*"):
                file.unlink(missing_ok=True)

        await asyncio.to_thread(unlink)

    async def _made(self, source: Path, target: Path, make: Callable[[Path, Path], None]) -> Path:
        def make_once() -> None:
            if not target.exists():
                partial = target.with_name(f"{target.name}.part")
                make(source, partial)
                partial.replace(target)

        async with self._making:
            await asyncio.to_thread(make_once)
        return target

    def _path(self, account_sid: str, sid: str) -> Path:
        if not (is_sid(account_sid, "AC") and is_sid(sid, "RE")):
            raise ValueError("a recording lies under the SIDs of its account and itself")
        return self._directory / account_sid / f"{sid}{WAV}"
