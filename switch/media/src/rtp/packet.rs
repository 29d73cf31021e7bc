//! One RTP packet (RFC 3550 §5.1), read and written without allocation.

use std::fmt;

/// Bytes of a header without contributing sources and extension; what we send has neither.
pub const HEADER_BYTES: usize = 12;

/// The longest datagram that is taken or sent: what an Ethernet frame carries.
pub const MOST_BYTES: usize = 1500;

/// What a datagram on a media port is, by its first two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Audio or a key.
    Rtp,
    /// A report about audio.
    Rtcp,
    /// Neither: STUN, DTLS, a keep-alive or noise.
    Other,
}

/// Tell RTP from RTCP where both share a port (RFC 5761 §4), and both from everything else (RFC 7983 §7).
pub fn kind(datagram: &[u8]) -> Kind {
    match datagram {
        [128..=191, 192..=223, ..] => Kind::Rtcp,
        [128..=191, _, ..] => Kind::Rtp,
        _ => Kind::Other,
    }
}

/// Why a datagram is not a packet of RTP or RTCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// It ends before its header, or one of the lengths in it, is over.
    Short,
    /// Its version is not 2.
    Version,
    /// Its padding is longer than what it pads, or says 0.
    Padding,
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Short => "the packet is shorter than its header says",
            Self::Version => "the packet is not of RTP version 2",
            Self::Padding => "the padding of the packet is longer than the packet",
        })
    }
}

impl std::error::Error for Malformed {}

/// A packet: where it stands in the stream, and its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Of audio: the first after a silence. Of a key: its first packet (RFC 4733 §2.5.1.1).
    pub marker: bool,
    /// 0 to 127, what the session description gave a codec.
    pub payload_type: u8,
    /// Counts packets, and wraps.
    pub sequence: u16,
    /// When the first sample was taken, in ticks of the codec's RTP clock; wraps.
    pub timestamp: u32,
    /// The stream it belongs to.
    pub ssrc: u32,
    /// What the codec made; empty in a keep-alive.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Read a datagram. Contributing sources, the header extension and padding are passed over.
    pub fn parse(datagram: &'a [u8]) -> Result<Self, Malformed> {
        let start = payload_start(datagram)?;
        let header = datagram.first_chunk::<HEADER_BYTES>().ok_or(Malformed::Short)?;
        let [first, second, s0, s1, t0, t1, t2, t3, r0, r1, r2, r3] = *header;
        let payload = datagram.get(start..).ok_or(Malformed::Short)?;
        Ok(Self {
            marker: second & 0x80 != 0,
            payload_type: second & 0x7f,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([r0, r1, r2, r3]),
            payload: if first & 0x20 != 0 { unpadded(payload)? } else { payload },
        })
    }

    /// Write the header alone, for a payload that is already in its place behind it.
    pub fn write_header(&self, into: &mut [u8; HEADER_BYTES]) {
        let [s0, s1] = self.sequence.to_be_bytes();
        let [t0, t1, t2, t3] = self.timestamp.to_be_bytes();
        let [r0, r1, r2, r3] = self.ssrc.to_be_bytes();
        let second = u8::from(self.marker) << 7 | self.payload_type & 0x7f;
        *into = [0x80, second, s0, s1, t0, t1, t2, t3, r0, r1, r2, r3];
    }

    /// Write the packet over whatever `into` held; a reused buffer is not allocated again.
    pub fn write(&self, into: &mut Vec<u8>) {
        let mut header = [0; HEADER_BYTES];
        self.write_header(&mut header);
        into.clear();
        into.extend_from_slice(&header);
        into.extend_from_slice(self.payload);
    }
}

/// Where the payload starts: behind the fixed header, the contributing sources and the extension (RFC 3550 §5.3.1).
pub(super) fn payload_start(datagram: &[u8]) -> Result<usize, Malformed> {
    let first = *datagram.first().ok_or(Malformed::Short)?;
    if first >> 6 != 2 {
        return Err(Malformed::Version);
    }
    let fixed = HEADER_BYTES + 4 * usize::from(first & 0x0f);
    let start = if first & 0x10 == 0 {
        fixed
    } else {
        let extension = datagram.get(fixed..).and_then(|rest| rest.first_chunk::<4>()).ok_or(Malformed::Short)?;
        let words = u16::from_be_bytes([extension[2], extension[3]]);
        fixed + 4 + 4 * usize::from(words)
    };
    if start > datagram.len() { Err(Malformed::Short) } else { Ok(start) }
}

/// A payload without its padding, whose last byte counts itself.
pub(super) fn unpadded(payload: &[u8]) -> Result<&[u8], Malformed> {
    let padding = usize::from(*payload.last().ok_or(Malformed::Padding)?);
    match payload.len().checked_sub(padding) {
        Some(length) if padding > 0 => Ok(&payload[..length]),
        _ => Err(Malformed::Padding),
    }
}
