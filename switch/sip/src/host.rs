//! The host of a URI or of a Via: a name, or an address.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use crate::error::ParseError;
use crate::grammar::{number, trim};

/// A domain name or an IP address. IPv6 is written in brackets (RFC 3261 §25.1, RFC 5118).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// An address, written out.
    Ip(IpAddr),
    /// A domain name, as it was written.
    Name(String),
}

impl Host {
    /// Read a host: `example.com`, `192.0.2.1`, `[2001:db8::1]`.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if let Some(inner) = text.strip_prefix('[') {
            return inner
                .strip_suffix(']')
                .and_then(|address| address.parse::<Ipv6Addr>().ok())
                .map(|address| Self::Ip(IpAddr::V6(address)))
                .ok_or(ParseError::new("an IPv6 address is malformed"));
        }
        if let Ok(address) = text.parse() {
            return Ok(Self::Ip(IpAddr::V4(address)));
        }
        let named = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if text.is_empty() || !text.bytes().all(named) {
            return Err(ParseError::new("a host is malformed"));
        }
        Ok(Self::Name(text.to_owned()))
    }

    /// Read `host` or `host:port`; white space may stand around the colon.
    pub(crate) fn parse_with_port(text: &str) -> Result<(Self, Option<u16>), ParseError> {
        let end_of_address = text.find(']').map_or(0, |at| at + 1);
        let colon = text.get(end_of_address..).and_then(|rest| rest.find(':')).map(|at| at + end_of_address);
        let Some((host, port)) = colon.and_then(|at| text.split_at_checked(at)) else {
            return Ok((Self::parse(trim(text))?, None));
        };
        let port = number(trim(port.strip_prefix(':').unwrap_or(port)))?;
        Ok((Self::parse(trim(host))?, Some(port)))
    }

    /// The address, when the host is one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Ip(address) => Some(*address),
            Self::Name(_) => None,
        }
    }

    /// Whether both are the same address, or the same name but for case and a final dot.
    pub fn same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ip(a), Self::Ip(b)) => a == b,
            (Self::Name(a), Self::Name(b)) => a.trim_end_matches('.').eq_ignore_ascii_case(b.trim_end_matches('.')),
            _ => false,
        }
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        Self::Ip(address)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Ip(address) => write!(f, "{address}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}
