"""What the exchange and the switch say to each other: commands go down, events come up, as JSON.

`switch/core/src/protocol.rs` declares the same messages; a test sends one of each through both.

Rule 1: a leg has one number for life, made by the exchange: see `LegNumbers` in `switch.py`.
Rule 2: an operation (`op`, unique on its leg) ends with exactly one `Done`, also when the leg ends first.
Rule 3: the last event of a leg is `HungUp`, exactly once, after the `Done` of each of its operations.
Times are ms; a moment (`at`) is ms since the epoch, on the clock of the leg: wall time, or the virtual clock of legs
between simulated handsets. Audio that crosses the border is 16-bit mono PCM at 8 kHz.
"""

from typing import TypeAlias

import msgspec

# --- What is played -------------------------------------------------------------------------------------------------


class Source(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag=str.lower):
    """Something to be heard."""


class File(Source, frozen=True, kw_only=True):
    """A sound file on disk: wav (PCM, mu-law, A-law, GSM), raw mu-law, mp3, ogg, flac, aiff; told by its content."""

    path: str
    raw: bool = False  #: headerless mu-law at 8 kHz


class Stream(Source, frozen=True, kw_only=True):
    """Audio that arrives while it is played: `Switch.feed` brings it, an empty feed ends it."""

    stream: int


class Tone(Source, frozen=True, kw_only=True):
    """A call progress tone or a beep, by name: `ringback.us`, `busy.us`, `beep`, … (`tones.rs` lists them)."""

    name: str
    ms: int  #: how long


class Silence(Source, frozen=True, kw_only=True):
    ms: int


AnySource: TypeAlias = File | Stream | Tone | Silence


# --- Commands -------------------------------------------------------------------------------------------------------


class Command(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="do"):
    leg: int


class Dial(Command, frozen=True, kw_only=True, tag="dial"):
    """Call a SIP address."""

    uri: str  #: request URI, its parameters and `?header=value` part already taken off
    from_uri: str
    from_name: str = ""
    next_hop: str = ""  #: sip:host:port;transport=…, where the request goes when not to `uri` itself
    headers: dict[str, str] = {}
    username: str = ""
    password: str = ""
    ring_ms: int = 60_000  #: an unanswered call is cancelled then
    codecs: tuple[str, ...] = ("PCMU", "PCMA", "G722", "opus")
    srtp: str = "off"  #: off, optional, required
    beside: int | None = None  #: a leg that this one will be bridged with: both live on one thread
    reach: list[str] | None = None  #: CIDRs that may be called besides the public internet; None: any address


class Link(Command, frozen=True, kw_only=True, tag="link"):
    """Call between a simulated handset and the platform, inside the switch: `leg` calls, `callee` is invited."""

    callee: int
    from_: str = msgspec.field(name="from")
    to: str
    headers: dict[str, str] = {}
    loss: float = 0.0  #: share of packets that are lost, each way
    delay_ms: int = 0
    jitter_ms: int = 0
    ring_ms: int = 60_000
    codec: str = "PCMU"


class Open(Command, frozen=True, kw_only=True, tag="open"):
    """A leg without a far end, answered at once: it says what it plays, and hears those whom it is joined with.

    For announcements into a room and recordings of it. Its beeps and keys are said as well. It has no `Quality`.
    """


class Ring(Command, frozen=True, kw_only=True, tag="ring"):
    """Tell the caller that the phone rings; with `media`, that early media follow (183)."""

    media: bool = False


class Answer(Command, frozen=True, kw_only=True, tag="answer"):
    """Take the call."""


class Reject(Command, frozen=True, kw_only=True, tag="reject"):
    """Refuse an invitation that was not answered."""

    status: int  #: 4xx to 6xx
    reason: str = ""
    headers: dict[str, str] = {}


class HangUp(Command, frozen=True, kw_only=True, tag="hang_up"):
    """End a leg in whatever state it is: CANCEL, BYE or a refusal."""

    cause: str = "local"  #: comes back in `HungUp.cause`


class Limit(Command, frozen=True, kw_only=True, tag="limit"):
    """Hang up by itself once the leg has been answered for `ms`; a later one replaces it."""

    ms: int


class Play(Command, frozen=True, kw_only=True, tag="play"):
    op: int
    sources: list[AnySource]
    loop: int = 1  #: 0: until it is stopped


