//! Server transaction of every method but INVITE and ACK: RFC 3261 §17.2.2.

use super::{Answering, Due, Repeat, Schedule, Timing};
use crate::Micros;

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum State {
    Trying,
    Proceeding,
    Completed,
}

#[derive(Debug)]
pub(crate) struct Server {
    state: State,
    reliable: bool,
    pub schedule: Schedule,
}

impl Server {
    /// The request has just come. The client waits for 64*T1; an answer after that helps nobody (RFC 4320 §3.2).
    pub fn new(reliable: bool, timing: &Timing, now: Micros) -> Self {
        Self { state: State::Trying, reliable, schedule: Schedule::end_at(now + timing.patience()) }
    }

    /// Whether the user has still to answer.
    pub fn is_open(&self) -> bool {
        self.state != State::Completed
    }

    /// The user sends a response.
    pub fn answer(&mut self, status: u16, timing: &Timing, now: Micros) -> Answering {
        match (self.state, status) {
            (State::Completed, _) => return Answering::TOO_LATE,
            (_, 100..=199) => self.state = State::Proceeding,
            _ => {
                self.state = State::Completed;
                self.schedule = Schedule::end_at(now + timing.patience());
            }
        }
        let over = self.reliable && self.state == State::Completed;
        Answering { send: true, keep: !over, over }
    }

    /// The request came once more.
    pub fn repeat(&self) -> Repeat {
        match self.state {
            State::Trying => Repeat::Absorb,
            State::Proceeding | State::Completed => Repeat::Resend,
        }
    }

    pub fn wake_up(&mut self, now: Micros) -> Due {
        match self.schedule.has_ended(now) {
            true if self.state == State::Completed => Due::Over,
            true => Due::TimedOut,
            false => Due::Nothing,
        }
    }
}
