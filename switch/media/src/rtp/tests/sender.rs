use crate::rtp::Sender;

/// Sequence numbers go up by one, timestamps by what a packet is worth; both wrap (RFC 3550 §5.1).
#[test]
fn packets_are_numbered_and_timed() {
    let mut sender = Sender::new(7, u16::MAX, u32::MAX - 159);
    let first = sender.audio(0, &[1; 160], 160);
    assert_eq!((7, u16::MAX, u32::MAX - 159), (first.ssrc, first.sequence, first.timestamp));
    let second = sender.audio(0, &[1; 160], 160);
    assert_eq!((0, 0), (second.sequence, second.timestamp));
    assert_eq!((2, 320), (sender.packets(), sender.bytes()));
}

/// The first packet after a silence bears the marker, and the silence its time (RFC 3551 §4.1).
#[test]
fn a_talkspurt_starts_with_the_marker() {
    let mut sender = Sender::new(7, 0, 0);
    assert!(sender.audio(0, &[], 160).marker);
    assert!(!sender.audio(0, &[], 160).marker);
    sender.skip(1600);
    let packet = sender.audio(0, &[], 160);
    assert_eq!((true, 2, 1920), (packet.marker, packet.sequence, packet.timestamp));
}

/// A key bears the time at which it went down while the stream's time goes on (RFC 4733 §2.2.2).
#[test]
fn a_key_keeps_its_own_time() {
    let mut sender = Sender::new(7, 0, 8000);
    sender.skip(160);
    let packet = sender.key(true, 101, 8000, &[1, 10, 0, 160]);
    assert_eq!((0, 8000, 8160), (packet.sequence, packet.timestamp, sender.timestamp()));
}
