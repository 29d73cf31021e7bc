"""A file as an answer: whole, or the part that a Range header asks for (RFC 9110 §14)."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

from .request import Answer, Stream

CHUNK = 256 * 1024
_RANGE = re.compile(rb"bytes=([0-9]{0,18})-([0-9]{0,18})")


async def file_answer(path: Path, *, content_type: bytes, range_header: bytes | None) -> Answer:
    """An answer with the bytes of `path`. Raises FileNotFoundError."""
    size = (await asyncio.to_thread(path.stat)).st_size
    headers = [(b"accept-ranges", b"bytes")]
    wanted = _wanted(range_header, size)
    if wanted is None:
        return Answer(200, stream=Stream(size, _read(path, 0, size)), content_type=content_type, headers=headers)
    start, end = wanted
    if start >= end:
        headers.append((b"content-range", b"bytes */%d" % size))
        return Answer(416, content_type=content_type, headers=headers)
    headers.append((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, size)))
    stream = Stream(end - start, _read(path, start, end))
    return Answer(206, stream=stream, content_type=content_type, headers=headers)


def _wanted(header: bytes | None, size: int) -> tuple[int, int] | None:
    """From where to where (exclusive); nothing, when none of it is there; None for all: several ranges, or nonsense."""
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.groups() == (b"", b""):
        return None
    first, last = match.groups()
    if not first:  # the last so many bytes
        return max(0, size - int(last)), size if int(last) else 0
    if last and int(last) < int(first):
        return None
    return int(first), min(size, int(last) + 1) if last else size


async def _read(path: Path, start: int, end: int) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while start < end:
            chunk = await asyncio.to_thread(file.read, min(CHUNK, end - start))
            if not chunk:  # it was cut short meanwhile
                return
            start += len(chunk)
            yield chunk
