//! Keys as RFC 4733 events.

use hookflash_media::rtp::{KeyEvent, KeyReceiver, Packet};

use super::datagrams;

/// Keys go down and up in turn, and none stays down.
pub fn check(input: &[u8]) {
    let mut keys = KeyReceiver::new(8_000);
    let (mut events, mut last) = (Vec::new(), 0);
    for (now, datagram) in datagrams(input) {
        events.extend(keys.tick(now));
        if let Ok(packet) = Packet::parse(&datagram) {
            events.extend(keys.push(&packet, now));
        }
        last = now;
    }
    events.extend(keys.tick(last + 1_000_000));
    for pair in events.chunks(2) {
        let [KeyEvent::Down { key: down }, KeyEvent::Up { key: up, .. }] = pair else {
            panic!("a key went down or up twice: {events:?}");
        };
        assert_eq!(down, up);
    }
}
