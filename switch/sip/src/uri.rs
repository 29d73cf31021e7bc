//! SIP, SIPS and tel URIs (RFC 3261 §19.1, RFC 3966).

use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;

use crate::error::ParseError;
use crate::host::Host;
use crate::params::Params;
use crate::transport::Transport;

/// What a URI starts with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // they are the names of the schemes
pub enum Scheme {
    Sip,
    Sips,
    Tel,
    /// Any other scheme, in lower case; such a URI is carried but not understood.
    Other(String),
}

/// A URI, its parts as they are on the wire (escapes included), so that it prints as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uri {
    /// `sip`, `sips`, `tel` or something else.
    pub scheme: Scheme,
    /// What is before the `@`; the number of a tel URI; all that follows the colon under another scheme.
    pub user: Option<String>,
    /// Deprecated, but it may be there.
    pub password: Option<String>,
    /// Where to; an empty name under tel and other schemes.
    pub host: Host,
    /// The port, when one is written.
    pub port: Option<u16>,
    /// `;name=value`.
    pub params: Params,
    /// `?name=value&…`: header fields for a request made from this URI.
    pub headers: Vec<(String, String)>,
}

impl Uri {
    /// A `sip:` URI; `user` is plain text, and is escaped here.
    pub fn sip(user: Option<&str>, host: Host, port: Option<u16>) -> Self {
        Self {
            scheme: Scheme::Sip,
            user: user.map(escape),
            password: None,
            host,
            port,
            params: Params::default(),
            headers: Vec::new(),
        }
    }

    /// Read a URI: no white space and no angle brackets around it.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let (scheme, rest) = text.split_once(':').ok_or(ParseError::new("a URI has no scheme"))?;
        check_characters(rest)?;
        if scheme.eq_ignore_ascii_case("sip") {
            Self::parse_sip(Scheme::Sip, rest)
        } else if scheme.eq_ignore_ascii_case("sips") {
            Self::parse_sip(Scheme::Sips, rest)
        } else if scheme.eq_ignore_ascii_case("tel") {
            Self::parse_tel(rest)
        } else {
            Self::parse_other(scheme, rest)
        }
    }

    fn parse_sip(scheme: Scheme, rest: &str) -> Result<Self, ParseError> {
        let (userinfo, rest) = match rest.split_once('@') {
            Some((userinfo, rest)) => (Some(userinfo), rest),
            None => (None, rest),
        };
        let (user, password) = match userinfo.map(|info| info.split_once(':').ok_or(info)) {
            Some(Ok((user, password))) => (Some(user), Some(password)),
            Some(Err(user)) => (Some(user), None),
            None => (None, None),
        };
        if user == Some("") {
            return Err(ParseError::new("the user part of a URI is empty"));
        }
        let (rest, headers) = match rest.split_once('?') {
            Some((rest, headers)) => (rest, parse_headers(headers)?),
            None => (rest, Vec::new()),
        };
        let (host, params) = match rest.split_once(';') {
            Some((host, params)) => (host, Params::parse_in_uri(params)?),
            None => (rest, Params::default()),
        };
        let (host, port) = Host::parse_with_port(host)?;
        Ok(Self {
            scheme,
            user: user.map(str::to_owned),
            password: password.map(str::to_owned),
            host,
            port,
            params,
            headers,
        })
    }

    fn parse_tel(rest: &str) -> Result<Self, ParseError> {
        let (number, params) = match rest.split_once(';') {
            Some((number, params)) => (number, Params::parse_in_uri(params)?),
            None => (rest, Params::default()),
        };
        let dialled = |byte: u8| byte.is_ascii_hexdigit() || b"+-.()*#".contains(&byte);
        if number.is_empty() || !number.bytes().all(dialled) {
            return Err(ParseError::new("the number of a tel URI is malformed"));
        }
        Ok(Self::opaque(Scheme::Tel, number, params))
    }

    fn parse_other(scheme: &str, rest: &str) -> Result<Self, ParseError> {
        let mut letters = scheme.bytes();
        let named = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        if !letters.next().is_some_and(|byte| byte.is_ascii_alphabetic()) || !letters.all(named) {
            return Err(ParseError::new("the scheme of a URI is malformed"));
        }
        let scheme = Scheme::Other(scheme.to_ascii_lowercase());
        Ok(Self::opaque(scheme, rest, Params::default()))
    }

    fn opaque(scheme: Scheme, user: &str, params: Params) -> Self {
        Self {
            scheme,
            user: Some(user.to_owned()),
            password: None,
            host: Host::Name(String::new()),
            port: None,
            params,
            headers: Vec::new(),
        }
    }

    /// The user part as plain text, its escapes resolved; "" when there is none.
    ///
    /// Escapes that do not make UTF-8 stay as they are.
    pub fn user_text(&self) -> Cow<'_, str> {
        unescape(self.user.as_deref().unwrap_or(""))
    }

    /// The transport that the URI asks for by its `transport` parameter, if we have that one.
    pub fn transport(&self) -> Option<Transport> {
        self.params.get("transport").and_then(Transport::from_token)
    }

    /// Whether this is a `sip:` or `sips:` URI.
    pub fn is_sip(&self) -> bool {
        matches!(self.scheme, Scheme::Sip | Scheme::Sips)
    }

    /// The same URI without its `?headers`, as it goes into a request line.
    pub fn without_headers(mut self) -> Self {
        self.headers.clear();
        self
    }

    /// Whether both name the same resource (RFC 3261 §19.1.4): case of the host, order and unknown parameters aside.
    pub fn same_as(&self, other: &Self) -> bool {
        if !self.is_sip() {
            return self == other;
        }
        let param = |name: &str| match (self.params.get(name), other.params.get(name)) {
            (Some(a), Some(b)) => unescape(a).eq_ignore_ascii_case(&unescape(b)),
            (None, None) => true,
            _ => false,
        };
        // These four count even when only one side has them; any other only when both do.
        let shared = |name: &str| !other.params.has(name) || param(name);
        self.scheme == other.scheme
            && same_escaped(self.user.as_deref(), other.user.as_deref())
            && same_escaped(self.password.as_deref(), other.password.as_deref())
            && self.host.same_as(&other.host)
            && self.port == other.port
            && ["transport", "user", "ttl", "method", "maddr"].into_iter().all(param)
            && self.params.iter().all(|(name, _)| shared(name))
            && same_headers(&self.headers, &other.headers)
    }
}

