//! ITU-T G.722 at 64 kbit/s: 16 kHz speech in two bands, each ADPCM with a predictor of two poles and six zeros.
//!
//! A quadrature mirror filter parts the signal at 4 kHz; six bits of each byte tell the lower band and two the upper.
//! Names in capitals are the blocks of the Recommendation (§6.2); all arithmetic is its fixed-point arithmetic, so that
//! both ends compute the same predictors.

/// QMF, every other tap; the other half is the same backwards (table 11).
const QMF: [i32; 12] = [3, -11, 12, 32, -210, 951, 3_876, -805, 362, -156, 53, -11];

/// Decision levels of the lower band (Q6).
const LOW_LEVELS: [i32; 29] = [
    35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1_023, 1_121, 1_219, 1_339,
    1_458, 1_612, 1_765, 1_980, 2_195, 2_557, 2_919,
];
/// What six bits of the lower band mean (QQ6).
const LOW_VALUES_6: [i32; 64] = [
    -136, -136, -136, -136, -24_808, -21_904, -19_008, -16_704, -14_984, -13_512, -12_280, -11_192, -10_232, -9_360,
    -8_576, -7_856, -7_192, -6_576, -6_000, -5_456, -4_944, -4_464, -4_008, -3_576, -3_168, -2_776, -2_400, -2_032,
    -1_688, -1_360, -1_040, -728, 24_808, 21_904, 19_008, 16_704, 14_984, 13_512, 12_280, 11_192, 10_232, 9_360, 8_576,
    7_856, 7_192, 6_576, 6_000, 5_456, 4_944, 4_464, 4_008, 3_576, 3_168, 2_776, 2_400, 2_032, 1_688, 1_360, 1_040,
    728, 432, 136, -432, -136,
];
/// What the upper four of them mean: the predictors follow these, so that the lower two bits may carry data (QQ4).
const LOW_VALUES_4: [i32; 16] =
    [0, -20_456, -12_896, -8_968, -6_288, -4_240, -2_584, -1_200, 20_456, 12_896, 8_968, 6_288, 4_240, 2_584, 1_200, 0];
/// Multipliers of the lower band's step, by the upper four bits (WL by RL4).
const LOW_WEIGHTS: [i32; 16] = [-60, 3_042, 1_198, 538, 334, 172, 58, -30, 3_042, 1_198, 538, 334, 172, 58, -30, -60];
/// The decision level of the upper band (Q2).
const HIGH_LEVEL: i32 = 564;
/// What two bits of the upper band mean (QQ2).
const HIGH_VALUES: [i32; 4] = [-7_408, -1_616, 7_408, 1_616];
/// Multipliers of the upper band's step (WH by RH2).
const HIGH_WEIGHTS: [i32; 4] = [798, -214, 798, -214];
/// Mantissas of the inverse logarithm of a step (ILB).
const INVERSE_LOG: [i32; 32] = [
    2_048, 2_093, 2_139, 2_186, 2_233, 2_282, 2_332, 2_383, 2_435, 2_489, 2_543, 2_599, 2_656, 2_714, 2_774, 2_834,
    2_896, 2_960, 3_025, 3_091, 3_158, 3_228, 3_298, 3_371, 3_444, 3_520, 3_597, 3_676, 3_756, 3_838, 3_922, 4_008,
];

fn saturate(value: i32) -> i32 {
    value.clamp(-32_768, 32_767)
}

/// 1 or -1 times `step`, as the signs of `a` and `b` agree or not.
fn signed(step: i32, a: i32, b: i32) -> i32 {
    if (a ^ b) >= 0 { step } else { -step }
}

/// The adaptive predictor and quantiser step of one band.
struct Band {
    /// S: what the predictor expects.
    expected: i32,
    /// SZ: the part of it that comes from the zeros.
    from_zeros: i32,
    /// R: the last two reconstructed samples.
    reconstructed: [i32; 2],
    /// P: the last two of the partly reconstructed signal.
    partial: [i32; 2],
    poles: [i32; 2],
    zeros: [i32; 6],
    /// D: the last six differences.
    differences: [i32; 6],
    /// NB: logarithm of the step.
    log_step: i32,
    /// DET: the step.
    step: i32,
}

