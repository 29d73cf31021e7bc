//! A call that we make and that is not taken (RFC 3261 §13.2).
//!
//! Rule 1: a call has a branch for each phone that we ring by ourselves; proxies may fork each branch further, and every
//! phone that answers provisionally gets an early dialog with a number.
//! Rule 2: the first 2xx is the call. All other branches are abandoned; a phone that takes one all the same gets ACK
//! and BYE (`forks.rs`).
//! Rule 3: a redirection (3xx) ends the branch as a failure. Where a call may go is decided by who made it, so that no
//! peer can send it somewhere at our cost; the Contacts are in the headers of `Ended`.

use super::branch::{Branch, Destination, OUT_OF_REACH};
use super::config::Outbound;
use super::dialog::{Dialog, Hop};
use super::event::{AgentEvent, Cause, Ending};
use super::headers;
use super::leg::Step;
use super::offers::Stage;
use super::session::Session;
use super::session_timer;
use super::wire::{Forks, Purpose, Task, Waiting, Wire};
use crate::message::{Request, Response};
use crate::{ClientKey, Flow, Method, Micros, Name, ServerKey, Target};

/// Most addresses that are tried for one branch.
const MOST_TARGETS: usize = 4;

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
        let has_none = targets.is_empty();
        let reach = &self.outbound.reach;
        branch.targets =
            targets.into_iter().filter(|target| reach.permits(target.addr.ip())).take(MOST_TARGETS).collect();
        match branch.targets.is_empty() {
            true if has_none => self.branch_failed(wire, number, Ending::failed(503, "The host has no address."), now),
            true => self.branch_failed(wire, number, Ending::failed(403, OUT_OF_REACH), now),
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
            early.session.send(wire, Task::Aside, prack, now);
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
        wire.set_purpose(key, Purpose::Forks(Forks { leg: Some(leg), path, left: Vec::new() }));
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

    /// The Call-ID of its first branch.
    pub fn call_id(&self) -> Option<&str> {
        self.branches.first().map(|branch| branch.call_id.as_str())
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
