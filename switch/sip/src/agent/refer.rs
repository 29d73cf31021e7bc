//! Transfers inside a call: REFER both ways, with the NOTIFYs that tell how far it got (RFC 3515, RFC 4488).
//!
//! Rule 1: one transfer at a time in each direction.
//! Rule 2: a REFER that nobody decides on is declined before its sender gives up.
//! Rule 3: what we asked for is over when its end was told and our REFER answered, in whichever order these come
//! (RFC 3515 §2.4.4 lets a NOTIFY overtake the 202).

use super::auth;
use super::event::{AgentEvent, Ending, Fields};
use super::headers;
use super::offers::headers_only;
use super::session::Session;
use super::wire::{Task, Wire};
use crate::message::{Request, Response};
use crate::{Method, Micros, Name, ServerKey, Uri};

/// How long a REFER may wait for a decision.
const DECISION: Micros = 10_000_000;
/// How long we wait for the last NOTIFY of a transfer.
const NEWS: Micros = 180_000_000;
/// Longest Refer-To that is passed on, bytes.
const LONGEST_TARGET: usize = 2_048;

/// The transfers of one call.
#[derive(Default)]
pub(crate) struct Refers {
    /// One that the peer asks for and nobody has decided on.
    open: Option<Box<Open>>,
    /// The CSeq of one that was accepted and whose end the peer waits for.
    accepted: Option<u32>,
    /// One that we asked for.
    ours: Option<Box<Ours>>,
}

struct Open {
    key: ServerKey,
    template: Response,
    cseq: u32,
    silent: bool,
    until: Micros,
}

struct Ours {
    to: String,
    fields: Fields,
    authorised: bool,
    /// Of the answer to REFER; 0: none has come.
    answer: u16,
    status: u16,
    /// The last NOTIFY has come.
    is_told: bool,
    until: Micros,
}

impl Refers {
    pub fn wake(&self) -> Option<Micros> {
        let decide = self.open.as_ref().map(|open| open.until);
        let news = self.ours.as_ref().map(|ours| ours.until);
        [decide, news].into_iter().flatten().min()
    }

    pub fn wake_up(&mut self, wire: &mut Wire, leg: u64, now: Micros) {
        if let Some(open) = self.open.take_if(|open| open.until <= now) {
            wire.respond(Some(leg), open.key, headers_only(open.template, 603), now);
        }
        if let Some(ours) = self.ours.take_if(|ours| ours.until <= now) {
            let status = ours.status.max(408);
            wire.tell(AgentEvent::ReferState { leg, answer: ours.answer, status, done: true });
        }
    }

    pub fn drop_open(&mut self, wire: &mut Wire, now: Micros) {
        if let Some(open) = self.open.take() {
            wire.respond(None, open.key, headers_only(open.template, 603), now);
        }
    }
}

impl Session {
    /// The peer asks to be connected elsewhere.
    pub fn refer_came(&mut self, wire: &mut Wire, key: ServerKey, request: &Request, now: Micros) {
        let targets = request.headers.addresses(&Name::ReferTo);
        let busy = self.refers.open.is_some() || self.refers.accepted.is_some();
        let [target] = targets.as_slice() else {
            self.refuse(wire, key, request, 400, "One Refer-To is needed", now);
            return;
        };
        let to = target.uri.to_string();
        if busy || to.len() > LONGEST_TARGET {
            self.refuse(wire, key, request, 603, "", now);
            return;
        }
        let by = request.headers.get(&Name::ReferredBy).unwrap_or_default();
        let by = by.get(..LONGEST_TARGET).unwrap_or(by).to_owned();
        let sub = request.headers.get(&Name::ReferSub).unwrap_or_default();
        self.refers.open = Some(Box::new(Open {
            key,
            template: Response::to_request(request, 202, ""),
            cseq: request.headers.cseq().map_or(0, |(number, _)| number),
            silent: sub.trim().eq_ignore_ascii_case("false"),
            until: now + DECISION,
        }));
        wire.tell(AgentEvent::Referred { leg: self.leg, to, by });
    }

    /// Take the REFER that waits, and tell the peer that it is being tried.
    pub fn accept_refer(&mut self, wire: &mut Wire, now: Micros) {
        let Some(open) = self.refers.open.take() else {
            return;
        };
        let mut response = open.template;
        response.headers.push(Name::Contact, self.dialog.contact.as_str());
        if open.silent {
            response.headers.push(Name::ReferSub, "false");
        }
        wire.respond(Some(self.leg), open.key, response, now);
        if !open.silent {
            self.refers.accepted = Some(open.cseq);
            self.notify_refer(wire, 100, "Trying", now);
        }
    }

