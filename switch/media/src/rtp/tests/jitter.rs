use proptest::prelude::*;

use super::network::{Ear, Heard, MS, Sent, deliver, noise, speech};
use crate::rtp::{Counts, Depth, Jitter, Packet, Pull};

fn listen(jitter: &mut Jitter, sent: Vec<Sent>, ptime: u32, end_ms: u64) -> Ear {
    Ear::listen(jitter, sent, ptime, 7 * MS, end_ms * MS)
}

fn buffer() -> Jitter {
    Jitter::new(8_000, Depth::LARGE)
}

/// On a quiet network audio waits for 30 ms at most, whatever the phase between packets and ticks, and nothing is
/// missing although sequence numbers and timestamps wrap.
#[test]
fn a_quiet_network_costs_at_most_30_ms() {
    for phase in (0..20).map(|ms| ms * MS) {
        let mut jitter = buffer();
        let ear = Ear::listen(&mut jitter, speech(500, 20), 20, phase, 10_100 * MS);
        assert_eq!((0..500).collect::<Vec<_>>(), ear.frames());
        assert!(ear.delays().iter().all(|delay| (10..=30).contains(delay)), "{:?}", ear.delays());
        assert_eq!(0, ear.gaps());
    }
}

/// Packets of 10 to 60 ms are played whole; at most once, before their length is known, the ear has to wait.
#[test]
fn packets_of_any_usual_length_are_played() {
    for ptime in [10, 20, 30, 40, 60] {
        let mut jitter = buffer();
        let ear = listen(&mut jitter, speech(100, ptime), ptime, 7_000);
        assert_eq!((0..100).collect::<Vec<_>>(), ear.frames(), "{ptime} ms");
        assert!(ear.gaps() <= 20, "{ptime} ms: {} ms of gaps", ear.gaps());
        assert!(ear.delays().iter().all(|delay| *delay <= 60), "{ptime} ms: {:?}", ear.delays());
    }
}

/// Opus counts in 48,000ths of a second, and its 20 ms follow each other without a gap.
#[test]
fn a_clock_of_48_khz_is_followed() {
    let mut jitter = Jitter::new(48_000, Depth::LARGE);
    let faster = |sent: Sent| Sent { timestamp: sent.timestamp.wrapping_mul(6), ..sent };
    let ear = listen(&mut jitter, speech(500, 20).into_iter().map(faster).collect(), 20, 10_100);
    assert_eq!((500, 0), (ear.frames().len(), ear.gaps()));
}

/// A lost packet is concealed for its own length; the audio after it stays in its place.
#[test]
fn a_lost_packet_is_concealed() {
    let mut jitter = buffer();
    let mut sent = speech(50, 20);
    sent.retain(|sent| ![20, 30, 31].contains(&sent.tag));
    let ear = listen(&mut jitter, sent, 20, 1_200);
    assert_eq!((47, 60), (ear.frames().len(), ear.gaps()));
    assert_eq!(60, ear.concealed());
    assert_eq!(Counts { concealed_ms: jitter.counts().concealed_ms, ..Counts::default() }, jitter.counts());
}

/// Concealment fades out within 60 ms: a longer loss is silence.
#[test]
fn a_long_loss_becomes_silence() {
    let mut jitter = buffer();
    let mut sent = speech(50, 20);
    sent.retain(|sent| !(20..30).contains(&sent.tag));
    let ear = listen(&mut jitter, sent, 20, 1_060);
    let position = ear.heard.iter().position(|(_, heard)| *heard == Heard::Frame(19)).unwrap();
    let after: Vec<_> = ear.heard[position + 1..].iter().map(|(_, heard)| *heard).take(11).collect();
    let expected = [[Heard::Lost(20); 3].as_slice(), &[Heard::Empty; 7], &[Heard::Frame(30)]].concat();
    assert_eq!(expected, after);
}

/// Packets that overtake each other within the delay are put in order; one that comes twice is heard once.
#[test]
fn packets_are_put_in_order() {
    let mut jitter = buffer();
    let mut sent = speech(50, 20);
    for sent in sent.iter_mut().filter(|sent| sent.tag % 10 == 5) {
        sent.at += 21 * MS; // behind its follower, but in time
    }
    let doubles: Vec<_> = sent.iter().filter(|sent| sent.tag % 7 == 0).copied().collect();
    let copies = doubles.len() as u32;
    sent.extend(doubles);
    let ear = Ear::listen(&mut jitter, sent, 20, 4 * MS, 1_200 * MS);
    assert_eq!((0..50).collect::<Vec<_>>(), ear.frames());
    assert_eq!((0, copies), (jitter.counts().late, jitter.counts().duplicates));
}

