//! One leg: a call that comes in, goes out, is up, or is being left.
//!
//! Rule 1: what happens to a leg is a [`Step`]; the agent takes it, and only there a leg is made, changed or removed.
//! Rule 2: the tag of a leg says its number, so that a request finds its leg without a table; the rest of the tag is
//! what nobody can guess, and is compared.

use super::event::{Ending, Fields};
use super::session::Session;
use super::uac::Outgoing;
use super::uas::Incoming;
use super::wire::Wire;
use crate::message::{Request, Response};
use crate::random::Random;
use crate::{Flow, Headers, Method, Micros, ServerKey};

pub(crate) struct Leg {
    pub call: Call,
    /// The trunk whose channels it counts against.
    pub trunk: Option<String>,
    /// The deadline that is set for it.
    pub wake: Option<Micros>,
}

pub(crate) enum Call {
    Incoming(Box<Incoming>),
    Outgoing(Box<Outgoing>),
    Up(Box<Session>),
    /// It has ended, but BYE must wait for the ACK of our 2xx (RFC 3261 §15).
    Leaving(Box<Session>, Option<String>),
}

/// What becomes of a leg.
pub(crate) enum Step {
    Stay,
    /// The call that came in was taken.
    Up,
    /// The call that went out was taken.
    Became(Box<Session>),
    /// It is over, and the peer knows.
    End(Ending),
    /// It is over; the peer is told, with this Reason.
    Leave(Ending, Option<String>),
    /// What was left of it is gone.
    Gone,
}

/// A new tag for a leg.
pub(crate) fn new_tag(leg: u64, random: &mut Random) -> String {
    format!("{leg:x}.{}", random.token())
}

/// The leg that a request inside a dialog is for: the To tag is ours.
pub(crate) fn of_request(headers: &Headers) -> Option<u64> {
    let to = headers.to()?;
    let (leg, _) = to.tag()?.split_once('.')?;
    u64::from_str_radix(leg, 16).ok()
}

impl Leg {
    pub fn new(call: Call, trunk: Option<String>) -> Self {
        Self { call, trunk, wake: None }
    }

    /// A request came with a tag that names this leg.
    pub fn request(&mut self, wire: &mut Wire, key: ServerKey, request: Request, flow: &Flow, now: Micros) -> Step {
        match &mut self.call {
            Call::Incoming(call) => call.request(wire, key, request, flow, now),
            Call::Outgoing(call) => {
                call.request(wire, key, request, flow, now);
                Step::Stay
            }
            Call::Up(session) if !session.dialog.owns(&request.headers) => {
                session.refuse(wire, key, &request, 481, "", now);
                Step::Stay
            }
            // For a provisional answer that our 2xx has overtaken.
            Call::Up(session) if request.method == Method::Prack => {
                session.refuse(wire, key, &request, 200, "", now);
                Step::Stay
            }
            Call::Up(session) => match session.request(wire, key, request, flow, now) {
                Some(ending) => Step::End(ending),
                None => Step::Stay,
            },
            Call::Leaving(session, _) => {
                let is_bye = request.method == Method::Bye && session.dialog.owns(&request.headers);
                let status = if is_bye { 200 } else { 481 };
                wire.respond(None, key, Response::to_request(&request, status, ""), now);
                if is_bye { Step::Gone } else { Step::Stay }
            }
        }
    }

    /// The ACK of a 2xx came.
    pub fn acknowledged(&mut self, wire: &mut Wire, ack: &Request, flow: &Flow, now: Micros) -> Step {
        match &mut self.call {
            Call::Up(session) if session.dialog.owns(&ack.headers) => {
                session.acknowledged(wire, ack, flow, now);
                Step::Stay
            }
            Call::Leaving(session, _) if session.is_confirmed_by(ack) => Step::Gone,
            _ => Step::Stay,
        }
    }

    /// We end it, in whatever state it is.
    pub fn hang_up(&mut self, wire: &mut Wire, ending: Ending, now: Micros) -> Step {
        match &mut self.call {
            Call::Incoming(call) => {
                call.reject(wire, 480, "", &Fields::new(), now);
                Step::End(Ending { status: 480, ..ending })
            }
            Call::Outgoing(call) => {
                call.give_up_branches(wire, now);
                Step::End(Ending { status: 487, ..ending })
            }
            Call::Up(session) => {
                // Whoever accepted a transfer and leaves has connected elsewhere.
                session.notify_refer(wire, 200, "OK", now);
                Step::Leave(ending, None)
            }
            Call::Leaving(..) => Step::Stay,
        }
    }

    /// The call that is up, or the early dialogs of one that is not.
    pub fn sessions(&mut self) -> Vec<&mut Session> {
        match &mut self.call {
            Call::Incoming(call) => vec![&mut call.session],
            Call::Outgoing(call) => call.sessions().collect(),
            Call::Up(session) => vec![session],
            Call::Leaving(..) => Vec::new(),
        }
    }

    /// The Call-ID; of the first branch, while there are several.
    pub fn call_id(&self) -> Option<&str> {
        match &self.call {
            Call::Incoming(call) => Some(&call.session.dialog.call_id),
            Call::Outgoing(call) => call.call_id(),
            Call::Up(session) | Call::Leaving(session, _) => Some(&session.dialog.call_id),
        }
    }

    /// The call, when it is up.
    pub fn session(&mut self) -> Option<&mut Session> {
        match &mut self.call {
            Call::Up(session) => Some(session),
            _ => None,
        }
    }

    /// The next moment that brings something.
    pub fn next_wake(&self) -> Option<Micros> {
        match &self.call {
            Call::Incoming(call) => call.wake(),
            Call::Outgoing(call) => call.wake(),
            Call::Up(session) => session.wake(),
            Call::Leaving(session, _) => session.ack_deadline(),
        }
    }

    /// Time has passed.
    pub fn wake_up(&mut self, wire: &mut Wire, now: Micros) -> Step {
        match &mut self.call {
            Call::Incoming(call) => call.wake_up(wire, now),
            Call::Outgoing(call) => call.wake_up(wire, now),
            Call::Up(session) => match session.wake_up(wire, now) {
                Some(ending) => Step::Leave(ending, Some("SIP;cause=408;text=\"Time-out\"".to_owned())),
                None => Step::Stay,
            },
            Call::Leaving(session, _) => match session.repeat_answer(wire, now) {
                true => Step::Stay,
                false => Step::Gone,
            },
        }
    }
}
