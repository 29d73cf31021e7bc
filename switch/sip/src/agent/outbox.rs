//! What others answer to us, and where it goes.

use super::dialog::Dialog;
use super::leg::{Call, Step};
use super::wire::{Farewell, Purpose, Task, Waiting};
use super::{Agent, auth};
use crate::message::{Request, Response};
use crate::{ClientKey, Method, Micros, Name, Target};

impl Agent {
    pub(super) fn response_came(&mut self, key: ClientKey, response: Response, now: Micros) {
        let of_invite = matches!(response.headers.cseq(), Some((_, Method::Invite)));
        let more = response.is_provisional() || (of_invite && response.is_success());
        let Some(purpose) = self.wire.purpose(key, more) else {
            return;
        };
        if let Some(leg) = purpose.leg().filter(|&leg| self.has_timeline(leg)) {
            self.wire.signal_response(leg, false, &response);
        }
        match purpose {
            Purpose::Invite { leg, branch } => self.with(leg, now, |leg, wire| match &mut leg.call {
                Call::Outgoing(call) => call.response(wire, branch, key, response, now),
                _ => Step::Stay,
            }),
            Purpose::Forks(forks) if response.is_success() => self.fork_answered(key, forks, &response, now),
            Purpose::Forks(_) => {}
            Purpose::Session { leg, task } => self.answered_inside(Some(key), leg, task, &response, now),
            Purpose::Register { id } => self.registrations.answered(&mut self.wire, id, &response, now),
            Purpose::Health { id } => self.health.answered(&mut self.wire, id, response.status),
            Purpose::Farewell(farewell) => {
                if let Some(farewell) = farewell.filter(|_| matches!(response.status, 401 | 407)) {
                    self.say_goodbye_again(*farewell, &response, now);
                }
            }
        }
    }

    fn answered_inside(&mut self, key: Option<ClientKey>, number: u64, task: Task, response: &Response, now: Micros) {
        let Some(leg) = self.legs.get_mut(&number) else {
            self.acknowledge_stray(response);
            return;
        };
        self.at_work = Some(number);
        let mut ending = None;
        let is_of = |response: &Response, tag: &str| response.headers.to().is_some_and(|to| to.tag() == Some(tag));
        for session in leg.sessions() {
            if key.is_none() || is_of(response, &session.dialog.remote_tag) {
                ending = session.response(&mut self.wire, key, task, response, now);
                break;
            }
        }
        let step = match (ending, &leg.call) {
            (Some(ending), Call::Up(_)) => Step::Leave(ending, None),
            _ => Step::Stay,
        };
        self.take(number, step, now);
        self.at_work = None;
    }

    /// A re-INVITE was taken after its call had ended.
    fn acknowledge_stray(&mut self, response: &Response) {
        if let (Some((cseq, Method::Invite)), true) = (response.headers.cseq(), response.is_success())
            && let Ok(dialog) = Dialog::of_answer(response, None)
        {
            self.wire.acknowledge(None, dialog.ack(cseq), &dialog.hop());
        }
    }

    /// The peer wants to know who says BYE. It is told once.
    fn say_goodbye_again(&mut self, farewell: Farewell, challenge: &Response, now: Micros) {
        let Farewell { mut dialog, bye, credentials } = farewell;
        let mut again = dialog.request(Method::Bye);
        if let Some(reason) = bye.headers.get(&Name::Reason) {
            again.headers.push(Name::Reason, reason);
        }
        auth::authorise(&mut again, challenge, &credentials, &mut self.wire.random);
        self.wire.request(Purpose::Farewell(None), again, &dialog.hop(), now);
    }

    /// No answer will come.
    pub(super) fn unanswered(&mut self, key: ClientKey, status: u16, why: &str, now: Micros) {
        if let Some(purpose) = self.wire.purpose(key, false) {
            self.no_answer(purpose, status, why, now);
        }
    }

    fn no_answer(&mut self, purpose: Purpose, status: u16, why: &str, now: Micros) {
        match purpose {
            Purpose::Invite { leg, branch } => self.with(leg, now, |leg, wire| match &mut leg.call {
                Call::Outgoing(call) => call.unreachable(wire, branch, status, why, now),
                _ => Step::Stay,
            }),
            Purpose::Session { leg, task } => {
                let response =
                    Response { status, reason: why.to_owned(), headers: crate::Headers::default(), body: Vec::new() };
                self.answered_inside(None, leg, task, &response, now);
            }
            Purpose::Register { id } => self.registrations.failed(&mut self.wire, id, why, now),
            Purpose::Health { id } => self.health.failed(&mut self.wire, id, why),
            Purpose::Forks(_) | Purpose::Farewell(_) => {}
        }
    }

    /// The addresses that a [`super::AgentOutput::Resolve`] asked for, best first; none when there are none.
    pub fn resolved(&mut self, query: u64, targets: Vec<Target>, now: Micros) {
        match self.wire.take_waiting(query) {
            Some(Waiting::Branch { leg, branch }) => self.with(leg, now, |leg, wire| match &mut leg.call {
                Call::Outgoing(call) => call.resolved(wire, branch, targets, now),
                _ => Step::Stay,
            }),
            Some(Waiting::Gateway { id }) => {
                if let Some(trunk) = self.health.resolved(&mut self.wire, id, &targets, now) {
                    self.trunks.learn(&trunk, targets.iter().map(|target| target.addr.ip()));
                }
            }
            Some(Waiting::Request(purpose, request)) => match targets.into_iter().next() {
                Some(target) => self.send_resolved(purpose, request, target, now),
                None => self.no_answer(purpose, 503, "The host has no address.", now),
            },
            Some(Waiting::Ack(ack)) => {
                if let Some(target) = targets.into_iter().next() {
                    self.wire.endpoint.send(ack, target);
                }
            }
            None => {}
        }
        self.settle(now);
    }

    fn send_resolved(&mut self, purpose: Purpose, request: Request, target: Target, now: Micros) {
        if let Purpose::Register { id } = &purpose
            && let Some(trunk) = self.registrations.trunk(*id)
        {
            self.trunks.learn(trunk, [target.addr.ip()].into_iter());
        }
        let is_over = matches!(&purpose, Purpose::Session { leg, .. } if !self.legs.contains_key(leg));
        if !is_over {
            self.wire.request_at(purpose, request, target, now);
        }
    }
}
