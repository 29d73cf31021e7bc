//! Rooms, and legs without a far end, which announce something in them and record them.

mod common;

use common::{World, has, lacks};
use hookflash_media::MediaCommand::{Bridge, Collect, Join, Leave, Play, Record, SendKeys, Stop};
use hookflash_media::session::{self, Presence, Source, Track, Why};
use hookflash_media::{LegId, MediaCommand, MediaEvent};

/// A leg without a far end.
const OPEN: LegId = 20;
const TONES: [f64; 3] = [500.0, 800.0, 1_100.0];

/// Three callers (1 to 3) who hum, each in the room by its leg (11 to 13).
fn humming(hums: [bool; 3]) -> World {
    let mut world = World::new();
    for (handset, (hz, hums)) in (1..).zip(TONES.into_iter().zip(hums)) {
        world.call(handset, handset + 10);
        world.listen(handset);
        if hums {
            world.play_sine(handset, 90, hz, 60_000);
        }
        world.tell(handset + 10, join(Presence::default()));
    }
    world
}

fn join(how: Presence) -> MediaCommand {
    Join { room: "room".into(), how }
}

fn record(path: &str, track: Track, channels: u8) -> session::Record {
    session::Record {
        path: path.into(),
        channels,
        track,
        beep: false,
        most_ms: 60_000,
        silence_ms: 0,
        finish: String::new(),
        trim: false,
    }
}

fn speaking(world: &World, leg: LegId) -> Vec<(u64, bool)> {
    let turn = |&(of, at, ref event): &(LegId, u64, MediaEvent)| match *event {
        MediaEvent::Speaking { on } if of == leg => Some((at / 1_000, on)),
        _ => None,
    };
    world.log.events.iter().filter_map(turn).collect()
}

/// What a leg without a far end plays is heard by all in its room, and stops when it is told to.
#[test]
fn an_announcement_is_heard_by_all() {
    let mut world = humming([true, false, false]);
    world.open(OPEN);
    world.tell(OPEN, join(Presence::default()));
    world.play_sine(OPEN, 1, 1_700.0, 10_000);
    world.run(1_500);
    for handset in [1, 2, 3] {
        assert!(has(&world.heard(handset, 800), 1_700.0), "handset {handset}");
    }
    assert!(lacks(&world.heard(1, 800), TONES[0]) && has(&world.heard(2, 800), TONES[0]));
    world.tell(OPEN, Stop { op: 1 });
    world.run(1_000);
    assert!(lacks(&world.heard(2, 500), 1_700.0));
    assert_eq!(world.done(OPEN, 1).1.why, Why::Stopped);
}

/// It records what it hears, what it says, or the sum; it hears all others and not itself.
#[test]
fn it_records_the_room() {
    let mut world = humming([true, true, false]);
    world.open(OPEN);
    world.tell(OPEN, join(Presence::default()));
    world.play_sine(OPEN, 1, 1_700.0, 10_000);
    world.run(500);
    for (op, track, channels) in
        [(2, Track::Outbound, 1), (3, Track::Inbound, 1), (4, Track::Both, 1), (5, Track::Both, 2)]
    {
        world.tell(OPEN, Record { op, how: record(&format!("{op}.wav"), track, channels) });
    }
    world.run(1_000);
    world.close(OPEN);
    world.run(100);
    let taped = |op: u64| world.shelf.taped(&format!("{op}.wav")).samples;
    let contents = |samples: &[i16]| [TONES[0], TONES[1], 1_700.0].map(|hz| has(samples, hz));
    assert_eq!(contents(&taped(2)), [true, true, false]);
    assert_eq!(contents(&taped(3)), [false, false, true]);
    assert_eq!(contents(&taped(4)), [true, true, true]);
    let channel = |at: usize| taped(5).chunks(2).map(|pair| pair[at]).collect::<Vec<_>>();
    assert_eq!((contents(&channel(0)), contents(&channel(1))), ([false, false, true], [true, true, false]));
    assert!((990..=1_010).contains(&world.done(OPEN, 2).1.ms), "{}", world.done(OPEN, 2).1.ms);
    assert!(!world.shard.has(OPEN));
}

/// With an announcer, a recorder and a coach in the room everybody still hears all whom they should, and not themselves.
#[test]
fn an_announcer_a_recorder_and_a_coach() {
    const RECORDER: LegId = 21;
    let mut world = humming([true, true, true]);
    world.tell(13, join(Presence { whisper_to: Some(11), ..Presence::default() }));
    for leg in [OPEN, RECORDER] {
        world.open(leg);
        world.tell(leg, join(Presence::default()));
    }
    world.play_sine(OPEN, 1, 1_700.0, 10_000);
    world.tell(OPEN, Record { op: 2, how: record("announcer.wav", Track::Outbound, 1) });
    world.tell(RECORDER, Record { op: 2, how: record("room.wav", Track::Outbound, 1) });
    world.run(1_500);
    let contents = |samples: &[i16]| [TONES[0], TONES[1], TONES[2], 1_700.0].map(|hz| has(samples, hz));
    assert_eq!(contents(&world.heard(1, 800)), [false, true, true, true]);
    assert_eq!(contents(&world.heard(2, 800)), [true, false, false, true]);
    assert_eq!(contents(&world.heard(3, 800)), [true, true, false, true]);
    let taped = |path: &str| world.shelf.taped(path).samples[4_000..].to_vec();
    assert_eq!(contents(&taped("announcer.wav")), [true, true, false, false]);
    assert_eq!(contents(&taped("room.wav")), [true, true, false, true]);
}

