//! A call between two ends: what happens inside its dialog, early or confirmed.
//!
//! Rule 1: whatever ends the call is returned as an [`Ending`]; the caller tells it and lets the session `leave`.
//! Rule 2: `offers.rs` changes the session, `refer.rs` moves it; here it is kept alive and taken apart.

use super::config::Credentials;
use super::dialog::Dialog;
use super::event::{AgentEvent, Cause, Ending};
use super::headers;
use super::info;
use super::offers::{OurOffer, Stage, TheirOffer};
use super::refer::Refers;
use super::session_timer::SessionTimer;
use super::wire::{ALLOW, Purpose, SUPPORTED, Task, Wire};
use crate::message::{Request, Response};
use crate::{ClientKey, Flow, Method, Micros, Name, ServerKey};

pub(crate) struct Session {
    pub leg: u64,
    pub dialog: Dialog,
    /// The last SDP that each side sent.
    pub local_sdp: Vec<u8>,
    pub remote_sdp: Vec<u8>,
    pub stage: Stage,
    /// We sent the first INVITE: then the Call-ID is ours.
    pub caller: bool,
    /// For a peer that challenges us inside the call.
    pub credentials: Option<Credentials>,
    /// The peer takes UPDATE.
    pub takes_update: bool,
    pub timer: Option<SessionTimer>,
    /// Our 2xx to an INVITE that waits for its ACK.
    pub unconfirmed: Option<Box<Unconfirmed>>,
    pub ours: Option<Box<OurOffer>>,
    pub theirs: Option<Box<TheirOffer>>,
    /// An offer of ours that waits until the line is free.
    pub queued: Option<Vec<u8>>,
    /// When it may be tried again after a 491.
    pub retry: Option<Micros>,
    pub refers: Refers,
}

/// A 2xx of ours that is sent again until its ACK comes (RFC 3261 §13.3.1.4), over any transport.
pub(crate) struct Unconfirmed {
    key: ServerKey,
    response: Response,
    cseq: u32,
    resend: Micros,
    interval: Micros,
    until: Micros,
    /// The response carried an offer: the ACK brings the answer.
    asks: bool,
}

impl Session {
    pub fn new(leg: u64, dialog: Dialog, caller: bool) -> Self {
        Self {
            leg,
            dialog,
            local_sdp: Vec::new(),
            remote_sdp: Vec::new(),
            stage: Stage::Opening,
            caller,
            credentials: None,
            takes_update: false,
            timer: None,
            unconfirmed: None,
            ours: None,
            theirs: None,
            queued: None,
            retry: None,
            refers: Refers::default(),
        }
    }

    /// Read what the peer understands from one of its messages.
    pub fn learn(&mut self, headers: &crate::Headers) {
        if headers.has(&Name::Allow) {
            self.takes_update = headers.has_token(&Name::Allow, "UPDATE");
        }
    }

    /// A request came inside the dialog; ACK and PRACK are not among them.
    pub fn request(
        &mut self,
        wire: &mut Wire,
        key: ServerKey,
        request: Request,
        flow: &Flow,
        now: Micros,
    ) -> Option<Ending> {
        let cseq = request.headers.cseq().map_or(0, |(number, _)| number);
        if !self.dialog.is_in_order(cseq) {
            self.refuse(wire, key, &request, 500, "Out of order", now);
            return None;
        }
        if let Some(unknown) = headers::unknown_extensions(&request.headers) {
            let mut response = Response::to_request(&request, 420, "");
            response.headers.push(Name::Unsupported, unknown);
            wire.respond(Some(self.leg), key, response, now);
            return None;
        }
        match request.method {
            Method::Bye => Some(self.bye(wire, key, &request, now)),
            Method::Invite | Method::Update => {
                self.offer_came(wire, key, &request, flow, now);
                None
            }
            Method::Info => {
                self.info(wire, key, &request, now);
                None
            }
            Method::Refer => {
                self.refer_came(wire, key, &request, now);
                None
            }
            Method::Notify => {
                self.notify_came(wire, key, &request, now);
                None
            }
            Method::Options => {
                let response = headers::capabilities(&request);
                wire.respond(Some(self.leg), key, response, now);
                None
            }
            _ => {
                let mut response = Response::to_request(&request, 405, "");
                response.headers.push(Name::Allow, ALLOW);
                wire.respond(Some(self.leg), key, response, now);
                None
            }
        }
    }

