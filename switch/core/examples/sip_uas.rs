//! Answers every call and hangs up when told: sockets and transactions only, to measure what they cost.
//!
//!     cargo run --release --example sip_uas -- 127.0.0.1:5080
//!     sipp -sn uac -r 1000 -m 60000 127.0.0.1:5080
//!
//! CPU time of the process over the number of calls is the cost of a call (INVITE, ACK, BYE and their answers).

use std::error::Error;
use std::time::Duration;

use hookflash_sip::{self as sip, Endpoint, Method, Name, Output, Random, Response, SentBy, Transport};
use hookflash_switch::clock::Clock;
use hookflash_switch::sip_io::{Config, Incoming, Listen, SipSockets};
use mio::{Events, Poll, Token};

const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0\r\n";

fn main() -> Result<(), Box<dyn Error>> {
    let addr = std::env::args().nth(1).ok_or("say an address: 127.0.0.1:5080")?.parse()?;
    let (mut poll, mut events, clock) = (Poll::new()?, Events::with_capacity(256), Clock::new());
    let listen = [Transport::Udp, Transport::Tcp].map(|transport| Listen { transport, addr }).to_vec();
    let (mut sockets, bound) = SipSockets::bind(Config { listen, ..Config::default() }, poll.registry(), Token(0))?;
    let mut uas = Uas::new(bound.iter().map(|bound| SentBy {
        transport: bound.transport,
        host: bound.addr.ip().to_string(),
        port: bound.addr.port(),
    }));
    loop {
        let now = clock.now();
        let due = sockets.next_timeout().into_iter().chain(uas.endpoint.next_timeout()).min();
        let wait = due.map(|at| Duration::from_micros(at.saturating_sub(now)));
        poll.poll(&mut events, wait)?;
        let now = clock.now();
        for event in &events {
            sockets.ready(event.token(), now);
        }
        sockets.handle_timeout(now);
        uas.endpoint.handle_timeout(now);
        while let Some(incoming) = sockets.poll() {
            match incoming {
                Incoming::Message(message, flow) => uas.endpoint.receive(message, flow, now),
                Incoming::Malformed { .. } => {}
                Incoming::Lost { target, why } => uas.endpoint.transport_failed(&target, &why),
            }
        }
        uas.serve(&mut sockets, now);
    }
}

struct Uas {
    endpoint: Endpoint,
    random: Random,
}

impl Uas {
    fn new(sent_by: impl Iterator<Item = SentBy>) -> Self {
        let config = sip::Config { sent_by: sent_by.collect(), ..sip::Config::default() };
        Self { endpoint: Endpoint::new(config, 1), random: Random::new(2) }
    }

    fn serve(&mut self, sockets: &mut SipSockets, now: sip::Micros) {
        while let Some(output) = self.endpoint.poll() {
            match output {
                Output::Send { target, bytes } => {
                    if let Err(error) = sockets.send(&target, &bytes, now) {
                        self.endpoint.transport_failed(&target, &error.0);
                    }
                }
                Output::Request { key, request, flow } => {
                    sockets.vouch(flow.peer.ip());
                    let answer = self.answer(&request);
                    self.endpoint.respond(key, &answer, now);
                }
                _ => {}
            }
        }
    }

    fn answer(&mut self, request: &sip::Request) -> Response {
        let mut answer = Response::to_request(request, 200, "OK");
        if let Some(to) = request.headers.to().filter(|to| to.tag().is_none()) {
            answer.headers.set(Name::To, to.with_tag(&self.random.token()).to_string());
        }
        if request.method == Method::Invite {
            answer.headers.push(Name::Contact, "<sip:127.0.0.1:5080>");
            answer.headers.push(Name::ContentType, "application/sdp");
            answer.body = SDP.into();
        }
        answer
    }
}
