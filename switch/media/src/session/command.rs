//! What can be asked of the audio of a leg.

use std::path::PathBuf;

use crate::LegId;
/// How a person is told from an answering machine.
pub use crate::dsp::Timing as Detect;
use crate::rtp::Depth;

/// Number of an operation, unique on its leg; it comes back in its one `Done`.
pub type OpId = u64;

/// Something to be heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A sound file; its kind is told by its content.
    File {
        /// Where it lies.
        path: PathBuf,
        /// Headerless mu-law at 8 kHz.
        raw: bool,
    },
    /// Audio that arrives while it is played.
    Stream {
        /// The number under which it is fed.
        stream: u64,
    },
    /// A call progress tone or a beep, by its name in [`crate::dsp`]'s table.
    Tone {
        /// Which.
        name: String,
        /// For how long.
        ms: u32,
    },
    /// Nothing, for a time.
    Silence {
        /// For how long.
        ms: u32,
    },
}

/// When somebody has finished speaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpeechEnd {
    /// So long a silence after speech ends it.
    pub end_ms: u32,
    /// Speech is not listened to for longer.
    pub most_ms: u32,
}

/// Prompts, and keys or speech that answer them.
///
/// The clock for the first key starts when the prompts end, or with that key; each key starts it anew. Where speech is
/// an answer as well, whichever comes first decides: after a key speech does not count, after the beginning of speech no
/// key does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collect {
    /// The prompts, in order.
    pub sources: Vec<Source>,
    /// Ends after so many keys; 0: no limit but [`crate::session::MOST_KEYS`].
    pub most: u32,
    /// A key of these ends it, and is not one of the digits.
    pub finish: String,
    /// Wait for the first key, after the prompts.
    pub first_ms: u32,
    /// Wait for each further one.
    pub between_ms: u32,
    /// A key stops the prompts, and so does speech, which without this does not count before they end.
    pub barge_in: bool,
    /// Who is joined with the leg hears none of its keys.
    pub private: bool,
    /// Speech is an answer, and ends so; nothing: only keys are.
    pub speech: Option<SpeechEnd>,
    /// Keys are an answer; without this they pass unnoticed.
    pub keys: bool,
}

impl Default for Collect {
    /// Nothing is played, any number of keys is taken, and `#` ends it.
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            most: 0,
            finish: "#".into(),
            first_ms: 5_000,
            between_ms: 5_000,
            barge_in: true,
            private: false,
            speech: None,
            keys: true,
        }
    }
}

/// Which side of a leg is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Track {
    /// What the leg says.
    Inbound,
    /// What it hears.
    Outbound,
    /// Both, added up.
    Both,
}

/// A wav file of what is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it is written.
    pub path: PathBuf,
    /// 2: what the leg says on the first channel, what it hears on the second.
    pub channels: u8,
    /// What goes into the one channel.
    pub track: Track,
    /// A beep for the leg, before it starts.
    pub beep: bool,
    /// Longest length.
    pub most_ms: u32,
    /// So long a silence of the leg ends it; 0: never.
    pub silence_ms: u32,
    /// Keys that end it.
    pub finish: String,
    /// Cut silence at both ends.
    pub trim: bool,
}

/// How a leg is in a room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Presence {
    /// It listens only.
    pub muted: bool,
    /// It is heard by nobody but this leg.
    pub whisper_to: Option<LegId>,
    /// It is reported when it begins to speak, and when it stops; never of a muted one.
    pub speaking: bool,
    /// Bounds of its jitter buffer, as long as it is there.
    pub depth: Depth,
}

/// A command to the audio of a leg.
///
/// One thing is played at a time: a `Play` or the prompts of a `Collect` stop what is playing, and one `Collect` listens
/// at a time. Everything else runs side by side; `SendKeys` waits for the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaCommand {
    /// Play sources in order.
    Play {
        /// Its operation.
        op: OpId,
        /// What.
        sources: Vec<Source>,
        /// How often; 0: until it is stopped.
        repeat: u32,
    },
    /// Play prompts and take keys; keys pressed before it do not count.
    Collect {
        /// Its operation.
        op: OpId,
        /// How.
        how: Collect,
    },
    /// Record.
    Record {
        /// Its operation.
        op: OpId,
        /// How.
        how: Record,
    },
    /// Hold a recording.
    PauseRecording {
        /// The recording's operation.
        op: OpId,
        /// Fill the gap with silence, or leave it out.
        silence: bool,
    },
    /// Go on with it.
    ResumeRecording {
        /// The recording's operation.
        op: OpId,
    },
    /// The far end has pressed a key, and told so by other means than its audio.
    Pressed {
        /// 0-9 A-D * #
        key: char,
        /// How long it was held.
        ms: u32,
    },
    /// Press keys: 0-9 A-D * #; `w` waits 500 ms, `W` a second.
    SendKeys {
        /// Its operation.
        op: OpId,
        /// Which.
        keys: String,
        /// As tones in the audio, whatever was negotiated.
        inband: bool,
    },
    /// Let time pass.
    Wait {
        /// Its operation.
        op: OpId,
        /// How long.
        ms: u64,
    },
    /// Tell a person from a machine.
    Detect {
        /// Its operation.
        op: OpId,
        /// How.
        how: Detect,
    },
    /// End an operation now.
    Stop {
        /// Which.
        op: OpId,
    },
    /// Let this leg and another of the same shard hear each other. It ends what joined either of them before. A leg that
    /// is bridged with itself hears what it says.
    Bridge {
        /// The other.
        other: LegId,
    },
    /// End the bridge.
    Unbridge,
    /// Enter a room, in which everybody hears everybody else; or change how the leg is in it.
    Join {
        /// Its name.
        room: String,
        /// How.
        how: Presence,
    },
    /// Leave the room.
    Leave,
    /// Keep what the leg hears.
    Listen,
}

impl MediaCommand {
    /// The operation that it starts, if it starts one.
    pub fn starts(&self) -> Option<OpId> {
        match self {
            Self::Play { op, .. }
            | Self::Collect { op, .. }
            | Self::Record { op, .. }
            | Self::SendKeys { op, .. }
            | Self::Wait { op, .. }
            | Self::Detect { op, .. } => Some(*op),
            _ => None,
        }
    }
}
