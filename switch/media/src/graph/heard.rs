//! The ears of a simulated handset: what came over the wire, kept for a judgement later.

use crate::{FRAME, Frame, SAMPLE_RATE};

/// Longest audio that is kept; what is older is forgotten.
const MOST_SAMPLES: usize = 30 * 60 * SAMPLE_RATE;

/// What a leg has heard since it began to listen, silences in their length.
#[derive(Debug, Default)]
pub struct Heard {
    samples: Vec<i16>,
    forgotten: u64,
}

impl Heard {
    pub(crate) fn hear(&mut self, frame: &Frame) {
        self.samples.extend_from_slice(frame);
        self.forget();
    }

    /// So many frames of nothing.
    pub(crate) fn silence(&mut self, frames: u64) {
        let samples = (frames as usize).saturating_mul(FRAME);
        let kept = samples.min(MOST_SAMPLES);
        self.forgotten += (samples - kept) as u64;
        self.samples.resize(self.samples.len() + kept, 0);
        self.forget();
    }

    fn forget(&mut self) {
        // An eighth more may gather, so that the rest is not moved up for each frame.
        if self.samples.len() > MOST_SAMPLES + MOST_SAMPLES / 8 {
            let old = self.samples.len() - MOST_SAMPLES;
            self.samples.drain(..old);
            self.forgotten += old as u64;
        }
    }

    /// The samples that are kept, at 8 kHz.
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    /// Samples that came before them and are forgotten.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A day of silence costs half an hour of room at most, and time is still told right.
    #[test]
    fn keeps_half_an_hour() {
        let mut heard = Heard::default();
        heard.hear(&[7; FRAME]);
        heard.silence(24 * 60 * 60 * 50);
        heard.hear(&[9; FRAME]);
        assert_eq!(heard.samples().last(), Some(&9));
        assert!(heard.samples().len() <= MOST_SAMPLES + MOST_SAMPLES / 8);
        assert_eq!(heard.forgotten() + heard.samples().len() as u64, ((24 * 60 * 60 * 50 + 2) * FRAME) as u64);
    }
}
