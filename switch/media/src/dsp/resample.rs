//! Change of sample rate: a polyphase low-pass filter, in 16-bit integers, streaming.
//!
//! Rates of calls are small multiples of each other and what files bring is 44.1 or 48 kHz, so a ratio of whole
//! numbers does. A ratio that needs more than [`MOST_PHASES`] filters is replaced by the nearest that does not; it is
//! wrong by less than 0.02 %.

use std::f64::consts::PI;

const MOST_PHASES: usize = 256;
/// Zero crossings of the sinc on each side, at the lower of both rates.
const CROSSINGS: f64 = 28.0;
/// Cut-off, as a share of half the lower rate: the transition band ends where the mirror image begins to be heard.
const CUT_OFF: f64 = 0.92;
/// Kaiser window: 70 dB of stop band.
const BETA: f64 = 7.0;
/// Taps are fractions of this: half of 16 bits, so that sums of 32 bits cannot overflow.
const ONE: f64 = 16_384.0;
/// Rates outside are taken for the nearest inside.
const RATES: std::ops::RangeInclusive<u32> = 1_000..=384_000;

/// Turns a stream of mono samples at one rate into one at another.
pub struct Resampler {
    /// Filters of `width` taps, one for each phase, newest sample last.
    taps: Vec<i16>,
    width: usize,
    /// Output samples per `down` input samples.
    up: usize,
    down: usize,
    phase: usize,
    /// Input that later output still needs.
    kept: Vec<i16>,
}

impl Resampler {
    /// From `from` Hz to `to` Hz. Equal rates cost nothing but a copy.
    pub fn new(from: u32, to: u32) -> Resampler {
        let clamped = |rate: u32| rate.clamp(*RATES.start(), *RATES.end());
        let (from, to) = (clamped(from), clamped(to));
        let (up, down) = ratio(from, to);
        if up == down {
            return Resampler { taps: Vec::new(), width: 0, up, down, phase: 0, kept: Vec::new() };
        }
        let cut_off = CUT_OFF * (f64::from(to) / f64::from(from)).min(1.0);
        let width = ((2.0 * CROSSINGS / cut_off).ceil() as usize).next_multiple_of(8);
        let taps = (0..up).flat_map(|phase| filter(phase as f64 / up as f64, width, cut_off)).collect();
        let mut kept = Vec::with_capacity(width * 8);
        kept.resize(width - 1, 0);
        Resampler { taps, width, up, down, phase: 0, kept }
    }

    /// Take `input`, append what it makes to `out`. The delay is that of the filter: 4 ms between 8 and 16 kHz.
    pub fn process(&mut self, input: &[i16], out: &mut Vec<i16>) {
        if self.up == self.down {
            out.extend_from_slice(input);
            return;
        }
        self.kept.extend_from_slice(input);
        let mut start = 0;
        while let Some(window) = self.kept.get(start..start + self.width) {
            let taps = &self.taps[self.phase * self.width..][..self.width];
            let sum: i32 = window.iter().zip(taps).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
            out.push(((sum + (1 << 13)) >> 14).clamp(-32_768, 32_767) as i16);
            self.phase += self.down;
            start += self.phase / self.up;
            self.phase %= self.up;
        }
        // A step is much shorter than a window, so `start` never lies beyond what is there.
        self.kept.drain(..start.min(self.kept.len()));
    }

    /// At the end of a sound: append what the filter's delay still holds back.
    pub fn flush(&mut self, out: &mut Vec<i16>) {
        self.process(&vec![0; self.width / 2], out);
    }
}

/// The taps for an output sample that lies `fraction` of an input sample after the middle of the window.
fn filter(fraction: f64, width: usize, cut_off: f64) -> impl Iterator<Item = i16> {
    let half = width as f64 / 2.0;
    let ideal: Vec<f64> = (0..width)
        .map(|tap| {
            let distance = tap as f64 - (half - 1.0) - fraction;
            let window = bessel(BETA * (1.0 - (distance / half).powi(2)).max(0.0).sqrt());
            sinc(distance * cut_off) * window
        })
        .collect();
    let gain = ONE / ideal.iter().sum::<f64>();
    ideal.into_iter().map(move |tap| (tap * gain).round() as i16)
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// The modified Bessel function I0, by its series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..24 {
        term *= (x / (2.0 * f64::from(k))).powi(2);
        sum += term;
    }
    sum
}

