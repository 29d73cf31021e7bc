//! Finding the addresses of a SIP URI (RFC 3263) by DNS: NAPTR, then SRV (RFC 2782), then A and AAAA.
//!
//! No sockets and no clock: [`Resolver::resolve`] takes a URI, [`Resolver::poll`] yields datagrams for DNS servers and,
//! in the end, the targets, best first. Feed what the servers send to [`Resolver::receive`], each time on the port that
//! the question left from, and call [`Resolver::handle_timeout`] when [`Resolver::next_timeout`] is due. All that may be
//! needed for a URI is asked at once, so that most answers are there after one round trip. Over UDP only: of an answer
//! that was cut short, what is there is used.

mod cache;
mod client;
mod plan;
mod settings;
mod srv;
mod wire;

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use crate::{Micros, Random, Target, Uri};

use client::Client;
use plan::{Plan, Step};
pub use settings::Settings;
use wire::{Question, Records};

/// How many URIs may wait for their addresses; more are answered with none.
const MOST_LOOKUPS: usize = 10_000;

/// What is to be done. Drain it with [`Resolver::poll`] after each call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Send a datagram to a DNS server.
    Send {
        /// The server.
        server: SocketAddr,
        /// The datagram.
        bytes: Vec<u8>,
    },
    /// A URI has its addresses.
    Found {
        /// The name that [`Resolver::resolve`] was given for it.
        query: u64,
        /// Where to send to, in this order; empty when the name is unknown or DNS does not answer.
        targets: Vec<Target>,
    },
}

/// One URI that waits.
struct Lookup {
    plan: Plan,
    known: HashMap<Question, Records>,
    /// How many of its questions are still open.
    open: usize,
}

/// Finds addresses; one for the whole process, so that its cache serves all.
pub struct Resolver {
    settings: Settings,
    client: Client,
    lookups: HashMap<u64, Lookup>,
    random: Random,
    out: VecDeque<Output>,
}

impl Resolver {
    /// A resolver whose choices among servers of the same priority follow from `seed`.
    pub fn new(settings: Settings, seed: u64) -> Self {
        Self {
            client: Client::new(settings.servers.clone(), seed),
            settings,
            lookups: HashMap::new(),
            random: Random::new(!seed),
            out: VecDeque::new(),
        }
    }

    /// Find the targets of a URI; `query` names the question, and no other that is still open may have it.
    pub fn resolve(&mut self, query: u64, uri: &Uri, now: Micros) {
        let plan = Plan::new(uri, &self.settings, self.random.bits());
        if self.lookups.len() >= MOST_LOOKUPS {
            self.out.push_back(Output::Found { query, targets: Vec::new() });
            return;
        }
        let questions = plan.questions();
        self.lookups.insert(query, Lookup { plan, known: HashMap::new(), open: 0 });
        self.ask(query, questions, now);
    }

    /// Take in a datagram from a DNS server; what is not the answer to a question of ours is dropped.
    pub fn receive(&mut self, bytes: &[u8], from: SocketAddr, now: Micros) {
        if let Some((question, records, waiting)) = self.client.receive(bytes, from, now) {
            self.answered(&question, &records, waiting, now);
        }
        self.collect();
    }

    /// When [`Resolver::handle_timeout`] wants to be called.
    pub fn next_timeout(&self) -> Option<Micros> {
        self.client.next_timeout()
    }

    /// Ask again, or give up, where no answer came.
    pub fn handle_timeout(&mut self, now: Micros) {
        while let Some((question, waiting)) = self.client.expired(now) {
            self.answered(&question, &Records::default(), waiting, now);
        }
        self.collect();
    }

    /// What is to be done next.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    fn answered(&mut self, question: &Question, records: &Records, waiting: Vec<u64>, now: Micros) {
        for query in waiting {
            if let Some(lookup) = self.lookups.get_mut(&query) {
                lookup.known.insert(question.clone(), records.clone());
                lookup.open = lookup.open.saturating_sub(1);
                self.advance(query, now);
            }
        }
    }

    /// Ask what a lookup needs, and go on with what is known already.
    fn ask(&mut self, query: u64, questions: Vec<Question>, now: Micros) {
        let Some(lookup) = self.lookups.get_mut(&query) else {
            return;
        };
        for question in questions {
            match self.client.ask(&question, query, now) {
                Some(records) => drop(lookup.known.insert(question, records)),
                None => lookup.open += 1,
            }
        }
        self.advance(query, now);
        self.collect();
    }

    fn advance(&mut self, query: u64, now: Micros) {
        let Some(lookup) = self.lookups.get(&query) else {
            return;
        };
        match lookup.plan.step(&lookup.known) {
            Step::Done(targets) => {
                self.lookups.remove(&query);
                self.out.push_back(Output::Found { query, targets });
            }
            // What it needs may be on its way; only when nothing is, it has to be asked.
            Step::Needs(questions) if lookup.open == 0 => self.ask(query, questions, now),
            Step::Needs(_) => {}
        }
    }

    fn collect(&mut self) {
        let sends = self.client.out.drain(..);
        self.out.extend(sends.map(|(server, bytes)| Output::Send { server, bytes }));
    }
}
