//! What every part of the agent speaks through: transactions below, events above.
//!
//! Rule 1: a request that goes out has a purpose; its answer is given to whom the purpose names.
//! Rule 2: nothing here knows what a call is.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use super::config::{Config, Credentials};
use super::dialog::{Dialog, Hop, contact};
use super::event::{AgentEvent, AgentOutput};
use crate::message::{Request, Response};
use crate::random::Random;
use crate::timers::Timers;
use crate::{ClientKey, Endpoint, Method, Micros, Name, ServerKey, Target, Transport, Uri};

/// The user part of our Contact in calls.
pub(crate) const CONTACT_USER: &str = "hookflash";
/// What we understand, for Allow.
pub(crate) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, INFO, OPTIONS, REFER, NOTIFY, REGISTER";
/// Extensions that we understand, for Supported.
pub(crate) const SUPPORTED: &str = "100rel, timer, norefersub";

/// Whom the answer to a request of ours concerns.
#[derive(Debug)]
pub(crate) enum Purpose {
    /// A call that is being made.
    Invite { leg: u64, branch: u32 },
    /// An INVITE that was answered or given up: other forks may still take the call, and must be told that it is gone.
    Forks(Forks),
    /// A request inside a call.
    Session { leg: u64, task: Task },
    /// Our registration with a trunk.
    Register { id: u64 },
    /// A question to a gateway.
    Health { id: u64 },
    /// The BYE of a leg that is gone; it may be challenged.
    Farewell(Option<Box<Farewell>>),
}

/// What is left of an INVITE of ours.
#[derive(Debug, Clone)]
pub(crate) struct Forks {
    /// The leg that one fork became.
    pub leg: Option<u64>,
    /// Where the INVITE went.
    pub path: Target,
    /// The tags that were told to go.
    pub left: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Farewell {
    pub dialog: Dialog,
    pub bye: Request,
    pub credentials: Credentials,
}

/// What a request inside a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// re-INVITE or UPDATE.
    Offer,
    Refer,
    /// INFO: only a word that the call is unknown matters.
    Tell,
    /// PRACK and NOTIFY: what they are about may be gone while the call goes on.
    Aside,
}

/// What waits for the addresses of a name.
#[derive(Debug)]
pub(crate) enum Waiting {
    Request(Purpose, Request),
    Ack(Request),
    Branch { leg: u64, branch: u32 },
    Gateway { id: u64 },
}

pub(crate) struct Wire {
    pub config: Config,
    pub endpoint: Endpoint,
    pub random: Random,
    pub out: VecDeque<AgentOutput>,
    pub timers: Timers<u64>,
    /// The INVITEs that the peer may still cancel.
    pub invites: HashMap<ServerKey, u64>,
    clients: HashMap<ClientKey, Purpose>,
    /// The INVITE that a leg has open inside its call.
    offers: HashMap<u64, ClientKey>,
    waiting: HashMap<u64, Waiting>,
    last_query: u64,
}

