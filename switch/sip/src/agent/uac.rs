//! A call that we make and that is not taken (RFC 3261 §13.2).
//!
//! Rule 1: a call has a branch for each phone that we ring by ourselves; proxies may fork each branch further, and every
//! phone that answers provisionally gets an early dialog with a number.
//! Rule 2: the first 2xx is the call. All other branches are abandoned; a phone that takes one all the same gets ACK
//! and BYE (`forks.rs`).
//! Rule 3: a redirection (3xx) ends the branch as a failure. Where a call may go is decided by who made it, so that no
//! peer can send it somewhere at our cost; the Contacts are in the headers of `Ended`.

use std::collections::VecDeque;

use super::config::Outbound;
use super::dialog::{Dialog, Hop};
use super::event::{AgentEvent, Cause, Ending};
use super::leg::Step;
use super::offers::Stage;
use super::reliable::Received;
use super::session::Session;
use super::session_timer;
use super::wire::{ALLOW, CONTACT_USER, Forks, Purpose, SUPPORTED, Task, Waiting, Wire};
use super::{auth, headers};
use crate::message::{Request, Response};
use crate::{ClientKey, Flow, Method, Micros, Name, NameAddr, ServerKey, Target, Uri};

/// Most phones that may ring in one call.
const MOST_FORKS: u32 = 24;
/// Most addresses that are tried for one branch.
const MOST_TARGETS: usize = 4;
/// How often one branch is sent anew because the peer wants it otherwise (a password, a longer timer).
const MOST_TRIES: u8 = 3;

pub(crate) struct Outgoing {
    leg: u64,
    outbound: Outbound,
    branches: Vec<Branch>,
    /// How many phones have shown themselves.
    forks: u32,
    give_up: Micros,
    /// The refusal that says most, of the branches that have ended.
    refusal: Option<Ending>,
}

/// Where one branch of a call goes.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    pub uri: Uri,
    /// Proxies on the way, as Route values.
    pub routes: Vec<String>,
    pub hop: Hop,
}

struct Branch {
    destination: Destination,
    targets: VecDeque<Target>,
    call_id: String,
    tag: String,
    cseq: u32,
    contact: String,
    /// The INVITE that is open, and where it went.
    open: Option<(ClientKey, Target)>,
    over: bool,
    tries: u8,
    session_expires: u32,
    early: Vec<Early>,
}

struct Early {
    fork: u32,
    received: Received,
    told: Option<(u16, bool)>,
    session: Session,
}

impl Outgoing {
    /// Start calling.
    pub fn start(wire: &mut Wire, leg: u64, outbound: Outbound, to: Vec<Destination>, now: Micros) -> Self {
        let give_up = now + outbound.ring;
        let expires = wire.config.session_timer.expires_s;
        let branches = to.into_iter().map(|destination| Branch::new(wire, leg, destination, expires)).collect();
        let mut call = Self { leg, outbound, branches, forks: 0, give_up, refusal: None };
        for number in 0..call.branches.len() {
            call.start_branch(wire, number, now);
        }
        call
    }

    fn start_branch(&mut self, wire: &mut Wire, number: usize, now: Micros) {
        let Some(branch) = self.branches.get_mut(number) else {
            return;
        };
        match branch.destination.hop.clone() {
            Hop::At(target) => {
                branch.targets.push_back(target);
                branch.invite(wire, self.leg, number, &self.outbound, None, now);
            }
            Hop::Named(uri) => {
                let branch = number as u32;
                wire.resolve(Waiting::Branch { leg: self.leg, branch }, uri);
            }
        }
    }

    /// The addresses of a branch are known; or there are none.
    pub fn resolved(&mut self, wire: &mut Wire, number: u32, targets: Vec<Target>, now: Micros) -> Step {
        let number = number as usize;
        let Some(branch) = self.branches.get_mut(number) else {
            return Step::Stay;
        };
        branch.targets = targets.into_iter().take(MOST_TARGETS).collect();
        match branch.targets.is_empty() {
            true => self.branch_failed(wire, number, Ending::failed(503, "The host has no address."), now),
            false => {
                branch.invite(wire, self.leg, number, &self.outbound, None, now);
                Step::Stay
            }
        }
    }

