//! Offer and answer, on descriptions as phones send them.

use super::*;
use crate::host::Host;

const OUR_KEYS: [MasterKey; 2] = [MasterKey([1; 30]), MasterKey([2; 30])];

fn able() -> Capabilities {
    Capabilities {
        session_id: 7,
        address: "192.0.2.1".parse().expect("an address"),
        port: 40_000,
        codecs: vec![Codec::Pcmu, Codec::Pcma, Codec::G722, Codec::Opus],
        direction: Direction::SendRecv,
        ptime_ms: 20,
        telephone_event: true,
        comfort_noise: true,
        rtcp_mux: true,
        srtp: SrtpPolicy::Off,
        keys: OUR_KEYS,
    }
}

fn described(audio: &str) -> SessionDescription {
    let text = format!("v=0\r\no=phone 12 34 IN IP4 198.51.100.9\r\ns=-\r\nc=IN IP4 198.51.100.9\r\nt=0 0\r\n{audio}");
    SessionDescription::parse(text.as_bytes()).expect("it can be read")
}

fn agreed(audio: &str, capabilities: &Capabilities) -> (SessionDescription, AudioParams) {
    negotiate(&described(audio), capabilities, None).expect("there is an agreement")
}

/// What the peer would make of our offer: the same stream from its own address.
fn answer_to(offer: &SessionDescription, audio: &str) -> (SessionDescription, SessionDescription) {
    let wire = offer.to_string();
    let read = SessionDescription::parse(wire.as_bytes()).expect("our offer can be read");
    assert_eq!(&read, offer, "our offer survives the wire");
    (read, described(audio))
}

/// The answer takes the offer's first codec that we have, under the offer's numbers, and says what else we take.
#[test]
fn payload_types_of_the_offerer_are_kept() {
    let (answer, params) = agreed(
        "m=audio 5004 RTP/AVP 18 111 8 100 97\r\na=rtpmap:18 G729/8000\r\na=rtpmap:111 opus/48000/2\r\n\
         a=fmtp:111 maxaveragebitrate=24000\r\na=rtpmap:100 telephone-event/48000\r\n\
         a=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-16\r\na=ptime:20\r\n",
        &able(),
    );
    assert_eq!(params.codec, Codec::Opus);
    assert_eq!((params.format.send, params.format.receive), (111, 111));
    assert_eq!(params.format.fmtp, "maxaveragebitrate=24000");
    assert_eq!(params.telephone_event.expect("events").send, 100);
    assert_eq!(params.comfort_noise, None);
    assert_eq!(params.remote, "198.51.100.9:5004".parse().expect("an address"));
    assert_eq!(params.remote_rtcp.port(), 5005);
    assert_eq!(
        answer.to_string(),
        "v=0\r\no=- 7 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
         m=audio 40000 RTP/AVP 111 100\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:100 telephone-event/48000\r\n\
         a=fmtp:111 minptime=10;useinbandfec=1;stereo=0\r\na=fmtp:100 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
    );
}

/// Static payload types need no rtpmap; comfort noise goes with codecs at 8 kHz.
#[test]
fn static_payload_types_stand_alone() {
    let (answer, params) = agreed("m=audio 5004 RTP/AVP 8 0 13\r\n", &able());
    assert_eq!((params.codec, params.format.send), (Codec::Pcma, 8));
    assert_eq!(params.comfort_noise.expect("noise").send, 13);
    assert_eq!(params.telephone_event, None);
    assert_eq!(answer.media[0].formats, ["8", "13"]);
}

/// A number that the rtpmap gives to something else is not the static codec (RFC 3551 §6 allows it).
#[test]
fn an_rtpmap_overrules_the_static_table() {
    let (_, params) = agreed("m=audio 5004 RTP/AVP 0 8\r\na=rtpmap:0 G729/8000\r\n", &able());
    assert_eq!(params.codec, Codec::Pcma);
}

/// Phones with Opus often offer events at 8 kHz only; better those than none.
#[test]
fn events_on_another_clock_are_better_than_none() {
    let (_, params) = agreed(
        "m=audio 5004 RTP/AVP 96 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n",
        &able(),
    );
    let event = params.telephone_event.expect("events");
    assert_eq!((event.send, event.clock_rate), (101, 8_000));
}

