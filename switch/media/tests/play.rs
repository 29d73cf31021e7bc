//! What is played arrives, and each operation ends once.

mod common;

use common::{MS, Network, World, file, has, lacks, level, sine};
use hookflash_media::MediaCommand::{Collect, Play, SendKeys, Stop, Wait};
use hookflash_media::codec::CodecKind;
use hookflash_media::session::{Collect as How, Source, Why};

const HANDSET: u64 = 1;
const PLATFORM: u64 = 2;

fn call() -> World {
    let mut world = World::new();
    world.call(HANDSET, PLATFORM);
    world.listen(HANDSET);
    world
}

/// A tone that is played is heard at the far end as that tone, whatever the codec.
#[test]
fn a_tone_arrives_in_every_codec() {
    for codec in [CodecKind::Pcmu, CodecKind::Pcma, CodecKind::G722, CodecKind::Opus] {
        let mut world = World::new();
        world.call_over(HANDSET, PLATFORM, Network::default(), codec, Some(101));
        world.listen(HANDSET);
        world.play_sine(PLATFORM, 1, 1_000.0, 1_000);
        world.run(900);
        let heard = world.heard(HANDSET, 500);
        assert!(has(&heard, 1_000.0) && lacks(&heard, 1_500.0), "{codec:?}: {}", level(&heard, 1_000.0));
    }
}

/// A file ends its operation when its last sample was sent, and silence follows.
#[test]
fn a_file_ends_in_time() {
    let mut world = call();
    let begun = world.now;
    world.play_sine(PLATFORM, 1, 440.0, 1_000);
    world.run(2_000);
    let (at, done) = world.done(PLATFORM, 1);
    assert_eq!(done.why, Why::End);
    assert!((at - begun).abs_diff(1_000 * MS) <= 40 * MS);
    assert!(lacks(&world.heard(HANDSET, 500), 440.0));
}

/// Sources follow each other without a gap, as often as was asked for.
#[test]
fn sources_follow_each_other_and_repeat() {
    let mut world = call();
    let begun = world.now;
    world.shelf.add("a", &sine(500.0, 333));
    world.shelf.add("b", &sine(900.0, 250));
    let sources =
        vec![file("a"), Source::Silence { ms: 117 }, file("b"), Source::Tone { name: "beep".into(), ms: 100 }];
    world.tell(PLATFORM, Play { op: 1, sources, repeat: 3 });
    world.run(5_000);
    let (at, done) = world.done(PLATFORM, 1);
    assert_eq!(done.why, Why::End);
    assert!((at - begun).abs_diff(3 * 800 * MS) <= 40 * MS);
}

/// A list without a sample ends, however often it is to be repeated.
#[test]
fn nothing_for_ever_ends() {
    let mut world = call();
    world.shelf.add("empty", &[]);
    let sources = vec![file("empty"), Source::Silence { ms: 0 }];
    world.tell(PLATFORM, Play { op: 1, sources, repeat: 0 });
    world.tell(PLATFORM, Play { op: 2, sources: vec![], repeat: 0 });
    world.run(1_000);
    assert_eq!(world.done(PLATFORM, 1).1.why, Why::Stopped);
    assert_eq!(world.done(PLATFORM, 2).1.why, Why::End);
}

/// What cannot be had fails its operation with a sentence.
#[test]
fn a_missing_file_fails() {
    let mut world = call();
    world.tell(PLATFORM, Play { op: 1, sources: vec![file("nowhere")], repeat: 1 });
    let tone = Source::Tone { name: "no such tone".into(), ms: 100 };
    world.run(100);
    world.tell(PLATFORM, Play { op: 2, sources: vec![tone], repeat: 1 });
    world.run(100);
    for op in [1, 2] {
        let (_, done) = world.done(PLATFORM, op);
        assert_eq!(done.why, Why::Failed);
        assert!(done.problem.ends_with('.'), "{}", done.problem);
    }
}

