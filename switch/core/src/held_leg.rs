//! One leg as the control thread has it: how long it may last, what waits for it, and how it ended.

use crate::clock::Micros;
use crate::protocol::{Happening, OpId};
use crate::sip_leg::SipLeg;

/// A leg that is not simulated.
#[derive(Debug, Default)]
pub struct HeldLeg {
    /// Its session with the peer; one without has no far end.
    pub sip: Option<SipLeg>,
    /// The exchange was told that it is answered.
    pub is_answered: bool,
    /// How long it may last, and when that is over.
    pub limit: Option<Limit>,
    /// How it ended, while its audio comes to its end.
    pub ending: Option<Happening>,
    /// The transfer that we asked for.
    pub refer: Option<Transfer>,
    /// The Call-ID of its dialog; of the first one, while it rings in several places.
    pub call_id: String,
    /// Operations that only let time pass, begun before there was audio, and until when.
    pub waits: Vec<(OpId, Micros)>,
}

impl HeldLeg {
    /// A leg over SIP.
    pub fn over(sip: SipLeg) -> Self {
        Self { sip: Some(sip), ..Self::default() }
    }

    /// A leg without a far end.
    pub fn open() -> Self {
        Self::default()
    }

    /// The name of the codec that is spoken, or nothing.
    pub fn codec_name(&self) -> &'static str {
        self.sip.as_ref().map_or("", SipLeg::codec_name)
    }
}

/// A transfer that we asked for, as far as it got.
#[derive(Debug, Default)]
pub struct Transfer {
    /// The operation that waits for it.
    pub op: OpId,
    /// The status of the answer to REFER.
    pub answer: u16,
    /// The last status that was told.
    pub status: u16,
}

/// How long an answered leg may last.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// From its answer on.
    Length(Micros),
    /// Until then.
    Until(Micros),
}

impl Limit {
    /// When it is over, if that is known yet.
    pub fn until(self) -> Option<Micros> {
        match self {
            Self::Until(at) => Some(at),
            Self::Length(_) => None,
        }
    }
}
