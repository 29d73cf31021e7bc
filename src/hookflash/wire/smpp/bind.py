"""One SMPP connection, without I/O: bytes and the time go in, events and bytes come out (SMPP 3.4 §2).

The same class plays both ends. The owner of the socket does four things: gives what arrives to `receive`, calls `tick`
when `wake_at` has come, writes what `output` returns after each call, and closes the socket at a `Closed` event.

Rule 1: every moment is handed in, in ms on any clock that never goes back.
Rule 2: every request of the peer is answered exactly once: by this file, or by the owner through `answer`.
Rule 3: every request of ours ends as exactly one `Answered`, `TimedOut` or entry of `Closed.unanswered`.
"""

from enum import Enum
from struct import Struct as Packed
from typing import Any, TypeAlias

import msgspec

from hookflash.wire.smpp.layout import HEADER_BYTES, PduError
from hookflash.wire.smpp.pdu import (
    BODIES,
    RESPONSE,
    BindReceiver,
    BindRequest,
    BindResponse,
    BindTransceiver,
    BindTransmitter,
    Body,
    DataSm,
    DeliverSm,
    EnquireLink,
    EnquireLinkResp,
    GenericNack,
    Pdu,
    Unbind,
    UnbindResp,
    decode,
    encode,
)
from hookflash.wire.smpp.status import CommandStatus, describe

MAX_SEQUENCE = 0x7FFF_FFFF
MAX_PDU = 72 * 1024  #: bytes; a message_payload of 64 KB and its fields fit
FIRST_THROTTLE = 500  #: ms without requests after the first ESME_RTHROTTLED; doubles until one is accepted
LONGEST_THROTTLE = 30_000  #: ms

_LENGTH = Packed(">I")
_HEADER = Packed(">IIII")


class Role(Enum):
    CLIENT = "client"  #: an ESME: it asks to be bound
    SERVER = "server"  #: an SMSC: it grants


class BindState(Enum):
    OPEN = "open"
    BINDING = "binding"
    BOUND_TRANSMITTER = "bound as transmitter"
    BOUND_RECEIVER = "bound as receiver"
    BOUND_TRANSCEIVER = "bound as transceiver"
    UNBINDING = "unbinding"
    CLOSED = "closed"


