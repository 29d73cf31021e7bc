//! Keys heard in the audio (in-band DTMF), after the limits of ITU-T Q.24 and Bellcore GR-506.
//!
//! Blocks of 16 ms, one every 8 ms, are looked at with eight short Fourier sums. A block sounds like a key when
//!
//! - one row and one column carry nearly all of its energy, neither much louder than the other (twist);
//! - both have the right frequency, told by how far their phase moved since the block before: a tone 2 % off is
//!   accepted, one 3.5 % off is not, which no energy in so short a block could tell.
//!
//! Three such blocks in a row are a key (a tone of 40 ms always holds three, one of 23 ms never), two others end it.
//! Speech rarely holds two pure tones for so long; ten minutes of synthetic speech make no key.

use std::f32::consts::PI;
use std::sync::LazyLock;

use super::keys::{COLUMNS, KEYPAD, ROWS};

const RATE: f32 = 8_000.0;
/// Samples from block to block; a block has two of these.
const HOP: usize = 64;
const HOP_MS: u32 = 8;
const BLOCK: f32 = 2.0 * HOP as f32;
/// Frequencies that are looked for: rows, then columns.
const BANDS: usize = 8;

/// Weakest tone that counts: a peak of -36 dBFS, about -33 dBm0 (Q.24: must be heard down to -29 or so).
const LEAST_PEAK: f32 = 32_768.0 * 0.0158;
/// Share of the block's energy that is in both tones.
const LEAST_SHARE: f32 = 0.8;
/// Furthest off that a frequency may be (Q.24: 1.5 % is a key, 3.5 % is none).
const MOST_OFF: f32 = 0.022;
/// How much louder a column may be than its row, and a row than its column, as ratios of energy: 6 and 9 dB.
const COLUMN_OVER_ROW: f32 = 4.0;
const ROW_OVER_COLUMN: f32 = 8.0;

/// Blocks that make a key, and blocks that end it.
const BEGIN: u32 = 3;
const END: u32 = 2;
/// A tone that is back after so few blocks was only interrupted (Q.24: gaps of 10 ms do not part a key).
const INTERRUPTED: u32 = 3;

/// Cosine and sine of each band for each sample of a hop.
static WAVES: LazyLock<[[f32; 2 * BANDS]; HOP]> = LazyLock::new(|| {
    std::array::from_fn(|n| {
        std::array::from_fn(|i| {
            let angle = radians(i % BANDS) * n as f32;
            if i < BANDS { angle.cos() } else { -angle.sin() }
        })
    })
});

fn hertz(band: usize) -> f32 {
    (if band < 4 { ROWS[band] } else { COLUMNS[band - 4] }) as f32
}

fn radians(band: usize) -> f32 {
    2.0 * PI * hertz(band) / RATE
}

#[derive(Clone, Copy, Default)]
struct Complex {
    re: f32,
    im: f32,
}

impl Complex {
    fn turn(angle: f32) -> Complex {
        Complex { re: angle.cos(), im: angle.sin() }
    }

    fn times(self, other: Complex) -> Complex {
        Complex { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }

    fn plus(self, other: Complex) -> Complex {
        Complex { re: self.re + other.re, im: self.im + other.im }
    }

    fn conjugate(self) -> Complex {
        Complex { im: -self.im, ..self }
    }

    fn square(self) -> f32 {
        self.re * self.re + self.im * self.im
    }
}

/// The Fourier sums and the energy of a stretch of sound.
#[derive(Clone, Copy, Default)]
struct Sums {
    bands: [Complex; BANDS],
    energy: f32,
}

impl Sums {
    fn of(hop: &[i16; HOP]) -> Sums {
        let mut sums = [0.0_f32; 2 * BANDS];
        let mut energy = 0.0;
        for (&sample, wave) in hop.iter().zip(WAVES.iter()) {
            let sample = f32::from(sample);
            energy += sample * sample;
            for (sum, wave) in sums.iter_mut().zip(wave) {
                *sum += sample * wave;
            }
        }
        Sums { bands: std::array::from_fn(|i| Complex { re: sums[i], im: sums[i + BANDS] }), energy }
    }

    /// Of two hops, one after the other.
    fn joined(self, next: Sums, turns: &[Complex; BANDS]) -> Sums {
        Sums {
            bands: std::array::from_fn(|i| self.bands[i].plus(next.bands[i].times(turns[i]))),
            energy: self.energy + next.energy,
        }
    }

    /// Position of the strongest of four bands.
    fn strongest(&self, from: usize) -> usize {
        let bands = from..from + 4;
        bands.max_by(|&a, &b| self.bands[a].square().total_cmp(&self.bands[b].square())).unwrap_or(from)
    }
}

/// A key that was pressed and let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Press {
    /// One of `0-9 A-D * #`.
    pub key: char,
    /// How long it sounded, to 8 ms.
    pub ms: u32,
}

