//! Phones that take a call that another one took, or that we gave up (RFC 3261 §13.2.2.4): each gets ACK and BYE.

use super::Agent;
use super::dialog::Dialog;
use super::wire::{Forks, Purpose};
use crate::message::Response;
use crate::{ClientKey, Micros};

/// Most phones of one INVITE that are told to go; a peer that answers more often is playing.
const MOST_LEFT: usize = 24;

impl Agent {
    /// A 2xx came for an INVITE that has been decided on: a repetition by the phone that is the call, whose ACK got lost,
    /// or another phone.
    pub(super) fn fork_answered(&mut self, key: ClientKey, mut forks: Forks, response: &Response, now: Micros) {
        let Some((cseq, _)) = response.headers.cseq() else {
            return;
        };
        let Ok(dialog) = Dialog::of_answer(response, Some(&forks.path)) else {
            return;
        };
        let of_leg = forks.leg.and_then(|leg| self.legs.get_mut(&leg)).and_then(|leg| leg.session());
        if let Some(session) = of_leg
            && session.dialog.remote_tag == dialog.remote_tag
        {
            self.wire.acknowledge(forks.leg, session.dialog.ack(cseq), &session.dialog.hop());
            return;
        }
        self.wire.acknowledge(None, dialog.ack(cseq), &dialog.hop());
        if forks.left.contains(&dialog.remote_tag) || forks.left.len() >= MOST_LEFT {
            return;
        }
        forks.left.push(dialog.remote_tag.clone());
        self.wire.set_purpose(key, Purpose::Forks(forks));
        let reason = "SIP;cause=200;text=\"Call completed elsewhere\"";
        self.wire.bye(None, dialog, None, Some(reason.to_owned()), now);
    }
}
