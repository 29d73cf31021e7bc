//! The switch as `hookflash._switch`: nothing but the border to Python.
use pyo3::prelude::*;

#[pymodule]
fn _switch(_module: &Bound<'_, PyModule>) -> PyResult<()> {
    Ok(())
}
