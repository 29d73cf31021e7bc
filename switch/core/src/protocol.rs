//! What the exchange and the switch say to each other, as JSON: the twin of `hookflash/switch/protocol.py`, where each
//! message is described. A test over there sends one of each through both.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A leg's number, for life.
pub type LegId = u64;
/// An operation's number, unique on its leg.
pub type OpId = u64;
/// Header fields by name.
pub type Fields = BTreeMap<String, String>;

/// Something to be heard.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Source {
    /// A sound file.
    File {
        /// Where it lies.
        path: String,
        /// Headerless mu-law at 8 kHz.
        #[serde(default)]
        raw: bool,
    },
    /// Audio that is fed while it plays.
    Stream {
        /// Its number.
        stream: u64,
    },
    /// A call progress tone.
    Tone {
        /// Which.
        name: String,
        /// For how long.
        ms: u32,
    },
    /// Nothing.
    Silence {
        /// For how long.
        ms: u32,
    },
}

fn declined() -> u16 {
    603
}
fn once() -> u32 {
    1
}
fn yes() -> bool {
    true
}
fn hash() -> String {
    "#".into()
}
fn five_seconds() -> u32 {
    5_000
}
fn a_minute() -> u32 {
    60_000
}
fn an_hour() -> u32 {
    3_600_000
}
fn one_channel() -> u8 {
    1
}
fn inbound() -> String {
    "inbound".into()
}
fn local() -> String {
    "local".into()
}
fn off() -> String {
    "off".into()
}
fn large() -> String {
    "large".into()
}
fn optional() -> String {
    "optional".into()
}
fn pcmu() -> String {
    "PCMU".into()
}
fn all_codecs() -> Vec<String> {
    ["PCMU", "PCMA", "G722", "opus"].map(String::from).to_vec()
}

/// How a SIP call is placed.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "described in protocol.py")]
#[serde(deny_unknown_fields)]
pub struct Dial {
    pub leg: LegId,
    pub uri: String,
    pub from_uri: String,
    #[serde(default)]
    pub from_name: String,
    #[serde(default)]
    pub next_hop: String,
    #[serde(default)]
    pub headers: Fields,
    #[serde(default)]
    pub username: String,
    #[serde(default)]
    pub password: String,
    #[serde(default = "a_minute")]
    pub ring_ms: u32,
    #[serde(default = "all_codecs")]
    pub codecs: Vec<String>,
    #[serde(default = "off")]
    pub srtp: String,
    #[serde(default)]
    pub beside: Option<LegId>,
    #[serde(default)]
    pub reach: Option<Vec<String>>,
}

/// How a simulated call is placed.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "described in protocol.py")]
#[serde(deny_unknown_fields)]
pub struct Link {
    pub leg: LegId,
    pub callee: LegId,
    pub from: String,
    pub to: String,
    #[serde(default)]
    pub headers: Fields,
    #[serde(default)]
    pub loss: f64,
    #[serde(default)]
    pub delay_ms: u32,
    #[serde(default)]
    pub jitter_ms: u32,
    #[serde(default = "a_minute")]
    pub ring_ms: u32,
    #[serde(default = "pcmu")]
    pub codec: String,
}

/// Prompts and keys.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "described in protocol.py")]
#[serde(deny_unknown_fields)]
pub struct Collect {
    pub leg: LegId,
    pub op: OpId,
    #[serde(default)]
    pub sources: Vec<Source>,
    #[serde(default)]
    pub most: u32,
    #[serde(default = "hash")]
    pub finish: String,
    #[serde(default = "five_seconds")]
    pub first_ms: u32,
    #[serde(default = "five_seconds")]
    pub between_ms: u32,
    #[serde(default = "yes")]
    pub barge_in: bool,
    #[serde(default)]
    pub speech: Option<SpeechEnd>,
    #[serde(default)]
    pub private: bool,
    #[serde(default = "yes")]
    pub keys: bool,
}

/// When somebody has finished speaking.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "described in protocol.py")]
#[serde(deny_unknown_fields)]
pub struct SpeechEnd {
    pub end_ms: u32,
    #[serde(default = "a_minute")]
    pub most_ms: u32,
}

/// A recording.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "described in protocol.py")]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub leg: LegId,
    pub op: OpId,
    pub path: String,
    #[serde(default = "one_channel")]
    pub channels: u8,
    #[serde(default = "inbound")]
    pub track: String,
    #[serde(default)]
    pub beep: bool,
    #[serde(default = "an_hour")]
    pub most_ms: u32,
    #[serde(default)]
    pub silence_ms: u32,
    #[serde(default)]
    pub finish: String,
    #[serde(default)]
    pub trim: bool,
}

