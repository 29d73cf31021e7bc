//! What joins legs and what feeds them: sounds, recordings, bridges, rooms, and the wire of simulated handsets.

mod heard;
mod library;
mod line;
pub(crate) mod room;
mod sound;
mod tap;

pub use heard::Heard;
pub use library::{Library, Tape};
pub(crate) use line::Arrivals;
pub use line::Line;
pub use room::MOST_MEMBERS;
pub use sound::{Next, PIECE, Pen, Piece, Sound, complete};
pub use tap::Tap;
