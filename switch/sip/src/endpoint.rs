//! The transaction layer (RFC 3261 §17, §18) over whole messages: the way from a user of SIP to the wire and back.
//!
//! 1. Give it what came in ([`Endpoint::receive`]) or what is to be said ([`Endpoint::request`], [`Endpoint::respond`]).
//! 2. Drain [`Endpoint::poll`] until it yields nothing.
//! 3. Wait for the next message or for [`Endpoint::next_timeout`]; then [`Endpoint::handle_timeout`], and drain again.
//!
//! Rule 1: it repeats what UDP may lose and keeps repetitions from the user. The one exception is RFC 3261's: a 2xx to
//! INVITE and its ACK are repeated by the two users.
//! Rule 2: each request, sent or received, has one last word, and nothing of it is left 64*T1 after its final answer.
//! Rule 3: what cannot be answered in a transaction is answered without leaving a trace.

mod clients;
mod config;
mod flow;
mod identity;
mod output;
mod servers;
mod via;

use std::collections::VecDeque;

pub use config::{Config, SentBy};
pub use flow::{Flow, Target};
pub use output::{ClientKey, End, Output, ServerKey};

use crate::random::Random;
use crate::timers::Timers;
use crate::{Message, Micros, Request, Response};
use clients::Clients;
use servers::Servers;

/// All transactions of one SIP element, client and server.
#[derive(Debug)]
pub struct Endpoint {
    context: Context,
    clients: Clients,
    servers: Servers,
}

/// What client and server transactions share.
#[derive(Debug)]
struct Context {
    config: Config,
    random: Random,
    timers: Timers<Owner>,
    out: VecDeque<Output>,
}

/// Whose deadline it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Client(ClientKey),
    Server(ServerKey),
}

impl Context {
    fn send(&mut self, target: Target, bytes: impl Into<std::sync::Arc<[u8]>>) {
        self.out.push_back(Output::Send { target, bytes: bytes.into() });
    }
}

impl Endpoint {
    /// An endpoint without transactions. The seed decides every branch; take it from the system's randomness.
    pub fn new(config: Config, seed: u64) -> Self {
        let mut random = Random::new(seed);
        Self {
            servers: Servers::new(random.token()),
            clients: Clients::new(),
            context: Context { config, random, timers: Timers::new(), out: VecDeque::new() },
        }
    }

    /// A message came in.
    pub fn receive(&mut self, message: Message, flow: Flow, now: Micros) {
        match message {
            Message::Request(request) => {
                self.servers.receive(&mut self.context, request, flow, now);
            }
            Message::Response(response) => {
                self.clients.receive(&mut self.context, response, now);
            }
        }
    }

    /// Send a request and watch over it: it is repeated over UDP, and its answers come with the key. Our Via goes on
    /// top. Not for ACK ([`Endpoint::send`]) and CANCEL ([`Endpoint::cancel`]).
    pub fn request(&mut self, request: Request, target: Target, now: Micros) -> ClientKey {
        self.clients.request(&mut self.context, request, target, now)
    }

    /// Give up an INVITE that has no final answer. The CANCEL goes out as soon as it may (§9.1); its own answer is of no
    /// interest. What comes of it is the answer to the INVITE: 487, or an answer that was faster, be it a 2xx.
    pub fn cancel(&mut self, invite: ClientKey, now: Micros) {
        self.clients.cancel(&mut self.context, invite, now);
    }

    /// Answer a request that came in. Not before the answer was final, answers may be several: provisional ones, and
    /// each 2xx to INVITE as often as it is repeated. One that comes too late is dropped.
    pub fn respond(&mut self, key: ServerKey, response: &Response, now: Micros) {
        self.servers.respond(&mut self.context, key, response, now);
    }

    /// Send a request that nobody answers: the ACK of a 2xx. Our Via goes on top.
    pub fn send(&mut self, request: Request, target: Target) {
        self.clients.send(&mut self.context, request, target);
    }

    /// What was sent to `target` did not get through, or a connection is gone: the requests that went there fail.
    ///
    /// With `connection`, those sent over that connection; and always those sent to the address without naming one.
    pub fn transport_failed(&mut self, target: &Target, why: &str) {
        self.clients.transport_failed(&mut self.context, target, why);
    }

    /// Refuse (or take again) new calls with 503 by itself, whatever the number of transactions; for an owner that knows
    /// that it cannot keep up.
    pub fn refuse_calls(&mut self, refuse: bool) {
        self.servers.refuse_calls = refuse;
    }

    /// How many requests were answered 503 because of too much work, since the start.
    pub fn turned_away(&self) -> u64 {
        self.servers.turned_away
    }

    /// The address to advertise in Contact for messages to and from `target`, as `host:port`'s two parts.
    pub fn sent_by(&self, target: &Target) -> Option<&SentBy> {
        self.context.config.sent_by(target.transport, target.addr)
    }

    /// When [`Endpoint::handle_timeout`] is to be called at the latest.
    pub fn next_timeout(&self) -> Option<Micros> {
        self.context.timers.next()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Micros) {
        while let Some((_, owner)) = self.context.timers.pop(now) {
            match owner {
                Owner::Client(key) => self.clients.wake_up(&mut self.context, key, now),
                Owner::Server(key) => self.servers.wake_up(&mut self.context, key, now),
            }
        }
    }

    /// What happened and is to be done next, in order.
    pub fn poll(&mut self) -> Option<Output> {
        self.context.out.pop_front()
    }

    /// How many transactions there are: those of requests we sent, and those of requests we received.
    pub fn transactions(&self) -> (usize, usize) {
        (self.clients.len(), self.servers.len())
    }

    /// How many requests wait for their final answer from us.
    pub fn open(&self) -> usize {
        self.servers.open()
    }
}

#[cfg(test)]
mod tests;
