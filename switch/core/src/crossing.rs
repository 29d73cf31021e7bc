//! A simulated leg and a SIP leg that hear each other: each is played, as a stream, what the other says.
//!
//! They live on different clocks, so that neither can move to the other's shard. The exchange keeps the simulated clock
//! at the pace of the real one while a SIP leg lives.

use hookflash_media::Frame;
use hookflash_media::graph::Tap;

use crate::protocol::{Command, LegId, OpId, Source};
use crate::streams::Streams;

/// The operations that play the other side and listen to this one; nobody waits for their `Done`.
pub const EAR: OpId = 1 << 52;
pub const MOUTH: OpId = EAR + 1;

/// Numbers of streams from here on are not the exchange's.
const STREAMS: u64 = 1 << 52;

/// Feeds a stream with what a leg says.
pub struct Mouth {
    streams: Streams,
    stream: u64,
}

impl Mouth {
    /// What `leg` says goes to its stream, which begins anew.
    pub fn new(streams: &Streams, leg: LegId) -> Self {
        let stream = STREAMS | leg;
        streams.forget(stream);
        Self { streams: streams.clone(), stream }
    }
}

impl Tap for Mouth {
    fn hear(&mut self, said: &Frame, _heard: &Frame) -> bool {
        self.streams.feed(self.stream, said);
        false
    }
}

impl Drop for Mouth {
    fn drop(&mut self) {
        self.streams.feed(self.stream, &[]);
    }
}

/// Plays to `leg` what `other` says.
pub fn ear(leg: LegId, other: LegId) -> Command {
    Command::Play { leg, op: EAR, sources: vec![Source::Stream { stream: STREAMS | other }], repeat: 1 }
}

/// Plays it no more, and does not listen any more either.
pub fn part(leg: LegId) -> [Command; 2] {
    [EAR, MOUTH].map(|op| Command::Stop { leg, op })
}
