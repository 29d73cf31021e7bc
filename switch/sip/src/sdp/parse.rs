//! Reading a description: strict where a misreading would send audio to the wrong place, tolerant elsewhere.
//!
//! Unknown lines and attributes are let pass; line ends may be bare. Limits: see the constants.

use crate::error::ParseError;
use crate::grammar::number;
use crate::host::Host;

use super::crypto::Crypto;
use super::description::{Direction, Media, Origin, RtpMap, SessionDescription};

/// The largest description that is read, bytes.
const MOST_BYTES: usize = 64 * 1024;
/// The most lines of one.
const MOST_LINES: usize = 1_000;
/// The most streams of one.
const MOST_STREAMS: usize = 32;

type Attributes = Vec<(String, Option<String>)>;

impl SessionDescription {
    /// Read a body of type `application/sdp`.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        if bytes.len() > MOST_BYTES {
            return Err(ParseError::new("a session description is too large"));
        }
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.split('\n').map(|line| line.trim_end_matches('\r')).filter(|line| !line.is_empty());
        if lines.next() != Some("v=0") {
            return Err(ParseError::new("a session description starts with v=0"));
        }
        let mut session = Self {
            origin: Origin {
                username: String::new(),
                session_id: String::new(),
                version: String::new(),
                address: Host::Name(String::new()),
            },
            name: String::new(),
            connection: None,
            time: "0 0".to_owned(),
            direction: None,
            attributes: Vec::new(),
            media: Vec::new(),
        };
        for (count, line) in lines.enumerate() {
            if count > MOST_LINES {
                return Err(ParseError::new("a session description has too many lines"));
            }
            let (kind, value) =
                line.split_once('=').ok_or(ParseError::new("a line of a session description is malformed"))?;
            session.line(kind, value)?;
        }
        if session.origin.session_id.is_empty() {
            return Err(ParseError::new("a session description has no o= line"));
        }
        Ok(session)
    }

    fn line(&mut self, kind: &str, value: &str) -> Result<(), ParseError> {
        if kind == "m" {
            if self.media.len() >= MOST_STREAMS {
                return Err(ParseError::new("a session description has too many streams"));
            }
            self.media.push(stream(value)?);
            return Ok(());
        }
        match (kind, self.media.last_mut()) {
            ("c", Some(media)) => media.connection = connection(value),
            ("a", Some(media)) => media.attribute(value),
            ("o", None) => self.origin = origin(value)?,
            ("s", None) => self.name = value.trim().to_owned(),
            ("t", None) => self.time = value.to_owned(),
            ("c", None) => self.connection = connection(value),
            ("a", None) => match Direction::from_name(value) {
                Some(direction) => self.direction = Some(direction),
                None => keep(&mut self.attributes, value),
            },
            _ => {}
        }
        Ok(())
    }
}

impl Media {
    fn attribute(&mut self, text: &str) {
        let (name, value) = text.split_once(':').unwrap_or((text, ""));
        match name {
            "rtpmap" => self.rtpmaps.extend(rtpmap(value)),
            "fmtp" => self.fmtps.extend(fmtp(value)),
            "ptime" => self.ptime = milliseconds(value),
            "maxptime" => self.maxptime = milliseconds(value),
            "rtcp" => self.rtcp = rtcp(value),
            "rtcp-mux" => self.rtcp_mux = true,
            "crypto" => self.cryptos.extend(Crypto::parse(value)),
            _ => match Direction::from_name(text) {
                Some(direction) => self.direction = Some(direction),
                None => keep(&mut self.attributes, text),
            },
        }
    }
}

fn keep(attributes: &mut Attributes, text: &str) {
    attributes.push(match text.split_once(':') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (text.to_owned(), None),
    });
}

fn origin(value: &str) -> Result<Origin, ParseError> {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    let [username, session_id, version, _, _, address] = words.as_slice() else {
        return Err(ParseError::new("the o= line is malformed"));
    };
    Ok(Origin {
        username: (*username).to_owned(),
        session_id: (*session_id).to_owned(),
        version: (*version).to_owned(),
        address: host(address).unwrap_or(Host::Name((*address).to_owned())),
    })
}

/// A c= line; one that is not understood counts as none, and only the stream that needs it is refused.
fn connection(value: &str) -> Option<Host> {
    let mut words = value.split_ascii_whitespace();
    let (Some("IN"), Some("IP4" | "IP6"), Some(address), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return None;
    };
    // A multicast address may carry a TTL.
    host(address.split('/').next().unwrap_or(address))
}

/// Addresses stand without brackets here.
fn host(text: &str) -> Option<Host> {
    match text.parse() {
        Ok(address) => Some(Host::Ip(address)),
        Err(_) => Host::parse(text).ok(),
    }
}

fn stream(value: &str) -> Result<Media, ParseError> {
    let mut words = value.split_ascii_whitespace();
    let (Some(kind), Some(port), Some(protocol)) = (words.next(), words.next(), words.next()) else {
        return Err(ParseError::new("an m= line is malformed"));
    };
    // `port/count` asks for several ports; we use the first.
    let port = port.split('/').next().unwrap_or(port);
    Ok(Media {
        kind: kind.to_owned(),
        port: number(port)?,
        protocol: protocol.to_owned(),
        formats: words.map(str::to_owned).collect(),
        ..Media::default()
    })
}

fn rtpmap(value: &str) -> Option<RtpMap> {
    let (payload_type, encoding) = value.split_once(' ')?;
    let mut parts = encoding.trim().split('/');
    Some(RtpMap {
        payload_type: number(payload_type).ok().filter(|number| *number < 128)?,
        name: parts.next()?.to_owned(),
        clock_rate: number(parts.next()?).ok()?,
        channels: parts.next().and_then(|channels| number(channels).ok()),
    })
}

fn fmtp(value: &str) -> Option<(u8, String)> {
    let (payload_type, params) = value.split_once(' ')?;
    Some((number(payload_type).ok()?, params.trim().to_owned()))
}

/// Some peers write fractions; packets hold whole milliseconds.
fn milliseconds(value: &str) -> Option<u16> {
    let whole = value.trim().split('.').next()?;
    number(whole).ok().filter(|ms| *ms > 0)
}

fn rtcp(value: &str) -> Option<(u16, Option<Host>)> {
    let (port, address) = value.split_once(' ').unwrap_or((value, ""));
    Some((number(port.trim()).ok()?, connection(address)))
}
