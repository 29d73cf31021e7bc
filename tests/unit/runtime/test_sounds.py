"""Sound files of applications: which are kept to be played, and why others are not."""

from pathlib import Path
from typing import cast

import pytest

from hookflash.api.auth import Authenticator
from hookflash.runtime.sounds import Sounds
from hookflash.speech.repertoire import Repertoire
from hookflash.store.shelf import Shelf
from hookflash.twiml.voice import SoundError
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.codes import WebhookCode, WebhookError
from hookflash.webhooks.outcome import Outcome

URL = "https://user:secret@example.com/tune.mp3?token=1"


@pytest.fixture
def repertoire() -> Repertoire:
    return Repertoire()


@pytest.fixture
def sounds(tmp_path: Path, repertoire: Repertoire) -> Sounds:
    return Sounds(
        webhooks=cast("WebhookClient", None),  # nothing is fetched here
        auth=cast("Authenticator", None),
        shelf=Shelf(tmp_path / "sounds"),
        repertoire=repertoire,
        validate_certificates=True,
    )


def answer(body: bytes = b"ID3 sound", content_type: str = "audio/mpeg", error: WebhookError | None = None) -> Outcome:
    return Outcome(url=URL, status=200, content_type=content_type, body=body, error=error)


async def test_a_body_is_kept_once(sounds: Sounds, tmp_path: Path) -> None:
    """The same bytes from anywhere are one file; others are another."""
    first = await sounds.keep(answer())
    assert Path(first.path).read_bytes() == b"ID3 sound"
    assert await sounds.keep(answer(content_type="audio/mp3")) == first
    assert await sounds.keep(answer(b"other")) != first
    assert len(list((tmp_path / "sounds").iterdir())) == 2


@pytest.mark.parametrize(
    ("content_type", "body", "raw"),
    [
        ("audio/basic; rate=8000", b"\xff\x7f", True),
        ("AUDIO/ULAW", b"\xff\x7f", True),
        ("audio/basic", b".snd\0\0\0\x20", False),
        ("audio/x-wav", b"RIFF", False),
    ],
)
async def test_mu_law_without_a_header_is_told_by_its_type(
    sounds: Sounds, content_type: str, body: bytes, raw: bool
) -> None:
    """Nothing in it says what it is; a file of the same type with a header is read as what it says."""
    assert (await sounds.keep(answer(body, content_type))).raw is raw


async def test_it_is_heard_by_its_address(sounds: Sounds, repertoire: Repertoire) -> None:
    """The URL names it in transcripts, and a password in it is not shown."""
    await sounds.keep(answer())
    (piece,) = repertoire.all()
    assert "example.com/tune.mp3" in piece.text
    assert "secret" not in piece.text


@pytest.mark.parametrize(
    ("outcome", "code", "sentence"),
    [
        (answer(b""), WebhookCode.EMPTY_BODY.number, "no body"),
        (answer(content_type="video/mp4", error=WebhookError(WebhookCode.CONTENT_TYPE, "x")), 13420, "video/mp4"),
        (answer(content_type="", error=WebhookError(WebhookCode.CONTENT_TYPE, "x")), 13420, "no type at all"),
        (answer(error=WebhookError(WebhookCode.BODY_TOO_LONG, "x")), 11751, "larger than 64 MB"),
        (answer(error=WebhookError(WebhookCode.RETRIEVAL, "status 404")), 11200, "status 404"),
    ],
)
async def test_what_cannot_be_played_says_why(sounds: Sounds, outcome: Outcome, code: int, sentence: str) -> None:
    """Each reason has the code of the original and a sentence for the debugger."""
    with pytest.raises(SoundError, match=sentence) as refused:
        await sounds.keep(outcome)
    assert refused.value.code == code


async def test_a_full_disk_is_no_end_of_the_call(sounds: Sounds, tmp_path: Path) -> None:
    """What cannot be kept cannot be played, and the reason is told."""
    (tmp_path / "sounds").rmdir()
    (tmp_path / "sounds").write_bytes(b"")  # nothing can be written below a file
    with pytest.raises(SoundError, match="could not be kept"):
        await sounds.keep(answer())
