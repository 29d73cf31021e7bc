//! INVITE server transaction: RFC 3261 §17.2.1 as amended by RFC 6026 §7.1.
//!
//! A 2xx is resent by the user, who alone knows its ACK; the transaction only keeps the INVITE's retransmissions away.

use super::{Acknowledged, Answering, Due, Repeat, Schedule, Timing};
use crate::Micros;

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum State {
    /// The user has said nothing; `100 Trying` goes out after a while.
    Quiet,
    /// A provisional response went out; the user decides when it ends.
    Proceeding,
    /// Refused; the refusal is resent until its ACK comes.
    Completed,
    /// The ACK of the refusal came.
    Confirmed,
    /// Answered with 2xx.
    Accepted,
}

#[derive(Debug)]
pub(crate) struct ServerInvite {
    state: State,
    reliable: bool,
    pub schedule: Schedule,
}

impl ServerInvite {
    /// The INVITE has just come.
    pub fn new(reliable: bool, timing: &Timing, now: Micros) -> Self {
        Self { state: State::Quiet, reliable, schedule: Schedule::end_at(now + timing.trying) }
    }

    /// Whether the user has still to decide.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Quiet | State::Proceeding)
    }

    /// The user sends a response.
    pub fn answer(&mut self, status: u16, timing: &Timing, now: Micros) -> Answering {
        let end = now + timing.patience();
        let (state, schedule) = match (self.state, status) {
            (State::Quiet | State::Proceeding, 100..=199) => (State::Proceeding, Schedule::default()),
            (State::Quiet | State::Proceeding, 200..=299) => (State::Accepted, Schedule::end_at(end)),
            (State::Accepted, 200..=299) => {
                return Answering { send: true, keep: false, over: false };
            }
            (State::Quiet | State::Proceeding, _) if self.reliable => (State::Completed, Schedule::end_at(end)),
            (State::Quiet | State::Proceeding, _) => (State::Completed, Schedule::resend_until(end, timing.t1, now)),
            _ => return Answering::TOO_LATE,
        };
        (self.state, self.schedule) = (state, schedule);
        Answering { send: true, keep: state != State::Accepted, over: false }
    }

    /// The INVITE came once more.
    pub fn repeat(&self) -> Repeat {
        match self.state {
            State::Proceeding | State::Completed => Repeat::Resend,
            State::Quiet | State::Confirmed | State::Accepted => Repeat::Absorb,
        }
    }

    /// An ACK with the branch of the INVITE came.
    pub fn acknowledge(&mut self, timing: &Timing, now: Micros) -> Acknowledged {
        match self.state {
            State::Completed if self.reliable => Acknowledged::Over,
            State::Completed => {
                self.state = State::Confirmed;
                self.schedule = Schedule::end_at(now + timing.t4);
                Acknowledged::Absorb
            }
            State::Accepted => Acknowledged::Pass,
            State::Quiet | State::Proceeding | State::Confirmed => Acknowledged::Absorb,
        }
    }

    /// Whether `100 Trying` is due at `now`; the machine counts it as sent.
    pub fn take_trying(&mut self, now: Micros) -> bool {
        let due = self.state == State::Quiet && self.schedule.has_ended(now);
        if due {
            self.state = State::Proceeding;
            self.schedule = Schedule::default();
        }
        due
    }

    pub fn wake_up(&mut self, timing: &Timing, now: Micros) -> Due {
        if self.schedule.has_ended(now) {
            return match self.state {
                State::Completed => Due::TimedOut,
                _ => Due::Over,
            };
        }
        match self.schedule.take_resend(timing.t2, now) {
            true => Due::Resend,
            false => Due::Nothing,
        }
    }
}
