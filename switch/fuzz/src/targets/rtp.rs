//! RTP through the jitter buffer.

use hookflash_media::rtp::{Depth, Jitter, Packet, Pull, Reports};

use super::datagrams;

const KEY_TYPE: u8 = 101;

/// A buffer plays no more than it was given, and nothing longer than a datagram.
pub fn check(input: &[u8]) {
    let (mut jitter, mut reports) = (Jitter::new(8_000, Depth::LARGE), Reports::new(8_000, 1, 0));
    let (mut pushed, mut played) = (0_u32, 0);
    for (now, datagram) in datagrams(input) {
        if let Ok(packet) = Packet::parse(&datagram) {
            reports.received(&packet, now);
            if packet.payload_type == KEY_TYPE {
                jitter.pass(&packet);
            } else {
                jitter.push(&packet, now);
                pushed += 1;
            }
        }
        match jitter.pop(now) {
            Pull::Frame { payload, .. } => {
                assert!(payload.len() <= datagram.len().max(usize::from(u8::MAX)));
                played += 1;
            }
            Pull::Lost { ms } => assert!((1..=20).contains(&ms)),
            Pull::Empty => {}
        }
    }
    let counts = jitter.counts();
    assert!(played + counts.late + counts.duplicates + counts.skipped <= pushed);
    assert!(reports.packets() <= pushed + input.len() as u32);
}
