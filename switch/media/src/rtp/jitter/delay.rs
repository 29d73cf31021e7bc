//! How late packets come, and how long audio has to wait so that nearly all of it is there in time.

use crate::Micros;

/// Bounds of the waiting time, in milliseconds; equal bounds make a buffer of fixed size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// Wait so long on a network without jitter.
    pub least_ms: u16,
    /// Never aim for more, however late packets come.
    pub most_ms: u16,
}

impl Default for Depth {
    fn default() -> Self {
        Self::LARGE
    }
}

impl Depth {
    /// Play what is there: only the phase between packets and ticks is waited for.
    pub const OFF: Self = Self { least_ms: 0, most_ms: 0 };
    /// For people who talk over a good network.
    pub const SMALL: Self = Self { least_ms: 10, most_ms: 60 };
    /// For people who talk over a fair one.
    pub const MEDIUM: Self = Self { least_ms: 10, most_ms: 120 };
    /// For any network; a quiet one still costs only 10 to 30 ms.
    pub const LARGE: Self = Self { least_ms: 10, most_ms: 240 };
}

const BUCKETS: usize = 32;
const BUCKET_MICROS: i64 = 8_000;

/// Halving the counts here lets a packet weigh on the depth for 5 to 10 s of 20 ms frames.
const COUNTED: u16 = 512;

/// One packet in this many may come too late: concealing 3 % costs less than making everybody wait.
const LATE_ONE_IN: u16 = 33;

/// As long as the wait is no longer than this, it costs less than concealing even one in a few hundred.
const CHEAP: i64 = 20_000;
const LATE_ONE_IN_IF_CHEAP: u16 = 300;

/// Packets that come together were held up by one thing, and count as one: the first of them, which waited longest.
const TOGETHER: Micros = 5_000;

/// The fastest packet is looked for among those of the last 2 to 4 s: long enough to meet one that did not queue,
/// short enough that a clock which is 500 ppm off moves it by 2 ms at most.
const WINDOW: Micros = 2_000_000;

/// Transit times of a stream: arrival minus timestamp, in microseconds. The zero is arbitrary, so only differences
/// tell anything.
#[derive(Debug)]
pub(super) struct Delay {
    depth: Depth,
    earlier: i64,
    recent: i64,
    rolled: Micros,
    counted: Micros,
    counts: [u16; BUCKETS],
    total: u16,
    target: i64,
}

impl Delay {
    /// Start with a stream's first packet.
    pub(super) fn new(depth: Depth, transit: i64, now: Micros) -> Self {
        Self {
            depth,
            earlier: transit,
            recent: transit,
            rolled: now,
            counted: 0,
            counts: [0; BUCKETS],
            total: 0,
            target: i64::from(depth.least_ms) * 1000,
        }
    }

    /// Take another packet's transit time into account.
    pub(super) fn arrived(&mut self, transit: i64, now: Micros) {
        if now.saturating_sub(self.rolled) >= WINDOW {
            self.earlier = self.recent;
            self.recent = transit;
            self.rolled = now;
        }
        self.recent = self.recent.min(transit);
        if now.saturating_sub(self.counted) >= TOGETHER {
            self.counted = now;
            self.count(transit - self.fastest());
        }
    }

    /// Change the bounds of a live stream.
    pub(super) fn bound(&mut self, depth: Depth) {
        self.depth = depth;
        self.aim();
    }

    /// The transit time of a packet that did not queue anywhere.
    pub(super) fn fastest(&self) -> i64 {
        self.earlier.min(self.recent)
    }

    /// How long to wait behind the fastest packet, in microseconds.
    pub(super) fn target(&self) -> i64 {
        self.target
    }

    /// Count a packet that came so long after the fastest.
    fn count(&mut self, behind: i64) {
        let bucket = (behind / BUCKET_MICROS) as usize;
        self.counts[bucket.min(BUCKETS - 1)] += 1;
        self.total += 1;
        if self.total >= COUNTED {
            self.counts.iter_mut().for_each(|count| *count /= 2);
            self.total = self.counts.iter().sum();
        }
        self.aim();
    }

    /// Aim for the depth at which nearly all of the recent packets would have been in time.
    fn aim(&mut self) {
        let cheap = self.wait_for_all_but(LATE_ONE_IN_IF_CHEAP).min(CHEAP);
        let wanted = self.wait_for_all_but(LATE_ONE_IN).max(cheap);
        let (least, most) = (i64::from(self.depth.least_ms) * 1000, i64::from(self.depth.most_ms) * 1000);
        self.target = wanted.min(most).max(least);
    }

    /// How long a wait would have been long enough for all recent packets but one in so many.
    fn wait_for_all_but(&self, one_in: u16) -> i64 {
        let allowed = self.total / one_in;
        let mut late = 0;
        let reached = self.counts.iter().rposition(|count| {
            late += count;
            late > allowed
        });
        reached.map_or(0, |bucket| (bucket as i64 + 1) * BUCKET_MICROS)
    }
}
