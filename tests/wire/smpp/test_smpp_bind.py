"""Two ends of a bind joined in memory, on a clock that the test moves."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflash.wire.smpp.bind import (
    MAX_SEQUENCE,
    Answered,
    Bind,
    BindRefused,
    BindState,
    Bound,
    Closed,
    Event,
    Limits,
    LocalSmppError,
    Received,
    Role,
    TimedOut,
)
from hookflash.wire.smpp.pdu import (
    BindReceiver,
    BindReceiverResp,
    BindRequest,
    BindTransceiver,
    BindTransceiverResp,
    BindTransmitter,
    BindTransmitterResp,
    Body,
    DataSm,
    DeliverSm,
    DeliverSmResp,
    EnquireLink,
    EnquireLinkResp,
    GenericNack,
    Pdu,
    QuerySm,
    QuerySmResp,
    SubmitSm,
    SubmitSmResp,
    Unbind,
    UnbindResp,
    decode,
    encode,
)
from hookflash.wire.smpp.status import CommandStatus

S = CommandStatus
LIMITS = Limits(window=2, peer_window=3, response_timeout=1_000, enquire_every=5_000)


class Pair:
    """A client and a server with a wire between them that carries everything at once."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.now = 0
        self.client = Bind(Role.CLIENT, limits, now=0)
        self.server = Bind(Role.SERVER, limits, now=0)
        self.at_client: list[Event] = []
        self.at_server: list[Event] = []

    def carry(self) -> None:
        """Move bytes both ways until there are none."""
        while (there := self.client.output()) or (back := self.server.output()):
            if there:
                self.at_server += self.server.receive(there, self.now)
            else:
                self.at_client += self.client.receive(back, self.now)

    def bind(self, request: BindRequest, answer: Body) -> None:
        self.client.bind(request, self.now)
        self.carry()
        received = self.at_server.pop()
        assert isinstance(received, Received)
        self.server.answer(received.pdu, answer)
        self.carry()

    def advance(self, span: int) -> None:
        """Let time pass, waking each end when it asked for it."""
        end = self.now + span
        while (moments := [at for bind in (self.client, self.server) if (at := bind.wake_at()) is not None]) and min(
            moments
        ) <= end:
            self.now = max(self.now, min(moments))
            self.at_client += self.client.tick(self.now)
            self.at_server += self.server.tick(self.now)
            self.carry()
        self.now = end


def bound_pair(limits: Limits = LIMITS) -> Pair:
    pair = Pair(limits)
    pair.bind(BindTransceiver("me", "sesame"), BindTransceiverResp("smsc"))
    assert pair.at_client == [Bound(BindTransceiverResp("smsc"))]
    pair.at_client.clear()
    return pair


def frames(data: bytes) -> list[Pdu]:
    """What is on the wire."""
    pdus = []
    while data:
        length = int.from_bytes(data[:4], "big")
        pdus.append(decode(data[:length]))
        data = data[length:]
    return pdus


def received(events: list[Event]) -> list[Pdu]:
    return [event.pdu for event in events if isinstance(event, Received)]


@pytest.mark.parametrize(
    ("request_", "answer", "state", "submits", "delivers"),
    [
        (BindTransmitter("me"), BindTransmitterResp("smsc"), BindState.BOUND_TRANSMITTER, True, False),
        (BindReceiver("me"), BindReceiverResp("smsc"), BindState.BOUND_RECEIVER, False, True),
        (BindTransceiver("me"), BindTransceiverResp("smsc"), BindState.BOUND_TRANSCEIVER, True, True),
    ],
)
def test_messages_go_the_ways_that_were_bound(
    request_: BindRequest, answer: Body, state: BindState, submits: bool, delivers: bool
) -> None:
    """A transmitter sends to the centre, a receiver hears from it, a transceiver does both (SMPP 3.4 §2.2)."""
    pair = Pair()
    pair.bind(request_, answer)
    assert pair.client.state is pair.server.state is state
    assert (pair.client.room(0) > 0, pair.server.room(0) > 0) == (submits, delivers)


def test_a_message_is_answered_under_its_token() -> None:
    """The token of a request comes back with its answer, whatever the order of the answers."""
    pair = bound_pair()
    pair.client.request(SubmitSm(destination="1"), 0, "first")
    pair.client.request(SubmitSm(destination="2"), 0, "second")
    pair.carry()
    first, second = received(pair.at_server)
    pair.server.answer(second, SubmitSmResp("b"))
    pair.server.refuse(first, S.ESME_RINVDSTADR)
    pair.carry()
    assert pair.at_client == [
        Answered("second", 3, 0, SubmitSmResp("b")),
        Answered("first", 2, S.ESME_RINVDSTADR, SubmitSmResp()),
    ]


