//! Cutting a byte stream (TCP, TLS) into messages (RFC 3261 §18.3, RFC 5626 §4.4.1).

use crate::error::ParseError;
use crate::grammar::number;
use crate::message::Message;
use crate::parse::MOST_HEAD;

/// The largest body that is taken from a stream, bytes.
const MOST_BODY: usize = 256 * 1024;

/// Something whole that came over a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)] // it is moved once, and it mostly is a message
pub enum Frame {
    /// A message.
    Message(Message),
    /// Two empty lines between messages: the peer wants one empty line (`\r\n`) back.
    KeepAlive,
}

/// One connection's incoming bytes.
///
/// [`Framer::push`] what was received, then take frames by [`Framer::next`] until it has none. What waits inside is
/// never more than one message's limits and what was pushed last.
#[derive(Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
    /// Where in the buffer the next frame starts.
    start: usize,
    /// How many bytes from there are known not to start the end of a head.
    searched: usize,
    broken: bool,
}

impl Framer {
    /// For a new connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Take in what was received.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.broken {
            return;
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame; None until more bytes come.
    ///
    /// After an error the stream goes on with the next message, unless [`Framer::is_broken`].
    #[allow(clippy::should_implement_trait)] // it ends and goes on again, which an iterator may not
    pub fn next(&mut self) -> Result<Option<Frame>, ParseError> {
        if self.waiting().starts_with(b"\r\n\r\n") {
            self.consume(4);
            return Ok(Some(Frame::KeepAlive));
        }
        // One empty line may stand before a message; it may also be the first half of a keep-alive.
        if let [b'\r', b'\n', other, ..] = self.waiting()
            && *other != b'\r'
        {
            self.consume(2);
        }
        let Some(head) = self.end_of_head()? else {
            return Ok(None);
        };
        let body = match content_length(self.waiting().get(..head).unwrap_or_default()) {
            Ok(length) => length,
            Err(error) => return Err(self.lost(error)),
        };
        let Some(bytes) = self.waiting().get(..head + body) else {
            return Ok(None);
        };
        let message = Message::parse(bytes);
        self.consume(head + body);
        message.map(|message| Some(Frame::Message(message)))
    }

    /// Whether the end of a message can no longer be told: send the reply, if there is one, and close the connection.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    fn waiting(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// The length of the head with its empty line, once it is there.
    fn end_of_head(&mut self) -> Result<Option<usize>, ParseError> {
        let unsearched = self.waiting().get(self.searched..).unwrap_or_default();
        if let Some(at) = memchr::memmem::find(unsearched, b"\r\n\r\n") {
            return Ok(Some(self.searched + at + 4));
        }
        let waiting = self.waiting().len();
        self.searched = waiting.saturating_sub(3);
        if waiting > MOST_HEAD {
            let error = ParseError::refused(513, "the head of a message is too large");
            return Err(self.lost(error));
        }
        Ok(None)
    }

    fn consume(&mut self, bytes: usize) {
        self.start = (self.start + bytes).min(self.buffer.len());
        self.searched = 0;
    }

    /// Give the connection up. What can still be read of the message makes the answer.
    fn lost(&mut self, error: ParseError) -> ParseError {
        let read = Message::parse(self.waiting()).err();
        *self = Self { broken: true, ..Self::default() };
        ParseError { reply: read.and_then(|read| read.reply), ..error }
    }
}

/// What the head says of the body; a head that does not say has none.
fn content_length(head: &[u8]) -> Result<usize, ParseError> {
    let mut length = None;
    let mut lines = head.split(|byte| *byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let Some(mut value) = content_length_value(line) else {
            continue;
        };
        // The value may stand on the next line (§7.3.1).
        if let Some(next) = lines.peek()
            && value.is_empty()
            && next.starts_with(b" ")
        {
            value = next.trim_ascii();
        }
        let value = number(std::str::from_utf8(value).unwrap_or(""))?;
        if value > MOST_BODY {
            return Err(ParseError::refused(513, "the body of a message is too large"));
        }
        if length.replace(value).is_some_and(|other| other != value) {
            return Err(ParseError::new("there are two Content-Lengths"));
        }
    }
    Ok(length.unwrap_or(0))
}

/// The value of a line that is a Content-Length, in its long or its compact form.
fn content_length_value(line: &[u8]) -> Option<&[u8]> {
    let colon = memchr::memchr(b':', line)?;
    let (name, value) = line.split_at_checked(colon)?;
    let name = name.trim_ascii_end();
    (name.eq_ignore_ascii_case(b"Content-Length") || name.eq_ignore_ascii_case(b"l"))
        .then(|| value.get(1..).unwrap_or_default().trim_ascii())
}
