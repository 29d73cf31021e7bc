"""What happens at the SIP port beside calls: which requests were refused and why, and which phones are registered."""

from collections import deque
from typing import NamedTuple

import msgspec
import structlog

from hookflash.domain.clock import SECOND, Clock
from hookflash.switch import protocol
from hookflash.switch.protocol import AnyEvent

log = structlog.get_logger()

KEPT = 500  # refusals


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A request that was refused, or several alike."""

    at: int  #: ms since the epoch
    why: str  #: a sentence
    status: int  #: of the answer
    method: str
    sender: str = msgspec.field(name="from")  #: SIP addresses, as they were sent
    recipient: str = msgspec.field(name="to")
    source: str  #: IP address
    count: int = 1


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """A phone that can be called."""

    domain: str
    username: str
    contact: str
    source: str
    expires_at: int  #: ms since the epoch


class _Phone(NamedTuple):
    domain: str
    username: str
    contact: str


class SipNews:
    """Hears every event of the switch."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refusals: deque[Refusal] = deque(maxlen=KEPT)
        self._phones: dict[_Phone, Registration] = {}

    @property
    def refusals(self) -> list[Refusal]:
        """The last ones, newest first."""
        return [*reversed(self._refusals)]

    @property
    def registrations(self) -> list[Registration]:
        """Phones that are registered, by domain and user."""
        now = self._clock.now()
        return sorted((phone for phone in self._phones.values() if phone.expires_at > now), key=_name)

    def is_registered(self, domain: str, username: str) -> bool:
        """Whether a phone of a user of `domain` can be called."""
        return any(phone.domain == domain and phone.username == username for phone in self.registrations)

    def hear(self, event: AnyEvent) -> None:
        """Take an event of the switch."""
        match event:
            case protocol.Refused():
                self._refused(
                    Refusal(
                        at=event.at,
                        why=event.why,
                        status=event.status,
                        method=event.method,
                        sender=event.from_uri,
                        recipient=event.to_uri,
                        source=event.source,
                        count=event.count,
                    )
                )
            case protocol.Registered():
                self._registered(event)
            case _:
                pass

    def refused(self, event: protocol.Invited, status: int, why: str) -> None:
        """The exchange refuses a call that the switch let in."""
        self._refused(
            Refusal(
                at=self._clock.now(),
                why=f"{why}.",
                status=status,
                method="INVITE",
                sender=event.from_uri or event.from_,
                recipient=event.to_uri or event.to,
                source=event.source,
            )
        )

    def _refused(self, refusal: Refusal) -> None:
        self._refusals.append(refusal)
        log.info(
            "a SIP request is refused",
            method=refusal.method,
            status=refusal.status,
            why=refusal.why,
            source=refusal.source,
            count=refusal.count,
        )

    def _registered(self, event: protocol.Registered) -> None:
        phone = _Phone(event.domain, event.username, event.contact)
        if not event.expires_s:
            self._phones.pop(phone, None)
            return
        self._phones[phone] = Registration(
            domain=event.domain,
            username=event.username,
            contact=event.contact,
            source=event.source,
            expires_at=self._clock.now() + event.expires_s * SECOND,
        )


def _name(phone: Registration) -> tuple[str, str, str]:
    return phone.domain, phone.username, phone.contact