/// Audio that is fed is heard as it comes; where it does not come in time there is silence, and the end is said.
#[test]
fn a_stream_is_heard_as_it_is_fed() {
    let mut world = call();
    let mut pen = world.shelf.feed(5);
    world.tell(PLATFORM, Play { op: 1, sources: vec![Source::Stream { stream: 5 }], repeat: 1 });
    world.run(500);
    assert!(lacks(&world.heard(HANDSET, 200), 700.0));
    pen.write(&sine(700.0, 600));
    world.run(500);
    assert!(has(&world.heard(HANDSET, 300), 700.0));
    world.run(1_000);
    assert!(world.dones(PLATFORM).is_empty());
    pen.end();
    world.run(50);
    assert_eq!(world.done(PLATFORM, 1).1.why, Why::End);
}

/// One thing plays at a time: the next one stops the one before.
#[test]
fn the_next_stops_the_one_before() {
    let mut world = call();
    world.play_sine(PLATFORM, 1, 600.0, 5_000);
    world.run(1_000);
    world.play_sine(PLATFORM, 2, 1_100.0, 5_000);
    world.run(1_000);
    assert_eq!(world.done(PLATFORM, 1).1.why, Why::Stopped);
    let heard = world.heard(HANDSET, 500);
    assert!(has(&heard, 1_100.0) && lacks(&heard, 600.0));
    world.tell(PLATFORM, Stop { op: 2 });
    assert_eq!(world.done(PLATFORM, 2).1.why, Why::Stopped);
}

fn gather() -> How {
    How { sources: vec![file("menu")], between_ms: 2_000, ..How::default() }
}

/// A key stops the prompt, and what was pressed comes back without the finishing key.
#[test]
fn a_key_stops_the_prompt() {
    let mut world = call();
    world.shelf.add("menu", &sine(800.0, 10_000));
    world.tell(PLATFORM, Collect { op: 1, how: gather() });
    world.run(1_000);
    assert!(has(&world.heard(HANDSET, 300), 800.0));
    world.tell(HANDSET, SendKeys { op: 1, keys: "12".into(), inband: false });
    world.run(1_000);
    assert!(lacks(&world.heard(HANDSET, 300), 800.0));
    world.tell(HANDSET, SendKeys { op: 2, keys: "#".into(), inband: false });
    world.run(500);
    let (_, done) = world.done(PLATFORM, 1);
    assert_eq!((done.why, done.digits.as_str(), done.key), (Why::Finish, "12", Some('#')));
    assert_eq!(world.keys(PLATFORM), "12#");
}

/// Where keys are no answer they stop no prompt, and are told all the same.
#[test]
fn keys_that_are_no_answer_change_nothing() {
    let mut world = call();
    world.shelf.add("menu", &sine(800.0, 3_000));
    world.tell(PLATFORM, Collect { op: 1, how: How { keys: false, most: 1, ..gather() } });
    world.run(1_000);
    world.tell(HANDSET, SendKeys { op: 1, keys: "1".into(), inband: false });
    world.run(1_000);
    assert!(has(&world.heard(HANDSET, 300), 800.0));
    world.run(7_000);
    let (_, done) = world.done(PLATFORM, 1);
    assert_eq!((done.why, done.digits.as_str()), (Why::Timeout, ""));
    assert_eq!(world.keys(PLATFORM), "1");
}

/// Keys that were pressed before do not count.
#[test]
fn keys_before_do_not_count() {
    let mut world = call();
    world.tell(HANDSET, SendKeys { op: 1, keys: "99".into(), inband: false });
    world.run(1_000);
    world.tell(PLATFORM, Collect { op: 1, how: How { sources: vec![], most: 1, ..gather() } });
    world.tell(HANDSET, SendKeys { op: 2, keys: "1".into(), inband: false });
    world.run(1_000);
    assert_eq!(world.done(PLATFORM, 1).1.digits, "1");
}

/// The time for the first key counts from the end of the prompts.
#[test]
fn the_first_key_is_waited_for_after_the_prompts() {
    let mut world = call();
    let begun = world.now;
    world.shelf.add("menu", &sine(800.0, 3_000));
    world.tell(PLATFORM, Collect { op: 1, how: gather() });
    world.run(20_000);
    let (at, done) = world.done(PLATFORM, 1);
    assert_eq!((done.why, done.digits.as_str()), (Why::Timeout, ""));
    assert!((at - begun).abs_diff(8_000 * MS) <= 60 * MS);
}

