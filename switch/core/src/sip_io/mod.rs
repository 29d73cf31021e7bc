//! The sockets of signalling: UDP, TCP, TLS and WebSocket, on the mio poll of the control thread.
//!
//! 1. [`SipSockets::bind`] once, with the poll's registry and the first token that is theirs.
//! 2. For each event whose token [`SipSockets::owns`]: [`SipSockets::ready`]. At [`SipSockets::next_timeout`]:
//!    [`SipSockets::handle_timeout`]. After either, drain [`SipSockets::poll`] into the SIP agent.
//! 3. What the agent wants sent goes to [`SipSockets::send`]; an error, and each [`Incoming::Lost`], goes back to it.
//!
//! Rule 1: nothing here blocks, and nothing a peer does, or leaves undone, holds more than its limits.
//! Rule 2: what does not look like SIP is dropped before it is parsed, and who sends much of it is not listened to.
//! Rule 3: keep-alives (RFC 5626 §3.5.1, RFC 7118 §6) are answered here; nobody above hears of them.

mod config;
mod connection;
mod connections;
mod garbage;
mod pipe;
mod shared;
mod sieve;
mod stream;
mod tls;
mod udp;
mod web_socket;

use std::fmt;
use std::io;
use std::net::IpAddr;

use hookflash_sip::{Flow, Message, Micros, Target, Transport};
use mio::{Registry, Token};

pub use config::{Bound, Config, Limits, Listen, Rate, TlsConfig};

use connections::Connections;
use shared::Shared;
use tls::Tls;
use udp::Udp;

/// Something that came from the network.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // nearly all are messages
pub enum Incoming {
    /// A message, and the path it came on.
    Message(Message, Flow),
    /// Something that claimed to be SIP and was not; it has been answered where an answer was due.
    Malformed {
        /// A sentence that quotes nothing of it.
        why: &'static str,
        /// Where it came from.
        flow: Flow,
    },
    /// A connection is gone, or could not be opened. For `Endpoint::transport_failed`.
    Lost {
        /// Its far end and its number.
        target: Target,
        /// A sentence.
        why: String,
    },
}

/// Why something could not be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendError(pub String);

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SendError {}

/// All sockets of signalling.
#[derive(Debug)]
pub struct SipSockets {
    shared: Shared,
    udp: Vec<Udp>,
    connections: Connections,
}

impl SipSockets {
    /// Open every address of `config.listen`, port 0 standing for a free one; the bound addresses come back in the same
    /// order. Sockets use the tokens from `first_token` on, without an end.
    pub fn bind(config: Config, registry: &Registry, first_token: Token) -> io::Result<(Self, Vec<Bound>)> {
        let tls = Tls::new(&config.tls)?;
        let mut sockets = Self {
            shared: Shared::new(&config, registry.try_clone()?, first_token),
            udp: Vec::new(),
            connections: Connections::new(config.limits, tls),
        };
        let mut bound = Vec::new();
        for listen in &config.listen {
            let addr = sockets.listen(listen).map_err(|error| {
                let why = format!("cannot listen on {} for {}: {error}", listen.addr, listen.transport);
                io::Error::new(error.kind(), why)
            })?;
            bound.push(Bound { transport: listen.transport, addr });
        }
        Ok((sockets, bound))
    }

    fn listen(&mut self, listen: &Listen) -> io::Result<std::net::SocketAddr> {
        match listen.transport {
            Transport::Udp => {
                let udp = Udp::bind(&mut self.shared, listen.addr)?;
                let addr = udp.local();
                self.udp.push(udp);
                Ok(addr)
            }
            _ => self.connections.listen(&mut self.shared, listen),
        }
    }

    /// Whether an event with this token is for [`SipSockets::ready`].
    pub fn owns(&self, token: Token) -> bool {
        self.shared.number(token).is_some()
    }

    /// A socket is ready for something. Readiness is of the edge kind: each event must get here.
    pub fn ready(&mut self, token: Token, now: Micros) {
        if let Some(number) = self.shared.number(token) {
            self.work(number, now);
        }
    }

    fn work(&mut self, number: u64, now: Micros) {
        match self.udp.iter_mut().find(|udp| udp.number() == number) {
            Some(udp) => udp.receive(&mut self.shared, now),
            None => self.connections.ready(&mut self.shared, number, now),
        }
    }

    /// What has come in, in order.
    pub fn poll(&mut self) -> Option<Incoming> {
        self.shared.incoming.pop_front()
    }

    /// When [`SipSockets::handle_timeout`] is to be called at the latest; a moment that has passed means: at once.
    pub fn next_timeout(&self) -> Option<Micros> {
        match self.shared.unfinished.is_empty() && self.shared.incoming.is_empty() {
            true => self.shared.timers.next(),
            false => Some(0),
        }
    }

    /// Time has passed: go on with sockets that had more than their share, close connections that took too long.
    pub fn handle_timeout(&mut self, now: Micros) {
        for number in std::mem::take(&mut self.shared.unfinished) {
            self.work(number, now);
        }
        self.shared.behind_since = match self.shared.unfinished.is_empty() {
            true => None,
            false => self.shared.behind_since.or(Some(now)),
        };
        while let Some((_, number)) = self.shared.timers.pop(now) {
            self.connections.wake_up(&mut self.shared, number, now);
        }
    }

    /// Send one message. Over UDP it is gone; over a connection it is at least queued, and should the connection fail,
    /// [`Incoming::Lost`] tells. An address that we send a request to is listened to without a limit from then on.
    pub fn send(&mut self, target: &Target, bytes: &[u8], now: Micros) -> Result<(), SendError> {
        if !bytes.starts_with(b"SIP/2.0 ") {
            self.shared.sieve.vouch(target.addr.ip());
        }
        self.carry(target, bytes, now)
    }

    /// Keep the path to a peer open through NATs on the way: two empty lines, or a ping over WebSocket. It opens nothing.
    pub fn keep_alive(&mut self, target: &Target, now: Micros) -> Result<(), SendError> {
        match target.transport {
            Transport::Udp => self.carry(target, b"\r\n\r\n", now),
            _ => self.connections.ping(&mut self.shared, target, now),
        }
    }

    fn carry(&mut self, target: &Target, bytes: &[u8], now: Micros) -> Result<(), SendError> {
        if target.transport != Transport::Udp {
            return self.connections.send(&mut self.shared, target, bytes, now);
        }
        let suits = |udp: &&Udp| udp.local().is_ipv6() == target.addr.is_ipv6();
        let named = self.udp.iter().find(|udp| Some(udp.number()) == target.connection);
        match named.or_else(|| self.udp.iter().find(suits)) {
            Some(udp) => udp.send(target.addr, bytes),
            None => {
                let why = format!("no UDP socket reaches {}", target.addr.ip());
                Err(SendError(why))
            }
        }
    }

    /// Listen to an address without a limit: it has proved who it is, or it is configured as a peer.
    pub fn vouch(&mut self, address: IpAddr) {
        self.shared.sieve.vouch(address);
    }

    /// For how long more has been waiting to be read than there was time for.
    pub fn behind(&self, now: Micros) -> Micros {
        self.shared.behind_since.map_or(0, |since| now.saturating_sub(since))
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.connections.len()
    }

    /// How many datagrams and messages were dropped because their source sent too many.
    pub fn dropped(&self) -> u64 {
        self.shared.dropped
    }
}

#[cfg(test)]
mod tests;