class SpeechEnd(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When somebody has finished speaking."""

    end_ms: int  #: after so long a silence
    most_ms: int = 60_000  #: or once so long after the beginning


class Collect(Command, frozen=True, kw_only=True, tag="collect"):
    """Play prompts and take keys, or speech. The first key stops the prompts (unless `barge_in` is off).

    With `speech`, whichever comes first decides. After a key, speech does not count. Speech of at least 180 ms
    (shorter sounds are clicks) stops the prompts as a key does and makes keys count no more; `end_ms` of silence after
    it, or its lasting for `most_ms`, ends the operation with `speech`. With `barge_in` off, what is said over the
    prompts does not count at all; nor does what is 18 dB weaker than the prompts, which may be their echo.
    """

    op: int
    sources: list[AnySource] = []
    most: int = 0  #: ends after so many keys; 0: no limit
    finish: str = "#"  #: a key of these ends it and is not part of the digits
    first_ms: int = 5_000  #: how long to wait for the first key, or for speech, after the prompts
    between_ms: int = 5_000  #: and for each further one
    barge_in: bool = True
    private: bool = False  #: whoever the leg is joined with hears none of its keys
    speech: SpeechEnd | None = None
    keys: bool = True  #: off: keys are no answer, and pass unnoticed


class Record(Command, frozen=True, kw_only=True, tag="record"):
    """Write what is heard to `path` as a wav file at 8 kHz."""

    op: int
    path: str
    channels: int = 1  #: 2: what the leg says on the first, what it hears on the second
    track: str = "inbound"  #: inbound (what the leg says), outbound (what it hears), both
    beep: bool = False
    most_ms: int = 3_600_000
    silence_ms: int = 0  #: ends it; 0: never
    finish: str = ""  #: keys that end it
    trim: bool = False  #: cut silence at both ends


class PauseRecording(Command, frozen=True, kw_only=True, tag="pause_recording"):
    op: int
    silence: bool = True  #: fill the gap with silence, or leave it out


class ResumeRecording(Command, frozen=True, kw_only=True, tag="resume_recording"):
    op: int


class SendKeys(Command, frozen=True, kw_only=True, tag="send_keys"):
    """Press keys at the far end: 0-9 A-D * #, `w` waits 500 ms, `W` 1 s."""

    op: int
    keys: str
    inband: bool = False  #: as tones in the audio even where the peer takes RFC 4733 events


class Wait(Command, frozen=True, kw_only=True, tag="wait"):
    """Let time pass on the leg's clock."""

    op: int
    ms: int


class Detect(Command, frozen=True, kw_only=True, tag="detect"):
    """Tell a person from an answering machine."""

    op: int
    until_end: bool = False  #: wait for the end of a machine's greeting
    timeout_ms: int = 30_000
    speech_ms: int = 2_400
    speech_end_ms: int = 1_200
    silence_ms: int = 5_000


class Stop(Command, frozen=True, kw_only=True, tag="stop"):
    """End an operation now; its `Done` says `stopped`."""

    op: int


class Bridge(Command, frozen=True, kw_only=True, tag="bridge"):
    """Let two legs hear each other, until one of them ends or `unbridge`; a leg and itself: hear what it says."""

    other: int


class Unbridge(Command, frozen=True, kw_only=True, tag="unbridge"):
    """Take a leg out of its bridge."""


class Join(Command, frozen=True, kw_only=True, tag="join"):
    """Put a leg into a room, where everybody hears everybody else; it leaves one that it was in.

    Asked again for the same room, it changes how the leg is in it. What is played to a leg in a room is heard by its
    far end alone, over the room.
    """

    room: str
    muted: bool = False
    whisper_to: int | None = None  #: heard only by this leg (coaching)
    speaking: bool = False  #: tell by `Speaking` when it speaks; never told of one that is muted
    jitter: str = "large"  #: how far its jitter buffer may grow there: off, small (60 ms), medium (120), large (240)


class Leave(Command, frozen=True, kw_only=True, tag="leave"):
    """Take a leg out of its room."""


class Listen(Command, frozen=True, kw_only=True, tag="listen"):
    """Keep what this leg hears, for `Switch.hears`: the ears of a simulated handset."""


class Hear(Command, frozen=True, kw_only=True, tag="hear"):
    """Hand out what is heard: `Heard` tells that `Switch.native.take_audio` has some. It ends when it is stopped."""

    op: int
    track: str = "inbound"  #: inbound (what the leg says), outbound (what it hears), both


class Inform(Command, frozen=True, kw_only=True, tag="inform"):
    """Send the far end what is the application's own: over SIP in an INFO (RFC 6086 §2), without an answer."""

    content_type: str
    body: str


class Refer(Command, frozen=True, kw_only=True, tag="refer"):
    """Ask the far end to call `to` instead (RFC 3515); done once it has told how that went, or after three minutes."""

    op: int
    to: str
    headers: dict[str, str] = {}


class AcceptRefer(Command, frozen=True, kw_only=True, tag="accept_refer"):
    """Say yes to `Referred`: 202, and NOTIFY that it is being tried."""


class RefuseRefer(Command, frozen=True, kw_only=True, tag="refuse_refer"):
    """Say no to `Referred`."""

    status: int = 603


class TellRefer(Command, frozen=True, kw_only=True, tag="tell_refer"):
    """Tell the far end how what it asked for goes; a status from 200 on is the last. `HangUp` tells 200 by itself."""

    status: int
    reason: str = ""


class Configure(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="configure"):
    """Who may call us and register, as a whole: it replaces what was configured before."""

    domains: "list[Domain]" = []
    trunks: "list[Trunk]" = []


class Credential(msgspec.Struct, frozen=True):
    """A SIP user; hashes of `user:realm:password` in hex, for MD5 and SHA-256 (RFC 8760)."""

    username: str
    md5: str
    sha256: str


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """A SIP domain: calls to it are invitations for the exchange when a credential or an address allows them.

    One with neither refuses every call (403). With both, both must hold.
    """

    name: str  #: host part of the request URI; also the digest realm
    networks: list[str] = []  #: CIDR, of callers that need no credential
    credentials: list[Credential] = []  #: for calls
    registration: list[Credential] = []  #: for REGISTER; empty: nobody may register
    secure: bool = False  #: only TLS with SRTP


class Gateway(msgspec.Struct, frozen=True, kw_only=True):
    address: str  #: sip:host:port;transport=…
    health: bool = True  #: OPTIONS at intervals


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """We register with the peer."""

    uri: str  #: sip:registrar
    username: str
    password: str
    expires_s: int = 3600


class Trunk(msgspec.Struct, frozen=True, kw_only=True):
    """A peer that sends us calls and takes ours."""

    name: str
    networks: list[str] = []  #: CIDR of its signalling; its calls are invitations for the exchange
    gateways: list[Gateway] = []
    register: Registration | None = None
    channels: int = 0  #: most calls at once, both ways; 0: no limit
    per_second: float = 0.0  #: most new calls a second from it; 0: no limit
    srtp: str = "optional"  #: off, optional, required


AnyCommand: TypeAlias = (
    Dial | Link | Open | Ring | Answer | Reject | HangUp | Limit | Play | Collect | Record | PauseRecording
    | ResumeRecording | SendKeys | Wait | Detect | Stop | Bridge | Unbridge | Join | Leave | Listen | Hear | Inform
    | Refer | AcceptRefer | RefuseRefer | TellRefer | Configure
)  # fmt: skip


# --- Events ---------------------------------------------------------------------------------------------------------


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    leg: int
    at: int


class Invited(Event, frozen=True, kw_only=True, tag="invited"):
    """A call has come in and waits for `Ring`, `Answer` or `Reject`; over SIP, `leg` was chosen by the switch."""

    from_: str = msgspec.field(name="from")  #: user part or whole URI of From, as `from_uri` has it
    to: str  #: user part of the request URI
    from_uri: str = ""
    to_uri: str = ""
    from_name: str = ""
    domain: str = ""  #: of the `Domain` that let it in
    trunk: str = ""  #: or of the `Trunk`
    username: str = ""  #: of the credential that let it in
    source: str = ""  #: IP address of the caller
    transport: str = ""  #: udp, tcp, tls, ws, wss; empty for a simulated handset
    call_id: str = ""
    headers: dict[str, str] = {}  #: X- and other headers that may matter to an application


class Early(Event, frozen=True, kw_only=True, tag="early"):
    """A leg that we dial is ringing."""

    status: int = 180
    media: bool = False  #: audio comes from the far end already


class Answered(Event, frozen=True, kw_only=True, tag="answered"):
    """Audio flows both ways. Also sent for a leg that we answered."""

    codec: str = ""
    headers: dict[str, str] = {}
    call_id: str = ""  #: SIP's; empty for simulated legs


class Key(Event, frozen=True, kw_only=True, tag="key"):
    """The far end pressed a key."""

    key: str
    ms: int = 0  #: how long it was held
    inband: bool = False


class Heard(Event, frozen=True, kw_only=True, tag="heard"):
    """There is audio to be taken; told anew for each 100 ms, but not before the last was taken."""

    op: int


class Done(Event, frozen=True, kw_only=True, tag="done"):
    """The end of an operation."""

    op: int
    #: end, stopped, hung_up, failed; collect: most, finish, timeout, speech; record: silence, finish, most;
    #: detect: see `found`
    why: str
    digits: str = ""  #: collect
    key: str = ""  #: the finishing key of collect and record
    ms: int = 0  #: length of a recording; time that detection took; collect: how long after its start speech began
    found: str = (
        ""  #: detect: human, machine_start, machine_end_beep, machine_end_silence, machine_end_other, fax, unknown
    )
    problem: str = ""  #: failed: a sentence
    status: int = 0  #: refer: the last status: of the last NOTIFY, or of the answer where none came
    answer: int = 0  #: refer: the status of the answer to REFER
    silent: bool = False  #: record: nothing but silence


class Speaking(Event, frozen=True, kw_only=True, tag="speaking"):
    """A leg in a room begins to speak (after 120 ms of it) or stops (after 600 ms of silence, or as it leaves)."""

    on: bool


class Informed(Event, frozen=True, kw_only=True, tag="informed"):
    """The far end sent what is its application's own: JSON of at most 10,240 bytes."""

    content_type: str
    body: str


class Quality(Event, frozen=True, kw_only=True, tag="quality"):
    """How the audio of a leg has been, once, before its `HungUp`; of one without a far end there is none."""

    codec: str
    sent: int  #: packets
    received: int
    lost: int
    late: int
    jitter_ms: float
    mos: float
    round_trip_ms: float = 0.0


class HungUp(Event, frozen=True, kw_only=True, tag="hung_up"):
    """The leg is gone."""

    #: remote, local, rejected, busy, no_answer, canceled, failed, limit, media_timeout, shutdown, or that of `HangUp`
    cause: str
    status: int = 0  #: the SIP status that ended it, when there was one
    reason: str = ""  #: its phrase, or a sentence of ours
    headers: dict[str, str] = {}
    call_id: str = ""  #: SIP's; empty for simulated legs


class Signal(Event, frozen=True, kw_only=True, tag="signal"):
    """A SIP message of a leg, for its timeline."""

    sent: bool
    line: str  #: `INVITE sip:…` or `200 OK`, no body
    cseq: str = ""
    peer: str = ""


class Referred(Event, frozen=True, kw_only=True, tag="referred"):
    """The far end asks to be connected elsewhere (REFER, RFC 3515), and waits for `AcceptRefer` or `RefuseRefer`.

    Undecided, it is refused with 603 after 10 s.
    """

    to: str  #: the URI of Refer-To, its header part included
    by: str = ""  #: Referred-By as it came


class Refused(Event, frozen=True, kw_only=True, tag="refused"):
    """A request that got no leg (`leg` is 0): why, for the log and `hookflash doctor`. At most a few a second."""

    why: str  #: a sentence
    status: int
    method: str
    from_uri: str = ""
    to_uri: str = ""
    source: str = ""
    count: int = 1  #: how many alike it stands for


class Registered(Event, frozen=True, kw_only=True, tag="registered"):
    """A phone registered with a domain (`expires_s` 0: it left)."""

    domain: str
    username: str
    contact: str
    expires_s: int
    source: str = ""


class TrunkState(Event, frozen=True, kw_only=True, tag="trunk_state"):
    """Health of a gateway or of our registration with a trunk."""

    trunk: str
    gateway: str = ""
    up: bool
    reason: str = ""


AnyEvent: TypeAlias = (
    Invited
    | Early
    | Answered
    | Key
    | Heard
    | Done
    | Speaking
    | Informed
    | Quality
    | HungUp
    | Signal
    | Referred
    | Refused
    | Registered
    | TrunkState
)


# --- Start ----------------------------------------------------------------------------------------------------------


class SwitchConfig(msgspec.Struct, frozen=True, kw_only=True):
    host: str = "127.0.0.1"
    sip_port: int = 5060  #: UDP and TCP; 0 picks one
    tls_port: int = 5061  #: 0 picks one, -1: none
    ws_port: int = -1  #: SIP over WebSocket; 0 picks one, -1: none
    tls_cert: str = ""  #: PEM files
    tls_key: str = ""
    sip_address: str = ""  #: what we say our address is, when not the one we listen on
    rtp_address: str = ""
    rtp_ports: tuple[int, int] = (20_000, 29_999)
    threads: int = 0  #: media threads; 0: one for each core
    ring: int = 8_192  #: events that may wait before new calls are refused
    lag_ms: int = 200  #: how late the exchange may take its events before new calls are refused
    rtp_timeout_ms: int = 60_000
    hep: str = ""  #: host:port of a HEP collector
    digests: tuple[str, ...] = ("MD5",)  #: of challenges, the preferred one first: MD5, SHA-256
    user_agent: str = "Hookflash"