    pub fn refuse(&self, wire: &mut Wire, key: ServerKey, request: &Request, status: u16, reason: &str, now: Micros) {
        let response = Response::to_request(request, status, reason);
        wire.respond(Some(self.leg), key, response, now);
    }

    fn bye(&mut self, wire: &mut Wire, key: ServerKey, request: &Request, now: Micros) -> Ending {
        self.refuse(wire, key, request, 200, "", now);
        let reason = request.headers.get(&Name::Reason).unwrap_or_default();
        Ending { headers: headers::for_applications(&request.headers), ..Ending::new(Cause::Remote, 200, reason) }
    }

    fn info(&mut self, wire: &mut Wire, key: ServerKey, request: &Request, now: Micros) {
        if request.headers.has(&Name::InfoPackage) {
            let mut response = Response::to_request(request, 469, "");
            response.headers.push(Name::RecvInfo, "");
            wire.respond(Some(self.leg), key, response, now);
            return;
        }
        let pressed = info::key(&request.headers, &request.body);
        let json = info::json(&request.headers, &request.body);
        let status = if pressed.is_some() || json.is_some() || request.body.is_empty() { 200 } else { 415 };
        let mut response = Response::to_request(request, status, "");
        if status == 415 {
            response.headers.push(Name::Accept, info::ACCEPT);
        }
        wire.respond(Some(self.leg), key, response, now);
        if let Some((pressed, ms)) = pressed {
            wire.tell(AgentEvent::Key { leg: self.leg, key: pressed, ms });
        }
        if let Some(body) = json {
            wire.tell(AgentEvent::Informed { leg: self.leg, content_type: "application/json".into(), body });
        }
    }

    /// Send a request inside the dialog.
    pub fn send(&mut self, wire: &mut Wire, task: Task, request: Request, now: Micros) {
        let purpose = Purpose::Session { leg: self.leg, task };
        wire.request(purpose, request, &self.dialog.hop(), now);
    }

    /// A request inside the dialog with what each carries that may change its target.
    pub fn new_request(&mut self, method: Method) -> Request {
        let mut request = self.dialog.request(method);
        request.headers.push(Name::Contact, self.dialog.contact.as_str());
        request.headers.push(Name::Allow, ALLOW);
        request.headers.push(Name::Supported, SUPPORTED);
        request
    }

    /// Send a 2xx to an INVITE, again and again until its ACK comes.
    pub fn confirm(&mut self, wire: &mut Wire, key: ServerKey, response: Response, asks: bool, now: Micros) {
        let timing = wire.config.endpoint.timing;
        let cseq = response.headers.cseq().map_or(0, |(number, _)| number);
        wire.respond(Some(self.leg), key, response.clone(), now);
        self.unconfirmed = Some(Box::new(Unconfirmed {
            key,
            response,
            cseq,
            resend: now + timing.t1,
            interval: timing.t1,
            until: now + timing.patience(),
            asks,
        }));
    }

    /// An ACK came.
    pub fn acknowledged(&mut self, wire: &mut Wire, ack: &Request, flow: &Flow, now: Micros) {
        let number = ack.headers.cseq().map(|(number, _)| number);
        let Some(unconfirmed) = self.unconfirmed.take_if(|waiting| Some(waiting.cseq) == number) else {
            return;
        };
        wire.signal_request(self.leg, false, ack, Some(flow.peer));
        if unconfirmed.asks {
            self.remote_sdp.clone_from(&ack.body);
            wire.tell(AgentEvent::OfferAnswered { leg: self.leg, body: ack.body.clone() });
        }
        self.send_queued(wire, now);
    }

