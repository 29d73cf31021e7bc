//! Opus (RFC 6716) by libopus, as much of it as calls need: mono speech, behind functions that cannot be misused.
//!
//! All `unsafe` of the media code is in this file. What it relies on: a state belongs to one Rust value, which alone
//! passes it to libopus, one call at a time (`&mut self`); every pointer comes with the length of its slice; libopus
//! checks the content of packets itself.

use std::ffi::{CStr, c_int};
use std::fmt;
use std::ptr::{NonNull, null};

use opusic_sys as sys;

/// The longest packet that the format allows lasts so long (RFC 6716 §3.2.5), in ms.
const LONGEST_MS: usize = 120;
/// Largest packet that the encoder makes, in bytes; it fits one datagram. At our bit rate they have about 60.
const MOST_BYTES: usize = 1_275;

/// What libopus says is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error(c_int);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: it takes any number and returns a constant string that ends with a zero.
        let text = unsafe { CStr::from_ptr(sys::opus_strerror(self.0)) };
        write!(f, "Opus: {}", text.to_string_lossy())
    }
}

impl std::error::Error for Error {}

/// A negative answer of libopus is an error.
fn checked(answer: c_int) -> Result<usize, Error> {
    usize::try_from(answer).map_err(|_| Error(answer))
}

/// How speech is coded.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Bits a second.
    pub bit_rate: u32,
    /// 0 to 10: more work for better sound.
    pub complexity: u8,
    /// Loss to be ready for, in per cent: from a few on, packets carry a rough copy of the one before.
    pub loss_percent: u8,
}

/// Samples to packets.
pub struct Encoder(NonNull<sys::OpusEncoder>);

// SAFETY: the state is plain memory of its own without ties to a thread.
unsafe impl Send for Encoder {}

impl Encoder {
    /// For mono speech at `rate` Hz, one of 8,000, 12,000, 16,000, 24,000 and 48,000.
    pub fn new(rate: u32, settings: Settings) -> Result<Encoder, Error> {
        let mut error = sys::OPUS_OK;
        // SAFETY: `error` is a valid place to write to; the result is checked before use.
        let state = unsafe { sys::opus_encoder_create(rate as i32, 1, sys::OPUS_APPLICATION_VOIP, &mut error) };
        let mut encoder = Encoder(NonNull::new(state).ok_or(Error(error))?);
        encoder.set(sys::OPUS_SET_BITRATE_REQUEST, settings.bit_rate as c_int)?;
        encoder.set(sys::OPUS_SET_COMPLEXITY_REQUEST, c_int::from(settings.complexity))?;
        encoder.set(sys::OPUS_SET_SIGNAL_REQUEST, sys::OPUS_SIGNAL_VOICE)?;
        encoder.set(sys::OPUS_SET_INBAND_FEC_REQUEST, 1)?;
        encoder.set(sys::OPUS_SET_PACKET_LOSS_PERC_REQUEST, c_int::from(settings.loss_percent))?;
        Ok(encoder)
    }

    fn set(&mut self, request: c_int, value: c_int) -> Result<(), Error> {
        // SAFETY: the state is ours and alive; each request used above takes one `opus_int32`, which is a `c_int`.
        checked(unsafe { sys::opus_encoder_ctl(self.0.as_ptr(), request, value) }).map(drop)
    }

    /// Append one packet that holds `samples`: 2.5, 5, 10, 20, 40 or 60 ms of them, else nothing is appended.
    pub fn encode(&mut self, samples: &[i16], packet: &mut Vec<u8>) -> Result<(), Error> {
        let start = packet.len();
        packet.resize(start + MOST_BYTES, 0);
        // SAFETY: the state is ours and alive. libopus reads `samples.len()` samples, since there is one channel, and
        // writes at most MOST_BYTES bytes, which were made room for.
        let answer = unsafe {
            sys::opus_encode(
                self.0.as_ptr(),
                samples.as_ptr(),
                samples.len() as c_int,
                packet[start..].as_mut_ptr(),
                MOST_BYTES as i32,
            )
        };
        let made = checked(answer);
        packet.truncate(start + made.unwrap_or(0));
        made.map(drop)
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: it was made by `opus_encoder_create` and is not used again.
        unsafe { sys::opus_encoder_destroy(self.0.as_ptr()) }
    }
}

