"""What REST changes of a participant while it takes part."""

import msgspec

from .call import Source


class ParticipantChange(msgspec.Struct, frozen=True, kw_only=True):
    """None is left as it is. A source without a URL is silence."""

    muted: bool | None = None
    hold: bool | None = None
    hold_source: Source | None = None  #: heard while it is on hold; None: music
    wait_source: Source | None = None  #: heard before the start
    announcement: Source | None = None
    beeps_on_exit: bool | None = None
    ends: bool | None = None
    coaching: bool | None = None
    coaches: str | None = None  #: the SID of a call
