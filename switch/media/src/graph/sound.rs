//! Audio that is played: a chain of pieces that grows at its end while it is read from its start.
//!
//! A reader holds the piece that it reads and nothing before it, so a long file never stands in memory as a whole,
//! while a prompt that a cache holds by its first piece is shared by all who play it, its mu-law and A-law form included.
//! Neither side ever waits for the other, and there is no lock.

use std::sync::{Arc, OnceLock};

use crate::codec::g711;

/// Samples of a piece that is cut from a file: half a second, a whole number of 20 ms frames.
pub const PIECE: usize = 4_000;

/// What follows a piece.
#[derive(Debug)]
pub enum Next {
    /// More audio.
    Piece(Arc<Piece>),
    /// Nothing: that was all.
    End,
    /// The rest cannot be had: a sentence.
    Failed(String),
}

/// A joint of the chain, empty until it is known what follows.
#[derive(Debug, Default)]
pub struct Link(OnceLock<Next>);

impl Link {
    /// What follows, if it is there already.
    pub fn get(&self) -> Option<&Next> {
        self.0.get()
    }
}

/// The start of a sound.
pub type Sound = Arc<Link>;

/// Some audio at 8 kHz.
#[derive(Debug)]
pub struct Piece {
    /// Its samples.
    pub linear: Box<[i16]>,
    mulaw: OnceLock<Box<[u8]>>,
    alaw: OnceLock<Box<[u8]>>,
    next: Link,
}

impl Piece {
    fn new(linear: &[i16]) -> Arc<Self> {
        Arc::new(Self { linear: linear.into(), mulaw: OnceLock::new(), alaw: OnceLock::new(), next: Link::default() })
    }

    /// What follows it.
    pub fn next(&self) -> Option<&Next> {
        self.next.get()
    }

    /// As mu-law, coded once for all who play it.
    pub fn mulaw(&self) -> &[u8] {
        self.mulaw.get_or_init(|| self.linear.iter().map(|&sample| g711::ulaw(sample)).collect())
    }

    /// As A-law.
    pub fn alaw(&self) -> &[u8] {
        self.alaw.get_or_init(|| self.linear.iter().map(|&sample| g711::alaw(sample)).collect())
    }
}

impl Drop for Piece {
    /// Takes a long chain apart piece by piece: by itself it would do so recursively, as deep as the stack allows.
    fn drop(&mut self) {
        let mut next = self.next.0.take();
        while let Some(Next::Piece(piece)) = next {
            next = match Arc::into_inner(piece) {
                Some(mut last_holder) => last_holder.next.0.take(),
                None => None, // somebody else reads on from there
            };
        }
    }
}

/// The writing end of a sound. Dropped without [`Pen::end`], it leaves readers waiting; do not.
#[derive(Debug)]
pub struct Pen {
    at: Place,
}

#[derive(Debug)]
enum Place {
    Start(Sound),
    After(Arc<Piece>),
}

impl Pen {
    /// A new sound of which nothing is known yet, and its writing end.
    pub fn new() -> (Sound, Self) {
        let sound = Sound::default();
        let pen = Self::at(Arc::clone(&sound));
        (sound, pen)
    }

    /// The writing end of a sound that was handed out before.
    pub fn at(sound: Sound) -> Self {
        Self { at: Place::Start(sound) }
    }

    /// Adds audio; `None` when nothing was to be added.
    pub fn write(&mut self, samples: &[i16]) -> Option<&Arc<Piece>> {
        if samples.is_empty() {
            return None;
        }
        let piece = Piece::new(samples);
        self.set(Next::Piece(Arc::clone(&piece)));
        self.at = Place::After(piece);
        match &self.at {
            Place::After(piece) => Some(piece),
            Place::Start(_) => None,
        }
    }

    /// Lets it go on with a sound that exists.
    pub fn join(self, sound: &Link) {
        match sound.get() {
            Some(Next::Piece(piece)) => self.set(Next::Piece(Arc::clone(piece))),
            Some(Next::Failed(problem)) => self.set(Next::Failed(problem.clone())),
            Some(Next::End) | None => self.set(Next::End),
        }
    }

    /// That was all.
    pub fn end(self) {
        self.set(Next::End);
    }

    /// There would be more, but for a problem.
    pub fn fail(self, problem: impl Into<String>) {
        self.set(Next::Failed(problem.into()));
    }

    /// Whether anybody could still read what is written next.
    pub fn is_read(&self) -> bool {
        match &self.at {
            Place::Start(sound) => Arc::strong_count(sound) > 1,
            Place::After(piece) => Arc::strong_count(piece) > 1,
        }
    }

    fn set(&self, next: Next) {
        let link = match &self.at {
            Place::Start(sound) => sound,
            Place::After(piece) => &piece.next,
        };
        // There is one pen for each sound, and it moves on after each piece: the joint is empty.
        let _ = link.0.set(next);
    }
}

/// A sound whose audio is all there, in pieces of [`PIECE`] samples.
pub fn complete(samples: &[i16]) -> Sound {
    let (sound, mut pen) = Pen::new();
    for piece in samples.chunks(PIECE) {
        pen.write(piece);
    }
    pen.end();
    sound
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(mut link: &Link) -> (Vec<i16>, bool) {
        let mut all = Vec::new();
        while let Some(Next::Piece(piece)) = link.get() {
            all.extend_from_slice(&piece.linear);
            link = &piece.next;
        }
        (all, matches!(link.get(), Some(Next::End)))
    }

    /// What is written is what is read, in its order, and the end is known only once it was said.
    #[test]
    fn reads_what_was_written() {
        let (sound, mut pen) = Pen::new();
        assert!(sound.get().is_none());
        pen.write(&[1, 2]);
        pen.write(&[3]);
        assert_eq!(samples(&sound), (vec![1, 2, 3], false));
        pen.end();
        assert_eq!(samples(&sound), (vec![1, 2, 3], true));
    }

    /// A sound of many hours is dropped without a stack as long as it is.
    #[test]
    fn a_long_chain_is_dropped_flat() {
        let (sound, mut pen) = Pen::new();
        for _ in 0..200_000 {
            pen.write(&[0]);
        }
        pen.end();
        drop(sound);
    }

    /// The writer of a sound that nobody holds any more can stop.
    #[test]
    fn the_pen_knows_when_nobody_reads() {
        let (sound, mut pen) = Pen::new();
        pen.write(&[1]);
        assert!(pen.is_read());
        drop(sound);
        assert!(!pen.is_read());
    }
}
