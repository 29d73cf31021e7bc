//! What goes to the far end: 20 ms of audio or a key to packets.

use super::{Carrier, MediaParams};
use crate::codec::{CodecKind, Encoder, g711};
use crate::dsp::Resampler;
use crate::graph::{Piece, room::Mix};
use crate::random::Random;
use crate::rtp::{KeySender, Packet, Sender, Srtp, Tick};
use crate::{FRAME, Frame, SAMPLE_RATE};

const MULAW_HUSH: [u8; FRAME] = [g711::ULAW_SILENCE; FRAME];
const ALAW_HUSH: [u8; FRAME] = [g711::ALAW_SILENCE; FRAME];
const HUSH: Frame = [0; FRAME];

/// After so many frames of silence a codec's packets of it do not change any more to the ear.
const SETTLED: u32 = 25;

/// 20 ms for the far end.
pub(super) enum Voice<'a> {
    /// Silence.
    Nothing,
    /// From a sound that may be coded already.
    Piece(&'a Piece, usize),
    /// What all listeners of a room hear.
    Common(&'a mut Mix),
    /// Anything.
    Linear(&'a Frame),
}

/// The stream that we send.
pub(super) struct Outgoing {
    payload_type: u8,
    event_type: Option<u8>,
    encoder: Encoder,
    up: Option<Resampler>,
    sender: Sender,
    events: Option<KeySender>,
    /// Bytes of a packet, where they are not those of 20 ms.
    cut: Option<usize>,
    ticks: u32,
    wide: Vec<i16>,
    /// Frames of silence that were coded in a row; the payload is that of the last.
    hushed: u32,
    payload: Vec<u8>,
    packet: Vec<u8>,
}

impl Outgoing {
    pub fn new(params: &MediaParams, random: &mut Random) -> Self {
        let numbers = random.next_u64();
        let sender = Sender::new(numbers as u32, (numbers >> 32) as u16, (numbers >> 40) as u32);
        Self::with(params, sender)
    }

    /// The same stream after another negotiation.
    pub fn renewed(self, params: &MediaParams) -> Self {
        Self::with(params, self.sender)
    }

    fn with(params: &MediaParams, sender: Sender) -> Self {
        let rate = params.codec.rate();
        // 64 kbit/s are 8 bytes a millisecond; a frame of Opus is what it is.
        let is_cut = params.ptime_ms != 20 && params.codec != CodecKind::Opus;
        Self {
            payload_type: params.payload_type,
            event_type: params.telephone_event,
            encoder: Encoder::new(params.codec),
            up: (rate != SAMPLE_RATE as u32).then(|| Resampler::new(SAMPLE_RATE as u32, rate)),
            sender,
            events: params.telephone_event.map(|_| KeySender::new(params.codec.clock())),
            cut: is_cut.then(|| usize::from(params.ptime_ms.clamp(10, 120)) * 8),
            ticks: params.codec.clock() / 50,
            wide: Vec::new(),
            hushed: 0,
            payload: Vec::new(),
            packet: Vec::new(),
        }
    }

    /// The keys that are pressed as events, where the peer takes them.
    pub fn events(&mut self) -> Option<&mut KeySender> {
        self.events.as_mut()
    }

    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// Whether keys are on their way.
    pub fn is_pressing(&self) -> bool {
        self.events.as_ref().is_some_and(|events| !events.is_idle())
    }

    /// Lets 20 ms, so many times, pass without a packet.
    pub fn skip(&mut self, frames: u64) {
        self.sender.skip((frames as u32).wrapping_mul(self.ticks));
    }

    /// Sends 20 ms, or in their place a key.
    pub fn send(&mut self, voice: Voice<'_>, srtp: Option<&mut Srtp>, carrier: &mut impl Carrier) {
        let tick = match &mut self.events {
            Some(events) => events.tick(self.sender.timestamp(), self.ticks),
            None => Tick::Free,
        };
        match tick {
            Tick::Free => self.audio(voice, srtp, carrier),
            Tick::Silence => self.skip(1),
            Tick::Key { marker, timestamp, payload } => {
                let payload_type = self.event_type.unwrap_or(0);
                let packet = self.sender.key(marker, payload_type, timestamp, &payload);
                post(&packet, &mut self.packet, srtp, carrier);
                self.skip(1);
            }
        }
    }

    /// Sends a packet of another stream as one of ours.
    pub fn forward(&mut self, packet: Packet<'_>, srtp: Option<&mut Srtp>, carrier: &mut impl Carrier) {
        let packet = self.sender.forward(packet);
        post(&packet, &mut self.packet, srtp, carrier);
    }

    fn audio(&mut self, voice: Voice<'_>, mut srtp: Option<&mut Srtp>, carrier: &mut impl Carrier) {
        let coded: &[u8] = match (self.encoder.kind(), voice) {
            (CodecKind::Pcmu, Voice::Piece(piece, at)) => &piece.mulaw()[at..at + FRAME],
            (CodecKind::Pcma, Voice::Piece(piece, at)) => &piece.alaw()[at..at + FRAME],
            (CodecKind::Pcmu, Voice::Common(mix)) => mix.mulaw(),
            (CodecKind::Pcma, Voice::Common(mix)) => mix.alaw(),
            (CodecKind::Pcmu, Voice::Nothing) => &MULAW_HUSH,
            (CodecKind::Pcma, Voice::Nothing) => &ALAW_HUSH,
            (_, Voice::Piece(piece, at)) => return self.encode(&piece.linear[at..at + FRAME], srtp, carrier),
            (_, Voice::Common(mix)) => return self.encode(&mix.linear, srtp, carrier),
            (_, Voice::Nothing) => return self.hush(srtp, carrier),
            (_, Voice::Linear(frame)) => return self.encode(frame, srtp, carrier),
        };
        match self.cut {
            None => {
                let packet = self.sender.audio(self.payload_type, coded, self.ticks);
                post(&packet, &mut self.packet, srtp, carrier);
            }
            Some(bytes) => {
                self.payload.extend_from_slice(coded);
                self.post_cut(bytes, &mut srtp, carrier);
            }
        }
    }

    /// Silence in a codec that keeps a state: once both ends have settled in it, its last packet is as good as another.
    fn hush(&mut self, srtp: Option<&mut Srtp>, carrier: &mut impl Carrier) {
        if self.hushed < SETTLED || self.cut.is_some() {
            let hushed = self.hushed + 1;
            self.encode(&HUSH, srtp, carrier);
            self.hushed = hushed;
            return;
        }
        let packet = self.sender.audio(self.payload_type, &self.payload, self.ticks);
        post(&packet, &mut self.packet, srtp, carrier);
    }

    fn encode(&mut self, frame: &[i16], mut srtp: Option<&mut Srtp>, carrier: &mut impl Carrier) {
        self.hushed = 0;
        if self.cut.is_none() {
            self.payload.clear();
        }
        match &mut self.up {
            Some(up) => {
                self.wide.clear();
                up.process(frame, &mut self.wide);
                self.encoder.encode(&self.wide, &mut self.payload);
            }
            None => self.encoder.encode(frame, &mut self.payload),
        }
        match self.cut {
            Some(bytes) => self.post_cut(bytes, &mut srtp, carrier),
            None => {
                let packet = self.sender.audio(self.payload_type, &self.payload, self.ticks);
                post(&packet, &mut self.packet, srtp, carrier);
            }
        }
    }

    /// Sends what is coded in packets of so many bytes; the rest waits for more.
    fn post_cut(&mut self, bytes: usize, srtp: &mut Option<&mut Srtp>, carrier: &mut impl Carrier) {
        let mut sent = 0;
        while let Some(payload) = self.payload.get(sent..sent + bytes) {
            let packet = self.sender.audio(self.payload_type, payload, (bytes / 8) as u32 * 8);
            post(&packet, &mut self.packet, srtp.as_deref_mut(), carrier);
            sent += bytes;
        }
        self.payload.drain(..sent);
    }
}

fn post(packet: &Packet<'_>, buffer: &mut Vec<u8>, srtp: Option<&mut Srtp>, carrier: &mut impl Carrier) {
    packet.write(buffer);
    let is_fit = srtp.is_none_or(|srtp| srtp.protect(buffer).is_ok());
    if is_fit {
        carrier.rtp(buffer); // what cannot be encrypted is not sent
    }
}
