//! What the owner asks for. A command to a leg that is gone, or in a state where it means nothing, does nothing.

use super::Agent;
use super::branch::{Destination, OUT_OF_REACH};
use super::config::{Domain, Outbound, Trunk};
use super::dialog::Hop;
use super::event::{AgentEvent, Cause, Ending, Fields};
use super::leg::{Call, Leg, Step};
use super::registrar::Aor;
use super::session::Session;
use super::trunks::Full;
use super::uac::Outgoing;
use super::wire::Task;
use crate::{Method, Micros, Name, Uri};

impl Agent {
    /// Make a call. `Progress` and `Answered` tell how it goes.
    pub fn invite(&mut self, leg: u64, outbound: Outbound, now: Micros) {
        if self.legs.contains_key(&leg) {
            return;
        }
        let trunk = self.trunks.of_gateway(outbound.next_hop.as_ref().unwrap_or(&outbound.uri));
        let to = match self.destinations(&outbound, trunk.as_deref()) {
            Ok(to) => to,
            Err(ending) => {
                self.ended(leg, ending);
                return;
            }
        };
        if let Some(trunk) = &trunk {
            self.trunks.begin(trunk);
        }
        let call = Outgoing::start(&mut self.wire, leg, outbound, to, now);
        self.legs.insert(leg, Leg::new(Call::Outgoing(Box::new(call)), trunk));
        self.rearm(leg);
        self.settle(now);
    }

    /// Where a call goes: to the phones of a user of ours, or where it says.
    fn destinations(&self, outbound: &Outbound, trunk: Option<&str>) -> Result<Vec<Destination>, Ending> {
        if let Some(Err(Full(why))) = trunk.map(|trunk| self.trunks.has_channel(trunk)) {
            return Err(Ending::failed(503, why));
        }
        let uri = outbound.uri.clone().without_headers();
        if let (Some(domain), None) = (self.gate.domain_of(&uri.host), &outbound.next_hop) {
            let phones = self.registrar.lookup(&Aor::new(domain, &uri.user_text()));
            return match phones.is_empty() {
                true => Err(Ending::new(Cause::NoAnswer, 480, "The user has no phone that is registered.")),
                false => Ok(phones),
            };
        }
        let hop = Hop::to(outbound.next_hop.as_ref().unwrap_or(&uri));
        if matches!(&hop, Hop::At(target) if !outbound.reach.permits(target.addr.ip())) {
            return Err(Ending::failed(403, OUT_OF_REACH));
        }
        Ok(vec![Destination { uri, routes: Vec::new(), hop }])
    }

    /// Whether this is an address in a domain of ours that takes TLS and SRTP only.
    pub fn is_in_secure_domain(&self, uri: &Uri) -> bool {
        self.gate.is_secure(&uri.host)
    }

    /// Whether a call to this address goes to phones of ours, all of which registered over TLS.
    pub fn reaches_over_tls(&self, uri: &Uri) -> bool {
        let domain = self.gate.domain_of(&uri.host);
        domain.is_some_and(|domain| self.registrar.is_over_tls(&Aor::new(domain, &uri.user_text())))
    }

    /// Tell a caller that the phone rings (180), or, with an SDP answer, that early media follow (183).
    pub fn ring(&mut self, leg: u64, body: Option<Vec<u8>>, now: Micros) {
        self.command(leg, now, |leg, wire| {
            if let Call::Incoming(call) = &mut leg.call {
                call.ring(wire, body, now);
            }
            Step::Stay
        });
    }

    /// Take a call, with an SDP answer, or an offer when the caller made none.
    pub fn answer(&mut self, leg: u64, body: Vec<u8>, now: Micros) {
        self.command(leg, now, |leg, wire| match &mut leg.call {
            Call::Incoming(call) => call.answer(wire, body, now),
            _ => Step::Stay,
        });
    }

    /// Refuse a call that came in, with 300 to 699; an empty reason becomes the usual phrase.
    pub fn reject(&mut self, leg: u64, status: u16, reason: &str, fields: &Fields, now: Micros) {
        self.command(leg, now, |leg, wire| match &mut leg.call {
            Call::Incoming(call) => {
                let status = if (300..700).contains(&status) { status } else { 480 };
                call.reject(wire, status, reason, fields, now);
                Step::End(Ending::new(Cause::Rejected, status, reason))
            }
            _ => Step::Stay,
        });
    }

    /// The Call-ID of a leg; of the first dialog, while it rings in several places.
    pub fn call_id(&self, leg: u64) -> Option<&str> {
        self.legs.get(&leg).and_then(Leg::call_id)
    }

