//! Whatever comes on a media port: RTP, RTCP, SRTP and pressed keys.

use bolero::check;
use hookflash_media::rtp::{
    Depth, Jitter, KeyEvent, KeyReceiver, MOST_BYTES, Packet, Pull, Reports, Sender, Srtp, Suite,
};

const KEY_TYPE: u8 = 101;
const SSRC: u32 = 0x1122_3344;

/// Datagrams of one input, each with its time: a byte of length, a byte of milliseconds since the one before, and so
/// many bytes. The version is set right, so that more than one input in four gets past the first byte.
fn datagrams(mut input: &[u8]) -> impl Iterator<Item = (u64, Vec<u8>)> {
    let mut now = 0;
    std::iter::from_fn(move || {
        let ([length, pause], rest) = input.split_first_chunk()?;
        let (datagram, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        input = rest;
        now += u64::from(*pause) * 1000;
        let mut datagram = datagram.to_vec();
        if let Some(first) = datagram.first_mut() {
            *first = 0x80 | (*first & 0x3f);
        }
        Some((now, datagram))
    })
}

/// A buffer plays no more than it was given, and nothing longer than a datagram.
#[test]
fn rtp() {
    check!().for_each(|input: &[u8]| {
        let (mut jitter, mut reports) = (Jitter::new(8_000, Depth::LARGE), Reports::new(8_000, 1, 0));
        let (mut pushed, mut played) = (0_u32, 0);
        for (now, datagram) in datagrams(input) {
            if let Ok(packet) = Packet::parse(&datagram) {
                reports.received(&packet, now);
                if packet.payload_type == KEY_TYPE {
                    jitter.pass(&packet);
                } else {
                    jitter.push(&packet, now);
                    pushed += 1;
                }
            }
            match jitter.pop(now) {
                Pull::Frame { payload, .. } => {
                    assert!(payload.len() <= datagram.len().max(usize::from(u8::MAX)));
                    played += 1;
                }
                Pull::Lost { ms } => assert!((1..=20).contains(&ms)),
                Pull::Empty => {}
            }
        }
        let counts = jitter.counts();
        assert!(played + counts.late + counts.duplicates + counts.skipped <= pushed);
        assert!(reports.packets() <= pushed + input.len() as u32);
    });
}

/// Reports that come leave sane figures, and ours keep their size.
#[test]
fn rtcp() {
    check!().for_each(|input: &[u8]| {
        let mut reports = Reports::new(8_000, 1, 0);
        let (sender, mut compound) = (Sender::new(SSRC, 0, 0), Vec::new());
        for (now, datagram) in datagrams(input) {
            let _ = reports.take(&datagram, SSRC, now);
            assert!(reports.round_trip_ms().is_none_or(|ms| (0.0..=10_000.0).contains(&ms)));
            assert!(reports.lost_there().is_none_or(|share| (0.0..1.0).contains(&share)));
            if reports.poll(&sender, now, &mut compound) {
                assert!(compound.len() <= 80);
            }
        }
    });
}

/// Nothing is opened that was not protected with our key; what was, opens to the same bytes, once.
#[test]
fn srtp() {
    let (key, other) = ([7; 30], [8; 30]);
    check!().for_each(|input: &[u8]| {
        let mut srtp = Srtp::new(Suite::Sha1Tag80, &key, &key);
        let mut stranger = Srtp::new(Suite::Sha1Tag80, &other, &other);
        for (_, mut datagram) in datagrams(input) {
            let (plain, mut packet, mut compound) = (datagram.clone(), datagram.clone(), datagram.clone());
            assert!(stranger.unprotect(&mut datagram).is_err());
            assert!(stranger.unprotect_rtcp(&mut datagram).is_err());
            if srtp.protect(&mut packet).is_ok() {
                assert!(packet.len() <= MOST_BYTES);
                assert_eq!(Ok(plain.clone().as_mut_slice()), srtp.unprotect(&mut packet.clone()));
                assert!(srtp.unprotect(&mut packet).is_err());
            }
            if srtp.protect_rtcp(&mut compound).is_ok() {
                assert_eq!(Ok(plain.clone().as_mut_slice()), srtp.unprotect_rtcp(&mut compound.clone()));
                assert!(srtp.unprotect_rtcp(&mut compound).is_err());
            }
        }
    });
}

/// Keys go down and up in turn, and none stays down.
#[test]
fn dtmf() {
    check!().for_each(|input: &[u8]| {
        let mut keys = KeyReceiver::new(8_000);
        let (mut events, mut last) = (Vec::new(), 0);
        for (now, datagram) in datagrams(input) {
            events.extend(keys.tick(now));
            if let Ok(packet) = Packet::parse(&datagram) {
                events.extend(keys.push(&packet, now));
            }
            last = now;
        }
        events.extend(keys.tick(last + 1_000_000));
        for pair in events.chunks(2) {
            let [KeyEvent::Down { key: down }, KeyEvent::Up { key: up, .. }] = pair else {
                panic!("a key went down or up twice: {events:?}");
            };
            assert_eq!(down, up);
        }
    });
}
