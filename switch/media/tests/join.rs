//! Legs that hear each other: bridges, rooms, and legs that move.

mod common;

use std::net::SocketAddr;

use common::{Log, MS, Network, Shelf, World, has, lacks, payload_type, sine};
use hookflash_media::MediaCommand::{Bridge, Collect, Join, Leave, SendKeys, Unbridge};
use hookflash_media::codec::CodecKind;
use hookflash_media::rtp::Packet;
use hookflash_media::session::{self, Presence, Record, Track};
use hookflash_media::{MediaCommand, MediaEvent, MediaParams, Shard, Wire};

/// Two calls, handsets 1 and 2, the platform's legs 11 and 12.
fn calls(first: CodecKind, second: CodecKind) -> World {
    let mut world = World::new();
    world.call_over(1, 11, Network::default(), first, Some(101));
    world.call_over(2, 12, Network::default(), second, Some(101));
    world.listen(1);
    world.listen(2);
    world.play_sine(1, 90, 600.0, 60_000);
    world.play_sine(2, 90, 1_100.0, 60_000);
    world
}

/// Two that are bridged hear each other and not themselves, in the same codec and in different ones; until they part.
#[test]
fn a_bridge_carries_both_ways() {
    use CodecKind::{G722, Opus, Pcma, Pcmu};
    for (first, second) in [(Pcmu, Pcmu), (G722, G722), (Pcmu, Pcma), (G722, Pcmu), (Opus, G722), (Opus, Opus)] {
        let mut world = calls(first, second);
        world.run(500);
        assert!(lacks(&world.heard(1, 300), 1_100.0));
        world.tell(11, Bridge { other: 12 });
        world.run(1_500);
        let (one, two) = (world.heard(1, 800), world.heard(2, 800));
        assert!(has(&one, 1_100.0) && lacks(&one, 600.0), "{first:?} to {second:?}");
        assert!(has(&two, 600.0) && lacks(&two, 1_100.0), "{first:?} to {second:?}");
        world.tell(12, Unbridge);
        world.run(1_000);
        assert!(lacks(&world.heard(1, 300), 1_100.0) && lacks(&world.heard(2, 300), 600.0));
    }
}

/// Who is bridged with itself hears what it says, and nobody else does; until it is taken out.
#[test]
fn a_leg_that_is_bridged_with_itself_hears_itself() {
    for codec in [CodecKind::Pcmu, CodecKind::G722, CodecKind::Opus] {
        let mut world = calls(codec, codec);
        world.tell(11, Bridge { other: 11 });
        world.run(1_500);
        assert!(has(&world.heard(1, 800), 600.0) && lacks(&world.heard(2, 800), 600.0), "{codec:?}");
        world.tell(11, Unbridge);
        world.run(1_000);
        assert!(lacks(&world.heard(1, 300), 600.0), "{codec:?}");
    }
}

/// Packets pass as they are only while nobody needs what is in them.
#[test]
fn a_bridge_is_plain_while_nobody_listens() {
    let mut world = calls(CodecKind::Pcmu, CodecKind::Pcmu);
    let hurries = |world: &World| world.log.hurries.iter().rev().find(|(leg, _)| *leg == 11).map(|(_, hurry)| *hurry);
    world.tell(11, Bridge { other: 12 });
    assert_eq!(hurries(&world), Some(true));
    let how = Record {
        path: "tape".into(),
        channels: 2,
        track: Track::Both,
        beep: false,
        most_ms: 2_000,
        silence_ms: 0,
        finish: String::new(),
        trim: false,
    };
    world.tell(12, MediaCommand::Record { op: 1, how });
    assert_eq!(hurries(&world), Some(false));
    world.run(3_000);
    assert_eq!(hurries(&world), Some(true));
    let taped = world.shelf.taped("tape").samples;
    let said: Vec<i16> = taped.iter().step_by(2).copied().collect();
    let heard: Vec<i16> = taped.iter().skip(1).step_by(2).copied().collect();
    assert!(has(&said[8_000..], 1_100.0) && has(&heard[8_000..], 600.0));
    let one = world.heard(1, 300);
    assert!(has(&one, 1_100.0));
}

/// What is played to one side of a bridge is heard over the other's voice, by that side only.
#[test]
fn what_is_played_is_heard_over_a_bridge() {
    let mut world = calls(CodecKind::Pcmu, CodecKind::Pcmu);
    world.tell(11, Bridge { other: 12 });
    world.run(500);
    world.play_sine(11, 5, 1_700.0, 5_000);
    world.run(1_000);
    let (one, two) = (world.heard(1, 500), world.heard(2, 500));
    assert!(has(&one, 1_700.0) && has(&one, 1_100.0));
    assert!(lacks(&two, 1_700.0) && has(&two, 600.0));
}