    /// An answer to an INVITE came.
    pub fn response(&mut self, wire: &mut Wire, number: u32, key: ClientKey, response: Response, now: Micros) -> Step {
        let number = number as usize;
        match response.status {
            100 => Step::Stay,
            101..200 => {
                self.progress(wire, number, &response, now);
                Step::Stay
            }
            200..300 => self.taken(wire, number, key, &response, now),
            _ => self.refused(wire, number, &response, now),
        }
    }

    fn progress(&mut self, wire: &mut Wire, number: usize, response: &Response, now: Micros) {
        let leg = self.leg;
        let Some(branch) = self.branches.get_mut(number) else {
            return;
        };
        let Some(early) = branch.early_dialog(leg, response, &mut self.forks) else {
            if response.headers.to().is_none_or(|to| to.tag().is_none()) {
                wire.tell(AgentEvent::Progress { leg, fork: 0, status: response.status, body: None });
            }
            return;
        };
        let Ok(rseq) = early.received.take(&response.headers) else {
            return;
        };
        early.session.learn(&response.headers);
        early.session.dialog.refresh_target(&response.headers);
        if let Some(rseq) = rseq {
            let cseq = response.headers.cseq().map_or(0, |(number, _)| number);
            let mut prack = early.session.dialog.request(Method::Prack);
            prack.headers.push(Name::RAck, format!("{rseq} {cseq} INVITE"));
            early.session.send(wire, Task::Tell, prack, now);
        }
        let sdp = headers::sdp(&response.headers, &response.body);
        if let Some(sdp) = sdp {
            early.session.remote_sdp = sdp.to_vec();
            early.session.local_sdp.clone_from(&self.outbound.body);
            if rseq.is_some() {
                early.session.stage = Stage::Settled;
            }
        }
        let news = (response.status, sdp.is_some());
        if early.told != Some(news) {
            early.told = Some(news);
            let body = sdp.map(<[u8]>::to_vec);
            wire.tell(AgentEvent::Progress { leg, fork: early.fork, status: response.status, body });
        }
    }

    /// A phone took the call.
    fn taken(&mut self, wire: &mut Wire, number: usize, key: ClientKey, response: &Response, now: Micros) -> Step {
        let leg = self.leg;
        let Some(branch) = self.branches.get_mut(number) else {
            return Step::Stay;
        };
        let Some((_, path)) = branch.open.take() else {
            return Step::Stay;
        };
        let contact = branch.contact.clone();
        let dialog = match Dialog::uac(contact, response, &path) {
            Ok(dialog) => dialog,
            Err(why) => return self.branch_failed(wire, number, Ending::failed(502, why), now),
        };
        let early = branch.take_early(&dialog.remote_tag);
        let fork = early.as_ref().map_or(self.forks + 1, |early| early.fork);
        let mut session = match early {
            Some(early) => Session { dialog: early.session.dialog.confirmed(dialog), ..early.session },
            None => Session::new(leg, dialog, true),
        };
        let cseq = response.headers.cseq().map_or(0, |(number, _)| number);
        wire.acknowledge(Some(leg), session.dialog.ack(cseq), &session.dialog.hop());
        let left = vec![];
        wire.set_purpose(key, Purpose::Forks(Forks { leg: Some(leg), path, left }));
        self.give_up_branches(wire, now);
        session.stage = Stage::Up;
        session.learn(&response.headers);
        session.timer = session_timer::agreed(&response.headers, now);
        session.credentials = self.outbound.credentials.clone();
        session.local_sdp = std::mem::take(&mut self.outbound.body);
        if let Some(sdp) = headers::sdp(&response.headers, &response.body) {
            session.remote_sdp = sdp.to_vec();
        }
        if session.remote_sdp.is_empty() {
            session.leave(wire, Some(leg), None, now);
            return Step::End(Ending::failed(488, "The far end took the call without saying where its audio goes."));
        }
        wire.tell(AgentEvent::Answered {
            leg,
            fork,
            body: session.remote_sdp.clone(),
            headers: headers::for_applications(&response.headers),
        });
        Step::Became(Box::new(session))
    }

