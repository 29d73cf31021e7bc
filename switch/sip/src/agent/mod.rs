//! The use of SIP for calls: dialogs, offers, transfers, registrations, and who may call. No sockets, no clock.
//!
//! 1. Tell it what to do ([`Agent::invite`], [`Agent::answer`], …) or what came in ([`Agent::receive`]).
//! 2. Drain [`Agent::poll`] until it yields nothing.
//! 3. Wait for the next message or for [`Agent::next_timeout`]; then [`Agent::handle_timeout`], and drain again.
//!
//! Rule 1: a leg has a number for life. Who makes a call gives it; for one that comes in the agent takes the next one.
//! Rule 2: the last event of a leg is `Ended`, exactly once. It is told when the matter is decided; goodbyes that are
//! still on the wire then, and phones that take the call too late, are seen to without the leg.
//! Rule 3: a command to a leg that is gone does nothing: the two have crossed.
//! Rule 4: bodies are bytes; the owner makes and reads SDP.

mod admission;
mod auth;
mod branch;
mod commands;
mod config;
mod dialog;
mod event;
mod forks;
mod gate;
mod headers;
mod health;
mod inbox;
mod info;
mod leg;
mod network;
mod offers;
mod outbox;
mod passwords;
mod refer;
mod refusals;
mod registrar;
mod registration;
mod reliable;
mod session;
mod session_timer;
mod trunks;
mod uac;
mod uas;
mod wire;

use std::collections::HashMap;

pub use config::{
    Config, Credential, Credentials, Domain, Gateway, Outbound, Reach, RegistrarLimits, Registration, Trunk,
};
pub use event::{AgentEvent, AgentOutput, Cause, Fields, Invitation};
pub use network::{Network, NotANetwork};
pub use refusals::Refusal;
pub use session_timer::Limits as SessionTimerLimits;

use crate::message::Message;
use crate::{Flow, Micros, Output, Target};
use event::Ending;
use gate::Gate;
use health::Health;
use leg::{Call, Leg, Step};
use refusals::Refusals;
use registrar::Registrar;
use registration::Registrations;
use trunks::Trunks;
use wire::Wire;

/// All calls of one switch.
pub struct Agent {
    legs: HashMap<u64, Leg>,
    wire: Wire,
    gate: Gate,
    trunks: Trunks,
    registrar: Registrar,
    registrations: Registrations,
    health: Health,
    refusals: Refusals,
    next_leg: u64,
    /// The leg that is being worked on.
    at_work: Option<u64>,
}

impl Agent {
    /// An agent without calls. The seed decides every tag, branch and nonce; take it from the system's randomness.
    pub fn new(config: Config, seed: u64) -> Self {
        let next_leg = config.first_incoming_leg;
        let mut wire = Wire::new(config, seed);
        Self {
            legs: HashMap::new(),
            gate: Gate::new(&wire.config.digests, &mut wire.random),
            trunks: Trunks::default(),
            registrar: Registrar::default(),
            registrations: Registrations::default(),
            health: Health::default(),
            refusals: Refusals::default(),
            next_leg,
            at_work: None,
            wire,
        }
    }

    /// A message came in.
    pub fn receive(&mut self, message: Message, flow: Flow, now: Micros) {
        self.wire.endpoint.receive(message, flow, now);
        self.settle(now);
    }

    /// A datagram or a WebSocket frame came in. One that cannot be read gets the refusal that it is due.
    pub fn receive_bytes(&mut self, bytes: &[u8], flow: Flow, now: Micros) {
        match Message::parse(bytes) {
            Ok(message) => self.receive(message, flow, now),
            Err(fault) => {
                if let Some(reply) = fault.reply {
                    let bytes = reply.to_bytes().into();
                    self.wire.out.push_back(AgentOutput::Send { target: flow.target(), bytes });
                }
            }
        }
    }

    /// What was sent to `target` did not get through, or a connection is gone.
    pub fn transport_failed(&mut self, target: &Target, why: &str, now: Micros) {
        self.wire.endpoint.transport_failed(target, why);
        if let Some(connection) = target.connection.filter(|_| target.transport.is_reliable()) {
            let gone =
                self.registrar.retain(|_, flow| !(flow.transport.is_reliable() && flow.connection == connection));
            self.tell_changes(gone);
        }
        self.settle(now);
    }

    /// When [`Agent::handle_timeout`] is to be called at the latest.
    pub fn next_timeout(&self) -> Option<Micros> {
        let calls = [self.wire.endpoint.next_timeout(), self.wire.timers.next()];
        let others = [self.refusals.wake(), self.registrar.wake(), self.registrations.wake(), self.health.wake()];
        calls.into_iter().chain(others).flatten().min()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Micros) {
        self.wire.endpoint.handle_timeout(now);
        self.settle(now);
        while let Some((_, number)) = self.wire.timers.pop(now) {
            if let Some(leg) = self.legs.get_mut(&number) {
                leg.wake = None;
            }
            self.with(number, now, |leg, wire| leg.wake_up(wire, now));
        }
        let expired = self.registrar.expire(now);
        self.tell_changes(expired);
        self.registrations.wake_up(&mut self.wire, now);
        self.health.wake_up(&mut self.wire, now);
        for refusal in self.refusals.take(now) {
            self.wire.tell(AgentEvent::Refused(refusal));
        }
        self.settle(now);
    }