impl Band {
    fn new(step: i32) -> Band {
        Band {
            expected: 0,
            from_zeros: 0,
            reconstructed: [0; 2],
            partial: [0; 2],
            poles: [0; 2],
            zeros: [0; 6],
            differences: [0; 6],
            log_step: 0,
            step,
        }
    }

    fn low() -> Band {
        Band::new(32)
    }

    fn high() -> Band {
        Band::new(8)
    }

    fn scaled(&self, value: i32) -> i32 {
        (self.step * value) >> 15
    }

    /// LOGSCL, SCALEL, LOGSCH, SCALEH: widen or narrow the step.
    fn adapt_step(&mut self, weight: i32, most: i32, shift: i32) {
        self.log_step = (((self.log_step * 127) >> 7) + weight).clamp(0, most);
        let mantissa = INVERSE_LOG[((self.log_step >> 6) & 31) as usize];
        let exponent = shift - (self.log_step >> 11);
        let step = if exponent < 0 { mantissa << -exponent } else { mantissa >> exponent };
        self.step = step << 2;
    }

    fn adapt_low_step(&mut self, code: usize) {
        self.adapt_step(LOW_WEIGHTS[code >> 2], 18_432, 8);
    }

    fn adapt_high_step(&mut self, code: usize) {
        self.adapt_step(HIGH_WEIGHTS[code], 22_528, 10);
    }

    /// Block 4: reconstruct with the quantised difference, adapt poles and zeros, predict the next sample.
    fn predict(&mut self, difference: i32) {
        let reconstructed = saturate(self.expected + difference); // RECONS
        let partial = saturate(self.from_zeros + difference); // PARREC
        self.adapt_poles(partial);
        self.adapt_zeros(difference);
        self.reconstructed = [reconstructed, self.reconstructed[0]];
        self.partial = [partial, self.partial[0]];

        let from_poles = self.poles.iter().zip(self.reconstructed); // FILTEP
        let from_poles = saturate(from_poles.map(|(&a, r)| (a * saturate(2 * r)) >> 15).sum());
        let from_zeros = self.zeros.iter().zip(self.differences); // FILTEZ
        self.from_zeros = saturate(from_zeros.map(|(&b, d)| (b * saturate(2 * d)) >> 15).sum());
        self.expected = saturate(from_poles + self.from_zeros); // PREDIC
    }

    /// UPPOL2, UPPOL1.
    fn adapt_poles(&mut self, partial: i32) {
        let [first, second] = self.poles;
        let lean = saturate(-signed(saturate(first << 2), partial, self.partial[0]));
        let second = signed(128, partial, self.partial[1]) + (lean >> 7) + ((second * 32_512) >> 15);
        let second = second.clamp(-12_288, 12_288);
        let first = saturate(signed(192, partial, self.partial[0]) + ((first * 32_640) >> 15));
        let most = saturate(15_360 - second);
        self.poles = [first.clamp(-most, most), second];
    }

    /// UPZERO.
    fn adapt_zeros(&mut self, difference: i32) {
        let step = if difference == 0 { 0 } else { 128 };
        for (zero, &before) in self.zeros.iter_mut().zip(&self.differences) {
            *zero = saturate(signed(step, difference, before) + ((*zero * 32_640) >> 15));
        }
        self.differences.copy_within(..5, 1);
        self.differences[0] = difference;
    }
}

/// The 24 last samples that a mirror filter sees.
#[derive(Default)]
struct Mirror([i32; 24]);

impl Mirror {
    /// Take two samples in, give the sums over even and odd taps.
    fn push(&mut self, first: i32, second: i32) -> (i32, i32) {
        self.0.copy_within(2.., 0);
        self.0[22] = first;
        self.0[23] = second;
        let pairs = self.0.chunks_exact(2);
        let even = pairs.clone().zip(QMF).map(|(pair, tap)| pair[0] * tap).sum();
        let odd = pairs.zip(QMF.iter().rev()).map(|(pair, &tap)| pair[1] * tap).sum();
        (even, odd)
    }
}

/// Bytes to samples at 16 kHz, two of them for each byte.
pub struct Decoder {
    low: Band,
    high: Band,
    mirror: Mirror,
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder { low: Band::low(), high: Band::high(), mirror: Mirror::default() }
    }
}

impl Decoder {
    /// Append the samples of a payload.
    pub fn decode(&mut self, codes: &[u8], out: &mut Vec<i16>) {
        for &code in codes {
            let low = self.low_band(usize::from(code & 63));
            let high = self.high_band(usize::from(code >> 6));
            let (second, first) = self.mirror.push(low + high, low - high);
            out.extend([saturate(first >> 11) as i16, saturate(second >> 11) as i16]);
        }
    }

