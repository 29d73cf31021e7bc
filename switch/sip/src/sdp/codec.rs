//! The codecs that are offered and accepted, and the payload types under which we offer them (RFC 3551, RFC 7587).

use super::description::RtpMap;

/// A codec that the switch speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 mu-law.
    Pcmu,
    /// G.711 A-law.
    Pcma,
    /// G.722: 16 kHz of audio, but 8 kHz on the RTP clock (RFC 3551 §4.5.2).
    G722,
    /// Opus.
    Opus,
}

/// The payload type of comfort noise at 8 kHz (RFC 3389).
pub(crate) const COMFORT_NOISE: u8 = 13;

impl Codec {
    /// Read the encoding name of an rtpmap, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Pcmu, Self::Pcma, Self::G722, Self::Opus]
            .into_iter()
            .find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    /// The encoding name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
            Self::Opus => "opus",
        }
    }

    /// The RTP clock, Hz.
    pub fn clock_rate(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            _ => 8_000,
        }
    }

    /// The payload type under which we offer it.
    pub(crate) fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
            Self::G722 => 9,
            Self::Opus => 96,
        }
    }

    /// The rtpmap of an offer. Opus always says 2 channels (RFC 7587 §7).
    pub(crate) fn rtpmap(self, payload_type: u8) -> RtpMap {
        RtpMap {
            payload_type,
            name: self.name().to_owned(),
            clock_rate: self.clock_rate(),
            channels: (self == Self::Opus).then_some(2),
        }
    }

    /// What we want of a sender of this codec.
    pub(crate) fn fmtp(self) -> Option<&'static str> {
        (self == Self::Opus).then_some("minptime=10;useinbandfec=1;stereo=0")
    }
}

/// The mapping of a static payload type that may stand without an rtpmap.
pub(crate) fn static_rtpmap(payload_type: u8) -> Option<RtpMap> {
    let named = |name: &str| RtpMap { payload_type, name: name.to_owned(), clock_rate: 8_000, channels: None };
    match payload_type {
        0 => Some(named("PCMU")),
        8 => Some(named("PCMA")),
        9 => Some(named("G722")),
        COMFORT_NOISE => Some(named("CN")),
        _ => None,
    }
}