    /// What is to be done next, or has happened, in order.
    pub fn poll(&mut self) -> Option<AgentOutput> {
        self.wire.out.pop_front()
    }

    /// How many legs there are.
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// After a call of the agent that panicked: the leg that it worked on, when it was at work on one.
    pub fn interrupted(&mut self) -> Option<u64> {
        self.at_work.take()
    }

    /// Drop a leg whose state cannot be trusted any more, without a goodbye: what the peer sends for it gets 481.
    pub fn abandon(&mut self, leg: u64) {
        if self.remove(leg).is_some() {
            self.ended(leg, Ending::failed(500, "Something of the switch failed."));
        }
    }

    /// How many requests were turned away with 503 because of too much work, since the start.
    pub fn turned_away(&self) -> u64 {
        self.wire.endpoint.turned_away()
    }

    /// Whether everything is over that [`Agent::drain`] waits for: all calls, and our registrations.
    pub fn is_drained(&self) -> bool {
        self.legs.is_empty() && self.registrations.is_empty()
    }

    /// How many requests, questions and transactions are open: nothing, some time after the last call.
    pub fn open(&self) -> usize {
        let (clients, servers) = self.wire.endpoint.transactions();
        self.wire.open() + clients + servers
    }

    /// Take what the transactions have to say.
    fn settle(&mut self, now: Micros) {
        while let Some(output) = self.wire.endpoint.poll() {
            match output {
                Output::Send { target, bytes } => self.wire.out.push_back(AgentOutput::Send { target, bytes }),
                Output::Request { key, request, flow } => self.request_came(key, request, &flow, now),
                Output::Ack { request, flow } => {
                    if let Some(leg) = leg::of_request(&request.headers) {
                        self.with(leg, now, |leg, wire| leg.acknowledged(wire, &request, &flow, now));
                    }
                }
                Output::Cancel { invite } => self.cancel_came(invite, now),
                Output::Response { key, response } => self.response_came(key, response, now),
                Output::Closed { key } => self.wire.forget(key),
                Output::TimedOut { key } => {
                    self.unanswered(key, 408, "The far end did not answer at all.", now);
                }
                Output::Failed { key, why } => self.unanswered(key, 503, &why, now),
                Output::Gone { key, .. } => {
                    self.wire.invites.remove(&key);
                }
            }
        }
    }

    /// Do something with a leg, and take the step that follows.
    fn with(&mut self, number: u64, now: Micros, act: impl FnOnce(&mut Leg, &mut Wire) -> Step) {
        let Some(leg) = self.legs.get_mut(&number) else {
            return;
        };
        self.at_work = Some(number);
        let step = act(leg, &mut self.wire);
        self.take(number, step, now);
        self.at_work = None;
    }

    fn take(&mut self, number: u64, step: Step, now: Micros) {
        match step {
            Step::Stay => self.rearm(number),
            Step::Gone => {
                if let Some(Leg { call: Call::Leaving(session, reason), .. }) = self.remove(number) {
                    session.leave(&mut self.wire, None, reason, now);
                }
            }
            Step::Up => {
                let Some(leg) = self.legs.remove(&number) else {
                    return;
                };
                let call = match leg.call {
                    Call::Incoming(incoming) => Call::Up(Box::new(incoming.session)),
                    call => call,
                };
                self.legs.insert(number, Leg { call, ..leg });
                self.rearm(number);
            }
            Step::Became(session) => {
                if let Some(leg) = self.legs.get_mut(&number) {
                    leg.call = Call::Up(session);
                }
                self.rearm(number);
            }
            Step::End(ending) => {
                if let Some(Leg { call: Call::Up(mut session), .. }) = self.remove(number) {
                    session.drop_offers(&mut self.wire, now);
                }
                self.ended(number, ending);
            }
            Step::Leave(ending, reason) => self.leave(number, ending, reason, now),
        }
    }

    fn leave(&mut self, number: u64, ending: Ending, reason: Option<String>, now: Micros) {
        if let Some(leg) = self.remove(number)
            && let Call::Up(mut session) = leg.call
        {
            session.drop_offers(&mut self.wire, now);
            match session.may_leave() {
                true => session.leave(&mut self.wire, Some(number), reason, now),
                false => {
                    self.legs.insert(number, Leg::new(Call::Leaving(session, reason), None));
                    self.rearm(number);
                }
            }
        }
        self.ended(number, ending);
    }

    fn ended(&mut self, leg: u64, ending: Ending) {
        let Ending { cause, status, reason, headers } = ending;
        self.wire.tell(AgentEvent::Ended { leg, cause, status, reason, headers });
    }

    fn remove(&mut self, number: u64) -> Option<Leg> {
        let leg = self.legs.remove(&number)?;
        self.wire.timers.change(number, leg.wake, None);
        if let Some(trunk) = &leg.trunk {
            self.trunks.end(trunk);
        }
        Some(leg)
    }

    /// Whether messages of a leg are still told: not after its last word.
    fn has_timeline(&self, number: u64) -> bool {
        self.legs.get(&number).is_some_and(|leg| !matches!(leg.call, Call::Leaving(..)))
    }

    fn rearm(&mut self, number: u64) {
        if let Some(leg) = self.legs.get_mut(&number) {
            let wake = leg.next_wake();
            self.wire.timers.change(number, leg.wake, wake);
            leg.wake = wake;
        }
    }
}
