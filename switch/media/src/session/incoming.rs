//! What comes from the far end: packets to 20 ms of audio, and keys.

use super::MediaParams;
use crate::codec::Decoder;
use crate::codec::comfort::ComfortNoise;
use crate::dsp::{KeyDetector, Press, Resampler};
use crate::rtp::{Depth, Impairment, Jitter, KeyEvent, KeyReceiver, Packet, Pull, Quality, Reports, Sender};
use crate::{FRAME, FRAME_MS, Frame, Micros, SAMPLE_RATE};

/// Loudest sample of a frame in which the jitter buffer may be mended unheard.
const QUIET_PEAK: u16 = 300;

/// After so long without a packet nothing is in the buffer any more.
const DRAINED: Micros = 500_000;

/// The audio and the keys of the far end.
pub(super) struct Incoming {
    payload_type: u8,
    event_type: Option<u8>,
    noise_type: Option<u8>,
    decoder: Decoder,
    down: Option<Resampler>,
    jitter: Jitter,
    /// Somebody wants audio: packets go into the buffer.
    is_wanted: bool,
    keys: KeyReceiver,
    detector: Option<Box<KeyDetector>>,
    /// The peer sends keys as events: tones beside them would be the same keys again.
    has_events: bool,
    noise: Option<ComfortNoise>,
    is_noise: bool,
    /// Samples of the codec, on their way to 8 kHz.
    decoded: Vec<i16>,
    /// Samples that wait for a whole frame.
    waiting: Vec<i16>,
    frame: Frame,
    has_frame: bool,
    /// When the last packet came.
    pub last_packet: Micros,
    late: u32,
}

/// What a packet was.
pub(super) enum Kind {
    Audio,
    Event,
    Unknown,
}

impl Incoming {
    pub fn new(params: &MediaParams, now: Micros) -> Self {
        let rate = params.codec.rate();
        Self {
            payload_type: params.payload_type,
            event_type: params.telephone_event,
            noise_type: params.comfort_noise,
            decoder: Decoder::new(params.codec),
            down: (rate != SAMPLE_RATE as u32).then(|| Resampler::new(rate, SAMPLE_RATE as u32)),
            jitter: Jitter::new(params.codec.clock(), params.depth),
            is_wanted: false,
            keys: KeyReceiver::new(params.codec.clock()),
            detector: None,
            has_events: false,
            noise: None,
            is_noise: false,
            decoded: Vec::new(),
            waiting: Vec::new(),
            frame: [0; FRAME],
            has_frame: false,
            last_packet: now,
            late: 0,
        }
    }

    /// What a packet of this type is.
    pub fn kind(&self, payload_type: u8) -> Kind {
        if payload_type == self.payload_type || Some(payload_type) == self.noise_type {
            Kind::Audio
        } else if Some(payload_type) == self.event_type {
            Kind::Event
        } else {
            Kind::Unknown
        }
    }

    /// Takes a packet of audio.
    pub fn audio(&mut self, packet: &Packet<'_>, now: Micros) {
        self.last_packet = now;
        if self.is_wanted {
            self.jitter.push(packet, now);
        }
    }

    /// Takes a packet of a key.
    pub fn event(&mut self, packet: &Packet<'_>, now: Micros) -> impl Iterator<Item = KeyEvent> + use<> {
        self.last_packet = now;
        self.has_events = true;
        self.detector = None;
        if self.is_wanted {
            self.jitter.pass(packet);
        }
        self.keys.push(packet, now)
    }

    /// A key whose end was lost.
    pub fn let_go(&mut self, now: Micros) -> Option<KeyEvent> {
        self.keys.tick(now)
    }

    /// Says whether keys are to be looked for in the audio: never beside a peer that sends events.
    pub fn detect_keys(&mut self, wanted: bool) {
        let wanted = wanted && !self.has_events;
        if wanted != self.detector.is_some() {
            self.detector = wanted.then(Box::default);
        }
    }

