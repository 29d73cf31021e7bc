//! Reading a message: cut it into lines, then hold every field that will be read later against its grammar once.
//!
//! Rule 1: a field that is read anywhere in the switch is checked here, so that a malformed one is refused at the door.
//! Rule 2: a request that is refused gets an answer if its head was readable; ACK and responses never do.

use std::borrow::Cow;

use crate::error::ParseError;
use crate::grammar::{is_token, number, trim};
use crate::headers::Headers;
use crate::message::{Message, Request, Response};
use crate::method::Method;
use crate::name::Name;
use crate::name_addr::NameAddr;
use crate::uri::{Scheme, Uri};
use crate::via::Via;

/// The largest head (start line and header fields) that is read, bytes.
pub(crate) const MOST_HEAD: usize = 64 * 1024;

pub(crate) fn message(bytes: &[u8]) -> Result<Message, ParseError> {
    let bytes = without_empty_lines(bytes);
    let end = memchr::memmem::find(bytes, b"\r\n\r\n")
        .filter(|end| *end <= MOST_HEAD)
        .ok_or(ParseError::new("the head of a message has no end"))?;
    let (head, rest) = bytes.split_at(end);
    let body = rest.get(4..).unwrap_or_default();
    let head = unfolded(String::from_utf8_lossy(head));
    let (start, fields) = head.split_once("\r\n").unwrap_or((&head, ""));

    let mut read = Read::default();
    read.fields(fields);
    if start.starts_with("SIP/") {
        return read.response(start, body).map(Message::Response);
    }
    match read.request(start, body) {
        Ok(request) => Ok(Message::Request(request)),
        Err(error) => Err(with_reply(error, start, &read.headers)),
    }
}

/// A peer may send empty lines before a message (§7.5).
pub(crate) fn without_empty_lines(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = bytes.strip_prefix(b"\r\n") {
        bytes = rest;
    }
    bytes
}

/// Join the lines that start with white space to the line before (§7.3.1).
fn unfolded(head: Cow<'_, str>) -> Cow<'_, str> {
    if !head.contains("\r\n ") && !head.contains("\r\n\t") {
        return head;
    }
    let mut out = String::with_capacity(head.len());
    for line in head.split("\r\n") {
        if line.starts_with([' ', '\t']) {
            out.push(' ');
            out.push_str(trim(line));
        } else {
            if !out.is_empty() {
                out.push_str("\r\n");
            }
            out.push_str(line);
        }
    }
    Cow::Owned(out)
}

/// The fields of a message, and the first thing that was wrong with them.
#[derive(Default)]
struct Read {
    headers: Headers,
    content_length: Option<usize>,
    fault: Option<ParseError>,
}

impl Read {
    /// Read all fields, also beyond a fault, so that there is something to answer with.
    fn fields(&mut self, text: &str) {
        self.headers = Headers::for_a_message();
        for line in text.split("\r\n").filter(|line| !line.is_empty()) {
            if let Err(error) = self.field(line) {
                self.fault.get_or_insert(error);
            }
        }
    }

    fn field(&mut self, line: &str) -> Result<(), ParseError> {
        let (name, value) = line
            .split_once(':')
            .map(|(name, value)| (name.trim_end_matches([' ', '\t']), trim(value)))
            .filter(|(name, value)| is_token(name) && !value.contains(['\r', '\n']))
            .ok_or(ParseError::new("a header field is malformed"))?;
        let name = Name::from(name);
        if name == Name::ContentLength {
            let length = number(value)?;
            return match self.content_length.replace(length) {
                Some(earlier) if earlier != length => Err(ParseError::new("there are two Content-Lengths")),
                _ => Ok(()),
            };
        }
        let twice = is_single(&name) && self.headers.has(&name);
        self.headers.push_received(name, value)?;
        if twice {
            return Err(ParseError::new("a header that stands once is there twice"));
        }
        Ok(())
    }

    fn request(&mut self, start: &str, body: &[u8]) -> Result<Request, ParseError> {
        let mut parts = start.split(' ');
        let (Some(method), Some(uri), Some(version), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ParseError::new("the request line is malformed"));
        };
        let method = Method::parse(method)?;
        check_version(version)?;
        let uri = Uri::parse(uri)?;
        if matches!(uri.scheme, Scheme::Other(_)) {
            return Err(ParseError::refused(416, "the scheme of the request URI is not supported"));
        }
        if !uri.headers.is_empty() {
            return Err(ParseError::new("the request URI holds header fields"));
        }
        let body = self.checked(body)?;
        if self.headers.cseq().is_some_and(|(_, named)| named != method) {
            return Err(ParseError::new("the CSeq names another method"));
        }
        Ok(Request { method, uri, headers: std::mem::take(&mut self.headers), body })
    }

    fn response(mut self, start: &str, body: &[u8]) -> Result<Response, ParseError> {
        let (version, rest) = start.split_once(' ').unwrap_or((start, ""));
        check_version(version)?;
        let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
        let status = number(status)?;
        if !(100..700).contains(&status) {
            return Err(ParseError::new("the status is out of range"));
        }
        let body = self.checked(body)?;
        Ok(Response { status, reason: reason.to_owned(), headers: self.headers, body })
    }

    /// Hold the fields against their grammar and the body against its length.
    fn checked(&mut self, body: &[u8]) -> Result<Vec<u8>, ParseError> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        check_fields(&self.headers)?;
        let length = self.content_length.unwrap_or(body.len());
        body.get(..length).map(<[u8]>::to_vec).ok_or(ParseError::new("the body is shorter than Content-Length"))
    }
}

