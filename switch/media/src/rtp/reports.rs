//! The reports of a leg (RTCP, RFC 3550 §6): ours about the peer's stream, and the peer's about ours.

use super::packet::{Malformed, Packet};
use super::reception::Reception;
use super::rtcp::{self, Rtcp, Sent};
use super::sender::Sender;
use crate::Micros;

/// The mean interval between reports (RFC 3550 §6.2): two parties never need more bandwidth than it allows.
const INTERVAL: f64 = 5_000_000.0;

/// What the halved lower bound and the spread take from the mean is made up for (RFC 3550 §6.3.1): e - 3/2.
const COMPENSATION: f64 = 1.218_28;

/// A round trip beyond this is a peer's mistake.
const LONGEST_ROUND_TRIP: u32 = 10 << 16;

/// Both directions of a leg's reports.
#[derive(Debug)]
pub struct Reports {
    reception: Reception,
    random: Random,
    name: [u8; 16],
    next: Micros,
    /// Packets that we had sent at our last report.
    reported: u32,
    report: Option<SenderReport>,
    round_trip: Option<u32>,
    lost_there: Option<u8>,
    gone: bool,
}

/// The last sender report that came.
#[derive(Debug)]
struct SenderReport {
    ssrc: u32,
    middle: u32,
    came: Micros,
}

impl Reports {
    /// For a stream whose RTP clock runs at `clock_rate` Hz. `seed` is random: it makes our name and spreads the
    /// reports.
    pub fn new(clock_rate: u32, seed: u64, now: Micros) -> Self {
        let mut random = Random(seed);
        let name = format!("{:016x}", random.next()).into_bytes();
        let mut reports = Self {
            reception: Reception::new(clock_rate),
            random,
            name: name.try_into().unwrap_or([b'0'; 16]),
            next: now,
            reported: 0,
            report: None,
            round_trip: None,
            lost_there: None,
            gone: false,
        };
        reports.next = now + reports.interval() / 2; // the first comes sooner (RFC 3550 §6.2)
        reports
    }

    /// Count a packet that came, whatever it carries.
    pub fn received(&mut self, packet: &Packet<'_>, now: Micros) {
        self.reception.packet(packet, now);
    }

    /// Take a compound of RTCP. What was well-formed in it has been taken even when it ends in an error.
    pub fn take(&mut self, datagram: &[u8], ours: u32, now: Micros) -> Result<(), Malformed> {
        for packet in rtcp::parse(datagram) {
            match packet? {
                Rtcp::SenderReport { ssrc, ntp, blocks } => {
                    self.report = Some(SenderReport { ssrc, middle: (ntp >> 16) as u32, came: now });
                    self.take_blocks(blocks, ours, now);
                }
                Rtcp::ReceiverReport { blocks } => self.take_blocks(blocks, ours, now),
                Rtcp::Goodbye { sources } => {
                    let peer = self.reception.ssrc();
                    self.gone |= sources.iter().any(|source| Some(source) == peer);
                }
                Rtcp::Other => {}
            }
        }
        Ok(())
    }

    /// Write a compound over whatever `into` held, when one is due: a report and our name.
    pub fn poll(&mut self, sender: &Sender, now: Micros, into: &mut Vec<u8>) -> bool {
        if now < self.next {
            return false;
        }
        self.next = now + self.interval();
        into.clear();
        self.write(sender, now, into);
        true
    }

    /// Write the compound that ends our stream over whatever `into` held.
    pub fn goodbye(&mut self, sender: &Sender, now: Micros, into: &mut Vec<u8>) {
        into.clear();
        self.write(sender, now, into);
        rtcp::write_goodbye(sender.ssrc(), into);
    }

    /// When the next compound is due.
    pub fn next(&self) -> Micros {
        self.next
    }

    /// Packets that came, doubles not counted.
    pub fn packets(&self) -> u32 {
        self.reception.received()
    }

    /// Packets that never came.
    pub fn lost(&self) -> u32 {
        self.reception.lost()
    }

    /// Interarrival jitter (RFC 3550 §6.4.1) of what came, in milliseconds.
    pub fn jitter_ms(&self) -> f32 {
        self.reception.jitter_ms()
    }

    /// Time to the peer and back, in milliseconds, once it has reported on our reports.
    pub fn round_trip_ms(&self) -> Option<f32> {
        self.round_trip.map(|units| units as f32 * 1000.0 / 65_536.0)
    }

    /// Share of our packets that the peer missed between its last two reports, 0 to 1.
    pub fn lost_there(&self) -> Option<f32> {
        self.lost_there.map(|fraction| f32::from(fraction) / 256.0)
    }

    /// Whether the peer has said that its stream is over.
    pub fn is_gone(&self) -> bool {
        self.gone
    }

    fn take_blocks(&mut self, blocks: rtcp::Blocks<'_>, ours: u32, now: Micros) {
        for block in blocks.iter().filter(|block| block.ssrc == ours) {
            self.lost_there = Some(block.fraction);
            if block.last_report != 0 {
                let round_trip = (ntp(now) >> 16) as u32;
                let round_trip = round_trip.wrapping_sub(block.last_report).wrapping_sub(block.since);
                if round_trip <= LONGEST_ROUND_TRIP {
                    self.round_trip = Some(round_trip);
                }
            }
        }
    }

    fn write(&mut self, sender: &Sender, now: Micros, into: &mut Vec<u8>) {
        let sent =
            Sent { ntp: ntp(now), timestamp: sender.timestamp(), packets: sender.packets(), bytes: sender.bytes() };
        let sending = sent.packets != self.reported;
        self.reported = sent.packets;
        let block = self.reception.report().map(|mut block| {
            if let Some(report) = self.report.as_ref().filter(|report| report.ssrc == block.ssrc) {
                block.last_report = report.middle;
                block.since = (ntp(now.saturating_sub(report.came)) >> 16) as u32;
            }
            block
        });
        rtcp::write_report(sender.ssrc(), sending.then_some(&sent), block.as_ref(), into);
        rtcp::write_name(sender.ssrc(), &self.name, into);
    }

    /// The mean interval, spread between a half and one and a half of it.
    fn interval(&mut self) -> Micros {
        let spread = 0.5 + self.random.next() as f64 / u64::MAX as f64;
        (INTERVAL * spread / COMPENSATION) as Micros
    }
}

/// The caller's clock as an NTP time: seconds, and 2^32ths of one. Peers only compare such times with each other
/// (RFC 3550 §6.4.1 lets a host without wallclock count from any moment).
fn ntp(now: Micros) -> u64 {
    let (seconds, micros) = (now / 1_000_000, now % 1_000_000);
    (seconds << 32) | ((micros << 32) / 1_000_000)
}

/// SplitMix64: spreads a seed over names and intervals; not for secrets.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
