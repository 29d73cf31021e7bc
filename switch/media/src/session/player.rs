//! What a leg is played: sources one after the other, as 20 ms frames.

use std::sync::Arc;

use super::{OpId, Source};
use crate::dsp::tones::Tone;
use crate::graph::{Library, Next, Piece, Sound};
use crate::{FRAME, Frame, SAMPLE_RATE};

/// Most sources that are opened for one frame: a list of empty files costs a tick no more than this.
const MOST_OPENED: usize = 16;

/// Sources that are being played for an operation.
pub(super) struct Player {
    op: OpId,
    sources: Vec<Source>,
    /// Rounds that are left after this one; none: no end.
    rounds: Option<u32>,
    /// The source that comes next.
    coming: usize,
    /// Its audio, asked for early so that it is there in time.
    ahead: Option<Sound>,
    current: Current,
    /// This round had a sample; without one there is no next round, or a tick would never end.
    sounded: bool,
}

enum Current {
    Nothing,
    Start(Sound),
    Piece { piece: Arc<Piece>, at: usize },
    Tone { tone: Tone, left: usize },
    Silence { left: usize },
}

/// What a player has for a frame.
pub(super) enum Played<'a> {
    /// 20 ms from within a piece: they may be coded already.
    Within(&'a Piece, usize),
    /// 20 ms, in the frame that was handed in.
    Mixed,
    /// Nothing: there is none, or its audio is not there in time.
    Nothing,
}

/// How the current source stands.
enum Standing {
    Sounds,
    Waits,
    Over,
    Failed(String),
}

impl Player {
    /// Plays `sources` so often; 0: until it is dropped.
    pub fn new(op: OpId, sources: Vec<Source>, repeat: u32) -> Self {
        Self {
            op,
            sources,
            rounds: repeat.checked_sub(1),
            coming: 0,
            ahead: None,
            current: Current::Nothing,
            sounded: false,
        }
    }

    pub fn op(&self) -> OpId {
        self.op
    }

    /// Turns to the source that is due; false when there is none any more, a sentence when it cannot be had.
    pub fn prepare(&mut self, library: &mut dyn Library) -> Result<bool, String> {
        for _ in 0..MOST_OPENED {
            match self.standing() {
                Standing::Sounds | Standing::Waits => break,
                Standing::Failed(problem) => return Err(problem),
                Standing::Over if !self.open(library)? => return Ok(false),
                Standing::Over => {}
            }
        }
        Ok(true)
    }

    /// The next 20 ms, once [`Player::prepare`] found that there is something.
    pub fn next(&mut self, frame: &mut Frame, library: &mut dyn Library) -> Played<'_> {
        if self.has_whole_frame() {
            return self.within();
        }
        let mut filled = 0;
        while filled < FRAME && matches!(self.prepare(library), Ok(true)) {
            match self.fill(&mut frame[filled..]) {
                0 => break,
                samples => filled += samples,
            }
        }
        if filled == 0 {
            return Played::Nothing;
        }
        self.sounded = true;
        frame[filled..].fill(0);
        Played::Mixed
    }

    fn has_whole_frame(&mut self) -> bool {
        self.advance();
        matches!(&self.current, Current::Piece { piece, at } if at + FRAME <= piece.linear.len())
    }

    fn within(&mut self) -> Played<'_> {
        self.sounded = true;
        match &mut self.current {
            Current::Piece { piece, at } => {
                let start = *at;
                *at += FRAME;
                Played::Within(piece, start)
            }
            _ => Played::Nothing,
        }
    }

    /// Moves on to the piece that follows, where one has been read to its end and the next is there.
    fn advance(&mut self) {
        let next = match &self.current {
            Current::Start(sound) => sound.get(),
            Current::Piece { piece, at } if *at == piece.linear.len() => piece.next(),
            _ => None,
        };
        if let Some(Next::Piece(piece)) = next {
            self.current = Current::Piece { piece: Arc::clone(piece), at: 0 };
        }
    }

    fn standing(&mut self) -> Standing {
        self.advance();
        match &self.current {
            Current::Start(sound) => after(sound.get()),
            Current::Piece { piece, at } if *at == piece.linear.len() => after(piece.next()),
            Current::Nothing | Current::Tone { left: 0, .. } | Current::Silence { left: 0 } => Standing::Over,
            Current::Piece { .. } | Current::Tone { .. } | Current::Silence { .. } => Standing::Sounds,
        }
    }

    /// Fills what it can of `room` from the current source.
    fn fill(&mut self, room: &mut [i16]) -> usize {
        match &mut self.current {
            Current::Nothing | Current::Start(_) => 0,
            Current::Piece { piece, at } => {
                let samples = room.len().min(piece.linear.len() - *at);
                room[..samples].copy_from_slice(&piece.linear[*at..*at + samples]);
                *at += samples;
                samples
            }
            Current::Tone { tone, left } => {
                let samples = room.len().min(*left);
                tone.fill(&mut room[..samples]);
                *left -= samples;
                samples
            }
            Current::Silence { left } => {
                let samples = room.len().min(*left);
                room[..samples].fill(0);
                *left -= samples;
                samples
            }
        }
    }

    /// Turns to the next source; false when that was the last one of the last round.
    fn open(&mut self, library: &mut dyn Library) -> Result<bool, String> {
        if self.coming == self.sources.len() && !self.next_round() {
            return Ok(false);
        }
        let ahead = self.ahead.take();
        self.current = match &self.sources[self.coming] {
            Source::Silence { ms } => Current::Silence { left: samples(*ms) },
            Source::Tone { name, ms } => Current::Tone {
                tone: Tone::named(name, SAMPLE_RATE as u32)
                    .ok_or_else(|| format!("There is no tone called `{name}`."))?,
                left: samples(*ms),
            },
            source => Current::Start(ahead.or_else(|| sound(source, library)).unwrap_or_default()),
        };
        self.coming += 1;
        let follows = self.sources.get(self.coming).or(match self.rounds {
            Some(0) => None,
            _ => self.sources.first(),
        });
        // A stream is taken when its turn has come: what is fed is heard once.
        self.ahead =
            follows.filter(|source| matches!(source, Source::File { .. })).and_then(|source| sound(source, library));
        Ok(true)
    }

    /// Begins again; false when that was the last round, as often as it is asked.
    fn next_round(&mut self) -> bool {
        if !self.sounded || self.rounds == Some(0) {
            return false;
        }
        self.rounds = self.rounds.map(|left| left.saturating_sub(1));
        self.coming = 0;
        self.sounded = false;
        true
    }
}

fn sound(source: &Source, library: &mut dyn Library) -> Option<Sound> {
    match source {
        Source::File { path, raw } => Some(library.file(path, *raw)),
        Source::Stream { stream } => Some(library.stream(*stream)),
        Source::Tone { .. } | Source::Silence { .. } => None,
    }
}

fn after(next: Option<&Next>) -> Standing {
    match next {
        None => Standing::Waits,
        Some(Next::Failed(problem)) => Standing::Failed(problem.clone()),
        Some(Next::End | Next::Piece(_)) => Standing::Over,
    }
}

fn samples(ms: u32) -> usize {
    ms as usize * 8
}
