//! Signal processing: what makes sounds, changes their rate, and tells what is heard.

pub mod keys;
mod oscillator;
pub mod resample;
pub mod tones;

pub use keys::KeyTones;
pub use resample::Resampler;
