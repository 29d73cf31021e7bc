//! What the audio of a leg reports.

use super::OpId;
use crate::rtp::Quality;

/// Why an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It came to its end.
    End,
    /// It was stopped, by command or by another that took its place.
    Stopped,
    /// The leg ended.
    HungUp,
    /// It could not be done: see `problem`.
    Failed,
    /// As many keys, or as long a recording, as was asked for.
    Most,
    /// A finishing key.
    Finish,
    /// No key in time.
    Timeout,
    /// Silence ended a recording.
    Silence,
    /// Something was said, to its end.
    Speech,
}

impl Why {
    /// Its word in the protocol.
    pub fn word(self) -> &'static str {
        match self {
            Self::End => "end",
            Self::Stopped => "stopped",
            Self::HungUp => "hung_up",
            Self::Failed => "failed",
            Self::Most => "most",
            Self::Finish => "finish",
            Self::Timeout => "timeout",
            Self::Silence => "silence",
            Self::Speech => "speech",
        }
    }
}

/// The end of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Which.
    pub op: OpId,
    /// Why.
    pub why: Why,
    /// Keys that were collected.
    pub digits: String,
    /// The key that finished it.
    pub key: Option<char>,
    /// Length of a recording; time that a detection took; how long after the start of a collection speech began.
    pub ms: u32,
    /// What a detection found.
    pub found: &'static str,
    /// Why it failed: a sentence.
    pub problem: String,
    /// A recording of nothing but silence.
    pub silent: bool,
}

impl Done {
    /// An end with nothing to tell beside its reason.
    pub fn new(op: OpId, why: Why) -> Self {
        Self { op, why, digits: String::new(), key: None, ms: 0, found: "", problem: String::new(), silent: false }
    }

    /// A failure, and its sentence.
    pub fn failed(op: OpId, problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), ..Self::new(op, Why::Failed) }
    }
}

/// What happened on a leg.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaEvent {
    /// The far end pressed a key and let go of it.
    Key {
        /// 0-9 A-D * #
        key: char,
        /// How long it was held.
        ms: u32,
        /// It came as tones in the audio.
        inband: bool,
    },
    /// A tap has something to be fetched.
    Heard {
        /// Its operation.
        op: OpId,
    },
    /// An operation ended.
    Done(Done),
    /// The leg, which is in a room, begins to speak or stops.
    Speaking {
        /// It begins.
        on: bool,
    },
    /// Nothing came for as long as [`super::MediaParams::timeout_ms`] allows. Once in each silence.
    MediaTimeout,
    /// Our own code failed on this leg, which has no audio any more; `Closed` follows.
    Broken(String),
    /// The leg is gone: the last event, after the `Done` of each operation.
    Closed(Quality),
}
