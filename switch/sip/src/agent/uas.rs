//! A call that has come in and is not answered (RFC 3261 §13.3).
//!
//! Rule 1: each answer is made of one template, so that all of them are of one early dialog.
//! Rule 2: an SDP answer that went out reliably is not repeated in the 2xx (RFC 3262 §5, RFC 6337 §2).

use super::event::{Cause, Ending, Fields};
use super::headers;
use super::leg::Step;
use super::offers::{Stage, headers_only, stamp_timer};
use super::reliable::{Acknowledged, Mode, Reliable};
use super::session::Session;
use super::session_timer::SessionTimer;
use super::wire::{ALLOW, SUPPORTED, Wire};
use crate::message::{Request, Response};
use crate::{Method, Micros, Name, ServerKey};

/// How often a provisional answer is repeated so that no proxy gives the call up (RFC 3261 §13.3.1.1).
const REMINDER: Micros = 60_000_000;

pub(crate) struct Incoming {
    key: ServerKey,
    template: Response,
    pub session: Session,
    timer: Option<SessionTimer>,
    mode: Mode,
    /// A provisional answer whose PRACK has not come.
    reliable: Option<Box<Reliable>>,
    rseq: u32,
    /// What is to be said once it has: at most one provisional answer, and the final one.
    next: Option<Option<Vec<u8>>>,
    answer: Option<Vec<u8>>,
    reminder: Option<(Micros, Box<Response>)>,
    /// When nobody will decide any more.
    until: Micros,
}

impl Incoming {
    pub fn new(
        wire: &mut Wire,
        key: ServerKey,
        invite: &Request,
        mut session: Session,
        timer: Option<SessionTimer>,
        now: Micros,
    ) -> Self {
        let mut template = Response::to_request(invite, 200, "");
        if let Some(to) = template.headers.to() {
            let to = to.with_tag(&session.dialog.local_tag);
            template.headers.set(Name::To, to.to_string());
        }
        for route in invite.headers.all(&Name::RecordRoute) {
            template.headers.push(Name::RecordRoute, route);
        }
        template.headers.push(Name::Contact, session.dialog.contact.as_str());
        template.headers.push(Name::Allow, ALLOW);
        session.remote_sdp.clone_from(&invite.body);
        session.learn(&invite.headers);
        Self {
            key,
            template,
            session,
            timer,
            mode: Mode::of(&invite.headers),
            reliable: None,
            rseq: (wire.random.bits() % 0x7fff_0000) as u32 + 1,
            next: None,
            answer: None,
            reminder: None,
            until: now + wire.config.unanswered,
        }
    }

    /// The INVITE asked us to make the offer.
    fn is_late(&self) -> bool {
        self.session.remote_sdp.is_empty()
    }

    /// Tell the caller that the phone rings (180), or with SDP that early media follow (183).
    pub fn ring(&mut self, wire: &mut Wire, body: Option<Vec<u8>>, now: Micros) {
        if self.answer.is_some() {
            return;
        }
        if self.reliable.is_some() {
            self.next = Some(body);
            return;
        }
        let asks_first = self.is_late() && self.session.stage == Stage::Opening;
        let reliable = match (self.mode, &body) {
            // The first reliable answer to an INVITE without offer must make one, which ringing alone has not.
            (Mode::Required, None) if asks_first => return,
            (Mode::Required, _) | (Mode::Supported, Some(_)) => true,
            (Mode::Supported, None) | (Mode::Never, _) => false,
        };
        let mut response = headers_only(self.template.clone(), if body.is_some() { 183 } else { 180 });
        if let Some(body) = body.filter(|_| self.session.stage == Stage::Opening) {
            response.headers.push(Name::ContentType, "application/sdp");
            response.body.clone_from(&body);
            self.session.local_sdp = body;
        }
        if !reliable {
            wire.respond(Some(self.session.leg), self.key, response.clone(), now);
            self.reminder = Some((now + REMINDER, Box::new(response)));
            return;
        }
        self.rseq += 1;
        response.headers.push(Name::Require, "100rel");
        response.headers.push(Name::RSeq, self.rseq.to_string());
        wire.respond(Some(self.session.leg), self.key, response.clone(), now);
        let timing = &wire.config.endpoint.timing;
        self.reminder = None;
        self.reliable = Some(Box::new(Reliable::new(self.rseq, response, timing, now)));
    }