/// A key passes through a bridge and is reported once on the leg that pressed it, relayed or not.
#[test]
fn keys_pass_through_a_bridge() {
    for second in [CodecKind::Pcmu, CodecKind::Pcma] {
        let mut world = World::new();
        world.call_over(1, 11, Network::default(), CodecKind::Pcmu, Some(101));
        world.call_over(2, 12, Network::default(), second, Some(96));
        world.tell(11, Bridge { other: 12 });
        world.run(200);
        world.tell(1, SendKeys { op: 1, keys: "42".into(), inband: false });
        world.run(2_000);
        assert_eq!(
            (world.keys(11), world.keys(2), world.keys(12)),
            ("42".into(), "42".into(), String::new()),
            "{second:?}"
        );
    }
}

/// Keys that are nobody else's business are collected, and do not pass through the bridge, however they come.
#[test]
fn private_keys_stay_on_their_side() {
    for inband in [false, true] {
        let mut world = World::new();
        world.call_over(1, 11, Network::default(), CodecKind::Pcmu, Some(101));
        world.call_over(2, 12, Network::default(), CodecKind::Pcmu, Some(101));
        world.tell(11, Bridge { other: 12 });
        world.run(200);
        let how = session::Collect { most: 4, private: true, ..session::Collect::default() };
        world.tell(11, Collect { op: 1, how });
        world.tell(1, SendKeys { op: 1, keys: "4242".into(), inband });
        world.run(3_000);
        assert_eq!((world.keys(11), world.keys(2)), ("4242".into(), String::new()), "in band: {inband}");
    }
}

/// Where keys come as tones they are heard in the audio, once.
#[test]
fn keys_in_the_audio_are_heard() {
    let mut world = World::new();
    world.call_over(1, 11, Network::default(), CodecKind::Pcmu, None);
    world.tell(1, SendKeys { op: 1, keys: "159#".into(), inband: false });
    world.run(2_000);
    assert_eq!(world.keys(11), "159#");
    let inband = |(_, _, event): &(u64, u64, MediaEvent)| matches!(event, MediaEvent::Key { inband: true, .. });
    assert_eq!(world.log.events.iter().filter(|event| inband(event)).count(), 4);
}

/// In a room each hears all others and not itself; a muted one hears and is not heard; who leaves hears nothing.
#[test]
fn a_room_is_everybody_but_oneself() {
    let tones = [500.0, 800.0, 1_100.0, 1_400.0];
    let mut world = World::new();
    for (at, hz) in tones.iter().enumerate() {
        let handset = at as u64 + 1;
        let codec = [CodecKind::Pcmu, CodecKind::Pcma, CodecKind::G722, CodecKind::Pcmu][at];
        world.call_over(handset, handset + 10, Network::default(), codec, Some(101));
        world.listen(handset);
        world.play_sine(handset, 90, *hz, 60_000);
        world.tell(handset + 10, Join { room: "room".into(), how: Presence { muted: at == 3, ..Presence::default() } });
    }
    world.run(1_500);
    for (at, own) in tones.iter().enumerate() {
        let heard = world.heard(at as u64 + 1, 800);
        for (other, hz) in tones.iter().enumerate() {
            let expected = hz != own && other != 3;
            assert_eq!(has(&heard, *hz), expected, "member {at} and the tone of {other}");
            assert_eq!(lacks(&heard, *hz), !expected, "member {at} and the tone of {other}");
        }
    }
    world.tell(12, Leave);
    world.run(1_000);
    assert!(lacks(&world.heard(2, 500), 500.0) && lacks(&world.heard(1, 500), 800.0));
    assert!(has(&world.heard(1, 500), 1_100.0));
}

/// A coach is heard by one member only.
#[test]
fn a_whisper_reaches_one() {
    let mut world = World::new();
    for (handset, hz) in [(1, 500.0), (2, 800.0), (3, 1_100.0)] {
        world.call(handset, handset + 10);
        world.listen(handset);
        world.play_sine(handset, 90, hz, 60_000);
        let whisper_to = (handset == 3).then_some(11);
        world.tell(handset + 10, Join { room: "room".into(), how: Presence { whisper_to, ..Presence::default() } });
    }
    world.run(1_500);
    assert!(has(&world.heard(1, 800), 1_100.0) && has(&world.heard(1, 800), 800.0));
    assert!(lacks(&world.heard(2, 800), 1_100.0) && has(&world.heard(2, 800), 500.0));
    assert!(has(&world.heard(3, 800), 500.0) && has(&world.heard(3, 800), 800.0));
}

