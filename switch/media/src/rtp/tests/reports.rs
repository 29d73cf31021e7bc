use proptest::prelude::*;

use super::hex;
use super::network::{MS, noise, speech};
use crate::Micros;
use crate::rtp::{Malformed, Packet, Reports, Sender};

const SECOND: Micros = 1_000_000;

/// Of a baresip phone that had sent 262 packets and received 250 of ours, SSRC 11223344, of which it missed five.
const REPORT: &str = "81c8000c 6dba4c6b eeabb216 89a93293 0000b58d 00000106 00009c70 \
    11223344 00000000 000000fa 00000005 00000000 00000000 81ca0006 6dba4c6b 01107369 703a6d65 40313237 2e302e30 2e310000";

/// Of the same phone when it hung up: a goodbye with its reason, and who it was.
const GOODBYE: &str =
    "81cb0003 6dba4c6b 0441646a 6f000000 81ca0006 6dba4c6b 01107369 703a6d65 40313237 2e302e30 2e310000";

fn reports() -> Reports {
    Reports::new(8_000, 1, 0)
}

fn receive(reports: &mut Reports, ssrc: u32, sequence: u16, timestamp: u32, now: Micros) {
    let packet = Packet { marker: false, payload_type: 0, sequence, timestamp, ssrc, payload: &[0; 160] };
    reports.received(&packet, now);
}

/// The next compound, and its time.
fn next(reports: &mut Reports, sender: &Sender) -> (Micros, Vec<u8>) {
    let (mut bytes, now) = (Vec::new(), reports.next());
    assert!(!reports.poll(sender, now - 1, &mut bytes));
    assert!(reports.poll(sender, now, &mut bytes));
    (now, bytes)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[4 * at..4 * at + 4].try_into().unwrap())
}

/// Who only listens sends a receiver report, who sends a sender report; each says who it is (RFC 3550 §6.1).
#[test]
fn reports_are_compounds_that_begin_with_a_report() {
    let (mut reports, mut sender) = (reports(), Sender::new(9, 0, 0));
    let (_, quiet) = next(&mut reports, &sender);
    assert_eq!((0x80c9_0001, 9, 0x81ca_0006), (word(&quiet, 0), word(&quiet, 1), word(&quiet, 2)));
    assert_eq!(36, quiet.len());

    sender.audio(0, &[0; 160], 160);
    receive(&mut reports, 7, 1, 160, 0);
    let (now, talking) = next(&mut reports, &sender);
    assert_eq!((0x81c8_000c, 9), (word(&talking, 0), word(&talking, 1)));
    assert_eq!(
        (now / SECOND, 160, 1, 160),
        (u64::from(word(&talking, 2)), word(&talking, 4), word(&talking, 5), word(&talking, 6))
    );
    assert_eq!((7, 1), (word(&talking, 7), word(&talking, 9)));
}

/// Reports come every 5 s on average, spread so that many legs do not report at once (RFC 3550 §6.3.1).
#[test]
fn reports_are_spread_around_five_seconds() {
    let (mut reports, sender) = (reports(), Sender::new(9, 0, 0));
    let times: Vec<_> = (0..1_000).map(|_| next(&mut reports, &sender).0).collect();
    assert!(times[0] <= 3_100_000);
    let between: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(between.iter().all(|time| (2_050_000..=6_160_000).contains(time)));
    let mean = between.iter().sum::<Micros>() / between.len() as Micros;
    assert!((3_900_000..4_300_000).contains(&mean), "{mean}");
}

/// Lost packets are reported as a share since the last report, and in all (RFC 3550 §6.4.1); doubles do not hide them
/// from us.
#[test]
fn losses_are_reported() {
    let (mut reports, sender) = (reports(), Sender::new(9, 0, 0));
    for sequence in (65_500..65_600_u32).filter(|sequence| sequence % 4 != 0) {
        receive(&mut reports, 7, sequence as u16, sequence * 160, u64::from(sequence) * 20 * MS);
    }
    receive(&mut reports, 7, 65_599_u32 as u16, 65_599 * 160, 65_600 * 20 * MS);
    assert_eq!((75, 24), (reports.packets(), reports.lost()));
    let (_, bytes) = next(&mut reports, &sender);
    let (fraction, lost) = (word(&bytes, 3) >> 24, word(&bytes, 3) & 0xff_ffff);
    assert_eq!((23 * 256 / 99, 23), (fraction, lost));
    assert_eq!(65_599, word(&bytes, 4));

    for sequence in 65_600..65_700_u32 {
        receive(&mut reports, 7, sequence as u16, sequence * 160, u64::from(sequence) * 20 * MS);
    }
    let (_, bytes) = next(&mut reports, &sender);
    assert_eq!(0, word(&bytes, 3) >> 24);
}

/// Jitter is the mean change of transit time (RFC 3550 §6.4.1): 0 on a quiet network, 10/3 ms when it varies by 10 ms.
#[test]
fn jitter_is_measured() {
    let jitter_of = |below: u64| {
        let (mut reports, mut late) = (reports(), noise(4, below * MS));
        for sent in speech(2_000, 20) {
            receive(&mut reports, 7, sent.sequence, sent.timestamp, sent.at + late());
        }
        reports.jitter_ms()
    };
    assert!(jitter_of(1) < 0.5);
    assert!((2.0..5.0).contains(&jitter_of(10)), "{}", jitter_of(10));
}

/// Packets of a key, which share a timestamp, are no jitter.
#[test]
fn keys_are_no_jitter() {
    let mut reports = reports();
    for sequence in 0..100_u16 {
        let timestamp = if (50..60).contains(&sequence) { 50 } else { u32::from(sequence) } * 160;
        receive(&mut reports, 7, sequence, timestamp, u64::from(sequence) * 20 * MS);
    }
    assert_eq!(0.0, reports.jitter_ms());
}

