//! Changing a session: re-INVITE (RFC 3261 §14) and UPDATE (RFC 3311), both ways, and the refreshes of RFC 4028.
//!
//! Rule 1: one offer at a time. Ours waits until the line is free; the peer's gets 491 while ours is open, and 500 while
//! its own last one is.
//! Rule 2: an offer that is refused leaves the session as it was.

use super::auth;
use super::event::{AgentEvent, Ending};
use super::session::Session;
use super::session_timer::{self, SessionTimer, TooBrief};
use super::wire::{ALLOW, SUPPORTED, Task, Wire};
use crate::message::{Request, Response};
use crate::{ClientKey, Flow, Headers, Method, Micros, Name, ServerKey};

/// How often one offer is sent anew because the peer wants it otherwise (a password, a longer timer).
const MOST_TRIES: u8 = 3;

/// How long an offer of the peer may wait for its answer; its sender gives up after 32 s.
const DECISION: Micros = 20_000_000;

/// How long an INVITE of ours may be open; its recipient may have to ask a person.
const PATIENCE: Micros = 60_000_000;

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The first offer is not answered.
    Opening,
    /// It is, reliably, but the call is not taken: UPDATE may change the session.
    Settled,
    /// The call is up.
    Up,
}

/// A re-INVITE or UPDATE of ours without a final answer.
pub(crate) struct OurOffer {
    cseq: u32,
    method: Method,
    body: Vec<u8>,
    /// It only keeps the session alive.
    refresh: bool,
    tries: u8,
    /// When it is cancelled because nobody answers it.
    pub until: Option<Micros>,
}

/// A re-INVITE or UPDATE of the peer that we have not answered.
pub(crate) struct TheirOffer {
    pub key: ServerKey,
    pub template: Response,
    method: Method,
    body: Vec<u8>,
    timer: Option<SessionTimer>,
    /// When it is refused because nobody answers it.
    pub until: Micros,
}

impl OurOffer {
    fn new(method: Method, body: Vec<u8>, refresh: bool) -> Self {
        Self { cseq: 0, method, body, refresh, tries: 0, until: None }
    }
}

impl Session {
    /// Offer a change of the session as soon as the line is free; a later one replaces one that waits.
    pub fn offer(&mut self, wire: &mut Wire, body: Vec<u8>, now: Micros) {
        self.queued = Some(body);
        if self.retry.is_none() {
            self.send_queued(wire, now);
        }
    }

    fn is_free(&self) -> bool {
        self.stage == Stage::Up && self.ours.is_none() && self.theirs.is_none() && self.unconfirmed.is_none()
    }

    /// Send the offer that waited, when nothing is in its way any more.
    pub fn send_queued(&mut self, wire: &mut Wire, now: Micros) {
        if self.retry.is_none()
            && self.is_free()
            && let Some(body) = self.queued.take()
        {
            let offer = OurOffer::new(Method::Invite, body, false);
            self.send_offer(wire, offer, None, now);
        }
    }

    /// Keep the session alive: by UPDATE where the peer takes it, else by an INVITE with what holds already.
    pub fn refresh(&mut self, wire: &mut Wire, now: Micros) {
        if let Some(timer) = &mut self.timer {
            timer.due = now + u64::from(timer.interval_s) * 1_000_000 / 8; // the next try, should this one fail
        }
        if !self.is_free() || self.retry.is_some() {
            return;
        }
        let (method, body) = match self.takes_update {
            true => (Method::Update, Vec::new()),
            false => (Method::Invite, self.local_sdp.clone()),
        };
        let offer = OurOffer::new(method, body, true);
        self.send_offer(wire, offer, None, now);
    }

    fn send_offer(&mut self, wire: &mut Wire, mut offer: OurOffer, challenge: Option<&Response>, now: Micros) {
        let mut request = self.new_request(offer.method.clone());
        if let Some(timer) = self.timer {
            request.headers.push(Name::SessionExpires, timer.header(true));
            request.headers.push(Name::MinSe, wire.config.session_timer.min_s.to_string());
        }
        if !offer.body.is_empty() {
            request.headers.push(Name::ContentType, "application/sdp");
            request.body.clone_from(&offer.body);
        }
        if let (Some(challenge), Some(credentials)) = (challenge, &self.credentials) {
            auth::authorise(&mut request, challenge, credentials, &mut wire.random);
        }
        offer.cseq = self.dialog.local_cseq;
        offer.until = Some(now + PATIENCE);
        self.ours = Some(Box::new(offer));
        self.send(wire, Task::Offer, request, now);
    }

