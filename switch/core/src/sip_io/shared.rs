//! What all sockets have in common.

use std::collections::VecDeque;

use hookflash_sip::Micros;
use hookflash_sip::timers::Timers;
use mio::event::Source;
use mio::{Interest, Registry, Token};

use super::Incoming;
use super::config::Config;
use super::garbage::MOST_BYTES;
use super::sieve::Sieve;

/// Numbers, tokens, timers and the way up. A socket's number is never given again, so that an event that comes after its
/// end means nothing; its token is the first token plus the number.
#[derive(Debug)]
pub(super) struct Shared {
    registry: Registry,
    first_token: usize,
    last_number: u64,
    pub incoming: VecDeque<Incoming>,
    /// Sockets that have more to read but had their share.
    pub unfinished: Vec<u64>,
    /// Since when there has always been one.
    pub behind_since: Option<Micros>,
    pub timers: Timers<u64>,
    pub sieve: Sieve,
    pub dropped: u64,
    /// Room to read into.
    pub buffer: Box<[u8]>,
}

impl Shared {
    pub fn new(config: &Config, registry: Registry, first_token: Token) -> Self {
        Self {
            registry,
            first_token: first_token.0,
            last_number: 0,
            incoming: VecDeque::new(),
            unfinished: Vec::new(),
            behind_since: None,
            timers: Timers::new(),
            sieve: Sieve::new(config.per_source, config.strangers),
            dropped: 0,
            buffer: vec![0; MOST_BYTES].into(),
        }
    }

    /// The number behind a token, when it is one of ours.
    pub fn number(&self, token: Token) -> Option<u64> {
        token.0.checked_sub(self.first_token).map(|number| number as u64)
    }

    /// Number a new socket and have the poll watch it.
    pub fn watch(&mut self, socket: &mut impl Source, interest: Interest) -> std::io::Result<u64> {
        let number = self.last_number + 1;
        let token = Token(self.first_token + number as usize);
        self.registry.register(socket, token, interest)?;
        self.last_number = number;
        Ok(number)
    }
}
