//! The switch: legs, their signalling and their audio, on threads of its own. Knows no Python.

pub mod clock;
pub mod protocol;
pub mod ring;
pub mod sip_io;
pub mod wake;