/// Packets to samples.
pub struct Decoder {
    state: NonNull<sys::OpusDecoder>,
    rate: usize,
}

// SAFETY: as for the encoder.
unsafe impl Send for Decoder {}

impl Decoder {
    /// For mono sound at `rate` Hz, one of 8,000, 12,000, 16,000, 24,000 and 48,000; packets may have been made at
    /// another rate or in stereo.
    pub fn new(rate: u32) -> Result<Decoder, Error> {
        let mut error = sys::OPUS_OK;
        // SAFETY: `error` is a valid place to write to; the result is checked before use.
        let state = unsafe { sys::opus_decoder_create(rate as i32, 1, &mut error) };
        Ok(Decoder { state: NonNull::new(state).ok_or(Error(error))?, rate: rate as usize })
    }

    /// Append the samples of a packet. A damaged or empty one is an error and appends nothing.
    pub fn decode(&mut self, packet: &[u8], out: &mut Vec<i16>) -> Result<(), Error> {
        if packet.is_empty() {
            return Err(Error(sys::OPUS_INVALID_PACKET));
        }
        self.run(packet, self.rate * LONGEST_MS / 1_000, 0, out)
    }

    /// Append `samples` samples for a packet that was lost, out of the copy that the packet after it carries; without
    /// such a copy as [`Decoder::conceal`]. Decode `next` afterwards as usual.
    pub fn recover(&mut self, next: &[u8], samples: usize, out: &mut Vec<i16>) -> Result<(), Error> {
        self.fill(next, samples, 1, out)
    }

    /// Append `samples` samples for a packet that was lost: the sound goes on and fades out.
    pub fn conceal(&mut self, samples: usize, out: &mut Vec<i16>) -> Result<(), Error> {
        self.fill(&[], samples, 0, out)
    }

    /// Losses are filled in multiples of 2.5 ms, of at most 120 ms.
    fn fill(&mut self, packet: &[u8], samples: usize, fec: c_int, out: &mut Vec<i16>) -> Result<(), Error> {
        let wanted = out.len() + samples;
        let (step, most) = (self.rate / 400, self.rate * LONGEST_MS / 1_000);
        while out.len() < wanted {
            let part = (wanted - out.len()).next_multiple_of(step).min(most);
            self.run(packet, part, fec, out)?;
        }
        out.truncate(wanted);
        Ok(())
    }