/// Hears keys in a stream at 8 kHz.
pub struct KeyDetector {
    hop: [i16; HOP],
    filled: usize,
    last_hop: Sums,
    last_block: Sums,
    /// By which a hop's sums turn when it is the second of a block: `e^(-jω·HOP)` of each band.
    turns: [Complex; BANDS],
    /// What the last blocks sounded like, and how many did.
    key: Option<char>,
    hits: u32,
    misses: u32,
    /// Has been told already, before an interruption.
    told: bool,
}

impl Default for KeyDetector {
    fn default() -> KeyDetector {
        KeyDetector {
            hop: [0; HOP],
            filled: 0,
            last_hop: Sums::default(),
            last_block: Sums::default(),
            turns: std::array::from_fn(|band| Complex::turn(-radians(band) * HOP as f32)),
            key: None,
            hits: 0,
            misses: 0,
            told: false,
        }
    }
}

impl KeyDetector {
    /// Take at most 60 ms of sound; the key that was let go in it. It is told 20 ms after its end at the latest.
    pub fn push(&mut self, mut samples: &[i16]) -> Option<Press> {
        let mut press = None;
        while !samples.is_empty() {
            let taken = samples.len().min(HOP - self.filled);
            let (now, later) = samples.split_at(taken);
            self.hop[self.filled..self.filled + taken].copy_from_slice(now);
            self.filled += taken;
            samples = later;
            if self.filled == HOP {
                self.filled = 0;
                press = self.hop().or(press);
            }
        }
        press
    }

    /// The key that is held down now.
    pub fn held(&self) -> Option<char> {
        self.key.filter(|_| self.hits >= BEGIN && self.misses < END)
    }

    fn hop(&mut self) -> Option<Press> {
        let hop = Sums::of(&self.hop);
        let block = self.last_hop.joined(hop, &self.turns);
        let key = self.sounds_like(&block);
        self.last_hop = hop;
        self.last_block = block;
        self.follow(key)
    }

    /// The key that a block sounds like.
    fn sounds_like(&self, block: &Sums) -> Option<char> {
        let least = (LEAST_PEAK * BLOCK / 2.0).powi(2);
        let (row, column) = (block.strongest(0), block.strongest(4));
        let (low, high) = (block.bands[row].square(), block.bands[column].square());
        if low < least || high < least || high > low * COLUMN_OVER_ROW || low > high * ROW_OVER_COLUMN {
            return None;
        }
        let inside = self.true_energy(block, row)? + self.true_energy(block, column)?;
        (inside > block.energy * LEAST_SHARE).then(|| KEYPAD[row][column - 4])
    }

    /// Energy of the tone in a band, unless its frequency is wrong.
    fn true_energy(&self, block: &Sums, band: usize) -> Option<f32> {
        // The phase moved by ω·HOP since the last block; what it moved beyond that of the nominal tone tells how far
        // off it is. `turns` holds the nominal one backwards.
        let moved = block.bands[band].times(self.last_block.bands[band].conjugate()).times(self.turns[band]);
        let off = moved.im.atan2(moved.re) / (HOP as f32) * RATE / (2.0 * PI);
        if off.abs() > MOST_OFF * hertz(band) {
            return None;
        }
        // A tone that is off by so much shows less in the sum than it is.
        let x = PI * off * BLOCK / RATE;
        let shown = if x.abs() < 1e-3 { 1.0 } else { x.sin() / x };
        Some(2.0 * block.bands[band].square() / BLOCK / (shown * shown))
    }

