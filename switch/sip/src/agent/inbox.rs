//! What others ask of us, and where it goes.

use super::dialog::Dialog;
use super::event::{AgentEvent, Invitation};
use super::leg::{self, Call, Leg};
use super::session::Session;
use super::session_timer::{self, TooBrief};
use super::uas::Incoming;
use super::wire::{ALLOW, CONTACT_USER};
use super::{Agent, headers};
use crate::message::{Request, Response};
use crate::{Flow, Method, Micros, Name, Scheme, ServerKey};

impl Agent {
    pub(super) fn request_came(&mut self, key: ServerKey, request: Request, flow: &Flow, now: Micros) {
        let is_inside = request.headers.to().is_some_and(|to| to.tag().is_some());
        if !is_inside {
            self.request_outside(key, request, flow, now);
            return;
        }
        match leg::of_request(&request.headers).filter(|leg| self.legs.contains_key(leg)) {
            Some(number) => {
                if self.has_timeline(number) {
                    self.wire.signal_request(number, false, &request, Some(flow.peer));
                }
                self.with(number, now, |leg, wire| leg.request(wire, key, request, flow, now));
            }
            None => self.respond(key, &request, 481, "", now),
        }
    }

    pub(super) fn cancel_came(&mut self, invite: ServerKey, now: Micros) {
        let Some(number) = self.wire.invites.remove(&invite) else {
            return;
        };
        self.with(number, now, |leg, wire| match &mut leg.call {
            Call::Incoming(call) => leg::Step::End(call.cancelled(wire, now)),
            _ => leg::Step::Stay,
        });
    }

    fn request_outside(&mut self, key: ServerKey, request: Request, flow: &Flow, now: Micros) {
        if !matches!(request.uri.scheme, Scheme::Sip | Scheme::Sips) {
            self.respond(key, &request, 416, "", now);
            return;
        }
        if let Some(unknown) = headers::unknown_extensions(&request.headers) {
            let mut response = self.response(&request, 420, "");
            response.headers.push(Name::Unsupported, unknown);
            self.wire.respond(None, key, response, now);
            return;
        }
        match request.method {
            Method::Invite => self.invite_came(key, request, flow, now),
            Method::Register => self.register_came(key, &request, flow, now),
            Method::Options => {
                let mut response = headers::capabilities(&request);
                self.tag(&mut response);
                self.wire.respond(None, key, response, now);
            }
            Method::Bye | Method::Update | Method::Info | Method::Prack | Method::Notify => {
                self.respond(key, &request, 481, "", now);
            }
            Method::Other(_) => self.respond(key, &request, 501, "", now),
            _ => {
                let mut response = self.response(&request, 405, "");
                response.headers.push(Name::Allow, ALLOW);
                self.wire.respond(None, key, response, now);
            }
        }
    }

    fn invite_came(&mut self, key: ServerKey, request: Request, flow: &Flow, now: Micros) {
        let Some(admitted) = self.admit_call(key, &request, flow, now) else {
            return;
        };
        let offer = headers::sdp(&request.headers, &request.body).map(<[u8]>::to_vec);
        if offer.is_none() && !request.body.is_empty() {
            let mut response = self.response(&request, 415, "");
            response.headers.push(Name::Accept, "application/sdp");
            self.wire.respond(None, key, response, now);
            return;
        }
        let timer = match session_timer::answer(&request, &self.wire.config.session_timer, now) {
            Ok(timer) => timer,
            Err(TooBrief(floor)) => {
                let mut response = self.response(&request, 422, "");
                response.headers.push(Name::MinSe, floor.to_string());
                self.wire.respond(None, key, response, now);
                return;
            }
        };
        let number = self.next_leg;
        let tag = leg::new_tag(number, &mut self.wire.random);
        let contact = self.wire.contact(CONTACT_USER, flow.transport, flow.peer);
        let (Some(from), Some(to)) = (request.headers.from(), request.headers.to()) else {
            self.respond(key, &request, 400, "", now);
            return;
        };
        let dialog = match Dialog::uas(&request, flow, tag, contact) {
            Ok(dialog) => dialog,
            Err(why) => {
                self.respond(key, &request, 400, why, now);
                return;
            }
        };
        self.next_leg += 1;
        self.wire.invites.insert(key, number);
        self.wire.signal_request(number, false, &request, Some(flow.peer));
        let session = Session::new(number, dialog, false);
        let incoming = Incoming::new(&mut self.wire, key, &request, session, timer, now);
        let trunk = (!admitted.trunk.is_empty()).then(|| admitted.trunk.clone());
        if let Some(trunk) = &trunk {
            self.trunks.begin(trunk);
        }
        self.legs.insert(number, Leg::new(Call::Incoming(Box::new(incoming)), trunk));
        self.rearm(number);
        self.wire.tell(AgentEvent::Invited(Box::new(Invitation {
            leg: number,
            offer,
            from: from.uri,
            from_name: from.display,
            to: to.uri,
            domain: admitted.domain,
            trunk: admitted.trunk,
            username: admitted.username,
            source: flow.peer,
            transport: flow.transport,
            call_id: request.headers.call_id().unwrap_or_default().to_owned(),
            headers: headers::for_applications(&request.headers),
            uri: request.uri,
        })));
    }

    pub(super) fn respond(&mut self, key: ServerKey, request: &Request, status: u16, reason: &str, now: Micros) {
        let response = self.response(request, status, reason);
        self.wire.respond(None, key, response, now);
    }

    /// An answer outside of any dialog, with a tag of its own.
    pub(super) fn response(&mut self, request: &Request, status: u16, reason: &str) -> Response {
        let mut response = Response::to_request(request, status, reason);
        self.tag(&mut response);
        response
    }

    fn tag(&mut self, response: &mut Response) {
        if let Some(to) = response.headers.to().filter(|to| to.tag().is_none()) {
            let tag = self.wire.random.token();
            response.headers.set(Name::To, to.with_tag(&tag).to_string());
        }
    }
}
