//! From the words of the protocol to those of the crates below, and back.

use hookflash_media::codec::CodecKind;
use hookflash_media::rtp;
use hookflash_media::session::{self, MediaCommand, MediaEvent, MediaParams, SrtpParams, Track};
use hookflash_sip::agent::{self, Credentials, Reach};
use hookflash_sip::digest::Ha1;
use hookflash_sip::sdp::{self, AudioParams, SrtpPolicy};
use hookflash_sip::{Transport, Uri};

use crate::protocol::{self, Command, Happening};

/// A media command, if the command is one.
pub fn media_command(command: Command) -> Option<MediaCommand> {
    Some(match command {
        Command::Play { op, sources, repeat, .. } => {
            MediaCommand::Play { op, sources: sources.into_iter().map(source).collect(), repeat }
        }
        Command::Collect(collect) => MediaCommand::Collect {
            op: collect.op,
            how: session::Collect {
                sources: collect.sources.into_iter().map(source).collect(),
                most: collect.most,
                finish: collect.finish,
                first_ms: collect.first_ms,
                between_ms: collect.between_ms,
                barge_in: collect.barge_in,
                private: collect.private,
                speech: collect
                    .speech
                    .map(|speech| session::SpeechEnd { end_ms: speech.end_ms, most_ms: speech.most_ms }),
                keys: collect.keys,
            },
        },
        Command::Record(record) => MediaCommand::Record {
            op: record.op,
            how: session::Record {
                path: record.path.into(),
                channels: record.channels,
                track: match record.track.as_str() {
                    "outbound" => Track::Outbound,
                    "both" => Track::Both,
                    _ => Track::Inbound,
                },
                beep: record.beep,
                most_ms: record.most_ms,
                silence_ms: record.silence_ms,
                finish: record.finish,
                trim: record.trim,
            },
        },
        Command::PauseRecording { op, silence, .. } => MediaCommand::PauseRecording { op, silence },
        Command::ResumeRecording { op, .. } => MediaCommand::ResumeRecording { op },
        Command::SendKeys { op, keys, inband, .. } => MediaCommand::SendKeys { op, keys, inband },
        Command::Wait { op, ms, .. } => MediaCommand::Wait { op, ms },
        Command::Detect(detect) => MediaCommand::Detect {
            op: detect.op,
            how: session::Detect {
                until_end: detect.until_end,
                timeout_ms: detect.timeout_ms,
                speech_ms: detect.speech_ms,
                speech_end_ms: detect.speech_end_ms,
                silence_ms: detect.silence_ms,
            },
        },
        Command::Stop { op, .. } => MediaCommand::Stop { op },
        Command::Bridge { other, .. } => MediaCommand::Bridge { other },
        Command::Unbridge { .. } => MediaCommand::Unbridge,
        Command::Join { room, muted, whisper_to, speaking, jitter, .. } => {
            let depth = depth(&jitter);
            MediaCommand::Join { room, how: session::Presence { muted, whisper_to, speaking, depth } }
        }
        Command::Leave { .. } => MediaCommand::Leave,
        Command::Listen { .. } => MediaCommand::Listen,
        _ => return None,
    })
}

fn depth(word: &str) -> rtp::Depth {
    match word {
        "off" => rtp::Depth::OFF,
        "small" => rtp::Depth::SMALL,
        "medium" => rtp::Depth::MEDIUM,
        _ => rtp::Depth::LARGE,
    }
}

fn source(source: protocol::Source) -> session::Source {
    match source {
        protocol::Source::File { path, raw } => session::Source::File { path: path.into(), raw },
        protocol::Source::Stream { stream } => session::Source::Stream { stream },
        protocol::Source::Tone { name, ms } => session::Source::Tone { name, ms },
        protocol::Source::Silence { ms } => session::Source::Silence { ms },
    }
}

/// What an event of the audio tells the exchange; nothing for those that are not its business.
pub fn happening(event: MediaEvent) -> Option<Happening> {
    Some(match event {
        MediaEvent::Key { key, ms, inband } => Happening::Key { key, ms, inband },
        MediaEvent::Heard { op } => Happening::Heard { op },
        MediaEvent::Done(done) => Happening::Done(Box::new(protocol::Done {
            op: done.op,
            why: done.why.word().to_owned(),
            digits: done.digits,
            key: done.key.map(String::from).unwrap_or_default(),
            ms: done.ms,
            found: done.found.to_owned(),
            problem: done.problem,
            silent: done.silent,
            ..protocol::Done::default()
        })),
        MediaEvent::Speaking { on } => Happening::Speaking { on },
        MediaEvent::MediaTimeout | MediaEvent::Broken(_) | MediaEvent::Closed(_) => return None,
    })
}

