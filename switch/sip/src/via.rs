//! The Via header: the way back of a response (RFC 3261 §20.42, RFC 3581).

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use crate::error::ParseError;
use crate::grammar::{cut, is_token, trim};
use crate::host::Host;
use crate::params::Params;

/// One hop of the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// The transport's token as it was written: `UDP`, `TLS`, …
    pub transport: String,
    /// Where the hop wants its responses.
    pub host: Host,
    /// And on which port, when not on the default one.
    pub port: Option<u16>,
    /// `branch`, `received`, `rport`, `maddr`, `ttl`, …
    pub params: Params,
}

impl Via {
    /// Read one Via; white space may stand around its slashes and its colon.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let malformed = ParseError::new("a Via is malformed");
        let (protocol, params) = cut(text, b';')?;
        let params = params.map_or(Ok(Params::default()), Params::parse)?;
        let mut parts = protocol.splitn(3, '/').map(trim);
        let (Some(name), Some(version), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed);
        };
        if !name.eq_ignore_ascii_case("SIP") || version != "2.0" {
            return Err(malformed);
        }
        let Some((transport, sent_by)) = rest.split_once([' ', '\t']) else {
            return Err(malformed);
        };
        if !is_token(transport) {
            return Err(malformed);
        }
        let (host, port) = Host::parse_with_port(trim(sent_by))?;
        Ok(Self { transport: transport.to_owned(), host, port, params })
    }

    /// The id of the transaction; starts with `z9hG4bK` when the peer follows RFC 3261.
    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch")
    }

    /// The address that the request really came from, as the receiver noted it (brackets or not: RFC 5118 §4.5).
    pub fn received(&self) -> Option<IpAddr> {
        let value = self.params.get("received")?;
        value.trim_matches(['[', ']']).parse().ok()
    }

    /// The port that the request really came from: `Some(None)` asks for it, `Some(Some(port))` tells it.
    pub fn rport(&self) -> Option<Option<u16>> {
        self.params.get("rport").map(|port| port.parse().ok())
    }

    /// Note where the request came from: `received` always, the port when `rport` asks for it (RFC 3581 §4).
    pub fn note_source(&mut self, source: SocketAddr) {
        self.params.set("received", source.ip().to_string());
        if self.params.has("rport") {
            self.params.set("rport", source.port().to_string());
        }
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}", self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)
    }
}
