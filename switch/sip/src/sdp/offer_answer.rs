//! Offer and answer (RFC 3264) for one stream of audio, with keys by SDES (RFC 4568).
//!
//! Rule 1: an answer keeps the payload types of its offer, and has as many streams in the same order.
//! Rule 2: streams never go away in later descriptions; what is not used has port 0.
//! Rule 3: a payload type never changes its meaning during a call.

use crate::host::Host;

use super::agreement::{AudioParams, Capabilities, Disagreement, Encryption, Format, SrtpPolicy};
use super::codec::{COMFORT_NOISE, Codec};
use super::crypto::{Crypto, Suite};
use super::description::{Direction, Media, Origin, RtpMap, SessionDescription};

const TELEPHONE_EVENT: &str = "telephone-event";
/// The sixteen keys.
const KEYS: &str = "0-15";

/// Make an offer. `previous` is the last description this side sent in the call.
pub fn make_offer(capabilities: &Capabilities, previous: Option<&SessionDescription>) -> SessionDescription {
    let old_media = previous.map_or(&[][..], |previous| &previous.media);
    let old_audio = old_media
        .iter()
        .position(Media::is_live_audio)
        .or_else(|| old_media.iter().position(|media| media.kind == "audio"));
    let audio = offered_audio(capabilities, old_audio.and_then(|at| old_media.get(at)));
    let mut media: Vec<Media> = old_media.iter().map(refused).collect();
    match old_audio.and_then(|at| media.get_mut(at)) {
        Some(place) => *place = audio,
        None => media.push(audio),
    }
    described(capabilities, previous, "0 0", media)
}

/// Answer an offer: the answer, and what is agreed by it. `previous` is as in [`make_offer`].
pub fn negotiate(
    offer: &SessionDescription,
    capabilities: &Capabilities,
    previous: Option<&SessionDescription>,
) -> Result<(SessionDescription, AudioParams), Disagreement> {
    let (chosen, agreed, crypto) = choose(offer, capabilities)?;
    let answer_to = |(at, stream): (usize, &Media)| match at == chosen {
        true => answered_audio(stream, &agreed, crypto.clone(), capabilities),
        false => refused(stream),
    };
    let media = offer.media.iter().enumerate().map(answer_to).collect();
    let answer = described(capabilities, previous, &offer.time, media);
    Ok((answer, agreed))
}

/// Read the answer to our offer: what is agreed by it.
pub fn apply_answer(
    offer: &SessionDescription,
    answer: &SessionDescription,
    capabilities: &Capabilities,
) -> Result<AudioParams, Disagreement> {
    let offered = offer.media.iter().enumerate().find(|(_, media)| media.is_live_audio());
    let (at, ours) = offered.ok_or(Disagreement::NoAudio)?;
    let theirs = answer.media.get(at).ok_or(Disagreement::NoAudio)?;
    if theirs.port == 0 {
        return Err(Disagreement::Refused);
    }
    if !theirs.is_live_audio() {
        return Err(Disagreement::NoAudio);
    }
    let srtp = answered_encryption(ours, theirs, capabilities)?;
    let wanted = offer.direction_of(ours);
    agree(answer, theirs, ours, wanted, srtp, capabilities)
}

/// The stream of an offer that is accepted, what is agreed on it, and the a=crypto of the answer.
///
/// A peer may offer the same audio encrypted and plain, as two streams; then the policy decides.
fn choose(
    offer: &SessionDescription,
    capabilities: &Capabilities,
) -> Result<(usize, AudioParams, Option<Crypto>), Disagreement> {
    let mut streams: Vec<(usize, &Media)> =
        offer.media.iter().enumerate().filter(|(_, media)| media.is_live_audio()).collect();
    let encrypting = capabilities.srtp != SrtpPolicy::Off;
    streams.sort_by_key(|(_, media)| media.is_secure() != encrypting);
    let mut why = None;
    for (at, stream) in streams {
        let agreed = offered_encryption(stream, capabilities).and_then(|(srtp, crypto)| {
            let wanted = capabilities.direction;
            let agreed = agree(offer, stream, stream, wanted, srtp, capabilities)?;
            Ok((at, agreed, crypto))
        });
        match agreed {
            Ok(agreed) => return Ok(agreed),
            Err(error) => drop(why.get_or_insert(error)),
        }
    }
    Err(why.unwrap_or(Disagreement::NoAudio))
}