/// Without a codec in common the offer is refused with 488 and a reason.
#[test]
fn no_common_codec() {
    let offer = described("m=audio 5004 RTP/AVP 18 96\r\na=rtpmap:96 iLBC/8000\r\n");
    let why = negotiate(&offer, &able(), None).expect_err("no codec in common");
    assert_eq!((why, why.warning_code()), (Disagreement::NoCommonCodec, 305));
    let none = described("m=audio 0 RTP/AVP 0\r\nm=video 5006 RTP/AVP 31\r\n");
    assert_eq!(negotiate(&none, &able(), None), Err(Disagreement::NoAudio));
    let dtls = described("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n");
    assert_eq!(negotiate(&dtls, &able(), None), Err(Disagreement::NoAudio));
}

/// Streams beside the audio are refused in their place; the answer has as many as the offer (RFC 3264 §6).
#[test]
fn other_streams_are_refused() {
    let (answer, params) = agreed(
        "m=video 5006 RTP/AVP 31 32\r\nm=audio 5004 RTP/AVP 0\r\nm=application 9 UDP/BFCP *\r\nm=audio 5010 RTP/AVP 8\r\n",
        &able(),
    );
    let streams: Vec<_> = answer.media.iter().map(|media| (media.kind.as_str(), media.port)).collect();
    assert_eq!(streams, [("video", 0), ("audio", 40_000), ("application", 0), ("audio", 0)]);
    assert_eq!(params.codec, Codec::Pcmu);
}

/// Hold in all its shapes: who sends what is mirrored (RFC 3264 §6.1 and §8.4).
#[test]
fn hold_and_resume() {
    let expected = [
        ("a=sendonly", Direction::RecvOnly),
        ("a=inactive", Direction::Inactive),
        ("a=recvonly", Direction::SendOnly),
        ("a=sendrecv", Direction::SendRecv),
        ("c=IN IP4 0.0.0.0", Direction::RecvOnly),
        ("a=ptime:20", Direction::SendRecv),
    ];
    for (line, direction) in expected {
        let (answer, params) = agreed(&format!("m=audio 5004 RTP/AVP 0\r\n{line}\r\n"), &able());
        assert_eq!(params.direction, direction, "{line}");
        assert_eq!(answer.media[0].direction, Some(direction), "{line}");
    }
}

/// The direction of the session counts for streams without their own.
#[test]
fn a_direction_may_stand_at_the_session() {
    let (_, params) = agreed("a=inactive\r\nm=audio 5004 RTP/AVP 0\r\n", &able());
    assert_eq!(params.direction, Direction::Inactive);
    let (_, params) = agreed("a=inactive\r\nm=audio 5004 RTP/AVP 0\r\na=sendrecv\r\n", &able());
    assert_eq!(params.direction, Direction::SendRecv);
}

/// We hold by offering sendonly; whatever the peer answers, we no longer expect its audio.
#[test]
fn holding_the_peer() {
    let held = Capabilities { direction: Direction::SendOnly, ..able() };
    let offer = make_offer(&held, None);
    let (_, answer) = answer_to(&offer, "m=audio 5004 RTP/AVP 0\r\na=recvonly\r\n");
    let params = apply_answer(&offer, &answer, &held).expect("an agreement");
    assert_eq!(params.direction, Direction::SendOnly);
    let (answer, _) = agreed("m=audio 5004 RTP/AVP 0\r\n", &held);
    assert_eq!(answer.media[0].direction, Some(Direction::SendOnly));
}

/// The version grows by one when a description changes, and only then; the session keeps its name (RFC 3264 §8).
#[test]
fn versions_count_changes() {
    let first = make_offer(&able(), None);
    let same = make_offer(&able(), Some(&first));
    assert_eq!(first, same);
    let changed = Capabilities { codecs: vec![Codec::Pcma], session_id: 99, ..able() };
    let second = make_offer(&changed, Some(&same));
    assert_eq!((second.origin.session_id.as_str(), second.origin.version.as_str()), ("7", "2"));
    let (third, _) = negotiate(&described("m=audio 5004 RTP/AVP 0\r\n"), &able(), Some(&second)).expect("an agreement");
    assert_eq!(third.origin.version, "3");
}

