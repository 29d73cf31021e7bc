//! A session description as plain data.

use std::net::SocketAddr;

use crate::host::Host;

use super::codec::static_rtpmap;
use super::crypto::Crypto;

/// Who may send, seen from the side that wrote the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Both.
    #[default]
    SendRecv,
    /// The writer: how a call is put on hold with music.
    SendOnly,
    /// The other side.
    RecvOnly,
    /// Nobody.
    Inactive,
}

impl Direction {
    /// Read the name of the attribute.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive]
            .into_iter()
            .find(|direction| direction.name() == name)
    }

    /// The name of the attribute.
    pub fn name(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// From what the writer does.
    pub fn new(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// Whether the writer sends.
    pub fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the writer receives.
    pub fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }
}

/// The o= line: which session this is, and which version of its description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Who made it; `-` when nobody in particular.
    pub username: String,
    /// Decimal digits; the same for the whole call.
    pub session_id: String,
    /// Decimal digits; one more whenever the description changes.
    pub version: String,
    /// The maker's host.
    pub address: Host,
}

/// A whole description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionDescription {
    /// o=
    pub origin: Origin,
    /// s=
    pub name: String,
    /// c= of the session: for streams without their own.
    pub connection: Option<Host>,
    /// t=, as it is on the wire; an answer repeats the offer's.
    pub time: String,
    /// Direction of the streams without their own.
    pub direction: Option<Direction>,
    /// Other attributes of the session, in order.
    pub attributes: Vec<(String, Option<String>)>,
    /// The streams.
    pub media: Vec<Media>,
}

/// What a payload type stands for: a=rtpmap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtpMap {
    /// 0 to 127.
    pub payload_type: u8,
    /// The encoding name.
    pub name: String,
    /// Hz.
    pub clock_rate: u32,
    /// How many channels, when it is said.
    pub channels: Option<u8>,
}

/// One stream: m= and what follows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Media {
    /// `audio`, `video`, …
    pub kind: String,
    /// Where the writer receives; 0 refuses the stream.
    pub port: u16,
    /// `RTP/AVP`, `RTP/SAVP`, …
    pub protocol: String,
    /// Payload types in the order of preference (or whatever the protocol has in their place).
    pub formats: Vec<String>,
    /// c= of the stream.
    pub connection: Option<Host>,
    /// Direction of the stream.
    pub direction: Option<Direction>,
    /// a=rtpmap
    pub rtpmaps: Vec<RtpMap>,
    /// a=fmtp: payload type and parameters.
    pub fmtps: Vec<(u8, String)>,
    /// a=ptime: how much audio the writer wants in a packet, ms.
    pub ptime: Option<u16>,
    /// a=maxptime: the most it takes, ms.
    pub maxptime: Option<u16>,
    /// a=rtcp: another port than the next one, perhaps on another host (RFC 3605).
    pub rtcp: Option<(u16, Option<Host>)>,
    /// a=rtcp-mux: RTCP on the port of RTP (RFC 5761).
    pub rtcp_mux: bool,
    /// a=crypto
    pub cryptos: Vec<Crypto>,
    /// Other attributes, in order.
    pub attributes: Vec<(String, Option<String>)>,
}

impl Media {
    /// Whether this is audio over RTP that is not refused.
    pub fn is_live_audio(&self) -> bool {
        let over_rtp = ["RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF"];
        self.kind == "audio" && self.port != 0 && over_rtp.contains(&self.protocol.as_str())
    }

    /// Whether the protocol itself demands encryption.
    pub fn is_secure(&self) -> bool {
        self.protocol.starts_with("RTP/SAVP")
    }

    /// What each payload type stands for, in the order of preference; unknown static ones are left out.
    pub fn mapped(&self) -> impl Iterator<Item = RtpMap> {
        self.formats.iter().filter_map(|format| {
            let payload_type = format.parse::<u8>().ok().filter(|number| *number < 128)?;
            let written = self.rtpmaps.iter().find(|map| map.payload_type == payload_type);
            written.cloned().or_else(|| static_rtpmap(payload_type))
        })
    }

    /// The format parameters of a payload type; "" when there are none.
    pub fn fmtp(&self, payload_type: u8) -> &str {
        self.fmtps.iter().find(|(known, _)| *known == payload_type).map_or("", |(_, params)| params)
    }
}

impl SessionDescription {
    /// The direction of a stream: its own, the session's, or both ways.
    pub fn direction_of(&self, media: &Media) -> Direction {
        media.direction.or(self.direction).unwrap_or_default()
    }

    /// Where a stream's packets go; None when the description names a host without an address, or none at all.
    pub fn address_of(&self, media: &Media) -> Option<SocketAddr> {
        let host = media.connection.as_ref().or(self.connection.as_ref())?;
        Some(SocketAddr::new(host.ip()?.to_canonical(), media.port))
    }

    /// Where a stream's RTCP goes.
    pub fn rtcp_address_of(&self, media: &Media) -> Option<SocketAddr> {
        let rtp = self.address_of(media)?;
        Some(match &media.rtcp {
            _ if media.rtcp_mux => rtp,
            Some((port, host)) => {
                let address = host.as_ref().and_then(Host::ip).unwrap_or(rtp.ip());
                SocketAddr::new(address.to_canonical(), *port)
            }
            None => SocketAddr::new(rtp.ip(), rtp.port().checked_add(1)?),
        })
    }
}
