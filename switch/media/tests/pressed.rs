//! Keys that we press, as the far end gets them: how long each lasts, and the pauses between them.

mod common;

use common::{MS, Network, World, level};
use hookflash_media::MediaCommand::{Collect, SendKeys};
use hookflash_media::codec::CodecKind;
use hookflash_media::session::{Collect as How, Why};
use hookflash_media::{LegId, MediaEvent, Micros};

const US: LegId = 1;
const PHONE: LegId = 2;

/// Keys, `w` (half a second) and `W` (a second) among them.
const KEYS: &str = "1w2W34ww5";

/// From each key to the next, beginning to beginning: 100 ms of key, 100 ms of gap, and the pauses.
const STEPS: [u64; 4] = [700, 1_200, 200, 1_200];

fn call(keys: Option<u8>) -> World {
    let mut world = World::new();
    world.call_over(US, PHONE, Network::default(), CodecKind::Pcmu, keys);
    world.listen(PHONE);
    world.run(100);
    world
}

/// The keys that the phone reported: when each was let go, which it was, and how long it was held (ms).
fn told(world: &World) -> Vec<(Micros, char, u32)> {
    let key = |(leg, at, event): &(LegId, Micros, MediaEvent)| match event {
        MediaEvent::Key { key, ms, .. } if *leg == PHONE => Some((*at / MS, *key, *ms)),
        _ => None,
    };
    world.log.events.iter().filter_map(key).collect()
}

/// As events each key is held for 100 ms, and pauses are kept to a tick; the operation ends with the last key's gap.
#[test]
fn as_events() {
    let mut world = call(Some(101));
    let start = world.now;
    world.tell(US, SendKeys { op: 1, keys: KEYS.into(), inband: false });
    world.run(6_000);
    let told = told(&world);
    assert_eq!(
        told.iter().map(|&(_, key, ms)| (key, ms)).collect::<Vec<_>>(),
        "12345".chars().map(|k| (k, 100)).collect::<Vec<_>>()
    );
    let steps: Vec<u64> = told.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert_eq!(steps, STEPS);
    let whole = STEPS.iter().sum::<u64>() + 200;
    let (end, done) = world.done(US, 1);
    assert!(((end - start) / MS).abs_diff(whole) <= 40 && done.why == Why::End, "{} ms", (end - start) / MS);
}

/// As tones they sound for 100 ms each in the phone's ear, to 5 ms, and pauses are silent; asked for, or because the
/// phone takes no events.
#[test]
fn as_tones() {
    for (takes, inband) in [(Some(101), true), (None, false), (None, true)] {
        let mut world = call(takes);
        let phone = How { most: 5, finish: String::new(), first_ms: 9_000, between_ms: 9_000, ..How::default() };
        world.tell(PHONE, Collect { op: 9, how: phone });
        world.tell(US, SendKeys { op: 1, keys: KEYS.into(), inband });
        world.run(6_000);
        assert_eq!(world.done(PHONE, 9).1.digits, "12345");
        let runs = sounding(&world.heard(PHONE, 6_000));
        assert!(runs.iter().all(|&(_, ms)| ms.abs_diff(100) <= 5), "{runs:?}");
        let steps: Vec<u64> = runs.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
        assert!(
            steps.len() == 4 && steps.iter().zip(STEPS).all(|(step, wanted)| step.abs_diff(wanted) <= 5),
            "{steps:?}"
        );
        let first = &world.heard(PHONE, 6_000)[runs[0].0 as usize * 8 + 160..][..640];
        assert!(level(first, 697.0) > 5_000.0 && level(first, 1_209.0) > 5_000.0);
    }
}

/// Where there is sound: when it begins, and for how long (ms).
fn sounding(samples: &[i16]) -> Vec<(u64, u64)> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for (at, part) in (0..).zip(samples.chunks(8)) {
        if part.iter().all(|sample| sample.unsigned_abs() < 500) {
            continue;
        }
        match runs.last_mut() {
            Some((start, ms)) if at - (*start + *ms) < 5 => *ms = at + 1 - *start,
            _ => runs.push((at, 1)),
        }
    }
    runs
}
