//! What was wrong with something a peer sent, and what to answer.

use std::fmt;

use crate::message::Response;

/// Bytes or text that break the grammar, or a limit of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// A sentence for the log; it never quotes what was received.
    pub why: &'static str,
    /// The status that refuses a request with this fault: 400 but for a few.
    pub status: u16,
    /// The refusal itself, for a request whose head was readable enough to be answered.
    ///
    /// It goes back to where the datagram came from (or on the same connection), outside of any transaction.
    pub reply: Option<Box<Response>>,
}

impl ParseError {
    /// A fault of the grammar: 400 Bad Request.
    pub fn new(why: &'static str) -> Self {
        Self::refused(400, why)
    }

    /// A fault with a status of its own, such as 505 or 416.
    pub fn refused(status: u16, why: &'static str) -> Self {
        Self { why, status, reply: None }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why)
    }
}

impl std::error::Error for ParseError {}
