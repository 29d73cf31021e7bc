//! What offer and answer agreed on for the audio of a leg.

use std::net::SocketAddr;

use crate::codec::CodecKind;
use crate::graph::Line;
use crate::rtp::{Depth, MASTER_KEY_BYTES, Suite};

/// The audio of a leg, as it was negotiated.
#[derive(Debug, Clone, PartialEq)]
pub struct MediaParams {
    /// Spoken both ways.
    pub codec: CodecKind,
    /// Its payload type, both ways.
    pub payload_type: u8,
    /// The payload type of keys (RFC 4733), where the peer takes and sends them so.
    pub telephone_event: Option<u8>,
    /// The payload type of comfort noise (RFC 3389), where the peer may send it.
    pub comfort_noise: Option<u8>,
    /// How much audio the peer wants in a packet; 20 where it said nothing.
    pub ptime_ms: u16,
    /// We may send: the peer is not `sendonly` or `inactive`.
    pub sends: bool,
    /// The peer may send.
    pub receives: bool,
    /// Where its description says that it listens; packets go to where its own come from, once they come.
    pub remote: Option<SocketAddr>,
    /// Keys of SRTP, when it is spoken.
    pub srtp: Option<SrtpParams>,
    /// A silence of the wire as long as this is reported (ms; 0: never).
    pub timeout_ms: u32,
    /// Bounds of the jitter buffer.
    pub depth: Depth,
}

impl MediaParams {
    /// Audio both ways in `codec`, in packets of 20 ms, keys as events of type 101.
    pub fn new(codec: CodecKind, payload_type: u8) -> Self {
        Self {
            codec,
            payload_type,
            telephone_event: Some(101),
            comfort_noise: None,
            ptime_ms: 20,
            sends: true,
            receives: true,
            remote: None,
            srtp: None,
            timeout_ms: 60_000,
            depth: Depth::default(),
        }
    }

    /// For a leg without a far end, which has nobody to agree with: its keys are tones.
    pub fn open() -> Self {
        Self { telephone_event: None, timeout_ms: 0, ..Self::new(CodecKind::Pcmu, 0) }
    }
}

/// SRTP by SDES (RFC 4568): both master keys, each with its salt.
#[derive(Clone, PartialEq, Eq)]
pub struct SrtpParams {
    /// Cipher and tag.
    pub suite: Suite,
    /// Ours.
    pub local: [u8; MASTER_KEY_BYTES],
    /// The peer's.
    pub remote: [u8; MASTER_KEY_BYTES],
}

impl std::fmt::Debug for SrtpParams {
    /// Tells no key.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SrtpParams").field("suite", &self.suite).finish_non_exhaustive()
    }
}

/// How packets of a leg travel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wire {
    /// Over a socket, which the owner of the shard holds.
    Socket,
    /// To another leg of the shard, in memory.
    Link(Line),
    /// Nowhere: there is no far end. The leg says what it plays, and hears what others say.
    Open,
}