/// A later offer of ours keeps refused streams in place, and payload types that the peer once chose (RFC 3264 §8).
#[test]
fn later_offers_keep_streams_and_payload_types() {
    let offer = "m=video 5006 RTP/AVP 96\r\nm=audio 5004 RTP/AVP 96 97\r\na=rtpmap:96 telephone-event/8000\r\n\
                 a=rtpmap:97 opus/48000/2\r\n";
    let (answer, _) = agreed(offer, &able());
    let next = make_offer(&able(), Some(&answer));
    assert_eq!((next.media.len(), next.media[0].port), (2, 0));
    let maps: Vec<_> = next.media[1].mapped().map(|map| (map.payload_type, map.name, map.clock_rate)).collect();
    let expected = [
        (0, "PCMU", 8_000),
        (8, "PCMA", 8_000),
        (9, "G722", 8_000),
        (97, "opus", 48_000),
        (96, "telephone-event", 8_000),
        (102, "telephone-event", 48_000),
        (13, "CN", 8_000),
    ];
    assert_eq!(maps, expected.map(|(number, name, rate)| (number, name.to_owned(), rate)));
}

/// The answer decides the codec; a payload type may differ by direction (RFC 3264 §5.1).
#[test]
fn an_answer_may_number_its_own_way() {
    let offer = make_offer(&able(), None);
    let (_, answer) = answer_to(
        &offer,
        "m=audio 5004 RTP/AVP 107 101\r\na=rtpmap:107 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\na=rtcp:6000\r\n",
    );
    let params = apply_answer(&offer, &answer, &able()).expect("an agreement");
    assert_eq!((params.codec, params.format.send, params.format.receive), (Codec::Opus, 107, 96));
    assert_eq!(params.remote_rtcp.port(), 6_000);
}

/// A codec change by re-INVITE: the next answer simply agrees on another one.
#[test]
fn the_codec_can_change() {
    let (first, params) = agreed("m=audio 5004 RTP/AVP 0\r\n", &able());
    assert_eq!(params.codec, Codec::Pcmu);
    let (second, params) =
        negotiate(&described("m=audio 5004 RTP/AVP 9\r\n"), &able(), Some(&first)).expect("an agreement");
    assert_eq!((params.codec, second.origin.version.as_str()), (Codec::G722, "2"));
}

/// An answer that refuses, or has nothing we offered, is no agreement.
#[test]
fn answers_that_are_none() {
    let offer = make_offer(&able(), None);
    let cases = [
        ("m=audio 0 RTP/AVP 0\r\n", Disagreement::Refused),
        ("m=audio 5004 RTP/AVP 18\r\n", Disagreement::NoCommonCodec),
        ("", Disagreement::NoAudio),
        ("m=audio 5004 RTP/AVP 0\r\nc=IN IP4 media.example.com\r\n", Disagreement::NoAddress),
        ("m=audio 5004 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\n", Disagreement::OtherAddressFamily),
    ];
    for (audio, why) in cases {
        let (_, answer) = answer_to(&offer, audio);
        assert_eq!(apply_answer(&offer, &answer, &able()), Err(why), "{audio}");
    }
}

/// ptime is the peer's wish, within its maxptime and what we can fill.
#[test]
fn packet_times() {
    for (lines, ms) in [
        ("", 20),
        ("a=ptime:30\r\n", 30),
        ("a=ptime:200\r\n", 60),
        ("a=ptime:40\r\na=maxptime:20\r\n", 20),
        ("a=ptime:25.5\r\n", 20),
        ("a=ptime:0\r\n", 20),
    ] {
        let (answer, params) = agreed(&format!("m=audio 5004 RTP/AVP 0\r\n{lines}"), &able());
        assert_eq!((params.ptime_ms, answer.media[0].ptime), (ms, Some(ms)), "{lines}");
    }
}

