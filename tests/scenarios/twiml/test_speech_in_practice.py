"""Speech as the page about it says, and with an engine that an operator has plugged in."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.scenarios.plugin_support import running_app
from tests.scenarios.twiml.stage import Stage

from hookflash.testing.platform import Platform
from hookflash.testing.server import BackgroundServer

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "understand-speech.md"
TEXT = "Please call me back tomorrow."


def documents() -> list[str]:
    """What the page shows, without its root."""
    return re.findall(r"```xml\n<Response>(.*?)</Response>\n```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def plugged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform with an engine of the kind `openai`, which understands the same whatever it hears."""

    class Engine(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"])) if "Content-Length" in self.headers else self._chunks()
            answer = json.dumps({"text": TEXT}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def _chunks(self) -> None:
            while size := int(self.rfile.readline(), 16):
                self.rfile.read(size + 2)
            self.rfile.readline()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Engine) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        engine = {"name": "house", "kind": "openai", "url": f"http://127.0.0.1:{server.server_address[1]}/", "key": "k"}
        with BackgroundServer(tmp_path_factory.mktemp("plugged"), speech_engines=[engine]) as ready:
            yield Platform(ready)
        server.shutdown()


@pytest.fixture
def engine_stage(plugged: Platform) -> Iterator[Stage]:
    with running_app() as app:
        plugged.configure(voice_url=app.url, status_callback=app.url + "/status")
        stage = Stage(plugged, app)
        stage.page("done", "<Say>Thank you.</Say>")
        yield stage
        stage.clear()


def test_the_question_of_the_page(stage: Stage) -> None:
    """A caller interrupts it, and the application is told."""
    stage.app.documents["/department"] = "<Response><Say>One moment.</Say></Response>"
    call = stage.call(documents()[0])
    call.wait(3)
    call.say("speak to an agent")
    call.hears_sync("One moment.")
    [asked] = [asked for asked in stage.app.requests if asked.path == "/department"]
    assert asked["SpeechResult"].casefold() == "speak to an agent"


def test_the_call_of_the_page_is_followed(stage: Stage) -> None:
    """Its text is told while it goes on, and its recording when it is over."""
    stage.handset("+14155550123").answers("answer", says="cancel my order")
    call = stage.call(documents()[2])
    call.wait(8)
    call.hang_up()
    stage.app.wait_for(TranscriptionEvent="transcription-stopped")
    said = [json.loads(asked["TranscriptionData"])["transcript"] for asked in stage.app.requests if "Final" in asked]
    assert "cancel my order" in [text.casefold() for text in said]
    assert stage.app.wait_for(RecordingStatus="completed")["RecordingChannels"] == "2"


def test_record_transcribe__by_an_engine_that_is_plugged_in(engine_stage: Stage) -> None:
    """The text is told once, and is there to be read."""
    stage = engine_stage
    verb = '<Record action="app/done" timeout="2" trim="do-not-trim" transcribe="true" transcribeCallback="app/text"/>'
    call = stage.call(verb)
    call.say(TEXT)
    call.hears_sync("Thank you.")
    asked = stage.app.wait_for(TranscriptionStatus="completed")
    assert (asked["TranscriptionText"], asked.path) == (TEXT, "/app/text")
    shown = stage.rest(f"Transcriptions/{asked['TranscriptionSid']}.json")
    assert (shown["transcription_text"], shown["status"]) == (TEXT, "completed")
    assert stage.codes() == []


def test_gather_hints__with_an_engine_that_needs_none(engine_stage: Stage) -> None:
    """What it understands is told, though nobody has named it."""
    stage = engine_stage
    verb = '<Gather input="speech" action="app/done" speechTimeout="1"><Say>Go on.</Say></Gather>'
    call = stage.call(verb)
    call.hears_sync("Go on.")
    call.say(TEXT)
    call.hears_sync("Thank you.")
    assert stage.app.wait_for(SpeechResult=TEXT)["CallSid"] == stage.sid


def test_transcription_transcription_engine__of_that_name(engine_stage: Stage) -> None:
    """It is told who listens."""
    stage = engine_stage
    noun = '<Transcription transcriptionEngine="house" track="inbound_track" statusCallbackUrl="app/live"/>'
    call = stage.call(f"<Start>{noun}</Start><Say>Go on.</Say><Pause length='20'/>")
    call.hears_sync("Go on.")
    call.say(TEXT)
    call.wait(3)
    call.hang_up()
    stage.app.wait_for(TranscriptionEvent="transcription-stopped")
    assert stage.app.wait_for(TranscriptionEvent="transcription-started")["TranscriptionEngine"] == "house"
    content = stage.app.wait_for(TranscriptionEvent="transcription-content")
    assert json.loads(content["TranscriptionData"])["transcript"] == TEXT
