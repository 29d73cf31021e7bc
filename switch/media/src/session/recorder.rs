//! A recording of a leg.
//!
//! The beep comes first and is not on it. Where silence is to be cut, nothing is written before the first voice, and the
//! file ends shortly after the last. The one `Done` comes when the file is complete on disk.

use super::{Done, OpId, Record, Track, Why};
use crate::dsp::tones::Tone;
use crate::graph::{Library, Tape};
use crate::{FRAME, FRAME_MS, Frame, SAMPLE_RATE};

/// Length of the beep before a recording.
const BEEP_FRAMES: u32 = 500 / FRAME_MS;

/// So much is kept around the voice where silence is cut: no word loses its first or last sound.
const MARGIN_FRAMES: u32 = 200 / FRAME_MS;

/// A recording under way.
pub(super) struct Recorder {
    op: OpId,
    how: Record,
    tape: Box<dyn Tape>,
    stage: Stage,
    beep: Option<(Tone, u32)>,
    /// Frames that were taken down, those of cut silence included.
    taken: u32,
    /// Frames on the tape.
    written: u32,
    /// Frames on the tape when the last voice was over.
    voiced: u32,
    heard_voice: bool,
    /// Frames without a voice of the leg, since it started or since the last one.
    hush: u32,
    /// What came just before the first voice, where silence is cut.
    before: Vec<i16>,
}

enum Stage {
    Running,
    Paused {
        silence: bool,
    },
    /// The file is being completed; what will be reported then.
    Closing(Done),
}

/// What a recorder hears in 20 ms.
pub(super) struct Hearing<'a> {
    pub said: &'a Frame,
    pub heard: &'a Frame,
    /// The leg is speaking.
    pub says_voice: bool,
    /// There is a voice on what it hears.
    pub hears_voice: bool,
}

impl Recorder {
    pub fn new(op: OpId, how: Record, library: &mut dyn Library) -> Self {
        let tape = library.tape(&how.path, how.channels.clamp(1, 2));
        let beep = how.beep.then(|| Tone::named("beep", SAMPLE_RATE as u32)).flatten().map(|tone| (tone, BEEP_FRAMES));
        Self {
            op,
            how,
            tape,
            stage: Stage::Running,
            beep,
            taken: 0,
            written: 0,
            voiced: 0,
            heard_voice: false,
            hush: 0,
            before: Vec::new(),
        }
    }

    pub fn op(&self) -> OpId {
        self.op
    }

    /// Whether it needs the audio of the leg: it does until it is closing.
    pub fn listens(&self) -> bool {
        !matches!(self.stage, Stage::Closing(_))
    }

    /// Whether its beep is not over.
    pub fn beeps(&self) -> bool {
        self.beep.is_some()
    }

    /// The next 20 ms of the beep, while it lasts.
    pub fn beep(&mut self, frame: &mut Frame) -> bool {
        let Some((tone, left)) = &mut self.beep else { return false };
        tone.fill(frame);
        *left -= 1;
        if *left == 0 {
            self.beep = None;
        }
        true
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
    pub fn hear(&mut self, hearing: &Hearing<'_>) {
        if self.beep.is_some() {
            return;
        }
        match self.stage {
            Stage::Closing(_) => return,
            Stage::Paused { silence: false } => return,
            Stage::Paused { silence: true } => self.write_silence(),
            Stage::Running => self.write(hearing),
        }
        if let Some(Err(problem)) = self.tape.outcome() {
            self.stage = Stage::Closing(Done::failed(self.op, problem));
        } else if self.how.silence_ms > 0 && self.hush * FRAME_MS >= self.how.silence_ms {
            self.finish(Why::Silence, None);
        } else if self.taken.saturating_mul(FRAME_MS) >= self.how.most_ms {
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
        let length = if self.how.trim { self.written.min(self.voiced + MARGIN_FRAMES) } else { self.written };
        let length = if self.how.trim && !self.heard_voice { 0 } else { length };
        let ms = length.saturating_mul(FRAME_MS).min(self.how.most_ms);
        self.tape.finish(u64::from(ms) * SAMPLE_RATE as u64 / 1000);
        self.stage = Stage::Closing(Done { key, ms, silent: !self.heard_voice, ..Done::new(self.op, why) });
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

    fn write(&mut self, hearing: &Hearing<'_>) {
        let voice = match (self.how.channels, self.how.track) {
            (1, Track::Inbound) => hearing.says_voice,
            (1, Track::Outbound) => hearing.hears_voice,
            _ => hearing.says_voice || hearing.hears_voice,
        };
        self.hush = if hearing.says_voice { 0 } else { self.hush + 1 };
        self.heard_voice |= voice;

        let mut samples = [0; 2 * FRAME];
        let samples = if self.how.channels == 2 {
            for (pair, (said, heard)) in samples.chunks_exact_mut(2).zip(hearing.said.iter().zip(hearing.heard)) {
                pair.copy_from_slice(&[*said, *heard]);
            }
            &samples[..]
        } else {
            let mono = &mut samples[..FRAME];
            match self.how.track {
                Track::Inbound => mono.copy_from_slice(hearing.said),
                Track::Outbound => mono.copy_from_slice(hearing.heard),
                Track::Both => mono
                    .iter_mut()
                    .zip(hearing.said.iter().zip(hearing.heard))
                    .for_each(|(mono, (said, heard))| *mono = said.saturating_add(*heard)),
            }
            mono
        };
        self.put(samples);
        if voice {
            self.voiced = self.written;
        }
    }

    fn write_silence(&mut self) {
        let channels = usize::from(self.how.channels.clamp(1, 2));
        self.put(&[0; 2 * FRAME][..channels * FRAME]);
    }

    /// Writes a frame, or keeps it back while no voice was heard and silence is to be cut.
    fn put(&mut self, samples: &[i16]) {
        self.taken += 1;
        if self.how.trim && !self.heard_voice {
            let margin = MARGIN_FRAMES as usize * samples.len();
            self.before.extend_from_slice(samples);
            let surplus = self.before.len().saturating_sub(margin);
            self.before.drain(..surplus);
            return;
        }
        if !self.before.is_empty() {
            self.written += (self.before.len() / samples.len()) as u32;
            self.tape.write(&self.before);
            self.before = Vec::new();
        }
        self.tape.write(samples);
        self.written += 1;
    }
}
