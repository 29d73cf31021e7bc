"""What calls need of others: who speaks, who fetches sounds, where callees are; and what all calls share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hookflash.actions.check_callee import CallRules
from hookflash.actions.queue_for_carrier import SenderRates
from hookflash.actions.receive_call import Answerer, IncomingCall
from hookflash.api.auth import Authenticator
from hookflash.domain.call import Call
from hookflash.domain.clock import Clock
from hookflash.domain.media_links import MediaLinks
from hookflash.domain.speech import Utterance
from hookflash.pending import Pending
from hookflash.runtime.paying.connectors import Connectors
from hookflash.runtime.queues.queues import Queues
from hookflash.speech.recogniser import Recognition
from hookflash.store.recording_files import RecordingFiles
from hookflash.store.store import Store
from hookflash.store.vault import Vault
from hookflash.switch import protocol
from hookflash.switch.leg import Leg
from hookflash.switch.protocol import AnySource, File
from hookflash.webhooks.client import WebhookClient
from hookflash.webhooks.cookies import Jar
from hookflash.webhooks.outcome import Attempt, Outcome

if TYPE_CHECKING:
    from hookflash.runtime.conferences.conferences import Conferences

    from .live_call import Begin, LiveCall


class Speech(Protocol):
    """What makes speech."""

    async def say(self, utterance: Utterance) -> AnySource:
        """The speech, to be played once; it may still be made while it is played. Raises SpeechError."""
        ...


class Sounds(Protocol):
    """What makes sound files of URLs and answers ready to be played."""

    async def fetch(
        self, url: str, *, account_sid: str, call_sid: str, jar: Jar | None, told: Callable[[tuple[Attempt, ...]], None]
    ) -> File:
        """The sound at an absolute URL, which may hold a login: fetched by GET, or kept. Raises SoundError.

        `told` hears of the attempts, whatever comes of them.
        """
        ...

    async def keep(self, outcome: Outcome) -> File:
        """The sound that an application answered with. Raises SoundError."""
        ...


class NoWayError(Exception):
    """Nobody can be called there: `sentence` says why to people, `status` is the SIP status that says it, or 0."""

    def __init__(self, sentence: str, *, status: int = 0) -> None:
        self.sentence = sentence
        self.status = status
        super().__init__(sentence)


class Places(Protocol):
    """Where callers come from and callees are: trunks, SIP addresses, handsets."""

    async def arrived(self, event: protocol.Invited) -> tuple[IncomingCall, Answerer | None]:
        """What an invitation is: whose numbers, in E.164, and who answers where that is no number of an account."""
        ...

    async def dial(self, call: Call, *, ring_ms: int, beside: Leg | None) -> Leg:
        """A leg that is being dialled to `call.recipient`, as its options say.

        `ring_ms`: how long it may ring. `beside`: the leg that it is going to be joined with. Raises NoWayError.
        """
        ...

    async def open_line(self, call: Call, *, ring_ms: int) -> tuple[Leg, Leg]:
        """A call within the platform: the leg that calls, and the one that answers it."""
        ...


class OpenLeg(Protocol):
    """What makes legs without a far end."""

    def __call__(self, *, simulated: bool) -> Leg: ...


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What all calls of a server share."""

    store: Store
    clock: Clock
    webhooks: WebhookClient
    auth: Authenticator
    vault: Vault
    links: MediaLinks
    recordings: RecordingFiles
    speech: Speech
    recognition: Recognition
    sounds: Sounds
    places: Places
    connectors: Connectors
    rules: CallRules
    rates: SenderRates
    validate_certificates: bool
    pending: Pending
    conferences: "Conferences"
    open_leg: OpenLeg
    queues: Queues
    adopt: "Callable[[LiveCall, Begin], None]"  #: has a call live, from its beginning to its end, by itself
