use proptest::prelude::*;

use super::hex;
use crate::rtp::{Kind, Malformed, Packet, kind};

/// Of a baresip phone: the first packet of a call, cut to 8 samples, and the first packet of a key.
const AUDIO: &str = "80805cca 00001975 6dba4c6b d1a1928c89898c91";
const KEY: &str = "80e55d3e 000061f5 6dba4c6b 040a00a0";

/// A packet of a phone says what the phone meant.
#[test]
fn a_captured_packet_is_read() {
    let bytes = hex(AUDIO);
    let packet = Packet::parse(&bytes).unwrap();
    let payload = &bytes[12..];
    let expected =
        Packet { marker: true, payload_type: 0, sequence: 0x5cca, timestamp: 0x1975, ssrc: 0x6dba_4c6b, payload };
    assert_eq!(expected, packet);
}

/// What was read is written back, byte for byte.
#[test]
fn captured_packets_survive_a_round_trip() {
    for captured in [AUDIO, KEY] {
        let (bytes, mut written) = (hex(captured), vec![1, 2, 3]);
        Packet::parse(&bytes).unwrap().write(&mut written);
        assert_eq!(bytes, written);
    }
}

/// Contributing sources, the extension and padding are not audio (RFC 3550 §5.1, §5.3.1).
#[test]
fn what_stands_around_the_payload_is_passed_over() {
    let bytes = hex("b1e4 0002 00000140 decafbad 01020304 bede0001 10ff0000 617564696f 000003");
    let packet = Packet::parse(&bytes).unwrap();
    assert_eq!((b"audio".as_slice(), true, 100), (packet.payload, packet.marker, packet.payload_type));
}

/// No length inside a packet reaches beyond the packet.
#[test]
fn lengths_that_lie_are_refused() {
    for (bytes, why) in [
        ("", Malformed::Short),
        ("80", Malformed::Short),
        ("8000 0001 00000000 000000", Malformed::Short),
        ("4000 0001 00000000 00000000", Malformed::Version),
        ("8f00 0001 00000000 00000000 00000000", Malformed::Short),
        ("9000 0001 00000000 00000000", Malformed::Short),
        ("9000 0001 00000000 00000000 bedeffff", Malformed::Short),
        ("a000 0001 00000000 00000000", Malformed::Padding),
        ("a000 0001 00000000 00000000 00", Malformed::Padding),
        ("a000 0001 00000000 00000000 01020304ff", Malformed::Padding),
    ] {
        assert_eq!(Err(why), Packet::parse(&hex(bytes)), "{bytes}");
    }
}

/// An empty payload keeps a binding of a NAT alive and is well-formed.
#[test]
fn a_packet_may_be_empty() {
    assert!(Packet::parse(&hex("8014 0001 00000000 00000000")).unwrap().payload.is_empty());
}

/// On a shared port, the second byte tells RTCP from RTP with and without marker (RFC 5761 §4).
#[test]
fn rtcp_is_told_from_rtp_on_one_port() {
    assert_eq!(Kind::Rtp, kind(&hex(AUDIO)));
    assert_eq!(Kind::Rtp, kind(&hex(KEY)));
    assert_eq!(Kind::Rtcp, kind(&hex("81c8000c 6dba4c6b")));
    assert_eq!(Kind::Other, kind(&hex("00010000 2112a442")));
    assert_eq!(Kind::Other, kind(&[]));
}

proptest! {
    /// Whatever comes is a packet or an error, and a packet's payload is at most what came.
    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(packet) = Packet::parse(&bytes) {
            prop_assert!(packet.payload.len() + 12 <= bytes.len());
        }
    }

    /// Every packet that we write reads back the same.
    #[test]
    fn packets_survive_a_round_trip(
        marker: bool, payload_type in 0_u8..128, sequence: u16, timestamp: u32, ssrc: u32, payload: Vec<u8>,
    ) {
        let packet = Packet { marker, payload_type, sequence, timestamp, ssrc, payload: &payload };
        let mut bytes = Vec::new();
        packet.write(&mut bytes);
        prop_assert_eq!(Ok(packet), Packet::parse(&bytes));
    }
}
