//! A person or a machine: an operation around the judge in [`crate::dsp`].

use super::{Detect, Done, OpId, Why};
use crate::Frame;
use crate::dsp::Greeting;

/// A detection under way.
pub(super) struct Detection {
    op: OpId,
    greeting: Greeting,
}

impl Detection {
    pub fn new(op: OpId, how: Detect) -> Self {
        Self { op, greeting: Greeting::new(how) }
    }

    pub fn op(&self) -> OpId {
        self.op
    }

    /// Takes the next 20 ms of what the leg says.
    pub fn hear(&mut self, said: &Frame) -> Option<Done> {
        let found = self.greeting.push(said)?;
        Some(Done { found: found.as_str(), ..self.done(Why::End) })
    }

    pub fn done(&self, why: Why) -> Done {
        Done { ms: self.greeting.elapsed_ms(), ..Done::new(self.op, why) }
    }
}
