//! What is heard in place of lost G.711 and G.722 packets: the last pitch periods again, fading out.
//!
//! The idea is that of G.711 Appendix I (find the pitch by correlation, repeat, fade within 60 ms, blend into the next
//! good frame), without its delay of 3.75 ms: where repetition starts, the step between the last sample and the
//! repeated ones is taken away gradually instead of by looking back.

use crate::dsp::level::dot;

/// Lowest pitch that is looked for, as a period.
const LONGEST_PERIOD_MS: f32 = 15.0;
/// Highest pitch, as a period.
const SHORTEST_PERIOD_MS: f32 = 5.0;
/// How much of the past a candidate is compared with.
const COMPARED_MS: f32 = 20.0;
/// Nothing fades at first, then all of it up to the end: appendix I.2.7.
const HOLD_MS: f32 = 10.0;
const SILENT_MS: f32 = 60.0;
/// How long the repetition goes on under a good frame that follows it.
const BLEND_MS: f32 = 5.0;
/// How long the step at the start takes to go away.
const SEAM_MS: f32 = 2.5;

/// The recent past of one stream and, while packets are missing, what is made of it.
pub struct Concealer {
    rate: f32,
    past: Vec<i16>,
    /// Two pitch periods, repeated while packets are missing.
    cycle: Vec<i16>,
    position: usize,
    /// Samples made since the last good one; 0: nothing is missing.
    missing: usize,
    /// Last good sample less the one before `cycle`.
    step: f32,
}

impl Concealer {
    /// For samples at `rate` Hz.
    pub fn new(rate: u32) -> Concealer {
        let rate = rate as f32;
        let kept = samples(rate, LONGEST_PERIOD_MS * 2.0 + COMPARED_MS);
        Concealer {
            rate,
            past: vec![0; kept],
            cycle: Vec::with_capacity(samples(rate, LONGEST_PERIOD_MS * 2.0)),
            position: 0,
            missing: 0,
            step: 0.0,
        }
    }

    /// A good frame was decoded: remember it, and blend it in when something was missing before it.
    pub fn heard(&mut self, frame: &mut [i16]) {
        if self.missing > 0 {
            let blend = samples(self.rate, BLEND_MS).min(frame.len());
            for (i, sample) in frame.iter_mut().take(blend).enumerate() {
                let share = (i + 1) as f32 / (blend + 1) as f32;
                *sample = (f32::from(*sample) * share + self.next() * (1.0 - share)) as i16;
            }
            self.missing = 0;
        }
        remember(&mut self.past, frame);
    }

    /// Append `count` samples of what might have been.
    pub fn conceal(&mut self, count: usize, out: &mut Vec<i16>) {
        if self.missing == 0 {
            self.start();
        }
        let start = out.len();
        for _ in 0..count {
            let sample = self.next() as i16;
            out.push(sample);
        }
        remember(&mut self.past, &out[start..]);
    }

    /// Choose what is repeated.
    fn start(&mut self) {
        let end = self.past.len();
        let period = self.period();
        let taken = period * 2;
        self.cycle.clear();
        self.cycle.extend_from_slice(&self.past[end - taken..]);
        // The end of the cycle flows into its start: its last quarter turns into what came before the start.
        let seam = period / 4;
        for i in 0..seam {
            let share = (i + 1) as f32 / (seam + 1) as f32;
            let before = f32::from(self.past[end - taken - seam + i]);
            let sample = &mut self.cycle[taken - seam + i];
            *sample = (f32::from(*sample) * (1.0 - share) + before * share) as i16;
        }
        self.step = f32::from(self.past[end - 1]) - f32::from(self.past[end - taken - 1]);
        self.position = 0;
    }

    /// The lag at which the last 20 ms are most like what was before them.
    fn period(&self) -> usize {
        let (shortest, longest) = (samples(self.rate, SHORTEST_PERIOD_MS), samples(self.rate, LONGEST_PERIOD_MS));
        let compared = samples(self.rate, COMPARED_MS);
        let end = self.past.len();
        let recent = &self.past[end - compared..];
        let likeness = |period: usize| {
            let earlier = &self.past[end - compared - period..end - period];
            let energy = dot(earlier, earlier).max(1) as f32;
            dot(recent, earlier) as f32 / energy.sqrt()
        };
        let coarse = (shortest..=longest).step_by(2).map(|period| (likeness(period), period));
        let (_, coarse) = coarse.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((0.0, longest));
        let fine =
            (coarse - 1..=coarse + 1).filter(|period| *period <= longest).map(|period| (likeness(period), period));
        fine.max_by(|a, b| a.0.total_cmp(&b.0)).map_or(coarse, |(_, period)| period)
    }

