//! SRTP and SRTCP (RFC 3711) with keys from the session description (SDES, RFC 4568).
//!
//! AES-128 in counter mode and HMAC-SHA1; no master key identifier and no key derivation rate, which
//! nobody sends. Packets are protected and opened where they lie.

pub(super) mod cipher;
pub(super) mod streams;

use std::fmt;

use self::cipher::{Keys, Labels};
use self::streams::Streams;
use super::packet::{HEADER_BYTES, MOST_BYTES, Malformed, payload_start};

/// Bytes of what `inline:` of a crypto attribute says: master key and master salt.
pub const MASTER_KEY_BYTES: usize = 30;

/// Bytes of a tag of 80 bits, which RTCP always bears.
const TAG_BYTES: usize = 10;

/// Header and sender of a packet of RTCP, which stay readable.
const RTCP_CLEAR_BYTES: usize = 8;

/// Bytes of the index behind a packet of RTCP. Its first bit says that the packet is encrypted.
const INDEX_BYTES: usize = 4;
const ENCRYPTED: u32 = 1 << 31;

/// How packets are protected (RFC 4568 §6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// `AES_CM_128_HMAC_SHA1_80`.
    Sha1Tag80,
    /// `AES_CM_128_HMAC_SHA1_32`; RTCP still bears 80 bits.
    Sha1Tag32,
}

impl Suite {
    fn tag_bytes(self) -> usize {
        match self {
            Self::Sha1Tag80 => TAG_BYTES,
            Self::Sha1Tag32 => 4,
        }
    }
}

/// Why a packet was not protected or not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SrtpError {
    /// It is no packet.
    Malformed(Malformed),
    /// It would be longer than [`MOST_BYTES`].
    Long,
    /// Its tag does not fit: another key, or somebody changed it.
    Forged,
    /// It came before, or is too old to tell. Of our own: its sequence number was used before.
    Replayed,
    /// The key has protected as many packets as it may (RFC 3711 §9.2).
    WornOut,
}

impl fmt::Display for SrtpError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Malformed(malformed) => return malformed.fmt(formatter),
            Self::Long => "the packet is too long to be protected",
            Self::Forged => "the packet's tag fits neither its content nor our key",
            Self::Replayed => "the packet's sequence number was used before, or is too old",
            Self::WornOut => "the key has protected as many packets as it may",
        })
    }
}

impl std::error::Error for SrtpError {}

impl From<Malformed> for SrtpError {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// Both directions of one leg.
pub struct Srtp {
    suite: Suite,
    ours: Direction,
    theirs: Direction,
}

struct Direction {
    rtp: Keys,
    rtcp: Keys,
    streams: Streams,
}

impl Direction {
    fn new(master: &[u8; MASTER_KEY_BYTES]) -> Self {
        Self {
            rtp: Keys::derive(master, &Labels::RTP),
            rtcp: Keys::derive(master, &Labels::RTCP),
            streams: Streams::default(),
        }
    }
}

impl fmt::Debug for Srtp {
    /// Keys stay out of logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Srtp").field("suite", &self.suite).finish_non_exhaustive()
    }
}

impl Srtp {
    /// With the master key that our session description says, and that of the peer's.
    pub fn new(suite: Suite, ours: &[u8; MASTER_KEY_BYTES], theirs: &[u8; MASTER_KEY_BYTES]) -> Self {
        Self { suite, ours: Direction::new(ours), theirs: Direction::new(theirs) }
    }

    /// Protect a packet of RTP that we send; it grows by its tag.
    ///
    /// Sequence numbers must go up: the same one twice would give the audio away (RFC 3711 §9.1).
    pub fn protect(&mut self, packet: &mut Vec<u8>) -> Result<(), SrtpError> {
        let Direction { rtp, streams, .. } = &mut self.ours;
        let tag_bytes = self.suite.tag_bytes();
        let start = payload_start(packet)?;
        let (ssrc, sequence) = read_header(packet)?;
        if packet.len() + tag_bytes > MOST_BYTES {
            return Err(SrtpError::Long);
        }
        let mut stream = streams.of(ssrc);
        let index = stream.rtp.unwrap(sequence)?;
        if index < stream.rtp.next() {
            return Err(SrtpError::Replayed);
        }
        stream.rtp.accept(index);
        streams.keep(stream);

        rtp.apply(ssrc, index, packet.get_mut(start..).unwrap_or_default());
        let tag = rtp.sign(packet, &rollovers(index));
        packet.extend(tag.iter().take(tag_bytes));
        Ok(())
    }

