//! SIP messages: read with [`Message::parse`], printed with `to_bytes` (RFC 3261 §7).

use std::fmt;
use std::io::Write as _;

use crate::error::ParseError;
use crate::headers::Headers;
use crate::method::Method;
use crate::name::Name;
use crate::parse;
use crate::status::reason_phrase;
use crate::uri::Uri;

/// What one side asks of the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is asked.
    pub method: Method,
    /// Of whom.
    pub uri: Uri,
    /// All header fields but Content-Length.
    pub headers: Headers,
    /// The body, mostly SDP.
    pub body: Vec<u8>,
}

/// What the other side answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// 100 to 699.
    pub status: u16,
    /// The status in words, for people.
    pub reason: String,
    /// All header fields but Content-Length.
    pub headers: Headers,
    /// The body, mostly SDP.
    pub body: Vec<u8>,
}

/// A request or a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// One side asks.
    Request(Request),
    /// The other answers.
    Response(Response),
}

impl Message {
    /// Read one message that fills a datagram or a WebSocket frame, or that a [`crate::Framer`] has cut out.
    ///
    /// Bytes beyond Content-Length are dropped (§18.3). On success, Via, From, To, Call-ID and CSeq are there and
    /// readable, and so is whatever `readers.rs` reads. On failure the error carries the refusal to send, if one is due.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        parse::message(bytes)
    }

    /// The message as it goes over the wire, Content-Length set.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Request(request) => request.to_bytes(),
            Self::Response(response) => response.to_bytes(),
        }
    }

    /// The header fields of either kind.
    pub fn headers(&self) -> &Headers {
        match self {
            Self::Request(request) => &request.headers,
            Self::Response(response) => &response.headers,
        }
    }
}

impl Request {
    /// A request without header fields and body.
    pub fn new(method: Method, uri: Uri) -> Self {
        Self { method, uri, headers: Headers::for_a_message(), body: Vec::new() }
    }

    /// The request as it goes over the wire, Content-Length set.
    pub fn to_bytes(&self) -> Vec<u8> {
        let start = format_args!("{} {} SIP/2.0\r\n", self.method, self.uri);
        print(start, &self.headers, &self.body)
    }
}

impl Response {
    /// The answer to a request: its Via, From, To, Call-ID and CSeq (§8.2.6), and Timestamp when it is a 100.
    ///
    /// The To still needs a tag, unless it has one or this is a 100. An empty `reason` becomes the usual phrase.
    pub fn to_request(request: &Request, status: u16, reason: &str) -> Self {
        Self::to_headers(&request.headers, status, reason)
    }

    pub(crate) fn to_headers(request: &Headers, status: u16, reason: &str) -> Self {
        let mut headers = Headers::for_a_message();
        for (name, value) in request.iter() {
            let copied = match name {
                Name::Via | Name::From | Name::To | Name::CallId | Name::CSeq => true,
                Name::Timestamp => status == 100,
                _ => false,
            };
            if copied {
                headers.push(name.clone(), value);
            }
        }
        let reason = match reason {
            "" => reason_phrase(status),
            reason => reason,
        };
        Self { status, reason: reason.replace(['\r', '\n'], " "), headers, body: Vec::new() }
    }

    /// The response as it goes over the wire, Content-Length set.
    pub fn to_bytes(&self) -> Vec<u8> {
        let start = format_args!("SIP/2.0 {} {}\r\n", self.status, self.reason);
        print(start, &self.headers, &self.body)
    }

    /// Whether it leaves the transaction open: 1xx.
    pub fn is_provisional(&self) -> bool {
        self.status < 200
    }

    /// Whether it says yes: 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

fn print(start: fmt::Arguments<'_>, headers: &Headers, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024 + body.len());
    // Writing to a Vec cannot fail.
    let _ = out.write_fmt(start);
    for (name, value) in headers.iter() {
        if *name != Name::ContentLength {
            for part in [name.as_str(), ": ", value, "\r\n"] {
                out.extend_from_slice(part.as_bytes());
            }
        }
    }
    let _ = write!(out, "Content-Length: {}\r\n\r\n", body.len());
    out.extend_from_slice(body);
    out
}
