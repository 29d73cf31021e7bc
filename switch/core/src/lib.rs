//! The switch: legs, their signalling and their audio, on threads of its own. Knows no Python.

mod capture;
pub mod clock;
mod control;
mod convert;
mod crossing;
mod dns;
mod ears;
mod gauges;
mod held_leg;
mod library;
pub mod media_io;
mod pipe;
pub mod protocol;
pub mod ring;
pub mod sip_io;
mod sip_leg;
mod start;
mod streams;
mod studio;
pub mod switch;
pub mod wake;
mod world;