/// What both sides have in common on a stream. `ours` tells under which payload types we receive.
fn agree(
    session: &SessionDescription,
    theirs: &Media,
    ours: &Media,
    wanted: Direction,
    srtp: Option<Encryption>,
    capabilities: &Capabilities,
) -> Result<AudioParams, Disagreement> {
    let remote = session.address_of(theirs).ok_or(Disagreement::NoAddress)?;
    let remote_rtcp = session.rtcp_address_of(theirs).unwrap_or(remote);
    let held = remote.ip().is_unspecified();
    if !held && remote.is_ipv4() != capabilities.address.to_canonical().is_ipv4() {
        return Err(Disagreement::OtherAddressFamily);
    }
    let (codec, map) =
        theirs.mapped().find_map(|map| Some((known(&map, capabilities)?, map))).ok_or(Disagreement::NoCommonCodec)?;
    let format = |map: RtpMap| -> Option<Format> {
        let same = |our: &RtpMap| our.name.eq_ignore_ascii_case(&map.name) && our.clock_rate == map.clock_rate;
        Some(Format {
            receive: ours.mapped().find(same)?.payload_type,
            send: map.payload_type,
            clock_rate: map.clock_rate,
            fmtp: theirs.fmtp(map.payload_type).to_owned(),
        })
    };
    let event = capabilities.telephone_event.then(|| event_for(theirs, map.clock_rate));
    let noise = capabilities.comfort_noise.then(|| noise_for(theirs, map.clock_rate));
    let offered = session.direction_of(theirs);
    Ok(AudioParams {
        remote,
        remote_rtcp,
        codec,
        format: format(map).ok_or(Disagreement::NoCommonCodec)?,
        telephone_event: event.flatten().and_then(format),
        comfort_noise: noise.flatten().and_then(format),
        ptime_ms: packet_time(theirs, capabilities),
        direction: Direction::new(wanted.sends() && offered.receives() && !held, wanted.receives() && offered.sends()),
        srtp,
        rtcp_mux: theirs.rtcp_mux && capabilities.rtcp_mux,
    })
}

/// The codec of a mapping, when it is one of ours.
fn known(map: &RtpMap, capabilities: &Capabilities) -> Option<Codec> {
    let codec = Codec::from_name(&map.name)?;
    let fits = capabilities.codecs.contains(&codec) && map.clock_rate == codec.clock_rate();
    fits.then_some(codec)
}

/// Events on the clock of the codec (RFC 4733 §2.1); else at 8 kHz, which is all that many phones offer beside Opus.
fn event_for(stream: &Media, clock_rate: u32) -> Option<RtpMap> {
    let at = |clock_rate: u32| {
        stream.mapped().find(|map| map.name.eq_ignore_ascii_case(TELEPHONE_EVENT) && map.clock_rate == clock_rate)
    };
    at(clock_rate).or_else(|| at(8_000))
}

fn noise_for(stream: &Media, clock_rate: u32) -> Option<RtpMap> {
    stream.mapped().find(|map| map.name.eq_ignore_ascii_case("CN") && map.clock_rate == clock_rate)
}

/// What the peer wants in a packet, within what we can fill.
fn packet_time(stream: &Media, capabilities: &Capabilities) -> u16 {
    let wanted = stream.ptime.unwrap_or(capabilities.ptime_ms);
    let most = stream.maxptime.unwrap_or(wanted);
    wanted.min(most).clamp(10, 60) / 10 * 10
}