    /// The final answer to an offer of ours came.
    pub fn offer_answered(
        &mut self,
        wire: &mut Wire,
        key: Option<ClientKey>,
        response: &Response,
        now: Micros,
    ) -> Option<Ending> {
        let (cseq, method) = response.headers.cseq().unwrap_or((0, Method::Invite));
        if response.is_success() && method == Method::Invite && key.is_some() {
            let hop = self.dialog.hop();
            wire.acknowledge(Some(self.leg), self.dialog.ack(cseq), &hop);
        }
        let offer = *self.ours.take_if(|ours| key.is_none() || ours.cseq == cseq)?;
        wire.offer_decided(self.leg);
        match response.status {
            200..300 => self.offer_taken(wire, offer, response, now),
            401 | 407 if self.may_try_again(&offer) && self.credentials.is_some() => {
                let offer = OurOffer { tries: offer.tries + 1, ..offer };
                self.send_offer(wire, offer, Some(response), now);
            }
            422 if self.may_try_again(&offer) && self.lengthen_timer(&response.headers, now) => {
                let offer = OurOffer { tries: offer.tries + 1, ..offer };
                self.send_offer(wire, offer, None, now);
            }
            491 => self.wait_for_glare(wire, offer, now),
            405 | 501 if offer.refresh && offer.method == Method::Update => {
                self.takes_update = false;
                self.refresh(wire, now);
            }
            // The peer's timer decides whether a session that could not be refreshed may live.
            _ if offer.refresh => {}
            status => wire.tell(AgentEvent::OfferRefused { leg: self.leg, status }),
        }
        self.send_queued(wire, now);
        None
    }

    fn may_try_again(&self, offer: &OurOffer) -> bool {
        offer.tries < MOST_TRIES
    }

    fn lengthen_timer(&mut self, headers: &Headers, now: Micros) -> bool {
        match (&self.timer, headers.min_se()) {
            (Some(timer), Some(floor)) if floor > timer.interval_s => {
                self.timer = Some(SessionTimer::new(floor, timer.ours, now));
                true
            }
            _ => false,
        }
    }

    fn offer_taken(&mut self, wire: &mut Wire, offer: OurOffer, response: &Response, now: Micros) {
        self.dialog.refresh_target(&response.headers);
        self.learn(&response.headers);
        self.timer = session_timer::agreed(&response.headers, now);
        if offer.body.is_empty() {
            return;
        }
        if response.body.is_empty() {
            if !offer.refresh {
                wire.tell(AgentEvent::OfferRefused { leg: self.leg, status: 488 });
            }
            return;
        }
        let changed = self.remote_sdp != response.body;
        self.local_sdp = offer.body;
        if changed || !offer.refresh {
            self.remote_sdp.clone_from(&response.body);
            wire.tell(AgentEvent::OfferAnswered { leg: self.leg, body: response.body.clone() });
        }
    }

    /// Both sides offered at once: who owns the Call-ID waits 2.1 to 4 s, the other up to 2 s (RFC 3261 §14.1).
    fn wait_for_glare(&mut self, wire: &mut Wire, offer: OurOffer, now: Micros) {
        let tens_of_ms = match self.caller {
            true => 210 + wire.random.bits() % 191,
            false => wire.random.bits() % 201,
        };
        let again = now + tens_of_ms * 10_000;
        match &mut self.timer {
            Some(timer) if offer.refresh => timer.due = again,
            _ => {
                self.retry = Some(again);
                self.queued.get_or_insert(offer.body);
            }
        }
    }

