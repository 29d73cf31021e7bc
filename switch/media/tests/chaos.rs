//! Whatever is asked, in whatever order: each operation ends once, each leg ends once, and our own errors stay in their
//! leg.

mod common;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use common::{Log, MS, Network, Shelf, World, file, has, sine};
use hookflash_media::codec::CodecKind;
use hookflash_media::graph::{Library, Line, Sound, Tap, Tape};
use hookflash_media::session::{Collect, Detect, OpId, Presence, Record, Source, SpeechEnd, Track, Why};
use hookflash_media::{Frame, LegId, MediaCommand, MediaEvent, MediaParams, Shard, Wire};
use proptest::prelude::*;

/// Something that is done to the calls.
#[derive(Debug, Clone)]
enum Deed {
    Tell(LegId, MediaCommand),
    Tap(LegId, OpId),
    Wait(u64),
    Close(LegId),
}

/// The leg without a far end.
const OPEN: LegId = 20;

fn leg() -> impl Strategy<Value = LegId> {
    prop::sample::select(vec![1, 2, 3, 11, 12, 13, OPEN])
}

fn sources() -> impl Strategy<Value = Vec<Source>> {
    let source = prop_oneof![
        Just(file("tone")),
        Just(file("missing")),
        Just(file("empty")),
        Just(Source::Stream { stream: 1 }),
        (0..300_u32).prop_map(|ms| Source::Silence { ms }),
        Just(Source::Tone { name: "beep".into(), ms: 100 }),
        Just(Source::Tone { name: "nonsense".into(), ms: 100 }),
    ];
    prop::collection::vec(source, 0..4)
}

fn collect() -> impl Strategy<Value = Collect> {
    let finish = prop::sample::select(vec!["", "#", "12"]);
    let speech = prop::option::of((0..300_u32, 0..900_u32).prop_map(|(end_ms, most_ms)| SpeechEnd { end_ms, most_ms }));
    (sources(), 0..4_u32, finish, 0..800_u32, 0..800_u32, any::<bool>(), speech, any::<bool>()).prop_map(
        |(sources, most, finish, first_ms, between_ms, barge_in, speech, keys)| Collect {
            sources,
            most,
            finish: finish.into(),
            first_ms,
            between_ms,
            barge_in,
            speech,
            private: false,
            keys,
        },
    )
}

fn record() -> impl Strategy<Value = Record> {
    let track = prop::sample::select(vec![Track::Inbound, Track::Outbound, Track::Both]);
    (0..4_u8, track, any::<bool>(), 0..900_u32, 0..900_u32, any::<bool>()).prop_map(
        |(channels, track, beep, most_ms, silence_ms, trim)| Record {
            path: "tape".into(),
            channels,
            track,
            beep,
            most_ms,
            silence_ms,
            finish: "#".into(),
            trim,
        },
    )
}

