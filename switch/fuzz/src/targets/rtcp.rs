//! RTCP reports.

use hookflash_media::rtp::{Reports, Sender};

use super::datagrams;

const SSRC: u32 = 0x1122_3344;

/// Reports that come leave sane figures, and ours keep their size.
pub fn check(input: &[u8]) {
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
}
