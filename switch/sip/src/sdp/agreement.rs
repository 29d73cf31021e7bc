//! What one side can do, what both agreed on, and why they did not.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::codec::Codec;
use super::crypto::{MasterKey, Suite};
use super::description::Direction;

/// Whether audio is encrypted (SRTP, keys by SDES).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SrtpPolicy {
    /// Never; a peer that insists is refused.
    #[default]
    Off,
    /// When the peer wants to: offered as RTP/AVP with keys beside it, which a peer may ignore.
    Optional,
    /// Always; a peer that does not is refused.
    Required,
}

/// What this side can do and wants.
#[derive(Debug, Clone)]
pub struct Capabilities {
    /// Names the session in the first description; later ones keep its name.
    pub session_id: u64,
    /// Where audio is received.
    pub address: IpAddr,
    /// And on which port.
    pub port: u16,
    /// Codecs in the order in which they are offered. An answer follows the order of its offer.
    pub codecs: Vec<Codec>,
    /// What this side wants to do; [`Direction::SendOnly`] holds the peer.
    pub direction: Direction,
    /// How much audio a packet should hold, ms.
    pub ptime_ms: u16,
    /// Whether keys are sent and understood as RFC 4733 events.
    pub telephone_event: bool,
    /// Whether comfort noise (RFC 3389) is understood.
    pub comfort_noise: bool,
    /// Whether RTCP may share the port of RTP.
    pub rtcp_mux: bool,
    /// Whether audio is encrypted.
    pub srtp: SrtpPolicy,
    /// This side's keys, one for each of [`Suite::ALL`]; the same for as long as the stream lasts.
    pub keys: [MasterKey; 2],
}

impl Capabilities {
    /// The key that this side uses under a suite.
    pub(crate) fn key(&self, suite: Suite) -> MasterKey {
        let [sha1_80, sha1_32] = self.keys;
        match suite {
            Suite::Sha1_80 => sha1_80,
            Suite::Sha1_32 => sha1_32,
        }
    }
}

/// Under which payload types one format travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// The payload type of packets to the peer.
    pub send: u8,
    /// The payload type of packets from the peer; mostly the same.
    pub receive: u8,
    /// The clock of its timestamps, Hz.
    pub clock_rate: u32,
    /// The peer's a=fmtp: what it wants to receive; "" when it did not say.
    pub fmtp: String,
}

/// How an agreed stream is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encryption {
    /// The suite of both ways.
    pub suite: Suite,
    /// For what this side sends.
    pub local: MasterKey,
    /// For what the peer sends.
    pub remote: MasterKey,
}

/// The audio that both sides agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioParams {
    /// Where audio is sent; the unspecified address while the peer holds the call the old way.
    pub remote: SocketAddr,
    /// Where RTCP is sent.
    pub remote_rtcp: SocketAddr,
    /// The codec.
    pub codec: Codec,
    /// Its payload types and parameters.
    pub format: Format,
    /// Keys as RFC 4733 events, when both sides have them.
    pub telephone_event: Option<Format>,
    /// Comfort noise, when both sides have it.
    pub comfort_noise: Option<Format>,
    /// How much audio the peer wants in a packet, ms; a multiple of 10 from 10 to 60.
    pub ptime_ms: u16,
    /// What this side does from now on.
    pub direction: Direction,
    /// Keys, when the stream is encrypted.
    pub srtp: Option<Encryption>,
    /// Whether RTCP shares the port of RTP.
    pub rtcp_mux: bool,
}

/// Why there is no agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disagreement {
    /// There is no stream of audio over RTP.
    NoAudio,
    /// The peer refused our stream.
    Refused,
    /// No codec in common.
    NoCommonCodec,
    /// The peer does not say where it receives, or by a name instead of an address.
    NoAddress,
    /// One side has IPv4 and the other IPv6.
    OtherAddressFamily,
    /// The peer demands encryption, and it is off here.
    EncryptionOff,
    /// Encryption is required here, and the peer has none.
    EncryptionRequired,
    /// The peer demands encryption, but by none of its keys that we can use.
    NoUsableKey,
}

impl Disagreement {
    /// The status that refuses the offer: 488 Not Acceptable Here.
    pub const STATUS: u16 = 488;

    /// The code for a Warning header (RFC 3261 §20.43).
    pub fn warning_code(self) -> u16 {
        match self {
            Self::NoAudio | Self::Refused => 304,
            Self::NoCommonCodec => 305,
            Self::NoAddress | Self::OtherAddressFamily => 301,
            Self::EncryptionOff | Self::EncryptionRequired | Self::NoUsableKey => 302,
        }
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAudio => "There is no audio over RTP in the session description",
            Self::Refused => "The peer refused the audio",
            Self::NoCommonCodec => "No codec in common",
            Self::NoAddress => "The session description has no IP address for the audio",
            Self::OtherAddressFamily => "One side has IPv4 only and the other IPv6 only",
            Self::EncryptionOff => "The peer demands SRTP, which is off here",
            Self::EncryptionRequired => "SRTP is required here, and the peer does not offer it",
            Self::NoUsableKey => "None of the peer's SRTP keys can be used",
        })
    }
}

impl std::error::Error for Disagreement {}