    /// Open a packet of RTP that came: what is left of the datagram is the packet as it was made.
    pub fn unprotect<'a>(&mut self, datagram: &'a mut [u8]) -> Result<&'a mut [u8], SrtpError> {
        let Direction { rtp, streams, .. } = &mut self.theirs;
        let (packet, tag) = split_tag(datagram, self.suite.tag_bytes())?;
        let start = payload_start(packet)?;
        let (ssrc, sequence) = read_header(packet)?;
        let mut stream = streams.of(ssrc);
        let index = stream.rtp.unwrap(sequence)?;
        stream.rtp.check(index)?;
        rtp.verify(packet, &rollovers(index), tag)?;
        stream.rtp.accept(index);
        streams.keep(stream);

        rtp.apply(ssrc, index, packet.get_mut(start..).unwrap_or_default());
        Ok(packet)
    }

    /// Protect a compound of RTCP that we send; it grows by its index and its tag.
    pub fn protect_rtcp(&mut self, packet: &mut Vec<u8>) -> Result<(), SrtpError> {
        let Direction { rtcp, streams, .. } = &mut self.ours;
        let ssrc = read_rtcp_sender(packet)?;
        if packet.len() + INDEX_BYTES + TAG_BYTES > MOST_BYTES {
            return Err(SrtpError::Long);
        }
        let mut stream = streams.of(ssrc);
        let index = u32::try_from(stream.rtcp.next()).map_err(|_| SrtpError::WornOut)?;
        if index >= ENCRYPTED {
            return Err(SrtpError::WornOut);
        }
        stream.rtcp.accept(u64::from(index));
        streams.keep(stream);

        let secret = packet.get_mut(RTCP_CLEAR_BYTES..).unwrap_or_default();
        rtcp.apply(ssrc, u64::from(index), secret);
        packet.extend_from_slice(&(ENCRYPTED | index).to_be_bytes());
        let tag = rtcp.sign(packet, &[]);
        packet.extend(tag.iter().take(TAG_BYTES));
        Ok(())
    }

    /// Open a compound of RTCP that came: what is left of the datagram is the compound as it was made.
    pub fn unprotect_rtcp<'a>(&mut self, datagram: &'a mut [u8]) -> Result<&'a mut [u8], SrtpError> {
        let Direction { rtcp, streams, .. } = &mut self.theirs;
        let (signed, tag) = split_tag(datagram, TAG_BYTES)?;
        let ssrc = read_rtcp_sender(signed)?;
        let word = u32::from_be_bytes(*signed.last_chunk().ok_or(Malformed::Short)?);
        let index = u64::from(word & !ENCRYPTED);
        let mut stream = streams.of(ssrc);
        stream.rtcp.check(index)?;
        rtcp.verify(signed, &[], tag)?;
        stream.rtcp.accept(index);
        streams.keep(stream);

        let (packet, _) = split_tag(signed, INDEX_BYTES)?;
        if word & ENCRYPTED != 0 {
            let secret = packet.get_mut(RTCP_CLEAR_BYTES..).unwrap_or_default();
            rtcp.apply(ssrc, index, secret);
        }
        Ok(packet)
    }
}

/// Cut so many bytes off the end.
fn split_tag(datagram: &mut [u8], bytes: usize) -> Result<(&mut [u8], &mut [u8]), Malformed> {
    let middle = datagram.len().checked_sub(bytes).ok_or(Malformed::Short)?;
    datagram.split_at_mut_checked(middle).ok_or(Malformed::Short)
}

/// Source and sequence number of a packet that may still be encrypted.
fn read_header(packet: &[u8]) -> Result<(u32, u16), Malformed> {
    let header = packet.first_chunk::<HEADER_BYTES>().ok_or(Malformed::Short)?;
    let [_, _, s0, s1, _, _, _, _, r0, r1, r2, r3] = *header;
    Ok((u32::from_be_bytes([r0, r1, r2, r3]), u16::from_be_bytes([s0, s1])))
}

fn read_rtcp_sender(packet: &[u8]) -> Result<u32, Malformed> {
    let [first, _, _, _, ssrc @ ..] = packet.first_chunk::<8>().ok_or(Malformed::Short)?;
    if first >> 6 != 2 { Err(Malformed::Version) } else { Ok(u32::from_be_bytes(*ssrc)) }
}

/// The rollover counter, which is signed but not sent.
fn rollovers(index: u64) -> [u8; 4] {
    ((index >> 16) as u32).to_be_bytes()
}