/// How many samples come out (at most [`MOST_PHASES`]) for how many that go in.
fn ratio(from: u32, to: u32) -> (usize, usize) {
    let wanted = f64::from(from) / f64::from(to);
    let candidates = (1..=MOST_PHASES).map(|up| (up, (up as f64 * wanted).round().max(1.0) as usize));
    let error = |(up, down): (usize, usize)| (down as f64 / up as f64 / wanted - 1.0).abs();
    // The first of equally good ones is the smallest.
    candidates.min_by(|a, b| error(*a).total_cmp(&error(*b))).unwrap_or((1, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hz: f64, rate: u32, length: usize) -> Vec<i16> {
        (0..length).map(|i| (16_000.0 * (2.0 * PI * hz * i as f64 / f64::from(rate)).sin()) as i16).collect()
    }

    fn resampled(input: &[i16], from: u32, to: u32) -> Vec<i16> {
        let mut out = Vec::new();
        Resampler::new(from, to).process(input, &mut out);
        out
    }

    /// Level of the middle of what comes out for a sine, in dB to what went in.
    fn gain(hz: f64, from: u32, to: u32) -> f64 {
        let out = resampled(&sine(hz, from, from as usize), from, to);
        let middle = &out[out.len() / 4..out.len() * 3 / 4];
        let energy: f64 = middle.iter().map(|&s| f64::from(s).powi(2)).sum();
        20.0 * ((energy / middle.len() as f64).sqrt() / (16_000.0 / 2_f64.sqrt())).max(1e-9).log10()
    }

    /// The telephone band passes untouched at every rate; what would fold back into it is 60 dB down.
    #[test]
    fn pass_and_stop_band() {
        for (from, to) in [(8_000, 16_000), (16_000, 8_000), (48_000, 8_000), (8_000, 48_000), (44_100, 8_000)] {
            for hz in [50.0, 300.0, 1_000.0, 2_500.0, 3_300.0] {
                assert!(gain(hz, from, to).abs() < 0.2, "{from} to {to} at {hz}: {}", gain(hz, from, to));
            }
        }
        for from in [16_000, 22_050, 44_100, 48_000] {
            for hz in [4_100.0, 4_600.0, 6_000.0, 7_700.0] {
                assert!(gain(hz, from, 8_000) < -60.0, "{from} at {hz}: {}", gain(hz, from, 8_000));
            }
        }
    }

    /// The mirror image above 4 kHz is not heard after 8 kHz became 16.
    #[test]
    fn images() {
        let out = resampled(&sine(1_000.0, 8_000, 8_000), 8_000, 16_000);
        let error: f64 = (1_000..15_000)
            .map(|i| {
                f64::from(out[i + 1]) - 2.0 * (2.0 * PI * 1_000.0 / 16_000.0).cos() * f64::from(out[i])
                    + f64::from(out[i - 1])
            })
            .map(|e| e * e)
            .sum();
        assert!((error / 14_000.0).sqrt() < 16.0, "{}", (error / 14_000.0).sqrt());
    }

    /// A flush brings the last samples out: a click at the very end is not lost.
    #[test]
    fn flushed() {
        for (from, to) in [(8_000, 16_000), (48_000, 8_000), (44_100, 8_000)] {
            let mut click = vec![0; 1_000];
            click.extend([20_000; 12]);
            let (mut resampler, mut out) = (Resampler::new(from, to), Vec::new());
            resampler.process(&click, &mut out);
            let before = out.len();
            resampler.flush(&mut out);
            assert!(out[..before].iter().all(|s| s.abs() < 8_000) && out[before..].iter().any(|s| *s > 8_000));
        }
        let mut out = Vec::new();
        Resampler::new(8_000, 8_000).flush(&mut out);
        assert!(out.is_empty());
    }

    /// However the stream is cut, the same samples come out.
    #[test]
    fn cuts_do_not_matter() {
        for (from, to) in [(8_000, 16_000), (44_100, 8_000), (48_000, 8_000), (11_025, 8_000)] {
            let input = sine(440.0, from, 10_000);
            let mut resampler = Resampler::new(from, to);
            let mut out = Vec::new();
            for (i, part) in input.chunks(977).enumerate() {
                let (a, b) = part.split_at(part.len().min(i * 31));
                resampler.process(a, &mut out);
                resampler.process(b, &mut out);
            }
            assert_eq!(out, resampled(&input, from, to), "{from} to {to}");
        }
    }

    /// A second in is a second out, at any pair of rates, also those beyond our limits.
    #[test]
    fn length() {
        for (from, to) in [(8_000, 8_000), (11_127, 8_000), (96_000, 8_000), (7_999, 48_000), (384_000, 1_000)] {
            let out = resampled(&vec![0; from as usize], from, to);
            assert!(out.len().abs_diff(to as usize) < to as usize / 1_000 + 10, "{from} to {to}: {}", out.len());
        }
        assert_eq!(resampled(&[1, 2], 0, 1_000), [1, 2]);
        assert!(resampled(&[0; 9], u32::MAX, 8_000).len() <= 1);
    }

    /// The loudest square wave, whose ripples go beyond 16 bits, is limited and does not wrap.
    #[test]
    fn loudest() {
        let square: Vec<i16> = (0..8_000).map(|i| if i % 40 < 20 { i16::MAX } else { i16::MIN }).collect();
        let out = resampled(&square, 8_000, 16_000);
        assert!(out[1_000..].windows(2).all(|w| (i32::from(w[1]) - i32::from(w[0])).abs() < 50_000));
    }
}