/// How the audio of a leg has been.
pub fn quality(quality: &rtp::Quality, codec: &str) -> Happening {
    Happening::Quality {
        codec: codec.to_owned(),
        sent: quality.sent.into(),
        received: quality.received.into(),
        lost: quality.lost.into(),
        late: quality.late.into(),
        jitter_ms: quality.jitter_ms,
        mos: quality.mos,
        round_trip_ms: quality.round_trip_ms,
    }
}

/// The name of a codec in session descriptions.
pub fn codec_name(codec: CodecKind) -> &'static str {
    match codec {
        CodecKind::Pcmu => "PCMU",
        CodecKind::Pcma => "PCMA",
        CodecKind::G722 => "G722",
        CodecKind::Opus => "opus",
    }
}

/// The codec of a name, in any case.
pub fn codec_kind(name: &str) -> Option<CodecKind> {
    sdp::Codec::from_name(name).map(kind_of)
}

fn kind_of(codec: sdp::Codec) -> CodecKind {
    match codec {
        sdp::Codec::Pcmu => CodecKind::Pcmu,
        sdp::Codec::Pcma => CodecKind::Pcma,
        sdp::Codec::G722 => CodecKind::G722,
        sdp::Codec::Opus => CodecKind::Opus,
    }
}

/// The policy of a word.
pub fn srtp_policy(word: &str) -> SrtpPolicy {
    match word {
        "required" => SrtpPolicy::Required,
        "optional" => SrtpPolicy::Optional,
        _ => SrtpPolicy::Off,
    }
}

/// What was agreed on, for a session of media.
pub fn media_params(agreed: &AudioParams, timeout_ms: u32) -> MediaParams {
    MediaParams {
        telephone_event: agreed.telephone_event.as_ref().map(|format| format.send),
        comfort_noise: agreed.comfort_noise.as_ref().map(|format| format.send),
        ptime_ms: agreed.ptime_ms,
        sends: agreed.direction.sends() && !agreed.remote.ip().is_unspecified(),
        receives: agreed.direction.receives(),
        remote: (!agreed.remote.ip().is_unspecified()).then_some(agreed.remote),
        srtp: agreed.srtp.map(|srtp| SrtpParams {
            suite: match srtp.suite {
                sdp::Suite::Sha1_80 => rtp::Suite::Sha1Tag80,
                sdp::Suite::Sha1_32 => rtp::Suite::Sha1Tag32,
            },
            local: srtp.local.0,
            remote: srtp.remote.0,
        }),
        timeout_ms,
        ..MediaParams::new(kind_of(agreed.codec), agreed.format.send)
    }
}

/// A domain for the agent. None when a network of it cannot be read.
pub fn domain(domain: protocol::Domain) -> Option<agent::Domain> {
    Some(agent::Domain {
        name: domain.name,
        networks: domain.networks.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?,
        credentials: domain.credentials.into_iter().map(credential).collect(),
        registration: domain.registration.into_iter().map(credential).collect(),
        secure: domain.secure,
    })
}

fn credential(credential: protocol::Credential) -> agent::Credential {
    let ha1 = Ha1 { md5: credential.md5, sha256: credential.sha256 };
    agent::Credential { username: credential.username, ha1 }
}

/// Which addresses a call may be sent to. None when a network cannot be read.
pub fn reach(besides: Option<&[String]>) -> Option<Reach> {
    let Some(besides) = besides else {
        return Some(Reach::Anywhere);
    };
    besides.iter().map(|text| text.parse().ok()).collect::<Option<_>>().map(Reach::Public)
}

/// A trunk for the agent. None when an address of it cannot be read.
pub fn trunk(trunk: protocol::Trunk) -> Option<agent::Trunk> {
    let gateway = |gateway: &protocol::Gateway| {
        Some(agent::Gateway { uri: Uri::parse(&gateway.address).ok()?, health: gateway.health })
    };
    let register = match trunk.register {
        None => None,
        Some(register) => Some(agent::Registration {
            uri: Uri::parse(&register.uri).ok()?,
            credentials: Credentials { username: register.username, password: register.password },
            expires_s: register.expires_s,
        }),
    };
    Some(agent::Trunk {
        name: trunk.name,
        networks: trunk.networks.iter().map(|text| text.parse().ok()).collect::<Option<_>>()?,
        gateways: trunk.gateways.iter().map(gateway).collect::<Option<_>>()?,
        register,
        channels: trunk.channels,
        per_second: trunk.per_second,
    })
}

/// The word for a transport.
pub fn transport_word(transport: Transport) -> &'static str {
    match transport {
        Transport::Udp => "udp",
        Transport::Tcp => "tcp",
        Transport::Tls => "tls",
        Transport::Ws => "ws",
        Transport::Wss => "wss",
    }
}

/// A request that got no leg.
pub fn refused(refusal: agent::Refusal) -> Happening {
    Happening::Refused {
        why: refusal.why,
        status: refusal.status,
        method: refusal.method.to_string(),
        from_uri: refusal.from_uri,
        to_uri: refusal.to_uri,
        source: refusal.source.to_string(),
        count: refusal.count,
    }
}
