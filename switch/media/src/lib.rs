//! Audio of calls without sockets and without a clock: RTP, codecs, and what is played, heard, recorded and mixed.
#![forbid(unsafe_code)]

pub mod codec;
pub mod dsp;
pub mod file;
pub mod rtp;

/// A moment on the caller's clock, or the time between two, in microseconds.
pub type Micros = u64;
