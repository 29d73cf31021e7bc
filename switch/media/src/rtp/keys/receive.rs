//! Keys that the far end presses.
//!
//! A key is one event, told from the next by its timestamp: however often its packets are sent,
//! doubled, lost or swapped, it goes down once and up once.

use super::key_of;
use crate::Micros;
use crate::rtp::packet::Packet;

/// What happened to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyEvent {
    /// It went down.
    Down {
        /// 0-9, *, #, A-D.
        key: char,
    },
    /// It went up again.
    Up {
        /// 0-9, *, #, A-D.
        key: char,
        /// How long it was down, in milliseconds, as far as we know.
        ms: u32,
    },
}

/// A key of which nothing more comes has gone up, even when all of its end packets were lost.
const LET_GO: Micros = 200_000;

/// A packet this much older than the last key is a straggler; one still older is of a clock that jumped.
const STRAGGLER_SECONDS: u32 = 10;

/// Longest duration that a packet can say; a longer event goes on in segments (RFC 4733 §2.5.1.3).
const SEGMENT: u32 = 0xffff;

/// The receiving end of one leg's telephone-events.
#[derive(Debug)]
pub struct KeyReceiver {
    clock_rate: u32,
    last: Option<Event>,
}

/// The last event that was heard of.
#[derive(Debug)]
struct Event {
    ssrc: u32,
    key: char,
    /// Of its present segment.
    timestamp: u32,
    /// Of the segments before, and of the present one, in ticks.
    before: u32,
    duration: u32,
    down: bool,
    heard: Micros,
}

/// The four bytes that say it all (RFC 4733 §2.3).
struct Report {
    key: char,
    end: bool,
    duration: u32,
}

impl KeyReceiver {
    /// For events whose clock runs at `clock_rate` Hz, that of the codec beside them.
    pub fn new(clock_rate: u32) -> Self {
        Self { clock_rate: clock_rate.max(1), last: None }
    }

    /// Take a packet of the negotiated type. What is not a key (flash, tones, rubbish) is passed over.
    pub fn push(&mut self, packet: &Packet<'_>, now: Micros) -> impl Iterator<Item = KeyEvent> + use<> {
        self.take(packet, now).into_iter().flatten()
    }

    /// Let time pass: a key whose end never came goes up.
    pub fn tick(&mut self, now: Micros) -> Option<KeyEvent> {
        let last = self.last.as_ref()?;
        if last.down && now.saturating_sub(last.heard) >= LET_GO { self.let_go() } else { None }
    }

    /// At most: the end of the last key, the start of this one, and its end.
    fn take(&mut self, packet: &Packet<'_>, now: Micros) -> [Option<KeyEvent>; 3] {
        let Some(report) = Report::parse(packet.payload) else { return [None; 3] };
        if self.is_old(packet) {
            return [None; 3];
        }
        if self.is_known(packet, &report) {
            return [self.go_on(packet.timestamp, &report, now), None, None];
        }

        let before = self.let_go();
        self.last = Some(Event {
            ssrc: packet.ssrc,
            key: report.key,
            timestamp: packet.timestamp,
            before: 0,
            duration: report.duration,
            down: true,
            heard: now,
        });
        let end = if report.end { self.let_go() } else { None };
        [before, Some(KeyEvent::Down { key: report.key }), end]
    }

    /// Whether a packet is a straggler of a key before the last.
    fn is_old(&self, packet: &Packet<'_>) -> bool {
        self.last.as_ref().is_some_and(|last| {
            let behind = last.timestamp.wrapping_sub(packet.timestamp);
            let recently = self.clock_rate.saturating_mul(STRAGGLER_SECONDS);
            last.ssrc == packet.ssrc && behind > 0 && behind <= recently
        })
    }

    /// Whether a packet is about the last key, or about another segment of it.
    fn is_known(&self, packet: &Packet<'_>, report: &Report) -> bool {
        self.last.as_ref().is_some_and(|last| {
            let ahead = packet.timestamp.wrapping_sub(last.timestamp);
            let segment = ahead == SEGMENT && last.down && !packet.marker;
            last.ssrc == packet.ssrc && last.key == report.key && (ahead == 0 || segment)
        })
    }

    fn go_on(&mut self, timestamp: u32, report: &Report, now: Micros) -> Option<KeyEvent> {
        let last = self.last.as_mut().filter(|last| last.down)?;
        if timestamp == last.timestamp {
            last.duration = last.duration.max(report.duration);
        } else {
            last.before = last.before.saturating_add(SEGMENT);
            last.timestamp = timestamp;
            last.duration = report.duration;
        }
        last.heard = now;
        if report.end { self.let_go() } else { None }
    }

    fn let_go(&mut self) -> Option<KeyEvent> {
        let last = self.last.as_mut().filter(|last| last.down)?;
        last.down = false;
        let ticks = u64::from(last.before) + u64::from(last.duration);
        let ms = (ticks * 1000 / u64::from(self.clock_rate)).min(u64::from(u32::MAX)) as u32;
        Some(KeyEvent::Up { key: last.key, ms })
    }
}

impl Report {
    /// `None` for what is too short or not a key. Only the first event of a packet is read: keys are never packed.
    fn parse(payload: &[u8]) -> Option<Self> {
        let [event, flags, d0, d1] = *payload.first_chunk::<4>()?;
        let duration = u32::from(u16::from_be_bytes([d0, d1]));
        Some(Self { key: key_of(event)?, end: flags & 0x80 != 0, duration })
    }
}