    fn refused(&mut self, wire: &mut Wire, number: usize, response: &Response, now: Micros) -> Step {
        let Some(branch) = self.branches.get_mut(number) else {
            return Step::Stay;
        };
        branch.open = None;
        branch.early.clear();
        let again = match response.status {
            401 | 407 => branch.may_authorise(&self.outbound, response),
            422 => branch.lengthen_timer(response),
            503 => branch.next_target(),
            _ => false,
        };
        if again {
            branch.invite(wire, self.leg, number, &self.outbound, Some(response), now);
            return Step::Stay;
        }
        self.branch_failed(wire, number, refusal(response), now)
    }

    /// A branch never got an answer, or could not be sent.
    pub fn unreachable(&mut self, wire: &mut Wire, number: u32, status: u16, why: &str, now: Micros) -> Step {
        let number = number as usize;
        let Some(branch) = self.branches.get_mut(number) else {
            return Step::Stay;
        };
        branch.open = None;
        if branch.early.is_empty() && branch.next_target() {
            branch.invite(wire, self.leg, number, &self.outbound, None, now);
            return Step::Stay;
        }
        self.branch_failed(wire, number, Ending::failed(status, why), now)
    }

    fn branch_failed(&mut self, wire: &mut Wire, number: usize, ending: Ending, now: Micros) -> Step {
        if let Some(branch) = self.branches.get_mut(number) {
            branch.over = true;
        }
        let decisive = ending.status >= 600;
        let best = match self.refusal.take() {
            Some(before) if weight(before.status) >= weight(ending.status) => before,
            _ => ending,
        };
        if decisive || self.branches.iter().all(|branch| branch.over) {
            self.give_up_branches(wire, now);
            return Step::End(best);
        }
        self.refusal = Some(best);
        Step::Stay
    }

    /// Cancel what is still open.
    pub fn give_up_branches(&mut self, wire: &mut Wire, now: Micros) {
        for branch in &mut self.branches {
            if let Some((key, path)) = branch.open.take() {
                wire.abandon(key, path, now);
            }
            branch.over = true;
        }
    }

    /// A request came in an early dialog.
    pub fn request(&mut self, wire: &mut Wire, key: ServerKey, request: Request, flow: &Flow, now: Micros) {
        let Some(session) = self.sessions().find(|session| session.dialog.owns(&request.headers)) else {
            let response = Response::to_request(&request, 481, "");
            wire.respond(None, key, response, now);
            return;
        };
        // A phone that leaves its early dialog says the same in its final answer.
        let _ = session.request(wire, key, request, flow, now);
    }

    /// The early dialogs.
    pub fn sessions(&mut self) -> impl Iterator<Item = &mut Session> {
        let early = self.branches.iter_mut().flat_map(|branch| &mut branch.early);
        early.map(|early| &mut early.session)
    }

    pub fn wake(&self) -> Option<Micros> {
        let early = self.branches.iter().flat_map(|branch| &branch.early);
        early.filter_map(|early| early.session.wake()).chain([self.give_up]).min()
    }

    pub fn wake_up(&mut self, wire: &mut Wire, now: Micros) -> Step {
        if self.give_up <= now {
            self.give_up_branches(wire, now);
            return Step::End(Ending::new(Cause::NoAnswer, 408, "Nobody took the call in time."));
        }
        for session in self.sessions() {
            // An early dialog has no timer that ends it.
            let _ = session.wake_up(wire, now);
        }
        Step::Stay
    }
}

impl Branch {
    fn new(wire: &mut Wire, leg: u64, destination: Destination, session_expires: u32) -> Self {
        Self {
            destination,
            targets: VecDeque::new(),
            call_id: wire.random.token(),
            tag: super::leg::new_tag(leg, &mut wire.random),
            cseq: 0,
            contact: String::new(),
            open: None,
            over: false,
            tries: 0,
            session_expires,
            early: Vec::new(),
        }
    }

    /// Send the INVITE to the first address; `refusal` is the answer that asks for it to be sent otherwise.
    fn invite(
        &mut self,
        wire: &mut Wire,
        leg: u64,
        number: usize,
        outbound: &Outbound,
        refusal: Option<&Response>,
        now: Micros,
    ) {
        let Some(target) = self.targets.front().cloned() else {
            return;
        };
        self.contact = wire.contact(CONTACT_USER, target.transport, target.addr);
        self.cseq += 1;
        let mut request = self.request(wire, outbound);
        if let (Some(refusal @ Response { status: 401 | 407, .. }), Some(credentials)) =
            (refusal, &outbound.credentials)
        {
            auth::authorise(&mut request, refusal, credentials, &mut wire.random);
        }
        let purpose = Purpose::Invite { leg, branch: number as u32 };
        let key = wire.request_at(purpose, request, target.clone(), now);
        self.open = Some((key, target));
    }

