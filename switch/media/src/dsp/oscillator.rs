//! Sums of sines, sample by sample.

use std::f64::consts::TAU;

/// Peak of a sine at 0 dBm0, where 3.17 dBm0 fill 16 bits (G.711 µ-law).
const ZERO_DBM0: f64 = 22_750.0;

/// The peak of a sine at `dbm0`.
pub fn peak(dbm0: f64) -> f64 {
    ZERO_DBM0 * 10_f64.powf(dbm0 / 20.0)
}

/// One sine: each sample is made of the two before it, in doubles, which keep its level for days.
#[derive(Clone, Copy, Debug)]
pub struct Sine {
    turn: f64,
    last: f64,
    before: f64,
}

impl Sine {
    /// A sine of `hz` at `rate` samples a second that starts at zero.
    pub fn new(hz: f64, peak: f64, rate: u32) -> Sine {
        let angle = TAU * hz / f64::from(rate);
        Sine { turn: 2.0 * angle.cos(), last: 0.0, before: -peak * angle.sin() }
    }

    /// The next sample.
    #[inline]
    pub fn next(&mut self) -> f64 {
        let now = self.last;
        self.last = self.turn * now - self.before;
        self.before = now;
        now
    }
}
