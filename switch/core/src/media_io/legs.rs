//! The sockets of a media thread's legs, as the shard sees them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use hookflash_media::{LegId, MediaEvent, Micros, Out};
use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};

use super::{Report, Sockets, Stats};

/// Longest datagram that is read whole.
const MOST_BYTES: usize = 2_048;

/// Which of a leg's sockets a token stands for; the leg's number is in the other bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Port {
    Rtp,
    Rtcp,
}

/// Sockets by leg.
pub(super) struct Legs {
    registry: Registry,
    sockets: HashMap<LegId, Held>,
    report: Report,
    stats: Arc<Stats>,
    /// How late the present tick is (us).
    pub behind: u64,
}

struct Held {
    sockets: Sockets,
    /// RTP wakes the thread.
    wakes: bool,
}

impl Legs {
    pub fn new(registry: Registry, report: Report, stats: Arc<Stats>) -> Self {
        Self { registry, sockets: HashMap::new(), report, stats, behind: 0 }
    }

    pub fn len(&self) -> usize {
        self.sockets.len()
    }

    pub fn add(&mut self, leg: LegId, sockets: Sockets) {
        let token = token(leg, Port::Rtcp);
        // Without this, reports of the peer are missed: the quality of the leg is told less well, and that is all.
        let _ = self.registry.register(&mut SourceFd(&sockets.rtcp_fd()), token, Interest::READABLE);
        self.sockets.insert(leg, Held { sockets, wakes: false });
    }

    pub fn remove(&mut self, leg: LegId) -> Option<Sockets> {
        let held = self.sockets.remove(&leg)?;
        // What was never registered cannot be taken off, and need not.
        let _ = self.registry.deregister(&mut SourceFd(&held.sockets.rtcp_fd()));
        if held.wakes {
            let _ = self.registry.deregister(&mut SourceFd(&held.sockets.rtp_fd()));
        }
        Some(held.sockets)
    }

    pub fn share_port(&mut self, leg: LegId, is_shared: bool) {
        if let Some(held) = self.sockets.get_mut(&leg) {
            held.sockets.is_shared = is_shared;
        }
    }

    /// The next datagram of a port that is ready.
    pub fn take(&mut self, leg: LegId, port: Port, buffer: &mut [u8]) -> Option<(usize, Option<SocketAddr>)> {
        let sockets = &self.sockets.get(&leg)?.sockets;
        let received = match port {
            Port::Rtp => sockets.receive(buffer).map(|(length, from)| (length, Some(from))),
            Port::Rtcp => sockets.receive_rtcp(buffer).map(|length| (length, None)),
        };
        if received.is_some() {
            self.stats.received();
        }
        received
    }

    pub fn buffer() -> Vec<u8> {
        vec![0; MOST_BYTES]
    }
}

pub(super) fn token(leg: LegId, port: Port) -> Token {
    Token(leg as usize * 2 + usize::from(port == Port::Rtcp))
}

pub(super) fn port_of(token: Token) -> (LegId, Port) {
    (token.0 as LegId / 2, if token.0.is_multiple_of(2) { Port::Rtp } else { Port::Rtcp })
}

impl Out for Legs {
    fn event(&mut self, leg: LegId, at: Micros, event: MediaEvent) {
        if matches!(event, MediaEvent::Closed(_)) {
            self.remove(leg);
            self.stats.legs(self.len());
        }
        (self.report)(leg, at, event);
    }

    fn rtp(&mut self, leg: LegId, packet: &[u8]) {
        if let Some(held) = self.sockets.get(&leg) {
            let is_taken = held.sockets.send(packet);
            self.stats.sent(is_taken, self.behind);
        }
    }

    fn rtcp(&mut self, leg: LegId, packet: &[u8]) {
        if let Some(held) = self.sockets.get(&leg) {
            held.sockets.send_rtcp(packet);
        }
    }

    fn aim(&mut self, leg: LegId, to: SocketAddr, only: bool) {
        if let Some(held) = self.sockets.get_mut(&leg) {
            // A socket that cannot be connected still sends to the address.
            let _ = held.sockets.aim(to, only).or_else(|_| held.sockets.aim(to, false));
        }
    }

    fn hurry(&mut self, leg: LegId, hurry: bool) {
        let Some(held) = self.sockets.get_mut(&leg).filter(|held| held.wakes != hurry) else { return };
        let fd = held.sockets.rtp_fd();
        let changed = if hurry {
            self.registry.register(&mut SourceFd(&fd), token(leg, Port::Rtp), Interest::READABLE)
        } else {
            self.registry.deregister(&mut SourceFd(&fd))
        };
        // Where that fails the leg is read with its tick, as any other.
        held.wakes = hurry && changed.is_ok();
    }

    fn receive(&mut self, leg: LegId, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
        let held = self.sockets.get(&leg).filter(|held| !held.wakes)?;
        let received = held.sockets.receive(buffer)?;
        self.stats.received();
        Some(received)
    }
}