/// Answering-machine detection.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "described in protocol.py")]
#[serde(deny_unknown_fields)]
pub struct Detect {
    pub leg: LegId,
    pub op: OpId,
    #[serde(default)]
    pub until_end: bool,
    #[serde(default = "detect_timeout")]
    pub timeout_ms: u32,
    #[serde(default = "detect_speech")]
    pub speech_ms: u32,
    #[serde(default = "detect_speech_end")]
    pub speech_end_ms: u32,
    #[serde(default = "five_seconds")]
    pub silence_ms: u32,
}

fn detect_timeout() -> u32 {
    30_000
}
fn detect_speech() -> u32 {
    2_400
}
fn detect_speech_end() -> u32 {
    1_200
}

/// What the exchange asks for.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "described in protocol.py")]
pub enum Command {
    Dial(Dial),
    Link(Link),
    Open {
        leg: LegId,
    },
    Ring {
        leg: LegId,
        #[serde(default)]
        media: bool,
    },
    Answer {
        leg: LegId,
    },
    Reject {
        leg: LegId,
        status: u16,
        #[serde(default)]
        reason: String,
        #[serde(default)]
        headers: Fields,
    },
    HangUp {
        leg: LegId,
        #[serde(default = "local")]
        cause: String,
    },
    Limit {
        leg: LegId,
        ms: u32,
    },
    Play {
        leg: LegId,
        op: OpId,
        sources: Vec<Source>,
        #[serde(default = "once", rename = "loop")]
        repeat: u32,
    },
    Collect(Collect),
    Record(Record),
    PauseRecording {
        leg: LegId,
        op: OpId,
        #[serde(default = "yes")]
        silence: bool,
    },
    ResumeRecording {
        leg: LegId,
        op: OpId,
    },
    SendKeys {
        leg: LegId,
        op: OpId,
        keys: String,
        #[serde(default)]
        inband: bool,
    },
    Wait {
        leg: LegId,
        op: OpId,
        ms: u64,
    },
    Detect(Detect),
    Stop {
        leg: LegId,
        op: OpId,
    },
    Bridge {
        leg: LegId,
        other: LegId,
    },
    Unbridge {
        leg: LegId,
    },
    Join {
        leg: LegId,
        room: String,
        #[serde(default)]
        muted: bool,
        #[serde(default)]
        whisper_to: Option<LegId>,
        #[serde(default)]
        speaking: bool,
        #[serde(default = "large")]
        jitter: String,
    },
    Leave {
        leg: LegId,
    },
    Listen {
        leg: LegId,
    },
    Hear {
        leg: LegId,
        op: OpId,
        #[serde(default = "inbound")]
        track: String,
    },
    Inform {
        leg: LegId,
        content_type: String,
        body: String,
    },
    Refer {
        leg: LegId,
        op: OpId,
        to: String,
        #[serde(default)]
        headers: Fields,
    },
    AcceptRefer {
        leg: LegId,
    },
    RefuseRefer {
        leg: LegId,
        #[serde(default = "declined")]
        status: u16,
    },
    TellRefer {
        leg: LegId,
        status: u16,
        #[serde(default)]
        reason: String,
    },
    Configure {
        #[serde(default)]
        domains: Vec<Domain>,
        #[serde(default)]
        trunks: Vec<Trunk>,
    },
}

/// A SIP user: the hashes of `user:realm:password`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "described in protocol.py")]
#[serde(deny_unknown_fields)]
pub struct Credential {
    pub username: String,
    pub md5: String,
    pub sha256: String,
}

/// A SIP domain of ours.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "described in protocol.py")]
#[serde(deny_unknown_fields)]
pub struct Domain {
    pub name: String,
    #[serde(default)]
    pub networks: Vec<String>,
    #[serde(default)]
    pub credentials: Vec<Credential>,
    #[serde(default)]
    pub registration: Vec<Credential>,
    #[serde(default)]
    pub secure: bool,
}

/// One address of a trunk.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "described in protocol.py")]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    pub address: String,
    #[serde(default = "yes")]
    pub health: bool,
}

/// Our registration with a trunk.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "described in protocol.py")]
#[serde(deny_unknown_fields)]
pub struct Registration {
    pub uri: String,
    pub username: String,
    pub password: String,
    #[serde(default = "an_hour_in_seconds")]
    pub expires_s: u32,
}

fn an_hour_in_seconds() -> u32 {
    3_600
}

/// A peer that sends us calls and takes ours.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "described in protocol.py")]
#[serde(deny_unknown_fields)]
pub struct Trunk {
    pub name: String,
    #[serde(default)]
    pub networks: Vec<String>,
    #[serde(default)]
    pub gateways: Vec<Gateway>,
    #[serde(default)]
    pub register: Option<Registration>,
    #[serde(default)]
    pub channels: u32,
    #[serde(default)]
    pub per_second: f64,
    #[serde(default = "optional")]
    pub srtp: String,
}

