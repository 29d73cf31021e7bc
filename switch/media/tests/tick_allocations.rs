//! A tick allocates nothing: hundreds of calls share a thread that has 20 ms for all of them.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::net::SocketAddr;

use common::{MS, Shelf, file, sine};
use hookflash_media::codec::CodecKind;
use hookflash_media::rtp::Packet;
use hookflash_media::session::Presence;
use hookflash_media::{LegId, MediaCommand, MediaEvent, MediaParams, Micros, Out, Shard, Wire};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the memory came from `alloc` above, thus from the system.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Counts packets and drops them.
struct Nowhere(u64);

impl Out for Nowhere {
    fn event(&mut self, _leg: LegId, _at: Micros, _event: MediaEvent) {}
    fn rtp(&mut self, _leg: LegId, _packet: &[u8]) {
        self.0 += 1;
    }
    fn rtcp(&mut self, _leg: LegId, _packet: &[u8]) {}
    fn aim(&mut self, _leg: LegId, _to: SocketAddr, _only: bool) {}
    fn hurry(&mut self, _leg: LegId, _hurry: bool) {}
}

/// Ten legs that all talk, for as many ms; packets that were sent, and allocations.
fn talk(shard: &mut Shard, from: Micros, ms: u64) -> (u64, usize) {
    let peer: SocketAddr = "192.0.2.1:4000".parse().unwrap();
    let payload = [0x20; 160];
    let mut bytes = Vec::with_capacity(200);
    let mut out = Nowhere(0);
    let before = ALLOCATIONS.get();
    for at in 0..ms / 5 {
        let now = from + at * 5 * MS;
        if at % 4 == 0 {
            let frame = (now / (20 * MS)) as u32;
            for leg in 0..10 {
                let (sequence, timestamp) = (frame as u16, frame * 160);
                let payload = &payload;
                Packet { marker: false, payload_type: 0, sequence, timestamp, ssrc: leg, payload }.write(&mut bytes);
                shard.datagram(LegId::from(leg), &mut bytes, peer, now, &mut out);
            }
        }
        shard.tick(now, &mut out);
    }
    (out.0, ALLOCATIONS.get() - before)
}

/// A leg without a far end.
const OPEN: LegId = 20;

fn shard() -> Shard {
    let shelf = Shelf::default();
    shelf.add("tone", &sine(600.0, 60_000));
    let mut shard = Shard::new(Box::new(shelf), 1);
    for leg in 0..10 {
        shard.open(leg, Wire::Socket, MediaParams::new(CodecKind::Pcmu, 0), 0, &mut Nowhere(0));
    }
    shard
}

/// The prompt of an IVR, the relay of a bridge, the mix of a room and an announcement in it go without an allocation.
#[test]
fn a_tick_allocates_nothing() {
    let play = |_| MediaCommand::Play { op: 1, sources: vec![file("tone")], repeat: 1 };
    let bridge = |leg: LegId| MediaCommand::Bridge { other: leg ^ 1 };
    let join = |_| MediaCommand::Join { room: "room".into(), how: Presence::default() };
    let watched = Presence { speaking: true, ..Presence::default() };
    let announce = |_| MediaCommand::Join { room: "room".into(), how: watched };
    let kinds: [(&str, &dyn Fn(LegId) -> MediaCommand); 4] =
        [("play", &play), ("bridge", &bridge), ("mix", &join), ("announce", &announce)];
    for (kind, command) in kinds {
        let mut shard = shard();
        for leg in (0..10).filter(|leg| kind != "bridge" || leg % 2 == 0) {
            shard.command(leg, command(leg), 0, &mut Nowhere(0));
        }
        if kind == "announce" {
            shard.open(OPEN, Wire::Open, MediaParams::open(), 0, &mut Nowhere(0));
            shard.command(OPEN, command(OPEN), 0, &mut Nowhere(0));
            shard.command(OPEN, play(OPEN), 0, &mut Nowhere(0));
        }
        // Reports are made of the first seconds on; the coded form of a piece once in half a second.
        talk(&mut shard, 0, 10_000);
        let (sent, allocations) = talk(&mut shard, 10_000 * MS, 10_000);
        assert_eq!(sent, 5_000, "{kind}");
        let pieces = if kind == "play" { 20 } else { 0 };
        assert!(allocations <= pieces, "{kind}: {allocations} allocations for {sent} packets");
    }
}
