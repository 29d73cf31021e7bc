//! The stream that a leg sends: it numbers packets and keeps their time.

use super::packet::Packet;

/// Sequence, timestamp and counts of the one stream that we send.
///
/// The timestamp is the leg's time: whoever sends nothing for a while says so with [`Sender::skip`], and the peer
/// hears a pause of the right length.
#[derive(Debug)]
pub struct Sender {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    silent: bool,
    packets: u32,
    bytes: u32,
}

impl Sender {
    /// A stream that starts at these random numbers (RFC 3550 §5.1).
    pub fn new(ssrc: u32, sequence: u16, timestamp: u32) -> Self {
        Self { ssrc, sequence, timestamp, silent: true, packets: 0, bytes: 0 }
    }

    /// The next packet of audio, worth so many ticks of the RTP clock (160 for 20 ms at 8 kHz).
    ///
    /// It carries the marker when it is the first of a talkspurt (RFC 3551 §4.1).
    pub fn audio<'a>(&mut self, payload_type: u8, payload: &'a [u8], ticks: u32) -> Packet<'a> {
        let packet = self.number(self.silent, payload_type, self.timestamp, payload);
        self.silent = false;
        self.timestamp = self.timestamp.wrapping_add(ticks);
        packet
    }

    /// A packet of a key: it takes a sequence number, but bears the time at which the key went down.
    pub fn key<'a>(&mut self, marker: bool, payload_type: u8, timestamp: u32, payload: &'a [u8]) -> Packet<'a> {
        self.number(marker, payload_type, timestamp, payload)
    }

    /// Send on a packet of another stream, numbered by the caller so that its gaps and its order are kept.
    ///
    /// [`Sender::next`] says where such numbers start. Time is the caller's: it goes on passing by [`Sender::skip`].
    pub fn forward<'a>(&mut self, packet: Packet<'a>) -> Packet<'a> {
        let ahead = packet.sequence.wrapping_sub(self.sequence);
        if ahead < 1 << 15 {
            self.sequence = packet.sequence.wrapping_add(1);
        }
        self.packets = self.packets.wrapping_add(1);
        self.bytes = self.bytes.wrapping_add(packet.payload.len() as u32);
        Packet { ssrc: self.ssrc, ..packet }
    }

    /// The sequence number and the time that the next packet will bear.
    pub fn next(&self) -> (u16, u32) {
        (self.sequence, self.timestamp)
    }

    /// Let time pass without audio; the next packet of audio starts a talkspurt.
    pub fn skip(&mut self, ticks: u32) {
        self.timestamp = self.timestamp.wrapping_add(ticks);
        self.silent = true;
    }

    /// The stream that we are.
    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// The time that the next packet of audio will bear.
    pub fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// Packets sent so far; wraps, as in a sender report.
    pub fn packets(&self) -> u32 {
        self.packets
    }

    /// Bytes of payload sent so far; wraps, as in a sender report.
    pub fn bytes(&self) -> u32 {
        self.bytes
    }

    fn number<'a>(&mut self, marker: bool, payload_type: u8, timestamp: u32, payload: &'a [u8]) -> Packet<'a> {
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        self.packets = self.packets.wrapping_add(1);
        self.bytes = self.bytes.wrapping_add(payload.len() as u32);
        Packet { marker, payload_type, sequence, timestamp, ssrc: self.ssrc, payload }
    }
}
