//! What the other side does.

use hookflash_media::session::MediaCommand;
use hookflash_sip::Uri;
use hookflash_sip::agent::{AgentEvent, Invitation};

use super::Control;
use crate::clock::Micros;
use crate::convert::{self, transport_word};
use crate::held_leg::HeldLeg;
use crate::protocol::{self, Fields, Happening, LegId};

impl Control {
    pub(super) fn agent_event(&mut self, event: AgentEvent, now: Micros) {
        match event {
            AgentEvent::Invited(invitation) => self.invited(*invitation, now),
            AgentEvent::Progress { leg, status, body, .. } => self.progress(leg, status, body, now),
            AgentEvent::Answered { leg, body, headers, .. } => {
                self.note_call_id(leg);
                if self.agreed(leg, &body, now) {
                    self.up(leg, headers.into_iter().collect(), now);
                }
            }
            AgentEvent::Offered { leg, body } => self.offered(leg, body, now),
            AgentEvent::OfferAnswered { leg, body } => {
                if self.agreed(leg, &body, now) {
                    self.up(leg, Fields::new(), now);
                }
            }
            AgentEvent::OfferRefused { .. } => {}
            AgentEvent::Key { leg, key, ms } => {
                self.studio.command(leg, MediaCommand::Pressed { key, ms });
            }
            AgentEvent::Informed { leg, content_type, body } => {
                self.report(leg, Happening::Informed { content_type, body }, now);
            }
            AgentEvent::Referred { leg, to, by } => self.report(leg, Happening::Referred { to, by }, now),
            AgentEvent::ReferState { leg, answer, status, done } => self.transferred(leg, answer, status, done, now),
            AgentEvent::Ended { leg, cause, status, reason, headers } => {
                let headers = headers.into_iter().collect();
                let call_id = self.legs.get(&leg).map(|leg| leg.call_id.clone()).unwrap_or_default();
                self.ended(leg, Happening::HungUp { cause: cause.to_string(), status, reason, headers, call_id }, now);
            }
            AgentEvent::Signal { leg, sent, line, cseq, peer } => {
                let peer = peer.map(|peer| peer.to_string()).unwrap_or_default();
                self.report(leg, Happening::Signal { sent, line, cseq, peer }, now);
            }
            AgentEvent::Registered { domain, username, contact, expires_s, source } => {
                self.sockets.vouch(source.ip());
                let source = source.to_string();
                self.report(0, Happening::Registered { domain, username, contact, expires_s, source }, now);
            }
            AgentEvent::Refused(refusal) => self.report(0, convert::refused(refusal), now),
            AgentEvent::TrunkState { trunk, gateway, up, reason } => {
                self.report(0, Happening::TrunkState { trunk, gateway, up, reason }, now);
            }
        }
    }

    fn invited(&mut self, invitation: Invitation, now: Micros) {
        let number = invitation.leg;
        self.sockets.vouch(invitation.source.ip());
        let is_secure = self.agent.is_in_secure_domain(&invitation.uri);
        let usual = if is_secure { "required" } else { "optional" };
        let srtp = self.srtp_of_trunks.get(&invitation.trunk).cloned().unwrap_or_else(|| usual.into());
        let mut leg = self.new_leg(&[], &srtp);
        if let Some(offer) = &invitation.offer
            && let Err(why) = leg.offered(offer)
        {
            self.agent.reject(number, 488, &why, &Vec::new(), now);
            return;
        }
        self.legs.insert(number, HeldLeg { call_id: invitation.call_id.clone(), ..HeldLeg::over(leg) });
        let user = |uri: &Uri| uri.user.clone().unwrap_or_else(|| uri.to_string());
        let invited = protocol::Invited {
            from: user(&invitation.from),
            to: user(&invitation.uri),
            from_uri: invitation.from.to_string(),
            to_uri: invitation.uri.to_string(),
            from_name: invitation.from_name,
            domain: invitation.domain,
            trunk: invitation.trunk,
            username: invitation.username,
            source: invitation.source.ip().to_string(),
            transport: transport_word(invitation.transport).into(),
            call_id: invitation.call_id,
            headers: invitation.headers.into_iter().collect(),
        };
        self.report(number, Happening::Invited(Box::new(invited)), now);
    }

    fn progress(&mut self, number: LegId, status: u16, body: Option<Vec<u8>>, now: Micros) {
        let media = body.is_some_and(|body| self.agreed(number, &body, now));
        if status > 100 {
            self.report(number, Happening::Early { status, media }, now);
        }
    }

    /// Takes the answer to an offer of ours; hangs up when there is no agreement in it.
    fn agreed(&mut self, number: LegId, body: &[u8], now: Micros) -> bool {
        let Some(leg) = self.sip(number) else { return false };
        match leg.answered(body) {
            Ok(agreed) => {
                self.start(number, agreed);
                true
            }
            Err(_) => {
                self.agent.hang_up(number, "failed", now);
                false
            }
        }
    }

    /// The peer changes the session: hold, another codec, another address.
    fn offered(&mut self, number: LegId, body: Option<Vec<u8>>, now: Micros) {
        let Some(leg) = self.sip(number) else { return };
        let Some(body) = body else {
            let offer = leg.offer();
            return self.agent.accept_offer(number, offer, now);
        };
        match leg.offered(&body).and_then(|()| leg.accept()) {
            Ok((answer, agreed)) => {
                self.start(number, agreed);
                self.agent.accept_offer(number, answer, now);
            }
            Err(_) => self.agent.refuse_offer(number, 488, now),
        }
    }
}
