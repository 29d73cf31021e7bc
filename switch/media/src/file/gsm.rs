//! GSM full rate (GSM 06.10): 20 ms of telephone speech in 260 bits. Files of it come bare, or in wav, where two frames
//! share 65 bytes.
//!
//! The arithmetic is the standard's fixed-point arithmetic, so the samples are those of any other decoder. Section
//! numbers are those of GSM 06.10 version 8.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Take};

use super::{Problem, RATE, Source};

/// Samples of a frame.
const FRAME: usize = 160;
/// Bytes of a frame in a bare file.
pub const BYTES: usize = 33;
/// Bytes of two frames in a wav file.
const PAIR_BYTES: usize = 65;
/// The upper half of the first byte of each bare frame.
pub const SIGNATURE: u8 = 0xd0;

/// Bits of the eight log area ratios.
const LAR_BITS: [u32; 8] = [6, 6, 5, 5, 4, 4, 3, 3];
/// Tables of §5.3.2: smallest code, offset and inverse slope of each ratio.
const LAR_LEAST: [i16; 8] = [-32, -32, -16, -16, -8, -8, -4, -4];
const LAR_OFFSET: [i16; 8] = [0, 0, 2_048, -2_560, 94, -1_792, -341, -1_144];
const LAR_INVERSE: [i16; 8] = [13_107, 13_107, 13_107, 13_107, 19_223, 17_476, 31_454, 29_708];
/// Long-term gains (table 5.3b).
const GAINS: [i16; 4] = [3_277, 11_469, 21_299, 32_767];
/// Mantissas of block maxima (table 5.6).
const MANTISSAS: [i16; 8] = [18_431, 20_479, 22_527, 24_575, 26_623, 28_671, 30_719, 32_767];
/// Lags that the long-term predictor may have.
const LAGS: std::ops::RangeInclusive<usize> = 40..=120;
const DE_EMPHASIS: i16 = 28_180;

/// The product of two fractions, rounded.
fn times(a: i16, b: i16) -> i16 {
    let product = (i32::from(a) * i32::from(b) + 16_384) >> 15;
    product.min(32_767) as i16
}

/// What a frame's bits say.
struct Parameters {
    ratios: [i16; 8],
    parts: [Part; 4],
}

/// 5 ms of a frame.
struct Part {
    lag: usize,
    gain: i16,
    grid: usize,
    maximum: i16,
    pulses: [i16; 13],
}

impl Parameters {
    /// `bits(n)` gives the next `n` bits of the frame.
    fn read(mut bits: impl FnMut(u32) -> i16) -> Parameters {
        let ratios = LAR_BITS.map(&mut bits);
        let parts = std::array::from_fn(|_| Part {
            lag: bits(7) as usize,
            gain: GAINS[(bits(2) & 3) as usize],
            grid: bits(2) as usize,
            maximum: bits(6),
            pulses: std::array::from_fn(|_| bits(3)),
        });
        Parameters { ratios, parts }
    }
}

/// Frames to samples at 8 kHz.
struct Decoder {
    ratios: [i16; 8],
    lag: usize,
    /// Excitation: 120 samples of the past, then those of the part at hand.
    excitation: [i16; 160],
    lattice: [i16; 9],
    emphasis: i16,
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder { ratios: [0; 8], lag: *LAGS.start(), excitation: [0; 160], lattice: [0; 9], emphasis: 0 }
    }
}

impl Decoder {
    /// Append the samples of a bare frame: most significant bits first, after four bits of signature.
    fn decode(&mut self, frame: &[u8; BYTES], out: &mut Vec<i16>) {
        let mut at = 4;
        self.synthesise(
            &Parameters::read(|count| {
                (0..count).fold(0, |value, _| {
                    let bit = frame.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
                    at += 1;
                    value << 1 | i16::from(bit)
                })
            }),
            out,
        );
    }

