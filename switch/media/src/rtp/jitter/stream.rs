//! The stream that a jitter buffer plays: where its packets belong, and how far it has been heard.

use super::delay::{Delay, Depth};
use super::slots::{SLOTS, Slots};
use crate::Micros;
use crate::rtp::packet::Packet;

/// Worth of one pull without a packet, in microseconds.
const TICK: i64 = 20_000;

/// Of a stream whose second packet has not come yet.
const USUAL_FRAME: i64 = 20_000;

/// Steps between two timestamps outside of these are no frames, but a silence between two of them.
const FRAMES: std::ops::RangeInclusive<i64> = 2_500..=120_000;

/// Timestamps of clocks that do not divide a microsecond are rounded; less than this is no gap.
const ROUNDING: i64 = 1_000;

/// Concealment fades into silence within this time (G.711 Appendix I); what is missing longer is silence.
const CONCEALED: i64 = 60_000;

/// A delay that is this much too long is not worked off frame by frame but cut at once.
const FLUSHED: i64 = 200_000;

/// How far the delay may be off before a frame is inserted or skipped although the far end is silent.
const SLIGHTLY: i64 = 5_000;

/// Between two frames that are skipped in speech, each of them a small click.
const BETWEEN_SKIPS: Micros = 500_000;

/// Between two frames that are inserted, and between two that are skipped in silence, where nobody hears it.
const BETWEEN_MENDS: Micros = 60_000;

/// Packets further apart than this are of another stream (RFC 3550 Appendix A.1: MAX_MISORDER, MAX_DROPOUT).
const NEAR: std::ops::RangeInclusive<i64> = -100..=3_000;

/// A packet that is so far from its time has another clock.
const FAR: i64 = 2_000_000;

/// A marker on a packet that is later than this says that the sender's clock stood still while it was silent.
const STOOD_STILL: i64 = 200_000;

/// When nothing but late packets came for so long, the path has become longer.
const LATE_RUN: Micros = 100_000;

/// What to do with a packet that has come.
pub(super) enum Verdict {
    /// Keep it until it is due.
    Fits,
    /// Too late, or not of this stream: it is not heard.
    Stray,
    /// The stream starts anew with it.
    Anew,
}

/// What is due.
pub(super) enum Due {
    /// The packet of this unwrapped sequence number.
    Frame(i64),
    /// So many microseconds of concealment.
    Conceal(i64),
    /// A tick of silence.
    Silence,
}

/// Sequence numbers are unwrapped; times are microseconds of the sender's clock, from the first packet on.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) ssrc: u32,
    pub(super) delay: Delay,
    clock_rate: i64,
    highest: i64,
    /// Of the highest packet of audio: as it came, and unwrapped.
    timestamp: u32,
    ticks: i64,
    /// The first packet that has neither been played nor given up.
    next: i64,
    /// Everything before this time has been played or given up.
    position: i64,
    playing: bool,
    /// Length of the packets that come now, and the last step between two.
    frame: i64,
    step: i64,
    /// Since the last frame that was played.
    missing: i64,
    mended: Micros,
    strays: u32,
    strayed: Micros,
}

impl Stream {
    /// A stream of which only its first packet is known.
    pub(super) fn new(packet: &Packet<'_>, clock_rate: i64, depth: Depth, now: Micros) -> Self {
        let first = i64::from(packet.sequence);
        Self {
            ssrc: packet.ssrc,
            delay: Delay::new(depth, now as i64, now),
            clock_rate,
            highest: first - 1,
            timestamp: packet.timestamp,
            ticks: 0,
            next: first,
            position: 0,
            playing: false,
            frame: USUAL_FRAME,
            step: 0,
            missing: CONCEALED,
            mended: now,
            strays: 0,
            strayed: now,
        }
    }

    /// Unwrapped sequence number and time of a packet.
    pub(super) fn place(&self, packet: &Packet<'_>) -> (i64, i64) {
        let steps = packet.sequence.wrapping_sub(self.highest as u16) as i16;
        let sequence = self.highest + i64::from(steps);
        (sequence, self.unwrap(packet.timestamp) * 1_000_000 / self.clock_rate)
    }

    /// Whether a packet that is not known yet is still of use.
    pub(super) fn judge(&mut self, packet: &Packet<'_>, now: Micros) -> Verdict {
        let (sequence, time) = self.place(packet);
        let transit = now as i64 - time;
        let far = !NEAR.contains(&(sequence - self.highest)) || (transit - self.delay.fastest()).abs() > FAR;
        let behind = self.position - time;
        let over = self.playing && (sequence < self.next || behind >= self.frame);
        let late = over || sequence <= self.highest - SLOTS;
        if !far && !late {
            self.strays = 0;
            return Verdict::Fits;
        }

        if !far {
            self.delay.arrived(transit, now);
        }
        if self.strays == 0 {
            self.strayed = now;
        }
        self.strays += 1;
        let moved = self.strays > 2 && now.saturating_sub(self.strayed) >= LATE_RUN;
        let resumed = packet.marker && (far || behind > STOOD_STILL);
        if moved || resumed || (far && self.strays > 1) { Verdict::Anew } else { Verdict::Stray }
    }