/// RTCP shares the port only when both want it (RFC 5761).
#[test]
fn rtcp_mux() {
    let audio = "m=audio 5004 RTP/AVP 0\r\na=rtcp-mux\r\n";
    let (answer, params) = agreed(audio, &able());
    assert!(params.rtcp_mux && answer.media[0].rtcp_mux);
    assert_eq!(params.remote_rtcp, params.remote);
    let (answer, params) = agreed(audio, &Capabilities { rtcp_mux: false, ..able() });
    assert!(!params.rtcp_mux && !answer.media[0].rtcp_mux);
}

/// IPv6 addresses stand without brackets, mapped ones are IPv4 (RFC 5118 §4.6 and §4.8).
#[test]
fn ipv6() {
    let six = Capabilities { address: "2001:db8::5".parse().expect("an address"), ..able() };
    let audio = "m=audio 6000 RTP/AVP 0\r\nc=IN IP6 2001:db8::20\r\n";
    let (answer, params) = agreed(audio, &six);
    assert_eq!(params.remote.to_string(), "[2001:db8::20]:6000");
    assert!(answer.to_string().contains("c=IN IP6 2001:db8::5\r\n"));
    let (_, params) = agreed("m=audio 6000 RTP/AVP 0\r\nc=IN IP6 ::ffff:192.0.2.2\r\n", &able());
    assert_eq!(params.remote.to_string(), "192.0.2.2:6000");
}

const THEIR_KEY: &str = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJ";

fn encrypted(protocol: &str, line: &str) -> String {
    format!("m=audio 5004 {protocol} 0\r\n{line}\r\n")
}

/// What each policy makes of a plain offer, of one with keys beside it, and of one that demands encryption.
#[test]
fn srtp_policies() {
    use Disagreement::{EncryptionOff, EncryptionRequired};
    let line = format!("a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:{THEIR_KEY}|2^20");
    let expected = Encryption { suite: Suite::Sha1_32, local: OUR_KEYS[1], remote: MasterKey([9; 30]) };
    let cases = [
        (SrtpPolicy::Off, "RTP/AVP", "", Ok(None)),
        (SrtpPolicy::Off, "RTP/AVP", &line, Ok(None)),
        (SrtpPolicy::Off, "RTP/SAVP", &line, Err(EncryptionOff)),
        (SrtpPolicy::Optional, "RTP/AVP", "", Ok(None)),
        (SrtpPolicy::Optional, "RTP/AVP", &line, Ok(Some(expected))),
        (SrtpPolicy::Optional, "RTP/SAVP", &line, Ok(Some(expected))),
        (SrtpPolicy::Required, "RTP/AVP", "", Err(EncryptionRequired)),
        (SrtpPolicy::Required, "RTP/AVP", &line, Ok(Some(expected))),
        (SrtpPolicy::Required, "RTP/SAVPF", &line, Ok(Some(expected))),
    ];
    for (srtp, protocol, line, outcome) in cases {
        let offer = described(&encrypted(protocol, line));
        let found = negotiate(&offer, &Capabilities { srtp, ..able() }, None);
        assert_eq!(
            found.as_ref().map(|(_, params)| params.srtp).map_err(|why| *why),
            outcome,
            "{srtp:?} {protocol} {line}"
        );
        if let (Ok((answer, _)), Ok(Some(_))) = (found, outcome) {
            assert_eq!(answer.media[0].protocol, protocol);
            assert_eq!(answer.media[0].cryptos, [Crypto::new(2, Suite::Sha1_32, &OUR_KEYS[1])]);
        }
    }
}

/// Lines that ask for what we cannot do are passed over (RFC 4568 §6.3).
#[test]
fn keys_that_cannot_be_used() {
    let bad = [
        "a=crypto:1 F8_128_HMAC_SHA1_80 inline:CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJ".to_owned(),
        format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{THEIR_KEY}|2^20|1:4"),
        format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{THEIR_KEY} UNENCRYPTED_SRTP"),
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:CQkJ".to_owned(),
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80".to_owned(),
    ];
    let capabilities = Capabilities { srtp: SrtpPolicy::Required, ..able() };
    for line in bad {
        let offer = described(&encrypted("RTP/SAVP", &line));
        assert_eq!(negotiate(&offer, &capabilities, None), Err(Disagreement::NoUsableKey), "{line}");
        let good = format!("{line}\r\na=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:{THEIR_KEY} WSH=64");
        let (answer, _) = agreed(&encrypted("RTP/SAVP", &good), &capabilities);
        assert_eq!(answer.media[0].cryptos[0].tag, 3, "{line}");
    }
}