    /// Count blocks of a key and those between.
    fn follow(&mut self, heard: Option<char>) -> Option<Press> {
        if heard.is_some() && heard == self.key {
            let interrupted = self.misses >= END && self.hits >= BEGIN;
            if !interrupted || self.misses <= INTERRUPTED {
                self.told |= interrupted;
                self.hits += 1;
                self.misses = 0;
                return None;
            }
        }
        let before = self.key.filter(|_| self.hits >= BEGIN && !self.told);
        self.misses += 1;
        let press = before.filter(|_| self.misses == END).map(|key| Press { key, ms: (self.hits + 1) * HOP_MS });
        if heard.is_some() && (self.misses >= END || self.hits < BEGIN) {
            (self.key, self.hits, self.misses, self.told) = (heard, 1, 0, false);
        } else if self.hits < BEGIN || self.misses > INTERRUPTED {
            (self.key, self.hits, self.told) = (None, 0, false);
        }
        press
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::KeyTones;
    use crate::dsp::testing::{Noise, mixed, sines};
    use proptest::prelude::*;

    fn heard(sound: &[i16]) -> String {
        let mut detector = KeyDetector::default();
        sound.chunks(160).filter_map(|frame| detector.push(frame)).map(|press| press.key).collect()
    }

    fn key(row: f32, column: f32, row_dbfs: f32, column_dbfs: f32, ms: usize) -> Vec<i16> {
        let mut sound = vec![0; 480];
        sound.extend(sines(&[(row, row_dbfs), (column, column_dbfs)], ms * 8));
        sound.extend([0; 480]);
        sound
    }

    /// All sixteen keys are heard, each once.
    #[test]
    fn every_key() {
        let mut sound = vec![0; 8_000 * 4];
        let keys = "0123456789ABCD*#";
        let made = KeyTones::new(keys, 8_000).unwrap().fill(&mut sound);
        assert_eq!(made, 16 * 1_600);
        assert_eq!(heard(&sound), keys);
    }

    /// 40 ms are a key wherever they begin, 23 ms are none (Q.24: between 20 and 40 ms it may be either).
    #[test]
    fn durations() {
        for shift in 0..64 {
            let shifted = |ms| [vec![0; shift], key(852.0, 1_477.0, -12.0, -12.0, ms)].concat();
            assert_eq!(heard(&shifted(40)), "9", "40 ms at {shift}");
            assert_eq!(heard(&shifted(23)), "", "23 ms at {shift}");
        }
    }

    /// Keys of 40 ms with pauses of 40 ms are told apart; a gap of 10 ms does not part one.
    #[test]
    fn pauses() {
        let tone = sines(&[(770.0, -12.0), (1_336.0, -12.0)], 40 * 8);
        for (pause, expected) in [(40 * 8, "55555"), (10 * 8, "5")] {
            let mut sound = vec![0; 100];
            for _ in 0..5 {
                sound.extend_from_slice(&tone);
                sound.extend(vec![0; pause]);
            }
            sound.extend([0; 800]);
            assert_eq!(heard(&sound), expected, "pause of {pause} samples");
        }
    }

    /// Frequencies 1.5 % off are keys, 3.5 % off are not; twist of 8 dB one way and 4 dB the other is borne.
    #[test]
    fn frequencies_and_twist() {
        for (row, column, expected) in
            [(697.0, 1_209.0, "1"), (697.0, 1_633.0, "A"), (941.0, 1_336.0, "0"), (941.0, 1_633.0, "D")]
        {
            for sign in [-1.0, 1.0] {
                let (near, far) = (1.0 + sign * 0.015, 1.0 + sign * 0.035);
                assert_eq!(heard(&key(row * near, column * near, -12.0, -12.0, 60)), expected, "{row} {column} {near}");
                assert_eq!(heard(&key(row * far, column, -12.0, -12.0, 60)), "", "row of {row} {column} {far}");
                assert_eq!(heard(&key(row, column * far, -12.0, -12.0, 60)), "", "column of {row} {column} {far}");
            }
            assert_eq!(heard(&key(row, column, -10.0, -18.0, 60)), expected);
            assert_eq!(heard(&key(row, column, -14.0, -10.0, 60)), expected);
            assert_eq!(heard(&key(row, column, -10.0, -22.0, 60)), "");
            assert_eq!(heard(&key(row, column, -22.0, -10.0, 60)), "");
        }
    }

    /// Levels from -30 dBm0 up to the loudest that does not clip, and noise 15 dB below, hide nothing.
    #[test]
    fn level_and_noise() {
        for dbfs in [-33.0, -20.0, -6.1] {
            for seed in 1..20 {
                let sound = key(941.0, 1_477.0, dbfs, dbfs, 60);
                let noise = Noise::new(seed).frame(dbfs - 15.0, sound.len());
                assert_eq!(heard(&mixed(&sound, &noise)), "#", "{dbfs} dBFS, seed {seed}");
            }
        }
    }

    /// A key is told within 20 ms of sound after its end, with its length, and known to be held before.
    #[test]
    fn timely() {
        let mut detector = KeyDetector::default();
        let sound = key(697.0, 1_477.0, -12.0, -12.0, 100);
        let mut presses = Vec::new();
        for (i, sample) in sound.iter().enumerate() {
            presses.extend(detector.push(&[*sample]).map(|press| (i, press)));
            let since = i as i32 - 480; // samples since the key went down
            if (48 * 8..100 * 8).contains(&since) {
                assert_eq!(detector.held(), Some('3'), "{since}");
            }
        }
        let [(at, press)] = presses[..] else { panic!("{presses:?}") };
        assert!(
            (480 + 800..480 + 960).contains(&at) && press.key == '3' && press.ms.abs_diff(100) <= 8,
            "{at} {press:?}"
        );
        assert_eq!(detector.held(), None);
    }

    /// One tone, three tones, white noise, call progress tones and speech are no keys.
    #[test]
    fn talk_off() {
        assert_eq!(heard(&sines(&[(770.0, -12.0)], 8_000)), "");
        assert_eq!(heard(&sines(&[(770.0, -12.0), (1_336.0, -12.0), (1_000.0, -12.0)], 8_000)), "");
        assert_eq!(heard(&sines(&[(440.0, -12.0), (480.0, -12.0)], 8_000)), "");
        assert_eq!(heard(&Noise::new(3).frame(-12.0, 800_000)), "");
    }

    proptest! {
        /// Any samples in any pieces are taken.
        #[test]
        fn anything(frames in prop::collection::vec(prop::collection::vec(any::<i16>(), 0..300), 0..20)) {
            let mut detector = KeyDetector::default();
            for frame in frames {
                detector.push(&frame);
            }
        }
    }
}
