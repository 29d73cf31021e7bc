//! Room for the packets that wait, found by sequence number; allocated once.

use crate::rtp::packet::Packet;

/// Packets that are held at most: 640 ms of the usual frames.
pub(super) const SLOTS: i64 = 32;

/// Room for one packet. Its bytes are allocated by the first packet and kept for all later ones.
#[derive(Debug)]
pub(super) struct Slot {
    /// The packet that is or was here, by its unwrapped sequence number.
    pub(super) sequence: i64,
    /// Of its first sample, in microseconds of the stream's clock.
    pub(super) time: i64,
    /// False for a packet that only shows that nothing is missing.
    pub(super) audio: bool,
    pub(super) payload_type: u8,
    pub(super) payload: Vec<u8>,
    held: bool,
}

#[derive(Debug)]
pub(super) struct Slots(Vec<Slot>);

impl Slots {
    pub(super) fn new() -> Self {
        let empty =
            || Slot { sequence: i64::MIN, time: 0, audio: false, payload_type: 0, payload: Vec::new(), held: false };
        Self((0..SLOTS).map(|_| empty()).collect())
    }

    /// Forget all packets, but keep their room.
    pub(super) fn clear(&mut self) {
        for slot in &mut self.0 {
            slot.sequence = i64::MIN;
            slot.held = false;
        }
    }

    /// Whether this packet is here, or was among the last ones.
    pub(super) fn knows(&self, sequence: i64) -> bool {
        self.0.get(index(sequence)).is_some_and(|slot| slot.sequence == sequence)
    }

    /// Keep a packet in the place of one that is [`SLOTS`] older.
    pub(super) fn put(&mut self, sequence: i64, time: i64, packet: &Packet<'_>, audio: bool) {
        if let Some(slot) = self.0.get_mut(index(sequence)) {
            slot.sequence = sequence;
            slot.time = time;
            slot.audio = audio;
            slot.payload_type = packet.payload_type;
            slot.payload.clear();
            if audio {
                slot.payload.extend_from_slice(packet.payload);
            }
            slot.held = true;
        }
    }

    /// The first packet that waits, of those from `next` to `highest`.
    pub(super) fn first(&self, next: i64, highest: i64) -> Option<&Slot> {
        (next..=highest)
            .take(SLOTS as usize)
            .filter_map(|sequence| self.0.get(index(sequence)).filter(|slot| slot.sequence == sequence))
            .find(|slot| slot.held)
    }

    /// Let go of a packet; its bytes stay readable until another takes its place.
    pub(super) fn release(&mut self, sequence: i64) -> Option<&Slot> {
        let slot = self.0.get_mut(index(sequence))?;
        slot.held = false;
        Some(slot)
    }

    /// Let go of all packets before this one; how many of them were audio.
    pub(super) fn release_before(&mut self, sequence: i64) -> u32 {
        let old = self.0.iter_mut().filter(|slot| slot.held && slot.sequence < sequence);
        old.map(|slot| {
            slot.held = false;
            u32::from(slot.audio)
        })
        .sum()
    }
}

fn index(sequence: i64) -> usize {
    sequence.rem_euclid(SLOTS) as usize
}
