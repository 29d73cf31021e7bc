//! What has been received of the peer's stream (RFC 3550 Appendix A.1, A.3 and A.8).

use super::packet::Packet;
use super::rtcp::Block;
use crate::Micros;

/// Packets further apart than this are of another stream, once a second one confirms it.
const MOST_DROPPED: u16 = 3_000;
const MOST_MISORDERED: u16 = 100;

/// Counts of everything that came, also of streams that the present one replaced.
#[derive(Debug)]
pub(super) struct Reception {
    clock_rate: u32,
    stream: Option<Stream>,
    received_before: u32,
    lost_before: u32,
}

#[derive(Debug)]
struct Stream {
    ssrc: u32,
    first: u32,
    /// Highest sequence number, with the number of times that it wrapped in the upper half.
    highest: u32,
    received: u32,
    doubles: u32,
    /// Which of the last 64 packets came; the lowest bit is the highest packet.
    seen: u64,
    expected_reported: u32,
    received_reported: u32,
    /// The sequence number that would confirm a jump.
    jump: Option<u16>,
    /// In ticks, times 16.
    jitter: u32,
    timestamp: u32,
    transit: u32,
}

impl Reception {
    pub(super) fn new(clock_rate: u32) -> Self {
        Self { clock_rate: clock_rate.max(1), stream: None, received_before: 0, lost_before: 0 }
    }

    pub(super) fn packet(&mut self, packet: &Packet<'_>, now: Micros) {
        let transit = self.ticks(now).wrapping_sub(packet.timestamp);
        match self.stream.as_mut().filter(|stream| stream.ssrc == packet.ssrc) {
            Some(stream) => {
                if !stream.count(packet.sequence) {
                    return;
                }
                stream.measure(packet.timestamp, transit);
            }
            None => {
                self.received_before = self.received();
                self.lost_before = self.lost();
                self.stream = Some(Stream::new(packet, transit));
            }
        }
    }

    pub(super) fn ssrc(&self) -> Option<u32> {
        self.stream.as_ref().map(|stream| stream.ssrc)
    }

    /// Packets that came, doubles not counted.
    pub(super) fn received(&self) -> u32 {
        let present = self.stream.as_ref().map_or(0, Stream::different);
        self.received_before.wrapping_add(present)
    }

    /// Packets that never came.
    pub(super) fn lost(&self) -> u32 {
        let missing = |stream: &Stream| stream.expected().wrapping_sub(stream.different()) as i32;
        let present = self.stream.as_ref().map_or(0, |stream| missing(stream).max(0) as u32);
        self.lost_before.wrapping_add(present)
    }

    pub(super) fn jitter_ms(&self) -> f32 {
        let jitter = self.stream.as_ref().map_or(0, |stream| stream.jitter);
        jitter as f32 / 16.0 * 1000.0 / self.clock_rate as f32
    }

    /// Report on what came since the last report; the times of the peer's own report are left open.
    pub(super) fn report(&mut self) -> Option<Block> {
        let stream = self.stream.as_mut()?;
        let expected = stream.expected().wrapping_sub(stream.expected_reported);
        let received = stream.received.wrapping_sub(stream.received_reported);
        stream.expected_reported = stream.expected();
        stream.received_reported = stream.received;
        let lost = expected.saturating_sub(received);
        Some(Block {
            ssrc: stream.ssrc,
            fraction: (u64::from(lost) * 256).checked_div(u64::from(expected)).unwrap_or(0).min(255) as u8,
            lost: stream.lost().clamp(-0x80_0000, 0x7f_ffff),
            highest: stream.highest,
            jitter: stream.jitter / 16,
            last_report: 0,
            since: 0,
        })
    }

    fn ticks(&self, now: Micros) -> u32 {
        let (seconds, micros, rate) = (now / 1_000_000, now % 1_000_000, u64::from(self.clock_rate));
        (seconds.wrapping_mul(rate) + micros * rate / 1_000_000) as u32
    }
}

impl Stream {
    fn new(packet: &Packet<'_>, transit: u32) -> Self {
        let first = u32::from(packet.sequence);
        Self {
            ssrc: packet.ssrc,
            first,
            highest: first,
            received: 1,
            doubles: 0,
            seen: 1,
            expected_reported: 0,
            received_reported: 0,
            jump: None,
            jitter: 0,
            timestamp: packet.timestamp,
            transit,
        }
    }

    /// False for a packet that is out of all order and not confirmed by its follower.
    fn count(&mut self, sequence: u16) -> bool {
        let ahead = sequence.wrapping_sub(self.highest as u16);
        if ahead < MOST_DROPPED {
            self.highest = self.highest.wrapping_add(u32::from(ahead));
            self.seen = self.seen.checked_shl(u32::from(ahead)).unwrap_or(0);
            self.see(0);
        } else if ahead <= u16::MAX - MOST_MISORDERED {
            if self.jump != Some(sequence) {
                self.jump = Some(sequence.wrapping_add(1));
                return false;
            }
            // The peer started anew without saying so: what was lost before stays lost.
            let (expected, highest) = (self.expected(), u32::from(sequence));
            self.first = highest.wrapping_sub(expected);
            self.highest = highest;
            self.seen = 1;
        } else {
            self.see(u32::from(ahead.wrapping_neg()));
        }
        self.jump = None;
        self.received = self.received.wrapping_add(1);
        true
    }

    /// Mark the packet so far behind the highest; one further back than we look counts as new.
    fn see(&mut self, behind: u32) {
        let bit = 1_u64.checked_shl(behind).unwrap_or(0);
        self.doubles = self.doubles.wrapping_add(u32::from(self.seen & bit != 0));
        self.seen |= bit;
    }

    /// Packets of one key bear one timestamp, and say nothing about the network's jitter.
    fn measure(&mut self, timestamp: u32, transit: u32) {
        if timestamp == self.timestamp {
            return;
        }
        let difference = (transit.wrapping_sub(self.transit) as i32).unsigned_abs().min(1 << 24);
        self.jitter = self.jitter + difference - ((self.jitter + 8) >> 4);
        self.timestamp = timestamp;
        self.transit = transit;
    }

    fn expected(&self) -> u32 {
        self.highest.wrapping_sub(self.first).wrapping_add(1)
    }

    fn different(&self) -> u32 {
        self.received.wrapping_sub(self.doubles)
    }

    /// As reports count it (RFC 3550 Appendix A.3): doubles make up for packets that never came.
    fn lost(&self) -> i32 {
        self.expected().wrapping_sub(self.received) as i32
    }
}
