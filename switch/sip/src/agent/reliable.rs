//! Provisional answers that must arrive (RFC 3262): ours wait for their PRACK, the peer's get one.

use crate::message::{Request, Response};
use crate::{Headers, Method, Micros, Name, Timing};

/// Whether the caller takes reliable provisional answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Never,
    Supported,
    Required,
}

impl Mode {
    /// What an INVITE says about it.
    pub fn of(invite: &Headers) -> Self {
        if invite.has_token(&Name::Require, "100rel") {
            Self::Required
        } else if invite.has_token(&Name::Supported, "100rel") {
            Self::Supported
        } else {
            Self::Never
        }
    }
}

/// A provisional answer of ours that is sent again until its PRACK comes.
pub(crate) struct Reliable {
    rseq: u32,
    response: Response,
    resend: Micros,
    interval: Micros,
    until: Micros,
}

/// What came with a PRACK.
pub(crate) enum Acknowledged {
    Plainly,
    WithAnswer(Vec<u8>),
    WithOffer,
}

impl Reliable {
    pub fn new(rseq: u32, response: Response, timing: &Timing, now: Micros) -> Self {
        Self { rseq, response, resend: now + timing.t1, interval: timing.t1, until: now + timing.patience() }
    }

    pub fn has_sdp(&self) -> bool {
        !self.response.body.is_empty()
    }

    /// Whether a PRACK with these headers acknowledges it (§3).
    pub fn is_meant_by(&self, prack: &Headers) -> bool {
        let cseq = self.response.headers.cseq().map(|(number, _)| number);
        prack
            .rack()
            .is_some_and(|rack| rack.rseq == self.rseq && Some(rack.cseq) == cseq && rack.method == Method::Invite)
    }

    /// `asked`: it carried an offer, to which the PRACK brings the answer (§5).
    pub fn acknowledged(&self, prack: &Request, asked: bool) -> Acknowledged {
        match (prack.body.is_empty(), asked) {
            (true, _) => Acknowledged::Plainly,
            (false, true) => Acknowledged::WithAnswer(prack.body.clone()),
            (false, false) => Acknowledged::WithOffer,
        }
    }

    pub fn wake(&self) -> Micros {
        self.resend.min(self.until)
    }

    pub fn is_lost(&self, now: Micros) -> bool {
        self.until <= now
    }

    /// The answer, when it is time to send it again; the intervals double.
    pub fn due(&mut self, now: Micros) -> Option<&Response> {
        if self.resend > now {
            return None;
        }
        self.interval *= 2;
        self.resend = now + self.interval;
        Some(&self.response)
    }
}

/// What the peer has sent reliably in one early dialog (§4).
#[derive(Debug, Default)]
pub(crate) struct Received {
    last: Option<u32>,
}

impl Received {
    /// Whether a provisional answer is to be acknowledged: returns its RSeq. `Err`: it is an old one, or one too early,
    /// and does not count.
    pub fn take(&mut self, headers: &Headers) -> Result<Option<u32>, OutOfOrder> {
        if !headers.has_token(&Name::Require, "100rel") {
            return Ok(None);
        }
        let Some(rseq) = headers.rseq() else {
            return Ok(None);
        };
        if self.last.is_some_and(|last| rseq != last.wrapping_add(1)) {
            return Err(OutOfOrder);
        }
        self.last = Some(rseq);
        Ok(Some(rseq))
    }
}

/// A reliable provisional answer came twice, or before the one that precedes it.
#[derive(Debug)]
pub(crate) struct OutOfOrder;
