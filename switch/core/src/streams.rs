//! Audio that is fed while it plays, by number.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookflash_media::graph::{Pen, Sound};

/// Streams that are kept for who plays them late or again; the oldest goes first.
const KEPT: usize = 512;

/// Longest audio of a stream: an hour, in samples.
const MOST_SAMPLES: usize = 3_600 * 8_000;

/// All streams, shared by who feeds and who plays.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<Table>>);

#[derive(Default)]
struct Table {
    streams: HashMap<u64, Stream>,
    order: VecDeque<u64>,
    /// The starts of pipes that nobody has taken yet.
    pipes: HashMap<u64, Sound>,
}

struct Stream {
    sound: Sound,
    pen: Option<Pen>,
    samples: usize,
}

impl Streams {
    /// The audio of a stream, which may begin later.
    pub fn sound(&self, number: u64) -> Sound {
        let mut table = self.lock();
        match table.pipes.remove(&number) {
            Some(sound) => sound,
            None => Arc::clone(&table.stream(number).sound),
        }
    }

    /// The writing end of a stream that goes to the one who asks for it first, and is not kept.
    pub fn pipe(&self, number: u64) -> Pen {
        let (sound, pen) = Pen::new();
        self.lock().pipes.insert(number, sound);
        pen
    }

    /// Appends to a stream; nothing at all ends it. What comes after the end, or above an hour, is dropped.
    pub fn feed(&self, number: u64, samples: &[i16]) {
        let mut table = self.lock();
        let stream = table.stream(number);
        stream.samples += samples.len();
        if samples.is_empty() || stream.samples > MOST_SAMPLES {
            if let Some(pen) = stream.pen.take() {
                pen.end();
            }
        } else if let Some(pen) = &mut stream.pen {
            pen.write(samples);
        }
    }

    /// Drops the start of a pipe that nobody has taken.
    pub fn forget(&self, number: u64) {
        self.lock().pipes.remove(&number);
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn stream(&mut self, number: u64) -> &mut Stream {
        if !self.streams.contains_key(&number) {
            self.make_room();
            self.order.push_back(number);
        }
        self.streams.entry(number).or_insert_with(|| {
            let (sound, pen) = Pen::new();
            Stream { sound, pen: Some(pen), samples: 0 }
        })
    }

    fn make_room(&mut self) {
        while self.order.len() >= KEPT {
            let oldest = self.order.pop_front().and_then(|number| self.streams.remove(&number));
            if let Some(pen) = oldest.and_then(|stream| stream.pen) {
                pen.end();
            }
        }
    }
}
