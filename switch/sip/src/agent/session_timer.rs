//! Session timers (RFC 4028): a call whose far end has vanished ends by itself.
//!
//! Rule 1: this file counts time and reads three headers; `session.rs` sends what is due.
//! Rule 2: the refresher refreshes at half of the interval, so that a lost refresh has time for another.
//! Rule 3: the other side gives up a little before the interval is over (§10: a third of it, 32 s at most).

use crate::message::Request;
use crate::{Headers, Micros, Name, Refresher, SessionExpires};

/// Shortest interval that is kept to, whatever the peer says, s.
const SHORTEST_S: u32 = 32;

/// What a session may wait for a refresh, and what we ask for.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Seconds that we propose; 0: we propose no timer, but keep one that the peer asks for.
    pub expires_s: u32,
    /// Seconds that we do not go below (§4: 90 at least).
    pub min_s: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { expires_s: 1_800, min_s: 90 }
    }
}

/// A timer that both sides agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionTimer {
    pub interval_s: u32,
    /// We send the refreshes.
    pub ours: bool,
    /// When a refresh is due, or when the peer's is missed.
    pub due: Micros,
}

/// The interval that the peer asks for is below ours: 422 with this Min-SE.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooBrief(pub u32);

impl SessionTimer {
    pub fn new(interval_s: u32, ours: bool, now: Micros) -> Self {
        let mut timer = Self { interval_s: interval_s.max(SHORTEST_S), ours, due: now };
        timer.restart(now);
        timer
    }

    /// The session was refreshed just now.
    pub fn restart(&mut self, now: Micros) {
        let interval = u64::from(self.interval_s);
        let wait = match self.ours {
            true => interval / 2,
            false => interval - (interval / 3).min(32),
        };
        self.due = now + wait * 1_000_000;
    }

    /// The value of Session-Expires that says so to the peer. `uac`: we sent the request that it stands in or answers.
    pub fn header(&self, uac: bool) -> String {
        let refresher = match self.ours == uac {
            true => "uac",
            false => "uas",
        };
        format!("{};refresher={refresher}", self.interval_s)
    }
}

/// What the answer to an INVITE or UPDATE agrees on (§9). None: no timer, because nobody asked or the peer, who would
/// have to refresh, does not know how.
pub(crate) fn answer(request: &Request, limits: &Limits, now: Micros) -> Result<Option<SessionTimer>, TooBrief> {
    let supported = request.headers.has_token(&Name::Supported, "timer");
    let floor = request.headers.min_se().unwrap_or(0).max(limits.min_s);
    let Some(asked) = request.headers.session_expires() else {
        return Ok(
            (supported && limits.expires_s > 0).then(|| SessionTimer::new(limits.expires_s.max(floor), false, now))
        );
    };
    if asked.seconds < limits.min_s {
        return match supported {
            true => Err(TooBrief(limits.min_s)),
            // A proxy asked for it and the caller would not understand a 422: we refresh, no more often than we like.
            false => Ok(Some(SessionTimer::new(limits.min_s, true, now))),
        };
    }
    let ours = !supported || asked.refresher == Some(Refresher::Uas);
    Ok(Some(SessionTimer::new(asked.seconds, ours, now)))
}

/// What a 2xx to our INVITE or UPDATE agreed on (§7.2). Without a Session-Expires there is no timer.
pub(crate) fn agreed(response: &Headers, now: Micros) -> Option<SessionTimer> {
    let SessionExpires { seconds, refresher } = response.session_expires()?;
    let ours = refresher != Some(Refresher::Uas);
    Some(SessionTimer::new(seconds, ours, now))
}