    /// Decline the REFER that waits.
    pub fn refuse_refer(&mut self, wire: &mut Wire, status: u16, now: Micros) {
        if let Some(open) = self.refers.open.take() {
            wire.respond(Some(self.leg), open.key, headers_only(open.template, status), now);
        }
    }

    /// Tell the peer how far the transfer that it asked for has got; a final status ends the matter.
    pub fn notify_refer(&mut self, wire: &mut Wire, status: u16, reason: &str, now: Micros) {
        let Some(id) = self.refers.accepted else {
            return;
        };
        let mut request = self.dialog.request(Method::Notify);
        let headers = &mut request.headers;
        headers.push(Name::Contact, self.dialog.contact.as_str());
        headers.push(Name::Event, format!("refer;id={id}"));
        let state = match status {
            200.. => {
                self.refers.accepted = None;
                "terminated;reason=noresource"
            }
            _ => "active;expires=180",
        };
        headers.push(Name::SubscriptionState, state);
        headers.push(Name::ContentType, "message/sipfrag;version=2.0");
        let reason: String = reason.chars().filter(|char| !char.is_control()).take(100).collect();
        request.body = format!("SIP/2.0 {status} {reason}\r\n").into_bytes();
        self.send(wire, Task::Aside, request, now);
    }

    /// Ask the peer to connect elsewhere. False: it is being asked already.
    pub fn refer(&mut self, wire: &mut Wire, to: &Uri, fields: Fields, now: Micros) -> bool {
        if self.refers.ours.is_some() {
            return false;
        }
        let until = now + NEWS;
        let ours = Ours { to: to.to_string(), fields, authorised: false, answer: 0, status: 0, is_told: false, until };
        self.send_refer(wire, ours, None, now);
        true
    }

    fn send_refer(&mut self, wire: &mut Wire, ours: Ours, challenge: Option<&Response>, now: Micros) {
        let mut request = self.new_request(Method::Refer);
        request.headers.push(Name::ReferTo, format!("<{}>", ours.to));
        headers::add(&mut request.headers, &ours.fields);
        if let (Some(challenge), Some(credentials)) = (challenge, &self.credentials) {
            auth::authorise(&mut request, challenge, credentials, &mut wire.random);
        }
        self.refers.ours = Some(Box::new(ours));
        self.send(wire, Task::Refer, request, now);
    }

    /// The answer to our REFER came.
    pub fn refer_answered(&mut self, wire: &mut Wire, response: &Response, now: Micros) -> Option<Ending> {
        let mut ours = *self.refers.ours.take()?;
        let status = response.status;
        if matches!(status, 401 | 407) && !ours.authorised && self.credentials.is_some() {
            ours.authorised = true;
            self.send_refer(wire, ours, Some(response), now);
            return None;
        }
        let sub = response.headers.get(&Name::ReferSub).unwrap_or_default();
        let is_silent = sub.trim().eq_ignore_ascii_case("false");
        ours.answer = status;
        if ours.status == 0 || !response.is_success() {
            ours.status = status;
        }
        let done = ours.is_told || is_silent || !response.is_success();
        wire.tell(AgentEvent::ReferState { leg: self.leg, answer: status, status: ours.status, done });
        if !done {
            self.refers.ours = Some(Box::new(ours));
        }
        None
    }

    /// A NOTIFY came: news of a transfer that we asked for, or nothing that we know of.
    pub fn notify_came(&mut self, wire: &mut Wire, key: ServerKey, request: &Request, now: Micros) {
        let event = request.headers.get(&Name::Event).unwrap_or_default();
        let event = event.split(';').next().unwrap_or(event).trim();
        let Some(ours) = self.refers.ours.as_mut().filter(|_| event.eq_ignore_ascii_case("refer")) else {
            let status = if event.eq_ignore_ascii_case("refer") { 481 } else { 489 };
            self.refuse(wire, key, request, status, "", now);
            return;
        };
        let state = request.headers.get(&Name::SubscriptionState).unwrap_or_default();
        let fragment = status_of_fragment(&request.body);
        ours.is_told |= state.trim_start().starts_with("terminated") || fragment.is_some_and(|status| status >= 200);
        ours.status = fragment.unwrap_or(ours.status);
        let (answer, status) = (ours.answer, ours.status);
        let done = ours.is_told && answer != 0;
        self.refers.ours.take_if(|_| done);
        self.refuse(wire, key, request, 200, "", now);
        wire.tell(AgentEvent::ReferState { leg: self.leg, answer, status, done });
    }
}

/// The status in `SIP/2.0 200 OK`.
fn status_of_fragment(body: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(body).ok()?;
    let status = text.trim_start().strip_prefix("SIP/2.0 ")?.get(..3)?;
    status.parse().ok().filter(|status| (100..700).contains(status))
}