/// Headers that may stand only once in a message.
fn is_single(name: &Name) -> bool {
    matches!(
        name,
        Name::From
            | Name::To
            | Name::CallId
            | Name::CSeq
            | Name::MaxForwards
            | Name::ContentType
            | Name::Expires
            | Name::SessionExpires
            | Name::RSeq
            | Name::RAck
    )
}

fn check_version(version: &str) -> Result<(), ParseError> {
    if version.eq_ignore_ascii_case("SIP/2.0") {
        return Ok(());
    }
    let numbered = version.split_once('/').is_some_and(|(name, number)| {
        name.eq_ignore_ascii_case("SIP")
            && number.contains('.')
            && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    Err(if numbered {
        ParseError::refused(505, "this version of SIP is not spoken here")
    } else {
        ParseError::new("the version is malformed")
    })
}

fn check_fields(headers: &Headers) -> Result<(), ParseError> {
    for (name, value) in headers.iter() {
        match name {
            Name::Via => drop(Via::parse(value)?),
            Name::From | Name::To | Name::Route | Name::RecordRoute | Name::Path => {
                drop(NameAddr::parse(value)?);
            }
            Name::Contact if value != "*" => check_contact(value)?,
            Name::CallId if value.is_empty() || value.contains([' ', '\t']) => {
                return Err(ParseError::new("the Call-ID is malformed"));
            }
            Name::MaxForwards => drop(number::<u8>(value)?),
            Name::Expires | Name::MinExpires | Name::RSeq => drop(number::<u32>(value)?),
            _ => {}
        }
    }
    for required in [Name::Via, Name::From, Name::To, Name::CallId] {
        if !headers.has(&required) {
            return Err(ParseError::new("one of Via, From, To and Call-ID is missing"));
        }
    }
    match headers.cseq() {
        Some((number, _)) if number < 1 << 31 => {}
        _ => return Err(ParseError::new("the CSeq is missing or malformed")),
    }
    let unreadable = (headers.has(&Name::RAck) && headers.rack().is_none())
        || (headers.has(&Name::SessionExpires) && headers.session_expires().is_none())
        || (headers.has(&Name::MinSe) && headers.min_se().is_none());
    if unreadable {
        return Err(ParseError::new("a RAck, Session-Expires or Min-SE is malformed"));
    }
    Ok(())
}

fn check_contact(value: &str) -> Result<(), ParseError> {
    let contact = NameAddr::parse(value)?;
    match contact.params.get("expires") {
        Some(expires) => number::<u32>(expires).map(drop),
        None => Ok(()),
    }
}

/// Give a refused request its answer, when it is one that gets answers and names a way back.
fn with_reply(error: ParseError, start: &str, headers: &Headers) -> ParseError {
    let is_request_line = start.contains(" SIP/");
    let answerable = is_request_line && !start.starts_with("ACK ") && headers.has(&Name::Via);
    let status = error.status;
    ParseError { reply: answerable.then(|| Box::new(Response::to_headers(headers, status, ""))), ..error }
}
