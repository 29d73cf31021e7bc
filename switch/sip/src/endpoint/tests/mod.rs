//! Two endpoints joined in memory, on a clock moved by hand.

mod cancel;
mod client;
mod overload;
mod property;
mod server;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::*;
use crate::{Method, Name, Transport};

pub(super) const MS: Micros = 1_000;
pub(super) const T1: Micros = 500 * MS;

/// What happens to one datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Lost,
    Late(Micros),
    Twice(Micros),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    Alice,
    Bob,
}

impl Who {
    fn other(self) -> Self {
        match self {
            Self::Alice => Self::Bob,
            Self::Bob => Self::Alice,
        }
    }

    pub fn addr(self) -> SocketAddr {
        match self {
            Self::Alice => "192.0.2.1:5060".parse().unwrap(),
            Self::Bob => "192.0.2.2:5070".parse().unwrap(),
        }
    }
}

/// Alice calls, Bob answers.
pub(super) struct Pair {
    pub now: Micros,
    pub alice: Endpoint,
    pub bob: Endpoint,
    /// What the two users got to see.
    pub seen: Vec<(Who, Output)>,
    /// First lines of all that was sent, with the moment.
    pub sent: Vec<(Micros, Who, String)>,
    pub fate: Box<dyn FnMut() -> Fate>,
    transport: Transport,
    wire: BTreeMap<(Micros, usize), (Who, Vec<u8>)>,
    count: usize,
}

impl Pair {
    pub fn new(transport: Transport) -> Self {
        let config = |who: Who| Config {
            sent_by: vec![SentBy { transport, host: who.addr().ip().to_string(), port: who.addr().port() }],
            ..Config::default()
        };
        Self {
            now: 0,
            alice: Endpoint::new(config(Who::Alice), 1),
            bob: Endpoint::new(config(Who::Bob), 2),
            seen: Vec::new(),
            sent: Vec::new(),
            fate: Box::new(|| Fate::Late(0)),
            transport,
            wire: BTreeMap::new(),
            count: 0,
        }
    }

    /// A network that carries nothing.
    pub fn deaf(transport: Transport) -> Self {
        let mut pair = Self::new(transport);
        pair.fate = Box::new(|| Fate::Lost);
        pair
    }

    pub fn to_bob(&self) -> Target {
        Target::new(self.transport, Who::Bob.addr())
    }

    pub fn flow(&self, to: Who) -> Flow {
        Flow { transport: self.transport, local: to.addr(), peer: to.other().addr(), connection: 1 }
    }

    fn end(&mut self, who: Who) -> &mut Endpoint {
        match who {
            Who::Alice => &mut self.alice,
            Who::Bob => &mut self.bob,
        }
    }

    /// Take what both want done.
    pub fn drain(&mut self) {
        for who in [Who::Alice, Who::Bob] {
            while let Some(output) = self.end(who).poll() {
                match output {
                    Output::Send { bytes, .. } => self.carry(who, &bytes),
                    other => self.seen.push((who, other)),
                }
            }
        }
    }

    fn carry(&mut self, from: Who, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let line = text.lines().next().unwrap_or_default().to_owned();
        self.sent.push((self.now, from, line));
        let (copies, delay) = match (self.fate)() {
            Fate::Lost => (0, 0),
            Fate::Late(delay) => (1, delay),
            Fate::Twice(delay) => (2, delay),
        };
        for copy in 0..copies {
            self.count += 1;
            let at = self.now + delay + copy * MS;
            self.wire.insert((at, self.count), (from.other(), bytes.to_vec()));
        }
    }

    /// Do the next thing that is due until `until`, and move the clock there. False when there is none.
    pub fn step(&mut self, until: Micros) -> bool {
        self.drain();
        let arrival = self.wire.keys().next().map(|&(at, _)| at);
        let timeouts = [self.alice.next_timeout(), self.bob.next_timeout()];
        let Some(next) = timeouts.into_iter().chain([arrival]).flatten().min() else {
            return false;
        };
        if next > until {
            return false;
        }
        self.now = self.now.max(next);
        let now = self.now;
        if arrival == Some(next) {
            let (_, (to, bytes)) = self.wire.pop_first().unwrap();
            let flow = self.flow(to);
            let message = Message::parse(&bytes).unwrap();
            self.end(to).receive(message, flow, now);
        }
        self.alice.handle_timeout(now);
        self.bob.handle_timeout(now);
        self.drain();
        true
    }