    fn run(&mut self, packet: &[u8], room: usize, fec: c_int, out: &mut Vec<i16>) -> Result<(), Error> {
        let start = out.len();
        out.resize(start + room, 0);
        let data = if packet.is_empty() { null() } else { packet.as_ptr() };
        // SAFETY: the state is ours and alive. libopus reads `packet.len()` bytes (none of a null pointer, which stands
        // for a loss) and writes at most `room` samples, since there is one channel; they were made room for.
        let answer = unsafe {
            sys::opus_decode(
                self.state.as_ptr(),
                data,
                packet.len() as i32,
                out[start..].as_mut_ptr(),
                room as c_int,
                fec,
            )
        };
        let made = checked(answer);
        out.truncate(start + made.unwrap_or(0));
        match made {
            Ok(0) => Err(Error(sys::OPUS_INTERNAL_ERROR)), // `fill` would wait for ever
            made => made.map(drop),
        }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: it was made by `opus_decoder_create` and is not used again.
        unsafe { sys::opus_decoder_destroy(self.state.as_ptr()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RATE: u32 = 16_000;
    const FRAME: usize = 320;
    const SETTINGS: Settings = Settings { bit_rate: 24_000, complexity: 5, loss_percent: 20 };

    fn voice(length: usize) -> Vec<i16> {
        let wave = |i: usize, hz: f32| (i as f32 * hz * std::f32::consts::TAU / RATE as f32).sin();
        (0..length).map(|i| (3_000.0 * (wave(i, 150.0) + wave(i, 450.0) + wave(i, 1_800.0))) as i16).collect()
    }

    fn packets(sound: &[i16]) -> Vec<Vec<u8>> {
        let mut encoder = Encoder::new(RATE, SETTINGS).unwrap();
        let packet = |frame: &[i16]| {
            let mut packet = Vec::new();
            encoder.encode(frame, &mut packet).unwrap();
            packet
        };
        sound.chunks_exact(FRAME).map(packet).collect()
    }

    /// Best likeness (1: the same) of `heard` to `said`, over the codec's delay.
    fn likeness(said: &[i16], heard: &[i16]) -> f64 {
        let dot = |a: &[i16], b: &[i16]| a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
        let length = said.len().min(heard.len()) - 400;
        let at = |delay: usize| {
            let (a, b) = (&said[..length], &heard[delay..delay + length]);
            dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(1.0)
        };
        (0..400).map(at).fold(0.0, f64::max)
    }

    /// Speech survives, in about as many bytes as the bit rate says.
    #[test]
    fn round_trip() {
        let said = voice(FRAME * 50);
        let packets = packets(&said);
        let mut decoder = Decoder::new(RATE).unwrap();
        let mut heard = Vec::new();
        packets.iter().for_each(|packet| decoder.decode(packet, &mut heard).unwrap());
        assert_eq!(heard.len(), said.len());
        assert!(likeness(&said, &heard) > 0.9, "{}", likeness(&said, &heard));
        let bytes: usize = packets.iter().map(Vec::len).sum();
        assert!((1_500..4_500).contains(&bytes), "{bytes} bytes for a second");
    }

    /// Every fifth packet lost: recovered from the next one it sounds like what was said; concealed, less so.
    #[test]
    fn losses() {
        // A voice that changes all the time, so that repetition cannot hide a loss.
        let said: Vec<i16> = (0..FRAME * 100)
            .map(|i| (8_000.0 * (i as f64 * 0.05 + 20.0 * (i as f64 * 0.002).sin()).sin()) as i16)
            .collect();
        let packets = packets(&said);
        let listen = |fec: bool| {
            let mut decoder = Decoder::new(RATE).unwrap();
            let mut heard = Vec::new();
            for (i, packet) in packets.iter().enumerate() {
                match (i % 5, packets.get(i + 1)) {
                    (3, Some(next)) if fec => decoder.recover(next, FRAME, &mut heard).unwrap(),
                    (3, _) => decoder.conceal(FRAME, &mut heard).unwrap(),
                    _ => decoder.decode(packet, &mut heard).unwrap(),
                }
            }
            likeness(&said, &heard)
        };
        let (recovered, concealed) = (listen(true), listen(false));
        assert!(recovered > concealed + 0.15, "{recovered} {concealed}");
    }

    /// A length that is no frame is refused, and so is a rate that Opus does not have.
    #[test]
    fn refusals() {
        let mut encoder = Encoder::new(RATE, SETTINGS).unwrap();
        let mut packet = vec![1];
        assert!(encoder.encode(&[0; 333], &mut packet).is_err());
        assert!(encoder.encode(&[], &mut packet).is_err());
        assert_eq!(packet, [1]);
        assert!(Decoder::new(44_100).is_err() && Encoder::new(1, SETTINGS).is_err());
        let error = Decoder::new(RATE).unwrap().decode(&[], &mut Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "Opus: corrupted stream");
    }

    proptest! {
        /// Any bytes either are a packet of at most 120 ms or are refused; a loss is filled to the sample after them.
        #[test]
        fn any_bytes(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..8), lost in 0..5_000_usize) {
            let mut decoder = Decoder::new(RATE).unwrap();
            for packet in packets {
                let mut heard = Vec::new();
                let fine = decoder.decode(&packet, &mut heard).is_ok();
                prop_assert!(heard.len() <= 1_920 && fine != heard.is_empty());
                let mut heard = Vec::new();
                if decoder.recover(&packet, lost, &mut heard).is_ok() {
                    prop_assert_eq!(heard.len(), lost);
                }
                let mut heard = Vec::new();
                decoder.conceal(lost, &mut heard).unwrap();
                prop_assert_eq!(heard.len(), lost);
            }
        }
    }
}
