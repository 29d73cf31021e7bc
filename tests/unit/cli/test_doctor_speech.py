"""What the doctor says of speech."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from hookflash.cli.doctor_speech import examine_speech
from hookflash.cli.finding import Finding
from hookflash.settings import Settings


def findings(*engines: dict[str, Any]) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine_speech(Settings(speech_engines=[*engines]))}


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_what_is_always_there_is_named() -> None:
    """Who speaks and who understands without any setting."""
    found = findings()
    assert "espeak-ng" in found["speech"].said
    assert "pocketsphinx" in found["understanding"].said
    assert all(finding.is_well for finding in found.values())


def test_engines_that_are_plugged_in_are_tried(listener: int) -> None:
    """One that takes connections is well; one that does not is to be started."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    found = findings(
        {"name": "house", "kind": "vosk", "url": f"ws://127.0.0.1:{listener}"},
        {"name": "voice", "kind": "piper", "url": f"http://127.0.0.1:{port}/", "voices": {"*": ""}},
    )
    assert found["engine house"].is_well
    assert "answers" in found["engine house"].said
    assert not found["engine voice"].is_well
    assert "Start it" in found["engine voice"].cure


def test_a_cloud_without_a_key_is_told_before_it_is_called() -> None:
    """Without going there."""
    found = findings({"name": "cloud", "kind": "deepgram"})
    assert "key" in found["engine cloud"].cure


def test_engines_that_are_described_wrongly_are_said() -> None:
    """With the sentence that the start of the server would end with."""
    assert "cannot be called" in findings({"name": "My Engine", "kind": "vosk"})["speech engines"].said
