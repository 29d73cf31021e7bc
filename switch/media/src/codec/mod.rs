//! What turns samples into payloads and back: G.711, G.722, Opus, and what is heard where a packet is missing.
//!
//! A [`Decoder`] or [`Encoder`] belongs to one direction of one leg. Both append to what the caller hands in, so that
//! its buffers are used again and nothing is allocated for a packet.

pub mod comfort;
mod conceal;
pub mod g711;
mod g722;

use conceal::Concealer;
use hookflash_opus as opus;

/// The codecs that a leg may speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodecKind {
    /// G.711 µ-law, 64 kbit/s at 8 kHz.
    Pcmu,
    /// G.711 A-law, 64 kbit/s at 8 kHz.
    Pcma,
    /// G.722, 64 kbit/s at 16 kHz.
    G722,
    /// Opus, mono at 16 kHz.
    Opus,
}

impl CodecKind {
    /// The codec that SDP calls so, in any case (`PCMU`, `PCMA`, `G722`, `opus`).
    pub fn named(name: &str) -> Option<CodecKind> {
        [CodecKind::Pcmu, CodecKind::Pcma, CodecKind::G722, CodecKind::Opus]
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// Its name in SDP.
    pub fn name(self) -> &'static str {
        match self {
            CodecKind::Pcmu => "PCMU",
            CodecKind::Pcma => "PCMA",
            CodecKind::G722 => "G722",
            CodecKind::Opus => "opus",
        }
    }

    /// Samples a second of the audio that goes in and comes out.
    pub fn rate(self) -> u32 {
        match self {
            CodecKind::Pcmu | CodecKind::Pcma => 8_000,
            CodecKind::G722 | CodecKind::Opus => 16_000,
        }
    }

    /// Ticks a second of its RTP timestamps: G.722 says 8,000 by an old mistake (RFC 3551 §4.5.2), Opus always 48,000
    /// (RFC 7587 §4.1).
    pub fn clock(self) -> u32 {
        match self {
            CodecKind::Opus => 48_000,
            _ => 8_000,
        }
    }
}

/// Longest payload that is decoded; the rest of a longer one is left out.
const MOST_BYTES: usize = 2_000;
/// How we speak Opus: wide-band speech that is understood through a loss of one packet in ten.
const OPUS: opus::Settings = opus::Settings { bit_rate: 24_000, complexity: 5, loss_percent: 10 };
/// What stands in for an Opus packet that cannot be read, in samples.
const USUAL_FRAME: usize = 320;

enum DecoderState {
    Ulaw(Concealer),
    Alaw(Concealer),
    G722(Box<(g722::Decoder, Concealer)>),
    Opus(opus::Decoder),
}

/// Payloads to samples, for one incoming stream.
pub struct Decoder {
    kind: CodecKind,
    state: DecoderState,
}

impl Decoder {
    /// A decoder that has heard nothing yet.
    ///
    /// # Panics
    /// When there is no memory left for the state of Opus.
    pub fn new(kind: CodecKind) -> Decoder {
        let concealer = || Concealer::new(kind.rate());
        let state = match kind {
            CodecKind::Pcmu => DecoderState::Ulaw(concealer()),
            CodecKind::Pcma => DecoderState::Alaw(concealer()),
            CodecKind::G722 => DecoderState::G722(Box::new((g722::Decoder::default(), concealer()))),
            CodecKind::Opus => DecoderState::Opus(opus::Decoder::new(kind.rate()).expect("16 kHz is a rate of Opus")),
        };
        Decoder { kind, state }
    }

    /// Which codec this is.
    pub fn kind(&self) -> CodecKind {
        self.kind
    }

    /// Samples a second of what comes out.
    pub fn rate(&self) -> u32 {
        self.kind.rate()
    }

    /// Append the samples of a payload. A damaged one is heard as if it had been lost.
    pub fn decode(&mut self, payload: &[u8], out: &mut Vec<i16>) {
        let payload = &payload[..payload.len().min(MOST_BYTES)];
        let start = out.len();
        match &mut self.state {
            DecoderState::Ulaw(concealer) => {
                g711::decode_ulaw(payload, out);
                concealer.heard(&mut out[start..]);
            }
            DecoderState::Alaw(concealer) => {
                g711::decode_alaw(payload, out);
                concealer.heard(&mut out[start..]);
            }
            DecoderState::G722(state) => {
                let (decoder, concealer) = &mut **state;
                decoder.decode(payload, out);
                concealer.heard(&mut out[start..]);
            }
            DecoderState::Opus(decoder) => {
                if decoder.decode(payload, out).is_err() {
                    self.conceal(USUAL_FRAME, out);
                }
            }
        }
    }

