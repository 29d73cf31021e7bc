//! Session descriptions: what is read prints back, and an answer fits its offer.

use hookflash_sip::sdp::{
    Capabilities, Codec, Direction, MasterKey, SessionDescription, SrtpPolicy, apply_answer, make_offer, negotiate,
};

/// Read, print, read again; answer it as an offer, and take it as an answer.
pub fn check(bytes: &[u8]) {
    let Ok(read) = SessionDescription::parse(bytes) else {
        return;
    };
    assert_eq!(SessionDescription::parse(read.to_string().as_bytes()), Ok(read.clone()));
    for srtp in [SrtpPolicy::Off, SrtpPolicy::Optional, SrtpPolicy::Required] {
        let capabilities = able(srtp);
        let _ = apply_answer(&make_offer(&capabilities, None), &read, &capabilities);
        let Ok((answer, params)) = negotiate(&read, &capabilities, None) else {
            continue;
        };
        assert_eq!(answer.media.len(), read.media.len());
        assert!(srtp != SrtpPolicy::Required || params.srtp.is_some());
        let again = make_offer(&capabilities, Some(&answer));
        assert_eq!(again.media.len(), answer.media.len());
        assert_eq!(SessionDescription::parse(again.to_string().as_bytes()), Ok(again));
    }
}

fn able(srtp: SrtpPolicy) -> Capabilities {
    Capabilities {
        session_id: 1,
        address: [192, 0, 2, 1].into(),
        port: 40_000,
        codecs: vec![Codec::Pcmu, Codec::Pcma, Codec::G722, Codec::Opus],
        direction: Direction::SendRecv,
        ptime_ms: 20,
        telephone_event: true,
        comfort_noise: true,
        rtcp_mux: true,
        srtp,
        keys: [MasterKey([1; 30]), MasterKey([2; 30])],
    }
}
