//! Sound files: what is played, and what recordings are written to.

pub mod wav;
