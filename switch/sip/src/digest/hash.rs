//! The arithmetic of RFC 7616 §3.4.

use std::fmt;

use md5::{Digest, Md5};
use sha2::Sha256;

use crate::error::ParseError;

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // they are the names of the functions
pub enum Hash {
    Md5,
    Sha256,
}

impl Hash {
    /// Hash text parts joined by colons, as lower case hex.
    pub(super) fn joined(self, parts: &[&[u8]]) -> String {
        match self {
            Self::Md5 => hash_joined::<Md5>(parts),
            Self::Sha256 => hash_joined::<Sha256>(parts),
        }
    }
}

fn hash_joined<D: Digest>(parts: &[&[u8]]) -> String {
    let mut state = D::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            state.update(b":");
        }
        state.update(part);
    }
    hex(&state.finalize())
}

/// Lower case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A hash function, and whether its first part is bound to the nonces (`-sess`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Algorithm {
    /// The function.
    pub hash: Hash,
    /// Whether this is a `-sess` variant.
    pub session: bool,
}

impl Algorithm {
    /// MD5
    pub const MD5: Self = Self { hash: Hash::Md5, session: false };
    /// MD5-sess
    pub const MD5_SESS: Self = Self { hash: Hash::Md5, session: true };
    /// SHA-256
    pub const SHA256: Self = Self { hash: Hash::Sha256, session: false };
    /// SHA-256-sess
    pub const SHA256_SESS: Self = Self { hash: Hash::Sha256, session: true };

    /// Read the token, in any case.
    pub fn from_token(token: &str) -> Result<Self, ParseError> {
        [Self::MD5, Self::MD5_SESS, Self::SHA256, Self::SHA256_SESS]
            .into_iter()
            .find(|algorithm| algorithm.token().eq_ignore_ascii_case(token))
            .ok_or(ParseError::new("a Digest algorithm is not supported"))
    }

    /// The token on the wire.
    pub fn token(self) -> &'static str {
        match (self.hash, self.session) {
            (Hash::Md5, false) => "MD5",
            (Hash::Md5, true) => "MD5-sess",
            (Hash::Sha256, false) => "SHA-256",
            (Hash::Sha256, true) => "SHA-256-sess",
        }
    }
}

/// A password as a server keeps it: user, realm and password hashed together, once for each function.
#[derive(Clone, PartialEq, Eq)]
pub struct Ha1 {
    /// MD5, 32 hex digits.
    pub md5: String,
    /// SHA-256, 64 hex digits.
    pub sha256: String,
}

impl Ha1 {
    /// Hash a password.
    pub fn new(user: &str, realm: &str, password: &str) -> Self {
        let parts = [user.as_bytes(), realm.as_bytes(), password.as_bytes()];
        Self { md5: Hash::Md5.joined(&parts), sha256: Hash::Sha256.joined(&parts) }
    }

    pub(super) fn under(&self, hash: Hash) -> &str {
        match hash {
            Hash::Md5 => &self.md5,
            Hash::Sha256 => &self.sha256,
        }
    }
}

impl fmt::Debug for Ha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ha1(…)")
    }
}

/// What a response is computed from, beside the password.
pub(super) struct Inputs<'a> {
    pub algorithm: Algorithm,
    pub nonce: &'a str,
    pub cnonce: &'a str,
    /// `qop` and `nc` as they are on the wire; None without a qop (RFC 2069).
    pub protection: Option<(&'a str, &'a str)>,
    pub method: &'a str,
    pub uri: &'a str,
    pub body: &'a [u8],
}

impl Inputs<'_> {
    /// The response, as lower case hex; `ha1` is hashed by the same function.
    pub fn response(&self, ha1: &str) -> String {
        let hash = self.algorithm.hash;
        let [nonce, cnonce] = [self.nonce.as_bytes(), self.cnonce.as_bytes()];
        let first = match self.algorithm.session {
            true => hash.joined(&[ha1.as_bytes(), nonce, cnonce]),
            false => ha1.to_owned(),
        };
        let [method, uri] = [self.method.as_bytes(), self.uri.as_bytes()];
        let second = match self.protection {
            Some(("auth-int", _)) => hash.joined(&[method, uri, hash.joined(&[self.body]).as_bytes()]),
            _ => hash.joined(&[method, uri]),
        };
        let [first, second] = [first.as_bytes(), second.as_bytes()];
        match self.protection {
            Some((qop, nc)) => hash.joined(&[first, nonce, nc.as_bytes(), cnonce, qop.as_bytes(), second]),
            None => hash.joined(&[first, nonce, second]),
        }
    }
}
