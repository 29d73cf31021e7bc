use proptest::prelude::*;

use super::hex;
use crate::rtp::{GAP_MS, KeyEvent, KeyReceiver, KeySender, PRESS_MS, Packet, Press, Tick};

/// The key 4 as a baresip phone pressed it; the phone sends audio between these packets.
const CAPTURED: [&str; 12] = [
    "80e55d3e 000061f5 6dba4c6b 040a00a0",
    "80655d40 000061f5 6dba4c6b 040a0140",
    "80655d42 000061f5 6dba4c6b 040a01e0",
    "80655d44 000061f5 6dba4c6b 040a0280",
    "80655d46 000061f5 6dba4c6b 040a0320",
    "80655d48 000061f5 6dba4c6b 040a03c0",
    "80655d4a 000061f5 6dba4c6b 040a0460",
    "80655d4c 000061f5 6dba4c6b 040a0500",
    "80655d4e 000061f5 6dba4c6b 040a05a0",
    "80655d50 000061f5 6dba4c6b 048a05a0",
    "80655d52 000061f5 6dba4c6b 048a05a0",
    "80655d54 000061f5 6dba4c6b 048a05a0",
];

const TICK: u64 = 20_000;

fn down(key: char) -> KeyEvent {
    KeyEvent::Down { key }
}

fn up(key: char, ms: u32) -> KeyEvent {
    KeyEvent::Up { key, ms }
}

/// What a receiver makes of packets that come 20 ms apart, and of the second after them.
fn heard(clock_rate: u32, packets: impl IntoIterator<Item = Vec<u8>>) -> Vec<KeyEvent> {
    let mut receiver = KeyReceiver::new(clock_rate);
    let (mut events, mut now) = (Vec::new(), 0);
    for bytes in packets {
        now += TICK;
        events.extend(receiver.tick(now));
        events.extend(receiver.push(&Packet::parse(&bytes).unwrap(), now));
    }
    events.extend((1..50).filter_map(|tick| receiver.tick(now + tick * TICK)));
    events
}

fn captured(which: impl IntoIterator<Item = usize>) -> Vec<Vec<u8>> {
    which.into_iter().map(|index| hex(CAPTURED[index])).collect()
}

fn event(marker: bool, timestamp: u32, event: u8, end: bool, duration: u16) -> Vec<u8> {
    let [d0, d1] = duration.to_be_bytes();
    let payload = [event, u8::from(end) << 7 | 10, d0, d1];
    let packet = Packet { marker, payload_type: 101, sequence: 0, timestamp, ssrc: 1, payload: &payload };
    let mut bytes = Vec::new();
    packet.write(&mut bytes);
    bytes
}

/// A key goes down with its first packet and up once, though its end is said three times (RFC 4733 §2.5.1.4).
#[test]
fn a_captured_key_is_one_key() {
    assert_eq!(vec![down('4'), up('4', 180)], heard(8000, captured(0..12)));
}

/// Any one packet that arrives is enough for a key.
#[test]
fn one_packet_of_a_key_is_enough() {
    assert_eq!(vec![down('4'), up('4', 180)], heard(8000, captured([11])));
    assert_eq!(vec![down('4'), up('4', 60)], heard(8000, captured([2])));
}

/// A key whose end packets are all lost goes up 200 ms after its last packet.
#[test]
fn a_key_without_end_goes_up_by_itself() {
    let mut receiver = KeyReceiver::new(8000);
    let bytes = hex(CAPTURED[0]);
    assert_eq!(vec![down('4')], receiver.push(&Packet::parse(&bytes).unwrap(), 0).collect::<Vec<_>>());
    assert_eq!(None, receiver.tick(199_999));
    assert_eq!(Some(up('4', 20)), receiver.tick(200_000));
    assert_eq!(None, receiver.tick(400_000));
}

/// The same key twice is two keys, for the second has another timestamp.
#[test]
fn a_key_pressed_twice_is_heard_twice() {
    let presses = [0_u32, 1600].into_iter().flat_map(|start| {
        [event(true, start, 1, false, 160), event(false, start, 1, true, 800), event(false, start, 1, true, 800)]
    });
    assert_eq!(vec![down('1'), up('1', 100), down('1'), up('1', 100)], heard(8000, presses));
}

/// When the end of a key is lost, the next key ends it.
#[test]
fn the_next_key_ends_the_last() {
    let packets = [event(true, 0, 1, false, 800), event(true, 1600, 11, true, 960)];
    assert_eq!(vec![down('1'), up('1', 100), down('#'), up('#', 120)], heard(8000, packets));
}

/// A straggler of the key before is not pressed again.
#[test]
fn an_old_end_packet_is_passed_over() {
    let packets = [
        event(true, 0, 1, true, 800),
        event(true, 1600, 2, false, 160),
        event(false, 0, 1, true, 800),
        event(false, 1600, 2, true, 800),
    ];
    assert_eq!(vec![down('1'), up('1', 100), down('2'), up('2', 100)], heard(8000, packets));
}

/// A key held longer than 16 bits can say goes on in segments (RFC 4733 §2.5.1.3): still one key.
#[test]
fn a_long_key_goes_on_in_segments() {
    let packets = [
        event(true, 5, 0, false, 160),
        event(false, 5, 0, false, 0xffff),
        event(false, 5 + 0xffff, 0, false, 160),
        event(false, 5 + 0xffff, 0, true, 8000 + 1),
    ];
    assert_eq!(vec![down('0'), up('0', 9_192)], heard(8000, packets));
}

/// Durations are in ticks of the clock that was negotiated.
#[test]
fn durations_follow_the_clock_rate() {
    for (rate, ticks) in [(8000, 800), (16_000, 1600), (48_000, 4800)] {
        assert_eq!(vec![down('D'), up('D', 100)], heard(rate, [event(true, 9, 15, true, ticks)]));
    }
}

