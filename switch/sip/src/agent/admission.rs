//! How what the gate and the registrar decide becomes answers and events.

use super::Agent;
use super::event::AgentEvent;
use super::gate::{self, Admitted, Decision};
use super::refusals::Refusal;
use super::registrar::{Aor, Change, Outcome};
use crate::message::Request;
use crate::{Flow, Micros, Name, ServerKey};

impl Agent {
    /// Whether an INVITE may come in; if not, it has been answered.
    pub(super) fn admit_call(
        &mut self,
        key: ServerKey,
        request: &Request,
        flow: &Flow,
        now: Micros,
    ) -> Option<Admitted> {
        let decision = match self.legs.len() >= self.wire.config.most_legs {
            true => gate::full("There are as many calls as may be."),
            false => self.gate.admit_call(request, flow, &mut self.trunks, now),
        };
        self.enact(key, request, flow, decision, now)
    }

    fn enact(
        &mut self,
        key: ServerKey,
        request: &Request,
        flow: &Flow,
        decision: Decision,
        now: Micros,
    ) -> Option<Admitted> {
        match decision {
            Decision::Admitted(admitted) => return Some(admitted),
            Decision::Challenged { realm, stale, wrong } => {
                let mut response = self.response(request, 401, "");
                for challenge in self.gate.challenges(&realm, stale, now) {
                    response.headers.push(Name::WwwAuthenticate, challenge);
                }
                self.wire.respond(None, key, response, now);
                if let Some(why) = wrong {
                    self.tell_refused(request, flow, 401, why.to_owned(), now);
                }
            }
            Decision::Refused { status, why, retry_after } => {
                let mut response = self.response(request, status, "");
                if let Some(seconds) = retry_after {
                    response.headers.push(Name::RetryAfter, seconds.to_string());
                }
                self.wire.respond(None, key, response, now);
                self.tell_refused(request, flow, status, why, now);
            }
        }
        None
    }

    /// Refuse a request, and say why to our side.
    pub(super) fn refuse(
        &mut self,
        key: ServerKey,
        request: &Request,
        flow: &Flow,
        status: u16,
        why: &str,
        now: Micros,
    ) {
        self.respond(key, request, status, "", now);
        self.tell_refused(request, flow, status, why.to_owned(), now);
    }

    pub(super) fn tell_refused(&mut self, request: &Request, flow: &Flow, status: u16, why: String, now: Micros) {
        let from = request.headers.from();
        let refusal = Refusal {
            why,
            status,
            method: request.method.clone(),
            from_uri: from.map(|from| from.uri.to_string()).unwrap_or_default(),
            to_uri: request.uri.to_string(),
            source: flow.peer.ip(),
            count: 1,
        };
        if let Some(refusal) = self.refusals.add(refusal, now) {
            self.wire.tell(AgentEvent::Refused(refusal));
        }
    }

    pub(super) fn register_came(&mut self, key: ServerKey, request: &Request, flow: &Flow, now: Micros) {
        let decision = self.gate.admit_phone(request, flow, now);
        let Some(admitted) = self.enact(key, request, flow, decision, now) else {
            return;
        };
        let aor = Aor::new(&admitted.domain, &admitted.username);
        let to = request.headers.to().map(|to| to.uri);
        let is_own = to.is_some_and(|to| {
            to.user_text() == admitted.username && self.gate.domain_of(&to.host) == Some(&admitted.domain)
        });
        if !is_own {
            self.refuse(key, request, flow, 403, "A user may register phones of its own only.", now);
            return;
        }
        let limits = self.wire.config.registrar;
        match self.registrar.register(&aor, request, flow, &limits, now) {
            Outcome::Done { contacts, changes } => {
                let mut response = self.response(request, 200, "");
                for contact in contacts {
                    response.headers.push(Name::Contact, contact);
                }
                for path in request.headers.all(&Name::Path) {
                    response.headers.push(Name::Path, path);
                }
                self.wire.respond(None, key, response, now);
                self.tell_changes(changes);
            }
            Outcome::TooBrief(least) => {
                let mut response = self.response(request, 423, "");
                response.headers.push(Name::MinExpires, least.to_string());
                self.wire.respond(None, key, response, now);
            }
            Outcome::Refused(status, why) => self.refuse(key, request, flow, status, why, now),
        }
    }

    pub(super) fn tell_changes(&mut self, changes: Vec<Change>) {
        for Change { aor, contact, expires_s, source } in changes {
            let Aor { domain, username } = aor;
            self.wire.tell(AgentEvent::Registered { domain, username, contact, expires_s, source });
        }
    }
}
