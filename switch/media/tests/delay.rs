//! How long a voice takes through a room: from the packet that brings it to the packet that takes it on.

mod common;

use std::collections::VecDeque;
use std::net::SocketAddr;

use common::{MS, Shelf};
use hookflash_media::codec::CodecKind;
use hookflash_media::rtp::{Depth, Packet};
use hookflash_media::session::Presence;
use hookflash_media::{LegId, MediaCommand, MediaEvent, MediaParams, Micros, Out, SLOT, Shard, Wire};

const SPEAKER: LegId = 1;
const HEARER: LegId = 2;
const HUSH: u8 = 0xff;
const LOUD: u8 = 0x10;

/// The sockets of the speaker, and when the hearer was first sent something loud.
#[derive(Default)]
struct Line {
    arrived: VecDeque<Vec<u8>>,
    now: Micros,
    heard: Option<Micros>,
}

impl Out for Line {
    fn event(&mut self, _leg: LegId, _at: Micros, _event: MediaEvent) {}
    fn rtp(&mut self, leg: LegId, packet: &[u8]) {
        // Mu-law has its silence at the top of either half of its range.
        let is_loud = packet.iter().skip(12).any(|&byte| byte & 0x7f < 0x40);
        if leg == HEARER && is_loud {
            self.heard.get_or_insert(self.now);
        }
    }
    fn rtcp(&mut self, _leg: LegId, _packet: &[u8]) {}
    fn aim(&mut self, _leg: LegId, _to: SocketAddr, _only: bool) {}
    fn hurry(&mut self, _leg: LegId, _hurry: bool) {}
    fn receive(&mut self, leg: LegId, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
        let packet = if leg == SPEAKER { self.arrived.pop_front()? } else { return None };
        buffer[..packet.len()].copy_from_slice(&packet);
        Some((packet.len(), "192.0.2.1:4000".parse().ok()?))
    }
}

fn packet(number: u16, level: u8) -> Vec<u8> {
    let (timestamp, payload) = (u32::from(number) * 160, [level; 160]);
    let mut bytes = Vec::new();
    Packet { marker: false, payload_type: 0, sequence: number, timestamp, ssrc: 9, payload: &payload }
        .write(&mut bytes);
    bytes
}

/// How long a voice takes that speaks up in packet `first`, `phase` after a turn of the shard; `late` delays packets.
fn delay(how: Presence, first: u16, phase: Micros, late: impl Fn(u16) -> Micros) -> Micros {
    let mut shard = Shard::new(Box::new(Shelf::default()), 1);
    let mut line = Line::default();
    for leg in [SPEAKER, HEARER] {
        shard.open(leg, Wire::Socket, MediaParams::new(CodecKind::Pcmu, 0), 0, &mut line);
        let join = MediaCommand::Join { room: "room".into(), how };
        shard.command(leg, join, 0, &mut line);
    }
    let sent = |number: u16| Micros::from(number) * 20 * MS + phase;
    let mut next = 0;
    for turn in 0.. {
        line.now = turn * SLOT;
        while next <= first && sent(next) + late(next) <= line.now {
            line.arrived.push_back(packet(next, if next == first { LOUD } else { HUSH }));
            next += 1;
        }
        shard.tick(line.now, &mut line);
        if let Some(heard) = line.heard {
            return heard - sent(first);
        }
        assert!(turn * SLOT < sent(first) + 1_000 * MS, "it was never heard");
    }
    unreachable!("turns do not end")
}

/// On a clean network a voice is on its way within 30 ms, however packets and turns lie to each other, at once and later.
#[test]
fn a_voice_crosses_a_room_within_30_ms() {
    for phase in (0..20).map(|ms| ms * MS + 100) {
        for first in [3, 50, 600] {
            let delay = delay(Presence::default(), first, phase, |_| 0);
            assert!(delay <= 30 * MS, "{delay} us with packets {phase} us after a turn, packet {first}");
        }
    }
}

/// Packets that come up to 3 ms late make nobody wait for longer than 40 ms.
#[test]
fn a_little_jitter_costs_little() {
    for phase in (0..20).map(|ms| ms * MS + 100) {
        let delay = delay(Presence::default(), 600, phase, |number| Micros::from(number % 7) * MS / 2);
        assert!(delay <= 40 * MS, "{delay} us with packets {phase} us after a turn");
    }
}

/// Who wants no buffer has none: a voice is on its way with the next tick.
#[test]
fn without_a_buffer_nothing_waits() {
    let how = Presence { depth: Depth::OFF, ..Presence::default() };
    for phase in (0..20).map(|ms| ms * MS + 100) {
        let delay = delay(how, 600, phase, |_| 0);
        assert!(delay < 20 * MS, "{delay} us with packets {phase} us after a turn");
    }
}