    /// End a leg in whatever state it is: by CANCEL, BYE or a refusal. `cause` comes back in `Ended`.
    pub fn hang_up(&mut self, leg: u64, cause: &str, now: Micros) {
        let ending = Ending::new(Cause::Given(cause.to_owned()), 0, "");
        self.command(leg, now, |leg, wire| leg.hang_up(wire, ending, now));
    }

    /// Offer a change of the session. `OfferAnswered` or `OfferRefused` follows. While another offer is open it waits; of
    /// several that wait the last one counts.
    pub fn offer(&mut self, leg: u64, body: Vec<u8>, now: Micros) {
        self.in_session(leg, now, |session, wire| session.offer(wire, body, now));
    }

    /// Answer an `Offered`; when it had no body, `body` is our offer and `OfferAnswered` follows.
    pub fn accept_offer(&mut self, leg: u64, body: Vec<u8>, now: Micros) {
        self.command(leg, now, |leg, wire| {
            if let Some(session) = leg.sessions().into_iter().find(|session| session.theirs.is_some()) {
                session.accept_offer(wire, body, now);
            }
            Step::Stay
        });
    }

    /// Refuse an `Offered`; 488 says that the SDP does not suit us.
    pub fn refuse_offer(&mut self, leg: u64, status: u16, now: Micros) {
        self.command(leg, now, |leg, wire| {
            for session in leg.sessions() {
                session.refuse_offer(wire, status, now);
            }
            Step::Stay
        });
    }

    /// Send a body by INFO.
    pub fn info(&mut self, leg: u64, content_type: &str, body: Vec<u8>, now: Micros) {
        self.in_session(leg, now, |session, wire| {
            let mut request = session.dialog.request(Method::Info);
            request.headers.push(Name::ContentType, content_type);
            request.body = body;
            session.send(wire, Task::Tell, request, now);
        });
    }

    /// Ask the peer to connect to `to` instead. `ReferState` tells how it goes.
    pub fn refer(&mut self, leg: u64, to: &Uri, fields: Fields, now: Micros) {
        self.in_session(leg, now, |session, wire| {
            if !session.refer(wire, to, fields, now) {
                wire.tell(AgentEvent::ReferState { leg, answer: 491, status: 491, done: true });
            }
        });
    }

    /// Take a `Referred`; [`Agent::notify_refer`] then tells the peer how it goes.
    pub fn accept_refer(&mut self, leg: u64, now: Micros) {
        self.in_session(leg, now, |session, wire| session.accept_refer(wire, now));
    }

    /// Decline a `Referred`; 603 is usual.
    pub fn refuse_refer(&mut self, leg: u64, status: u16, now: Micros) {
        self.in_session(leg, now, |session, wire| session.refuse_refer(wire, status, now));
    }

    /// Tell the peer how far the transfer that it asked for has got; a final status ends the matter.
    pub fn notify_refer(&mut self, leg: u64, status: u16, reason: &str, now: Micros) {
        self.in_session(leg, now, |session, wire| session.notify_refer(wire, status, reason, now));
    }

    /// Take over who may call and register, as a whole. Live calls go on; phones that may not register any more are
    /// forgotten.
    pub fn configure(&mut self, domains: Vec<Domain>, trunks: Vec<Trunk>, now: Micros) {
        self.gate.configure(domains);
        self.trunks.configure(&trunks);
        let gate = &self.gate;
        let gone = self.registrar.retain(|aor, _| gate.may_be_registered(&aor.domain, &aor.username));
        self.tell_changes(gone);
        self.health.configure(&trunks, &mut self.wire, now);
        self.registrations.configure(&trunks, &mut self.wire, now);
        self.settle(now);
    }

    /// Before the end: no new calls, and trunks send us none any more. Live calls go on.
    pub fn drain(&mut self, now: Micros) {
        self.refuse_new_calls(true);
        self.health.configure(&[], &mut self.wire, now);
        self.registrations.leave_all(&mut self.wire, now);
        self.settle(now);
    }

    /// Refuse (or take again) new calls with 503 and Retry-After; live ones go on.
    pub fn refuse_new_calls(&mut self, refuse: bool) {
        self.wire.endpoint.refuse_calls(refuse);
    }

    fn in_session(&mut self, leg: u64, now: Micros, act: impl FnOnce(&mut Session, &mut super::wire::Wire)) {
        self.command(leg, now, |leg, wire| {
            if let Some(session) = leg.session() {
                act(session, wire);
            }
            Step::Stay
        });
    }

    fn command(&mut self, leg: u64, now: Micros, act: impl FnOnce(&mut Leg, &mut super::wire::Wire) -> Step) {
        self.with(leg, now, act);
        self.settle(now);
    }
}
