use proptest::prelude::*;

use super::hex;
use crate::rtp::srtp::cipher::{Labels, expand};
use crate::rtp::srtp::streams::Streams;
use crate::rtp::{MASTER_KEY_BYTES, Malformed, Srtp, SrtpError, Suite};

/// Packets that libsrtp 2 protected with the master key 40 41 42 … 5d: plain, and protected with a tag of 80 bits.
/// The third is the first after the sequence number wrapped; the last has a contributing source and an extension.
const RTP: [(&str, &str); 5] = [
    (
        "8000fffe00a00000decafbad feff000102030405060708090a0b0c0d0e0f1011",
        "8000fffe00a00000decafbad df70a41f2fe51ac85cbe1e2bf36e0ed346ebda11 8a3254a46de75b37de4b",
    ),
    (
        "8000ffff00a000a0decafbad ff000102030405060708090a0b0c0d0e0f101112",
        "8000ffff00a000a0decafbad 598d5c1372ddc7c8e2bcbe38df64cac418b86231 08bf77ecb721c47d5cd0",
    ),
    (
        "8000000000000140decafbad 000102030405060708090a0b0c0d0e0f10111213",
        "8000000000000140decafbad 477e95f089e11304b654779f285297514e76b876 8c8109580f2f72f3d2ea",
    ),
    (
        "80000001000001e0decafbad 0102030405060708090a0b0c0d0e0f1011121314",
        "80000001000001e0decafbad e8e5213c9771d95b86c120df4ef81ec7f9ce5345 465abb7e2b2f649e1c90",
    ),
    (
        "b1e4000200000140decafbad 01020304 bede0001 10ff0000 617564696f000003",
        "b1e4000200000140decafbad 01020304 bede0001 10ff0000 94cfa52d52803dee 9875e66460e0838fa8b5",
    ),
];

/// A compound of RTCP, and what libsrtp 2 made of it with the indices 1 and 2.
const RTCP: &str = "81c90007decafbad 123456780000000000000001000000000000000000000000";
const SRTCP: [&str; 2] = [
    "81c90007decafbad f94c0be802ed2e449d7ab8b56938e85aff9ae066a1fbf0fa 80000001 9b43b378aea34b7f8ad4",
    "81c90007decafbad 5bed808dc0e5361b12820a2b01cb0664a2ed3ec10fdfd52b 80000002 7c89818bbe7275ec8701",
];

const MASTER: [u8; MASTER_KEY_BYTES] = {
    let mut master = [0x40; MASTER_KEY_BYTES];
    let mut index = 0;
    while index < MASTER_KEY_BYTES {
        master[index] += index as u8;
        index += 1;
    }
    master
};

fn srtp(suite: Suite) -> Srtp {
    Srtp::new(suite, &MASTER, &MASTER)
}

/// A protected packet of a suite: the shorter tag is the beginning of the longer.
fn with_tag(suite: Suite, protected: &str) -> Vec<u8> {
    let mut bytes = hex(protected);
    if suite == Suite::Sha1Tag32 {
        bytes.truncate(bytes.len() - 6);
    }
    bytes
}

fn packet(sequence: u16) -> Vec<u8> {
    let [s0, s1] = sequence.to_be_bytes();
    [&[0x80, 0, s0, s1, 0, 0, 0, 0, 0, 0, 0, 9], [7; 160].as_slice()].concat()
}

fn protected(sender: &mut Srtp, sequence: u16) -> Vec<u8> {
    let mut bytes = packet(sequence);
    sender.protect(&mut bytes).unwrap();
    bytes
}