impl Wire {
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            endpoint: Endpoint::new(config.endpoint.clone(), seed),
            random: Random::new(seed.rotate_left(32) ^ 0x5bd1_e995),
            config,
            out: VecDeque::new(),
            timers: Timers::new(),
            invites: HashMap::new(),
            clients: HashMap::new(),
            offers: HashMap::new(),
            waiting: HashMap::new(),
            last_query: 0,
        }
    }

    pub fn tell(&mut self, event: AgentEvent) {
        self.out.push_back(AgentOutput::Event(event));
    }

    /// Send a request; its answer comes back with the purpose.
    pub fn request(&mut self, purpose: Purpose, request: Request, hop: &Hop, now: Micros) {
        match hop {
            Hop::At(target) => {
                self.request_at(purpose, request, target.clone(), now);
            }
            Hop::Named(uri) => self.resolve(Waiting::Request(purpose, request), uri.clone()),
        }
    }

    pub fn request_at(&mut self, purpose: Purpose, mut request: Request, target: Target, now: Micros) -> ClientKey {
        self.sign(&mut request);
        if let Some(leg) = purpose.leg() {
            self.signal_request(leg, true, &request, Some(target.addr));
        }
        let reinvite = request.method == Method::Invite;
        let key = self.endpoint.request(request, target, now);
        if let (Purpose::Session { leg, .. }, true) = (&purpose, reinvite) {
            self.offers.insert(*leg, key);
        }
        self.clients.insert(key, purpose);
        key
    }

    /// The INVITE that a leg has open inside its call has its final answer.
    pub fn offer_decided(&mut self, leg: u64) {
        self.offers.remove(&leg);
    }

    /// Cancel the INVITE that a leg has open inside its call: one that got a provisional answer has no other end.
    pub fn give_up_offer(&mut self, leg: u64, now: Micros) {
        if let Some(key) = self.offers.remove(&leg) {
            self.endpoint.cancel(key, now);
        }
    }

    /// Send the ACK of a 2xx.
    pub fn acknowledge(&mut self, leg: Option<u64>, mut ack: Request, hop: &Hop) {
        self.sign(&mut ack);
        if let Some(leg) = leg {
            let peer = match hop {
                Hop::At(target) => Some(target.addr),
                Hop::Named(_) => None,
            };
            self.signal_request(leg, true, &ack, peer);
        }
        match hop {
            Hop::At(target) => self.endpoint.send(ack, target.clone()),
            Hop::Named(uri) => self.resolve(Waiting::Ack(ack), uri.clone()),
        }
    }

    fn sign(&self, request: &mut Request) {
        if !self.config.user_agent.is_empty() {
            let name = self.config.user_agent.as_str();
            request.headers.push(Name::UserAgent, name);
        }
    }

    /// Answer a request.
    pub fn respond(&mut self, leg: Option<u64>, key: ServerKey, mut response: Response, now: Micros) {
        if !self.config.user_agent.is_empty() {
            let name = self.config.user_agent.as_str();
            response.headers.push(Name::Server, name);
        }
        if let Some(leg) = leg {
            self.signal_response(leg, true, &response);
        }
        self.endpoint.respond(key, &response, now);
    }

    /// Ask for the addresses of a name.
    pub fn resolve(&mut self, waiting: Waiting, uri: Uri) {
        self.last_query += 1;
        let query = self.last_query;
        self.waiting.insert(query, waiting);
        self.out.push_back(AgentOutput::Resolve { query, uri });
    }

    pub fn take_waiting(&mut self, query: u64) -> Option<Waiting> {
        self.waiting.remove(&query)
    }

    /// No more answers will come.
    pub fn forget(&mut self, key: ClientKey) {
        self.clients.remove(&key);
    }

    /// Whom the answer with this key concerns. It stays known while `more` may come.
    pub fn purpose(&mut self, key: ClientKey, more: bool) -> Option<Purpose> {
        match more {
            false => self.clients.remove(&key),
            true => match self.clients.get(&key)? {
                Purpose::Invite { leg, branch } => Some(Purpose::Invite { leg: *leg, branch: *branch }),
                Purpose::Session { leg, task } => Some(Purpose::Session { leg: *leg, task: *task }),
                Purpose::Forks(forks) => Some(Purpose::Forks(forks.clone())),
                // A provisional answer to these says nothing.
                Purpose::Farewell(_) | Purpose::Register { .. } | Purpose::Health { .. } => None,
            },
        }
    }

    /// The answers to a request concern somebody else now.
    pub fn set_purpose(&mut self, key: ClientKey, purpose: Purpose) {
        if let Some(known) = self.clients.get_mut(&key) {
            *known = purpose;
        }
    }

    /// Give up an INVITE. A fork that takes the call all the same is told that it is gone.
    pub fn abandon(&mut self, key: ClientKey, path: Target, now: Micros) {
        self.set_purpose(key, Purpose::Forks(Forks { leg: None, path, left: Vec::new() }));
        self.endpoint.cancel(key, now);
    }

    /// Say goodbye in a dialog of a leg that is about to be gone.
    pub fn bye(
        &mut self,
        leg: Option<u64>,
        mut dialog: Dialog,
        credentials: Option<Credentials>,
        reason: Option<String>,
        now: Micros,
    ) {
        let mut bye = dialog.request(Method::Bye);
        if let Some(reason) = reason {
            bye.headers.push(Name::Reason, reason);
        }
        if let Some(leg) = leg {
            self.signal_request(leg, true, &bye, None);
        }
        let hop = dialog.hop();
        let purpose = match credentials {
            Some(credentials) => {
                let bye = bye.clone();
                Purpose::Farewell(Some(Box::new(Farewell { dialog, bye, credentials })))
            }
            None => Purpose::Farewell(None),
        };
        self.request(purpose, bye, &hop, now);
    }

    /// Our Contact for messages to `peer`.
    pub fn contact(&self, user: &str, transport: Transport, peer: SocketAddr) -> String {
        match self.config.endpoint.sent_by(transport, peer) {
            Some(by) => contact(user, &by.host, by.port, by.transport),
            None => contact(user, "invalid.", transport.default_port(), transport),
        }
    }

    pub fn signal_request(&mut self, leg: u64, sent: bool, request: &Request, peer: Option<SocketAddr>) {
        if self.config.signals {
            let line = format!("{} {}", request.method, request.uri);
            let cseq = request.headers.get(&Name::CSeq).unwrap_or_default();
            self.signal(leg, sent, line, cseq.to_owned(), peer);
        }
    }

    pub fn signal_response(&mut self, leg: u64, sent: bool, response: &Response) {
        if self.config.signals {
            let line = format!("{} {}", response.status, response.reason);
            let cseq = response.headers.get(&Name::CSeq).unwrap_or_default();
            self.signal(leg, sent, line, cseq.to_owned(), None);
        }
    }

    fn signal(&mut self, leg: u64, sent: bool, line: String, cseq: String, peer: Option<SocketAddr>) {
        self.tell(AgentEvent::Signal { leg, sent, line, cseq, peer });
    }

    /// How many requests of ours and questions are open: nothing, once all calls are over.
    pub fn open(&self) -> usize {
        self.clients.len() + self.offers.len() + self.waiting.len() + self.invites.len()
    }
}

impl Purpose {
    pub fn leg(&self) -> Option<u64> {
        match self {
            Self::Invite { leg, .. } | Self::Session { leg, .. } => Some(*leg),
            Self::Forks(forks) => forks.leg,
            Self::Farewell(_) | Self::Register { .. } | Self::Health { .. } => None,
        }
    }
}
