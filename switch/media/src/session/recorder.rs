//! A recording of a leg.
//!
//! The beep comes first and is not on it. The one `Done` comes when the file is complete on disk.

use super::{Done, OpId, Record, Track, Why};
use crate::dsp::{Tone, Trim, Vad};
use crate::graph::{Library, Tape};
use crate::{FRAME, FRAME_MS, Frame, SAMPLE_RATE};

/// Length of the beep before a recording.
const BEEP_FRAMES: u32 = 500 / FRAME_MS;

const RATE: u32 = SAMPLE_RATE as u32;

/// A recording under way.
pub(super) struct Recorder {
    op: OpId,
    how: Record,
    tape: Box<dyn Tape>,
    stage: Stage,
    beep: Option<(Tone, u32)>,
    /// Frames on the tape.
    written: u32,
    /// Where on the tape something is heard.
    trim: Trim,
    says: Vad,
    /// Frames in which the leg has said nothing, since the start or since its last voice.
    hush: u32,
}

enum Stage {
    Running,
    Paused {
        silence: bool,
    },
    /// The file is being completed; what will be reported then.
    Closing(Done),
}

impl Recorder {
    pub fn new(op: OpId, how: Record, library: &mut dyn Library) -> Self {
        let how = Record { channels: how.channels.clamp(1, 2), ..how };
        let beep = how.beep.then(|| Tone::named("beep", RATE)).flatten();
        Self {
            op,
            tape: library.tape(&how.path, how.channels),
            stage: Stage::Running,
            beep: beep.map(|tone| (tone, BEEP_FRAMES)),
            written: 0,
            trim: Trim::new(RATE),
            says: Vad::new(RATE),
            hush: 0,
            how,
        }
    }

    pub fn op(&self) -> OpId {
        self.op
    }

    /// Whether it needs the audio of the leg: it does until it is closing.
    pub fn listens(&self) -> bool {
        !matches!(self.stage, Stage::Closing(_))
    }

    /// Whether a key can end it.
    pub fn awaits_keys(&self) -> bool {
        self.listens() && !self.how.finish.is_empty()
    }

    /// Whether its beep is not over.
    pub fn beeps(&self) -> bool {
        self.beep.is_some()
    }

    /// The next 20 ms of the beep, while it lasts.
    pub fn beep(&mut self, frame: &mut Frame) -> bool {
        match &mut self.beep {
            None => false,
            Some((_, 0)) => {
                self.beep = None;
                false
            }
            Some((tone, left)) => {
                tone.fill(frame);
                *left -= 1;
                true
            }
        }
    }

    pub fn pause(&mut self, silence: bool) {
        if self.listens() {
            self.stage = Stage::Paused { silence };
        }
    }

    pub fn resume(&mut self) {
        if self.listens() {
            self.stage = Stage::Running;
        }
    }

    /// Takes 20 ms down.
    pub fn hear(&mut self, said: &Frame, heard: &Frame) {
        const SILENCE: Frame = [0; FRAME];
        if self.beep.is_some() {
            return;
        }
        match self.stage {
            Stage::Closing(_) | Stage::Paused { silence: false } => return,
            Stage::Paused { silence: true } => self.write(&SILENCE, &SILENCE),
            Stage::Running => {
                self.hush = if self.says.push(said) { 0 } else { self.hush + 1 };
                self.write(said, heard);
            }
        }
        if let Some(Err(problem)) = self.tape.outcome() {
            self.stage = Stage::Closing(Done::failed(self.op, problem));
        } else if self.how.silence_ms > 0 && self.hush * FRAME_MS >= self.how.silence_ms {
            self.finish(Why::Silence, None);
        } else if self.written.saturating_mul(FRAME_MS) >= self.how.most_ms {
            self.finish(Why::Most, None);
        }
    }

    pub fn key(&mut self, key: char) {
        if self.listens() && self.how.finish.contains(key) {
            self.finish(Why::Finish, Some(key));
        }
    }

    /// Ends the recording; its `Done` comes from [`Recorder::done`].
    pub fn finish(&mut self, why: Why, key: Option<char>) {
        if !self.listens() {
            return;
        }
        let sound = self.trim.kept();
        let silent = sound.is_none();
        let whole = 0..u64::from(self.written) * FRAME as u64;
        let kept = if self.how.trim { sound.unwrap_or(0..0) } else { whole };
        let most = u64::from(self.how.most_ms) * u64::from(RATE) / 1_000;
        let kept = kept.start..kept.end.min(kept.start + most);
        let ms = ((kept.end - kept.start) * 1_000 / u64::from(RATE)) as u32;
        self.tape.finish(kept);
        self.stage = Stage::Closing(Done { key, ms, silent, ..Done::new(self.op, why) });
    }

    /// What there is to report, once the file is complete.
    pub fn done(&self) -> Option<Done> {
        let Stage::Closing(done) = &self.stage else { return None };
        if done.why == Why::Failed {
            return Some(done.clone());
        }
        match self.tape.outcome()? {
            Ok(()) => Some(done.clone()),
            Err(problem) => Some(Done { why: Why::Failed, problem, ..done.clone() }),
        }
    }

    fn write(&mut self, said: &Frame, heard: &Frame) {
        let both = said.iter().zip(heard);
        let mut sum = [0; FRAME];
        sum.iter_mut().zip(both.clone()).for_each(|(sum, (said, heard))| *sum = said.saturating_add(*heard));
        let mono = match (self.how.channels, self.how.track) {
            (1, Track::Inbound) => said,
            (1, Track::Outbound) => heard,
            _ => &sum,
        };
        self.trim.push(mono);
        if self.how.channels == 1 {
            self.tape.write(mono);
        } else {
            let mut pairs = [0; 2 * FRAME];
            pairs
                .chunks_exact_mut(2)
                .zip(both)
                .for_each(|(pair, (said, heard))| pair.copy_from_slice(&[*said, *heard]));
            self.tape.write(&pairs);
        }
        self.written += 1;
    }
}
