//! The requests that we received.

use std::collections::HashMap;
use std::sync::Arc;

use super::output::{End, Output, ServerKey};
use super::{Context, Flow, Owner, Target, identity, via};
use crate::transaction::{Acknowledged, Answering, Due, Repeat, Schedule, Server, ServerInvite, Timing};
use crate::{Headers, Method, Micros, Name, Request, Response, Via};

/// The transactions of requests that we received.
#[derive(Debug)]
pub(super) struct Servers {
    all: HashMap<ServerKey, Entry>,
    by_identity: HashMap<Arc<str>, ServerKey>,
    /// Requests outside of dialogs, by what all their copies share.
    by_copies: HashMap<Arc<str>, ServerKey>,
    last_key: u64,
    open: usize,
    /// The To tag of answers that leave no trace: an ACK that carries it belongs to nothing.
    traceless_tag: String,
    /// New calls get 503.
    pub refuse_calls: bool,
    /// Requests that were refused for lack of room.
    pub turned_away: u64,
}

#[derive(Debug)]
struct Entry {
    machine: Machine,
    identity: Arc<str>,
    copies: Option<Arc<str>>,
    back: Target,
    /// The last response, for as long as it may have to be repeated.
    last: Option<Arc<[u8]>>,
    /// The `100 Trying` that goes out if nothing else does.
    trying: Option<Box<Response>>,
    /// The To tag of our answers to an INVITE; that of a CANCEL has the same.
    tag: Option<Box<str>>,
    /// The user knows of it.
    told: bool,
    wake: Option<Micros>,
}

/// How a request came: its top Via, already with the true source, the path and the moment.
struct Arrival {
    via: Via,
    flow: Flow,
    now: Micros,
}

#[derive(Debug)]
enum Machine {
    Invite(ServerInvite),
    Other(Server),
}

impl Machine {
    fn new(method: &Method, reliable: bool, timing: &Timing, now: Micros) -> Self {
        match method {
            Method::Invite => Self::Invite(ServerInvite::new(reliable, timing, now)),
            _ => Self::Other(Server::new(reliable, timing, now)),
        }
    }

    fn schedule(&self) -> &Schedule {
        match self {
            Self::Invite(machine) => &machine.schedule,
            Self::Other(machine) => &machine.schedule,
        }
    }

    fn is_open(&self) -> bool {
        match self {
            Self::Invite(machine) => machine.is_open(),
            Self::Other(machine) => machine.is_open(),
        }
    }

    fn answer(&mut self, status: u16, timing: &Timing, now: Micros) -> Answering {
        match self {
            Self::Invite(machine) => machine.answer(status, timing, now),
            Self::Other(machine) => machine.answer(status, timing, now),
        }
    }

    fn repeat(&self) -> Repeat {
        match self {
            Self::Invite(machine) => machine.repeat(),
            Self::Other(machine) => machine.repeat(),
        }
    }

    fn wake_up(&mut self, timing: &Timing, now: Micros) -> Due {
        match self {
            Self::Invite(machine) => machine.wake_up(timing, now),
            Self::Other(machine) => machine.wake_up(now),
        }
    }
}

