//! Session descriptions (RFC 8866), and offer and answer for one stream of audio (RFC 3264).
//!
//! Read and print with [`SessionDescription::parse`] and `to_string`. [`make_offer`] and [`negotiate`] make the two
//! sides' descriptions; [`apply_answer`] and [`negotiate`] say what was agreed: [`AudioParams`]. Those that make one are
//! given the last description this side sent in the call, so that ids, payload types and the number of streams stay as
//! they have to.

mod agreement;
mod codec;
mod crypto;
mod description;
mod offer_answer;
mod parse;
mod print;

#[cfg(test)]
mod tests;

pub use agreement::{AudioParams, Capabilities, Disagreement, Encryption, Format, SrtpPolicy};
pub use codec::Codec;
pub use crypto::{Crypto, MasterKey, Suite};
pub use description::{Direction, Media, Origin, RtpMap, SessionDescription};
pub use offer_answer::{apply_answer, make_offer, negotiate};