    /// The next sample of the repetition.
    fn next(&mut self) -> f32 {
        let (hold, silent) = (HOLD_MS * self.rate / 1e3, SILENT_MS * self.rate / 1e3);
        let age = self.missing as f32;
        let gain = 1.0 - ((age - hold) / (silent - hold)).clamp(0.0, 1.0);
        let step = self.step * (1.0 - age / (SEAM_MS * self.rate / 1e3)).max(0.0);
        let sample = self.cycle.get(self.position).copied().unwrap_or(0);
        self.position += 1;
        if self.position >= self.cycle.len() {
            self.position = 0;
        }
        self.missing += 1;
        ((f32::from(sample) + step) * gain).clamp(-32_768.0, 32_767.0)
    }
}

fn samples(rate: f32, ms: f32) -> usize {
    (rate * ms / 1e3) as usize
}

fn remember(past: &mut [i16], frame: &[i16]) {
    let kept = past.len();
    match frame.len() {
        more if more >= kept => past.copy_from_slice(&frame[more - kept..]),
        less => {
            past.copy_within(less.., 0);
            past[kept - less..].copy_from_slice(frame);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(rate: u32, length: usize) -> Vec<i16> {
        let wave = |i: usize, hz: f32| (i as f32 * hz * std::f32::consts::TAU / rate as f32).sin();
        (0..length).map(|i| (4_000.0 * (wave(i, 125.0) + wave(i, 250.0) + 0.5 * wave(i, 1_000.0))) as i16).collect()
    }

    fn level(samples: &[i16]) -> f64 {
        (samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len() as f64).sqrt()
    }

    /// A lost packet within a steady voice is hardly missed: the repetition stays close to what was lost.
    #[test]
    fn a_voice_goes_on() {
        for rate in [8_000, 16_000] {
            let frame = rate as usize / 50;
            let mut sound = voice(rate, frame * 6);
            let mut concealer = Concealer::new(rate);
            for frame in sound[..frame * 5].chunks_mut(frame) {
                concealer.heard(frame);
            }
            let mut made = Vec::new();
            concealer.conceal(frame, &mut made);
            let half = frame / 2; // the second half has begun to fade
            let error: Vec<i16> = made.iter().zip(&sound[frame * 5..]).take(half).map(|(a, b)| a - b).collect();
            assert!(level(&error) < 0.1 * level(&sound[frame * 5..]), "{rate}: {}", level(&error));
        }
    }

    /// Nothing is heard any more after 60 ms, and no neighbouring samples are further apart than in the voice itself:
    /// no click where a loss begins, goes on, or ends.
    #[test]
    fn it_fades_without_a_click() {
        let (rate, frame) = (8_000, 160);
        let mut sound = voice(rate, frame * 10);
        let steepest = |s: &[i16]| s.windows(2).map(|w| (i32::from(w[1]) - i32::from(w[0])).abs()).max().unwrap();
        let allowed = steepest(&sound) * 5 / 4;
        let mut concealer = Concealer::new(rate);
        let mut heard = Vec::new();
        for (i, good) in sound.chunks_mut(frame).enumerate() {
            if (5..9).contains(&i) {
                concealer.conceal(frame, &mut heard);
            } else {
                concealer.heard(good);
                heard.extend_from_slice(good);
            }
        }
        assert!(steepest(&heard) <= allowed, "{} > {allowed}", steepest(&heard));
        assert!(heard[8 * frame..9 * frame].iter().all(|s| *s == 0));
        assert!(heard[5 * frame..6 * frame].iter().any(|s| s.abs() > 4_000));
    }

    /// The loudest possible noise overflows nothing.
    #[test]
    fn extremes_are_harmless() {
        let mut concealer = Concealer::new(8_000);
        let mut heard = Vec::new();
        for i in 0..20 {
            let mut frame: Vec<i16> =
                (0..160).map(|n| if (n * n + i) % 3 == 0 { i16::MIN } else { i16::MAX }).collect();
            concealer.heard(&mut frame);
            concealer.conceal(200, &mut heard);
        }
        assert_eq!(heard.len(), 4_000);
    }
}
