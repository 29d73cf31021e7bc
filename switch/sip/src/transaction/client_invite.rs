//! INVITE client transaction: RFC 3261 §17.1.1 as amended by RFC 6026 §7.2, and how CANCEL bears on it (§9.1).

use super::{Due, Reaction, Schedule, Timing};
use crate::Micros;

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum State {
    /// Nothing came back.
    Calling,
    /// A provisional response came.
    Proceeding,
    /// Refused and acknowledged; a repeated refusal is acknowledged again.
    Completed,
    /// Answered with 2xx; other forks may answer too.
    Accepted,
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Cancel {
    No,
    /// As soon as a provisional response shows that the other side has the INVITE.
    Wanted,
    Sent,
}

#[derive(Debug)]
pub(crate) struct ClientInvite {
    state: State,
    cancel: Cancel,
    reliable: bool,
    pub schedule: Schedule,
}

impl ClientInvite {
    /// The INVITE has just been sent.
    pub fn new(reliable: bool, timing: &Timing, now: Micros) -> Self {
        let end = now + timing.patience();
        Self {
            state: State::Calling,
            cancel: Cancel::No,
            reliable,
            schedule: match reliable {
                true => Schedule::end_at(end),
                false => Schedule::resend_until(end, timing.t1, now),
            },
        }
    }

    pub fn respond(&mut self, status: u16, timing: &Timing, now: Micros) -> Reaction {
        match (self.state, status) {
            (State::Calling | State::Proceeding, 100..=199) => self.provisional(timing, now),
            (State::Calling | State::Proceeding, 200..=299) => {
                self.state = State::Accepted;
                self.schedule = Schedule::end_at(now + timing.patience());
                Reaction { pass: true, ..Reaction::default() }
            }
            (State::Calling | State::Proceeding, _) => {
                self.state = State::Completed;
                self.schedule = Schedule::end_at(now + timing.patience());
                Reaction { pass: true, acknowledge: true, over: self.reliable, ..Reaction::default() }
            }
            (State::Accepted, 200..=299) => Reaction { pass: true, ..Reaction::default() },
            (State::Completed, 300..) => Reaction { acknowledge: true, ..Reaction::default() },
            (State::Accepted | State::Completed, _) => Reaction::default(),
        }
    }

    fn provisional(&mut self, timing: &Timing, now: Micros) -> Reaction {
        self.state = State::Proceeding;
        match self.cancel {
            Cancel::No => self.schedule = Schedule::default(),
            Cancel::Wanted => self.cancelled(timing, now),
            Cancel::Sent => return passed(false),
        }
        passed(self.cancel == Cancel::Sent)
    }

    /// The user wants to cancel. True when the CANCEL may be sent now.
    pub fn cancel(&mut self, timing: &Timing, now: Micros) -> bool {
        match (self.state, self.cancel) {
            (State::Proceeding, Cancel::No) => {
                self.cancelled(timing, now);
                true
            }
            (State::Calling, Cancel::No) => {
                self.cancel = Cancel::Wanted;
                false
            }
            _ => false,
        }
    }

    /// A peer that does not answer a cancelled INVITE within 64*T1 will not any more.
    fn cancelled(&mut self, timing: &Timing, now: Micros) {
        self.cancel = Cancel::Sent;
        self.schedule = Schedule::end_at(now + timing.patience());
    }

    /// Whether nothing at all came back yet.
    pub fn is_unheard(&self) -> bool {
        self.state == State::Calling
    }

    /// Whether a 2xx came: then the end of the transaction means that no fork can answer any more.
    pub fn is_accepted(&self) -> bool {
        self.state == State::Accepted
    }

    pub fn wake_up(&mut self, now: Micros) -> Due {
        if self.schedule.has_ended(now) {
            return match self.state {
                State::Calling | State::Proceeding => Due::TimedOut,
                State::Completed | State::Accepted => Due::Over,
            };
        }
        match self.schedule.take_resend(Micros::MAX, now) {
            true => Due::Resend,
            false => Due::Nothing,
        }
    }
}

fn passed(cancel: bool) -> Reaction {
    Reaction { pass: true, cancel, ..Reaction::default() }
}
