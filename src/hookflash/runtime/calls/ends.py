"""How a leg ended, as the status of its call: the words of the switch and of SIP, in those of the API."""

from hookflash.domain.call import CallStatus
from hookflash.switch import protocol

_S = CallStatus

_BY_CAUSE = {
    "busy": _S.BUSY,
    "no_answer": _S.NO_ANSWER,
    "canceled": _S.CANCELED,
    "local": _S.CANCELED,
    "shutdown": _S.CANCELED,
}
#: RFC 3261 §21: what a callee that was not reached answers. 603 is a person who declines.
_BY_STATUS = {
    408: _S.NO_ANSWER,
    480: _S.NO_ANSWER,
    486: _S.BUSY,
    487: _S.NO_ANSWER,
    600: _S.BUSY,
    603: _S.BUSY,
}

_SENTENCES = {
    "remote": "The other side hung up",
    "local": "The platform hung up",
    "limit": "It was as long as it may be",
    "media_timeout": "No audio came any more",
    "shutdown": "The server stops",
    "busy": "The other side is busy",
    "no_answer": "Nobody answered",
    "canceled": "It was canceled before it was answered",
}


def final_status(event: protocol.HungUp, *, was_invited: bool, was_answered: bool) -> CallStatus:
    """The status of a call whose leg ended so; `was_invited`: the other side has called us."""
    if was_answered:
        return _S.COMPLETED
    if was_invited and event.cause == "remote":
        return _S.CANCELED
    if event.cause in _BY_CAUSE:
        return _BY_CAUSE[event.cause]
    return refused_with(event.status)


def refused_with(status: int) -> CallStatus:
    """The status of a call that was refused with this one of SIP; 0 for none."""
    return _BY_STATUS.get(status, _S.FAILED)


def end_sentence(event: protocol.HungUp) -> str:
    """How it ended, for people."""
    said = f"The other side refused with {event.status} {event.reason}".rstrip() if event.status else ""
    return _SENTENCES.get(event.cause) or said or event.reason or f"It ended: {event.cause}"


def quality_sentence(event: protocol.Quality) -> str:
    """How the audio was that came from the other side, for people."""
    if not event.received:
        return f"{event.codec}: no audio came from the other side"
    lost = f"{event.lost} of {event.received + event.lost} packets lost"
    return f"{event.codec}: {lost}, jitter {event.jitter_ms:.0f} ms, MOS {event.mos:.1f}"
