//! A network in memory: agents with addresses, datagrams that take 5 ms and may be lost, doubled or overtaken.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use hookflash_sip::agent::{Agent, AgentEvent, AgentOutput, Config, Fields, Invitation, Outbound, Reach, Trunk};
use hookflash_sip::{Flow, Headers, Message, Micros, Random, Request, Response, SentBy, Target, Transport, Uri};

pub const MS: Micros = 1_000;
pub const SECOND: Micros = 1_000_000;
/// How long a datagram travels.
pub const TRIP: Micros = 5 * MS;

pub const OFFER: &[u8] =
    b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
pub const ANSWER: &[u8] =
    b"v=0\r\no=- 2 1 IN IP4 192.0.2.2\r\ns=-\r\nc=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n";
pub const HOLD: &[u8] = b"v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\na=sendonly\r\n";

/// What the network does to a message.
pub type Fate<'a> = Box<dyn FnMut(&str, SocketAddr) -> bool + 'a>;

pub struct Peer {
    pub agent: Agent,
    pub address: SocketAddr,
    pub events: Vec<AgentEvent>,
}

struct Parcel {
    from: SocketAddr,
    to: SocketAddr,
    bytes: Vec<u8>,
}

pub struct Net<'a> {
    pub now: Micros,
    pub peers: Vec<Peer>,
    /// First lines of all that was sent, with the moment and the sender.
    pub sent: Vec<(Micros, SocketAddr, String)>,
    /// What went to addresses where no agent lives.
    pub outside: Vec<(SocketAddr, Message)>,
    /// True for each message that is lost: it sees the whole text and where it goes.
    pub loses: Fate<'a>,
    /// Names that can be resolved.
    pub names: Vec<(String, SocketAddr)>,
    /// Chance in 100 that a datagram is lost, doubled, or delayed by up to 40 ms.
    pub trouble: u64,
    random: Random,
    flying: BTreeMap<(Micros, u64), Parcel>,
    sequence: u64,
}

pub fn address(number: u8) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, number], 5060))
}

pub fn config(address: SocketAddr) -> Config {
    let mut config = Config::default();
    for transport in [Transport::Udp, Transport::Tcp, Transport::Tls] {
        let sent_by = SentBy { transport, host: address.ip().to_string(), port: address.port() };
        config.endpoint.sent_by.push(sent_by);
    }
    config
}

/// A trunk whose calls come from all agents.
pub fn everybody() -> Trunk {
    let networks = vec!["192.0.2.0/24".parse().expect("a network")];
    Trunk { name: "everybody".to_owned(), networks, ..Trunk::default() }
}

pub fn uri(text: &str) -> Uri {
    Uri::parse(text).expect("a URI")
}

/// A call to `to`.
pub fn call(to: &str) -> Outbound {
    Outbound {
        uri: uri(to),
        from: uri("sip:alice@192.0.2.1"),
        from_name: "Alice".to_owned(),
        next_hop: None,
        headers: Fields::new(),
        credentials: None,
        ring: 60 * SECOND,
        body: OFFER.to_vec(),
        reach: Reach::Anywhere,
    }
}

impl<'a> Net<'a> {
    /// Agents with the addresses 192.0.2.1, 192.0.2.2, …
    pub fn new(count: u8) -> Self {
        Self::with(count, |_| {})
    }

    pub fn with(count: u8, adjust: impl Fn(&mut Config)) -> Self {
        let peers = (1..=count).map(|number| {
            let address = address(number);
            let mut config = config(address);
            adjust(&mut config);
            let mut agent = Agent::new(config, u64::from(number));
            agent.configure(Vec::new(), vec![everybody()], 0);
            Peer { agent, address, events: Vec::new() }
        });
        Self {
            now: SECOND,
            peers: peers.collect(),
            sent: Vec::new(),
            outside: Vec::new(),
            loses: Box::new(|_, _| false),
            names: Vec::new(),
            trouble: 0,
            random: Random::new(7),
            flying: BTreeMap::new(),
            sequence: 0,
        }
    }

    pub fn seed(&mut self, seed: u64) {
        self.random = Random::new(seed);
    }

    /// Do something with agent `number` (1, 2, …), and carry what it sends.
    pub fn act<T>(&mut self, number: usize, act: impl FnOnce(&mut Agent, Micros) -> T) -> T {
        let now = self.now;
        let result = act(&mut self.peers[number - 1].agent, now);
        self.collect(number - 1);
        result
    }

