//! Nothing is allocated for a packet: hundreds of calls share a thread that has 20 ms for all of them.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use hookflash_media::rtp::{
    Depth, Jitter, KeyReceiver, KeySender, PRESS_MS, Packet, Press, Pull, Reports, Sender, Srtp, Suite, Tick,
};

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

/// How often `work` allocated.
fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

/// Once a buffer's slots have been used, a packet goes through it, encrypted and reported on, without allocation.
#[test]
fn packets_of_audio_allocate_nothing() {
    let (mut sender, mut reports) = (Sender::new(1, 0, 0), Reports::new(8_000, 1, 0));
    let mut jitter = Jitter::new(8_000, Depth::LARGE);
    let mut srtp = Srtp::new(Suite::Sha1Tag80, &[7; 30], &[7; 30]);
    let (mut bytes, mut compound, mut played) = (Vec::new(), Vec::new(), 0);
    let mut tick = |now| {
        sender.audio(0, &[0xd5; 160], 160).write(&mut bytes);
        srtp.protect(&mut bytes).unwrap();
        let packet = Packet::parse(srtp.unprotect(&mut bytes).unwrap()).unwrap();
        reports.received(&packet, now);
        jitter.push(&packet, now);
        played += usize::from(matches!(jitter.pop(now), Pull::Frame { .. }));
        if reports.poll(&sender, now, &mut compound) {
            srtp.protect_rtcp(&mut compound).unwrap();
            reports.take(srtp.unprotect_rtcp(&mut compound).unwrap(), 1, now).unwrap();
        }
    };
    (0..500).for_each(|packet| tick(packet * 20_000));
    assert_eq!(0, allocations(|| (500..5_000).for_each(|packet| tick(packet * 20_000))));
    assert!(played > 4_990);
}

/// A key that is pressed and heard allocates nothing either.
#[test]
fn packets_of_keys_allocate_nothing() {
    let (mut keys, mut receiver) = (KeySender::new(8_000), KeyReceiver::new(8_000));
    "123#".chars().for_each(|key| keys.press(Press::Key { key, ms: PRESS_MS }).unwrap());
    let mut sender = Sender::new(1, 0, 0);
    let mut heard = 0;
    let allocated = allocations(|| {
        for now in (0..100).map(|tick| tick * 20_000) {
            if let Tick::Key { marker, timestamp, payload } = keys.tick(sender.timestamp(), 160) {
                heard += receiver.push(&sender.key(marker, 101, timestamp, &payload), now).count();
            }
            sender.skip(160);
        }
    });
    assert_eq!((0, 8), (allocated, heard));
}