/// A packet that comes after its time is counted and not heard.
#[test]
fn a_late_packet_is_counted() {
    let mut jitter = buffer();
    let mut sent = speech(50, 20);
    sent[25].at += 150 * MS;
    let ear = listen(&mut jitter, sent, 20, 1_200);
    assert_eq!(1, jitter.counts().late);
    assert!(!ear.frames().contains(&25));
}

/// When packets begin to come up to 100 ms late, the delay grows until nearly all are heard; when the network calms
/// down, it comes back under 40 ms.
#[test]
fn the_delay_follows_the_jitter() {
    let mut jitter = buffer();
    let mut sent = speech(4_500, 20);
    let mut late = noise(1, 100);
    for sent in &mut sent[500..1_500] {
        sent.at += late() * MS;
    }
    let ear = listen(&mut jitter, sent, 20, 91_000);
    let delays = ear.delays();
    let heard: Vec<_> = ear.frames().into_iter().filter(|tag| (1_000..1_500).contains(tag)).collect();
    assert!(heard.len() >= 480, "{} of 500 heard", heard.len());
    assert!(delays[900] >= 80, "{}", delays[900]);
    assert!(delays[delays.len() - 1] <= 60, "{}", delays[delays.len() - 1]);
    assert!(jitter.delay_ms() <= 24);
}

/// Two in a hundred packets that are very late do not make everybody wait.
#[test]
fn rare_stragglers_do_not_deepen_the_buffer() {
    let mut jitter = buffer();
    let mut sent = speech(2_000, 20);
    for sent in sent.iter_mut().skip(200).step_by(50) {
        sent.at += 180 * MS;
    }
    listen(&mut jitter, sent, 20, 40_100);
    assert_eq!(20, jitter.delay_ms());
}

/// A sender whose clock is 500 ppm off, for three hours: delay and gaps stay bounded, and about one frame in 2,000 is
/// inserted or skipped.
#[test]
fn a_clock_that_is_off_is_followed_for_hours() {
    for ppm in [-500_i64, -50, 50, 500] {
        let mut jitter = buffer();
        let frames = 3 * 3600 * 50_u32;
        let mut sent = speech(frames, 20);
        for sent in &mut sent {
            sent.at = (sent.at as i64 + sent.at as i64 * ppm / 1_000_000) as u64;
        }
        let arrivals: Vec<_> = sent.iter().map(|sent| sent.at / MS).collect();
        let ear = listen(&mut jitter, sent, 20, u64::from(frames) * 20);
        let worst = ear.heard.iter().filter_map(|(at, heard)| match heard {
            Heard::Frame(tag) => Some(at / MS - arrivals[*tag as usize]),
            _ => None,
        });
        assert!(worst.max().unwrap() <= 80, "{ppm} ppm");
        let drifted = f64::from(frames) * 20.0 * ppm.abs() as f64 / 1e6;
        let mended = f64::from(ear.gaps() + 20 * jitter.counts().skipped);
        assert!(mended <= drifted + 100.0, "{ppm} ppm: {mended} ms mended for {drifted}");
        assert_eq!(0, jitter.counts().late, "{ppm} ppm");
    }
}

/// In a pause of the sender nothing is concealed beyond 60 ms, and the next words keep their place.
#[test]
fn a_pause_of_the_sender_is_silence() {
    let mut jitter = buffer();
    let mut sent = speech(100, 20);
    sent.retain(|sent| !(40..70).contains(&sent.tag));
    for (sequence, sent) in (0..).zip(&mut sent) {
        sent.sequence = sequence;
        sent.marker |= sent.tag == 70;
    }
    let ear = listen(&mut jitter, sent, 20, 2_200);
    assert_eq!((70, 600), (ear.frames().len(), ear.gaps()));
    assert_eq!(60, ear.concealed());
}