/// The same audio offered twice, encrypted and plain: the policy picks one.
#[test]
fn the_same_audio_encrypted_and_plain() {
    let line = format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{THEIR_KEY}");
    let both = format!("m=audio 5000 RTP/AVP 0\r\n{}", encrypted("RTP/SAVP", &line));
    let ports = |srtp| {
        agreed(&both, &Capabilities { srtp, ..able() }).0.media.iter().map(|media| media.port).collect::<Vec<_>>()
    };
    assert_eq!(ports(SrtpPolicy::Off), [40_000, 0]);
    assert_eq!(ports(SrtpPolicy::Optional), [0, 40_000]);
    assert_eq!(ports(SrtpPolicy::Required), [0, 40_000]);
}

/// Our own offers: required means RTP/SAVP, optional means keys that a peer may ignore.
#[test]
fn offering_srtp() {
    let optional = Capabilities { srtp: SrtpPolicy::Optional, ..able() };
    let offer = make_offer(&optional, None);
    assert_eq!((offer.media[0].protocol.as_str(), offer.media[0].cryptos.len()), ("RTP/AVP", 2));
    let (_, plain) = answer_to(&offer, "m=audio 5004 RTP/AVP 0\r\n");
    assert_eq!(apply_answer(&offer, &plain, &optional).expect("an agreement").srtp, None);
    let line = format!("a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:{THEIR_KEY}");
    let (_, secret) = answer_to(&offer, &encrypted("RTP/AVP", &line));
    let expected = Encryption { suite: Suite::Sha1_32, local: OUR_KEYS[1], remote: MasterKey([9; 30]) };
    assert_eq!(apply_answer(&offer, &secret, &optional).expect("an agreement").srtp, Some(expected));

    let required = Capabilities { srtp: SrtpPolicy::Required, ..able() };
    let offer = make_offer(&required, None);
    assert_eq!(offer.media[0].protocol, "RTP/SAVP");
    assert_eq!(apply_answer(&offer, &plain, &required), Err(Disagreement::EncryptionRequired));
    let other_tag = line.replace("crypto:2", "crypto:1");
    let (_, wrong) = answer_to(&offer, &encrypted("RTP/SAVP", &other_tag));
    assert_eq!(apply_answer(&offer, &wrong, &required), Err(Disagreement::NoUsableKey));
}

/// Keys never show in a log.
#[test]
fn keys_are_not_printed_for_debugging() {
    let line = format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{THEIR_KEY}");
    let capabilities = Capabilities { srtp: SrtpPolicy::Required, ..able() };
    let offer = described(&encrypted("RTP/SAVP", &line));
    let text = format!("{offer:?} {:?} {capabilities:?}", negotiate(&offer, &capabilities, None));
    assert!(!text.contains(THEIR_KEY) && !text.contains("9, 9") && !text.contains("1, 1, 1"));
}

/// What cannot be a description is refused; what is only odd is read.
#[test]
fn odd_and_broken_descriptions() {
    let head = "v=0\no=- 1 1 IN IP4 192.0.2.9\n";
    for broken in [
        "",
        "v=1\n",
        "o=- 1 1 IN IP4 h\n",
        "v=0\ns=-\n",
        &format!("{head}m=audio\n"),
        &format!("{head}m=audio 70000 RTP/AVP 0\n"),
        &format!("{head}nonsense\n"),
    ] {
        assert!(SessionDescription::parse(broken.as_bytes()).is_err(), "{broken}");
    }
    let odd = format!(
        "{head}b=AS:64\nz=x\nm=audio 4000/2 RTP/AVP 0 x 300\na=rtpmap:x y\na=rtpmap:0\nc=IN IP5 nowhere\na=mid:1\n"
    );
    let read = SessionDescription::parse(odd.as_bytes()).expect("it can be read");
    assert_eq!((read.media[0].port, read.media[0].connection.clone()), (4000, None::<Host>));
    assert_eq!(read.media[0].mapped().count(), 1);
}