    /// Whether keys are looked for in the audio.
    pub fn detects_keys(&self) -> bool {
        self.detector.is_some()
    }

    /// Whether the tones of a key sound in the audio.
    pub fn holds_key(&self) -> bool {
        self.detector.as_ref().is_some_and(|detector| detector.held().is_some())
    }

    /// Makes the next 20 ms, where audio is wanted, and says what key was heard to end in them.
    pub fn advance(&mut self, wanted: bool, params: &MediaParams, now: Micros) -> Option<Press> {
        self.has_frame = false;
        if wanted != self.is_wanted {
            self.is_wanted = wanted;
            self.start_anew(params);
        }
        if !wanted {
            return None;
        }
        self.fill(now);
        if self.waiting.is_empty() {
            return None;
        }
        let samples = self.waiting.len().min(FRAME);
        self.frame[..samples].copy_from_slice(&self.waiting[..samples]);
        self.frame[samples..].fill(0);
        self.waiting.drain(..samples);
        self.has_frame = true;
        let is_quiet = self.frame.iter().all(|sample| sample.unsigned_abs() < QUIET_PEAK);
        self.jitter.quiet(is_quiet);
        self.detector.as_mut().and_then(|detector| detector.push(&self.frame))
    }

    /// What is in the buffer is of another time.
    fn start_anew(&mut self, params: &MediaParams) {
        self.late += self.jitter.counts().late;
        self.jitter = Jitter::new(params.codec.clock(), params.depth);
        self.waiting.clear();
    }

    fn fill(&mut self, now: Micros) {
        // Bounded by what a frame needs: each pull yields samples or ends it, but for packets without any.
        for _ in 0..FRAME_MS {
            if self.waiting.len() >= FRAME {
                return;
            }
            let into = if self.down.is_some() { &mut self.decoded } else { &mut self.waiting };
            match self.jitter.pop(now) {
                Pull::Frame { payload_type, payload } if Some(payload_type) == self.noise_type => {
                    let noise = self.noise.get_or_insert_with(|| ComfortNoise::new(1));
                    noise.heard(payload);
                    noise.make(FRAME, &mut self.waiting);
                    self.is_noise = true;
                }
                Pull::Frame { payload, .. } => {
                    self.decoder.decode(payload, into);
                    self.is_noise = false;
                }
                Pull::Lost { ms } => self.decoder.conceal((ms * self.decoder.rate() / 1000) as usize, into),
                Pull::Empty => {
                    if let Some(noise) = self.noise.as_mut().filter(|_| self.is_noise) {
                        noise.make(FRAME, &mut self.waiting);
                    }
                    return;
                }
            }
            if let Some(down) = &mut self.down {
                down.process(&self.decoded, &mut self.waiting);
                self.decoded.clear();
            }
        }
    }

    /// Takes 20 ms that came over no wire, or none.
    pub fn put(&mut self, frame: Option<&Frame>) {
        self.has_frame = frame.is_some();
        self.frame = frame.copied().unwrap_or(self.frame);
    }

    /// Changes the bounds of the jitter buffer.
    pub fn bound(&mut self, depth: Depth) {
        self.jitter.set_depth(depth);
    }

    /// Whether audio is taken in at present.
    pub fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    /// The last 20 ms, if anything was heard in them.
    pub fn frame(&self) -> Option<&Frame> {
        self.has_frame.then_some(&self.frame)
    }

    /// Whether nothing has come for a while and nothing is held.
    pub fn is_resting(&self, now: Micros) -> bool {
        !self.has_frame && self.waiting.is_empty() && now.saturating_sub(self.last_packet) > DRAINED
    }

    /// How it has been, with what we sent beside it.
    pub fn quality(&self, sender: &Sender, reports: &Reports, codec: Impairment) -> Quality {
        let quality = Quality::of(sender, reports, &self.jitter, codec);
        Quality { late: quality.late + self.late, ..quality }
    }
}
