//! ITU-T G.711: µ-law and A-law at 8,000 samples a second, one byte a sample.
//!
//! A code is a sign, a segment and four bits within it: a float of 8 bits. So the encoders let the processor convert
//! the magnitude to an `f32` and take exponent and top mantissa bits from there; the loops have no branch and no table,
//! and the compiler makes vectors of them. Rounding is that of the reference (ITU-T G.191): towards the lower
//! magnitude, negative samples by one's complement.

/// Linear values of the 256 µ-law codes.
pub const ULAW_TO_LINEAR: [i16; 256] = ulaw_table();
/// Linear values of the 256 A-law codes.
pub const ALAW_TO_LINEAR: [i16; 256] = alaw_table();

/// The µ-law code of silence.
pub const ULAW_SILENCE: u8 = 0xff;
/// The A-law code of silence.
pub const ALAW_SILENCE: u8 = 0xd5;

const fn ulaw_table() -> [i16; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = expand_ulaw(code as u8);
        code += 1;
    }
    table
}

const fn alaw_table() -> [i16; 256] {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = expand_alaw(code as u8);
        code += 1;
    }
    table
}

const fn expand_ulaw(code: u8) -> i16 {
    let code = !code;
    let (segment, step) = ((code >> 4) & 7, (code & 15) as i16);
    let magnitude = (((step << 3) + 132) << segment) - 132;
    if code & 0x80 != 0 { -magnitude } else { magnitude }
}

const fn expand_alaw(code: u8) -> i16 {
    let code = code ^ 0x55;
    let (segment, step) = ((code >> 4) & 7, (code & 15) as i16);
    let magnitude = match segment {
        0 => (step << 4) + 8,
        _ => ((step << 4) + 264) << (segment - 1),
    };
    if code & 0x80 != 0 { magnitude } else { -magnitude }
}

/// The µ-law code of a sample.
#[inline]
pub fn ulaw(sample: i16) -> u8 {
    let sample = i32::from(sample);
    let sign = sample >> 15;
    let magnitude = ((sample ^ sign) + 132).min(0x7fff);
    let code = ((magnitude as f32).to_bits() >> 19) as i32 - ((127 + 7) << 4);
    !((sign & 0x80) | code) as u8
}

/// The A-law code of a sample.
#[inline]
pub fn alaw(sample: i16) -> u8 {
    let sample = i32::from(sample);
    let sign = sample >> 15;
    let magnitude = (sample ^ sign) >> 4;
    let curved = ((magnitude as f32).to_bits() >> 19) as i32 - ((127 + 3) << 4);
    let code = if magnitude < 16 { magnitude } else { curved };
    ((!sign & 0x80) | code) as u8 ^ 0x55
}

/// Append the linear samples of µ-law codes.
pub fn decode_ulaw(codes: &[u8], out: &mut Vec<i16>) {
    out.extend(codes.iter().map(|&code| ULAW_TO_LINEAR[usize::from(code)]));
}

/// Append the linear samples of A-law codes.
pub fn decode_alaw(codes: &[u8], out: &mut Vec<i16>) {
    out.extend(codes.iter().map(|&code| ALAW_TO_LINEAR[usize::from(code)]));
}

/// Append the µ-law codes of samples.
pub fn encode_ulaw(samples: &[i16], out: &mut Vec<u8>) {
    out.extend(samples.iter().map(|&sample| ulaw(sample)));
}

/// Append the A-law codes of samples.
pub fn encode_alaw(samples: &[i16], out: &mut Vec<u8>) {
    out.extend(samples.iter().map(|&sample| alaw(sample)));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compression as G.191 writes it down: segments found by shifting.
    fn reference_ulaw(sample: i16) -> u8 {
        let magnitude = (i32::from(if sample < 0 { !sample } else { sample }) >> 2) + 33;
        let magnitude = magnitude.min(0x1fff);
        let segment = (0..8).find(|s| magnitude >> (s + 6) == 0).unwrap();
        let code = (segment << 4) | ((magnitude >> (segment + 1)) & 15);
        let code = if sample < 0 { code | 0x80 } else { code };
        !(code as u8)
    }

    fn reference_alaw(sample: i16) -> u8 {
        let mut magnitude = i32::from(if sample < 0 { !sample } else { sample }) >> 4;
        if magnitude > 15 {
            let mut exponent = 1;
            while magnitude > 31 {
                magnitude >>= 1;
                exponent += 1;
            }
            magnitude = magnitude - 16 + (exponent << 4);
        }
        let code = if sample < 0 { magnitude } else { magnitude | 0x80 };
        code as u8 ^ 0x55
    }

    /// Every one of the 65,536 samples has the code that the reference gives it.
    #[test]
    fn codes_are_those_of_the_reference() {
        for sample in i16::MIN..=i16::MAX {
            assert_eq!(ulaw(sample), reference_ulaw(sample), "µ-law of {sample}");
            assert_eq!(alaw(sample), reference_alaw(sample), "A-law of {sample}");
        }
    }

    /// A code survives a decode and an encode; only µ-law's negative zero becomes the positive one.
    #[test]
    fn a_code_survives_the_round_trip() {
        for code in 0..=255_u8 {
            assert_eq!(alaw(ALAW_TO_LINEAR[usize::from(code)]), code);
            let again = ulaw(ULAW_TO_LINEAR[usize::from(code)]);
            assert_eq!(again, if code == 0x7f { 0xff } else { code });
        }
    }

    /// Values that anybody can look up: loudest, quietest and silent codes (G.711 tables 1 and 2).
    #[test]
    fn known_values() {
        assert_eq!([ULAW_TO_LINEAR[0x80], ULAW_TO_LINEAR[0x00], ULAW_TO_LINEAR[0xff]], [32_124, -32_124, 0]);
        assert_eq!([ALAW_TO_LINEAR[0xaa], ALAW_TO_LINEAR[0x2a], ALAW_TO_LINEAR[0xd5]], [32_256, -32_256, 8]);
        assert_eq!((ulaw(0), alaw(0)), (ULAW_SILENCE, ALAW_SILENCE));
    }
}
