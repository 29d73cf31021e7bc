//! Rules that hold for whatever a peer sends.

use hookflash_sip::sdp::{
    Capabilities, Codec, Direction, MasterKey, SessionDescription, SrtpPolicy, make_offer, negotiate,
};
use hookflash_sip::{Frame, Framer, Message};
use proptest::prelude::*;

fn torture() -> Vec<Vec<u8>> {
    std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/torture"))
        .expect("the folder is there")
        .map(|entry| std::fs::read(entry.expect("it can be listed").path()).expect("it can be read"))
        .collect()
}

const DESCRIPTION: &[u8] = b"v=0\r\no=alice 2890844526 2890844527 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP6 2001:db8::20\r\n\
t=0 0\r\na=sendonly\r\na=tool:x\r\nm=audio 49217 RTP/SAVP 0 8 96 97 101 13\r\nc=IN IP4 192.0.2.4\r\na=rtpmap:96 opus/48000/2\r\n\
a=fmtp:96 useinbandfec=1\r\na=rtpmap:97 telephone-event/48000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n\
a=ptime:20\r\na=maxptime:60\r\na=rtcp:53020 IN IP4 192.0.2.5\r\na=rtcp-mux\r\n\
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJ|2^20\r\na=mid:1\r\n\
m=video 3227 RTP/AVP 31\r\na=rtpmap:31 LPC/8000\r\n";

/// One of `originals` with a few bytes replaced, taken out or put in.
fn damaged(originals: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let edit = (
        any::<prop::sample::Index>(),
        0..3u8,
        prop_oneof![any::<u8>(), prop::sample::select(&b"\r\n ;,<>\":@%[]=?/\0"[..])],
    );
    (prop::sample::select(originals), prop::collection::vec(edit, 0..4)).prop_map(|(mut bytes, edits)| {
        for (place, kind, byte) in edits {
            let at = place.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        bytes
    })
}

fn frames(framer: &mut Framer) -> Vec<Result<Frame, &'static str>> {
    let mut frames = Vec::new();
    loop {
        match framer.next() {
            Ok(Some(frame)) => frames.push(Ok(frame)),
            Ok(None) => return frames,
            Err(error) => frames.push(Err(error.why)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// No bytes make the parser panic; what is read survives printing.
    #[test]
    fn what_is_read_prints_back(bytes in damaged(torture())) {
        if let Ok(message) = Message::parse(&bytes) {
            prop_assert_eq!(Message::parse(&message.to_bytes()), Ok(message));
        }
    }

    /// Nor do bytes that look like nothing at all.
    #[test]
    fn noise_does_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Message::parse(&bytes);
        let mut framer = Framer::new();
        framer.push(&bytes);
        frames(&mut framer);
    }

    /// A stream gives the same frames however it is cut into pieces.
    #[test]
    fn pieces_do_not_matter(first in damaged(torture()), second in damaged(torture()), piece in 1..200usize) {
        let stream = [first, b"\r\n\r\n".to_vec(), second].concat();
        let mut whole = Framer::new();
        whole.push(&stream);
        let expected = frames(&mut whole);
        let mut framer = Framer::new();
        let mut found = Vec::new();
        for bytes in stream.chunks(piece) {
            framer.push(bytes);
            found.extend(frames(&mut framer));
        }
        prop_assert_eq!(found, expected);
    }

    /// Descriptions that are read survive printing; an answer has the streams of its offer and is itself readable.
    #[test]
    fn descriptions_print_back_and_are_answered(bytes in damaged(vec![DESCRIPTION.to_vec()]), secure in any::<bool>()) {
        let Ok(offer) = SessionDescription::parse(&bytes) else {
            return Ok(());
        };
        prop_assert_eq!(SessionDescription::parse(offer.to_string().as_bytes()), Ok(offer.clone()));
        let capabilities = Capabilities {
            session_id: 1,
            address: "192.0.2.1".parse().expect("an address"),
            port: 40_000,
            codecs: vec![Codec::G722, Codec::Opus, Codec::Pcma, Codec::Pcmu],
            direction: Direction::SendRecv,
            ptime_ms: 20,
            telephone_event: true,
            comfort_noise: true,
            rtcp_mux: true,
            srtp: if secure { SrtpPolicy::Optional } else { SrtpPolicy::Off },
            keys: [MasterKey([1; 30]), MasterKey([2; 30])],
        };
        if let Ok((answer, _)) = negotiate(&offer, &capabilities, None) {
            prop_assert_eq!(answer.media.len(), offer.media.len());
            prop_assert_eq!(SessionDescription::parse(answer.to_string().as_bytes()), Ok(answer.clone()));
            prop_assert_eq!(make_offer(&capabilities, Some(&answer)).media.len(), answer.media.len());
        }
    }
}