def test_the_window_bounds_what_is_unanswered() -> None:
    """With `window` messages on their way there is no room; an answer makes some."""
    pair = bound_pair()
    for number in range(2):
        pair.client.request(SubmitSm(), 0, number)
    assert pair.client.room(0) == 0
    with pytest.raises(LocalSmppError, match="window 2/2"):
        pair.client.request(SubmitSm(), 0, 2)
    pair.carry()
    pair.server.answer(received(pair.at_server)[0], SubmitSmResp("a"))
    pair.carry()
    assert pair.client.room(0) == 1


def test_a_peer_that_sends_too_much_is_told_to_slow_down() -> None:
    """More unanswered requests than `peer_window` are refused, not kept."""
    pair = bound_pair(Limits(window=10, peer_window=3))
    for number in range(5):
        pair.server.request(DeliverSm(), 0, number)
    pair.carry()
    assert len(received(pair.at_client)) == 3
    assert [event.status for event in pair.at_server if isinstance(event, Answered)] == [S.ESME_RTHROTTLED] * 2


@pytest.mark.parametrize("status", [S.ESME_RTHROTTLED, S.ESME_RMSGQFUL])
def test_throttling_stops_requests_for_longer_each_time(status: int) -> None:
    """500 ms after the first refusal, twice as long after each more, and from the beginning after a success."""
    pair = bound_pair()

    def submit(answer: int) -> int:
        pair.client.request(SubmitSm(), pair.now)
        pair.carry()
        pdu = received(pair.at_server)[-1]
        pair.server.answer(pdu, SubmitSmResp(), answer)
        pair.carry()
        return pair.client.throttled_for(pair.now)

    for pause in (500, 1_000, 2_000):
        assert submit(status) == pause
        assert pair.client.room(pair.now) == 0
        pair.advance(pause)
    assert submit(0) == 0
    assert submit(status) == 500


def test_a_request_without_an_answer_times_out_and_the_bind_lives_on() -> None:
    """After `response_timeout` the owner is told once, the window is free again, and a late answer is passed over."""
    pair = bound_pair()
    sequence = pair.client.request(SubmitSm(), 0, "lost")
    pair.carry()
    pair.advance(999)
    assert pair.at_client == []
    pair.advance(1)
    assert pair.at_client == [TimedOut("lost", sequence)]
    assert pair.client.room(pair.now) == 2
    pair.server.answer(received(pair.at_server)[0], SubmitSmResp("late"))
    pair.carry()
    assert pair.at_client == [TimedOut("lost", sequence)]
    assert pair.client.strays == 1


def test_silence_is_broken_by_enquire_link_from_both_ends() -> None:
    """After `enquire_every` of silence each end asks, is answered, and the bind stays for days."""
    pair = bound_pair()
    pair.advance(86_400_000)
    assert pair.client.bound
    assert pair.server.bound
    assert (pair.at_client, pair.at_server) == ([], [])


def test_a_peer_that_does_not_answer_enquire_link_is_gone() -> None:
    """The bind closes, and says which of our messages have no answer."""
    pair = bound_pair(Limits(response_timeout=60_000, enquire_every=5_000))
    pair.client.request(SubmitSm(), 0, "unanswered")
    pair.client.output()
    assert pair.client.wake_at() == 5_000
    assert pair.client.tick(5_000) == []
    assert [type(pdu.body) for pdu in frames(pair.client.output())] == [EnquireLink]
    assert pair.client.tick(64_999) == [TimedOut("unanswered", 2)]
    assert pair.client.tick(65_000) == [Closed("no answer to EnquireLink in time")]
    assert pair.client.wake_at() is None


def test_a_bind_that_is_not_answered_in_time_is_closed() -> None:
    """The answer to a bind has the same time-out as any."""
    client = Bind(Role.CLIENT, LIMITS, now=0)
    client.bind(BindTransceiver("me"), 0)
    assert client.wake_at() == 1_000
    assert client.tick(1_000) == [Closed("no answer to BindTransceiver in time")]


def test_a_client_that_never_binds_is_closed() -> None:
    """A server keeps no socket for someone who only connects."""
    server = Bind(Role.SERVER, LIMITS, now=0)
    assert server.wake_at() == 5_000
    assert server.tick(5_000) == [Closed("nobody asked to bind in time")]


