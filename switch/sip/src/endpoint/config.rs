//! What an endpoint is told at its start.

use std::net::SocketAddr;

use crate::Transport;
use crate::transaction::Timing;

/// How an endpoint behaves.
#[derive(Debug, Clone)]
pub struct Config {
    /// What our Via headers say, by transport; the first one of the right transport and family is used.
    pub sent_by: Vec<SentBy>,
    /// The timers.
    pub timing: Timing,
    /// Most server transactions at once, finished ones that wait for retransmissions (32 s on UDP) included. Above it a
    /// new request gets 503 and leaves no trace; above 5/4 of it so does one inside a dialog.
    pub most_transactions: usize,
    /// Most requests that wait for their final answer from us; handled like `most_transactions`.
    pub most_open: usize,
    /// What a 503 asks the client to wait, in seconds (Retry-After).
    pub retry_after_s: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            sent_by: Vec::new(),
            timing: Timing::default(),
            most_transactions: 400_000,
            most_open: 20_000,
            retry_after_s: 5,
        }
    }
}

/// How peers reach us over one transport: the advertised address, which behind NAT is not the one that is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentBy {
    /// The transport.
    pub transport: Transport,
    /// A name or an address (an IPv6 one in brackets).
    pub host: String,
    /// The port.
    pub port: u16,
}

impl SentBy {
    fn suits(&self, peer: SocketAddr) -> bool {
        peer.is_ipv6() == self.host.starts_with('[')
    }
}

impl Config {
    /// The address to put into Via (and Contact) for messages to `peer`; none when nothing was configured.
    pub fn sent_by(&self, transport: Transport, peer: SocketAddr) -> Option<&SentBy> {
        let mut same = self.sent_by.iter().filter(|by| by.transport == transport);
        same.clone()
            .find(|by| by.suits(peer))
            .or_else(|| same.next())
            .or_else(|| self.sent_by.iter().find(|by| by.suits(peer)))
            .or_else(|| self.sent_by.first())
    }
}
