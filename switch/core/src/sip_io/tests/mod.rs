//! Real sockets on the loopback interface. Nobody sleeps: whoever waits polls, with a deadline.

mod flood;
mod limits;
mod stream;
mod tls;
mod udp;
mod web_socket;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::{Events, Poll};

use super::*;

pub(super) const FIRST_TOKEN: Token = Token(100);

/// Longer than anything here takes on the busiest machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// The sockets of one program, with its poll.
pub(super) struct Host {
    poll: Poll,
    events: Events,
    pub sockets: SipSockets,
    pub bound: Vec<Bound>,
    /// The time that the sockets are told.
    pub now: Micros,
}

impl Host {
    pub fn new(config: Config) -> Self {
        let poll = Poll::new().unwrap();
        let (sockets, bound) = SipSockets::bind(config, poll.registry(), FIRST_TOKEN).unwrap();
        Self { poll, events: Events::with_capacity(64), sockets, bound, now: 1_000_000 }
    }

    pub fn listening(transports: &[Transport]) -> Self {
        Self::new(Config { listen: on_loopback(transports), ..Config::default() })
    }

    pub fn addr(&self, transport: Transport) -> SocketAddr {
        self.bound.iter().find(|bound| bound.transport == transport).unwrap().addr
    }

    pub fn target(&self, transport: Transport) -> Target {
        Target::new(transport, self.addr(transport))
    }

    /// Serve the sockets for a moment.
    pub fn turn(&mut self) {
        let at_once = self.sockets.next_timeout().is_some_and(|at| at <= self.now);
        let wait = if at_once { Duration::ZERO } else { Duration::from_millis(2) };
        self.poll.poll(&mut self.events, Some(wait)).unwrap();
        for event in &self.events {
            assert!(self.sockets.owns(event.token()));
            self.sockets.ready(event.token(), self.now);
        }
        self.sockets.handle_timeout(self.now);
    }

    /// Serve the sockets until something comes.
    pub fn next(&mut self) -> Incoming {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(incoming) = self.sockets.poll() {
                return incoming;
            }
            assert!(Instant::now() < deadline, "nothing came");
            self.turn();
        }
    }

    pub fn message(&mut self) -> (Message, Flow) {
        match self.next() {
            Incoming::Message(message, flow) => (message, flow),
            other => panic!("no message: {other:?}"),
        }
    }

    pub fn lost(&mut self) -> (Target, String) {
        match self.next() {
            Incoming::Lost { target, why } => (target, why),
            other => panic!("not lost: {other:?}"),
        }
    }

    /// Serve the sockets until `done` is true.
    pub fn until(&mut self, mut done: impl FnMut(&mut SipSockets) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !done(&mut self.sockets) {
            assert!(Instant::now() < deadline, "it did not happen");
            self.turn();
        }
    }

    /// Serve the sockets while `peer` does something on a thread of its own.
    pub fn beside<T: Send + 'static>(&mut self, peer: impl FnOnce() -> T + Send + 'static) -> T {
        let thread = std::thread::spawn(peer);
        while !thread.is_finished() {
            self.turn();
        }
        thread.join().unwrap()
    }
}

pub(super) fn on_loopback(transports: &[Transport]) -> Vec<Listen> {
    let addr = "127.0.0.1:0".parse().unwrap();
    transports.iter().map(|&transport| Listen { transport, addr }).collect()
}

pub(super) fn options(call_id: &str) -> Vec<u8> {
    format!(
        "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK{call_id}\r\n\
         From: <sip:b@127.0.0.1>;tag=1\r\nTo: <sip:a@127.0.0.1>\r\nCall-ID: {call_id}\r\nCSeq: 1 OPTIONS\r\n\
         Content-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

pub(super) fn call_id(message: &Message) -> String {
    message.headers().call_id().unwrap().to_owned()
}