def test_a_refused_bind_closes_with_its_status() -> None:
    """The owner hears the status, then that the connection is over."""
    pair = Pair()
    pair.client.bind(BindTransceiver("me", "wrong"), 0)
    pair.carry()
    (request,) = received(pair.at_server)
    pair.server.refuse(request, S.ESME_RINVPASWD)
    pair.carry()
    assert pair.at_client == [
        BindRefused(S.ESME_RINVPASWD),
        Closed("the bind was refused: ESME_RINVPASWD (0x0e)"),
    ]


def test_unbind_ends_both_ends() -> None:
    """The end that asks closes with the answer; the other one after it has answered."""
    pair = bound_pair()
    pair.client.request(SubmitSm(), 0, "open")
    assert pair.client.unbind(0) == []
    out = pair.client.output()
    assert [type(pdu.body) for pdu in frames(out)] == [SubmitSm, Unbind]
    events = pair.server.receive(out, 0)
    assert events[-1] == Closed("the peer unbound")
    back = pair.server.output()
    assert [type(pdu.body) for pdu in frames(back)] == [UnbindResp]
    assert pair.client.receive(back, 0) == [Closed("unbound", ("open",))]


def test_unbind_is_not_waited_for_for_ever() -> None:
    """Without an answer the connection closes all the same."""
    pair = bound_pair()
    pair.client.unbind(0)
    assert pair.client.tick(1_000) == [Closed("no answer to Unbind in time")]


def test_a_lost_socket_names_what_had_no_answer() -> None:
    """Rule 3: each request of ours ends exactly once."""
    pair = bound_pair()
    pair.client.request(SubmitSm(), 0, "a")
    pair.client.request(SubmitSm(), 0, "b")
    assert pair.client.lost("reset") == [Closed("reset", ("a", "b"))]
    assert pair.client.lost("reset") == []
    assert pair.client.receive(encode(SubmitSmResp("1"), 2), 0) == []


Answer = tuple[type[Body], int]
Make = Callable[[], Bind]


def open_server() -> Bind:
    return Bind(Role.SERVER, LIMITS, now=0)


def bound_server() -> Bind:
    return bound_pair().server


def bound_client() -> Bind:
    return bound_pair().client


@pytest.mark.parametrize(
    ("make", "body", "answer"),
    [
        (open_server, SubmitSm(), (SubmitSmResp, S.ESME_RINVBNDSTS)),
        (open_server, QuerySm("1"), (QuerySmResp, S.ESME_RINVBNDSTS)),
        (bound_server, BindTransceiver("me"), (BindTransceiverResp, S.ESME_RALYBND)),
        (bound_server, DeliverSm(), (DeliverSmResp, S.ESME_RINVBNDSTS)),
        (bound_client, SubmitSm(), (SubmitSmResp, S.ESME_RINVBNDSTS)),
        (bound_client, BindReceiver("me"), (BindReceiverResp, S.ESME_RALYBND)),
        (bound_client, EnquireLink(), (EnquireLinkResp, 0)),
        (open_server, EnquireLink(), (EnquireLinkResp, 0)),
    ],
)
def test_requests_out_of_place_are_answered_by_the_standard(make: Make, body: Body, answer: Answer) -> None:
    """Each gets its own answer with the status that says why (SMPP 3.4 §2.3)."""
    bind = make()
    assert bind.receive(encode(body, 77), 0) == []
    (pdu,) = frames(bind.output())
    assert (type(pdu.body), pdu.status, pdu.sequence) == (*answer, 77)


def test_data_sm_goes_both_ways() -> None:
    """data_sm is the one message that either end may send."""
    pair = bound_pair()
    pair.client.request(DataSm(), 0)
    pair.server.request(DataSm(), 0)
    pair.carry()
    assert [type(pdu.body) for pdu in received(pair.at_client) + received(pair.at_server)] == [DataSm, DataSm]


def test_an_unknown_command_gets_a_generic_nack() -> None:
    """SMPP 3.4 §4.3: ESME_RINVCMDID, and the bind goes on."""
    client = bound_client()
    assert client.receive(bytes.fromhex("00000010 00000102 00000000 00000009"), 0) == []
    assert frames(client.output()) == [Pdu(GenericNack(), 9, S.ESME_RINVCMDID)]
    assert client.bound