    fn collect(&mut self, index: usize) {
        let from = self.peers[index].address;
        while let Some(output) = self.peers[index].agent.poll() {
            match output {
                AgentOutput::Send { target, bytes } => self.post(from, target.addr, bytes.to_vec()),
                AgentOutput::Event(event) => self.peers[index].events.push(event),
                AgentOutput::Resolve { query, uri } => {
                    let host = uri.host.to_string();
                    let known = self.names.iter().filter(|(name, _)| *name == host);
                    let targets = known.map(|&(_, addr)| Target::new(Transport::Udp, addr)).collect();
                    self.peers[index].agent.resolved(query, targets, self.now);
                }
            }
        }
    }

    fn post(&mut self, from: SocketAddr, to: SocketAddr, bytes: Vec<u8>) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let line = text.lines().next().unwrap_or_default().to_owned();
        self.sent.push((self.now, from, line));
        if (self.loses)(&text, to) || self.chance() {
            return;
        }
        if self.chance() {
            self.fly(from, to, bytes.clone());
        }
        self.fly(from, to, bytes);
    }

    fn chance(&mut self) -> bool {
        self.trouble > 0 && self.random.bits() % 100 < self.trouble
    }

    fn fly(&mut self, from: SocketAddr, to: SocketAddr, bytes: Vec<u8>) {
        self.sequence += 1;
        let late = if self.chance() { self.random.bits() % (40 * MS) } else { 0 };
        self.flying.insert((self.now + TRIP + late, self.sequence), Parcel { from, to, bytes });
    }

    /// Let a message from elsewhere arrive at agent `number`.
    pub fn inject(&mut self, from: SocketAddr, number: usize, text: &str) {
        self.inject_over(Transport::Udp, 0, from, number, text);
    }

    /// The same over another transport.
    pub fn inject_over(&mut self, transport: Transport, connection: u64, from: SocketAddr, number: usize, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\n', "\r\n");
        let peer = &mut self.peers[number - 1];
        let flow = Flow { transport, local: peer.address, peer: from, connection };
        peer.agent.receive_bytes(text.as_bytes(), flow, self.now);
        self.collect(number - 1);
    }

    /// What went outside since it was asked last.
    pub fn take_outside(&mut self) -> Vec<(SocketAddr, Message)> {
        self.advance(2 * TRIP);
        std::mem::take(&mut self.outside)
    }

    /// The answer that went outside last.
    pub fn answer_outside(&mut self) -> Response {
        let all = self.take_outside();
        let mut answers = all.into_iter().filter_map(|(_, message)| match message {
            Message::Response(response) => Some(response),
            Message::Request(_) => None,
        });
        answers.next_back().expect("an answer went out")
    }

    /// The request that went outside last.
    pub fn request_outside(&mut self) -> Request {
        let all = self.take_outside();
        let mut requests = all.into_iter().filter_map(|(_, message)| match message {
            Message::Request(request) => Some(request),
            Message::Response(_) => None,
        });
        requests.next_back().expect("a request went out")
    }

    /// Let time pass.
    pub fn advance(&mut self, time: Micros) {
        let until = self.now + time;
        loop {
            let arrival = self.flying.first_key_value().map(|(&(at, _), _)| at);
            let timeouts = self.peers.iter().filter_map(|peer| peer.agent.next_timeout());
            let Some(next) = timeouts.chain(arrival).min().filter(|&at| at <= until) else {
                break;
            };
            self.now = self.now.max(next);
            if arrival.is_some_and(|at| at <= self.now) {
                if let Some((_, parcel)) = self.flying.pop_first() {
                    self.deliver(parcel);
                }
                continue;
            }
            for index in 0..self.peers.len() {
                let now = self.now;
                let peer = &mut self.peers[index];
                if peer.agent.next_timeout().is_some_and(|at| at <= now) {
                    peer.agent.handle_timeout(now);
                    self.collect(index);
                }
            }
        }
        self.now = until;
    }

    fn deliver(&mut self, parcel: Parcel) {
        let Parcel { from, to, bytes } = parcel;
        let now = self.now;
        match self.peers.iter().position(|peer| peer.address == to) {
            Some(index) => {
                let flow = Flow { transport: Transport::Udp, local: to, peer: from, connection: 0 };
                self.peers[index].agent.receive_bytes(&bytes, flow, now);
                self.collect(index);
            }
            None => {
                // A refusal of what cannot be read repeats it, faults included.
                let is_echo = bytes.starts_with(b"SIP/2.0 400");
                match Message::parse(&bytes) {
                    Ok(message) => self.outside.push((to, message)),
                    Err(fault) => assert!(is_echo, "what we send can be read: {fault}"),
                }
            }
        }
    }

    /// The events of agent `number` but `Signal`s, taken away.
    pub fn events(&mut self, number: usize) -> Vec<AgentEvent> {
        let mut events = std::mem::take(&mut self.peers[number - 1].events);
        events.retain(|event| !matches!(event, AgentEvent::Signal { .. }));
        events
    }

    /// The call that came to agent `number`.
    pub fn invited(&mut self, number: usize) -> Invitation {
        let events = self.events(number);
        let invited = events.into_iter().find_map(|event| match event {
            AgentEvent::Invited(invitation) => Some(*invitation),
            _ => None,
        });
        invited.expect("a call came in")
    }

    /// How often agent `number` sent a message whose first line starts so.
    pub fn count(&self, number: u8, start: &str) -> usize {
        self.moments(number, start).len()
    }

    /// When it did.
    pub fn moments(&self, number: u8, start: &str) -> Vec<Micros> {
        let from = address(number);
        let of = self.sent.iter().filter(|(_, sender, line)| *sender == from && line.starts_with(start));
        of.map(|&(at, _, _)| at).collect()
    }

    /// Agent 1 (leg 1) calls agent 2, who takes the call. Returns the leg of agent 2.
    pub fn call_up(&mut self) -> u64 {
        self.call_up_as(1)
    }

    /// The same with another number for the leg of agent 1.
    pub fn call_up_as(&mut self, number: u64) -> u64 {
        self.act(1, |agent, now| agent.invite(number, call("sip:bob@192.0.2.2"), now));
        self.advance(20 * MS);
        let leg = self.invited(2).leg;
        self.act(2, |agent, now| agent.answer(leg, ANSWER.to_vec(), now));
        self.advance(20 * MS);
        assert!(self.events(1).iter().any(|event| matches!(event, AgentEvent::Answered { .. })));
        leg
    }

    /// Long after the last call nothing may be left of any.
    pub fn assert_empty(&mut self) {
        self.advance(200 * SECOND);
        for (index, peer) in self.peers.iter().enumerate() {
            assert_eq!(peer.agent.legs(), 0, "legs of agent {}", index + 1);
            assert_eq!(peer.agent.open(), 0, "open matters of agent {}", index + 1);
        }
    }
}

