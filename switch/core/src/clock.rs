//! Time of the switch's threads: microseconds since the epoch that never go back.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Microseconds since the epoch.
pub type Micros = u64;

/// Wall time at the start, and monotonic time from there: a correction of the system's clock moves no timer.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
    epoch: Micros,
}

impl Clock {
    /// A clock that shows wall time now.
    pub fn new() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { start: Instant::now(), epoch: u64::try_from(wall.as_micros()).unwrap_or(u64::MAX / 2) }
    }

    /// This moment.
    pub fn now(&self) -> Micros {
        self.epoch + u64::try_from(self.start.elapsed().as_micros()).unwrap_or(0)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}
