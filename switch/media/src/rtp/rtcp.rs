//! Packets of RTCP (RFC 3550 §6), read and written.

use super::packet::{Malformed, unpadded};

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const SOURCE_DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
const CNAME: u8 = 1;

/// Bytes of a report block.
const BLOCK_BYTES: usize = 24;

/// One packet of a compound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rtcp<'a> {
    /// Of one who sends: its time, and what it received.
    SenderReport { ssrc: u32, ntp: u64, blocks: Blocks<'a> },
    /// Of one who only listens.
    ReceiverReport { blocks: Blocks<'a> },
    /// These sources are gone.
    Goodbye { sources: Sources<'a> },
    /// Anything else.
    Other,
}

/// What a report says about one stream (RFC 3550 §6.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The stream that is reported on.
    pub(super) ssrc: u32,
    /// Lost since the last report, in 256ths.
    pub(super) fraction: u8,
    /// Lost since the beginning, in 24 bits; negative when packets came twice.
    pub(super) lost: i32,
    /// Highest sequence number, with its wraps above.
    pub(super) highest: u32,
    /// In ticks of the RTP clock.
    pub(super) jitter: u32,
    /// Middle half of the time of the last sender report, 0 before one came.
    pub(super) last_report: u32,
    /// Time since it came, in 65,536ths of a second.
    pub(super) since: u32,
}

/// The report blocks of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Blocks<'a>(&'a [[u8; BLOCK_BYTES]]);

/// The sources that a goodbye names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sources<'a>(&'a [[u8; 4]]);

impl Blocks<'_> {
    pub(super) fn iter(&self) -> impl Iterator<Item = Block> {
        self.0.iter().map(Block::read)
    }
}

impl Sources<'_> {
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|source| u32::from_be_bytes(*source))
    }
}

impl Block {
    fn read(bytes: &[u8; BLOCK_BYTES]) -> Self {
        let (words, _) = bytes.as_chunks::<4>();
        let word = |at: usize| words.get(at).map_or(0, |word| u32::from_be_bytes(*word));
        Self {
            ssrc: word(0),
            fraction: (word(1) >> 24) as u8,
            lost: (word(1) << 8) as i32 >> 8,
            highest: word(2),
            jitter: word(3),
            last_report: word(4),
            since: word(5),
        }
    }

    fn write(&self, into: &mut Vec<u8>) {
        let lost = u32::from(self.fraction) << 24 | self.lost as u32 & 0xff_ffff;
        let words = [self.ssrc, lost, self.highest, self.jitter, self.last_report, self.since];
        words.iter().for_each(|word| put(into, *word));
    }
}

/// The packets of a compound, up to the first that is malformed.
pub(super) fn parse(datagram: &[u8]) -> impl Iterator<Item = Result<Rtcp<'_>, Malformed>> {
    let mut rest = datagram;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let first = split(rest).and_then(|(packet, after)| {
            rest = after;
            read(packet)
        });
        if first.is_err() {
            rest = &[];
        }
        Some(first)
    })
}

/// Cut the first packet off a compound by the length in its header.
fn split(compound: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let [first, _, l0, l1] = *compound.first_chunk::<4>().ok_or(Malformed::Short)?;
    if first >> 6 != 2 {
        return Err(Malformed::Version);
    }
    let length = 4 + 4 * usize::from(u16::from_be_bytes([l0, l1]));
    compound.split_at_checked(length).ok_or(Malformed::Short)
}

fn read(packet: &[u8]) -> Result<Rtcp<'_>, Malformed> {
    let ([first, kind, ..], body) = packet.split_first_chunk::<4>().ok_or(Malformed::Short)?;
    let body = if first & 0x20 != 0 { unpadded(body)? } else { body };
    let count = usize::from(first & 0x1f);
    match *kind {
        SENDER_REPORT => {
            let (ssrc, body) = body.split_first_chunk::<4>().ok_or(Malformed::Short)?;
            let (ntp, body) = body.split_first_chunk::<8>().ok_or(Malformed::Short)?;
            let blocks = blocks(body.get(12..).ok_or(Malformed::Short)?, count)?;
            Ok(Rtcp::SenderReport { ssrc: u32::from_be_bytes(*ssrc), ntp: u64::from_be_bytes(*ntp), blocks })
        }
        RECEIVER_REPORT => {
            let blocks = blocks(body.get(4..).ok_or(Malformed::Short)?, count)?;
            Ok(Rtcp::ReceiverReport { blocks })
        }
        GOODBYE => {
            let sources = body.as_chunks().0.get(..count).ok_or(Malformed::Short)?;
            Ok(Rtcp::Goodbye { sources: Sources(sources) })
        }
        _ => Ok(Rtcp::Other),
    }
}

fn blocks(body: &[u8], count: usize) -> Result<Blocks<'_>, Malformed> {
    body.as_chunks().0.get(..count).map(Blocks).ok_or(Malformed::Short)
}

/// What a sender report says of its sender: NTP and RTP time of one moment, packets and bytes so far.
pub(super) struct Sent {
    pub(super) ntp: u64,
    pub(super) timestamp: u32,
    pub(super) packets: u32,
    pub(super) bytes: u32,
}

/// Append a sender report, or a receiver report when nothing was sent.
pub(super) fn write_report(ssrc: u32, sent: Option<&Sent>, block: Option<&Block>, into: &mut Vec<u8>) {
    let count = u8::from(block.is_some());
    let words = 1 + if sent.is_some() { 5 } else { 0 } + 6 * u16::from(count);
    let kind = if sent.is_some() { SENDER_REPORT } else { RECEIVER_REPORT };
    put_header(into, count, kind, words);
    put(into, ssrc);
    if let Some(sent) = sent {
        into.extend_from_slice(&sent.ntp.to_be_bytes());
        [sent.timestamp, sent.packets, sent.bytes].iter().for_each(|word| put(into, *word));
    }
    if let Some(block) = block {
        block.write(into);
    }
}

/// Append who we are; the name is 16 bytes long.
pub(super) fn write_name(ssrc: u32, name: &[u8; 16], into: &mut Vec<u8>) {
    put_header(into, 1, SOURCE_DESCRIPTION, 6);
    put(into, ssrc);
    into.extend_from_slice(&[CNAME, name.len() as u8]);
    into.extend_from_slice(name);
    into.extend_from_slice(&[0, 0]); // end of the list, up to a whole word
}

/// Append that we are gone.
pub(super) fn write_goodbye(ssrc: u32, into: &mut Vec<u8>) {
    put_header(into, 1, GOODBYE, 1);
    put(into, ssrc);
}

fn put_header(into: &mut Vec<u8>, count: u8, kind: u8, words: u16) {
    let [l0, l1] = words.to_be_bytes();
    into.extend_from_slice(&[0x80 | count, kind, l0, l1]);
}

fn put(into: &mut Vec<u8>, word: u32) {
    into.extend_from_slice(&word.to_be_bytes());
}
