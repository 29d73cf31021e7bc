//! Comfort noise (RFC 3389): a level, and optionally the colour, of the noise behind a speaker who is silent.

/// Most reflection coefficients that are used; a payload may carry more, which change nothing one could hear.
const MOST_COEFFICIENTS: usize = 12;
/// RMS of a sine that overloads: 0 dBov (RFC 3389 §3).
const OVERLOAD: f32 = 32_768.0 * std::f32::consts::FRAC_1_SQRT_2;

/// The payload that says how loud `samples` are: one byte, the level in -dBov (§3.1), without a colour.
pub fn level(samples: &[i16]) -> u8 {
    let energy: f32 = samples.iter().map(|&s| f32::from(s) * f32::from(s)).sum();
    let rms = (energy / samples.len().max(1) as f32).sqrt();
    (-20.0 * (rms / OVERLOAD).max(1e-9).log10()).round().clamp(0.0, 127.0) as u8
}

/// Makes the noise that payloads tell of.
pub struct ComfortNoise {
    rms: f32,
    reflection: [f32; MOST_COEFFICIENTS],
    order: usize,
    state: [f32; MOST_COEFFICIENTS + 1],
    random: u32,
}

impl ComfortNoise {
    /// Silent until a payload was heard. Equal seeds make equal noise.
    pub fn new(seed: u32) -> ComfortNoise {
        ComfortNoise {
            rms: 0.0,
            reflection: [0.0; MOST_COEFFICIENTS],
            order: 0,
            state: [0.0; MOST_COEFFICIENTS + 1],
            random: seed | 1,
        }
    }

    /// Take level and colour from a payload; an empty one changes nothing.
    pub fn heard(&mut self, payload: &[u8]) {
        let Some((level, colour)) = payload.split_first() else {
            return;
        };
        self.order = colour.len().min(MOST_COEFFICIENTS);
        let mut gain = 1.0;
        for (k, &byte) in self.reflection.iter_mut().zip(colour) {
            *k = (258.0 * (f32::from(byte) - 127.0) / 32_768.0).clamp(-0.99, 0.99); // §3.2
            gain *= 1.0 - *k * *k;
        }
        let rms = OVERLOAD * 10_f32.powf(-f32::from(level & 127) / 20.0);
        self.rms = rms * gain.sqrt(); // of what drives the filter, so that its output has the level
    }

    /// Append `count` samples of noise.
    pub fn make(&mut self, count: usize, out: &mut Vec<i16>) {
        out.extend((0..count).map(|_| {
            // Uniform noise within ±√3 has an RMS of 1.
            let white = self.uniform() * 1.732 * self.rms;
            self.colour(white).clamp(-32_768.0, 32_767.0) as i16
        }));
    }

    /// The all-pole lattice of the reflection coefficients.
    fn colour(&mut self, white: f32) -> f32 {
        let mut forward = white;
        for i in (0..self.order).rev() {
            forward -= self.reflection[i] * self.state[i];
            self.state[i + 1] = self.state[i] + self.reflection[i] * forward;
        }
        self.state[0] = forward;
        forward
    }

    /// Between -1 and 1 (xorshift).
    fn uniform(&mut self) -> f32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        self.random as i32 as f32 / 2_147_483_648.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise made from a level measures as that level, plain or coloured.
    #[test]
    fn level_survives() {
        for colour in [&[][..], &[180, 90], &[60, 140, 127, 100]] {
            for wanted in [30_u8, 45, 60, 75] {
                let mut noise = ComfortNoise::new(7);
                noise.heard(&[&[wanted], colour].concat());
                let mut heard = Vec::new();
                noise.make(40_000, &mut heard);
                assert!(level(&heard).abs_diff(wanted) <= 2, "{wanted} {colour:?}: {}", level(&heard));
            }
        }
    }

    /// RFC 3389 §3: 0 is the loudest, 127 the quietest; digital silence is 127.
    #[test]
    fn ends_of_the_scale() {
        let square: Vec<i16> = (0..160).map(|i| if i % 16 < 8 { 32_767 } else { -32_767 }).collect();
        assert_eq!((level(&square), level(&[0; 160]), level(&[])), (0, 127, 127));
    }

    /// Any payload is taken.
    #[test]
    fn anything_may_come() {
        let mut noise = ComfortNoise::new(0);
        let mut heard = Vec::new();
        for length in 0..40_u8 {
            noise.heard(&vec![length.wrapping_mul(37); usize::from(length)]);
            noise.make(160, &mut heard);
        }
        assert_eq!(heard.len(), 40 * 160);
    }
}