/// A pause takes the delay back to its target at once, without a frame being skipped.
#[test]
fn a_pause_mends_the_delay_unheard() {
    let mut jitter = buffer();
    let mut sent = speech(400, 20);
    let mut late = noise(2, 120);
    sent.iter_mut().take(250).for_each(|sent| sent.at += late() * MS);
    sent.retain(|sent| !(250..300).contains(&sent.tag));
    sent.iter_mut().filter(|sent| sent.tag >= 300).for_each(|sent| {
        sent.sequence = sent.sequence.wrapping_sub(50);
    });
    let ear = listen(&mut jitter, sent, 20, 8_200);
    let skipped = jitter.counts().skipped;
    let delays = ear.delays();
    let after = ear.frames().iter().position(|tag| *tag == 300).unwrap();
    assert!(delays[after] <= u64::from(jitter.delay_ms()) + 40, "{} ms", delays[after]);
    assert_eq!(0, skipped);
}

/// Another SSRC, a timestamp that jumps, and a sequence that starts anew all go on after a few packets.
#[test]
fn a_stream_that_starts_anew_is_played() {
    let changes: [fn(&mut Sent); 4] = [
        |sent| (sent.ssrc, sent.sequence, sent.timestamp) = (2, sent.tag as u16, sent.tag * 160),
        |sent| sent.timestamp = sent.timestamp.wrapping_add(0x7654_3210),
        |sent| sent.timestamp = sent.timestamp.wrapping_sub(16_000 * 10),
        |sent| sent.sequence = sent.sequence.wrapping_add(20_000),
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut jitter = buffer();
        let mut sent = speech(200, 20);
        sent[100..].iter_mut().for_each(change);
        let ear = listen(&mut jitter, sent, 20, 4_200);
        let frames = ear.frames();
        assert!(frames.len() >= 195, "change {number}: {} frames", frames.len());
        assert_eq!(Some(&199), frames.last());
        assert!(frames.is_sorted());
    }
}

/// A sender whose clock stands still while it is silent is heard again with its first marked packet.
#[test]
fn a_clock_that_stood_still_is_forgiven() {
    let mut jitter = buffer();
    let mut sent = speech(100, 20);
    sent[50..].iter_mut().for_each(|sent| sent.at += 700 * MS);
    sent[50].marker = true;
    let ear = listen(&mut jitter, sent, 20, 3_000);
    assert_eq!((0..100).collect::<Vec<_>>(), ear.frames());
}

/// When the path becomes 300 ms longer, audio is heard again within 200 ms, and at the usual delay.
#[test]
fn a_longer_path_is_followed() {
    let mut jitter = buffer();
    let mut sent = speech(200, 20);
    sent[100..].iter_mut().for_each(|sent| sent.at += 300 * MS);
    let ear = listen(&mut jitter, sent, 20, 4_500);
    assert!(ear.frames().len() >= 190, "{}", ear.frames().len());
    assert!(ear.delays().last().unwrap() - 300 <= 60);
}

/// After a stall of 400 ms, what was held up is not played late: the delay is what it was.
#[test]
fn a_stall_does_not_lengthen_the_delay_for_long() {
    let mut jitter = buffer();
    let mut sent = speech(1_500, 20);
    sent[100..120].iter_mut().for_each(|sent| sent.at = 2_400 * MS);
    let ear = listen(&mut jitter, sent, 20, 30_100);
    let delays = ear.delays();
    let at = |tag: u32| delays[ear.frames().iter().position(|frame| *frame == tag).unwrap()];
    assert!(at(130) <= 80, "{}", at(130));
    assert!(at(1_499) <= 60, "{}", at(1_499));
}

/// A session that did not listen for a while hears what is new, not what has piled up.
#[test]
fn what_piled_up_is_not_played() {
    let mut jitter = buffer();
    let sent = speech(600, 20);
    Ear::listen(&mut jitter, sent[..100].to_vec(), 20, 7 * MS, 2_000 * MS);
    let ear = Ear::listen(&mut jitter, sent[100..].to_vec(), 20, 6_007 * MS, 12_100 * MS);
    assert!(ear.delays().iter().all(|delay| *delay <= 80), "{:?}", &ear.delays()[..10]);
    assert_eq!(Some(&599), ear.frames().last());
}

/// Packets of a pressed key are no lost audio: while it is down there is silence, and then audio goes on in its place.
#[test]
fn packets_of_a_key_are_not_missed() {
    let mut jitter = buffer();
    let (mut frames, mut lost) = (0, 0);
    for sent in speech(100, 20) {
        if (30..40).contains(&sent.tag) {
            let packet = Packet {
                marker: false,
                payload_type: 101,
                sequence: sent.sequence,
                timestamp: sent.timestamp.wrapping_sub((sent.tag - 30) * 160),
                ssrc: sent.ssrc,
                payload: &[1, 10, 0, 0],
            };
            jitter.pass(&packet);
        } else {
            deliver(&mut jitter, &sent);
        }
        match jitter.pop(sent.at) {
            Pull::Frame { .. } => frames += 1,
            Pull::Lost { ms } => lost += ms,
            Pull::Empty => {}
        }
    }
    assert_eq!((89, 0, 0), (frames, lost, jitter.counts().late));
}

