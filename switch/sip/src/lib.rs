//! SIP without sockets and without a clock: bytes and the time go in, bytes and events come out.
//!
//! What a peer sent never panics; what it sent wrong comes back as a [`ParseError`] that says why and carries the refusal
//! to send, if one is due.
//!
//! - [`message`] reads and prints messages, [`framer`] cuts a byte stream into them.
//! - [`sdp`] describes sessions and agrees on their audio; [`digest`] proves passwords; [`resolve`] finds addresses;
//!   [`hep`] copies messages to a capture server.
//! - [`endpoint`] keeps transactions over messages, [`agent`] keeps calls over transactions.
#![forbid(unsafe_code)]

pub mod agent;
pub mod digest;
pub mod endpoint;
pub mod error;
pub mod framer;
mod grammar;
pub mod headers;
pub mod hep;
pub mod host;
pub mod message;
pub mod method;
pub mod name;
pub mod name_addr;
pub mod params;
mod parse;
pub mod random;
mod readers;
pub mod resolve;
pub mod sdp;
pub mod status;
pub mod timers;
mod transaction;
pub mod transport;
pub mod uri;
pub mod via;

pub use endpoint::{ClientKey, Config, End, Endpoint, Flow, Output, SentBy, ServerKey, Target};
pub use error::ParseError;
pub use framer::{Frame, Framer};
pub use headers::Headers;
pub use host::Host;
pub use message::{Message, Request, Response};
pub use method::Method;
pub use name::Name;
pub use name_addr::NameAddr;
pub use params::Params;
pub use random::Random;
pub use readers::{RAck, Refresher, SessionExpires};
pub use transaction::Timing;
pub use transport::Transport;
pub use uri::{Scheme, Uri};
pub use via::Via;

/// Microseconds on the caller's clock, from any start.
pub type Micros = u64;
