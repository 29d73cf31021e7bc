"""What a caller whose turn has come and the call that takes them tell each other."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hookflash.domain.call import Source

if TYPE_CHECKING:
    from hookflash.runtime.calls.bridging import Bridge


@dataclass(frozen=True, kw_only=True)
class Offer:
    """The caller says `ready`, or leaves; who takes them joins the two then, and says when that is `over`."""

    by: str  #: the call that takes them
    at: int
    whisper: Source | None  #: what the caller hears first
    bridge: "Bridge"  #: of the call that takes them
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def was_joined(self) -> bool:
        return self.bridge.was_joined
