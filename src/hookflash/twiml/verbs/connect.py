"""`<Connect>`: the call is joined with something that speaks by itself."""

from dataclasses import dataclass

from hookflash.twiml.declaration import TEXT, URL, Verb, attribute, verb
from hookflash.twiml.problems import TwimlCode
from hookflash.twiml.verbs.coming_nouns import (
    AiSession,
    Assistant,
    Autopilot,
    Conversation,
    ConversationRelay,
    ConversationRelaySession,
    VirtualAgent,
)
from hookflash.twiml.verbs.nouns import METHOD
from hookflash.twiml.verbs.stream import Stream
from hookflash.twiml.voice import FALL_THROUGH, Next, VoiceCall, VoiceVerb


@verb("Room", text="the name of a video room")
@dataclass(frozen=True, kw_only=True, slots=True)
class Room(Verb):
    """A video room, which the call joins with its audio. There are none yet: the next verb runs."""

    participant_identity: str | None = attribute(
        "participantIdentity", TEXT, summary="the name of the call in the room; without effect yet"
    )


@verb(
    "Connect",
    children=(
        Room,
        Stream,
        ConversationRelay,
        VirtualAgent,
        Conversation,
        Autopilot,
        AiSession,
        ConversationRelaySession,
        Assistant,
    ),
)
@dataclass(frozen=True, kw_only=True, slots=True)
class Connect(VoiceVerb):
    """Joins the call with something that speaks by itself. Where that is not there, the next verb runs."""

    action: str | None = attribute(
        "action",
        URL,
        refuse=TwimlCode.INVALID_URL,
        summary="told how it ended, once there is something that it can be joined with",
    )
    method: str = attribute("method", METHOD, default="POST", summary="how `action` is requested")

    async def run(self, call: VoiceCall) -> Next:
        await call.answer()
        for room in (part for part in self.content if isinstance(part, Room)):
            call.note(f"<Connect> finds no room called {room.text}")
        return FALL_THROUGH