/// A stream whose clock starts elsewhere, before the last key's time, still has keys.
#[test]
fn another_stream_has_its_own_time() {
    let mut receiver = KeyReceiver::new(8000);
    let first = event(true, 1_000_000, 1, true, 800);
    assert_eq!(2, receiver.push(&Packet::parse(&first).unwrap(), 0).count());
    let second = event(true, 999_000, 2, true, 800);
    let packet = Packet { ssrc: 2, ..Packet::parse(&second).unwrap() };
    assert_eq!(2, receiver.push(&packet, TICK).count());
}

/// Flash, tones and rubbish are no keys.
#[test]
fn what_is_no_key_is_passed_over() {
    let packets = ["", "01", "0a0a00", "100a00a0", "ff8affff"].map(|payload| {
        let mut bytes = hex("8065 0001 00000001 00000001");
        bytes.extend(hex(payload));
        bytes
    });
    assert_eq!(Vec::<KeyEvent>::new(), heard(8000, packets));
}

/// All that a sender says, as packets with the number of their tick.
fn pressed(sender: &mut KeySender, clock_rate: u32) -> Vec<(u32, Tick)> {
    let step = clock_rate / 50;
    (0..)
        .map(|tick| (tick, sender.tick(tick * step, step)))
        .take_while(|(_, tick)| *tick != Tick::Free)
        .filter(|(_, tick)| *tick != Tick::Silence)
        .collect()
}

/// A key is held for 100 ms, said every 20 ms, its end three times, and the next key waits 100 ms (RFC 4733 §2.5.1).
#[test]
fn a_key_is_pressed_and_let_go() {
    let mut sender = KeySender::new(8000);
    for key in ['5', '#'] {
        sender.press(Press::Key { key, ms: PRESS_MS }).unwrap();
    }
    let key = |at, event, start, marker, end, duration: u16| {
        let [d0, d1] = duration.to_be_bytes();
        let payload = [event, if end { 0x8a } else { 0x0a }, d0, d1];
        (at, Tick::Key { marker, timestamp: start, payload })
    };
    let one = |at: u32, event| {
        let start = at * 160;
        let held = (0..5).map(move |n| key(at + n, event, start, n == 0, false, 160 * (n as u16 + 1)));
        held.chain((5..8).map(move |n| key(at + n, event, start, false, true, 800)))
    };
    assert_eq!(100, GAP_MS);
    let expected: Vec<_> = one(0, 5).chain(one(10, 11)).collect();
    assert_eq!(expected, pressed(&mut sender, 8000));
    assert!(sender.is_idle());
}

/// A pause between keys is silent, and a character of no keypad is nothing.
#[test]
fn pauses_are_kept_and_unknown_keys_passed_over() {
    let mut sender = KeySender::new(8000);
    for press in [Press::Pause { ms: 500 }, Press::Key { key: 'x', ms: 100 }, Press::Key { key: 'a', ms: 100 }] {
        sender.press(press).unwrap();
    }
    assert_eq!(Some(25), pressed(&mut sender, 8000).first().map(|(tick, _)| *tick));
}

/// Keys that wait are limited.
#[test]
fn too_many_keys_are_refused() {
    let mut sender = KeySender::new(8000);
    let accepted = (0..5_000).take_while(|_| sender.press(Press::Key { key: '1', ms: 100 }).is_ok()).count();
    assert_eq!(1_000, accepted);
    sender.stop();
    assert!(sender.is_idle());
}

/// At every clock rate, what is sent is heard, and a key too long for 16 bits ends at their limit.
#[test]
fn a_key_sent_is_a_key_heard() {
    for (rate, longest) in [(8000, 8191), (16_000, 4095), (48_000, 1365)] {
        let mut sender = KeySender::new(rate);
        for (key, ms) in [('1', 100), ('*', 250), ('9', 1), ('0', 60_000)] {
            sender.press(Press::Key { key, ms }).unwrap();
        }
        let packets = pressed(&mut sender, rate).into_iter().filter_map(|(_, tick)| match tick {
            Tick::Key { marker, timestamp, payload } => {
                let packet = Packet { marker, payload_type: 101, sequence: 0, timestamp, ssrc: 1, payload: &payload };
                let mut bytes = Vec::new();
                packet.write(&mut bytes);
                Some(bytes)
            }
            _ => None,
        });
        let expected = [('1', 100), ('*', 250), ('9', 100), ('0', longest)];
        let expected: Vec<_> = expected.iter().flat_map(|(key, ms)| [down(*key), up(*key, *ms)]).collect();
        assert_eq!(expected, heard(rate, packets));
    }
}

proptest! {
    /// However packets of a key are lost, doubled and swapped, it goes down once and up once.
    #[test]
    fn a_key_is_one_key_whatever_the_network_does(
        which in prop::collection::vec(0_usize..12, 1..40),
    ) {
        let events = heard(8000, captured(which));
        prop_assert_eq!(2, events.len());
        prop_assert_eq!(down('4'), events[0]);
    }

    /// Downs and ups take turns, whatever comes.
    #[test]
    fn keys_go_down_and_up_in_turn(
        packets in prop::collection::vec((any::<bool>(), 0_u32..4, 0_u8..18, any::<bool>(), any::<u16>()), 0..60),
    ) {
        let packets = packets.into_iter().map(|(m, t, e, end, d)| event(m, t.wrapping_mul(0xffff), e, end, d));
        let events = heard(8000, packets);
        for pair in events.chunks(2) {
            match pair {
                [KeyEvent::Down { key: one }, KeyEvent::Up { key: other, .. }] => prop_assert_eq!(one, other),
                _ => prop_assert!(false, "{:?}", events),
            }
        }
    }
}
