//! Audio of calls without sockets and without a clock: RTP, codecs, and what is played, heard, recorded and mixed.
#![forbid(unsafe_code)]

pub mod codec;
pub mod dsp;
pub mod file;