    /// A re-INVITE or UPDATE came.
    pub fn offer_came(&mut self, wire: &mut Wire, key: ServerKey, request: &Request, flow: &Flow, now: Micros) {
        let invite = request.method == Method::Invite;
        let offers = invite || !request.body.is_empty();
        if let Some(status) = self.not_now(invite, offers) {
            let mut response = Response::to_request(request, status, "");
            if status == 500 {
                let seconds = wire.random.bits() % 10;
                response.headers.push(Name::RetryAfter, seconds.to_string());
            }
            wire.respond(Some(self.leg), key, response, now);
            return;
        }
        if !request.body.is_empty() && request.headers.content_type().as_deref() != Some("application/sdp") {
            let mut response = Response::to_request(request, 415, "");
            response.headers.push(Name::Accept, "application/sdp");
            wire.respond(Some(self.leg), key, response, now);
            return;
        }
        let timer = match session_timer::answer(request, &wire.config.session_timer, now) {
            Ok(timer) => timer,
            Err(TooBrief(floor)) => {
                let mut response = Response::to_request(request, 422, "");
                response.headers.push(Name::MinSe, floor.to_string());
                wire.respond(Some(self.leg), key, response, now);
                return;
            }
        };
        self.dialog.refresh_target(&request.headers);
        self.dialog.moved(&request.headers, flow);
        self.learn(&request.headers);
        let theirs = TheirOffer {
            key,
            template: Response::to_request(request, 200, ""),
            method: request.method.clone(),
            body: request.body.clone(),
            timer,
            until: now + DECISION,
        };
        if !offers {
            self.agree(wire, theirs, Vec::new(), now);
            return;
        }
        self.theirs = Some(Box::new(theirs));
        let body = (!request.body.is_empty()).then(|| request.body.clone());
        wire.tell(AgentEvent::Offered { leg: self.leg, body });
    }

    /// Why an offer of the peer cannot be taken at the moment (RFC 3261 §14.2, RFC 3311 §5.2).
    fn not_now(&self, invite: bool, offers: bool) -> Option<u16> {
        if !offers {
            return None;
        }
        let opening = self.stage == Stage::Opening || (invite && self.stage != Stage::Up);
        match (self.theirs.is_some(), opening) {
            (true, _) => Some(500),
            (false, true) if self.caller => Some(491),
            (false, true) => Some(500),
            (false, false) if self.ours.is_some() => Some(491),
            (false, false) if invite && self.unconfirmed.is_some() => Some(491),
            (false, false) => None,
        }
    }

    /// Take the peer's offer; `body` answers it, or is our offer when the peer asked for one.
    pub fn accept_offer(&mut self, wire: &mut Wire, body: Vec<u8>, now: Micros) {
        if let Some(theirs) = self.theirs.take() {
            self.agree(wire, *theirs, body, now);
        }
        self.send_queued(wire, now);
    }

    fn agree(&mut self, wire: &mut Wire, theirs: TheirOffer, body: Vec<u8>, now: Micros) {
        let TheirOffer { key, template: mut response, method, body: offer, timer, .. } = theirs;
        response.headers.push(Name::Contact, self.dialog.contact.as_str());
        response.headers.push(Name::Allow, ALLOW);
        response.headers.push(Name::Supported, SUPPORTED);
        stamp_timer(&mut response.headers, timer);
        self.timer = timer;
        if !body.is_empty() {
            response.headers.push(Name::ContentType, "application/sdp");
            response.body.clone_from(&body);
            self.local_sdp = body;
        }
        let asked = method == Method::Invite && offer.is_empty();
        if !offer.is_empty() {
            self.remote_sdp = offer;
        }
        match method {
            Method::Invite => self.confirm(wire, key, response, asked, now),
            _ => wire.respond(Some(self.leg), key, response, now),
        }
    }

    /// Refuse the peer's offer; the session stays as it was.
    pub fn refuse_offer(&mut self, wire: &mut Wire, status: u16, now: Micros) {
        if let Some(theirs) = self.theirs.take() {
            let response = headers_only(theirs.template, status);
            wire.respond(Some(self.leg), theirs.key, response, now);
        }
        self.send_queued(wire, now);
    }
}

/// A refusal made of the beginnings of an answer.
pub(crate) fn headers_only(mut template: Response, status: u16) -> Response {
    template.status = status;
    template.reason = crate::status::reason_phrase(status).to_owned();
    template
}

/// Say in a 2xx of ours which timer it agrees to (RFC 4028 §9).
pub(crate) fn stamp_timer(headers: &mut Headers, timer: Option<SessionTimer>) {
    if let Some(timer) = timer {
        headers.push(Name::SessionExpires, timer.header(false));
        if !timer.ours {
            headers.push(Name::Require, "timer");
        }
    }
}
