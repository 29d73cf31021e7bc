//! Packets that pass from one leg of a bridge to the other as they are: only their headers are written anew.

use super::{Carrier, Session};
use crate::rtp::Packet;

/// From the numbers of a stream that comes to those of the stream that we send.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shift {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
}

impl Session {
    /// Sends on what came from the other leg of the bridge.
    ///
    /// Gaps stay gaps and the order stays what it was, so that the far end sees the network as it is. Keys bear the
    /// payload type of this leg.
    pub(crate) fn relay(&mut self, packet: &Packet<'_>, is_key: bool, carrier: &mut impl Carrier) {
        if !self.params.sends {
            return;
        }
        let Some(payload_type) = (if is_key { self.params.telephone_event } else { Some(self.params.payload_type) })
        else {
            return;
        };
        let known = self.shift.filter(|shift| shift.ssrc == packet.ssrc);
        let shift = known.unwrap_or_else(|| {
            let (sequence, timestamp) = self.outgoing.sender().next();
            Shift {
                ssrc: packet.ssrc,
                sequence: sequence.wrapping_sub(packet.sequence),
                timestamp: timestamp.wrapping_sub(packet.timestamp),
            }
        });
        self.shift = Some(shift);
        let packet = Packet {
            marker: packet.marker || known.is_none(),
            payload_type,
            sequence: packet.sequence.wrapping_add(shift.sequence),
            timestamp: packet.timestamp.wrapping_add(shift.timestamp),
            ..*packet
        };
        self.outgoing.forward(packet, self.srtp.as_deref_mut(), carrier);
    }
}
