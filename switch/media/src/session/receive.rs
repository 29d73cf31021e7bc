//! What arrives for a leg: whom it listens to, and what its packets are.

use std::net::SocketAddr;

use super::incoming::Kind;
use super::{Peer, RELATCH, Received, Session, Wire};
use crate::dsp::KeyTones;
use crate::rtp::{self, KeyEvent, Packet};
use crate::session::MediaEvent;
use crate::{Micros, SAMPLE_RATE};

/// How long after a key that is nobody else's business the next are none either: its last packet comes three times
/// (RFC 4733 §2.5.1.4), over a network that delays.
const SECRET: Micros = 300_000;

impl Session {
    /// Takes a datagram of the media port.
    pub(crate) fn receive<'a>(
        &mut self,
        datagram: &'a mut [u8],
        from: Option<SocketAddr>,
        now: Micros,
    ) -> Received<'a> {
        match rtp::kind(datagram) {
            rtp::Kind::Rtp => self.receive_rtp(datagram, from, now).unwrap_or(Received::Taken),
            rtp::Kind::Rtcp => {
                self.receive_rtcp(datagram, now);
                Received::Taken
            }
            rtp::Kind::Other => Received::Taken,
        }
    }

    fn receive_rtp<'a>(
        &mut self,
        datagram: &'a mut [u8],
        from: Option<SocketAddr>,
        now: Micros,
    ) -> Option<Received<'a>> {
        let is_stranger = from.is_some_and(|from| matches!(self.peer, Peer::Latched(peer) if peer != from));
        if is_stranger && now.saturating_sub(self.incoming.last_packet) < RELATCH {
            return None;
        }
        let datagram = match &mut self.srtp {
            Some(srtp) => srtp.unprotect(datagram).ok()?,
            None => datagram,
        };
        let packet = Packet::parse(datagram).ok()?;
        let kind = self.incoming.kind(packet.payload_type);
        if matches!(kind, Kind::Unknown) || !self.params.receives {
            return None;
        }
        self.latch(from);
        self.timed_out = false;
        self.reports.received(&packet, now);
        let is_key = matches!(kind, Kind::Event);
        if is_key {
            for event in self.incoming.event(&packet, now) {
                self.key(event, false, now);
            }
        } else {
            self.incoming.audio(&packet, now);
        }
        Some(Received::Packet { packet, is_key })
    }

    fn latch(&mut self, from: Option<SocketAddr>) {
        if let Some(from) = from.filter(|&from| self.peer != Peer::Latched(from)) {
            self.peer = Peer::Latched(from);
            self.aim = Some((from, true));
        }
    }

    /// Takes a datagram of the port beside it.
    pub(crate) fn receive_rtcp(&mut self, datagram: &mut [u8], now: Micros) {
        let datagram = match &mut self.srtp {
            Some(srtp) => match srtp.unprotect_rtcp(datagram) {
                Ok(datagram) => datagram,
                Err(_) => return,
            },
            None => datagram,
        };
        // What is well-formed in a compound counts; of the rest there is nobody to tell.
        let _ = self.reports.take(datagram, self.outgoing.sender().ssrc(), now);
    }

    pub(super) fn key(&mut self, event: KeyEvent, inband: bool, now: Micros) {
        if let KeyEvent::Up { key, ms } = event {
            self.events.push(MediaEvent::Key { key, ms, inband });
            if self.operations.are_private() {
                self.secret_until = now + SECRET;
            }
            self.passing = (!inband && !self.is_secret()).then_some(rtp::Press::Key { key, ms });
            self.operations.key(key, now);
            self.report();
        }
    }

    /// Presses a key of the other leg of a bridge.
    pub(crate) fn pass(&mut self, press: rtp::Press) {
        if self.wire == Wire::Open {
            // There is no far end to press it at: whoever made the leg hears of it.
            if let rtp::Press::Key { key, ms } = press {
                self.events.push(MediaEvent::Key { key, ms, inband: false });
            }
            return;
        }
        match (self.outgoing.events(), press) {
            // One that finds no room among a thousand others is lost.
            (Some(events), press) => drop(events.press(press)),
            (None, rtp::Press::Key { key, .. }) => {
                self.tones = KeyTones::new(key.encode_utf8(&mut [0; 4]), SAMPLE_RATE as u32).ok();
            }
            (None, rtp::Press::Pause { .. }) => {}
        }
    }
}