    /// A PRACK came.
    pub fn prack(&mut self, wire: &mut Wire, key: ServerKey, request: &Request, now: Micros) -> Step {
        let leg = self.session.leg;
        let known = self.reliable.take_if(|waiting| waiting.is_meant_by(&request.headers));
        let Some(reliable) = known else {
            self.session.refuse(wire, key, request, 481, "", now);
            return Step::Stay;
        };
        let asked = reliable.has_sdp() && self.is_late();
        match reliable.acknowledged(request, asked) {
            Acknowledged::Plainly => self.session.refuse(wire, key, request, 200, "", now),
            // A new offer here would leave us without time to think; UPDATE is the place for it.
            Acknowledged::WithOffer => self.session.refuse(wire, key, request, 488, "", now),
            Acknowledged::WithAnswer(body) => {
                self.session.refuse(wire, key, request, 200, "", now);
                self.session.remote_sdp.clone_from(&body);
                wire.tell(super::AgentEvent::OfferAnswered { leg, body });
            }
        }
        if reliable.has_sdp() {
            self.session.stage = Stage::Settled;
        }
        if let Some(body) = self.answer.take() {
            return self.answer(wire, body, now);
        }
        if let Some(body) = self.next.take() {
            self.ring(wire, body, now);
        }
        Step::Stay
    }

    /// Take the call. It waits for the PRACK of a provisional answer with SDP (RFC 3262 §3).
    pub fn answer(&mut self, wire: &mut Wire, body: Vec<u8>, now: Micros) -> Step {
        if self.reliable.as_ref().is_some_and(|reliable| reliable.has_sdp()) {
            self.answer = Some(body);
            return Step::Stay;
        }
        wire.invites.remove(&self.key);
        let mut response = self.template.clone();
        response.headers.push(Name::Supported, SUPPORTED);
        stamp_timer(&mut response.headers, self.timer);
        let settled = self.session.stage == Stage::Settled;
        if !settled {
            response.headers.push(Name::ContentType, "application/sdp");
            response.body.clone_from(&body);
            self.session.local_sdp = body;
        }
        self.session.stage = Stage::Up;
        self.session.timer = self.timer;
        if let Some(timer) = &mut self.session.timer {
            timer.restart(now);
        }
        let asks = self.is_late() && !settled;
        self.session.confirm(wire, self.key, response, asks, now);
        Step::Up
    }

    /// Refuse the call.
    pub fn reject(&mut self, wire: &mut Wire, status: u16, reason: &str, fields: &Fields, now: Micros) {
        wire.invites.remove(&self.key);
        self.session.drop_offers(wire, now);
        let mut response = headers_only(self.template.clone(), status);
        response.headers.remove(&Name::Contact);
        if !reason.is_empty() {
            response.reason = reason.replace(['\r', '\n'], " ");
        }
        headers::add(&mut response.headers, fields);
        wire.respond(Some(self.session.leg), self.key, response, now);
    }

    /// The caller gave up.
    pub fn cancelled(&mut self, wire: &mut Wire, now: Micros) -> Ending {
        self.reject(wire, 487, "", &Vec::new(), now);
        Ending::new(Cause::Canceled, 487, "The caller gave up.")
    }

    /// A request came in the early dialog.
    pub fn request(
        &mut self,
        wire: &mut Wire,
        key: ServerKey,
        request: Request,
        flow: &crate::Flow,
        now: Micros,
    ) -> Step {
        if !self.session.dialog.owns(&request.headers) {
            self.session.refuse(wire, key, &request, 481, "", now);
            return Step::Stay;
        }
        if request.method == Method::Prack {
            let cseq = request.headers.cseq().map_or(0, |(number, _)| number);
            if !self.session.dialog.is_in_order(cseq) {
                self.session.refuse(wire, key, &request, 500, "Out of order", now);
                return Step::Stay;
            }
            return self.prack(wire, key, &request, now);
        }
        match self.session.request(wire, key, request, flow, now) {
            Some(_) => Step::End(self.cancelled(wire, now)),
            None => Step::Stay,
        }
    }

    pub fn wake(&self) -> Option<Micros> {
        let reliable = self.reliable.as_ref().map(|reliable| reliable.wake());
        let reminder = self.reminder.as_ref().map(|&(at, _)| at);
        let session = self.session.wake();
        [reliable, reminder, session, Some(self.until)].into_iter().flatten().min()
    }

    pub fn wake_up(&mut self, wire: &mut Wire, now: Micros) -> Step {
        if self.until <= now {
            self.reject(wire, 480, "", &Vec::new(), now);
            return Step::End(Ending::new(Cause::NoAnswer, 480, "Nobody decided on the call."));
        }
        if let Some((at, response)) = &mut self.reminder
            && *at <= now
        {
            *at = now + REMINDER;
            wire.endpoint.respond(self.key, response, now);
        }
        if let Some(reliable) = &mut self.reliable {
            if reliable.is_lost(now) {
                self.reject(wire, 504, "No PRACK", &Vec::new(), now);
                let why = "The caller never acknowledged that it rings.";
                return Step::End(Ending::failed(504, why));
            }
            if let Some(response) = reliable.due(now) {
                wire.endpoint.respond(self.key, response, now);
            }
        }
        match self.session.wake_up(wire, now) {
            Some(ending) => Step::End(ending),
            None => Step::Stay,
        }
    }
}
