//! Digest authentication (RFC 7616, for SIP RFC 3261 §22 and RFC 8760): MD5, MD5-sess, SHA-256 and SHA-256-sess.
//!
//! As a client: [`Challenge::choose`] from the headers of a 401 or 407, then [`authorization`]. As a server:
//! [`Verifier::challenges`] for the refusal, [`Credentials::parse`] and [`Verifier::verify`] for what comes back. The
//! server keeps no state: its nonces carry their own time and proof. Passwords are kept as [`Ha1`].

mod client;
mod hash;
mod server;

#[cfg(test)]
mod tests;

pub use client::{Challenge, Login, Signed, authorization};
pub use hash::{Algorithm, Ha1, Hash};
pub use server::{Credentials, Verdict, Verifier};

use crate::error::ParseError;
use crate::grammar::{split, trim, unquoted};

/// The most parameters that are read.
const MOST_PARAMS: usize = 32;

/// The parameters of a `Digest …` header, unquoted.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn parse(value: &str) -> Result<Self, ParseError> {
        let (scheme, rest) =
            value.split_once([' ', '\t']).ok_or(ParseError::new("an authentication header has no parameters"))?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return Err(ParseError::new("an authentication scheme is not Digest"));
        }
        let mut fields = Vec::new();
        for part in split(rest, b',').take(MOST_PARAMS) {
            let part = part?;
            if part.is_empty() {
                continue;
            }
            let (name, value) = part.split_once('=').ok_or(ParseError::new("a Digest parameter has no value"))?;
            fields.push((trim(name).to_owned(), unquoted(trim(value))));
        }
        Ok(Self(fields))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn required(&self, name: &str) -> Result<String, ParseError> {
        self.get(name).map(str::to_owned).ok_or(ParseError::new("a Digest header lacks a parameter"))
    }

    fn algorithm(&self) -> Result<Algorithm, ParseError> {
        Algorithm::from_token(self.get("algorithm").unwrap_or("MD5"))
    }
}
