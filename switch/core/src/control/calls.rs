//! How calls over SIP come about: dialled, rung, answered, with ports and keys for their audio.

use hookflash_sip::Uri;
use hookflash_sip::agent::{Credentials, Outbound};
use hookflash_sip::sdp::{Codec, MasterKey};

use super::Control;
use super::endings::failed;
use crate::clock::Micros;
use crate::convert::{self, srtp_policy};
use crate::held_leg::HeldLeg;
use crate::protocol::{Dial, Fields, LegId};
use crate::sip_leg::{Agreed, SipLeg, Terms};

impl Control {
    pub(super) fn dial(&mut self, dial: Dial, now: Micros) {
        let number = dial.leg;
        match self.outbound(&dial) {
            Ok((leg, outbound)) => {
                self.legs.insert(number, HeldLeg::over(leg));
                self.agent.invite(number, outbound, now);
                self.note_call_id(number);
            }
            Err(sentence) => self.report(number, failed(&sentence), now),
        }
    }

    pub(super) fn note_call_id(&mut self, number: LegId) {
        if let (Some(leg), Some(call_id)) = (self.legs.get_mut(&number), self.agent.call_id(number)) {
            leg.call_id = call_id.to_owned();
        }
    }

    fn outbound(&mut self, dial: &Dial) -> Result<(SipLeg, Outbound), String> {
        let read = |text: &str| Uri::parse(text).map_err(|error| format!("{error}"));
        let (uri, from) = (read(&dial.uri)?, read(&dial.from_uri)?);
        let next_hop = if dial.next_hop.is_empty() { None } else { Some(read(&dial.next_hop)?) };
        // A phone that registered over TLS wants audio that nobody overhears, where both sides can.
        let srtp = match dial.srtp.as_str() {
            _ if self.agent.is_in_secure_domain(&uri) => "required",
            "off" if self.agent.reaches_over_tls(&uri) => "optional",
            policy => policy,
        };
        let mut leg = self.new_leg(&dial.codecs, srtp);
        let port = self.studio.reserve(dial.leg, dial.beside).map_err(|error| format!("no port for audio: {error}"))?;
        leg.has_port(port);
        let credentials = (!dial.username.is_empty())
            .then(|| Credentials { username: dial.username.clone(), password: dial.password.clone() });
        let reach = convert::reach(dial.reach.as_deref()).ok_or("A network that may be called cannot be read.")?;
        let body = leg.offer();
        let outbound = Outbound {
            uri,
            from,
            from_name: dial.from_name.clone(),
            next_hop,
            headers: dial.headers.clone().into_iter().collect(),
            credentials,
            ring: Micros::from(dial.ring_ms) * 1_000,
            body,
            reach,
        };
        Ok((leg, outbound))
    }

    pub(super) fn ring(&mut self, number: LegId, media: bool, now: Micros) {
        let wants_media = media && self.sip(number).is_some_and(|leg| leg.owes_answer());
        if !wants_media {
            return self.agent.ring(number, None, now);
        }
        if let Some(body) = self.accept(number, now) {
            self.agent.ring(number, Some(body), now);
        }
    }

    pub(super) fn answer(&mut self, number: LegId, now: Micros) {
        if self.legs.get(&number).is_none_or(|leg| leg.is_answered) {
            return;
        }
        let Some(leg) = self.sip(number) else { return };
        if leg.owes_answer() {
            let Some(body) = self.accept(number, now) else { return };
            self.agent.answer(number, body, now);
            self.up(number, Fields::new(), now);
        } else if let Some(body) = leg.said() {
            self.agent.answer(number, body, now);
            self.up(number, Fields::new(), now);
        } else if self.reserve(number, now) {
            // The caller made no offer: ours goes out with the answer, theirs comes with the ACK.
            let body = self.sip(number).map(SipLeg::offer).unwrap_or_default();
            self.agent.answer(number, body, now);
        }
    }

    /// Our answer to a caller's offer, its audio started; the call is refused when there can be none.
    pub(super) fn accept(&mut self, number: LegId, now: Micros) -> Option<Vec<u8>> {
        if !self.reserve(number, now) {
            return None;
        }
        match self.sip(number)?.accept() {
            Ok((body, agreed)) => {
                self.start(number, agreed);
                Some(body)
            }
            Err(why) => {
                self.agent.reject(number, 488, &why, &Vec::new(), now);
                None
            }
        }
    }

    pub(super) fn start(&mut self, number: LegId, agreed: Agreed) {
        self.studio.start(number, agreed.params, agreed.shares_port);
    }

    fn reserve(&mut self, number: LegId, now: Micros) -> bool {
        match self.studio.reserve(number, None) {
            Ok(port) => {
                self.sip(number).into_iter().for_each(|leg| leg.has_port(port));
                true
            }
            Err(_) => {
                self.agent.reject(number, 503, "No ports left for audio", &Vec::new(), now);
                false
            }
        }
    }

    pub(super) fn new_leg(&mut self, codecs: &[String], srtp: &str) -> SipLeg {
        let mut terms = Terms { srtp: srtp_policy(srtp), ..self.terms.clone() };
        let named: Vec<Codec> = codecs.iter().filter_map(|name| Codec::from_name(name)).collect();
        if !named.is_empty() {
            terms.codecs = named;
        }
        let session_id = self.random.bits() >> 2;
        let keys = [self.master_key(), self.master_key()];
        SipLeg::new(&terms, session_id, keys)
    }

    fn master_key(&mut self) -> MasterKey {
        let mut key = [0; 30];
        for chunk in key.chunks_mut(8) {
            let bytes = self.random.bits().to_ne_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        MasterKey(key)
    }
}
