use super::network::{deliver, speech};
use crate::rtp::{Depth, Impairment, Jitter, Packet, Quality, Reports, Sender, mos};

/// Without loss and delay G.711 is rated 4.4 (R 93.2; ITU-T G.107 Annex B).
#[test]
fn a_perfect_call_is_rated_best() {
    assert!((mos(0.0, 0.0, Impairment::G711) - 4.4).abs() < 0.02);
}

/// Loss and delay lower the score, loss of everything to 1.
#[test]
fn loss_and_delay_lower_the_score() {
    let score = |missed, delay| mos(missed, delay, Impairment::G711);
    let falling = [score(0.0, 40.0), score(0.01, 40.0), score(0.05, 40.0), score(0.05, 300.0), score(0.3, 300.0)];
    assert!(falling.windows(2).all(|pair| pair[1] < pair[0]), "{falling:?}");
    assert!((1.0..1.3).contains(&score(1.0, 0.0)));
    assert_eq!(1.0, score(1.0, 2_000.0));
}

/// Known points: 5 % loss cost 15.8 points of R with concealment, 400 ms cost 34 (G.107 equation 7-29; Cole and
/// Rosenbluth).
#[test]
fn the_rating_follows_the_model() {
    let rating = |r: f32| 1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6;
    let no_delay = Impairment { delay_ms: 0.0, ..Impairment::G711 };
    assert!((mos(0.05, 0.0, no_delay) - rating(93.2 - 15.78)).abs() < 0.01);
    assert!((mos(0.0, 400.0, no_delay) - rating(93.2 - 9.6 - 24.5)).abs() < 0.01);
}

/// A leg is summed up by what was counted: sent, received, lost, late.
#[test]
fn a_leg_is_summed_up() {
    let (mut sender, mut reports) = (Sender::new(1, 0, 0), Reports::new(8_000, 1, 0));
    let mut jitter = Jitter::new(8_000, Depth::LARGE);
    let mut speech = speech(200, 20);
    speech[100].at += 500_000;
    speech.sort_by_key(|sent| sent.at);
    for sent in speech {
        sender.audio(0, &[0; 160], 160);
        if sent.tag == 50 {
            continue;
        }
        let payload = [0; 4];
        let packet = Packet {
            marker: false,
            payload_type: 0,
            sequence: sent.sequence,
            timestamp: sent.timestamp,
            ssrc: 1,
            payload: &payload,
        };
        reports.received(&packet, sent.at);
        deliver(&mut jitter, &sent);
        jitter.pop(sent.at);
    }
    let quality = Quality::of(&sender, &reports, &jitter, Impairment::G711);
    let counted = (quality.sent, quality.received, quality.lost, quality.late);
    assert_eq!((200, 199, 1, 1), counted);
    assert!((4.2..4.4).contains(&quality.mos), "{}", quality.mos);
}