/// What has happened, with the moment in ms since the epoch.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Event {
    /// Whom it concerns; 0 where that is no leg.
    pub leg: LegId,
    /// When.
    pub at: u64,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

/// What an event tells.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[allow(missing_docs, reason = "described in protocol.py")]
pub enum Happening {
    Invited(Box<Invited>),
    Early {
        status: u16,
        media: bool,
    },
    Answered {
        codec: String,
        headers: Fields,
        call_id: String,
    },
    Key {
        key: char,
        ms: u32,
        inband: bool,
    },
    Heard {
        op: OpId,
    },
    Done(Box<Done>),
    Speaking {
        on: bool,
    },
    Informed {
        content_type: String,
        body: String,
    },
    Quality {
        codec: String,
        sent: u64,
        received: u64,
        lost: u64,
        late: u64,
        jitter_ms: f32,
        mos: f32,
        round_trip_ms: f32,
    },
    HungUp {
        cause: String,
        status: u16,
        reason: String,
        headers: Fields,
        call_id: String,
    },
    Signal {
        sent: bool,
        line: String,
        cseq: String,
        peer: String,
    },
    Referred {
        to: String,
        by: String,
    },
    Refused {
        why: String,
        status: u16,
        method: String,
        from_uri: String,
        to_uri: String,
        source: String,
        count: u32,
    },
    Registered {
        domain: String,
        username: String,
        contact: String,
        expires_s: u32,
        source: String,
    },
    TrunkState {
        trunk: String,
        gateway: String,
        up: bool,
        reason: String,
    },
}

/// A call that has come in.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "described in protocol.py")]
pub struct Invited {
    pub from: String,
    pub to: String,
    pub from_uri: String,
    pub to_uri: String,
    pub from_name: String,
    pub domain: String,
    pub trunk: String,
    pub username: String,
    pub source: String,
    pub transport: String,
    pub call_id: String,
    pub headers: Fields,
}

/// The end of an operation.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "described in protocol.py")]
pub struct Done {
    pub op: OpId,
    pub why: String,
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub digits: String,
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub key: String,
    #[serde(default)]
    pub ms: u32,
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub found: String,
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub problem: String,
    #[serde(default)]
    pub status: u16,
    #[serde(default)]
    pub answer: u16,
    #[serde(default)]
    pub silent: bool,
}

/// What the switch is started with.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[allow(missing_docs, reason = "described in protocol.py")]
pub struct SwitchConfig {
    pub host: String,
    pub sip_port: u16,
    pub tls_port: i32,
    pub ws_port: i32,
    pub tls_cert: String,
    pub tls_key: String,
    pub sip_address: String,
    pub rtp_address: String,
    pub rtp_ports: (u16, u16),
    pub threads: usize,
    pub ring: usize,
    pub lag_ms: u32,
    pub rtp_timeout_ms: u32,
    pub hep: String,
    pub digests: Vec<String>,
    pub user_agent: String,
}

impl Default for SwitchConfig {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            sip_port: 5060,
            tls_port: 5061,
            ws_port: -1,
            tls_cert: String::new(),
            tls_key: String::new(),
            sip_address: String::new(),
            rtp_address: String::new(),
            rtp_ports: (20_000, 29_999),
            threads: 0,
            ring: 8_192,
            lag_ms: 200,
            rtp_timeout_ms: 60_000,
            hep: String::new(),
            digests: vec!["MD5".into()],
            user_agent: "Hookflash".into(),
        }
    }
}

impl Command {
    /// The leg that it is for; none for `Configure`.
    pub fn leg(&self) -> Option<LegId> {
        use Command::*;
        match self {
            Dial(dial) => Some(dial.leg),
            Link(link) => Some(link.leg),
            Collect(collect) => Some(collect.leg),
            Record(record) => Some(record.leg),
            Detect(detect) => Some(detect.leg),
            Open { leg }
            | Ring { leg, .. }
            | Answer { leg }
            | Reject { leg, .. }
            | HangUp { leg, .. }
            | Limit { leg, .. }
            | Play { leg, .. }
            | PauseRecording { leg, .. }
            | ResumeRecording { leg, .. }
            | SendKeys { leg, .. }
            | Wait { leg, .. }
            | Stop { leg, .. }
            | Bridge { leg, .. }
            | Unbridge { leg }
            | Join { leg, .. }
            | Leave { leg }
            | Listen { leg }
            | Hear { leg, .. }
            | Inform { leg, .. }
            | Refer { leg, .. }
            | AcceptRefer { leg }
            | RefuseRefer { leg, .. }
            | TellRefer { leg, .. } => Some(*leg),
            Configure { .. } => None,
        }
    }
}
