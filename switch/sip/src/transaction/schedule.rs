//! The two deadlines that a transaction may have: the next retransmission, and its end.

use crate::Micros;

/// When a transaction wakes up, and for what.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    resend: Option<Micros>,
    interval: Micros,
    end: Option<Micros>,
}

/// What a moment brings for a transaction.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(crate) enum Due {
    Nothing,
    Resend,
    /// The other side was silent for too long (timers B, F, H), or the user was.
    TimedOut,
    /// Stragglers have had their time (timers D, I, J, K, L, M).
    Over,
}

impl Schedule {
    /// Wake up at the end only.
    pub fn end_at(at: Micros) -> Self {
        Self { end: Some(at), ..Self::default() }
    }

    /// Resend after `interval`, then at growing intervals, until the end.
    pub fn resend_until(end: Micros, interval: Micros, now: Micros) -> Self {
        Self { resend: Some(now + interval.max(1)), interval, end: Some(end) }
    }

    pub fn wake(&self) -> Option<Micros> {
        match (self.resend, self.end) {
            (Some(resend), Some(end)) => Some(resend.min(end)),
            (resend, end) => resend.or(end),
        }
    }

    pub fn has_ended(&self, now: Micros) -> bool {
        self.end.is_some_and(|end| end <= now)
    }

    /// Is a retransmission due? The next one comes after twice the interval, `most` at the longest.
    pub fn take_resend(&mut self, most: Micros, now: Micros) -> bool {
        if self.resend.is_none_or(|at| at > now) {
            return false;
        }
        self.interval = self.interval.saturating_mul(2).min(most);
        self.resend = Some(now + self.interval.max(1));
        true
    }

    /// Wait at least `interval` between further retransmissions, if there are any.
    pub fn slow_down(&mut self, interval: Micros) {
        self.interval = interval;
    }
}