/// Keys for a stream that was offered to us, and the a=crypto that answers: the first of the offer that we can use.
fn offered_encryption(
    stream: &Media,
    capabilities: &Capabilities,
) -> Result<(Option<Encryption>, Option<Crypto>), Disagreement> {
    let usable = stream.cryptos.iter().find_map(|crypto| Some((crypto.tag, crypto.usable()?)));
    match (capabilities.srtp, stream.is_secure(), usable) {
        (SrtpPolicy::Off, true, _) => Err(Disagreement::EncryptionOff),
        (SrtpPolicy::Off, false, _) | (SrtpPolicy::Optional, false, None) => Ok((None, None)),
        (SrtpPolicy::Required, false, None) => Err(Disagreement::EncryptionRequired),
        (_, true, None) => Err(Disagreement::NoUsableKey),
        (_, _, Some((tag, (suite, remote)))) => {
            let local = capabilities.key(suite);
            let encryption = Encryption { suite, local, remote };
            Ok((Some(encryption), Some(Crypto::new(tag, suite, &local))))
        }
    }
}

/// Keys for a stream that we offered: those of the line that the answer chose.
fn answered_encryption(
    ours: &Media,
    theirs: &Media,
    capabilities: &Capabilities,
) -> Result<Option<Encryption>, Disagreement> {
    let chosen = theirs.cryptos.iter().find_map(|crypto| {
        let (suite, remote) = crypto.usable()?;
        let offered = |our: &Crypto| our.tag == crypto.tag && our.suite == crypto.suite;
        ours.cryptos.iter().any(offered).then_some((suite, remote))
    });
    match chosen {
        Some((suite, remote)) => Ok(Some(Encryption { suite, local: capabilities.key(suite), remote })),
        None if theirs.is_secure() => Err(Disagreement::NoUsableKey),
        None if capabilities.srtp == SrtpPolicy::Required => Err(Disagreement::EncryptionRequired),
        None => Ok(None),
    }
}

/// Our stream in an offer; `old` is the one it replaces, whose payload types it keeps.
fn offered_audio(capabilities: &Capabilities, old: Option<&Media>) -> Media {
    let mut numbers = PayloadTypes::after(old);
    let mut rtpmaps = Vec::new();
    let mut fmtps = Vec::new();
    for codec in &capabilities.codecs {
        let map = numbers.number(codec.rtpmap(codec.payload_type()));
        fmtps.extend(codec.fmtp().map(|fmtp| (map.payload_type, fmtp.to_owned())));
        rtpmaps.push(map);
    }
    let mut clocks: Vec<u32> = rtpmaps.iter().map(|map| map.clock_rate).collect();
    clocks.sort_unstable();
    clocks.dedup();
    if capabilities.telephone_event {
        for clock_rate in &clocks {
            let usual = if *clock_rate == 8_000 { 101 } else { 102 };
            let map = numbers.number(plain(usual, TELEPHONE_EVENT, *clock_rate));
            fmtps.push((map.payload_type, KEYS.to_owned()));
            rtpmaps.push(map);
        }
    }
    if capabilities.comfort_noise && clocks.contains(&8_000) {
        rtpmaps.push(numbers.number(plain(COMFORT_NOISE, "CN", 8_000)));
    }
    let keys = Suite::ALL.into_iter().zip(1..);
    let cryptos = keys
        .filter(|_| capabilities.srtp != SrtpPolicy::Off)
        .map(|(suite, tag)| Crypto::new(tag, suite, &capabilities.key(suite)))
        .collect();
    let protocol = match capabilities.srtp {
        SrtpPolicy::Required => "RTP/SAVP",
        SrtpPolicy::Off | SrtpPolicy::Optional => "RTP/AVP",
    };
    Media {
        protocol: protocol.to_owned(),
        formats: formats(&rtpmaps),
        rtpmaps,
        fmtps,
        ptime: Some(capabilities.ptime_ms),
        rtcp_mux: capabilities.rtcp_mux,
        cryptos,
        direction: Some(capabilities.direction),
        ..audio(capabilities)
    }
}

