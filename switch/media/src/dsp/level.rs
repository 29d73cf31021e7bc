//! How loud samples are.

/// The sum of the products of two series, each product halved four times so that nothing overflows.
///
/// Sixteen halved products fit into 32 bits, which is what makes this vector code.
pub fn dot(a: &[i16], b: &[i16]) -> i64 {
    let blocks = a.chunks(16).zip(b.chunks(16));
    let sum = |a: &[i16], b: &[i16]| a.iter().zip(b).map(|(&a, &b)| (i32::from(a) * i32::from(b)) >> 4).sum::<i32>();
    blocks.map(|(a, b)| i64::from(sum(a, b))).sum()
}

/// Level in dB to the RMS of a full square wave; silence is -100.
pub fn dbfs(samples: &[i16]) -> f32 {
    let mean = 16.0 * dot(samples, samples) as f32 / samples.len().max(1) as f32;
    (10.0 * (mean / (32_768.0 * 32_768.0)).max(1e-10).log10()).max(-100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Levels that can be told by hand, and the ends of the scale.
    #[test]
    fn levels() {
        assert!(dbfs(&[i16::MIN; 160]).abs() < 0.01);
        assert!((dbfs(&[3_277; 160]) + 20.0).abs() < 0.1);
        assert_eq!((dbfs(&[0; 160]), dbfs(&[])), (-100.0, -100.0));
    }
}
