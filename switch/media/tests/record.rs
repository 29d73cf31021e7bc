//! Recordings: their length, their channels, and what ends them.

mod common;

use common::{MS, Taped, World, has, lacks};
use hookflash_media::MediaCommand::{self, PauseRecording, ResumeRecording, SendKeys, Stop};
use hookflash_media::session::{Record, Track, Why};

const HANDSET: u64 = 1;
const PLATFORM: u64 = 2;

fn call() -> World {
    let mut world = World::new();
    world.call(HANDSET, PLATFORM);
    world
}

fn record(how: Record) -> MediaCommand {
    MediaCommand::Record { op: 1, how }
}

fn how() -> Record {
    Record {
        path: "tape".into(),
        channels: 1,
        track: Track::Inbound,
        beep: false,
        most_ms: 3_600_000,
        silence_ms: 0,
        finish: String::new(),
        trim: false,
    }
}

fn channel(taped: &Taped, number: usize) -> Vec<i16> {
    taped.samples.iter().skip(number).step_by(usize::from(taped.channels)).copied().collect()
}

/// A mono recording holds what the leg says, as long as it was said.
#[test]
fn mono_holds_what_the_leg_says() {
    let mut world = call();
    world.play_sine(HANDSET, 1, 600.0, 60_000);
    world.play_sine(PLATFORM, 2, 1_100.0, 60_000);
    world.tell(PLATFORM, record(how()));
    world.run(3_000);
    world.tell(PLATFORM, Stop { op: 1 });
    world.run(100);
    let (_, done) = world.done(PLATFORM, 1);
    let taped = world.shelf.taped("tape");
    assert_eq!((done.why, done.silent), (Why::Stopped, false));
    assert!(done.ms.abs_diff(3_000) <= 20, "{}", done.ms);
    assert_eq!((taped.channels, taped.samples.len()), (1, done.ms as usize * 8));
    let end = &taped.samples[8_000..];
    assert!(has(end, 600.0) && lacks(end, 1_100.0));
}

/// With two channels each side has its own.
#[test]
fn each_side_has_its_channel() {
    let mut world = call();
    world.play_sine(HANDSET, 1, 600.0, 60_000);
    world.play_sine(PLATFORM, 2, 1_100.0, 60_000);
    world.tell(PLATFORM, record(Record { channels: 2, most_ms: 2_000, ..how() }));
    world.run(3_000);
    assert_eq!((world.done(PLATFORM, 1).1.why, world.done(PLATFORM, 1).1.ms), (Why::Most, 2_000));
    let taped = world.shelf.taped("tape");
    let (says, hears) = (channel(&taped, 0), channel(&taped, 1));
    assert_eq!((says.len(), hears.len()), (16_000, 16_000));
    assert!(has(&says[8_000..], 600.0) && lacks(&says[8_000..], 1_100.0));
    assert!(has(&hears[8_000..], 1_100.0) && lacks(&hears[8_000..], 600.0));
}

/// One channel can have what the leg hears, or both sides.
#[test]
fn a_track_is_chosen() {
    for (track, says, hears) in [(Track::Outbound, false, true), (Track::Both, true, true)] {
        let mut world = call();
        world.play_sine(HANDSET, 1, 600.0, 60_000);
        world.play_sine(PLATFORM, 2, 1_100.0, 60_000);
        world.tell(PLATFORM, record(Record { track, most_ms: 2_000, ..how() }));
        world.run(3_000);
        let samples = world.shelf.taped("tape").samples;
        assert_eq!((has(&samples[8_000..], 600.0), has(&samples[8_000..], 1_100.0)), (says, hears), "{track:?}");
    }
}

/// The beep is heard, and is not on the recording.
#[test]
fn the_beep_comes_before() {
    let mut world = call();
    world.listen(HANDSET);
    world.tell(PLATFORM, record(Record { beep: true, track: Track::Both, most_ms: 1_000, ..how() }));
    world.run(700);
    let heard = world.heard(HANDSET, 600);
    assert!(heard.iter().any(|sample| sample.abs() > 3_000));
    world.run(2_000);
    assert!(world.done(PLATFORM, 1).1.silent);
    assert!(world.shelf.taped("tape").samples.iter().all(|sample| sample.abs() < 100));
}

