"""`<Transcription>` of `<Start>`: the application is told what is said while the call goes on."""

import json

import pytest
from tests.scenarios.twiml.live import HINTS, REST, contents, over, started, transcribed
from tests.scenarios.twiml.stage import Stage


def test_transcription(stage: Stage) -> None:
    """Beginning, what the caller said, and end: numbered, in order, with the call's SID."""
    transcribed(stage, words="opening hours")
    told = over(stage)
    assert [asked["SequenceId"] for asked in told] == [str(number) for number in range(1, len(told) + 1)]
    assert (told[0]["TranscriptionEvent"], told[-1]["TranscriptionEvent"]) == (
        "transcription-started",
        "transcription-stopped",
    )
    assert {asked["CallSid"] for asked in told} == {stage.sid}
    assert {asked["TranscriptionSid"][:2] for asked in told} == {"GT"}
    assert contents(told) == ["opening hours"]
    assert stage.codes() == []


def test_transcription__that_no_engine_can_do(stage: Stage) -> None:
    """32651: the application and the debugger are told why; the call goes on."""
    call = transcribed(stage, "")
    call.hears_sync("Go on.")
    error = stage.app.wait_for(TranscriptionEvent="transcription-error")
    assert error["TranscriptionErrorCode"] == "32651"
    assert "by its hints only" in error["TranscriptionError"]
    assert over(stage)[-1]["TranscriptionEvent"] == "transcription-stopped"
    assert stage.codes() == [32651]


def test_transcription_name(stage: Stage) -> None:
    """It is told with the beginning, and the API ends it by it."""
    transcribed(stage, f'{HINTS} name="talk"').hears_sync("Go on.")
    assert started(stage)["Name"] == "talk"
    shown = stage.rest(f"Calls/{stage.sid}/Transcriptions/talk.json", {"Status": "stopped"})
    assert (shown["status"], shown["name"]) == ("stopped", "talk")
    assert stage.app.wait_for(TranscriptionEvent="transcription-stopped")["TranscriptionSid"] == shown["sid"]


def test_transcription_name__given_twice(stage: Stage) -> None:
    """32650: the second does not begin."""
    noun = f'<Transcription statusCallbackUrl="app/live" name="talk" {HINTS}/>'
    transcribed(stage, f'{HINTS} name="talk"', then=f"<Start>{noun}</Start>{REST}").hears_sync("Go on.")
    told = over(stage)
    assert len({asked["TranscriptionSid"] for asked in told}) == 1
    assert stage.codes() == [32650]


def test_transcription_status_callback_url(stage: Stage) -> None:
    """It is where the events go."""
    transcribed(stage).hears_sync("Go on.")
    assert {(asked.method, asked.path) for asked in over(stage)} == {("POST", "/app/live")}


def test_transcription_status_callback_url__that_is_none(stage: Stage) -> None:
    """11100: nobody is told, and the call goes on."""
    call = stage.call(f'<Start><Transcription statusCallbackUrl="ftp://a/" {HINTS}/></Start><Say>Go on.</Say>')
    call.hears_sync("Go on.")
    assert stage.codes() == [11100]


def test_transcription_status_callback_method(stage: Stage) -> None:
    """By GET, if it says so."""
    transcribed(stage, f'{HINTS} statusCallbackMethod="GET"').hears_sync("Go on.")
    assert {asked.method for asked in over(stage)} == {"GET"}


def test_transcription_language_code(stage: Stage) -> None:
    """What nobody understands is an error; it is told with the beginning."""
    transcribed(stage, f'{HINTS} languageCode="de-DE"').hears_sync("Go on.")
    assert started(stage)["LanguageCode"] == "de-DE"
    assert "de-DE" in stage.app.wait_for(TranscriptionEvent="transcription-error")["TranscriptionError"]


@pytest.mark.parametrize(
    ("track", "said", "heard"),
    [
        ("inbound_track", ["cancel my order"], []),
        ("outbound_track", [], ["billing"]),
        ("both_tracks", ["cancel my order"], ["billing"]),
    ],
)
def test_transcription_track(stage: Stage, track: str, said: list[str], heard: list[str]) -> None:
    """What the caller says, what the caller hears, or both."""
    then = '<Say>Billing</Say><Pause length="3"/><Say>Go on.</Say><Pause length="60"/>'
    transcribed(stage, f'{HINTS} track="{track}"', then=then, words="cancel my order")
    told = over(stage)
    assert told[0]["Track"] == track
    assert contents(told) == said
    assert contents(told, "outbound_track")[: len(heard)] == heard


def test_transcription_inbound_track_label(stage: Stage) -> None:
    """It is told with the beginning."""
    transcribed(stage, f'{HINTS} inboundTrackLabel="customer"').hears_sync("Go on.")
    assert started(stage)["InboundTrackLabel"] == "customer"
    assert "OutboundTrackLabel" not in started(stage)


