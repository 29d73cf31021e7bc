//! The requests that we sent.

use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;

use super::output::{ClientKey, Output};
use super::{Context, Owner, Target, via};
use crate::transaction::{Client, ClientInvite, Due, Reaction, Schedule, Timing};
use crate::{Method, Micros, Name, Request, Response, Transport};

/// The transactions of requests that we sent.
///
/// A transaction is found by its number, which is in the branch; that of a CANCEL is its INVITE's plus one, because the
/// two share a branch.
#[derive(Debug)]
pub(super) struct Clients {
    all: HashMap<ClientKey, Entry>,
    /// Who fails with which path.
    paths: BTreeSet<(Path, ClientKey)>,
    last_key: u64,
}

#[derive(Debug)]
struct Entry {
    machine: Machine,
    /// The part of the branch that an answer must know.
    secret: u64,
    target: Target,
    bytes: Arc<[u8]>,
    wake: Option<Micros>,
}

#[derive(Debug)]
enum Machine {
    Invite(Box<Invite>),
    Other(Client),
}

#[derive(Debug)]
struct Invite {
    machine: ClientInvite,
    /// The INVITE without its body: ACK and CANCEL are made from it.
    head: Request,
    ack: Option<Arc<[u8]>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Path {
    Connection(u64),
    Address(&'static str, SocketAddr),
}

impl Path {
    fn of(target: &Target) -> Self {
        match target.connection {
            Some(number) if target.transport.is_reliable() => Self::Connection(number),
            _ => Self::address(target.transport, target.addr),
        }
    }

    fn address(transport: Transport, addr: SocketAddr) -> Self {
        Self::Address(transport.as_str(), addr)
    }
}

impl ClientKey {
    fn of_cancel(self) -> Self {
        Self(self.0 | 1)
    }

    fn is_cancel(self) -> bool {
        self.0 & 1 == 1
    }
}

impl Machine {
    fn schedule(&self) -> &Schedule {
        match self {
            Self::Invite(invite) => &invite.machine.schedule,
            Self::Other(machine) => &machine.schedule,
        }
    }

    fn respond(&mut self, status: u16, timing: &Timing, now: Micros) -> Reaction {
        match self {
            Self::Invite(invite) => invite.machine.respond(status, timing, now),
            Self::Other(machine) => machine.respond(status, timing, now),
        }
    }

    fn wake_up(&mut self, timing: &Timing, now: Micros) -> Due {
        match self {
            Self::Invite(invite) => invite.machine.wake_up(now),
            Self::Other(machine) => machine.wake_up(timing, now),
        }
    }
}

impl Clients {
    pub fn new() -> Self {
        Self { all: HashMap::new(), paths: BTreeSet::new(), last_key: 0 }
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    fn new_key(&mut self) -> ClientKey {
        self.last_key += 2;
        ClientKey(self.last_key)
    }

    pub fn request(&mut self, context: &mut Context, mut request: Request, target: Target, now: Micros) -> ClientKey {
        let key = self.new_key();
        let secret = context.random.bits();
        let via = via::own(&context.config, &target, &via::branch(key, secret));
        request.headers.push_front(Name::Via, via);
        self.start(context, key, secret, request, target, now);
        key
    }

    pub fn send(&mut self, context: &mut Context, mut request: Request, target: Target) {
        let branch = via::branch(self.new_key(), context.random.bits());
        let via = via::own(&context.config, &target, &branch);
        request.headers.push_front(Name::Via, via);
        context.send(target, request.to_bytes());
    }

    pub fn cancel(&mut self, context: &mut Context, invite: ClientKey, now: Micros) {
        let Some(entry) = self.all.get_mut(&invite) else {
            return;
        };
        let Machine::Invite(it) = &mut entry.machine else {
            return;
        };
        if it.machine.cancel(&context.config.timing, now) {
            rearm(context, invite, entry);
            self.send_cancel(context, invite, now);
        }
    }

    fn send_cancel(&mut self, context: &mut Context, invite: ClientKey, now: Micros) {
        let Some(entry) = self.all.get(&invite) else {
            return;
        };
        let Machine::Invite(it) = &entry.machine else {
            return;
        };
        let Some(to) = it.head.headers.get(&Name::To) else {
            return;
        };
        let (key, secret) = (invite.of_cancel(), entry.secret);
        let (request, target) = (like_invite(Method::Cancel, &it.head, to), entry.target.clone());
        self.start(context, key, secret, request, target, now);
    }

    /// The request, with its Via on top, goes out; its transaction begins.
    fn start(
        &mut self,
        context: &mut Context,
        key: ClientKey,
        secret: u64,
        mut request: Request,
        target: Target,
        now: Micros,
    ) {
        let bytes: Arc<[u8]> = request.to_bytes().into();
        context.send(target.clone(), bytes.clone());
        let (reliable, timing) = (target.transport.is_reliable(), &context.config.timing);
        let machine = match request.method {
            Method::Invite => {
                request.body = Vec::new();
                Machine::Invite(Box::new(Invite {
                    machine: ClientInvite::new(reliable, timing, now),
                    head: request,
                    ack: None,
                }))
            }
            _ => Machine::Other(Client::new(reliable, timing, now)),
        };
        self.paths.insert((Path::of(&target), key));
        let mut entry = Entry { machine, secret, target, bytes, wake: None };
        rearm(context, key, &mut entry);
        self.all.insert(key, entry);
    }

    pub fn receive(&mut self, context: &mut Context, response: Response, now: Micros) {
        let Some(key) = self.find(&response) else {
            return;
        };
        let Some(entry) = self.all.get_mut(&key) else {
            return;
        };
        let reaction = entry.machine.respond(response.status, &context.config.timing, now);
        if reaction.acknowledge {
            acknowledge(context, entry, &response);
        }
        rearm(context, key, entry);
        if reaction.pass && !key.is_cancel() {
            context.out.push_back(Output::Response { key, response });
        }
        if reaction.cancel {
            self.send_cancel(context, key, now);
        }
        if reaction.over {
            self.remove(context, key);
        }
    }

    /// The transaction that a response belongs to (§17.1.3); strays belong to none.
    fn find(&self, response: &Response) -> Option<ClientKey> {
        let via = response.headers.top_via()?;
        let (_, method) = response.headers.cseq()?;
        let (number, secret) = via::parse_branch(via.branch()?)?;
        let key = match method {
            Method::Cancel => number.of_cancel(),
            _ => number,
        };
        let entry = self.all.get(&key)?;
        let is_invite = matches!(entry.machine, Machine::Invite(_));
        (entry.secret == secret && is_invite == (method == Method::Invite)).then_some(key)
    }

    pub fn wake_up(&mut self, context: &mut Context, key: ClientKey, now: Micros) {
        let Some(entry) = self.all.get_mut(&key) else {
            return;
        };
        entry.wake = None;
        match entry.machine.wake_up(&context.config.timing, now) {
            Due::Nothing => {}
            Due::Resend => context.send(entry.target.clone(), entry.bytes.clone()),
            Due::TimedOut => {
                self.end(context, key, Output::TimedOut { key });
                return;
            }
            Due::Over => {
                match &entry.machine {
                    Machine::Invite(invite) if invite.machine.is_accepted() => {
                        self.end(context, key, Output::Closed { key });
                    }
                    _ => self.remove(context, key),
                }
                return;
            }
        }
        rearm(context, key, entry);
    }

    pub fn transport_failed(&mut self, context: &mut Context, target: &Target, why: &str) {
        let address = Path::address(target.transport, target.addr);
        let connection = target.connection.map(Path::Connection);
        for path in connection.into_iter().chain([address]) {
            let everyone = (path, ClientKey(0))..=(path, ClientKey(u64::MAX));
            let hit: Vec<ClientKey> = self.paths.range(everyone).map(|&(_, key)| key).collect();
            for key in hit {
                self.fail(context, key, why);
            }
        }
    }

    fn fail(&mut self, context: &mut Context, key: ClientKey, why: &str) {
        let Some(entry) = self.all.get(&key) else {
            return;
        };
        match &entry.machine {
            Machine::Invite(invite) if invite.machine.is_unheard() => {}
            Machine::Other(machine) if machine.is_unheard() => {}
            _ => return, // the peer has it, and can answer by another path
        }
        let why = why.to_owned();
        self.end(context, key, Output::Failed { key, why });
    }

    fn end(&mut self, context: &mut Context, key: ClientKey, last_word: Output) {
        self.remove(context, key);
        if !key.is_cancel() {
            context.out.push_back(last_word);
        }
    }

    fn remove(&mut self, context: &mut Context, key: ClientKey) {
        if let Some(entry) = self.all.remove(&key) {
            self.paths.remove(&(Path::of(&entry.target), key));
            context.timers.change(Owner::Client(key), entry.wake, None);
        }
    }
}

fn rearm(context: &mut Context, key: ClientKey, entry: &mut Entry) {
    let wake = entry.machine.schedule().wake();
    context.timers.change(Owner::Client(key), entry.wake, wake);
    entry.wake = wake;
}

/// ACK a refusal; repeated ones get the same ACK again.
fn acknowledge(context: &mut Context, entry: &mut Entry, refusal: &Response) {
    let Machine::Invite(invite) = &mut entry.machine else {
        return;
    };
    let Some(to) = refusal.headers.get(&Name::To) else {
        return;
    };
    let head = &invite.head;
    let ack = invite.ack.get_or_insert_with(|| like_invite(Method::Ack, head, to).to_bytes().into());
    context.send(entry.target.clone(), ack.clone());
}

/// The ACK of a refusal (§17.1.1.3), or the CANCEL (§9.1), that goes with an INVITE: same branch, URI, route, number.
fn like_invite(method: Method, invite: &Request, to: &str) -> Request {
    let mut request = Request::new(method, invite.uri.clone());
    for name in [Name::Via, Name::Route, Name::From, Name::CallId] {
        for value in invite.headers.all(&name) {
            request.headers.push(name.clone(), value);
        }
    }
    request.headers.push(Name::To, to);
    let number = invite.headers.cseq().map_or(0, |(number, _)| number);
    let cseq = format!("{number} {}", request.method);
    request.headers.push(Name::CSeq, cseq);
    request.headers.push(Name::MaxForwards, "70");
    request
}
