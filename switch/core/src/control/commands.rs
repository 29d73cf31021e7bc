//! What the exchange asks.

use hookflash_sip::Uri;

use super::Control;
use super::endings::{failed, hung_up};
use crate::clock::Micros;
use crate::convert;
use crate::held_leg::{HeldLeg, Transfer};
use crate::protocol::{self, Command, Fields, Happening, LegId, OpId};

/// When a call that the exchange has no room for may be tried again (s).
const RETRY_AFTER: &str = "5";

impl Control {
    pub(super) fn command(&mut self, command: Command, now: Micros) {
        #[cfg(test)]
        super::tests::spring_traps(&command);
        match command {
            Command::Dial(dial) => self.dial(dial, now),
            Command::Open { leg } => self.open(leg, now),
            Command::Link(link) => self.report(link.leg, failed("A simulated call needs simulated legs."), now),
            Command::Ring { leg, media } => self.ring(leg, media, now),
            Command::Answer { leg } => self.answer(leg, now),
            Command::Reject { leg, status, reason, mut headers } => {
                if status == 503 {
                    // Without it the caller takes us for broken (RFC 3261 §21.5.4).
                    headers.entry("Retry-After".into()).or_insert_with(|| RETRY_AFTER.into());
                }
                self.agent.reject(leg, status, &reason, &headers.into_iter().collect(), now);
            }
            Command::HangUp { leg, cause } => self.hang_up(leg, &cause, now),
            Command::Limit { leg, ms } => self.limit(leg, Micros::from(ms) * 1_000, now),
            Command::Refer { leg, op, to, headers } => self.refer(leg, op, &to, headers, now),
            Command::Inform { leg, content_type, body } => {
                self.agent.info(leg, &content_type, body.into_bytes(), now);
            }
            Command::AcceptRefer { leg } => self.agent.accept_refer(leg, now),
            Command::RefuseRefer { leg, status } => self.agent.refuse_refer(leg, status, now),
            Command::TellRefer { leg, status, reason } => self.agent.notify_refer(leg, status, &reason, now),
            Command::Configure { domains, trunks } => {
                self.srtp_of_trunks = trunks.iter().map(|trunk| (trunk.name.clone(), trunk.srtp.clone())).collect();
                let domains = domains.into_iter().filter_map(convert::domain).collect();
                let trunks = trunks.into_iter().filter_map(convert::trunk).collect();
                self.agent.configure(domains, trunks, now);
            }
            command => self.media_command(command, now),
        }
    }

    fn media_command(&mut self, command: Command, now: Micros) {
        let Some(number) = command.leg() else { return };
        let Some(command) = convert::media_command(command) else { return };
        let op = command.starts();
        let waited = self.wait_without_audio(number, &command, now);
        if waited || self.studio.command(number, command) {
            return;
        }
        op.into_iter().for_each(|op| self.without_audio(number, op, now));
    }

    /// An operation of a leg that has no audio ends before it has begun.
    pub(super) fn without_audio(&self, number: LegId, op: OpId, now: Micros) {
        if self.legs.get(&number).is_none_or(|leg| leg.ending.is_some()) {
            return self.done(number, op, "hung_up", now);
        }
        let problem = "The leg has no audio.".to_owned();
        let done = protocol::Done { op, why: "failed".into(), problem, ..protocol::Done::default() };
        self.report(number, Happening::Done(Box::new(done)), now);
    }

    pub(super) fn done(&self, number: LegId, op: OpId, why: &str, now: Micros) {
        let done = protocol::Done { op, why: why.into(), ..protocol::Done::default() };
        self.report(number, Happening::Done(Box::new(done)), now);
    }

    pub(super) fn hang_up(&mut self, number: LegId, cause: &str, now: Micros) {
        match self.legs.get(&number) {
            Some(HeldLeg { sip: None, ending: Some(_), .. }) => {}
            Some(HeldLeg { sip: None, .. }) => self.ended(number, hung_up(cause, ""), now),
            _ => self.agent.hang_up(number, cause, now),
        }
    }

    fn refer(&mut self, number: LegId, op: OpId, to: &str, headers: Fields, now: Micros) {
        let uri = Uri::parse(to);
        let leg = self.legs.get_mut(&number).filter(|leg| leg.is_answered && leg.ending.is_none() && leg.sip.is_some());
        let problem = match (leg, uri) {
            (Some(leg), Ok(uri)) if leg.refer.is_none() => {
                leg.refer = Some(Transfer { op, ..Transfer::default() });
                return self.agent.refer(number, &uri, headers.into_iter().collect(), now);
            }
            (Some(_), Ok(_)) => "The leg is being transferred already.".to_owned(),
            (_, Err(error)) => error.to_string(),
            (None, _) => "The leg is not answered.".to_owned(),
        };
        let done = protocol::Done { op, why: "failed".into(), problem, ..protocol::Done::default() };
        self.report(number, Happening::Done(Box::new(done)), now);
    }

    /// A transfer that we asked for has got so far.
    pub(super) fn transferred(&mut self, number: LegId, answer: u16, status: u16, is_done: bool, now: Micros) {
        let Some(leg) = self.legs.get_mut(&number) else { return };
        if let Some(transfer) = &mut leg.refer {
            (transfer.answer, transfer.status) = (answer, status);
        }
        if let Some(transfer) = leg.refer.take_if(|_| is_done) {
            self.transfer_ended(number, &transfer, "end", now);
        }
    }

    pub(super) fn transfer_ended(&self, number: LegId, transfer: &Transfer, why: &str, now: Micros) {
        let &Transfer { op, answer, status } = transfer;
        let done = protocol::Done { op, why: why.into(), answer, status, ..protocol::Done::default() };
        self.report(number, Happening::Done(Box::new(done)), now);
    }
}
