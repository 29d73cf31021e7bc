"""What `<Connect>` will join callers with in a later version: declared and refused.

Where one is met, the call goes on without it, and the debugger says so.
"""

from dataclasses import dataclass

from hookflash.twiml.declaration import TEXT, URL, Verb, attribute, one_of, verb
from hookflash.twiml.verbs.config import Config
from hookflash.twiml.verbs.parameter import Parameter


@verb("ConversationRelay", children=(Parameter,), coming="conversation relays come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class ConversationRelay(Verb):
    """Lets a language model behind a WebSocket speak with the caller."""


@verb("VirtualAgent", children=(Config, Parameter), coming="virtual agents come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class VirtualAgent(Verb):
    """Lets a virtual agent speak with the caller."""

    connector_name: str | None = attribute("connectorName", TEXT, summary="which agent")
    language: str | None = attribute("language", TEXT, summary="what it speaks")
    sentiment_analysis: str | None = attribute("sentimentAnalysis", TEXT, summary="whether moods are judged")
    status_callback: str | None = attribute("statusCallback", URL, summary="told of its events")
    status_callback_method: str = attribute(
        "statusCallbackMethod", one_of("GET", "POST"), default="POST", summary="how it is requested"
    )


@verb("Conversation", coming="conversations come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation(Verb):
    """Puts the call into a conversation."""

    service_instance_sid: str | None = attribute("serviceInstanceSid", TEXT, summary="of which service")
    inbound_autocreation: str | None = attribute("inboundAutocreation", TEXT, summary="whether one may be made")
    routing_assignment_timeout: str | None = attribute(
        "routingAssignmentTimeout", TEXT, summary="seconds until somebody is assigned"
    )
    inbound_timeout: str | None = attribute("inboundTimeout", TEXT, summary="seconds that it waits")
    url: str | None = attribute("url", URL, summary="a document for who answers")
    method: str = attribute("method", one_of("GET", "POST"), default="POST", summary="how it is requested")
    record: str | None = attribute("record", TEXT, summary="as that of `<Dial>`")
    trim: str | None = attribute("trim", TEXT, summary="as that of `<Dial>`")
    recording_status_callback: str | None = attribute("recordingStatusCallback", URL, summary="told of recordings")
    recording_status_callback_method: str = attribute(
        "recordingStatusCallbackMethod", one_of("GET", "POST"), default="POST", summary="how it is requested"
    )
    recording_status_callback_event: str | None = attribute(
        "recordingStatusCallbackEvent", TEXT, summary="of which events"
    )
    status_callback: str | None = attribute("statusCallback", URL, summary="told of the call's events")
    status_callback_method: str = attribute(
        "statusCallbackMethod", one_of("GET", "POST"), default="POST", summary="how it is requested"
    )
    status_callback_event: str | None = attribute(
        "statusCallbackEvent", TEXT, summary="of call-initiated, call-ringing, call-answered and call-completed"
    )


@verb(
    "Autopilot",
    text="the SID of an assistant",
    coming="the original retired it in 2023, and conversation relays come with a later version",
)
@dataclass(frozen=True, kw_only=True, slots=True)
class Autopilot(Verb):
    """Let an assistant speak with the caller, until 2023."""


@verb("AiSession", coming="sessions with language models come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class AiSession(Verb):
    """Lets a language model speak with the caller."""

    ai_connector: str | None = attribute("aiConnector", TEXT, summary="which model")
    ai_session_configuration: str | None = attribute("aiSessionConfiguration", TEXT, summary="how it speaks")


@verb("ConversationRelaySession", coming="conversation relays come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class ConversationRelaySession(Verb):
    """Lets a language model behind a configured WebSocket speak with the caller."""

    connector: str | None = attribute("connector", TEXT, summary="which WebSocket")
    session_configuration: str | None = attribute("sessionConfiguration", TEXT, summary="how it speaks")


@verb("Assistant", coming="assistants come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Assistant(Verb):
    """Lets an assistant speak with the caller."""
