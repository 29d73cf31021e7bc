//! A voice from one clock to another: frames go in on the one, and are played as a stream on the other.
//!
//! Neither waits for the other. Who plays and finds nothing plays nothing for 20 ms; who falls behind, because the other
//! clock is faster or was held up for a moment, is brought back: silence is left out while it is a little behind, and
//! speech once it is far behind.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use hookflash_media::Frame;
use hookflash_media::graph::{Pen, Piece};

use crate::streams::Streams;

/// So many frames behind is a little: as far as the reading side is jittered (80 ms).
const LITTLE: usize = 4;

/// And so many are far (200 ms).
const FAR: usize = 10;

/// The writing end; dropped, it ends the stream.
pub struct Pipe {
    streams: Streams,
    stream: u64,
    pen: Option<Pen>,
    /// The last frames, the newest at the end: one that still exists has not been played.
    last: VecDeque<Weak<Piece>>,
    catches_up: bool,
}

impl Pipe {
    /// Whoever plays `stream` next plays what goes in.
    pub fn new(streams: &Streams, stream: u64) -> Self {
        let pen = Some(streams.pipe(stream));
        Self { streams: streams.clone(), stream, pen, last: VecDeque::with_capacity(FAR + 1), catches_up: false }
    }

    /// The next 20 ms.
    pub fn say(&mut self, frame: &Frame) {
        let is_behind = self.waits(LITTLE);
        self.catches_up = is_behind && (self.catches_up || self.waits(FAR));
        if is_behind && (self.catches_up || frame.iter().all(|&sample| sample == 0)) {
            return;
        }
        if let Some(piece) = self.pen.as_mut().and_then(|pen| pen.write(frame)) {
            self.last.push_back(Arc::downgrade(piece));
        }
        if self.last.len() > FAR {
            self.last.pop_front();
        }
    }

    /// Whether so many frames have not been played yet.
    fn waits(&self, frames: usize) -> bool {
        let oldest = self.last.len().checked_sub(frames).and_then(|at| self.last.get(at));
        oldest.is_some_and(|piece| piece.strong_count() > 0)
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.streams.forget(self.stream);
        self.pen.take().into_iter().for_each(Pen::end);
    }
}

#[cfg(test)]
mod tests {
    use hookflash_media::FRAME;
    use hookflash_media::graph::{Next, Sound};

    use super::*;

    /// Plays frame by frame, as a player does: it holds what it played last.
    struct Reader {
        start: Sound,
        at: Option<Arc<Piece>>,
    }

    impl Reader {
        fn next(&mut self) -> Option<i16> {
            let next = match &self.at {
                None => self.start.get(),
                Some(piece) => piece.next(),
            };
            let Some(Next::Piece(piece)) = next else { return None };
            let piece = Arc::clone(piece);
            self.start = Sound::default();
            let sample = piece.linear[0];
            self.at = Some(piece);
            Some(sample)
        }

        fn rest(&mut self) -> Vec<i16> {
            std::iter::from_fn(|| self.next()).collect()
        }
    }

    fn pipe() -> (Pipe, Reader) {
        let streams = Streams::default();
        let pipe = Pipe::new(&streams, 7);
        (pipe, Reader { start: streams.sound(7), at: None })
    }

    /// Frame after frame, nothing is lost.
    #[test]
    fn whoever_keeps_up_hears_all() {
        let (mut pipe, mut reader) = pipe();
        for sample in 1..100 {
            pipe.say(&[sample; FRAME]);
            assert_eq!(reader.next(), Some(sample));
        }
        assert_eq!(reader.next(), None);
    }

    /// Who is held up finds a fifth of a second, and is brought back to less than a tenth.
    #[test]
    fn whoever_is_late_is_brought_back() {
        let (mut pipe, mut reader) = pipe();
        (1..100).for_each(|sample| pipe.say(&[sample; FRAME]));
        let late: Vec<i16> = (100..200)
            .map(|sample| {
                pipe.say(&[sample; FRAME]);
                sample - reader.next().unwrap()
            })
            .collect();
        assert!(late[late.len() - 1] <= LITTLE as i16, "{late:?}");
        assert!(reader.rest().len() <= LITTLE);
    }

    /// Silence is what is left out first.
    #[test]
    fn silence_is_left_out() {
        let (mut pipe, mut reader) = pipe();
        (1..=6).for_each(|sample| pipe.say(&[sample; FRAME]));
        (0..50).for_each(|_| pipe.say(&[0; FRAME]));
        pipe.say(&[7; FRAME]);
        assert_eq!(reader.rest(), [1, 2, 3, 4, 5, 6, 7]);
    }
}