/// The last word on a leg: `(cause, status)`, of exactly one `Ended`.
pub fn ended(events: &[AgentEvent], leg: u64) -> (String, u16) {
    let mut words = events.iter().filter_map(|event| match event {
        AgentEvent::Ended { leg: of, cause, status, .. } if *of == leg => Some((cause.to_string(), *status)),
        _ => None,
    });
    let word = words.next().expect("the leg has ended");
    assert_eq!(words.next(), None, "a leg ends once");
    word
}

/// The value of a header.
pub fn header(headers: &Headers, name: &str) -> String {
    headers.get(&name.into()).unwrap_or_default().to_owned()
}

/// The text of an answer to a request of ours, from a phone with that tag.
pub fn answer_to(request: &Request, status: u16, tag: &str, extra: &str, body: &[u8]) -> String {
    let mut response = Response::to_request(request, status, "");
    if let Some(to) = response.headers.to().filter(|_| !tag.is_empty()) {
        response.headers.set("To".into(), to.with_tag(tag).to_string());
    }
    response.headers.push("Contact".into(), "<sip:phone@192.0.2.60>");
    for line in extra.lines() {
        let (name, value) = line.split_once(':').expect("a header");
        response.headers.push(name.into(), value.trim());
    }
    if !body.is_empty() {
        response.headers.push("Content-Type".into(), "application/sdp");
        response.body = body.to_vec();
    }
    String::from_utf8(response.to_bytes()).expect("text")
}

/// An address where no agent lives.
pub fn elsewhere() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 60], 5060))
}

/// The text of a request from elsewhere to agent 1; `rest` is further header lines.
pub fn request_text(method: &str, target: &str, cseq: u32, to_tag: &str, rest: &str, body: &str) -> String {
    let tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
    let rest: String = rest.lines().map(|line| format!("{line}\n")).collect();
    let kind = if body.is_empty() { "" } else { "Content-Type: application/sdp\n" };
    let length = body.replace("\r\n", "\n").replace('\n', "\r\n").len();
    format!(
        "{method} {target} SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.60:5060;rport;branch=z9hG4bK{method}{cseq}{to_tag}\n\
         From: <sip:x@192.0.2.60>;tag=x\nTo: <{target}>{tag}\nCall-ID: elsewhere\nCSeq: {cseq} {method}\n\
         Contact: <sip:x@192.0.2.60>\nMax-Forwards: 70\n{rest}{kind}Content-Length: {length}\n\n{body}"
    )
}
