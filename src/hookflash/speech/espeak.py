"""espeak-ng as a process of its own: the engine that is there without a network, a key or a model.

It is under the GPL, and is therefore never linked: one process speaks one utterance, in about 10 ms for a sentence.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from functools import cache
from subprocess import DEVNULL, PIPE

from hookflash.domain.speech import Utterance, Voice
from hookflash.speech.engine import SpeechError
from hookflash.speech.espeak_markup import espeak_markup

PROGRAM = "espeak-ng"
AT_ONCE = 4  # processes
CHUNK = 16_384  # bytes
WORDS_PER_MINUTE = 165
_WAV_HEADER = 44  # bytes, of the header that espeak-ng writes to a pipe

#: Languages that espeak-ng names otherwise than BCP 47, or lacks: the nearest it has.
_OTHERWISE = {
    "cmn-cn": "cmn",
    "cmn-tw": "cmn",
    "zh-cn": "cmn",
    "zh-tw": "cmn",
    "zh-hk": "yue",
    "yue-cn": "yue",
    "arb": "ar",
    "ar-xa": "ar",
    "fil-ph": "en-us",
    "en-uk": "en-gb",
    "en-gb-wls": "en-gb",
    "en-ie": "en-gb",
    "en-au": "en-gb",
    "en-nz": "en-gb",
    "en-za": "en-gb",
    "en-in": "en-gb",
    "en-ca": "en-us",
    "es-mx": "es-419",
    "es-us": "es-419",
    "fr-ca": "fr-fr",
    "nb-no": "nb",
    "no-no": "nb",
    "pt-pt": "pt",
}


class Espeak:
    """`SpeechEngine`, by espeak-ng."""

    name = "espeak-ng 2"
    rate = 22_050

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)

    async def speak(self, utterance: Utterance) -> AsyncIterator[bytes]:
        async with self._places:
            voice = voice_of(utterance.voice)
            arguments = ["-v", voice, "-s", str(WORDS_PER_MINUTE), "-m", "--stdin", "--stdout"]
            try:
                process = await asyncio.create_subprocess_exec(
                    PROGRAM, *arguments, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
                )
            except FileNotFoundError:
                raise SpeechError("espeak-ng is not installed: Debian's package espeak-ng brings it") from None
            try:
                async for chunk in _audio(process, espeak_markup(utterance, language_of)):
                    yield chunk
                if await process.wait() != 0:
                    raise SpeechError(f"espeak-ng ended with {process.returncode} for the voice {voice}")
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()


async def _audio(process: asyncio.subprocess.Process, markup: str) -> AsyncIterator[bytes]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(markup.encode())
    process.stdin.close()
    try:
        header = await process.stdout.readexactly(_WAV_HEADER)
    except asyncio.IncompleteReadError:
        return  # nothing to say, or a failure that its exit status tells
    (rate,) = struct.unpack_from("<I", header, 24)
    if rate != Espeak.rate:
        raise SpeechError(f"espeak-ng speaks at {rate} Hz, not at {Espeak.rate}")
    odd = b""
    while chunk := await process.stdout.read(CHUNK):
        data = odd + chunk
        whole = len(data) & ~1
        odd = data[whole:]
        yield data[:whole]


@cache
def voice_of(voice: Voice) -> str:
    """The name of espeak-ng's voice for a language and gender."""
    name = language_of(voice.language)
    return f"{name}+f2" if voice.gender == "female" else name


@cache
def language_of(language: str) -> str:
    """espeak-ng's name of a language; the bare language where it has no such region."""
    language = language.lower()
    name = _OTHERWISE.get(language)
    if name is None:
        base = language.partition("-")[0]
        name = language if language in ("en-us", "en-gb", "fr-fr", "fr-be", "pt-br") else base
    return name
