//! Events on their way to the exchange: a bounded queue that any thread may fill, with a file descriptor that is
//! readable while something waits. Bounded by refusing work, not by dropping: see `Ring::is_crowded`.

use std::collections::VecDeque;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::clock::Micros;
use crate::protocol::Event;
use crate::wake::Bell;

/// The events that wait for the exchange.
pub struct Ring {
    waiting: Mutex<VecDeque<Event>>,
    bell: Bell,
    limit: usize,
    lag: Micros,
    crowded: AtomicBool,
    /// When the oldest event that still waits came; 0: none waits.
    since: AtomicU64,
}

impl Ring {
    /// For `limit` events, and an exchange that takes them within `lag`. Fails when the system has no descriptor left.
    pub fn new(limit: usize, lag: Micros) -> std::io::Result<Self> {
        Ok(Self {
            waiting: Mutex::new(VecDeque::with_capacity(limit.min(1 << 16))),
            bell: Bell::new()?,
            limit,
            lag,
            crowded: AtomicBool::new(false),
            since: AtomicU64::new(0),
        })
    }

    /// Queue an event. Never drops one: a live leg needs each of its events.
    pub fn push(&self, event: Event, now: Micros) {
        let mut waiting = self.lock();
        let was_empty = waiting.is_empty();
        waiting.push_back(event);
        self.crowded.store(waiting.len() >= self.limit, Ordering::Relaxed);
        if was_empty {
            self.since.store(now.max(1), Ordering::Relaxed);
            self.bell.ring();
        }
    }

    /// Take all that wait.
    pub fn drain(&self) -> VecDeque<Event> {
        let mut waiting = self.lock();
        self.bell.quiet();
        self.crowded.store(false, Ordering::Relaxed);
        self.since.store(0, Ordering::Relaxed);
        std::mem::take(&mut *waiting)
    }

    /// Whether the exchange cannot keep up: new calls must be refused until it has caught up.
    pub fn is_crowded(&self, now: Micros) -> bool {
        let since = self.since.load(Ordering::Relaxed);
        self.crowded.load(Ordering::Relaxed) || (since != 0 && now.saturating_sub(since) > self.lag)
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Event>> {
        // A panic while an event was pushed leaves the queue whole: it is either in or not.
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl AsRawFd for Ring {
    fn as_raw_fd(&self) -> RawFd {
        self.bell.as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Happening;

    fn event(leg: u64) -> Event {
        Event { leg, at: 0, what: Happening::Heard { op: 1 } }
    }

    fn drained(ring: &Ring) -> Vec<u64> {
        ring.drain().iter().map(|event| event.leg).collect()
    }

    /// A full ring refuses work and keeps what comes all the same, in order; an empty one takes work again.
    #[test]
    fn a_full_ring_drops_nothing() {
        let ring = Ring::new(3, 200).unwrap();
        for leg in 0..5 {
            assert_eq!(ring.is_crowded(1), leg >= 3);
            ring.push(event(leg), 1);
        }
        assert_eq!(drained(&ring), [0, 1, 2, 3, 4]);
        assert!(!ring.is_crowded(1));
    }

    /// The age of the oldest event counts, not that of the last.
    #[test]
    fn an_exchange_that_lags_is_noticed() {
        let ring = Ring::new(100, 200).unwrap();
        assert!(!ring.is_crowded(10_000));
        ring.push(event(1), 1_000);
        ring.push(event(2), 1_150);
        assert!(!ring.is_crowded(1_200));
        assert!(ring.is_crowded(1_201));
        assert_eq!(drained(&ring), [1, 2]);
        assert!(!ring.is_crowded(9_000));
    }
}