/// What a URI may not hold, wherever it stands: white space, controls, quotes, brackets, and escapes that are none.
fn check_characters(text: &str) -> Result<(), ParseError> {
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'%' => {
                let hex = bytes.get(at + 1..at + 3);
                if !hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) {
                    return Err(ParseError::new("an escape in a URI is malformed"));
                }
            }
            0..=b' ' | b'<' | b'>' | b'"' | b'\\' | b'^' | b'`' | 0x7f.. => {
                return Err(ParseError::new("a URI holds a character that it may not hold"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn parse_headers(text: &str) -> Result<Vec<(String, String)>, ParseError> {
    text.split('&')
        .map(|header| match header.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
            _ => Err(ParseError::new("a header in a URI is malformed")),
        })
        .collect()
}

fn same_escaped(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => normal(a) == normal(b),
        (None, None) => true,
        _ => false,
    }
}

fn same_headers(a: &[(String, String)], b: &[(String, String)]) -> bool {
    a.len() == b.len()
        && a.iter().all(|(name, value)| {
            b.iter()
                .any(|(other, other_value)| name.eq_ignore_ascii_case(other) && normal(value) == normal(other_value))
        })
}

/// Resolve the escapes that make no difference: all but those of reserved characters, whose hex becomes upper case.
fn normal(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        match (byte, escaped(tail)) {
            (b'%', Some(plain)) if b";/?:@&=+$,%".contains(&plain) => {
                out.extend_from_slice(format!("%{plain:02X}").as_bytes());
                rest = tail.get(2..).unwrap_or_default();
            }
            (b'%', Some(plain)) => {
                out.push(plain);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    out
}

/// The byte that the two hex digits at the start of `hex` stand for.
fn escaped(hex: &[u8]) -> Option<u8> {
    let digit = |at: usize| hex.get(at).and_then(|byte| (*byte as char).to_digit(16));
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

/// Resolve every `%XX`; text whose escapes do not make UTF-8 stays as it is.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        match (byte, escaped(tail)) {
            (b'%', Some(plain)) => {
                out.push(plain);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8(out).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Escape plain text for the user part of a URI.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte) {
            out.push(byte as char);
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

impl std::str::FromStr for Uri {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sip => "sip",
            Self::Sips => "sips",
            Self::Tel => "tel",
            Self::Other(name) => name,
        })
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.scheme)?;
        if let Some(user) = &self.user {
            f.write_str(user)?;
        }
        if let Some(password) = &self.password {
            write!(f, ":{password}")?;
        }
        if self.is_sip() {
            if self.user.is_some() {
                f.write_str("@")?;
            }
            write!(f, "{}", self.host)?;
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)?;
        for (at, (name, value)) in self.headers.iter().enumerate() {
            let mark = if at == 0 { '?' } else { '&' };
            write!(f, "{mark}{name}={value}")?;
        }
        Ok(())
    }
}