/// Silence of the leg ends it, whatever the leg hears.
#[test]
fn silence_ends_it() {
    let mut world = call();
    let begun = world.now;
    world.play_sine(HANDSET, 1, 600.0, 2_000);
    world.play_sine(PLATFORM, 2, 1_100.0, 60_000);
    world.tell(PLATFORM, record(Record { silence_ms: 3_000, ..how() }));
    world.run(10_000);
    let (at, done) = world.done(PLATFORM, 1);
    assert_eq!(done.why, Why::Silence);
    assert!((at - begun).abs_diff(5_000 * MS) < 300 * MS, "{}", at - begun);
}

/// A key ends it and is told.
#[test]
fn a_key_ends_it() {
    let mut world = call();
    world.tell(PLATFORM, record(Record { finish: "0#".into(), ..how() }));
    world.tell(HANDSET, SendKeys { op: 1, keys: "1W#".into(), inband: false });
    world.run(3_000);
    let (_, done) = world.done(PLATFORM, 1);
    assert_eq!((done.why, done.key), (Why::Finish, Some('#')));
}

/// Silence is cut at both ends, and a recording of silence keeps nothing.
#[test]
fn silence_is_cut() {
    let mut world = call();
    world.tell(PLATFORM, record(Record { trim: true, ..how() }));
    world.run(2_000);
    world.play_sine(HANDSET, 1, 600.0, 1_000);
    world.run(4_000);
    world.tell(PLATFORM, Stop { op: 1 });
    world.run(100);
    let (_, done) = world.done(PLATFORM, 1);
    assert!((1_000..1_500).contains(&done.ms), "{}", done.ms);
    assert_eq!(world.shelf.taped("tape").samples.len(), done.ms as usize * 8);

    world.tell(PLATFORM, MediaCommand::Record { op: 2, how: Record { trim: true, most_ms: 1_000, ..how() } });
    world.run(2_000);
    assert_eq!((world.done(PLATFORM, 2).1.ms, world.done(PLATFORM, 2).1.silent), (0, true));
}

/// A pause is filled with silence or left out.
#[test]
fn a_pause_is_silent_or_left_out() {
    for (silence, length) in [(true, 3_000), (false, 2_000_u32)] {
        let mut world = call();
        world.play_sine(HANDSET, 1, 600.0, 60_000);
        world.run(500);
        world.tell(PLATFORM, record(how()));
        world.run(1_000);
        world.tell(PLATFORM, PauseRecording { op: 1, silence });
        world.run(1_000);
        world.tell(PLATFORM, ResumeRecording { op: 1 });
        world.run(1_000);
        world.tell(PLATFORM, Stop { op: 1 });
        world.run(100);
        assert!(world.done(PLATFORM, 1).1.ms.abs_diff(length) <= 20);
        let samples = world.shelf.taped("tape").samples;
        assert_eq!(samples[8_400..15_600].iter().all(|&sample| sample == 0), silence);
    }
}

/// A full disk fails the recording with its sentence; the call goes on.
#[test]
fn a_full_disk_fails_it() {
    let mut world = call();
    world.listen(HANDSET);
    world.tell(PLATFORM, record(how()));
    world.run(500);
    world.shelf.fill_up();
    world.run(100);
    let (_, done) = world.done(PLATFORM, 1);
    assert_eq!((done.why, done.problem.as_str()), (Why::Failed, "The disk is full."));
    world.play_sine(PLATFORM, 2, 1_100.0, 2_000);
    world.run(1_000);
    assert!(has(&world.heard(HANDSET, 500), 1_100.0));
}

/// A leg that hangs up keeps its recording as far as it went.
#[test]
fn a_hang_up_completes_it() {
    let mut world = call();
    world.tell(PLATFORM, record(how()));
    world.run(1_000);
    world.close(PLATFORM);
    world.run(100);
    let (_, done) = world.done(PLATFORM, 1);
    assert_eq!(done.why, Why::HungUp);
    assert!(done.ms.abs_diff(1_000) <= 20, "{}", done.ms);
    assert!(world.shelf.taped("tape").is_finished);
    assert!(!world.shard.has(PLATFORM));
}