/// A prompt that cannot be had fails its `Collect`; another `Play` stops it.
#[test]
fn a_collect_ends_with_its_prompt() {
    let mut world = call();
    world.tell(PLATFORM, Collect { op: 1, how: gather() });
    world.run(100);
    assert_eq!(world.done(PLATFORM, 1).1.why, Why::Failed);
    world.shelf.add("menu", &sine(800.0, 3_000));
    world.tell(PLATFORM, Collect { op: 2, how: gather() });
    world.play_sine(PLATFORM, 3, 600.0, 500);
    world.run(100);
    assert_eq!(world.done(PLATFORM, 2).1.why, Why::Stopped);
    world.run(1_000);
    assert_eq!(world.done(PLATFORM, 3).1.why, Why::End);
}

/// A key is reported within 30 ms of its end, once, with its length.
#[test]
fn keys_are_reported_in_time() {
    let mut world = call();
    let begun = world.now;
    world.tell(HANDSET, SendKeys { op: 1, keys: "5w8".into(), inband: false });
    world.run(3_000);
    assert_eq!(world.keys(PLATFORM), "58");
    let first = world.log.events.iter().find(|(leg, ..)| *leg == PLATFORM).unwrap().1;
    assert!(first - begun <= (20 + 100 + 30) * MS, "{}", first - begun);
    assert_eq!(world.done(HANDSET, 1).1.why, Why::End);
}

/// What is no key fails.
#[test]
fn what_is_no_key_fails() {
    let mut world = call();
    world.tell(HANDSET, SendKeys { op: 1, keys: "1x".into(), inband: false });
    assert_eq!(world.done(HANDSET, 1).1.why, Why::Failed);
}

/// A day goes by at once where nothing is said.
#[test]
fn a_day_of_silence_costs_no_ticks() {
    let mut world = call();
    let day = 24 * 60 * 60 * 1_000;
    world.tell(PLATFORM, Wait { op: 1, ms: day });
    let begun = world.now;
    world.run(day + 1_000);
    assert!((world.done(PLATFORM, 1).0 - begun).abs_diff(day * MS) <= 20 * MS);
    assert!(world.ticks < 200, "{}", world.ticks);
    world.play_sine(PLATFORM, 2, 1_000.0, 1_000);
    world.run(900);
    assert!(has(&world.heard(HANDSET, 500), 1_000.0));
}

/// A hang-up ends every operation once, and then the leg.
#[test]
fn a_hang_up_ends_everything() {
    let mut world = call();
    world.play_sine(PLATFORM, 1, 600.0, 5_000);
    world.tell(PLATFORM, Wait { op: 2, ms: 9_000 });
    world.tell(PLATFORM, Collect { op: 3, how: How { sources: vec![], ..gather() } });
    world.run(100);
    world.close(PLATFORM);
    world.run(100);
    assert_eq!(world.done(PLATFORM, 1).1.why, Why::Stopped);
    assert_eq!(world.done(PLATFORM, 2).1.why, Why::HungUp);
    assert_eq!(world.done(PLATFORM, 3).1.why, Why::HungUp);
    assert!(!world.shard.has(PLATFORM));
    world.tell(PLATFORM, Wait { op: 4, ms: 1 });
    assert_eq!(world.done(PLATFORM, 4).1.why, Why::Failed);
}

/// Losses are concealed: a tone over a bad network is still that tone.
#[test]
fn losses_are_concealed() {
    let mut world = World::new();
    let network = Network { loss: 0.05, delay: 40 * MS, jitter: 15 * MS };
    world.call_over(HANDSET, PLATFORM, network, CodecKind::Pcmu, Some(101));
    world.listen(HANDSET);
    world.play_sine(PLATFORM, 1, 1_000.0, 10_000);
    world.run(9_000);
    let heard = world.heard(HANDSET, 4_000);
    let silent = heard.chunks(160).filter(|frame| frame.iter().all(|sample| sample.abs() < 1_000)).count();
    assert!(silent < 4, "{silent} of 200 frames are silent");
}
