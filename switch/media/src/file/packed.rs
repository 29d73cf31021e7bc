//! Compressed sounds: mp3, Ogg Vorbis and FLAC by symphonia, Ogg Opus by libopus.

use std::fs::File;

use hookflash_opus as opus;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::packet::Packet;

use super::plain::{MOST_CHANNELS, RATES};
use super::{Problem, Source};

/// Packets without a sound, one after the other, after which a file is given up.
const MOST_SILENT: usize = 256;
/// Rate at which Opus is decoded, and ticks a second of its packets' times.
const OPUS_RATE: u32 = 8_000;
const OPUS_CLOCK: u64 = 48_000;

enum Codec {
    Symphonia { decoder: Box<dyn AudioDecoder>, interleaved: Vec<i16> },
    Opus(opus::Decoder),
}

/// Reads a file of packets.
pub struct Packed {
    format: Box<dyn FormatReader>,
    track: u32,
    codec: Codec,
    rate: u32,
    frames: Option<u64>,
}

impl Packed {
    /// Find out what a file is made of.
    pub fn open(file: File) -> Result<Packed, Problem> {
        let refused = |_| Problem::new("The sound file is damaged or of a kind that is not played.");
        let stream = MediaSourceStream::new(Box::new(file), Default::default());
        let probe = symphonia::default::get_probe();
        let format = probe.probe(&Hint::new(), stream, Default::default(), Default::default()).map_err(refused)?;
        let silent = || Problem::new("The file holds no sound that can be played.");
        let track = format.default_track(TrackType::Audio).ok_or_else(silent)?;
        let parameters = track.codec_params.as_ref().and_then(|p| p.audio()).ok_or_else(silent)?;
        let rate = parameters.sample_rate.filter(|rate| RATES.contains(rate)).ok_or_else(silent)?;
        let channels = parameters.channels.as_ref().map_or(1, |channels| channels.count());
        if channels > MOST_CHANNELS as usize {
            return Err(silent());
        }
        let (codec, rate, frames) = if parameters.codec == CODEC_ID_OPUS {
            let decoder = opus::Decoder::new(OPUS_RATE).map_err(|problem| Problem::new(format!("{problem}.")))?;
            let frames = track.num_frames.map(|frames| frames * u64::from(OPUS_RATE) / OPUS_CLOCK);
            (Codec::Opus(decoder), OPUS_RATE, frames)
        } else {
            let options = AudioDecoderOptions::default();
            let decoder = symphonia::default::get_codecs().make_audio_decoder(parameters, &options).map_err(refused)?;
            (Codec::Symphonia { decoder, interleaved: Vec::new() }, rate, track.num_frames)
        };
        Ok(Packed { track: track.id, codec, rate, frames, format })
    }
}

impl Source for Packed {
    fn rate(&self) -> u32 {
        self.rate
    }

    fn frames(&self) -> Option<u64> {
        self.frames
    }

    fn read(&mut self, out: &mut Vec<i16>) -> bool {
        let before = out.len();
        for _ in 0..MOST_SILENT {
            let Ok(Some(packet)) = self.format.next_packet() else { return false };
            if packet.track_id != self.track {
                continue;
            }
            if !self.codec.decode(&packet, self.rate, out) {
                return false;
            }
            if out.len() > before {
                return true;
            }
        }
        false
    }
}

impl Codec {
    /// Append the samples of a packet; a damaged one has none. False when there can be no further one.
    fn decode(&mut self, packet: &Packet, rate: u32, out: &mut Vec<i16>) -> bool {
        match self {
            Codec::Symphonia { decoder, interleaved } => match decoder.decode(packet) {
                Ok(sound) => {
                    let channels = sound.spec().channels().count().max(1);
                    sound.copy_to_vec_interleaved(interleaved);
                    let frames = interleaved.chunks_exact(channels);
                    let sums = frames.map(|frame| frame.iter().map(|s| i32::from(*s)).sum::<i32>());
                    out.extend(sums.map(|sum| (sum / channels as i32) as i16));
                    sound.spec().rate() == rate
                }
                Err(Error::DecodeError(_) | Error::IoError(_)) => true,
                Err(_) => false,
            },
            Codec::Opus(decoder) => {
                let start = out.len();
                if decoder.decode(&packet.data, out).is_ok() {
                    let samples = |ticks: u64| (ticks.saturating_mul(OPUS_RATE.into()) / OPUS_CLOCK) as usize;
                    let end = out.len() - samples(packet.trim_end.get()).min(out.len() - start);
                    out.truncate(end);
                    out.drain(start..(start + samples(packet.trim_start.get())).min(end));
                }
                true
            }
        }
    }
}