/// Our stream in an answer: the agreed codec, and what goes beside it.
fn answered_audio(stream: &Media, agreed: &AudioParams, crypto: Option<Crypto>, capabilities: &Capabilities) -> Media {
    let mut rtpmaps = vec![agreed.codec.rtpmap(agreed.format.receive)];
    let mut fmtps = Vec::new();
    let fmtp = agreed.codec.fmtp();
    fmtps.extend(fmtp.map(|fmtp| (agreed.format.receive, fmtp.to_owned())));
    if let Some(event) = &agreed.telephone_event {
        rtpmaps.push(plain(event.receive, TELEPHONE_EVENT, event.clock_rate));
        fmtps.push((event.receive, KEYS.to_owned()));
    }
    if let Some(noise) = &agreed.comfort_noise {
        rtpmaps.push(plain(noise.receive, "CN", noise.clock_rate));
    }
    Media {
        protocol: stream.protocol.clone(),
        formats: formats(&rtpmaps),
        rtpmaps,
        fmtps,
        ptime: Some(agreed.ptime_ms),
        rtcp_mux: agreed.rtcp_mux,
        cryptos: crypto.into_iter().collect(),
        direction: Some(agreed.direction),
        ..audio(capabilities)
    }
}

fn audio(capabilities: &Capabilities) -> Media {
    Media { kind: "audio".to_owned(), port: capabilities.port, ..Media::default() }
}

/// The same stream, refused (RFC 3264 §6): its formats stay, since there has to be one.
fn refused(stream: &Media) -> Media {
    Media {
        kind: stream.kind.clone(),
        port: 0,
        protocol: stream.protocol.clone(),
        formats: stream.formats.clone(),
        ..Media::default()
    }
}

/// The whole description around the streams: the same session as before, one version on if anything changed.
fn described(
    capabilities: &Capabilities,
    previous: Option<&SessionDescription>,
    time: &str,
    media: Vec<Media>,
) -> SessionDescription {
    let origin = Origin {
        username: "-".to_owned(),
        session_id: capabilities.session_id.to_string(),
        version: "1".to_owned(),
        address: Host::Ip(capabilities.address),
    };
    let mut description = SessionDescription {
        origin: previous.map_or(origin, |previous| previous.origin.clone()),
        name: "-".to_owned(),
        connection: Some(Host::Ip(capabilities.address)),
        time: time.to_owned(),
        direction: None,
        attributes: Vec::new(),
        media,
    };
    if previous.is_some_and(|previous| *previous != description) {
        let version: u64 = description.origin.version.parse().unwrap_or(0);
        description.origin.version = version.wrapping_add(1).to_string();
    }
    description
}

fn formats(rtpmaps: &[RtpMap]) -> Vec<String> {
    rtpmaps.iter().map(|map| map.payload_type.to_string()).collect()
}

fn plain(payload_type: u8, name: &str, clock_rate: u32) -> RtpMap {
    RtpMap { payload_type, name: name.to_owned(), clock_rate, channels: None }
}

/// Hands out payload types: those a stream already has, else the usual ones, else free dynamic ones.
struct PayloadTypes {
    taken: Vec<RtpMap>,
}

impl PayloadTypes {
    fn after(old: Option<&Media>) -> Self {
        Self { taken: old.map_or(Vec::new(), |old| old.mapped().collect()) }
    }

    /// The mapping under the number it has, or gets from now on.
    fn number(&mut self, usual: RtpMap) -> RtpMap {
        let same = |map: &&RtpMap| map.name.eq_ignore_ascii_case(&usual.name) && map.clock_rate == usual.clock_rate;
        if let Some(known) = self.taken.iter().find(same) {
            return known.clone();
        }
        let is_taken = |number: u8| self.taken.iter().any(|map| map.payload_type == number);
        let free = std::iter::once(usual.payload_type)
            .chain(96..128)
            .find(|number| !is_taken(*number))
            .unwrap_or(usual.payload_type);
        let map = RtpMap { payload_type: free, ..usual };
        self.taken.push(map.clone());
        map
    }
}