def test_transcription_outbound_track_label(stage: Stage) -> None:
    """It is told with the beginning."""
    transcribed(stage, f'{HINTS} outboundTrackLabel="agent"').hears_sync("Go on.")
    assert started(stage)["OutboundTrackLabel"] == "agent"


def test_transcription_transcription_engine(stage: Stage) -> None:
    """Who really listens is told."""
    transcribed(stage, f'{HINTS} transcriptionEngine="google"').hears_sync("Go on.")
    assert started(stage)["TranscriptionEngine"] == "pocketsphinx"


def test_transcription_speech_model(stage: Stage) -> None:
    """That of numbers needs no hints; it is told with the configuration."""
    transcribed(stage, 'speechModel="numbers_and_commands" track="inbound_track"', words="one two three")
    assert json.loads(started(stage)["ProviderConfiguration"])["speechModel"] == "numbers_and_commands"
    assert "".join(contents(over(stage))).replace(" ", "") in ("123", "onetwothree")


def test_transcription_enable_provider_data(stage: Stage) -> None:
    """An engine that gives nothing of its own has nothing to be told."""
    transcribed(stage, f'{HINTS} enableProviderData="true"', words="cancel my order")
    assert not [asked for asked in over(stage) if "TranscriptionProviderData" in asked]
    assert stage.codes() == []


@pytest.mark.parametrize(("is_filtered", "text"), [("true", "b******"), ("false", "bastard")])
def test_transcription_profanity_filter(stage: Stage, is_filtered: str, text: str) -> None:
    """Of swear words the first letter is left, unless all is wanted."""
    transcribed(
        stage,
        f'hints="bastard, cancel my order" track="inbound_track" profanityFilter="{is_filtered}"',
        words="bastard",
    )
    assert contents(over(stage)) == [text]
    assert json.loads(started(stage)["ProviderConfiguration"])["profanityFilter"] == is_filtered


@pytest.mark.parametrize("wanted", ["true", "false"])
def test_transcription_partial_results(stage: Stage, wanted: str) -> None:
    """What may still change is told, with how likely that is, only to those who ask for it."""
    transcribed(stage, f'{HINTS} partialResults="{wanted}"', words="opening hours")
    told = over(stage)
    partial = [asked for asked in told if asked.get("Final") == "false"]
    assert bool(partial) == (wanted == "true")
    assert all("Stability" in asked for asked in partial)
    assert told[0]["PartialResults"] == wanted
    assert contents(told) == ["opening hours"]


def test_transcription_hints(stage: Stage) -> None:
    """They are what is understood, and told with the configuration."""
    transcribed(stage, 'hints="good morning, good night"', words="good night")
    assert contents(over(stage)) == ["good night"]
    assert json.loads(started(stage)["ProviderConfiguration"])["hints"] == "good morning, good night"


def test_transcription_enable_automatic_punctuation(stage: Stage) -> None:
    """It is told with the configuration, for engines that set any."""
    transcribed(stage, f'{HINTS} enableAutomaticPunctuation="false"').hears_sync("Go on.")
    assert json.loads(started(stage)["ProviderConfiguration"])["enableAutomaticPunctuation"] == "false"


def passed_over(stage: Stage, attribute: str) -> None:
    """32650, with its name; the call is transcribed all the same."""
    transcribed(stage, f'{HINTS} {attribute}="x"', words="cancel my order")
    assert contents(over(stage)) == ["cancel my order"]
    (alert,) = stage.alerts()
    assert (alert.code, attribute in alert.text) == (32650, True)


def test_transcription_intelligence_service(stage: Stage) -> None:
    passed_over(stage, "intelligenceService")


def test_transcription_conversation_configuration(stage: Stage) -> None:
    passed_over(stage, "conversationConfiguration")


def test_transcription_conversation_id(stage: Stage) -> None:
    passed_over(stage, "conversationId")


# -- <Config> --


def config(stage: Stage, attributes: str) -> str:
    """32652: no engine here has such settings; the call is transcribed all the same. Returns the sentence."""
    transcribed(stage, inside=f"<Config {attributes}/>", words="cancel my order")
    assert contents(over(stage)) == ["cancel my order"]
    (alert,) = stage.alerts()
    assert (alert.code, alert.level) == (32652, "warning")
    return alert.text


def test_config(stage: Stage) -> None:
    config(stage, "")


def test_config_name(stage: Stage) -> None:
    """The debugger names it."""
    assert "beam_width" in config(stage, 'name="beam_width"')


def test_config_value(stage: Stage) -> None:
    """Nobody is told it."""
    assert "10,000" not in config(stage, 'name="beam_width" value="10,000"')