    /// Append the samples of a pair of frames of a wav file: least significant bits first.
    fn decode_pair(&mut self, pair: &[u8; PAIR_BYTES], out: &mut Vec<i16>) {
        let mut at = 0;
        let mut bits = |count| {
            (0..count).fold(0, |value, shift| {
                let bit = pair.get(at / 8).map_or(0, |byte| byte >> (at % 8) & 1);
                at += 1;
                value | i16::from(bit) << shift
            })
        };
        for _ in 0..2 {
            self.synthesise(&Parameters::read(&mut bits), out);
        }
    }

    fn synthesise(&mut self, frame: &Parameters, out: &mut Vec<i16>) {
        let now = log_area_ratios(&frame.ratios);
        let before = std::mem::replace(&mut self.ratios, now);
        // The filter glides from the last frame's to this one's within the first 5 ms (§5.3.3): shares of both, as
        // shifts to the right.
        let glide = |shifts: [&[u32]; 2]| -> [i16; 8] {
            std::array::from_fn(|i| {
                let part =
                    |ratio: i16, shifts: &[u32]| shifts.iter().fold(0_i16, |sum, by| sum.saturating_add(ratio >> by));
                reflection(part(before[i], shifts[0]).saturating_add(part(now[i], shifts[1])))
            })
        };
        let filters = [glide([&[2, 1], &[2]]), glide([&[1], &[1]]), glide([&[2], &[2, 1]]), glide([&[], &[0]])];
        for (i, part) in frame.parts.iter().enumerate() {
            self.excite(part);
            for k in 0..40 {
                let filter = match i * 40 + k {
                    0..13 => &filters[0],
                    13..27 => &filters[1],
                    27..40 => &filters[2],
                    _ => &filters[3],
                };
                let sample = self.filter(filter, self.excitation[120 + k]);
                self.emphasis = sample.saturating_add(times(self.emphasis, DE_EMPHASIS));
                out.push(self.emphasis.saturating_add(self.emphasis) & !7); // §5.3.6, §5.3.7
            }
        }
    }

    /// Pulses on their grid, over what the long-term predictor repeats (§5.3.1, §5.3.2).
    fn excite(&mut self, part: &Part) {
        self.excitation.copy_within(40.., 0);
        if LAGS.contains(&part.lag) {
            self.lag = part.lag;
        }
        let mut pulses = [0; 40];
        for (place, &pulse) in pulses.iter_mut().skip(part.grid).step_by(3).zip(&scaled(part)) {
            *place = pulse;
        }
        for (k, pulse) in pulses.into_iter().enumerate() {
            let repeated = times(part.gain, self.excitation[120 + k - self.lag]);
            self.excitation[120 + k] = pulse.saturating_add(repeated);
        }
    }

    /// The lattice of the short-term filter (§5.3.5).
    fn filter(&mut self, reflection: &[i16; 8], excitation: i16) -> i16 {
        let mut sample = excitation;
        for i in (0..8).rev() {
            sample = sample.saturating_sub(times(reflection[i], self.lattice[i]));
            self.lattice[i + 1] = self.lattice[i].saturating_add(times(reflection[i], sample));
        }
        self.lattice[0] = sample;
        sample
    }
}

/// The pulses of a part at their true size (§5.3.1).
fn scaled(part: &Part) -> [i16; 13] {
    let mut exponent = if part.maximum > 15 { (part.maximum >> 3) - 1 } else { 0 };
    let mut mantissa = part.maximum - (exponent << 3);
    if mantissa == 0 {
        (exponent, mantissa) = (-4, 7);
    } else {
        while mantissa <= 7 {
            mantissa = mantissa << 1 | 1;
            exponent -= 1;
        }
        mantissa -= 8;
    }
    let factor = MANTISSAS[(mantissa & 7) as usize];
    let shift = 6 - exponent;
    let rounding = if shift > 0 { 1 << (shift - 1) } else { 0 };
    part.pulses.map(|pulse| {
        let value = times(factor, ((pulse << 1) - 7) << 12);
        value.saturating_add(rounding) >> shift
    })
}