/// A leg that moves to another shard goes on where it was: its stream, its sound, its operations.
#[test]
fn a_leg_moves() {
    let shelf = Shelf::default();
    shelf.add("tone", &sine(700.0, 3_000));
    let mut shards = [1, 2].map(|seed| Shard::new(Box::new(shelf.clone()), seed));
    let mut log = Log::default();
    let params =
        MediaParams { remote: Some("192.0.2.1:4000".parse().unwrap()), ..MediaParams::new(CodecKind::Pcmu, 0) };
    shards[0].open(5, Wire::Socket, params, 0, &mut log);
    let play = MediaCommand::Play { op: 1, sources: vec![common::file("tone")], repeat: 1 };
    shards[0].command(5, play, 0, &mut log);
    for turn in 0..200 {
        let now = turn * 5 * MS;
        shards[0].tick(now, &mut log);
        shards[1].tick(now, &mut log);
        if turn == 100 {
            let session = shards[0].take(5, &mut log).expect("it lives there");
            shards[1].put(5, session, now, &mut log);
        }
    }
    assert!(!shards[0].has(5) && shards[1].has(5));
    let packets: Vec<Packet<'_>> = log.sent.iter().map(|(_, packet)| Packet::parse(packet).unwrap()).collect();
    assert!((49..=51).contains(&packets.len()), "{}", packets.len());
    for pair in packets.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
        assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(160));
    }
    let mut samples = Vec::new();
    packets.iter().for_each(|packet| hookflash_media::codec::g711::decode_ulaw(packet.payload, &mut samples));
    assert!(has(&samples, 700.0));
}

/// Packets go where the peer's come from; another address is heeded only after a silence.
#[test]
fn packets_follow_the_peer() {
    let mut shard = Shard::new(Box::new(Shelf::default()), 1);
    let mut log = Log::default();
    let [announced, real, intruder]: [SocketAddr; 3] =
        ["192.0.2.1:4000", "198.51.100.2:5000", "203.0.113.3:6000"].map(|addr| addr.parse().unwrap());
    let params =
        MediaParams { remote: Some(announced), ..MediaParams::new(CodecKind::Pcmu, payload_type(CodecKind::Pcmu)) };
    shard.open(5, Wire::Socket, params, 0, &mut log);
    let mut sequence = 0;
    let mut packet = || {
        sequence += 1;
        let mut bytes = Vec::new();
        let timestamp = u32::from(sequence) * 160;
        Packet { marker: false, payload_type: 0, sequence, timestamp, ssrc: 9, payload: &[0xff; 160] }
            .write(&mut bytes);
        bytes
    };
    assert_eq!(log.aims, [(5, announced, false)]);
    shard.datagram(5, &mut packet(), real, MS, &mut log);
    assert_eq!(log.aims.last(), Some(&(5, real, true)));
    shard.datagram(5, &mut packet(), intruder, 20 * MS, &mut log);
    assert_eq!(log.aims.len(), 2);
    for now in (0..3_000).step_by(5) {
        shard.tick(now * MS, &mut log);
    }
    assert_eq!(log.aims.last(), Some(&(5, real, false)));
    shard.datagram(5, &mut packet(), intruder, 3_000 * MS, &mut log);
    assert_eq!(log.aims.last(), Some(&(5, intruder, true)));
}

/// A wire that falls silent is reported once, after as long as was allowed.
#[test]
fn a_silent_wire_is_reported() {
    let mut shard = Shard::new(Box::new(Shelf::default()), 1);
    let mut log = Log::default();
    let params = MediaParams { timeout_ms: 10_000, ..MediaParams::new(CodecKind::Pcmu, 0) };
    shard.open(5, Wire::Socket, params, 0, &mut log);
    for now in (0..30_000).step_by(5) {
        shard.tick(now * MS, &mut log);
    }
    let timeouts: Vec<_> = log.events.iter().filter(|(_, _, event)| *event == MediaEvent::MediaTimeout).collect();
    assert_eq!(timeouts.len(), 1);
    assert!(timeouts[0].1.abs_diff(10_000 * MS) <= 20 * MS);
}
