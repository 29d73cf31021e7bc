//! Signal processing: what makes sounds, changes their rate, and tells what is heard.

mod correlate;
pub mod detect;
pub mod greeting;
pub mod hearing;
pub mod keys;
pub mod level;
mod oscillator;
pub mod resample;
pub mod ringing;
#[cfg(test)]
pub(crate) mod testing;
pub mod tones;
pub mod trim;
pub mod vad;

pub use detect::{KeyDetector, Press};
pub use greeting::{Found, Greeting, Timing};
pub use keys::KeyTones;
pub use resample::Resampler;
pub use ringing::Ringing;
pub use tones::Tone;
pub use trim::Trim;
pub use vad::Vad;