/// The key derivation of RFC 3711 Appendix B.3.
#[test]
fn session_keys_are_those_of_the_rfc() {
    let master: [u8; 16] = hex("E1F97A0D3E018BE0D64FA32C06DE4139").try_into().unwrap();
    let salt: [u8; 14] = hex("0EC675AD498AFEEBB6960B3AABE6").try_into().unwrap();
    let derived = |label, length| {
        let mut key = vec![0; length];
        expand(&aes::cipher::KeyInit::new(&master.into()), &salt, label, &mut key);
        key
    };
    assert_eq!(hex("C61E7A93744F39EE10734AFE3FF7A087"), derived(Labels::RTP.cipher, 16));
    assert_eq!(hex("30CBBC08863D8C85D49DB34A9AE1"), derived(Labels::RTP.salt, 14));
    assert_eq!(hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"), derived(Labels::RTP.tag, 20));
}

/// The keystream of RFC 3711 Appendix B.2, which starts at block 0 of SSRC 0 and packet 0.
#[test]
fn the_keystream_is_that_of_the_rfc() {
    let key: [u8; 16] = hex("2B7E151628AED2A6ABF7158809CF4F3C").try_into().unwrap();
    let salt: [u8; 14] = hex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD").try_into().unwrap();
    let mut stream = vec![0; 48];
    expand(&aes::cipher::KeyInit::new(&key.into()), &salt, 0, &mut stream);
    let blocks = "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0";
    assert_eq!(hex(blocks), stream);
}

/// What we protect is what libsrtp makes of it, across the wrap of the sequence number.
#[test]
fn packets_are_protected_as_by_libsrtp() {
    for suite in [Suite::Sha1Tag80, Suite::Sha1Tag32] {
        let mut sender = srtp(suite);
        for (plain, expected) in RTP {
            let mut bytes = hex(plain);
            sender.protect(&mut bytes).unwrap();
            assert_eq!(with_tag(suite, expected), bytes);
        }
    }
}

/// What libsrtp protected we open, across the wrap of the sequence number and in any order around it.
#[test]
fn packets_of_libsrtp_are_opened() {
    for suite in [Suite::Sha1Tag80, Suite::Sha1Tag32] {
        for order in [[0, 1, 2, 3, 4], [1, 0, 3, 2, 4], [0, 4, 3, 2, 1]] {
            let mut receiver = srtp(suite);
            for index in order {
                let (plain, protected) = RTP[index];
                let mut bytes = with_tag(suite, protected);
                assert_eq!(Ok(hex(plain).as_mut_slice()), receiver.unprotect(&mut bytes));
            }
        }
    }
}

/// RTCP is protected as libsrtp does it, always with 80 bits (RFC 4568 §6.2.2); libsrtp begins with index 1, we with 0.
#[test]
fn rtcp_is_protected_as_by_libsrtp() {
    for suite in [Suite::Sha1Tag80, Suite::Sha1Tag32] {
        let mut sender = srtp(suite);
        sender.protect_rtcp(&mut hex(RTCP)).unwrap();
        for expected in SRTCP {
            let mut bytes = hex(RTCP);
            sender.protect_rtcp(&mut bytes).unwrap();
            assert_eq!(hex(expected), bytes);
        }
    }
}

/// RTCP of libsrtp is opened once, in any order.
#[test]
fn rtcp_of_libsrtp_is_opened_once() {
    let mut receiver = srtp(Suite::Sha1Tag32);
    for index in [1, 0] {
        let mut bytes = hex(SRTCP[index]);
        assert_eq!(Ok(hex(RTCP).as_mut_slice()), receiver.unprotect_rtcp(&mut bytes));
        assert_eq!(Err(SrtpError::Replayed), receiver.unprotect_rtcp(&mut hex(SRTCP[index])));
    }
}

/// No bit of a packet can be changed, and no other key opens it; a forged packet does not hinder the true one.
#[test]
fn a_changed_packet_is_refused() {
    let mut receiver = srtp(Suite::Sha1Tag80);
    let true_one = hex(RTP[0].1);
    for bit in 0..true_one.len() * 8 {
        let mut forged = true_one.clone();
        forged[bit / 8] ^= 1 << (bit % 8);
        assert!(receiver.unprotect(&mut forged).is_err(), "bit {bit}");
    }
    let mut stranger = Srtp::new(Suite::Sha1Tag80, &MASTER, &[1; MASTER_KEY_BYTES]);
    assert_eq!(Err(SrtpError::Forged), stranger.unprotect(&mut true_one.clone()));
    assert!(receiver.unprotect(&mut true_one.clone()).is_ok());
}

/// A packet counts once; of the last 128, those that were missing still count, older ones do not (RFC 3711 §3.3.2).
#[test]
fn replayed_packets_are_refused() {
    let (mut sender, mut receiver) = (srtp(Suite::Sha1Tag80), srtp(Suite::Sha1Tag80));
    let packets: Vec<_> = (0..=200).map(|sequence| protected(&mut sender, sequence)).collect();
    let mut open = |index: usize| receiver.unprotect(&mut packets[index].clone()).map(|_| ());
    assert_eq!(Ok(()), open(0));
    assert_eq!(Err(SrtpError::Replayed), open(0));
    assert_eq!(Ok(()), open(200));
    assert_eq!(Ok(()), open(73));
    assert_eq!(Err(SrtpError::Replayed), open(73));
    assert_eq!(Err(SrtpError::Replayed), open(72));
    assert_eq!(Ok(()), open(74));
    assert_eq!(Err(SrtpError::Replayed), open(200));
}

/// The same sequence number is never encrypted twice (RFC 3711 §9.1), and other streams are counted apart.
#[test]
fn a_sequence_number_is_not_used_twice() {
    let mut sender = srtp(Suite::Sha1Tag80);
    protected(&mut sender, 5);
    assert_eq!(Err(SrtpError::Replayed), sender.protect(&mut packet(5)));
    assert_eq!(Err(SrtpError::Replayed), sender.protect(&mut packet(4)));
    let mut other = packet(4);
    other[11] = 10;
    assert_eq!(Ok(()), sender.protect(&mut other));
}

/// Many rollovers, with losses at each of them, are followed.
#[test]
fn the_rollover_counter_follows_a_long_call() {
    let (mut sender, mut receiver) = (srtp(Suite::Sha1Tag80), srtp(Suite::Sha1Tag80));
    for step in 0..40_u32 {
        let mut bytes = protected(&mut sender, (step * 20_000) as u16);
        assert!(receiver.unprotect(&mut bytes).is_ok(), "step {step}");
    }
}

/// Only so many streams are remembered, those used last; a forged packet leaves no trace.
#[test]
fn the_number_of_streams_is_limited() {
    let mut streams = Streams::default();
    for ssrc in 0..100 {
        let mut stream = streams.of(ssrc);
        stream.rtp.accept(5);
        streams.keep(stream);
        streams.of(1_000).rtp.accept(5);
    }
    let remembered = |ssrc| streams.of(ssrc).rtp.check(5).is_err();
    assert_eq!((84..100).collect::<Vec<_>>(), (0..2_000).filter(|ssrc| remembered(*ssrc)).collect::<Vec<_>>());
}

/// What cannot be a packet is refused before any key is used; what would not fit a datagram is not sent.
#[test]
fn what_is_no_packet_is_refused() {
    let mut srtp = srtp(Suite::Sha1Tag80);
    let short = Err(SrtpError::Malformed(Malformed::Short));
    assert_eq!(short, srtp.unprotect(&mut []).map(|_| ()));
    assert_eq!(short, srtp.unprotect(&mut [0x80; 21]).map(|_| ()));
    assert_eq!(short, srtp.unprotect_rtcp(&mut [0x80; 17]).map(|_| ()));
    assert_eq!(Err(SrtpError::Long), srtp.protect(&mut [packet(1), vec![0; 1400]].concat()));
}

proptest! {
    /// Whatever comes, nothing is opened that we did not make, and nothing breaks.
    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..80), first in 0x80_u8..0xc0) {
        let mut srtp = srtp(Suite::Sha1Tag32);
        let bytes: Vec<u8> = std::iter::once(first).chain(bytes).collect();
        prop_assert!(srtp.unprotect(&mut bytes.clone()).is_err());
        prop_assert!(srtp.unprotect_rtcp(&mut bytes.clone()).is_err());
    }
}
