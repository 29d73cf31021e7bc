//! How legs end: `HungUp` when their audio is closed.

use hookflash_media::session::MediaEvent;

use super::Control;
use crate::clock::Micros;
use crate::convert;
use crate::held_leg::Limit;
use crate::protocol::{Fields, Happening, LegId};

/// The audio of a leg that does not say that it has ended by then has been lost by an error of ours (us): a recording is
/// given up after 20 s by a disk that does not move.
const CLOSING: Micros = 30_000_000;

impl Control {
    pub(super) fn ended(&mut self, number: LegId, ending: Happening, now: Micros) {
        self.set_limit(number, None);
        let Some(leg) = self.legs.get_mut(&number) else {
            // It was refused before the exchange heard of it.
            return;
        };
        if let Some(transfer) = leg.refer.take() {
            self.transfer_ended(number, &transfer, "hung_up", now);
        }
        let waits = self.legs.get_mut(&number).map(|leg| std::mem::take(&mut leg.waits)).unwrap_or_default();
        for (op, until) in waits {
            self.waits.change((number, op), Some(until), None);
            self.done(number, op, "hung_up", now);
        }
        let Some(leg) = self.legs.get_mut(&number) else { return };
        if self.studio.close(number) {
            leg.ending = Some(ending);
            self.set_limit(number, Some(Limit::Until(now + CLOSING)));
        } else {
            self.legs.remove(&number);
            self.report(number, ending, now);
        }
    }

    /// The audio of a leg is at its end: it was the last of the leg.
    pub(super) fn closed(&mut self, number: LegId, now: Micros) {
        self.studio.closed(number);
        self.set_limit(number, None);
        if let Some(ending) = self.legs.remove(&number).and_then(|leg| leg.ending) {
            self.report(number, ending, now);
        }
    }

    /// What a media thread tells.
    pub(super) fn media(&mut self, number: LegId, event: MediaEvent, now: Micros) {
        match event {
            MediaEvent::MediaTimeout => self.hang_up(number, "media_timeout", now),
            MediaEvent::Broken(_) => self.hang_up(number, "failed", now),
            MediaEvent::Closed(quality) => {
                if let Some(sip) = self.legs.get(&number).and_then(|leg| leg.sip.as_ref()) {
                    self.report(number, convert::quality(&quality, sip.codec_name()), now);
                }
                self.closed(number, now);
            }
            MediaEvent::Key { .. } | MediaEvent::Heard { .. } | MediaEvent::Done(_) | MediaEvent::Speaking { .. } => {}
        }
    }
}

pub(super) fn failed(sentence: &str) -> Happening {
    hung_up("failed", sentence)
}

pub(super) fn hung_up(cause: &str, reason: &str) -> Happening {
    let (headers, call_id) = (Fields::new(), String::new());
    Happening::HungUp { cause: cause.into(), status: 0, reason: reason.into(), headers, call_id }
}
