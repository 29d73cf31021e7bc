//! The switch as `hookflash._switch`: nothing but the border to Python. `_switch.pyi` describes it.

use std::collections::BTreeMap;
use std::os::fd::{AsRawFd, RawFd};
use std::path::PathBuf;

use hookflash_media::dsp;
use hookflash_media::file;
use hookflash_switch::protocol::{Command, SwitchConfig};
use hookflash_switch::switch::{StartError, Switch as CoreSwitch};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

#[pyclass(frozen, module = "hookflash._switch")]
struct Switch(CoreSwitch);

#[pymethods]
impl Switch {
    #[new]
    fn new(py: Python<'_>, config: &[u8]) -> PyResult<Self> {
        let config: SwitchConfig = serde_json::from_slice(config).map_err(as_value_error)?;
        py.detach(|| CoreSwitch::start(config)).map(Self).map_err(|error| match error {
            StartError::Config(sentence) => PyValueError::new_err(sentence),
            StartError::Io(error) => PyErr::from(error),
        })
    }

    fn fileno(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    fn addresses(&self) -> BTreeMap<String, String> {
        self.0.addresses()
    }

    fn command(&self, py: Python<'_>, command: &[u8]) -> PyResult<()> {
        let command: Command = serde_json::from_slice(command).map_err(as_value_error)?;
        py.detach(|| self.0.command(command));
        Ok(())
    }

    fn drain<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let json = py.detach(|| serde_json::to_vec(&self.0.drain())).map_err(as_value_error)?;
        Ok(PyBytes::new(py, &json))
    }

    fn step(&self, py: Python<'_>, until: u64) -> u64 {
        py.detach(|| self.0.step(until))
    }

    fn simulated(&self) -> usize {
        self.0.simulated()
    }

    fn feed(&self, py: Python<'_>, stream: u64, pcm: &[u8]) {
        py.detach(|| self.0.feed(stream, &samples(pcm)));
    }

    fn heard<'py>(&self, py: Python<'py>, leg: u64) -> Bound<'py, PyBytes> {
        let heard = py.detach(|| self.0.heard(leg));
        PyBytes::new(py, &bytes(&heard))
    }

    fn take_audio<'py>(&self, py: Python<'py>, leg: u64, op: u64) -> Bound<'py, PyBytes> {
        let audio = py.detach(|| self.0.take_audio(leg, op));
        PyBytes::new(py, &bytes(&audio))
    }

    fn hears(&self, py: Python<'_>, leg: u64, wanted: &[u8], after: u64) -> Option<(u64, u64, f32)> {
        py.detach(|| self.0.hears(leg, &samples(wanted), after))
    }

    fn refuse_calls(&self, refuse: bool) {
        self.0.refuse_calls(refuse);
    }

    fn stats(&self) -> BTreeMap<String, f64> {
        self.0.stats()
    }

    fn close(&self, py: Python<'_>) {
        py.detach(|| self.0.close());
    }
}

#[pyclass(module = "hookflash._switch")]
struct Resampler(dsp::Resampler);

#[pymethods]
impl Resampler {
    #[new]
    fn new(source: u32, target: u32) -> PyResult<Self> {
        if source == 0 || target == 0 {
            return Err(PyValueError::new_err("a rate is at least 1 Hz"));
        }
        Ok(Self(dsp::Resampler::new(source, target)))
    }

    fn process<'py>(&mut self, py: Python<'py>, pcm: &[u8]) -> Bound<'py, PyBytes> {
        let mut out = Vec::new();
        self.0.process(&samples(pcm), &mut out);
        PyBytes::new(py, &bytes(&out))
    }
}

#[pyfunction]
fn repair_wav(path: PathBuf) -> PyResult<u64> {
    file::wav::repair(&path).map_err(PyErr::from)
}

#[pyfunction]
#[pyo3(signature = (path, raw = false))]
fn read_sound<'py>(py: Python<'py>, path: PathBuf, raw: bool) -> PyResult<Bound<'py, PyBytes>> {
    let pcm = py.detach(|| file::read_all(&path, raw)).map_err(|error| PyValueError::new_err(error.to_string()))?;
    Ok(PyBytes::new(py, &bytes(&pcm)))
}

#[pyfunction]
#[pyo3(signature = (pcm, until_end = false))]
fn who_answered(py: Python<'_>, pcm: &[u8], until_end: bool) -> Option<(&'static str, u32)> {
    let mut greeting = dsp::Greeting::new(dsp::Timing { until_end, ..dsp::Timing::default() });
    let found = py.detach(|| greeting.push(&samples(pcm)))?;
    Some((found.as_str(), greeting.elapsed_ms()))
}

fn samples(pcm: &[u8]) -> Vec<i16> {
    pcm.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

fn bytes(pcm: &[i16]) -> Vec<u8> {
    pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

fn as_value_error(error: serde_json::Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}

#[pymodule]
fn _switch(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Switch>()?;
    module.add_class::<Resampler>()?;
    module.add_function(wrap_pyfunction!(who_answered, module)?)?;
    module.add_function(wrap_pyfunction!(repair_wav, module)?)?;
    module.add_function(wrap_pyfunction!(read_sound, module)?)
}
