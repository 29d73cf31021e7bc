//! Does it ring there? Ringing tones, as exchanges send them while a phone rings (ITU-T E.180, supplement 2).

use std::f32::consts::TAU;
use std::sync::LazyLock;

const RATE: f32 = 8_000.0;
/// Samples of a frame; two of these are looked at together.
const FRAME: usize = 160;
const WINDOW: usize = 2 * FRAME;

/// Ringing tones of the world, single (425 Hz), in pairs (440 and 480, 400 and 450 Hz) or swinging, lie in these bands of
/// 25 Hz: from 375 to 500 Hz.
const BANDS: std::ops::RangeInclusive<usize> = 15..=20;
/// Share of the energy that they hold.
const LEAST_SHARE: f32 = 0.85;
/// Quieter tones are not heard: their mean square, of full scale 1.
const LEAST: f32 = 3e-5;

/// A window that lets a tone of any frequency leak into its neighbours only (Hann).
static HANN: LazyLock<[f32; WINDOW]> =
    LazyLock::new(|| std::array::from_fn(|n| 0.5 - 0.5 * (TAU * n as f32 / WINDOW as f32).cos()));

/// Tells ringing from other sounds at 8 kHz, frame by frame.
pub struct Ringing {
    last: [f32; FRAME],
}

impl Default for Ringing {
    fn default() -> Self {
        Self { last: [0.0; FRAME] }
    }
}

impl Ringing {
    /// Takes 20 ms: does it ring in these and the 20 ms before them? A frame of another length is none.
    pub fn push(&mut self, frame: &[i16]) -> bool {
        let mut now = [0.0; FRAME];
        now.iter_mut().zip(frame).for_each(|(now, &sample)| *now = f32::from(sample) / 32_768.0);
        let mut window = [0.0; WINDOW];
        let both = self.last.iter().chain(&now);
        window.iter_mut().zip(both).zip(HANN.iter()).for_each(|((out, sample), weight)| *out = sample * weight);
        self.last = now;
        let energy: f32 = window.iter().map(|sample| sample * sample).sum();
        if energy < LEAST * WINDOW as f32 {
            return false;
        }
        let inside: f32 = BANDS.map(|band| power(&window, band)).sum();
        2.0 * inside > LEAST_SHARE * energy * WINDOW as f32
    }
}

/// The power of one band (Goertzel's algorithm).
fn power(window: &[f32; WINDOW], band: usize) -> f32 {
    let factor = 2.0 * (TAU * band as f32 * (RATE / WINDOW as f32) / RATE).cos();
    let (mut one, mut two) = (0.0_f32, 0.0_f32);
    for sample in window {
        let next = sample + factor * one - two;
        (two, one) = (one, next);
    }
    one * one + two * two - factor * one * two
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::testing::{Noise, mixed, sines};

    fn share(sound: &[i16]) -> f32 {
        let mut ringing = Ringing::default();
        let frames = sound.chunks_exact(FRAME);
        let count = frames.len() as f32;
        frames.filter(|frame| ringing.push(frame)).count() as f32 / count
    }

    /// The tones of America, Britain and most of the rest, over a noisy line.
    #[test]
    fn ringing_tones() {
        let noise = Noise::new(3).frame(-45.0, 8_000);
        for tones in [&[(440.0, -24.0), (480.0, -24.0)][..], &[(400.0, -24.0), (450.0, -24.0)], &[(425.0, -20.0)]] {
            assert!(share(&mixed(&sines(tones, 8_000), &noise)) > 0.97, "{tones:?}");
        }
    }

    /// Noise, voices, and the tones of keys and faxes are none.
    #[test]
    fn other_sounds() {
        let voice: Vec<(f32, f32)> = (1..12).map(|n| (140.0 * n as f32, -20.0 - n as f32)).collect();
        let others = [&voice[..], &[(697.0, -20.0), (1_209.0, -20.0)], &[(1_100.0, -15.0)], &[(620.0, -15.0)]];
        for tones in others {
            assert_eq!(share(&sines(tones, 8_000)), 0.0, "{tones:?}");
        }
        assert_eq!(share(&Noise::new(4).frame(-20.0, 8_000)), 0.0);
    }
}
