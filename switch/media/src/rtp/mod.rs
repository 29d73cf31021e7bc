//! RTP of one leg (RFC 3550): packets, the jitter buffer, pressed keys, RTCP, SRTP and how it all sounded.
//!
//! Nothing here owns a socket or reads a clock. A datagram that arrives takes this way:
//!
//! 1. [`kind`] tells RTP from RTCP on the shared port; [`Srtp`] opens it when the leg is encrypted.
//! 2. [`Packet::parse`] reads it, [`Reports::received`] counts it.
//! 3. A packet of the negotiated telephone-event type goes to [`KeyReceiver::push`] and [`Jitter::pass`], any other
//!    to [`Jitter::push`].
//! 4. Every 20 ms [`Jitter::pop`] yields the audio that is due.
//!
//! Outwards, [`Sender`] numbers the packets, [`KeySender`] presses keys and [`Reports::poll`] writes RTCP.

mod jitter;
mod keys;
mod packet;
mod quality;
mod reception;
mod reports;
mod rtcp;
mod sender;
mod srtp;

#[cfg(test)]
mod tests;

pub use jitter::{Counts, Depth, Jitter, Pull};
pub use keys::{GAP_MS, KeyEvent, KeyReceiver, KeySender, PRESS_MS, Press, Tick, TooManyKeys};
pub use packet::{HEADER_BYTES, Kind, MOST_BYTES, Malformed, Packet, kind};
pub use quality::{Impairment, Quality, mos};
pub use reports::Reports;
pub use sender::Sender;
pub use srtp::{MASTER_KEY_BYTES, Srtp, SrtpError, Suite};