def test_a_malformed_request_is_answered_with_its_fault() -> None:
    """The sender's own answer PDU carries the status; the bind goes on."""
    client = bound_client()
    assert client.receive(bytes.fromhex("00000013 00000005 00000000 00000009 616263"), 0) == []
    assert frames(client.output()) == [Pdu(DeliverSmResp(), 9, S.ESME_RINVCMDLEN)]
    assert client.bound


@pytest.mark.parametrize(
    "answer",
    [
        "80000003 00000000 00000002 616263",  # malformed
        "80000004 00000000 000000ff 00",  # to nothing
        "80000005 00000000 00000002 00",  # to another request
        "80000102 00000000 00000002",  # unknown
    ],
)
def test_answers_are_never_answered(answer: str) -> None:
    """One that fits nothing is counted and passed over: two ends must not nack each other for ever."""
    pair = bound_pair()
    pair.client.request(SubmitSm(), 0, "mine")
    pair.client.output()
    body = bytes.fromhex(answer)
    assert pair.client.receive((len(body) + 4).to_bytes(4, "big") + body, 0) == []
    assert pair.client.output() == b""
    assert pair.client.strays == 1


def test_a_generic_nack_answers_a_request() -> None:
    """A peer that does not know our command says so under its number."""
    pair = bound_pair()
    sequence = pair.client.request(SubmitSm(), 0, "mine")
    nack = encode(GenericNack(), sequence, S.ESME_RINVCMDID)
    assert pair.client.receive(nack, 0) == [Answered("mine", sequence, S.ESME_RINVCMDID, GenericNack())]


@pytest.mark.parametrize("length", [0, 15, LIMITS.max_pdu + 1, 0xFFFFFFFF])
def test_an_impossible_length_ends_the_connection(length: int) -> None:
    """Nothing after it can be found again: generic_nack with ESME_RINVCMDLEN, then close."""
    client = bound_client()
    (event,) = client.receive(length.to_bytes(4, "big") + bytes.fromhex("00000005 00000000 00000009"), 0)
    assert event == Closed(f"the peer announced a PDU of {length} bytes")
    assert frames(client.output()) == [Pdu(GenericNack(), 9, S.ESME_RINVCMDLEN)]


def test_two_requests_under_one_number_are_told_apart_by_refusing_the_second() -> None:
    """Rule 2: every request is answered exactly once."""
    client = bound_client()
    (event,) = client.receive(encode(DeliverSm(), 9) * 2, 0)
    assert isinstance(event, Received)
    client.answer(event.pdu, DeliverSmResp())
    client.answer(event.pdu, DeliverSmResp())
    assert frames(client.output()) == [Pdu(DeliverSmResp(), 9, S.ESME_RSYSERR), Pdu(DeliverSmResp(), 9)]


def test_sequence_numbers_start_again_after_the_last() -> None:
    """1 to 0x7FFFFFFF, and none that still waits for its answer (SMPP 3.4 §5.1.4)."""
    pair = bound_pair(Limits(window=10))
    pair.client._sequence = MAX_SEQUENCE - 1
    assert [pair.client.request(SubmitSm(), 0) for _ in range(3)] == [MAX_SEQUENCE, 1, 2]
    pair.client._sequence = MAX_SEQUENCE
    assert pair.client.request(SubmitSm(), 0) == 3


def test_binding_twice_is_our_own_mistake() -> None:
    """A client asks once, a server never."""
    client = bound_client()
    with pytest.raises(LocalSmppError):
        client.bind(BindTransceiver("me"), 0)
    with pytest.raises(LocalSmppError):
        bound_server().bind(BindTransceiver("me"), 0)


@given(st.lists(st.integers(1, 40)), st.randoms(use_true_random=False))
def test_bytes_may_come_cut_anyhow(cuts: list[int], random: Any) -> None:
    """TCP has no borders: the events are the same for every way to cut the stream."""
    stream = b"".join(encode(DeliverSm(short_message=b"x" * number), number + 1) for number in range(3))
    client = bound_client()
    events: list[Event] = []
    while stream:
        size = cuts.pop() if cuts else random.randint(1, len(stream))
        events += client.receive(stream[:size], 0)
        stream = stream[size:]
    assert [pdu.sequence for pdu in received(events)] == [1, 2, 3]


@given(st.binary(max_size=300), st.sampled_from([open_server, bound_server, bound_client]))
def test_hostile_bytes_never_raise(data: bytes, make: Make) -> None:
    """Whatever comes, the bind answers or closes, and what it writes are PDUs."""
    bind = make()
    bind.receive(data, 0)
    frames(bind.output())
    wake_at = bind.wake_at()
    if wake_at is not None:
        bind.tick(wake_at)