    fn low_band(&mut self, code: usize) -> i32 {
        let heard = self.low.expected + self.low.scaled(LOW_VALUES_6[code]);
        let difference = self.low.scaled(LOW_VALUES_4[code >> 2]);
        self.low.adapt_low_step(code);
        self.low.predict(difference);
        heard.clamp(-16_384, 16_383)
    }

    fn high_band(&mut self, code: usize) -> i32 {
        let difference = self.high.scaled(HIGH_VALUES[code]);
        let heard = self.high.expected + difference;
        self.high.adapt_high_step(code);
        self.high.predict(difference);
        heard.clamp(-16_384, 16_383)
    }
}

/// Samples at 16 kHz to bytes, one for two of them.
pub struct Encoder {
    low: Band,
    high: Band,
    mirror: Mirror,
}

impl Default for Encoder {
    fn default() -> Encoder {
        Encoder { low: Band::low(), high: Band::high(), mirror: Mirror::default() }
    }
}

impl Encoder {
    /// Append the codes of pairs of samples.
    pub fn encode(&mut self, samples: &[i16], out: &mut Vec<u8>) {
        for pair in samples.chunks_exact(2) {
            let (even, odd) = self.mirror.push(i32::from(pair[0]), i32::from(pair[1]));
            let low = self.low_band((odd + even) >> 14);
            let high = self.high_band((odd - even) >> 14);
            out.push((high << 6 | low) as u8);
        }
    }

    fn low_band(&mut self, sample: i32) -> usize {
        let difference = saturate(sample - self.low.expected);
        let magnitude = if difference < 0 { !difference } else { difference };
        let level = LOW_LEVELS.partition_point(|&level| (level * self.low.step) >> 12 <= magnitude);
        let code = match (difference < 0, level) {
            (true, 0) => 63,
            (true, 1) => 62,
            (true, _) => 33 - level,
            (false, _) => 61 - level,
        };
        let quantised = self.low.scaled(LOW_VALUES_4[code >> 2]);
        self.low.adapt_low_step(code);
        self.low.predict(quantised);
        code
    }

    fn high_band(&mut self, sample: i32) -> usize {
        let difference = saturate(sample - self.high.expected);
        let magnitude = if difference < 0 { !difference } else { difference };
        let far = magnitude >= (HIGH_LEVEL * self.high.step) >> 12;
        let code = match (difference < 0, far) {
            (true, true) => 0,
            (true, false) => 1,
            (false, true) => 2,
            (false, false) => 3,
        };
        let quantised = self.high.scaled(HIGH_VALUES[code]);
        self.high.adapt_high_step(code);
        self.high.predict(quantised);
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SPEECH: &[u8] = include_bytes!("../../tests/vectors/speech-16k.s16");
    const CODES: &[u8] = include_bytes!("../../tests/vectors/speech.g722");
    const DECODED: &[u8] = include_bytes!("../../tests/vectors/speech.g722.s16");

    fn samples(bytes: &[u8]) -> Vec<i16> {
        bytes.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect()
    }

    /// Another implementation (libavcodec's) makes the same bytes of the same speech.
    #[test]
    fn encodes_as_others_do() {
        let mut codes = Vec::new();
        Encoder::default().encode(&samples(SPEECH), &mut codes);
        let different = codes.iter().zip(CODES).filter(|(a, b)| a != b).count();
        assert_eq!((codes.len(), different), (CODES.len(), 0));
    }

    /// And hears the same samples in them.
    #[test]
    fn decodes_as_others_do() {
        let mut heard = Vec::new();
        Decoder::default().decode(CODES, &mut heard);
        assert_eq!(heard, samples(DECODED));
    }

    proptest! {
        /// Any bytes are sound, and whatever they make can be coded again.
        #[test]
        fn any_bytes_are_sound(codes in prop::collection::vec(any::<u8>(), 0..2_000)) {
            let (mut heard, mut again) = (Vec::new(), Vec::new());
            Decoder::default().decode(&codes, &mut heard);
            Encoder::default().encode(&heard, &mut again);
            prop_assert_eq!((heard.len(), again.len()), (codes.len() * 2, codes.len()));
        }
    }
}
