//! Is somebody speaking? By level against the noise behind, for silence time-outs: a few hundred nanoseconds a frame.

use super::level::dbfs;

/// How far above the noise speech begins, in dB.
const ABOVE_NOISE: f32 = 8.0;
/// Nothing below is speech, in dBFS.
const LEAST: f32 = -52.0;
/// Where the noise may be taken to lie, in dBFS: louder noise (music on hold) is not silence.
const NOISE: std::ops::RangeInclusive<f32> = -75.0..=-42.0;
/// Less is no noise but nothing at all, which says nothing of what the line will be like, in dBFS.
const NOTHING: f32 = -90.0;
/// The noise is what was quietest in the last one or two of these stretches: speech has a gap in each.
const STRETCH_MS: f32 = 1_000.0;
/// A pause within a word is not silence.
pub(crate) const HANG_MS: f32 = 60.0;

/// Tells speech from silence, frame by frame.
pub struct Vad {
    rate: f32,
    /// The quietest frame of this stretch, and of the one before.
    quietest: [f32; 2],
    /// How much of this stretch has passed.
    passed: f32,
    /// Ms for which speech still holds.
    hang: f32,
}

impl Vad {
    /// For sound at `rate` Hz.
    pub fn new(rate: u32) -> Vad {
        Vad { rate: rate as f32, quietest: [f32::MAX; 2], passed: 0.0, hang: 0.0 }
    }

    /// Is there speech in this frame (10 to 60 ms), or was there until 60 ms ago?
    pub fn push(&mut self, frame: &[i16]) -> bool {
        let level = dbfs(frame);
        let ms = frame.len() as f32 * 1e3 / self.rate;
        self.learn(level, ms);
        let [now, before] = self.quietest;
        let noise = now.min(before).clamp(*NOISE.start(), *NOISE.end());
        let speech = level > (noise + ABOVE_NOISE).max(LEAST);
        self.hang = if speech { HANG_MS } else { (self.hang - ms).max(0.0) };
        speech || self.hang > 0.0
    }

    fn learn(&mut self, level: f32, ms: f32) {
        if level < NOTHING {
            return;
        }
        self.passed += ms;
        if self.passed > STRETCH_MS {
            self.quietest = [f32::MAX, self.quietest[0]];
            self.passed = ms;
        }
        self.quietest[0] = self.quietest[0].min(level);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::testing::Noise;

    fn share_of_speech(vad: &mut Vad, noise: &mut Noise, dbfs: f32, frames: usize) -> f32 {
        let speech = (0..frames).filter(|_| vad.push(&noise.frame(dbfs, 160))).count();
        speech as f32 / frames as f32
    }

    /// Speech over line noise is told from it, also when the noise grows during the call.
    #[test]
    fn speech_and_noise() {
        let (mut vad, mut noise) = (Vad::new(8_000), Noise::new(1));
        for behind in [-100.0, -60.0, -48.0] {
            share_of_speech(&mut vad, &mut noise, behind, 150); // three seconds to get used to it
            assert_eq!(share_of_speech(&mut vad, &mut noise, behind, 100), 0.0, "noise of {behind} dBFS");
            assert_eq!(share_of_speech(&mut vad, &mut noise, -25.0, 200), 1.0, "speech over {behind} dBFS");
        }
    }

    /// A line that is noisy from the first frame on is silent from the first frame on.
    #[test]
    fn noise_from_the_start() {
        let mut noise = Noise::new(2);
        for behind in [-62.0, -50.0, -45.0] {
            let mut vad = Vad::new(8_000);
            vad.push(&[0; 160]);
            assert_eq!(share_of_speech(&mut vad, &mut noise, behind, 100), 0.0, "noise of {behind} dBFS");
            assert_eq!(share_of_speech(&mut vad, &mut noise, -25.0, 20), 1.0, "speech over {behind} dBFS");
        }
    }

    /// Loud music never becomes silence.
    #[test]
    fn music_is_not_silence() {
        let (mut vad, mut noise) = (Vad::new(8_000), Noise::new(1));
        assert_eq!(share_of_speech(&mut vad, &mut noise, -20.0, 10_000), 1.0);
    }

    /// A gap of 40 ms within a word does not count; one of 200 ms does.
    #[test]
    fn hang_over() {
        let (mut vad, mut noise) = (Vad::new(8_000), Noise::new(1));
        vad.push(&noise.frame(-20.0, 160));
        let after: Vec<bool> = (0..5).map(|_| vad.push(&[0; 160])).collect();
        assert_eq!(after, [true, true, false, false, false]);
    }
}
