//! Keys in session descriptions: a=crypto (SDES, RFC 4568).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::ParseError;
use crate::grammar::number;

/// A master key of 16 bytes and a master salt of 14, in that order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MasterKey(pub [u8; 30]);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// How a stream is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suite {
    /// AES_CM_128_HMAC_SHA1_80: tags of 80 bits.
    Sha1_80,
    /// AES_CM_128_HMAC_SHA1_32: tags of 32 bits on RTP, of 80 bits on RTCP.
    Sha1_32,
}

impl Suite {
    /// Every suite, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Sha1_80, Self::Sha1_32];

    /// The name in a=crypto.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Self::Sha1_32 => "AES_CM_128_HMAC_SHA1_32",
        }
    }
}

/// One a=crypto line.
#[derive(Clone, PartialEq, Eq)]
pub struct Crypto {
    /// Names the line; the answer repeats the one it chose.
    pub tag: u32,
    /// The suite's name.
    pub suite: String,
    /// Key and session parameters as they are on the wire.
    pub params: String,
}

impl Crypto {
    /// The line that offers or answers with a key.
    pub(crate) fn new(tag: u32, suite: Suite, key: &MasterKey) -> Self {
        Self { tag, suite: suite.name().to_owned(), params: format!("inline:{}", STANDARD.encode(key.0)) }
    }

    /// Read what follows `a=crypto:`.
    pub(crate) fn parse(text: &str) -> Result<Self, ParseError> {
        let mut parts = text.splitn(3, ' ');
        let (Some(tag), Some(suite), Some(params)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(ParseError::new("an a=crypto line is malformed"));
        };
        Ok(Self { tag: number(tag)?, suite: suite.to_owned(), params: params.to_owned() })
    }

    /// Suite and key, when we can do what the line asks for: one key, no MKI, no session parameter but WSH.
    ///
    /// A line with an unknown session parameter must not be used (§6.3).
    pub fn usable(&self) -> Option<(Suite, MasterKey)> {
        let suite = Suite::ALL.into_iter().find(|suite| suite.name() == self.suite)?;
        let mut words = self.params.split_ascii_whitespace();
        let key = words.next()?.strip_prefix("inline:")?;
        if words.any(|word| !word.starts_with("WSH=")) || key.contains(';') {
            return None;
        }
        // After the key come a lifetime and an MKI, both optional; only the MKI has a colon.
        let (key, rest) = key.split_once('|').unwrap_or((key, ""));
        if rest.contains(':') {
            return None;
        }
        let bytes = STANDARD.decode(key).ok()?;
        Some((suite, MasterKey(bytes.try_into().ok()?)))
    }
}

impl fmt::Debug for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crypto({} {} …)", self.tag, self.suite)
    }
}
