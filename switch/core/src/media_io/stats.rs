//! How the media threads keep up.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters of one media thread: it writes, anybody reads.
#[derive(Debug, Default)]
pub struct Stats {
    legs: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
    unsent: AtomicU64,
    late: AtomicU64,
    behind_us: AtomicU64,
    worst_us: AtomicU64,
}

/// What the counters say.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Legs with audio, now.
    pub legs: u64,
    /// Packets of RTP.
    pub sent: u64,
    /// Datagrams.
    pub received: u64,
    /// Packets that the system did not take.
    pub unsent: u64,
    /// Packets that went out more than 20 ms after their time.
    pub late: u64,
    /// How late the last ticks were, on average (us).
    pub behind_us: u64,
    /// How late the latest of all ticks was (us).
    pub worst_us: u64,
}

/// Later than this is late (us).
const LATE: u64 = 20_000;

/// Over about so many ticks their lateness is averaged: a machine that holds its breath once is not overloaded.
const LAST: u64 = 16;

impl Stats {
    /// What they say now.
    pub fn counts(&self) -> Counts {
        Counts {
            legs: self.legs.load(Relaxed),
            sent: self.sent.load(Relaxed),
            received: self.received.load(Relaxed),
            unsent: self.unsent.load(Relaxed),
            late: self.late.load(Relaxed),
            behind_us: self.behind_us.load(Relaxed),
            worst_us: self.worst_us.load(Relaxed),
        }
    }

    pub(super) fn legs(&self, legs: usize) {
        self.legs.store(legs as u64, Relaxed);
        if legs == 0 {
            self.behind_us.store(0, Relaxed); // nothing ticks any more
        }
    }

    pub(super) fn received(&self) {
        self.received.fetch_add(1, Relaxed);
    }

    /// A packet was handed to the system, so long after its time.
    pub(super) fn sent(&self, is_taken: bool, behind: u64) {
        self.sent.fetch_add(1, Relaxed);
        if !is_taken {
            self.unsent.fetch_add(1, Relaxed);
        }
        if behind > LATE {
            self.late.fetch_add(1, Relaxed);
        }
    }

    pub(super) fn ticked(&self, behind: u64) {
        let average = (self.behind_us.load(Relaxed) * (LAST - 1) + behind) / LAST;
        self.behind_us.store(average, Relaxed);
        self.worst_us.fetch_max(behind, Relaxed);
    }
}

impl Counts {
    /// Both threads' together.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            legs: self.legs + other.legs,
            sent: self.sent + other.sent,
            received: self.received + other.received,
            unsent: self.unsent + other.unsent,
            late: self.late + other.late,
            behind_us: self.behind_us.max(other.behind_us),
            worst_us: self.worst_us.max(other.worst_us),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_late_tick_is_not_a_late_thread_and_many_are() {
        let stats = Stats::default();
        stats.ticked(200_000);
        assert!(stats.counts().behind_us < LATE);
        (0..100).for_each(|_| stats.ticked(50_000));
        assert!(stats.counts().behind_us > 2 * LATE);
        stats.legs(0);
        assert_eq!(stats.counts().behind_us, 0, "nobody is kept waiting by a thread without legs");
    }
}