    /// An answer came to a request of ours inside the dialog, or what counts as one.
    pub fn response(
        &mut self,
        wire: &mut Wire,
        key: Option<ClientKey>,
        task: Task,
        response: &Response,
        now: Micros,
    ) -> Option<Ending> {
        if response.status < 200 {
            return None;
        }
        // RFC 5057: these say that the peer does not know the call any more.
        let is_unknown = response.status == 481 && task != Task::Aside;
        if is_unknown || (response.status == 408 && task == Task::Offer) {
            return Some(Ending::failed(response.status, "The far end does not know the call any more."));
        }
        match task {
            Task::Offer => self.offer_answered(wire, key, response, now),
            Task::Refer => self.refer_answered(wire, response, now),
            Task::Tell | Task::Aside => None,
        }
    }

    /// The next moment that brings something.
    pub fn wake(&self) -> Option<Micros> {
        let timer = self.timer.map(|timer| timer.due);
        let theirs = self.theirs.as_ref().map(|theirs| theirs.until);
        let ours = self.ours.as_ref().and_then(|ours| ours.until);
        [self.ack_deadline(), timer, theirs, ours, self.retry, self.refers.wake()].into_iter().flatten().min()
    }

    /// Time has passed.
    pub fn wake_up(&mut self, wire: &mut Wire, now: Micros) -> Option<Ending> {
        if !self.repeat_answer(wire, now) {
            return Some(Ending::failed(408, "The far end never acknowledged that we answered."));
        }
        if self.retry.is_some_and(|at| at <= now) {
            self.retry = None;
            self.send_queued(wire, now);
        }
        if self.theirs.as_ref().is_some_and(|theirs| theirs.until <= now) {
            self.refuse_offer(wire, 500, now);
        }
        if let Some(ours) = self.ours.as_mut().filter(|ours| ours.until.is_some_and(|until| until <= now)) {
            ours.until = None;
            wire.give_up_offer(self.leg, now);
        }
        self.refers.wake_up(wire, self.leg, now);
        match self.timer {
            Some(timer) if timer.due <= now && !timer.ours => {
                Some(Ending::failed(408, "The far end did not refresh the session in time."))
            }
            Some(timer) if timer.due <= now => {
                self.refresh(wire, now);
                None
            }
            _ => None,
        }
    }

    /// Send the 2xx again when it is time. False: its ACK will not come any more.
    pub fn repeat_answer(&mut self, wire: &mut Wire, now: Micros) -> bool {
        let Some(waiting) = &mut self.unconfirmed else {
            return true;
        };
        if waiting.until <= now {
            self.unconfirmed = None;
            return false;
        }
        if waiting.resend <= now {
            waiting.interval = (waiting.interval * 2).min(wire.config.endpoint.timing.t2);
            waiting.resend = now + waiting.interval;
            wire.endpoint.respond(waiting.key, &waiting.response, now);
        }
        true
    }

    /// Refuse what the peer still waits for: the session is about to end.
    pub fn drop_offers(&mut self, wire: &mut Wire, now: Micros) {
        if self.ours.take().is_some() {
            wire.give_up_offer(self.leg, now);
        }
        if let Some(theirs) = self.theirs.take() {
            let mut response = theirs.template;
            response.status = 487;
            response.reason = "Request Terminated".to_owned();
            wire.respond(None, theirs.key, response, now);
        }
        self.refers.drop_open(wire, now);
    }

    /// Whether an ACK is the one that our 2xx waits for.
    pub fn is_confirmed_by(&self, ack: &Request) -> bool {
        let number = ack.headers.cseq().map(|(number, _)| number);
        let waits = self.unconfirmed.as_ref().map(|waiting| waiting.cseq);
        waits.is_some() && waits == number && self.dialog.owns(&ack.headers)
    }

    /// When our 2xx is sent again, or given up.
    pub fn ack_deadline(&self) -> Option<Micros> {
        self.unconfirmed.as_ref().map(|waiting| waiting.resend.min(waiting.until))
    }

    /// Whether BYE may go out; not before the ACK of our 2xx (RFC 3261 §15).
    pub fn may_leave(&self) -> bool {
        self.unconfirmed.is_none()
    }

    /// Say goodbye. `leg`: whose timeline shows it.
    pub fn leave(self, wire: &mut Wire, leg: Option<u64>, reason: Option<String>, now: Micros) {
        wire.bye(leg, self.dialog, self.credentials, reason, now);
    }
}