/// In a bridge it is as good as another; its keys are heard as tones.
#[test]
fn it_can_be_bridged() {
    let mut world = World::new();
    world.call(1, 11);
    world.listen(1);
    world.open(OPEN);
    world.tell(11, Bridge { other: OPEN });
    world.play_sine(OPEN, 1, 1_700.0, 1_000);
    world.run(800);
    assert!(has(&world.heard(1, 500), 1_700.0));
    world.tell(OPEN, SendKeys { op: 2, keys: "5".into(), inband: false });
    world.run(1_000);
    assert_eq!(world.done(OPEN, 2).1.why, Why::End);
    assert_eq!(world.keys(11), "");
    world.tell(1, SendKeys { op: 3, keys: "5".into(), inband: false });
    world.run(1_000);
    assert_eq!(world.keys(11), "5");
}

/// Where it says nothing and nothing is said to it, time passes without a tick of it, and waits end on time.
#[test]
fn it_rests() {
    let mut world = World::new();
    world.open(OPEN);
    world.tell(OPEN, join(Presence::default()));
    let began = world.now;
    world.tell(OPEN, MediaCommand::Wait { op: 1, ms: 3_600_000 });
    world.run(3_700_000);
    assert_eq!(world.done(OPEN, 1).0 - began, 3_600_000_000);
    assert!(world.ticks < 10, "{} ticks", world.ticks);
}

/// A leg in a room hears what it is played over the room, alone; its voice stays in the room.
#[test]
fn a_member_is_played_something() {
    let mut world = humming([true, true, false]);
    world.run(500);
    world.play_sine(11, 1, 1_700.0, 1_000);
    world.run(900);
    let contents = |samples: &[i16]| [TONES[0], TONES[1], 1_700.0].map(|hz| has(samples, hz));
    assert_eq!(contents(&world.heard(1, 500)), [false, true, true]);
    assert_eq!(contents(&world.heard(2, 500)), [true, false, false]);
    assert_eq!(contents(&world.heard(3, 500)), [true, true, false]);
    world.run(1_000);
    assert_eq!(contents(&world.heard(1, 500)), [false, true, false]);
    assert_eq!(world.done(11, 1).1.why, Why::End);
}

/// Keys of a leg in a room are collected, and nobody else hears of them.
#[test]
fn keys_are_collected_in_a_room() {
    let mut world = humming([true, false, false]);
    let sources = vec![Source::Silence { ms: 60_000 }];
    let how = session::Collect { sources, finish: "*".into(), ..session::Collect::default() };
    world.tell(12, Collect { op: 1, how });
    world.run(500);
    world.tell(2, SendKeys { op: 2, keys: "1*".into(), inband: false });
    world.run(1_500);
    let done = world.done(12, 1).1;
    assert_eq!((done.why, done.digits.as_str(), done.key), (Why::Finish, "1", Some('*')));
    assert!(has(&world.heard(2, 500), TONES[0]));
    assert_eq!(world.keys(11) + &world.keys(13), "");
}

/// A turn is told when it begins and when it ends, of who asked for it and is not muted, and ends with the leaving.
#[test]
fn turns_are_told() {
    let watched = Presence { speaking: true, ..Presence::default() };
    let mut world = humming([false, true, true]);
    let began = world.now / 1_000;
    world.tell(11, join(watched));
    world.tell(12, join(Presence { muted: true, ..watched }));
    world.run(1_000);
    world.play_sine(1, 1, 600.0, 1_000);
    world.run(3_000);
    let told: Vec<_> = speaking(&world, 11).iter().map(|&(at, on)| (at - began, on)).collect();
    assert_eq!(told.iter().map(|turn| turn.1).collect::<Vec<_>>(), [true, false]);
    assert!((1_100..1_300).contains(&told[0].0) && (2_550..2_800).contains(&told[1].0), "{told:?}");
    assert_eq!(speaking(&world, 12), []);
    assert_eq!(speaking(&world, 13), []);

    world.tell(12, join(watched));
    world.run(500);
    world.tell(12, join(Presence { muted: true, ..watched }));
    world.run(20);
    world.tell(12, join(watched));
    world.run(500);
    world.tell(12, Leave);
    world.run(500);
    assert_eq!(speaking(&world, 12).iter().map(|turn| turn.1).collect::<Vec<_>>(), [true, false, true, false]);
}

/// Held, by leaving and joining again, a member hears what it is played and no more of the room, which goes on.
#[test]
fn a_member_is_held() {
    let mut world = humming([true, true, true]);
    world.run(500);
    world.tell(11, Leave);
    world.tell(11, Play { op: 1, sources: vec![Source::Tone { name: "beep".into(), ms: 60_000 }], repeat: 1 });
    world.run(1_000);
    assert!(lacks(&world.heard(1, 500), TONES[1]) && lacks(&world.heard(2, 500), TONES[0]));
    assert!(has(&world.heard(3, 500), TONES[1]));
    world.tell(11, Stop { op: 1 });
    world.tell(11, join(Presence::default()));
    world.run(1_000);
    assert!(has(&world.heard(1, 500), TONES[1]) && has(&world.heard(2, 500), TONES[0]));
}
