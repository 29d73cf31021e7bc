//! Where a shard's results go: to its owner, or from one leg to another.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::random::Random;
use crate::session::{Carrier, MediaEvent, Session, Wire};
use crate::{LegId, Micros};

/// The owner of a shard: its results go there, and what has come to the sockets is asked of it.
pub trait Out {
    /// Something happened on a leg.
    fn event(&mut self, leg: LegId, at: Micros, event: MediaEvent);

    /// A packet for the media port of the peer.
    fn rtp(&mut self, leg: LegId, packet: &[u8]);

    /// A packet for its RTCP port, or its media port where both share one.
    fn rtcp(&mut self, leg: LegId, packet: &[u8]);

    /// From now on packets go to `to`; with `only`, what others send need not be handed in.
    fn aim(&mut self, leg: LegId, to: SocketAddr, only: bool);

    /// The next packet that has come to the media port of a leg which is not in a hurry; asked for with its tick.
    fn receive(&mut self, _leg: LegId, _buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
        None
    }

    /// From now on packets of this leg are to be handed in as they arrive (or need not be, until its tick).
    fn hurry(&mut self, leg: LegId, hurry: bool);
}

/// Carries packets of one session: out, or to another leg of the shard.
pub(super) struct Wires<'a, O> {
    pub leg: LegId,
    pub wire: Wire,
    pub now: Micros,
    pub keys: &'a HashMap<LegId, usize>,
    pub sessions: &'a mut [Option<Box<Session>>],
    pub random: &'a mut Random,
    pub out: &'a mut O,
}

impl<O: Out> Carrier for Wires<'_, O> {
    fn rtp(&mut self, packet: &[u8]) {
        match self.wire {
            Wire::Socket => self.out.rtp(self.leg, packet),
            Wire::Link(line) => {
                let peer = self.keys.get(&line.peer).and_then(|&key| self.sessions.get_mut(key)?.as_mut());
                if let (Some(peer), Some(at)) = (peer, line.carry(self.now, self.random)) {
                    peer.arrivals.push(packet, at);
                }
            }
            Wire::Open => {}
        }
    }

    fn rtcp(&mut self, packet: &[u8]) {
        self.out.rtcp(self.leg, packet);
    }
}