    /// Append `samples` samples in place of a payload that did not come: what was heard goes on and fades out.
    pub fn conceal(&mut self, samples: usize, out: &mut Vec<i16>) {
        match &mut self.state {
            DecoderState::Ulaw(concealer) | DecoderState::Alaw(concealer) => concealer.conceal(samples, out),
            DecoderState::G722(state) => state.1.conceal(samples, out),
            DecoderState::Opus(decoder) => {
                let wanted = out.len() + samples;
                let _ = decoder.conceal(samples, out); // it fails only where its state is damaged: then silence
                out.resize(wanted, 0);
            }
        }
    }

    /// Like [`Decoder::conceal`], but the packet after the lost one is there: Opus carries a rough copy of the frame
    /// before (in-band FEC, RFC 6716 §2.1.7). Decode `next` afterwards as usual.
    pub fn recover(&mut self, next: &[u8], samples: usize, out: &mut Vec<i16>) {
        let start = out.len();
        if let DecoderState::Opus(decoder) = &mut self.state
            && decoder.recover(next, samples, out).is_ok()
        {
            return;
        }
        out.truncate(start);
        self.conceal(samples, out);
    }
}

enum EncoderState {
    Ulaw,
    Alaw,
    G722(Box<g722::Encoder>),
    Opus(opus::Encoder),
}

/// Samples to payloads, for one outgoing stream.
pub struct Encoder {
    kind: CodecKind,
    state: EncoderState,
}

impl Encoder {
    /// An encoder at the start of a stream.
    ///
    /// # Panics
    /// When there is no memory left for the state of Opus.
    pub fn new(kind: CodecKind) -> Encoder {
        let state = match kind {
            CodecKind::Pcmu => EncoderState::Ulaw,
            CodecKind::Pcma => EncoderState::Alaw,
            CodecKind::G722 => EncoderState::G722(Box::default()),
            CodecKind::Opus => EncoderState::Opus(opus::Encoder::new(kind.rate(), OPUS).expect("settings of Opus")),
        };
        Encoder { kind, state }
    }

    /// Which codec this is.
    pub fn kind(&self) -> CodecKind {
        self.kind
    }

    /// Samples a second of what goes in.
    pub fn rate(&self) -> u32 {
        self.kind.rate()
    }

    /// Append the payload of one frame: any length with G.711, an even number of samples with G.722 (an odd one at the
    /// end is left out), 10, 20, 40 or 60 ms with Opus (else nothing is appended).
    pub fn encode(&mut self, samples: &[i16], out: &mut Vec<u8>) {
        match &mut self.state {
            EncoderState::Ulaw => g711::encode_ulaw(samples, out),
            EncoderState::Alaw => g711::encode_alaw(samples, out),
            EncoderState::G722(encoder) => encoder.encode(samples, out),
            EncoderState::Opus(encoder) => {
                let _ = encoder.encode(samples, out); // refuses other lengths, as said
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KINDS: [CodecKind; 4] = [CodecKind::Pcmu, CodecKind::Pcma, CodecKind::G722, CodecKind::Opus];

    fn speech() -> Vec<i16> {
        let bytes = include_bytes!("../../tests/vectors/speech-16k.s16");
        bytes.chunks_exact(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect()
    }

    /// A codec is found by its name in SDP, whatever the case.
    #[test]
    fn names() {
        assert_eq!(KINDS.map(|kind| CodecKind::named(&kind.name().to_lowercase())), KINDS.map(Some));
        assert_eq!(CodecKind::named("telephone-event"), None);
    }

    /// Speech is the same voice after each codec: the best likeness over its delay is near 1.
    #[test]
    fn speech_survives() {
        for kind in KINDS {
            let said: Vec<i16> = speech().into_iter().step_by(16_000 / kind.rate() as usize).collect();
            let (mut encoder, mut decoder) = (Encoder::new(kind), Decoder::new(kind));
            let (mut payload, mut heard) = (Vec::new(), Vec::new());
            for frame in said.chunks_exact(kind.rate() as usize / 50) {
                payload.clear();
                encoder.encode(frame, &mut payload);
                decoder.decode(&payload, &mut heard);
            }
            let dot = |a: &[i16], b: &[i16]| a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
            let length = heard.len() - 300;
            let like = |delay: usize| {
                let (a, b) = (&said[..length], &heard[delay..delay + length]);
                dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
            };
            let best = (0..300).map(like).fold(0.0, f64::max);
            assert!(best > 0.92, "{}: {best}", kind.name());
        }
    }

    proptest! {
        /// Whatever comes in whatever order, decoding goes on, and a loss is filled to the sample.
        #[test]
        fn anything_may_come(steps in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..400), 0..900_usize, 0..3_u8), 0..20)) {
            for kind in KINDS {
                let mut decoder = Decoder::new(kind);
                for (payload, samples, step) in &steps {
                    let mut out = vec![7];
                    match step {
                        0 => decoder.decode(payload, &mut out),
                        1 => decoder.conceal(*samples, &mut out),
                        _ => decoder.recover(payload, *samples, &mut out),
                    }
                    prop_assert!(out[0] == 7 && (*step == 0 || out.len() == samples + 1));
                }
            }
        }
    }
}
