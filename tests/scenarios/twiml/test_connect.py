"""`<Connect>`: what it will join calls with is declared, and refused by name; the call goes on."""

from tests.scenarios.twiml.stage import Stage


def passed_over(stage: Stage, noun: str, what: str) -> None:
    """13750, an error that says what is coming; the next verb runs."""
    call = stage.call(f"<Connect>{noun}</Connect><Say>Next</Say>")
    call.hears_sync("Next")
    (alert,) = stage.alerts()
    assert (alert.code, alert.level) == (13750, "error")
    assert what in alert.text


def test_connect(stage: Stage) -> None:
    """It answers the call; with nothing that it could join it with, the next verb runs."""
    stage.call("<Connect/><Say>Next</Say>").hears_sync("Next")
    assert stage.codes() == []


def not_requested(stage: Stage, attributes: str = "") -> None:
    page = stage.page("after", "<Say>After it</Say>")
    stage.call(f'<Connect action="{page}" {attributes}><Room>Lobby</Room></Connect><Say>Next</Say>').hears_sync("Next")
    assert "/app/after" not in [seen.path for seen in stage.app.requests]


def test_connect_action(stage: Stage) -> None:
    """Nothing has ended, so that it is not requested."""
    not_requested(stage)


def test_connect_method(stage: Stage) -> None:
    """Neither by GET."""
    not_requested(stage, 'method="GET"')


def test_room(stage: Stage) -> None:
    """There is no such room: the next verb runs, and nobody is warned."""
    stage.call("<Connect><Room>Lobby</Room></Connect><Say>Next</Say>").hears_sync("Next")
    assert stage.codes() == []


def test_room_participant_identity(stage: Stage) -> None:
    """It makes no room."""
    noun = '<Room participantIdentity="alice">Lobby</Room>'
    stage.call(f"<Connect>{noun}</Connect><Say>Next</Say>").hears_sync("Next")
    assert stage.codes() == []


def test_stream(stage: Stage) -> None:
    passed_over(stage, '<Stream url="wss://example.com/"/>', "media streams come with a later version")


def test_conversation_relay(stage: Stage) -> None:
    passed_over(stage, '<ConversationRelay url="wss://example.com/"/>', "conversation relays come")


def test_conversation_relay_session(stage: Stage) -> None:
    passed_over(stage, '<ConversationRelaySession connector="mine"/>', "conversation relays come")


def test_virtual_agent(stage: Stage) -> None:
    """With what it may have inside."""
    inside = '<Config name="language" value="en-us"/><Parameter name="order" value="7"/>'
    passed_over(stage, f'<VirtualAgent connectorName="mine">{inside}</VirtualAgent>', "virtual agents come")


def test_config(stage: Stage) -> None:
    """It is passed over with the agent that it would set."""
    inside = '<Config name="language" value="en-us"/>'
    passed_over(stage, f'<VirtualAgent connectorName="mine">{inside}</VirtualAgent>', "virtual agents come")


def test_conversation(stage: Stage) -> None:
    passed_over(stage, '<Conversation serviceInstanceSid="IS1" inboundTimeout="5"/>', "conversations come")


def test_autopilot(stage: Stage) -> None:
    passed_over(stage, "<Autopilot>UA1</Autopilot>", "retired it in 2023")


def test_ai_session(stage: Stage) -> None:
    passed_over(stage, '<AiSession aiConnector="mine"/>', "language models come")


def test_assistant(stage: Stage) -> None:
    passed_over(stage, '<Assistant id="aia_asst_1"/>', "assistants come")
