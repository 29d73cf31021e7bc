//! Speech as the answer to a prompt, and how it competes with keys.

mod common;

use common::{MS, Network, World, file, has, lacks, sine};
use hookflash_media::MediaCommand::{Collect, Play, SendKeys};
use hookflash_media::codec::CodecKind;
use hookflash_media::session::{Collect as How, Done, SpeechEnd, Why};

const HANDSET: u64 = 1;
const PLATFORM: u64 = 2;
/// A prompt of ten seconds is about to be played or has been for so long.
const PROMPT_MS: u64 = 10_000;

/// A call, and a prompt whose answer may be speech that ends with a second of silence.
fn asked(how: How, keys: Option<u8>) -> World {
    let mut world = World::new();
    world.call_over(HANDSET, PLATFORM, Network::default(), CodecKind::Pcmu, keys);
    world.listen(HANDSET);
    world.shelf.add("menu", &sine(800.0, PROMPT_MS as usize));
    world.shelf.add("word", &sine(300.0, 400));
    world.shelf.add("sentence", &sine(300.0, 4_000));
    world.run(100);
    world.tell(PLATFORM, Collect { op: 1, how });
    world
}

fn how() -> How {
    How {
        sources: vec![file("menu")],
        most: 2,
        first_ms: 3_000,
        between_ms: 2_000,
        speech: Some(SpeechEnd { end_ms: 1_000, most_ms: 60_000 }),
        ..How::default()
    }
}

fn says(world: &mut World, what: &str) {
    world.tell(HANDSET, Play { op: 1_000 + world.ticks, sources: vec![file(what)], repeat: 1 });
}

fn presses(world: &mut World, keys: &str) {
    world.tell(HANDSET, SendKeys { op: 2_000 + world.ticks, keys: keys.into(), inband: false });
}

/// The answer, and how long after `since` it came (ms).
fn answer(world: &World, since: u64) -> (Done, u64) {
    let (at, done) = world.done(PLATFORM, 1);
    (done, (at - since) / MS)
}

/// A handset that falls silent sends nothing: what is lost seems to go on for a moment.
fn close(ms: u64, wanted: u64) {
    assert!(ms.abs_diff(wanted) <= 120, "{ms} ms, not about {wanted}");
}

/// A word stops the prompt within a quarter of a second and is over after the silence that was asked for; when it began
/// is told.
#[test]
fn a_word_is_an_answer() {
    let mut world = asked(how(), Some(101));
    let start = world.now;
    world.run(2_000);
    assert!(has(&world.heard(HANDSET, 300), 800.0));
    says(&mut world, "word");
    world.run(500);
    assert!(lacks(&world.heard(HANDSET, 200), 800.0));
    world.run(2_000);
    let (done, ms) = answer(&world, start);
    assert_eq!((done.why, done.digits.as_str()), (Why::Speech, ""));
    close(ms, 2_000 + 400 + 1_000);
    close(done.ms.into(), 2_000);
}

/// A click is none: the prompt goes on, and the wait after it ends as if nothing had been.
#[test]
fn a_click_is_no_answer() {
    let mut world = asked(how(), Some(101));
    let start = world.now;
    world.shelf.add("click", &sine(300.0, 60));
    for _ in 0..10 {
        says(&mut world, "click");
        world.run(500);
    }
    assert!(has(&world.heard(HANDSET, 300), 800.0));
    world.run(9_000);
    let (done, ms) = answer(&world, start);
    assert_eq!(done.why, Why::Timeout);
    close(ms, PROMPT_MS + 3_000);
}

/// After the beginning of speech no key counts, not even one that finishes; it is still reported.
#[test]
fn speech_comes_before_keys() {
    let mut world = asked(how(), Some(101));
    says(&mut world, "sentence");
    world.run(1_000);
    presses(&mut world, "12#");
    world.run(6_000);
    let (done, _) = answer(&world, 0);
    assert_eq!((done.why, done.digits.as_str(), done.key), (Why::Speech, "", None));
    assert_eq!(world.keys(PLATFORM), "12#");
}

/// After a key speech does not count: the answer is one of keys, in the time of keys.
#[test]
fn keys_come_before_speech() {
    let mut world = asked(how(), Some(101));
    let start = world.now;
    presses(&mut world, "1");
    world.run(500);
    says(&mut world, "sentence");
    world.run(4_000);
    let (done, ms) = answer(&world, start);
    assert_eq!((done.why, done.digits.as_str(), done.ms), (Why::Timeout, "1", 0));
    close(ms, 100 + 2_000);
}

/// Where keys are heard in the audio their tones are keys, however long they are held, and no speech.
#[test]
fn a_key_is_not_heard_as_speech() {
    let mut world = asked(How { sources: vec![], ..how() }, None);
    world.run(1_000);
    presses(&mut world, "12");
    world.run(2_000);
    let (done, _) = answer(&world, 0);
    assert_eq!((done.why, done.digits.as_str()), (Why::Most, "12"));
}

/// Without barge-in the prompt is played to its end, and what is said over it does not count; what is said after it does.
#[test]
fn a_prompt_that_does_not_yield() {
    let mut world = asked(How { barge_in: false, ..how() }, Some(101));
    let start = world.now;
    world.run(5_000);
    says(&mut world, "sentence");
    world.run(4_800);
    assert!(has(&world.heard(HANDSET, 300), 800.0));
    world.run(1_200);
    says(&mut world, "word");
    world.run(3_000);
    let (done, ms) = answer(&world, start);
    assert_eq!(done.why, Why::Speech);
    close(ms, 11_000 + 400 + 1_000);
    close(done.ms.into(), 11_000);
}

/// Speech that goes on is taken for as long as was said, and a word that begins in the last moment still counts.
#[test]
fn the_most_and_the_last_moment() {
    let speech = Some(SpeechEnd { end_ms: 1_000, most_ms: 2_000 });
    let mut world = asked(How { sources: vec![], speech, ..how() }, Some(101));
    let start = world.now;
    world.run(2_900);
    says(&mut world, "sentence");
    world.run(5_000);
    let (done, ms) = answer(&world, start);
    assert_eq!(done.why, Why::Speech);
    close(ms, 2_900 + 2_000);
}

/// Silence alone ends as a time-out, after the wait for the first answer.
#[test]
fn nothing_at_all() {
    let mut world = asked(How { sources: vec![], ..how() }, Some(101));
    let start = world.now;
    world.run(5_000);
    let (done, ms) = answer(&world, start);
    assert_eq!((done.why, done.ms), (Why::Timeout, 0));
    close(ms, 3_000);
}