/// What a phone reports is read, and its time is given back with the next report (LSR and DLSR).
#[test]
fn a_captured_report_is_read_and_answered() {
    let (mut reports, sender) = (reports(), Sender::new(0x1122_3344, 0, 0));
    receive(&mut reports, 0x6dba_4c6b, 1, 160, 0);
    assert_eq!(Ok(()), reports.take(&hex(REPORT), 0x1122_3344, SECOND));
    assert_eq!(Some(0.0), reports.lost_there());
    assert_eq!(None, reports.round_trip_ms());
    let (now, bytes) = next(&mut reports, &sender);
    assert_eq!(0xb216_89a9, word(&bytes, 6));
    let since = (now - SECOND) * 65_536 / SECOND;
    assert!(u64::from(word(&bytes, 7)).abs_diff(since) <= 1);
}

/// The round trip is what a report has been under way, less the time that it lay at the peer (RFC 3550 §6.4.1).
#[test]
fn the_round_trip_is_measured_by_both_ends() {
    let (mut here, mut there) = (reports(), Reports::new(8_000, 2, 0));
    let (mut us, mut them) = (Sender::new(1, 0, 0), Sender::new(2, 0, 0));
    us.audio(0, &[0; 160], 160);
    them.audio(0, &[0; 160], 160);
    receive(&mut here, 2, 0, 0, 0);
    receive(&mut there, 1, 0, 0, 0);
    let (now, ours) = next(&mut here, &us);
    there.take(&ours, 2, now + 40 * MS).unwrap();
    let mut theirs = Vec::new();
    there.poll(&them, now + 9 * SECOND, &mut theirs);
    here.take(&theirs, 1, now + 9 * SECOND + 35 * MS).unwrap();
    assert!((here.round_trip_ms().unwrap() - 75.0).abs() < 0.1, "{:?}", here.round_trip_ms());
}

/// A goodbye counts when it is of the stream that we hear.
#[test]
fn a_captured_goodbye_is_heard() {
    let mut reports = reports();
    receive(&mut reports, 5, 0, 0, 0);
    reports.take(&hex(GOODBYE), 9, 0).unwrap();
    assert!(!reports.is_gone());
    receive(&mut reports, 0x6dba_4c6b, 0, 0, 0);
    reports.take(&hex(GOODBYE), 9, 0).unwrap();
    assert!(reports.is_gone());
}

/// Our goodbye is a compound too, and the other end understands it.
#[test]
fn our_goodbye_is_understood() {
    let (mut here, mut there, sender) = (reports(), reports(), Sender::new(5, 0, 0));
    receive(&mut there, 5, 0, 0, 0);
    let mut bytes = Vec::new();
    here.goodbye(&sender, 0, &mut bytes);
    there.take(&bytes, 9, 0).unwrap();
    assert!(there.is_gone());
}

/// Lengths and counts that lie are refused; what stood before them has been taken.
#[test]
fn what_is_malformed_is_refused() {
    let mut reports = reports();
    for (bytes, why) in [
        ("80", Malformed::Short),
        ("81c9ffff 00000001", Malformed::Short),
        ("9fc90001 00000001", Malformed::Short),
        ("80c80001 00000001", Malformed::Short),
        ("9fcb0001 00000001", Malformed::Short),
        ("41c90001 00000001", Malformed::Version),
        ("a0c90001 000000ff", Malformed::Padding),
    ] {
        assert_eq!(Err(why), reports.take(&hex(bytes), 1, 0), "{bytes}");
    }
    assert_eq!(Ok(()), reports.take(&hex("80cc0003 6dba4c6b 50494e47 504f4e47"), 1, 0));
    receive(&mut reports, 0x6dba_4c6b, 0, 0, 0);
    let cut = [hex(GOODBYE), vec![0x81]].concat();
    assert_eq!(Err(Malformed::Short), reports.take(&cut, 1, 0));
    assert!(reports.is_gone());
}

/// A sequence that jumps is believed when a second packet follows it (RFC 3550 Appendix A.1), and costs no loss.
#[test]
fn a_restarted_sequence_is_no_loss() {
    let mut reports = reports();
    for sequence in (0..50).chain([40_000]).chain(50..100).chain(20_000..20_100) {
        receive(&mut reports, 7, sequence, u32::from(sequence) * 160, 0);
    }
    assert_eq!((199, 0), (reports.packets(), reports.lost()));
}

proptest! {
    /// Whatever comes, nothing breaks.
    #[test]
    fn no_bytes_do_harm(
        bytes in prop::collection::vec(any::<u8>(), 0..80),
        kind in 199_u8..206, first in 0x80_u8..0xc0, length in 0_u8..12,
    ) {
        let mut reports = reports();
        let compound: Vec<u8> = [first, kind, 0, length].into_iter().chain(bytes).collect();
        let _ = reports.take(&compound, 1, SECOND);
        let (_, bytes) = next(&mut reports, &Sender::new(1, 0, 0));
        prop_assert!(bytes.len() <= 100);
    }

    /// Whatever numbers come, the counts stay sane.
    #[test]
    fn no_numbers_do_harm(
        packets in prop::collection::vec((0_u32..3, any::<u16>(), any::<u32>(), any::<u32>()), 0..100),
    ) {
        let mut reports = reports();
        for (ssrc, sequence, timestamp, now) in &packets {
            receive(&mut reports, *ssrc, *sequence, *timestamp, u64::from(*now));
        }
        prop_assert!(reports.packets() as usize <= packets.len());
    }
}