impl Servers {
    pub fn new(traceless_tag: String) -> Self {
        Self {
            all: HashMap::new(),
            by_identity: HashMap::new(),
            by_copies: HashMap::new(),
            last_key: 0,
            open: 0,
            traceless_tag,
            refuse_calls: false,
            turned_away: 0,
        }
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn open(&self) -> usize {
        self.open
    }

    pub fn receive(&mut self, context: &mut Context, mut request: Request, flow: Flow, now: Micros) {
        let Some(mut via) = request.headers.top_via() else {
            return; // no way back
        };
        via::stamp(&mut request.headers, &mut via, flow.peer);
        let arrival = Arrival { via, flow, now };
        match request.method {
            Method::Ack => self.acknowledge(context, request, &arrival),
            Method::Cancel => self.cancel(context, &request, &arrival),
            _ => self.begin(context, request, &arrival),
        }
    }

    /// A request that asks for an answer of the user.
    fn begin(&mut self, context: &mut Context, request: Request, arrival: &Arrival) {
        let identity = identity::of_transaction(&request, &arrival.via, request.method.as_str());
        if self.repeated(context, &identity) {
            return;
        }
        let in_dialog = to_tag(&request.headers).is_some();
        if self.is_overloaded(context, &request.method, in_dialog) {
            self.turned_away += 1;
            self.refuse(context, &request, arrival, 503, "Service Unavailable");
            return;
        }
        let copies = match in_dialog {
            true => None,
            false => identity::of_copies(&request.headers),
        };
        if copies.as_deref().is_some_and(|copies| self.by_copies.contains_key(copies)) {
            self.refuse(context, &request, arrival, 482, "Merged Request");
            return;
        }
        let key = self.start(context, &request, identity, copies, arrival);
        context.out.push_back(Output::Request { key, request, flow: arrival.flow });
    }

    fn start(
        &mut self,
        context: &mut Context,
        request: &Request,
        identity: String,
        copies: Option<String>,
        arrival: &Arrival,
    ) -> ServerKey {
        let &Arrival { ref via, flow, now } = arrival;
        self.last_key += 1;
        let key = ServerKey(self.last_key);
        let reliable = flow.transport.is_reliable();
        let trying = (request.method == Method::Invite).then(|| Box::new(Response::to_request(request, 100, "Trying")));
        let mut entry = Entry {
            machine: Machine::new(&request.method, reliable, &context.config.timing, now),
            identity: identity.into(),
            copies: copies.map(Into::into),
            back: via::way_back(via, &flow),
            last: None,
            trying,
            tag: None,
            told: request.method != Method::Cancel,
            wake: None,
        };
        self.by_identity.insert(entry.identity.clone(), key);
        if let Some(copies) = &entry.copies {
            self.by_copies.insert(copies.clone(), key);
        }
        rearm(context, key, &mut entry);
        self.open += 1;
        self.all.insert(key, entry);
        key
    }

    /// Whether the request is known; if so, it gets the last response again when there is one.
    fn repeated(&self, context: &mut Context, identity: &str) -> bool {
        let Some(entry) = self.by_identity.get(identity).and_then(|key| self.all.get(key)) else {
            return false;
        };
        if let (Repeat::Resend, Some(last)) = (entry.machine.repeat(), &entry.last) {
            context.send(entry.back.clone(), last.clone());
        }
        true
    }

    /// What belongs to a call that is up is taken for longer: a BYE makes room.
    fn is_overloaded(&self, context: &Context, method: &Method, in_dialog: bool) -> bool {
        let config = &context.config;
        let limit = |most: usize| match in_dialog {
            true => most.saturating_add(most / 4),
            false => most,
        };
        self.all.len() >= limit(config.most_transactions)
            || self.open >= limit(config.most_open)
            || (self.refuse_calls && !in_dialog && *method == Method::Invite)
    }

    fn acknowledge(&mut self, context: &mut Context, request: Request, arrival: &Arrival) {
        let identity = identity::of_transaction(&request, &arrival.via, Method::Invite.as_str());
        let found = self.by_identity.get(identity.as_str()).copied();
        if let Some((key, entry)) = found.and_then(|key| Some((key, self.all.get_mut(&key)?)))
            && let Machine::Invite(machine) = &mut entry.machine
        {
            match machine.acknowledge(&context.config.timing, arrival.now) {
                Acknowledged::Absorb => {
                    entry.last = None;
                    rearm(context, key, entry);
                    return;
                }
                Acknowledged::Over => {
                    self.end(context, key, End::Answered);
                    return;
                }
                Acknowledged::Pass => {}
            }
        }
        if to_tag(&request.headers).as_ref() != Some(&self.traceless_tag) {
            context.out.push_back(Output::Ack { request, flow: arrival.flow });
        }
    }

    /// §9.2: a CANCEL is answered here; the user hears of it only while the INVITE is open.
    fn cancel(&mut self, context: &mut Context, request: &Request, arrival: &Arrival) {
        let identity = identity::of_transaction(request, &arrival.via, Method::Cancel.as_str());
        if self.repeated(context, &identity) {
            return;
        }
        let invite = identity::of_transaction(request, &arrival.via, Method::Invite.as_str());
        let Some(&invite) = self.by_identity.get(invite.as_str()) else {
            let why = "Call/Transaction Does Not Exist";
            self.refuse(context, request, arrival, 481, why);
            return;
        };
        let Some(entry) = self.all.get(&invite) else {
            return;
        };
        let is_open = entry.machine.is_open();
        let tag = entry.tag.as_deref().unwrap_or(&self.traceless_tag);
        let mut answer = Response::to_request(request, 200, "OK");
        set_to_tag(&mut answer.headers, tag);
        let key = self.start(context, request, identity, None, arrival);
        self.respond(context, key, &answer, arrival.now);
        if is_open {
            context.out.push_back(Output::Cancel { invite });
        }
    }

    pub fn respond(&mut self, context: &mut Context, key: ServerKey, response: &Response, now: Micros) {
        let Some(entry) = self.all.get_mut(&key) else {
            return;
        };
        let was_open = entry.machine.is_open();
        let answering = entry.machine.answer(response.status, &context.config.timing, now);
        if !answering.send {
            return;
        }
        entry.trying = None;
        if entry.tag.is_none() && matches!(entry.machine, Machine::Invite(_)) {
            entry.tag = to_tag(&response.headers).map(Into::into);
        }
        let bytes: Arc<[u8]> = response.to_bytes().into();
        context.send(entry.back.clone(), bytes.clone());
        entry.last = answering.keep.then_some(bytes);
        rearm(context, key, entry);
        if was_open && !entry.machine.is_open() {
            self.open -= 1;
        }
        // A client that answers a challenge without counting on is odd, but no copy of itself.
        if matches!(response.status, 401 | 407)
            && let Some(copies) = entry.copies.take()
        {
            self.by_copies.remove(&copies);
        }
        if answering.over {
            self.end(context, key, End::Answered);
        }
    }

    pub fn wake_up(&mut self, context: &mut Context, key: ServerKey, now: Micros) {
        let Some(entry) = self.all.get_mut(&key) else {
            return;
        };
        entry.wake = None;
        if let Machine::Invite(machine) = &mut entry.machine
            && machine.take_trying(now)
        {
            if let Some(trying) = entry.trying.take() {
                let bytes: Arc<[u8]> = trying.to_bytes().into();
                context.send(entry.back.clone(), bytes.clone());
                entry.last = Some(bytes);
            }
            return;
        }
        let is_invite = matches!(entry.machine, Machine::Invite(_));
        match entry.machine.wake_up(&context.config.timing, now) {
            Due::Nothing => rearm(context, key, entry),
            Due::Resend => {
                if let Some(last) = &entry.last {
                    context.send(entry.back.clone(), last.clone());
                }
                rearm(context, key, entry);
            }
            Due::Over => self.end(context, key, End::Answered),
            Due::TimedOut if is_invite => self.end(context, key, End::NoAck),
            Due::TimedOut => self.end(context, key, End::Unanswered),
        }
    }

    fn end(&mut self, context: &mut Context, key: ServerKey, end: End) {
        let Some(entry) = self.all.remove(&key) else {
            return;
        };
        self.by_identity.remove(&entry.identity);
        if let Some(copies) = &entry.copies {
            self.by_copies.remove(copies);
        }
        if entry.machine.is_open() {
            self.open -= 1;
        }
        context.timers.change(Owner::Server(key), entry.wake, None);
        if entry.told {
            context.out.push_back(Output::Gone { key, end });
        }
    }

    /// Answer without a transaction (§8.2.7). An ACK is never answered.
    fn refuse(&self, context: &mut Context, request: &Request, arrival: &Arrival, status: u16, reason: &str) {
        if request.method == Method::Ack {
            return;
        }
        let mut answer = Response::to_request(request, status, reason);
        if to_tag(&answer.headers).is_none() {
            set_to_tag(&mut answer.headers, &self.traceless_tag);
        }
        if status == 503 {
            let wait = context.config.retry_after_s.to_string();
            answer.headers.push(Name::RetryAfter, wait);
        }
        context.send(via::way_back(&arrival.via, &arrival.flow), answer.to_bytes());
    }
}

fn rearm(context: &mut Context, key: ServerKey, entry: &mut Entry) {
    let wake = entry.machine.schedule().wake();
    context.timers.change(Owner::Server(key), entry.wake, wake);
    entry.wake = wake;
}

fn to_tag(headers: &Headers) -> Option<String> {
    headers.to()?.tag().map(str::to_owned)
}

fn set_to_tag(headers: &mut Headers, tag: &str) {
    if let Some(to) = headers.to() {
        headers.set(Name::To, to.with_tag(tag).to_string());
    }
}
