//! The four transaction machines of RFC 3261 §17, with the Accepted state of RFC 6026.
//!
//! Rule 1: a machine knows the kind of a message and the time; it knows no headers, bytes or addresses.
//! Rule 2: a machine says what to do; `endpoint` does it.
//! Rule 3: over a reliable transport nothing is resent and nothing waits for retransmissions.

mod client;
mod client_invite;
mod schedule;
mod server;
mod server_invite;

pub(crate) use client::Client;
pub(crate) use client_invite::ClientInvite;
pub(crate) use schedule::{Due, Schedule};
pub(crate) use server::Server;
pub(crate) use server_invite::ServerInvite;

use crate::Micros;

/// The intervals that all timers come from (RFC 3261 §17.1.1.1), in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Estimate of the round trip; the first retransmission comes after it.
    pub t1: Micros,
    /// Longest interval between retransmissions of a non-INVITE request and of a final answer to INVITE.
    pub t2: Micros,
    /// How long a message may stay in the network.
    pub t4: Micros,
    /// A `100 Trying` goes out for an INVITE that was not answered for so long (§17.2.1: 200 ms).
    pub trying: Micros,
}

impl Timing {
    /// 64*T1: when the other side is given up (timers B, F, H), and how long an end waits for stragglers (D, J, L, M).
    pub fn patience(&self) -> Micros {
        64 * self.t1
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self { t1: 500_000, t2: 4_000_000, t4: 5_000_000, trying: 200_000 }
    }
}

/// What a client transaction does with a response.
#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
pub(crate) struct Reaction {
    /// The user sees the response.
    pub pass: bool,
    /// ACK it (a final answer to INVITE other than 2xx).
    pub acknowledge: bool,
    /// A CANCEL that had to wait for a provisional response may go now.
    pub cancel: bool,
    /// The transaction is over.
    pub over: bool,
}

/// What a server transaction does with a request that it knows already.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) enum Repeat {
    /// Nothing to say yet, or nothing more.
    Absorb,
    /// Send the last response again.
    Resend,
}

/// What a server transaction does with an ACK.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) enum Acknowledged {
    /// It ends the retransmission of a refusal; nobody else cares.
    Absorb,
    /// The same, and the transaction is over.
    Over,
    /// It belongs to a 2xx: the user's.
    Pass,
}

/// What the end of a server transaction's response means for it.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) struct Answering {
    /// The response goes out. Otherwise it comes too late: another final one went before.
    pub send: bool,
    /// The transaction may have to send it again: keep it.
    pub keep: bool,
    /// The transaction is over.
    pub over: bool,
}

impl Answering {
    pub(crate) const TOO_LATE: Self = Self { send: false, keep: false, over: false };
}