fn command() -> impl Strategy<Value = MediaCommand> {
    // Now and then a number comes again, of an operation that runs or has ended.
    let op = || 1..60_u64;
    prop_oneof![
        (op(), sources(), 0..3_u32).prop_map(|(op, sources, repeat)| MediaCommand::Play { op, sources, repeat }),
        (op(), collect()).prop_map(|(op, how)| MediaCommand::Collect { op, how }),
        (op(), record()).prop_map(|(op, how)| MediaCommand::Record { op, how }),
        (op(), any::<bool>()).prop_map(|(op, silence)| MediaCommand::PauseRecording { op, silence }),
        op().prop_map(|op| MediaCommand::ResumeRecording { op }),
        (op(), "[0-9#wx]{0,3}", any::<bool>()).prop_map(|(op, keys, inband)| MediaCommand::SendKeys {
            op,
            keys,
            inband
        }),
        (op(), 0..900_u64).prop_map(|(op, ms)| MediaCommand::Wait { op, ms }),
        op().prop_map(|op| MediaCommand::Detect { op, how: Detect { timeout_ms: 700, ..Detect::default() } }),
        op().prop_map(|op| MediaCommand::Stop { op }),
        leg().prop_map(|other| MediaCommand::Bridge { other }),
        Just(MediaCommand::Unbridge),
        (any::<bool>(), prop::option::of(leg()), any::<bool>()).prop_map(|(muted, whisper_to, speaking)| {
            MediaCommand::Join {
                room: "room".into(),
                how: Presence { muted, whisper_to, speaking, ..Presence::default() },
            }
        }),
        Just(MediaCommand::Leave),
        Just(MediaCommand::Listen),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        8 => (leg(), command()).prop_map(|(leg, command)| Deed::Tell(leg, command)),
        1 => (leg(), 1..60_u64).prop_map(|(leg, op)| Deed::Tap(leg, op)),
        6 => (0..400_u64).prop_map(Deed::Wait),
        1 => leg().prop_map(Deed::Close),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// Each operation that was started ends once; a leg closes once, and nothing comes of it after that.
    #[test]
    fn each_operation_ends_once(deeds in prop::collection::vec(deed(), 1..60)) {
        let mut world = World::new();
        world.shelf.add("tone", &sine(600.0, 330));
        world.shelf.add("empty", &[]);
        for (handset, codec) in [(1, CodecKind::Pcmu), (2, CodecKind::Pcma), (3, CodecKind::Pcmu)] {
            let network = Network { loss: 0.02, delay: 10 * MS, jitter: 10 * MS };
            world.call_over(handset, handset + 10, network, codec, Some(101).filter(|_| handset != 2));
        }
        world.open(OPEN);
        // Running operations by leg, as far as the outside can know; a number that runs is not given again.
        let mut started: HashMap<(LegId, OpId), usize> = HashMap::new();
        let mut starts = |world: &World, leg, op| {
            let ended = world.dones(leg).iter().filter(|done| done.op == op).count();
            let count = started.entry((leg, op)).or_default();
            if *count == ended {
                *count += 1;
            }
        };
        for deed in deeds {
            match deed {
                Deed::Wait(ms) => world.run(ms),
                Deed::Close(leg) => world.close(leg),
                Deed::Tap(leg, op) => {
                    starts(&world, leg, op);
                    world.shard.tap(leg, op, Box::new(Ear::default()), world.now, &mut world.log);
                }
                Deed::Tell(leg, command) => {
                    command.starts().into_iter().for_each(|op| starts(&world, leg, op));
                    world.tell(leg, command);
                }
            }
        }
        for leg in [1, 2, 3, 11, 12, 13, OPEN] {
            world.close(leg);
        }
        world.run(500);
        for ((leg, op), count) in started {
            let ends = world.dones(leg).iter().filter(|done| done.op == op).count();
            prop_assert_eq!(ends, count, "operation {} of leg {}", op, leg);
        }
        prop_assert!(world.shard.is_empty());
        for leg in [1, 2, 3, 11, 12, 13, OPEN] {
            let is_closed = |event: &MediaEvent| matches!(event, MediaEvent::Closed(_));
            let events: Vec<_> = world.log.events.iter().filter(|(of, ..)| *of == leg).collect();
            let closed: Vec<_> = events.iter().filter(|(_, _, event)| is_closed(event)).collect();
            prop_assert_eq!(closed.len(), 1);
            let turns = events.iter().filter_map(|(.., event)| match event {
                MediaEvent::Speaking { on } => Some(*on),
                _ => None,
            });
            prop_assert!(turns.clone().zip([true, false].into_iter().cycle()).all(|(told, expected)| told == expected));
            prop_assert_eq!(turns.count() % 2, 0, "a turn of leg {} never ended", leg);
        }
    }
}

/// A library that breaks where it is asked for one file.
struct Broken(Shelf);

impl Library for Broken {
    fn file(&mut self, path: &Path, raw: bool) -> Sound {
        assert!(path != Path::new("broken"), "this is the error that the test makes");
        self.0.file(path, raw)
    }
    fn stream(&mut self, stream: u64) -> Sound {
        self.0.stream(stream)
    }
    fn tape(&mut self, path: &Path, channels: u8) -> Box<dyn Tape> {
        self.0.tape(path, channels)
    }
}

/// An error of ours ends its leg, with the ends of its operations, and no other leg.
#[test]
fn a_panic_ends_one_leg() {
    let shelf = Shelf::default();
    shelf.add("tone", &sine(600.0, 5_000));
    let mut shard = Shard::new(Box::new(Broken(shelf.clone())), 1);
    let mut log = Log::default();
    for (leg, peer) in [(1, 2), (2, 1), (3, 4), (4, 3)] {
        let line = Line { peer, loss: 0.0, delay: 0, jitter: 0 };
        shard.open(leg, Wire::Link(line), MediaParams::new(CodecKind::Pcmu, 0), 0, &mut log);
    }
    shard.command(2, MediaCommand::Listen, 0, &mut log);
    shard.command(1, MediaCommand::Play { op: 1, sources: vec![file("tone")], repeat: 1 }, 0, &mut log);
    shard.command(3, MediaCommand::Wait { op: 1, ms: 60_000 }, 0, &mut log);
    shard.command(3, MediaCommand::Play { op: 2, sources: vec![file("broken")], repeat: 1 }, 0, &mut log);
    for now in 0..200 {
        shard.tick(now * 5 * MS, &mut log);
    }
    let of_three: Vec<_> = log.events.iter().filter(|(leg, ..)| *leg == 3).map(|(_, _, event)| event).collect();
    let is_failed = |event: &&&MediaEvent| matches!(event, MediaEvent::Done(done) if done.why == Why::Failed);
    assert_eq!(of_three.iter().filter(is_failed).count(), 2);
    assert!(matches!(of_three[2..], [MediaEvent::Broken(_), MediaEvent::Closed(_)]));
    assert!(!shard.has(3) && shard.has(4));
    let heard = shard.heard(2, 1_000 * MS).unwrap().samples();
    assert!(has(&heard[4_000..], 600.0));
}

#[derive(Default)]
struct Ear(Arc<Mutex<(Vec<i16>, Vec<i16>)>>);

impl Tap for Ear {
    fn hear(&mut self, said: &Frame, heard: &Frame) -> bool {
        let mut both = self.0.lock().unwrap();
        both.0.extend_from_slice(said);
        both.1.extend_from_slice(heard);
        false
    }
}

/// Who listens in hears both sides, of a bridge too.
#[test]
fn a_tap_hears_both_sides() {
    let mut world = World::new();
    world.call(1, 11);
    world.call(2, 12);
    world.play_sine(1, 1, 600.0, 60_000);
    world.play_sine(2, 1, 1_100.0, 60_000);
    world.tell(11, MediaCommand::Bridge { other: 12 });
    let both = Arc::new(Mutex::new((Vec::new(), Vec::new())));
    world.shard.tap(11, 1, Box::new(Ear(Arc::clone(&both))), world.now, &mut world.log);
    world.run(2_000);
    let (said, heard) = &*both.lock().unwrap();
    assert!(has(&said[8_000..], 600.0) && has(&heard[8_000..], 1_100.0));
}
