//! How long legs last: limits, and operations that let time pass without audio.

use hookflash_media::session::MediaCommand;

use super::Control;
use super::endings::failed;
use crate::clock::Micros;
use crate::held_leg::{HeldLeg, Limit};
use crate::protocol::{Fields, Happening, LegId};

/// An answered leg lasts no longer, whatever the exchange asks (us): 24 h.
const LONGEST: Micros = 24 * 3_600 * 1_000_000;

/// Most legs without a far end.
const MOST_OPEN: usize = 4_096;

impl Control {
    /// A leg without a far end.
    pub(super) fn open(&mut self, number: LegId, now: Micros) {
        if self.legs.contains_key(&number) {
            return;
        }
        if self.open_legs() >= MOST_OPEN {
            return self.report(number, failed("There are too many legs without a far end."), now);
        }
        self.legs.insert(number, HeldLeg::open());
        self.studio.open(number);
        self.up(number, Fields::new(), now);
    }

    fn open_legs(&self) -> usize {
        self.legs.values().filter(|leg| leg.sip.is_none()).count()
    }

    pub(super) fn up(&mut self, number: LegId, headers: Fields, now: Micros) {
        let Some(leg) = self.legs.get_mut(&number).filter(|leg| !leg.is_answered) else { return };
        leg.is_answered = true;
        let length = if let Some(Limit::Length(length)) = leg.limit { length } else { LONGEST };
        let (codec, call_id) = (leg.codec_name().to_owned(), leg.call_id.clone());
        self.set_limit(number, Some(Limit::Until(now + length)));
        self.report(number, Happening::Answered { codec, headers, call_id }, now);
    }

    pub(super) fn limit(&mut self, number: LegId, length: Micros, now: Micros) {
        let length = length.min(LONGEST);
        let is_answered = self.legs.get(&number).is_some_and(|leg| leg.is_answered);
        self.set_limit(number, Some(if is_answered { Limit::Until(now + length) } else { Limit::Length(length) }));
    }

    pub(super) fn set_limit(&mut self, number: LegId, limit: Option<Limit>) {
        let Some(leg) = self.legs.get_mut(&number) else { return };
        let was = std::mem::replace(&mut leg.limit, limit);
        self.limits.change(number, was.and_then(Limit::until), limit.and_then(Limit::until));
    }

    pub(super) fn end_limits(&mut self, now: Micros) {
        while let Some((_, number)) = self.limits.pop(now) {
            let Some(leg) = self.legs.get_mut(&number) else { continue };
            leg.limit = None;
            if leg.ending.is_some() {
                self.closed(number, now); // its audio never said so
                continue;
            }
            self.guarded(Some(number), now, |control| control.hang_up(number, "limit", now));
        }
    }

    /// Time passes for a leg that nobody has answered as well; false when the command is not about that.
    pub(super) fn wait_without_audio(&mut self, number: LegId, command: &MediaCommand, now: Micros) -> bool {
        let Some(leg) = self.legs.get_mut(&number).filter(|leg| leg.ending.is_none()) else { return false };
        match *command {
            MediaCommand::Wait { op, ms } if !self.studio.has(number) => {
                let until = now.saturating_add(ms.saturating_mul(1_000));
                leg.waits.push((op, until));
                self.waits.change((number, op), None, Some(until));
                true
            }
            MediaCommand::Stop { op } => {
                let Some(index) = leg.waits.iter().position(|&(wait, _)| wait == op) else { return false };
                let (_, until) = leg.waits.swap_remove(index);
                self.waits.change((number, op), Some(until), None);
                self.done(number, op, "stopped", now);
                true
            }
            _ => false,
        }
    }

    pub(super) fn end_waits(&mut self, now: Micros) {
        while let Some((_, (number, op))) = self.waits.pop(now) {
            if let Some(leg) = self.legs.get_mut(&number) {
                leg.waits.retain(|&(wait, _)| wait != op);
            }
            self.done(number, op, "end", now);
        }
    }
}
