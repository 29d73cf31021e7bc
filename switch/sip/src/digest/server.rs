//! The side that asks for a password.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::Micros;
use crate::error::ParseError;
use crate::grammar::quote;

use super::Fields;
use super::hash::{Algorithm, Ha1, Hash, Inputs, hex};

/// How much of the proof a nonce carries, bytes.
const PROOF: usize = 16;

/// What an Authorization or Proxy-Authorization header claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Who it claims to be.
    pub username: String,
    /// For which password.
    pub realm: String,
    /// The nonce it was made under; ours, or a forged one.
    pub nonce: String,
    /// The request URI it was made for. The gate compares it with that of the request.
    pub uri: String,
    /// The proof.
    pub response: String,
    /// How it was hashed.
    pub algorithm: Algorithm,
    /// The client's nonce; "" without a qop.
    pub cnonce: String,
    /// `auth` or `auth-int`, and the count of requests under this nonce, eight hex digits; None for clients of RFC 2069.
    pub protection: Option<(String, String)>,
}

impl Credentials {
    /// Read one header value.
    pub fn parse(value: &str) -> Result<Self, ParseError> {
        let fields = Fields::parse(value)?;
        let protection = match fields.get("qop") {
            None => None,
            Some(qop) if !["auth", "auth-int"].contains(&qop) => {
                return Err(ParseError::new("a Digest qop is not supported"));
            }
            Some(qop) => {
                let nc = fields.required("nc")?;
                if nc.len() != 8 || u32::from_str_radix(&nc, 16).is_err() {
                    return Err(ParseError::new("a Digest nc is malformed"));
                }
                Some((qop.to_owned(), nc))
            }
        };
        Ok(Self {
            username: fields.required("username")?,
            realm: fields.required("realm")?,
            nonce: fields.required("nonce")?,
            uri: fields.required("uri")?,
            response: fields.required("response")?,
            algorithm: fields.algorithm()?,
            cnonce: fields.get("cnonce").unwrap_or("").to_owned(),
            protection,
        })
    }

    /// The count of requests under this nonce; None for clients of RFC 2069.
    ///
    /// Whoever verifies keeps the highest count seen for a nonce and refuses one that is not higher: a replay.
    pub fn nc(&self) -> Option<u32> {
        let (_, nc) = self.protection.as_ref()?;
        u32::from_str_radix(nc, 16).ok()
    }
}

/// What credentials are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right and the nonce is fresh. A replay shows only in [`Credentials::nc`].
    Genuine,
    /// The password is right, but the nonce is too old or not ours: challenge again with `stale`.
    Stale,
    /// The password is wrong.
    Wrong,
}

/// Makes challenges and judges what comes back, without remembering either.
///
/// A nonce is its time of making and a proof (HMAC-SHA-256 under our secret) that we made it for that realm.
pub struct Verifier {
    proof: Hmac<Sha256>,
    lifetime: Micros,
}

impl Verifier {
    /// `secret` is 32 random bytes, the same on every node that may see the answer; `lifetime` is that of a nonce.
    pub fn new(secret: &[u8; 32], lifetime: Micros) -> Self {
        // HMAC fills a short key up with zeros to the block of its hash.
        let mut block = [0; 64];
        for (to, from) in block.iter_mut().zip(secret) {
            *to = *from;
        }
        Self { proof: Hmac::new(&block.into()), lifetime }
    }

    /// The value of a WWW-Authenticate (or Proxy-Authenticate) header.
    pub fn challenge(&self, realm: &str, hash: Hash, stale: bool, now: Micros) -> String {
        let nonce = self.nonce(realm, now);
        let stale = if stale { ", stale=true" } else { "" };
        let token = Algorithm { hash, session: false }.token();
        format!("Digest realm={}, nonce=\"{nonce}\", algorithm={token}, qop=\"auth\"{stale}", quote(realm))
    }

    /// Judge credentials by the password that `credentials.username` has in `credentials.realm`.
    ///
    /// Takes the same time whatever is wrong; for an unknown user, verify against any other password and refuse.
    pub fn verify(&self, credentials: &Credentials, ha1: &Ha1, method: &str, body: &[u8], now: Micros) -> Verdict {
        let protection = credentials.protection.as_ref();
        let inputs = Inputs {
            algorithm: credentials.algorithm,
            nonce: &credentials.nonce,
            cnonce: &credentials.cnonce,
            protection: protection.map(|(qop, nc)| (qop.as_str(), nc.as_str())),
            method,
            uri: &credentials.uri,
            body,
        };
        let expected = inputs.response(ha1.under(credentials.algorithm.hash));
        let given = credentials.response.to_ascii_lowercase();
        let right = bool::from(expected.as_bytes().ct_eq(given.as_bytes()));
        match (right, self.is_fresh(credentials, now)) {
            (true, true) => Verdict::Genuine,
            (true, false) => Verdict::Stale,
            (false, _) => Verdict::Wrong,
        }
    }

    fn is_fresh(&self, credentials: &Credentials, now: Micros) -> bool {
        let made = credentials.nonce.get(..16);
        let Some(made) = made.and_then(|hex| Micros::from_str_radix(hex, 16).ok()) else {
            return false;
        };
        let expected = self.nonce(&credentials.realm, made);
        let ours = bool::from(expected.as_bytes().ct_eq(credentials.nonce.as_bytes()));
        ours && made <= now && now - made <= self.lifetime
    }

    fn nonce(&self, realm: &str, made: Micros) -> String {
        let made = made.to_be_bytes();
        let mut proof = self.proof.clone();
        proof.update(&made);
        proof.update(realm.as_bytes());
        let proof = proof.finalize().into_bytes();
        hex(&made) + &hex(proof.get(..PROOF).unwrap_or_default())
    }
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Verifier(…)")
    }
}