    /// Note a packet of audio that fits; the first one that must be kept from now on.
    pub(super) fn note(&mut self, packet: &Packet<'_>, now: Micros) -> i64 {
        let (sequence, time) = self.place(packet);
        self.delay.arrived(now as i64 - time, now);
        if sequence > self.highest {
            if sequence == self.highest + 1 {
                self.learn(time - self.ticks * 1_000_000 / self.clock_rate);
            }
            self.ticks = self.unwrap(packet.timestamp);
            self.timestamp = packet.timestamp;
        }
        if !self.playing {
            self.next = self.next.min(sequence);
            self.position = self.position.min(time);
        }
        self.note_other(sequence)
    }

    /// Note a packet that is not audio; the first one that must be kept from now on.
    pub(super) fn note_other(&mut self, sequence: i64) -> i64 {
        self.highest = self.highest.max(sequence);
        self.next = self.next.max(self.highest - SLOTS + 1);
        self.next
    }

    /// Whether a packet that is not audio stands where one could be missed.
    pub(super) fn awaits(&self, sequence: i64) -> bool {
        sequence >= self.next && NEAR.contains(&(sequence - self.highest))
    }

    /// What is to be heard, and how many packets were skipped for it.
    pub(super) fn due(&mut self, slots: &mut Slots, quiet: bool, now: Micros) -> (Due, u32) {
        let mut excess = self.excess(now);
        if !self.playing && excess < 0 {
            return (Due::Silence, 0);
        }
        self.playing = true;
        self.position += self.surplus(excess, quiet, now);

        let skipped = self.give_up_what_is_over(slots);
        excess = self.excess(now);
        let head = slots.first(self.next, self.highest).map(|slot| (slot.sequence, slot.time));
        let due = match head {
            Some((sequence, time)) if time - self.position > ROUNDING => {
                if sequence == self.next {
                    self.missing = CONCEALED; // the sender made a pause
                }
                let left = self.cross(time - self.position, excess);
                if left > ROUNDING { self.pause(left, excess) } else { self.play(sequence, time) }
            }
            Some((sequence, time)) if !self.too_early(excess, quiet, now) => self.play(sequence, time),
            Some(_) => {
                self.mended = now;
                Due::Conceal(TICK)
            }
            None => {
                self.cross(i64::MAX, excess);
                self.pause(TICK, excess)
            }
        };
        (due, skipped)
    }
}

/// The steps of [`Stream::due`].
impl Stream {
    /// How much longer than its target the delay is at present.
    fn excess(&self, now: Micros) -> i64 {
        now as i64 - self.position - self.delay.fastest() - self.delay.target()
    }

    /// How much audio to skip because the delay is too long.
    fn surplus(&mut self, excess: i64, quiet: bool, now: Micros) -> i64 {
        if excess >= FLUSHED {
            return excess - excess % self.frame;
        }
        let (enough, pause) =
            if quiet { (self.frame + SLIGHTLY, BETWEEN_MENDS) } else { (2 * self.frame, BETWEEN_SKIPS) };
        if excess < enough || now.saturating_sub(self.mended) < pause {
            return 0;
        }
        self.mended = now;
        self.frame
    }

    /// Whether playing now would leave too little time for the packets to come.
    fn too_early(&self, excess: i64, quiet: bool, now: Micros) -> bool {
        let slack = if quiet { SLIGHTLY } else { self.frame / 2 };
        excess < -slack && now.saturating_sub(self.mended) >= BETWEEN_MENDS
    }

    /// Pass over packets that are not audio, and those whose time is over; how many these were.
    fn give_up_what_is_over(&mut self, slots: &mut Slots) -> u32 {
        let mut skipped = 0;
        while let Some(slot) = slots.first(self.next, self.highest) {
            let over = slot.time + self.frame <= self.position;
            if slot.audio && !over {
                break;
            }
            if slot.audio {
                skipped += 1;
            } else {
                self.missing = CONCEALED; // a key was down: there was nothing to hear
            }
            let sequence = slot.sequence;
            slots.release(sequence);
            self.next = sequence + 1;
        }
        skipped
    }

    /// Shorten a gap by what the delay is too long; what is left of it.
    fn cross(&mut self, gap: i64, excess: i64) -> i64 {
        let cut = (excess.max(0) / TICK * TICK).min(gap);
        self.position += cut;
        gap - cut
    }

    /// Let time pass in a gap, or stand still in it while the delay is too short.
    fn pause(&mut self, gap: i64, excess: i64) -> Due {
        let step = gap.min(TICK) / 1000 * 1000;
        if excess >= 0 {
            self.position += step;
        }
        self.missing += step;
        if self.missing <= CONCEALED { Due::Conceal(step) } else { Due::Silence }
    }

    fn play(&mut self, sequence: i64, time: i64) -> Due {
        self.next = sequence + 1;
        self.position = time + self.frame;
        self.missing = 0;
        Due::Frame(sequence)
    }

    /// Two equal steps between neighbours are the length of a frame.
    fn learn(&mut self, step: i64) {
        if FRAMES.contains(&step) && (step == self.step || self.step == 0) {
            self.frame = step;
        }
        self.step = step;
    }

    fn unwrap(&self, timestamp: u32) -> i64 {
        self.ticks + i64::from(timestamp.wrapping_sub(self.timestamp) as i32)
    }
}
