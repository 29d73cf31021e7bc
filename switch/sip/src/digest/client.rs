//! The side that is asked for a password.

use crate::error::ParseError;
use crate::grammar::quote;

use super::Fields;
use super::hash::{Algorithm, Ha1, Inputs};

/// What a WWW-Authenticate or Proxy-Authenticate header asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Which password is meant.
    pub realm: String,
    /// The server's nonce.
    pub nonce: String,
    /// To be sent back as it is.
    pub opaque: Option<String>,
    /// How to hash.
    pub algorithm: Algorithm,
    /// `auth` where it is offered, else `auth-int`; None when the server has no qop (RFC 2069).
    pub qop: Option<&'static str>,
    /// The password was right but the nonce too old: try again with this one, without asking anybody.
    pub stale: bool,
}

impl Challenge {
    /// Read one header value.
    pub fn parse(value: &str) -> Result<Self, ParseError> {
        let fields = Fields::parse(value)?;
        let offered = |wanted: &str, qop: &str| qop.split(',').any(|token| token.trim().eq_ignore_ascii_case(wanted));
        let qop = match fields.get("qop") {
            None => None,
            Some(qop) if offered("auth", qop) => Some("auth"),
            Some(qop) if offered("auth-int", qop) => Some("auth-int"),
            Some(_) => return Err(ParseError::new("a Digest qop is not supported")),
        };
        Ok(Self {
            realm: fields.required("realm")?,
            nonce: fields.required("nonce")?,
            opaque: fields.get("opaque").map(str::to_owned),
            algorithm: fields.algorithm()?,
            qop,
            stale: fields.get("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }

    /// The first challenge that we can meet: servers send the one they prefer first (RFC 8760 §2.4).
    pub fn choose<'a>(values: impl Iterator<Item = &'a str>) -> Option<Self> {
        values.into_iter().find_map(|value| Self::parse(value).ok())
    }
}

/// Who we are to the server.
#[derive(Clone, Copy)]
pub struct Login<'a> {
    /// The user's name.
    pub user: &'a str,
    /// The password in plain text: the realm that it is hashed with comes from the server.
    pub password: &'a str,
}

/// The parts of a request that the response is bound to.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The method's token.
    pub method: &'a str,
    /// The request URI, as it is printed.
    pub uri: &'a str,
    /// The body; counts under `auth-int` only.
    pub body: &'a [u8],
}

/// The value of an Authorization (after a 401) or Proxy-Authorization (after a 407) header.
///
/// `cnonce` is random text of ours; `nc` counts the requests under this nonce, from 1.
pub fn authorization(challenge: &Challenge, login: Login<'_>, signed: Signed<'_>, cnonce: &str, nc: u32) -> String {
    let nc = format!("{nc:08x}");
    let inputs = Inputs {
        algorithm: challenge.algorithm,
        nonce: &challenge.nonce,
        cnonce,
        protection: challenge.qop.map(|qop| (qop, nc.as_str())),
        method: signed.method,
        uri: signed.uri,
        body: signed.body,
    };
    let ha1 = Ha1::new(login.user, &challenge.realm, login.password);
    let response = inputs.response(ha1.under(challenge.algorithm.hash));
    let mut value = format!(
        "Digest username={}, realm={}, nonce={}, uri={}, response=\"{response}\", algorithm={}",
        quote(login.user),
        quote(&challenge.realm),
        quote(&challenge.nonce),
        quote(signed.uri),
        challenge.algorithm.token(),
    );
    if let Some(opaque) = &challenge.opaque {
        value += &format!(", opaque={}", quote(opaque));
    }
    match challenge.qop {
        Some(qop) => value += &format!(", qop={qop}, nc={nc}, cnonce={}", quote(cnonce)),
        None if challenge.algorithm.session => value += &format!(", cnonce={}", quote(cnonce)),
        None => {}
    }
    value
}
