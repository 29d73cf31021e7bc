//! What the exchange hears of legs: the audio of one side of each, kept until it is taken.
//!
//! Rule 1: `Heard` is told once for all that is waiting: 100 ms at least, and more where the exchange is late.
//! Rule 2: an exchange that is too late loses what is oldest, and `lost_ms` says how much of it. Simulated legs do not
//! live on beyond a `Heard` before the exchange has had its turn, so that nothing of them is lost.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookflash_media::Frame;
use hookflash_media::graph::Tap;

use crate::protocol::{LegId, OpId};

/// So many samples are worth an event: 100 ms.
const PIECE: usize = 800;

/// Most samples that wait in one ear: half a minute.
const MOST_WAITING: usize = 30 * 8_000;

/// Samples in a millisecond.
const PER_MS: u64 = 8;

/// All ears, shared by who opens them and who takes what they heard.
#[derive(Default)]
pub struct Ears {
    open: Mutex<HashMap<(LegId, OpId), Heard>>,
    lost: Arc<AtomicU64>,
}

/// Filled where a leg lives, taken from outside.
type Heard = Arc<Mutex<Waiting>>;

#[derive(Default)]
struct Waiting {
    samples: VecDeque<i16>,
    is_told: bool,
}

impl Ears {
    /// An ear on one side of a leg, or on both; `close` it once.
    pub fn open(&self, leg: LegId, op: OpId, track: &str) -> Box<dyn Tap> {
        let waiting = Heard::default();
        lock(&self.open).insert((leg, op), Arc::clone(&waiting));
        let (said, heard) = match track {
            "outbound" => (false, true),
            "both" => (true, true),
            _ => (true, false),
        };
        Box::new(Ear { said, heard, waiting, lost: Arc::clone(&self.lost) })
    }

    /// Takes what waits; nothing when there is no such ear.
    pub fn take(&self, leg: LegId, op: OpId) -> Vec<i16> {
        let Some(waiting) = lock(&self.open).get(&(leg, op)).cloned() else { return Vec::new() };
        let mut waiting = lock(&waiting);
        waiting.is_told = false;
        waiting.samples.drain(..).collect()
    }

    /// Nobody will take what it hears any more.
    pub fn close(&self, leg: LegId, op: OpId) {
        lock(&self.open).remove(&(leg, op));
    }

    /// How much audio was lost because it was taken too late, since the start.
    pub fn lost_ms(&self) -> u64 {
        self.lost.load(Ordering::Relaxed) / PER_MS
    }
}

struct Ear {
    said: bool,
    heard: bool,
    waiting: Heard,
    lost: Arc<AtomicU64>,
}

impl Tap for Ear {
    fn hear(&mut self, said: &Frame, heard: &Frame) -> bool {
        let mut waiting = lock(&self.waiting);
        match (self.said, self.heard) {
            (true, true) => waiting.samples.extend(said.iter().zip(heard).map(|(&a, &b)| a.saturating_add(b))),
            (false, _) => waiting.samples.extend(heard),
            (true, false) => waiting.samples.extend(said),
        }
        let late = waiting.samples.len().saturating_sub(MOST_WAITING);
        if late > 0 {
            waiting.samples.drain(..late);
            self.lost.fetch_add(late as u64, Ordering::Relaxed);
        }
        let tells = !waiting.is_told && waiting.samples.len() >= PIECE;
        waiting.is_told |= tells;
        tells
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Samples are appended and taken whole: a panic in between leaves nothing that is half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: usize = 160;

    fn frame(value: i16) -> Frame {
        [value; FRAME]
    }

    /// A hundred milliseconds are told once, until they are taken; what was taken is told no more.
    #[test]
    fn a_piece_is_told_once() {
        let ears = Ears::default();
        let mut ear = ears.open(1, 2, "inbound");
        let told: Vec<bool> = (0..8).map(|n| ear.hear(&frame(n), &frame(9))).collect();
        assert_eq!(told, [false, false, false, false, true, false, false, false]);
        let samples = ears.take(1, 2);
        assert_eq!(samples.len(), 8 * FRAME);
        assert_eq!((samples[0], samples[8 * FRAME - 1]), (0, 7));
        assert!(ears.take(1, 2).is_empty());
        assert!((0..5).map(|_| ear.hear(&frame(1), &frame(9))).last().unwrap());
    }

    /// Each side by itself, and both added up.
    #[test]
    fn the_track_is_chosen() {
        let ears = Ears::default();
        for (track, value) in [("inbound", 1), ("outbound", 2), ("both", 3)] {
            ears.open(1, 1, track).hear(&frame(1), &frame(2));
            assert_eq!(ears.take(1, 1), frame(value), "{track}");
        }
    }

    /// Half a minute waits, no more; what is lost is the oldest, and is counted.
    #[test]
    fn the_oldest_is_lost() {
        let ears = Ears::default();
        let mut ear = ears.open(1, 1, "inbound");
        for n in 0..1_550 {
            ear.hear(&frame(n), &frame(0));
        }
        let samples = ears.take(1, 1);
        assert_eq!((samples.len(), samples[0], ears.lost_ms()), (MOST_WAITING, 50, 1_000));
        ears.close(1, 1);
        ear.hear(&frame(1), &frame(1));
        assert!(ears.take(1, 1).is_empty());
    }
}