/// In silence a delay that is too long is worked off faster than in speech.
#[test]
fn silence_lets_the_delay_shrink_sooner() {
    let shrinks_within = |quiet: bool| {
        let mut jitter = Jitter::new(8_000, Depth { least_ms: 180, most_ms: 180 });
        jitter.quiet(quiet);
        let sent = speech(1_000, 20);
        Ear::listen(&mut jitter, sent[..100].to_vec(), 20, 7 * MS, 2_000 * MS);
        jitter.set_depth(Depth::LARGE);
        let ear = Ear::listen(&mut jitter, sent[100..].to_vec(), 20, 2_007 * MS, 20_100 * MS);
        ear.delays().iter().position(|delay| *delay <= 60).unwrap()
    };
    assert!(shrinks_within(true) <= 25, "{}", shrinks_within(true));
    assert!((100..200).contains(&shrinks_within(false)), "{}", shrinks_within(false));
}

/// Without a buffer, audio waits for the next tick only.
#[test]
fn off_waits_for_the_next_tick_only() {
    let mut jitter = Jitter::new(8_000, Depth::OFF);
    let ear = listen(&mut jitter, speech(500, 20), 20, 10_100);
    assert_eq!(500, ear.frames().len());
    assert!(ear.delays().iter().all(|delay| *delay < 20));
}

/// A buffer of fixed size waits as long as it says.
#[test]
fn a_fixed_size_is_kept() {
    let mut jitter = Jitter::new(8_000, Depth { least_ms: 100, most_ms: 100 });
    let ear = listen(&mut jitter, speech(500, 20), 20, 10_200);
    assert!(ear.delays().iter().all(|delay| (100..=120).contains(delay)));
}

/// Hostile numbers: any packets at any times, with pulls in between.
fn any_sent() -> impl Strategy<Value = Sent> {
    let near = (0_u64..100_000, any::<u32>(), 0_u16..80, 0_u32..20_000, any::<bool>(), 0_u32..3);
    let wild = (0_u64..100_000, any::<u32>(), any::<u16>(), any::<u32>(), any::<bool>(), any::<u32>());
    prop_oneof![4 => near, 1 => wild].prop_map(|(at, tag, sequence, timestamp, marker, ssrc)| Sent {
        at,
        tag,
        sequence,
        timestamp,
        marker,
        ssrc,
    })
}

proptest! {
    /// Whatever comes, nothing breaks, and every packet is heard at most once.
    #[test]
    fn no_packets_do_harm(
        steps in prop::collection::vec(any_sent(), 0..200),
        rate in prop::sample::select(vec![0_u32, 1, 8_000, 48_000]),
    ) {
        let mut jitter = Jitter::new(rate, Depth::LARGE);
        let (mut now, mut heard) = (0, 0);
        for sent in &steps {
            now += sent.at;
            deliver(&mut jitter, &Sent { at: now, ..*sent });
            heard += usize::from(matches!(jitter.pop(now), Pull::Frame { .. }));
        }
        prop_assert!(heard <= steps.len());
    }

    /// However packets overtake and double each other within the delay, each is heard once and in order.
    #[test]
    fn order_is_restored_within_the_delay(
        delays in prop::collection::vec(0_u64..60_000, 120),
        doubles in prop::collection::vec(0_usize..120, 0..60),
        phase in 0_u64..20_000,
    ) {
        let mut jitter = Jitter::new(8_000, Depth { least_ms: 80, most_ms: 80 });
        let mut sent = speech(120, 20);
        for (sent, delay) in sent.iter_mut().zip(delays).skip(1) {
            sent.at += delay;
        }
        let copies: Vec<_> = doubles.iter().map(|index| sent[*index]).collect();
        sent.extend(copies);
        let ear = Ear::listen(&mut jitter, sent, 20, phase, 2_700 * MS);
        prop_assert_eq!((0..120).collect::<Vec<_>>(), ear.frames());
        prop_assert_eq!((0, doubles.len() as u32), (jitter.counts().late, jitter.counts().duplicates));
    }
}
