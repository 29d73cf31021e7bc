//! Where sounds come from and recordings go: the disk, which a tick never waits for.

use std::ops::Range;
use std::path::Path;

use super::sound::Sound;

/// Opens sounds and recordings; every answer is there at once, the audio comes when it comes.
pub trait Library: Send {
    /// A sound file from its start.
    fn file(&mut self, path: &Path, raw: bool) -> Sound;

    /// The audio that is fed under a number.
    fn stream(&mut self, stream: u64) -> Sound;

    /// A new wav file at 8 kHz, of one or two channels.
    fn tape(&mut self, path: &Path, channels: u8) -> Box<dyn Tape>;
}

/// A recording that is being written.
pub trait Tape: Send {
    /// Adds samples: a multiple of the channels, the channels interleaved.
    fn write(&mut self, samples: &[i16]);

    /// Ends the file with only these samples of each channel in it; [`Tape::outcome`] says when that is done.
    fn finish(&mut self, kept: Range<u64>);

    /// How it went: nothing while it goes well and is not finished, else success or a sentence. A problem may show at any
    /// time.
    fn outcome(&self) -> Option<Result<(), String>>;
}
