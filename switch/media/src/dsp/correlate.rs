//! How alike a short sound and every stretch of a long one are: normalised cross-correlation, by FFT.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// Correlates sounds in blocks of one size.
pub struct Correlator {
    size: usize,
    forward: Arc<dyn RealToComplex<f32>>,
    backward: Arc<dyn ComplexToReal<f32>>,
    time: Vec<f32>,
    product: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

/// The spectrum of a sound within a block.
pub struct Spectrum(Vec<Complex<f32>>);

impl Correlator {
    /// For blocks of `size` samples, an even number.
    pub fn new(size: usize) -> Correlator {
        let mut planner = RealFftPlanner::new();
        let (forward, backward) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        let scratch = forward.get_scratch_len().max(backward.get_scratch_len());
        Correlator {
            size,
            time: vec![0.0; size],
            product: backward.make_input_vec(),
            scratch: vec![Complex::default(); scratch],
            forward,
            backward,
        }
    }

    /// The spectrum of at most a block, followed by silence.
    pub fn spectrum(&mut self, sound: &[f32]) -> Spectrum {
        let length = sound.len().min(self.size);
        self.time[..length].copy_from_slice(&sound[..length]);
        self.time[length..].fill(0.0);
        let mut spectrum = self.forward.make_output_vec();
        let done = self.forward.process_with_scratch(&mut self.time, &mut spectrum, &mut self.scratch);
        debug_assert!(done.is_ok(), "the buffers have the sizes that were asked for");
        Spectrum(spectrum)
    }

    /// The sum of products of `wanted` with `heard` from each sample of the block on. Where `wanted` would go beyond
    /// its end the block wraps around, so the last sums are of no use.
    pub fn correlate(&mut self, heard: &Spectrum, wanted: &Spectrum) -> &[f32] {
        let scale = 1.0 / self.size as f32;
        for ((product, a), b) in self.product.iter_mut().zip(&heard.0).zip(&wanted.0) {
            *product = a * b.conj() * scale;
        }
        // The ends of the spectrum of a real signal are real; rounding must not say otherwise.
        let last = self.product.len() - 1;
        self.product[0].im = 0.0;
        self.product[last].im = 0.0;
        let done = self.backward.process_with_scratch(&mut self.product, &mut self.time, &mut self.scratch);
        debug_assert!(done.is_ok(), "the buffers have the sizes that were asked for");
        &self.time
    }
}

/// Energies of all stretches of a sound.
pub struct Energies(Vec<f64>);

impl Energies {
    /// Of `sound`.
    pub fn of(sound: &[f32]) -> Energies {
        let running = sound.iter().scan(0.0, |sum, sample| {
            *sum += f64::from(*sample) * f64::from(*sample);
            Some(*sum)
        });
        Energies(std::iter::once(0.0).chain(running).collect())
    }

    /// Of the `length` samples from `start` on.
    pub fn within(&self, start: usize, length: usize) -> f32 {
        match (self.0.get(start), self.0.get(start + length)) {
            (Some(before), Some(after)) => (after - before) as f32,
            _ => 0.0,
        }
    }
}