    fn request(&self, wire: &Wire, outbound: &Outbound) -> Request {
        let mut request = Request::new(Method::Invite, self.destination.uri.clone());
        let headers = &mut request.headers;
        headers.push(Name::MaxForwards, "70");
        for route in &self.destination.routes {
            headers.push(Name::Route, route.as_str());
        }
        let from = NameAddr { display: outbound.from_name.clone(), ..NameAddr::new(outbound.from.clone()) };
        headers.push(Name::From, from.with_tag(&self.tag).to_string());
        let to = NameAddr::new(outbound.uri.clone().without_headers());
        headers.push(Name::To, to.to_string());
        headers.push(Name::CallId, self.call_id.as_str());
        headers.push(Name::CSeq, format!("{} INVITE", self.cseq));
        headers.push(Name::Contact, self.contact.as_str());
        headers.push(Name::Allow, ALLOW);
        headers.push(Name::Supported, SUPPORTED);
        if self.session_expires > 0 {
            headers.push(Name::SessionExpires, self.session_expires.to_string());
            headers.push(Name::MinSe, wire.config.session_timer.min_s.to_string());
        }
        headers::add(headers, &outbound.headers);
        headers.push(Name::ContentType, "application/sdp");
        request.body.clone_from(&outbound.body);
        request
    }

    fn may_authorise(&mut self, outbound: &Outbound, response: &Response) -> bool {
        // Once; and once more when only our nonce was too old.
        let again = self.tries == 0 || (self.tries < MOST_TRIES && auth::is_stale(response));
        self.tries += 1;
        again && outbound.credentials.is_some() && auth::is_answerable(response)
    }

    fn lengthen_timer(&mut self, response: &Response) -> bool {
        let floor = response.headers.min_se().unwrap_or(0);
        self.tries += 1;
        let longer = floor > self.session_expires && self.tries <= MOST_TRIES;
        if longer {
            self.session_expires = floor;
        }
        longer
    }

    fn next_target(&mut self) -> bool {
        self.targets.pop_front();
        !self.targets.is_empty()
    }

    fn early_dialog(&mut self, leg: u64, response: &Response, forks: &mut u32) -> Option<&mut Early> {
        let to = response.headers.to()?;
        let tag = to.tag()?;
        let known = self.early.iter().position(|early| early.session.dialog.remote_tag == tag);
        if let Some(at) = known {
            return self.early.get_mut(at);
        }
        let (_, path) = self.open.as_ref()?;
        if *forks >= MOST_FORKS {
            return None;
        }
        let dialog = Dialog::uac(self.contact.clone(), response, path).ok()?;
        *forks += 1;
        let session = Session::new(leg, dialog, true);
        self.early.push(Early { fork: *forks, received: Received::default(), told: None, session });
        self.early.last_mut()
    }

    fn take_early(&mut self, remote_tag: &str) -> Option<Early> {
        let at = self.early.iter().position(|early| early.session.dialog.remote_tag == remote_tag)?;
        Some(self.early.swap_remove(at))
    }
}

/// What a refusal means for the call.
fn refusal(response: &Response) -> Ending {
    let cause = match response.status {
        486 | 600 => Cause::Busy,
        408 | 480 => Cause::NoAnswer,
        487 => Cause::Canceled,
        403 | 603 | 606..=608 => Cause::Rejected,
        _ => Cause::Failed,
    };
    let mut fields = headers::for_applications(&response.headers);
    if (300..400).contains(&response.status) {
        let contacts = response.headers.all(&Name::Contact).take(5);
        fields.extend(contacts.map(|contact| ("Contact".to_owned(), contact.to_owned())));
    }
    Ending { headers: fields, ..Ending::new(cause, response.status, response.reason.as_str()) }
}

/// How much a refusal says, when several phones refuse: that the callee declined says more than that one phone was not
/// there (RFC 3261 §16.7 for proxies).
fn weight(status: u16) -> u8 {
    match status {
        600.. => 5,
        486 => 4,
        480 | 487 => 3,
        408 | 503 => 0,
        500.. => 1,
        _ => 2,
    }
}
