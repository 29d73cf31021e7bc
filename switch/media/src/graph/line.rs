//! The wire between two legs of one shard: RTP packets in memory, with the loss and delay that a test asks for.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::random::Random;
use crate::{LegId, Micros};

/// Most packets under way to one leg; what comes on top is lost.
const MOST_UNDER_WAY: usize = 512;

/// One direction of a wire: from the leg that holds it to `peer`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Who gets what is sent.
    pub peer: LegId,
    /// Share of packets that are lost, 0 to 1.
    pub loss: f64,
    /// How long each takes.
    pub delay: Micros,
    /// Up to so much longer, at random.
    pub jitter: Micros,
}

impl Line {
    /// When a packet that is sent now arrives, if it does.
    pub fn carry(&self, now: Micros, random: &mut Random) -> Option<Micros> {
        if self.loss > 0.0 && random.unit() < self.loss {
            return None;
        }
        let longer = if self.jitter > 0 { random.next_u64() % (self.jitter + 1) } else { 0 };
        Some(now + self.delay + longer)
    }
}

/// Packets on their way to a leg, in the order of their arrival.
#[derive(Debug, Default)]
pub struct Arrivals {
    under_way: BinaryHeap<Reverse<Arrival>>,
    sent: u64,
    spare: Vec<Vec<u8>>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Arrival {
    at: Micros,
    serial: u64,
    packet: Vec<u8>,
}

impl Arrivals {
    /// A packet that will arrive.
    pub fn push(&mut self, packet: &[u8], at: Micros) {
        if self.under_way.len() >= MOST_UNDER_WAY {
            return;
        }
        let mut held = self.spare.pop().unwrap_or_default();
        held.clear();
        held.extend_from_slice(packet);
        self.sent += 1;
        self.under_way.push(Reverse(Arrival { at, serial: self.sent, packet: held }));
    }

    /// The next packet that has arrived by `now`; give it back with [`Arrivals::reuse`].
    pub fn pop(&mut self, now: Micros) -> Option<Vec<u8>> {
        if self.next()? > now {
            return None;
        }
        self.under_way.pop().map(|Reverse(arrival)| arrival.packet)
    }

    /// Takes back the room of a packet.
    pub fn reuse(&mut self, packet: Vec<u8>) {
        if self.spare.len() < 8 {
            self.spare.push(packet);
        }
    }

    /// When the next one arrives.
    pub fn next(&self) -> Option<Micros> {
        self.under_way.peek().map(|Reverse(arrival)| arrival.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets come out in the order of their arrival, and not before it.
    #[test]
    fn arrives_in_order_of_time() {
        let mut arrivals = Arrivals::default();
        arrivals.push(b"late", 30);
        arrivals.push(b"first", 10);
        arrivals.push(b"second", 10);
        assert_eq!(arrivals.pop(9), None);
        assert_eq!(arrivals.pop(10).as_deref(), Some(&b"first"[..]));
        assert_eq!(arrivals.pop(10).as_deref(), Some(&b"second"[..]));
        assert_eq!(arrivals.pop(10), None);
        assert_eq!(arrivals.next(), Some(30));
    }

    /// A loss of a tenth loses about a tenth, the same ones for the same seed.
    #[test]
    fn loses_the_share_it_was_asked_to() {
        let line = Line { peer: 1, loss: 0.1, delay: 5, jitter: 0 };
        let carried = |seed| {
            let mut random = Random::new(seed);
            (0..10_000).filter_map(|now| line.carry(now, &mut random)).collect::<Vec<_>>()
        };
        let lost = 10_000 - carried(7).len();
        assert!((900..1_100).contains(&lost), "{lost}");
        assert_eq!(carried(7), carried(7));
    }
}