/// Log area ratios from their codes (§5.3.2).
fn log_area_ratios(codes: &[i16; 8]) -> [i16; 8] {
    std::array::from_fn(|i| {
        let value = ((codes[i] + LAR_LEAST[i]) << 10).saturating_sub(LAR_OFFSET[i] << 1);
        let value = times(LAR_INVERSE[i], value);
        value.saturating_add(value)
    })
}

/// A reflection coefficient from a log area ratio (§5.3.4).
fn reflection(ratio: i16) -> i16 {
    let size = ratio.saturating_abs();
    let value = match size {
        0..11_059 => size << 1,
        11_059..20_070 => size + 11_059,
        _ => (size >> 2).saturating_add(26_112),
    };
    if ratio < 0 { -value } else { value }
}

/// Reads a file of bare frames.
pub struct Bare {
    file: BufReader<Take<File>>,
    decoder: Decoder,
    frames: u64,
}

impl Bare {
    /// `bytes` from the start of `file`.
    pub fn new(file: File, bytes: u64) -> Result<Bare, Problem> {
        Ok(Bare { file: from(file, 0, bytes)?, decoder: Decoder::default(), frames: bytes / BYTES as u64 })
    }
}

impl Source for Bare {
    fn rate(&self) -> u32 {
        RATE
    }

    fn frames(&self) -> Option<u64> {
        Some(self.frames * FRAME as u64)
    }

    fn read(&mut self, out: &mut Vec<i16>) -> bool {
        let mut frame = [0; BYTES];
        let read = self.file.read_exact(&mut frame).is_ok();
        if read {
            self.decoder.decode(&frame, out);
        }
        read
    }
}

/// Reads the pairs of frames of a wav file.
pub struct Pairs {
    file: BufReader<Take<File>>,
    decoder: Decoder,
    pairs: u64,
}

impl Pairs {
    /// `bytes` of `file`, from `start`.
    pub fn new(file: File, start: u64, bytes: u64) -> Result<Pairs, Problem> {
        Ok(Pairs { file: from(file, start, bytes)?, decoder: Decoder::default(), pairs: bytes / PAIR_BYTES as u64 })
    }
}

impl Source for Pairs {
    fn rate(&self) -> u32 {
        RATE
    }

    fn frames(&self) -> Option<u64> {
        Some(self.pairs * 2 * FRAME as u64)
    }

    fn read(&mut self, out: &mut Vec<i16>) -> bool {
        let mut pair = [0; PAIR_BYTES];
        let read = self.file.read_exact(&mut pair).is_ok();
        if read {
            self.decoder.decode_pair(&pair, out);
        }
        read
    }
}

fn from(mut file: File, start: u64, bytes: u64) -> Result<BufReader<Take<File>>, Problem> {
    file.seek(SeekFrom::Start(start)).map_err(Problem::reading)?;
    Ok(BufReader::new(file.take(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FRAMES: &[u8] = include_bytes!("../../tests/vectors/sounds/raw.gsm");
    const SAMPLES: &[u8] = include_bytes!("../../tests/vectors/sounds/rawgsm.s16");

    /// Another decoder (libgsm) hears the same samples, to the bit.
    #[test]
    fn decodes_as_others_do() {
        let (mut decoder, mut heard) = (Decoder::default(), Vec::new());
        for frame in FRAMES.as_chunks().0 {
            decoder.decode(frame, &mut heard);
        }
        let wanted: Vec<i16> = SAMPLES.chunks(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
        assert_eq!(heard, wanted);
    }

    proptest! {
        /// Any bytes are sound.
        #[test]
        fn any_bytes(frames in prop::collection::vec(prop::array::uniform32(any::<u8>()), 0..20)) {
            let (mut decoder, mut heard) = (Decoder::default(), Vec::new());
            for half in &frames {
                let mut pair = [0; PAIR_BYTES];
                pair[..32].copy_from_slice(half);
                pair[32..64].copy_from_slice(half);
                decoder.decode_pair(&pair, &mut heard);
                decoder.decode(&pair[..BYTES].try_into().unwrap(), &mut heard);
            }
            prop_assert_eq!(heard.len(), frames.len() * 3 * FRAME);
        }
    }
}
