//! The jitter buffer: packets go in as they come, audio comes out in order and in time.
//!
//! Playing has a position in the stream's own time, which moves by what [`Jitter::pop`] yields. How
//! far it stays behind the fastest packet is the buffer's delay, and one rule holds that near its
//! target: silence is stretched or cut freely, audio is concealed or skipped one frame at a time
//! when the delay is off by too much. The same rule so follows the network's jitter and the drift
//! between the sender's clock and ours.

mod delay;
mod slots;
mod stream;

pub use delay::Depth;

use self::slots::Slots;
use self::stream::{Due, Stream, Verdict};
use super::packet::{MOST_BYTES, Packet};
use crate::Micros;

/// What is to be heard next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pull<'a> {
    /// A packet, worth as much time as its codec says.
    Frame {
        /// Tells the codec, or comfort noise.
        payload_type: u8,
        /// What the codec made.
        payload: &'a [u8],
    },
    /// Audio that is missing and to be concealed.
    Lost {
        /// At most 20.
        ms: u32,
    },
    /// 20 ms in which the far end is silent, or nothing has come yet.
    Empty,
}

/// What became of the packets that were pushed, over the whole life of the buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Came after their time and were not heard.
    pub late: u32,
    /// Came again.
    pub duplicates: u32,
    /// Came in time, but were passed over to bring the delay down.
    pub skipped: u32,
    /// Milliseconds that were concealed.
    pub concealed_ms: u32,
}

/// A buffer for the audio of one leg.
#[derive(Debug)]
pub struct Jitter {
    clock_rate: i64,
    depth: Depth,
    slots: Slots,
    stream: Option<Stream>,
    quiet: bool,
    counts: Counts,
}

impl Jitter {
    /// An empty buffer for a codec whose RTP clock runs at `clock_rate` Hz.
    pub fn new(clock_rate: u32, depth: Depth) -> Self {
        Self {
            clock_rate: i64::from(clock_rate.max(1)),
            depth,
            slots: Slots::new(),
            stream: None,
            quiet: false,
            counts: Counts::default(),
        }
    }

    /// Change the bounds of the delay; it moves there as if the network had changed.
    pub fn set_depth(&mut self, depth: Depth) {
        self.depth = depth;
        if let Some(stream) = &mut self.stream {
            stream.delay.bound(depth);
        }
    }

    /// Take a packet of audio that came at `now`. Another SSRC starts the buffer anew.
    pub fn push(&mut self, packet: &Packet<'_>, now: Micros) {
        if packet.payload.len() > MOST_BYTES {
            return;
        }
        let stream = match &mut self.stream {
            Some(stream) if stream.ssrc == packet.ssrc => stream,
            _ => return self.start(packet, now),
        };
        if self.slots.knows(stream.place(packet).0) {
            self.counts.duplicates = self.counts.duplicates.saturating_add(1);
            return;
        }
        match stream.judge(packet, now) {
            Verdict::Fits => self.keep(packet, now),
            Verdict::Anew => self.start(packet, now),
            Verdict::Stray => self.counts.late = self.counts.late.saturating_add(1),
        }
    }

    /// Note a packet that is not audio (a pressed key), so that it is not taken for a lost one.
    pub fn pass(&mut self, packet: &Packet<'_>) {
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.ssrc == packet.ssrc) else {
            return;
        };
        let (sequence, time) = stream.place(packet);
        if !self.slots.knows(sequence) && stream.awaits(sequence) {
            let first = stream.note_other(sequence);
            self.skip(first);
            self.slots.put(sequence, time, packet, false);
        }
    }

    /// Say whether what was pulled last sounded like silence: there, the delay is mended unheard.
    pub fn quiet(&mut self, quiet: bool) {
        self.quiet = quiet;
    }

    /// What is to be heard next. Call it whenever less than 20 ms of decoded audio are in hand.
    pub fn pop(&mut self, now: Micros) -> Pull<'_> {
        let Some(stream) = &mut self.stream else { return Pull::Empty };
        let (due, skipped) = stream.due(&mut self.slots, self.quiet, now);
        self.counts.skipped = self.counts.skipped.saturating_add(skipped);
        match due {
            Due::Frame(sequence) => match self.slots.release(sequence) {
                Some(slot) => Pull::Frame { payload_type: slot.payload_type, payload: &slot.payload },
                None => Pull::Empty,
            },
            Due::Conceal(micros) => {
                let ms = (micros / 1000) as u32;
                self.counts.concealed_ms = self.counts.concealed_ms.saturating_add(ms);
                Pull::Lost { ms }
            }
            Due::Silence => Pull::Empty,
        }
    }

    /// What became of all packets so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The waiting time that is aimed at on the present network, in milliseconds.
    pub fn delay_ms(&self) -> u32 {
        self.stream.as_ref().map_or(0, |stream| (stream.delay.target() / 1000) as u32)
    }

    fn start(&mut self, packet: &Packet<'_>, now: Micros) {
        self.slots.clear();
        self.stream = Some(Stream::new(packet, self.clock_rate, self.depth, now));
        self.keep(packet, now);
    }

    fn keep(&mut self, packet: &Packet<'_>, now: Micros) {
        let Some(stream) = &mut self.stream else { return };
        let (sequence, time) = stream.place(packet);
        let first = stream.note(packet, now);
        self.skip(first);
        self.slots.put(sequence, time, packet, true);
    }

    /// Make room: packets before `first` have waited for longer than there are slots.
    fn skip(&mut self, first: i64) {
        let skipped = self.slots.release_before(first);
        self.counts.skipped = self.counts.skipped.saturating_add(skipped);
    }
}