_BOUND_AS = {
    BindTransmitter.command: BindState.BOUND_TRANSMITTER,
    BindReceiver.command: BindState.BOUND_RECEIVER,
    BindTransceiver.command: BindState.BOUND_TRANSCEIVER,
}
_BOUND = frozenset(_BOUND_AS.values())
_MAY_GO_QUIET = _BOUND | {BindState.OPEN}
_HOUSEKEEPING = frozenset({*_BOUND_AS, Unbind.command, EnquireLink.command})  # requests outside the window
_SENDS_TO_SMSC = frozenset({BindState.BOUND_TRANSMITTER, BindState.BOUND_TRANSCEIVER})
_SENDS_TO_ESME = frozenset({BindState.BOUND_RECEIVER, BindState.BOUND_TRANSCEIVER})
_MESSAGE_STATES = {Role.CLIENT: _SENDS_TO_SMSC, Role.SERVER: _SENDS_TO_ESME}
_PEER = {Role.CLIENT: Role.SERVER, Role.SERVER: Role.CLIENT}


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much, and how long; times in ms."""

    window: int = 10  #: requests of ours that may wait for their answers
    peer_window: int = 1_000  #: requests of the peer that may wait for ours; more are told to slow down
    response_timeout: int = 10_000
    enquire_every: int = 30_000  #: of silence from the peer
    max_pdu: int = MAX_PDU  #: bytes


class Bound(msgspec.Struct, frozen=True):
    """We are bound; `response` is what the server said."""

    response: BindResponse


class BindRefused(msgspec.Struct, frozen=True):
    """The server does not let us in."""

    status: int


class Received(msgspec.Struct, frozen=True):
    """A request of the peer that the owner must `answer`; on a server, that includes those to bind."""

    pdu: Pdu


class Answered(msgspec.Struct, frozen=True):
    """A request of ours has its answer. After an error the body may be a GenericNack."""

    token: Any  #: what `request` was given
    sequence: int
    status: int
    body: Body


class TimedOut(msgspec.Struct, frozen=True):
    """A request of ours has had no answer in time; one that still comes is passed over."""

    token: Any
    sequence: int


class Closed(msgspec.Struct, frozen=True):
    """The connection is over: write what is left of `output`, then close the socket."""

    reason: str
    unanswered: tuple[Any, ...] = ()  #: tokens of the requests that will have no answer


Event: TypeAlias = Bound | BindRefused | Received | Answered | TimedOut | Closed


class LocalSmppError(Exception):
    """We asked for something that the state of the bind or its window forbids."""


class _Waiting(msgspec.Struct, frozen=True):
    command: int
    deadline: int
    token: Any


class Bind:
    """One connection between an ESME (client) and an SMSC (server)."""

    def __init__(self, role: Role, limits: Limits, *, now: int) -> None:
        self.state = BindState.OPEN
        self.reason = ""  #: why it was closed
        self.strays = 0  #: answers that no request was waiting for
        self._role = role
        self._limits = limits
        self._buffer = bytearray()
        self._out: list[bytes] = []
        self._events: list[Event] = []
        self._sequence = 0
        self._waiting: dict[int, _Waiting] = {}  # in the order of their deadlines: every request waits equally long
        self._enquiring = False
        self._messages = 0  # of `_waiting`, those that count for the window
        self._owed: dict[int, int] = {}  # the peer's sequence_number -> command_id, for what the owner must answer
        self._heard_at = now
        self._throttled_until = now
        self._throttle = 0

    # -- what the owner asks for --

    @property
    def bound(self) -> bool:
        return self.state in _BOUND

    @property
    def may_send(self) -> bool:
        """Whether messages go this way, room or not."""
        return self.state in _MESSAGE_STATES[self._role]

    @property
    def closed(self) -> bool:
        return self.state is BindState.CLOSED

    @property
    def window_used(self) -> int:
        """Messages of ours that wait for their answers."""
        return self._messages

    def throttled_for(self, now: int) -> int:
        """For how many ms more the peer wants no messages."""
        return max(0, self._throttled_until - now)

    def room(self, now: int) -> int:
        """How many messages may be sent now: the free part of the window, 0 if not bound for it or throttled."""
        if now < self._throttled_until or not self.may_send:
            return 0
        return self._limits.window - self._messages

    def bind(self, request: BindRequest, now: int) -> None:
        """Client: ask to be bound. Raises LocalSmppError if that was asked before."""
        if self._role is not Role.CLIENT or self.state is not BindState.OPEN:
            raise LocalSmppError(f"cannot bind: the connection is {self.state.value}")
        self._ask(request, now, None)
        self.state = BindState.BINDING

    def request(self, body: Body, now: int, token: Any = None) -> int:
        """Send a message (submit_sm, deliver_sm, data_sm) or another request; returns its sequence_number.

        `token` comes back with its outcome. Raises LocalSmppError when `room` is 0, ValueError if the body is bad.
        """
        if self.room(now) <= 0:
            raise LocalSmppError(f"cannot send: {self.state.value}, window {self._messages}/{self._limits.window}")
        sequence = self._ask(body, now, token)
        self._messages += 1
        return sequence

    def answer(self, request: Pdu, body: Body, status: int = 0) -> None:
        """Answer a `Received` request. Does nothing once the connection is closed."""
        if self._owed.pop(request.sequence, None) is None:
            return
        if status == 0 and isinstance(request.body, BindRequest):
            self.state = _BOUND_AS[request.body.command]
        self._out.append(encode(body, request.sequence, status))

    def refuse(self, request: Pdu, status: int) -> None:
        """Answer a `Received` request with a status other than 0."""
        self.answer(request, _response_to(request.body.command), status)

    def unbind(self, now: int) -> list[Event]:
        """End the bind politely; `Closed` comes with the answer, or without it in time, or now if not bound."""
        if self.state in _BOUND:
            self.state = BindState.UNBINDING
            self._ask(Unbind(), now, None)
        elif self.state is not BindState.UNBINDING:
            self._close("closed before it was bound")
        return self._drain()

    def lost(self, reason: str) -> list[Event]:
        """The socket has closed by itself."""
        self._close(reason)
        return self._drain()

    def output(self) -> bytes:
        """The bytes to write now."""
        out, self._out = self._out, []
        return b"".join(out)

    def wake_at(self) -> int | None:
        """When `tick` is due, if nothing happens before; None once closed."""
        deadline = next((waiting.deadline for waiting in self._waiting.values()), None)
        quiet = self._heard_at + self._limits.enquire_every
        if self._enquiring or self.state not in _MAY_GO_QUIET:
            return deadline
        return quiet if deadline is None else min(deadline, quiet)

    def tick(self, now: int) -> list[Event]:
        """Let time pass: give up on answers, ask whether the peer is there."""
        self._expire(now)
        if now - self._heard_at >= self._limits.enquire_every and not self._enquiring:
            self._break_silence(now)
        return self._drain()

    def receive(self, data: bytes, now: int) -> list[Event]:
        """Take bytes from the peer, cut anyhow."""
        if self.state is BindState.CLOSED:
            return []
        self._heard_at = now
        buffer = self._buffer
        buffer += data
        at = 0
        while len(buffer) - at >= HEADER_BYTES:
            (length,) = _LENGTH.unpack_from(buffer, at)
            if not HEADER_BYTES <= length <= self._limits.max_pdu:
                self._bad_length(length, at)
                break
            if len(buffer) - at < length:
                break
            self._frame(bytes(buffer[at : at + length]), now)
            at += length
            if self.closed:
                break
        del buffer[:at]
        return self._drain()

    # -- frames --

    def _frame(self, frame: bytes, now: int) -> None:
        try:
            pdu = decode(frame)
        except PduError as error:
            self._malformed(error)
            return
        if pdu.body.command & RESPONSE:
            self._answered(pdu, now)
        else:
            self._requested(pdu)

    def _bad_length(self, length: int, at: int) -> None:
        _, _, _, sequence = _HEADER.unpack_from(self._buffer, at)
        self._out.append(encode(GenericNack(), sequence, CommandStatus.ESME_RINVCMDLEN))
        self._close(f"the peer announced a PDU of {length} bytes")

    def _malformed(self, error: PduError) -> None:
        if error.command & RESPONSE:
            # Answers are not answered; the request it belongs to runs into its timeout.
            self.strays += 1
            return
        known = error.command in BODIES
        body = _response_to(error.command) if known else GenericNack()
        self._out.append(encode(body, error.sequence, error.status))

    def _requested(self, pdu: Pdu) -> None:
        body = pdu.body
        if isinstance(body, EnquireLink):
            self._out.append(encode(EnquireLinkResp(), pdu.sequence))
        elif isinstance(body, Unbind):
            self._out.append(encode(UnbindResp(), pdu.sequence))
            self._close("the peer unbound")
        elif (status := self._objection(pdu)) != 0:
            self._out.append(encode(_response_to(body.command), pdu.sequence, status))
        else:
            self._owed[pdu.sequence] = body.command
            self._events.append(Received(pdu))

    def _objection(self, pdu: Pdu) -> int:
        """Why the state of the bind forbids this request; 0 if it does not."""
        if isinstance(pdu.body, BindRequest):
            free = self._role is Role.SERVER and self.state is BindState.OPEN and not self._owed
            return 0 if free else CommandStatus.ESME_RALYBND
        if self.state not in _MESSAGE_STATES[_PEER[self._role]] or not self._comes_this_way(pdu.body):
            return CommandStatus.ESME_RINVBNDSTS
        if pdu.sequence in self._owed:
            return CommandStatus.ESME_RSYSERR  # two requests under one number cannot be answered apart
        return 0 if len(self._owed) < self._limits.peer_window else CommandStatus.ESME_RTHROTTLED

    def _comes_this_way(self, body: Body) -> bool:
        if isinstance(body, DataSm):
            return True
        return isinstance(body, DeliverSm) == (self._role is Role.CLIENT)

    def _answered(self, pdu: Pdu, now: int) -> None:
        waiting = self._waiting.get(pdu.sequence)
        command = pdu.body.command
        if waiting is None or command not in (waiting.command | RESPONSE, GenericNack.command):
            self.strays += 1
            return
        del self._waiting[pdu.sequence]
        if waiting.command in _BOUND_AS:
            self._bind_answered(pdu, waiting.command)
        elif waiting.command == Unbind.command:
            self._close("unbound")
        elif waiting.command == EnquireLink.command:
            self._enquiring = False
        else:
            self._messages -= 1
            self._note_throttling(pdu.status, now)
            self._events.append(Answered(waiting.token, pdu.sequence, pdu.status, pdu.body))

    def _bind_answered(self, pdu: Pdu, command: int) -> None:
        if pdu.status == 0 and isinstance(pdu.body, BindResponse):
            self.state = _BOUND_AS[command]
            self._events.append(Bound(pdu.body))
        else:
            self._events.append(BindRefused(pdu.status))
            self._close(f"the bind was refused: {describe(pdu.status)}")

    def _note_throttling(self, status: int, now: int) -> None:
        if status == 0:
            self._throttle = 0
        elif status in (CommandStatus.ESME_RTHROTTLED, CommandStatus.ESME_RMSGQFUL) and now >= self._throttled_until:
            self._throttle = min(LONGEST_THROTTLE, self._throttle * 2 or FIRST_THROTTLE)
            self._throttled_until = now + self._throttle

    # -- ours --

    def _ask(self, body: Body, now: int, token: Any) -> int:
        sequence = self._sequence % MAX_SEQUENCE + 1
        while sequence in self._waiting:
            sequence = sequence % MAX_SEQUENCE + 1
        self._out.append(encode(body, sequence))
        self._sequence = sequence
        self._waiting[sequence] = _Waiting(body.command, now + self._limits.response_timeout, token)
        return sequence

    def _expire(self, now: int) -> None:
        late = []
        for sequence, waiting in self._waiting.items():
            if waiting.deadline > now:
                break
            late.append(sequence)
        for sequence in late:
            waiting = self._waiting.pop(sequence)
            if waiting.command in _HOUSEKEEPING:
                self._close(f"no answer to {BODIES[waiting.command].__name__} in time")
                return
            self._messages -= 1
            self._events.append(TimedOut(waiting.token, sequence))

    def _break_silence(self, now: int) -> None:
        if self.state in _BOUND:
            self._ask(EnquireLink(), now, None)
            self._enquiring = True
        elif self.state is BindState.OPEN:
            self._close("nobody asked to bind in time")

    def _close(self, reason: str) -> None:
        if self.state is BindState.CLOSED:
            return
        self.state = BindState.CLOSED
        self.reason = reason
        unanswered = tuple(w.token for w in self._waiting.values() if w.command not in _HOUSEKEEPING)
        self._waiting.clear()
        self._owed.clear()
        self._messages = 0
        self._events.append(Closed(reason, unanswered))

    def _drain(self) -> list[Event]:
        events, self._events = self._events, []
        return events


def _response_to(command: int) -> Body:
    return BODIES[command | RESPONSE]()
