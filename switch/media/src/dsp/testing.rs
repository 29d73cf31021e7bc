//! Sounds for tests.

/// White noise, the same for the same seed.
pub struct Noise(u32);

impl Noise {
    pub fn new(seed: u32) -> Noise {
        Noise(seed | 1)
    }

    /// Between -1 and 1.
    pub fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as i32 as f32 / 2_147_483_648.0
    }

    /// `length` samples of about `dbfs`.
    pub fn frame(&mut self, dbfs: f32, length: usize) -> Vec<i16> {
        let peak = 32_768.0 * 10_f32.powf(dbfs / 20.0) * 3_f32.sqrt();
        (0..length).map(|_| (self.next() * peak) as i16).collect()
    }
}

/// A sum of sines of (Hz, dBFS of its peak) at 8 kHz.
pub fn sines(parts: &[(f32, f32)], length: usize) -> Vec<i16> {
    let sample = |i: usize, &(hz, dbfs): &(f32, f32)| {
        32_768.0
            * 10_f64.powf(f64::from(dbfs) / 20.0)
            * (i as f64 * f64::from(hz) * std::f64::consts::TAU / 8_000.0).sin()
    };
    (0..length).map(|i| parts.iter().map(|part| sample(i, part)).sum::<f64>() as i16).collect()
}

/// `sound` with `other` over it.
pub fn mixed(sound: &[i16], other: &[i16]) -> Vec<i16> {
    sound.iter().zip(other).map(|(&a, &b)| a.saturating_add(b)).collect()
}

/// A file of a test's own, gone with it.
pub struct Scratch(pub std::path::PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Scratch {
        Scratch(std::env::temp_dir().join(format!("hookflash-{}-{name}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
