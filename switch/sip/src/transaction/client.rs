//! Client transaction of every method but INVITE: RFC 3261 §17.1.2.

use super::{Due, Reaction, Schedule, Timing};
use crate::Micros;

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum State {
    Trying,
    Proceeding,
    Completed,
}

#[derive(Debug)]
pub(crate) struct Client {
    state: State,
    reliable: bool,
    pub schedule: Schedule,
}

impl Client {
    /// The request has just been sent.
    pub fn new(reliable: bool, timing: &Timing, now: Micros) -> Self {
        let end = now + timing.patience();
        Self {
            state: State::Trying,
            reliable,
            schedule: match reliable {
                true => Schedule::end_at(end),
                false => Schedule::resend_until(end, timing.t1, now),
            },
        }
    }

    /// Whether nothing at all came back yet.
    pub fn is_unheard(&self) -> bool {
        self.state == State::Trying
    }

    pub fn respond(&mut self, status: u16, timing: &Timing, now: Micros) -> Reaction {
        if self.state == State::Completed {
            return Reaction::default();
        }
        if status < 200 {
            self.state = State::Proceeding;
            self.schedule.slow_down(timing.t2);
            return Reaction { pass: true, ..Reaction::default() };
        }
        self.state = State::Completed;
        self.schedule = Schedule::end_at(now + timing.t4);
        Reaction { pass: true, over: self.reliable, ..Reaction::default() }
    }

    pub fn wake_up(&mut self, timing: &Timing, now: Micros) -> Due {
        if self.schedule.has_ended(now) {
            return match self.state {
                State::Trying | State::Proceeding => Due::TimedOut,
                State::Completed => Due::Over,
            };
        }
        match self.schedule.take_resend(timing.t2, now) {
            true => Due::Resend,
            false => Due::Nothing,
        }
    }
}