    /// Let time pass.
    pub fn advance(&mut self, by: Micros) {
        let until = self.now + by;
        while self.step(until) {}
        self.now = until;
    }

    /// When `who` sent messages that begin like this.
    pub fn sent_at(&self, who: Who, start: &str) -> Vec<Micros> {
        let those = self.sent.iter();
        those.filter(|(_, from, line)| *from == who && line.starts_with(start)).map(|(at, _, _)| *at).collect()
    }

    /// The requests that Bob's user got.
    pub fn requests(&self) -> Vec<(ServerKey, Request)> {
        let those = self.seen.iter();
        those
            .filter_map(|(_, output)| match output {
                Output::Request { key, request, .. } => Some((*key, request.clone())),
                _ => None,
            })
            .collect()
    }

    /// The statuses of the answers that Alice's user got.
    pub fn statuses(&self) -> Vec<u16> {
        let those = self.seen.iter();
        those
            .filter_map(|(_, output)| match output {
                Output::Response { response, .. } => Some(response.status),
                _ => None,
            })
            .collect()
    }

    pub fn saw(&self, is_it: impl Fn(&Output) -> bool) -> usize {
        self.seen.iter().filter(|(_, output)| is_it(output)).count()
    }

    /// Bob's user answers.
    pub fn answer(&mut self, key: ServerKey, request: &Request, status: u16) {
        let response = answer_to(request, status, "bob");
        self.bob.respond(key, &response, self.now);
        self.drain();
    }

    /// Alice's user sends a request, and Bob's gets it.
    pub fn asked(&mut self, method: Method) -> (ClientKey, ServerKey, Request) {
        let client = self.alice.request(request(method), self.to_bob(), self.now);
        self.advance(0);
        let (server, request) = self.requests().pop().unwrap();
        (client, server, request)
    }

    pub fn is_empty(&self) -> bool {
        self.alice.transactions() == (0, 0) && self.bob.transactions() == (0, 0)
    }
}

pub(super) fn request(method: Method) -> Request {
    request_with(method, "call-1", 1)
}

pub(super) fn request_with(method: Method, call_id: &str, number: u32) -> Request {
    let text = format!(
        "{method} sip:bob@192.0.2.2 SIP/2.0\r\nMax-Forwards: 70\r\nRoute: <sip:192.0.2.2:5070;lr>\r\n\
         From: <sip:alice@192.0.2.1>;tag=alice\r\nTo: <sip:bob@192.0.2.2>\r\nCall-ID: {call_id}\r\n\
         CSeq: {number} {method}\r\n\r\n"
    );
    parse_without_via(&text)
}

/// The parser wants a Via; ours comes later.
fn parse_without_via(text: &str) -> Request {
    let with = text.replacen("\r\n", "\r\nVia: SIP/2.0/UDP none;branch=z9hG4bKnone\r\n", 1);
    let Message::Request(mut request) = Message::parse(with.as_bytes()).unwrap() else {
        panic!("not a request");
    };
    request.headers.remove(&Name::Via);
    request
}

pub(super) fn answer_to(request: &Request, status: u16, tag: &str) -> Response {
    let mut response = Response::to_request(request, status, "Reason");
    if status > 100 {
        let to = response.headers.to().unwrap().with_tag(tag);
        response.headers.set(Name::To, to.to_string());
    }
    response
}

/// The ACK of a 2xx, as a user makes it.
pub(super) fn ack_of(tag: &str) -> Request {
    let mut ack = request(Method::Ack);
    let to = ack.headers.to().unwrap().with_tag(tag);
    ack.headers.set(Name::To, to.to_string());
    ack
}
