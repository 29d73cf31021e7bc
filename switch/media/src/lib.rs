//! Audio of calls without sockets and without a clock: RTP, codecs, and what is played, heard, recorded and mixed.
#![forbid(unsafe_code)]

pub mod codec;
pub mod dsp;
pub mod file;
pub mod graph;
mod random;
pub mod rtp;
pub mod session;
mod shard;

pub use session::{MediaCommand, MediaEvent, MediaParams, Wire};
pub use shard::{Out, SLOT, Shard};

/// A moment on the caller's clock, or the time between two, in microseconds.
pub type Micros = u64;

/// A leg's number, for life.
pub type LegId = u64;

/// Samples a second of everything that is played, mixed and recorded.
pub const SAMPLE_RATE: usize = 8_000;

/// Length of a frame: a leg has a tick for each.
pub const FRAME_MS: u32 = 20;

/// Samples of a frame.
pub const FRAME: usize = SAMPLE_RATE / 1_000 * FRAME_MS as usize;

/// 20 ms of audio at 8 kHz.
pub type Frame = [i16; FRAME];

/// Milliseconds as a time.
const fn micros(ms: u32) -> Micros {
    ms as Micros * 1_000
}
