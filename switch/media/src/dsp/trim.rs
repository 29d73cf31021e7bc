//! Where the sound of a recording begins and ends, so that silence at both ends can be cut.

use std::ops::Range;

use super::Vad;

/// How much silence is left at both ends, so that no soft consonant is lost.
const MARGIN_MS: u64 = 150;

/// Follows a recording while it is made.
pub struct Trim {
    vad: Vad,
    margin: u64,
    position: u64,
    sound: Option<Range<u64>>,
}

impl Trim {
    /// For sound at `rate` Hz.
    pub fn new(rate: u32) -> Trim {
        Trim { vad: Vad::new(rate), margin: MARGIN_MS * u64::from(rate) / 1_000, position: 0, sound: None }
    }

    /// The next frame (10 to 60 ms) of the recording.
    pub fn push(&mut self, frame: &[i16]) {
        let start = self.position;
        self.position += frame.len() as u64;
        if self.vad.push(frame) {
            let first = self.sound.as_ref().map_or(start, |sound| sound.start);
            self.sound = Some(first..self.position);
        }
    }

    /// What is worth keeping, in samples; `None` when all was silence.
    pub fn kept(&self) -> Option<Range<u64>> {
        let sound = self.sound.as_ref()?;
        Some(sound.start.saturating_sub(self.margin)..(sound.end + self.margin).min(self.position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::testing::Noise;

    /// Silence goes at both ends, not in the middle; a recording of silence keeps nothing.
    #[test]
    fn ends_are_cut() {
        let mut trim = Trim::new(8_000);
        let mut noise = Noise::new(1);
        for i in 0..500 {
            let loud = matches!(i, 100..150 | 300..350);
            trim.push(&noise.frame(if loud { -20.0 } else { -70.0 }, 160));
            if i == 90 {
                assert_eq!(trim.kept(), None);
            }
        }
        let kept = trim.kept().unwrap();
        assert_eq!(kept.start, 100 * 160 - 1_200);
        assert!((350 * 160 + 1_200..=354 * 160 + 1_200).contains(&kept.end), "{kept:?}");
    }
}
