//! Sound files: what is played, and what recordings are written to.

mod gsm;
mod header;
mod packed;
mod plain;
pub mod wav;

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use crate::dsp::Resampler;
use header::Head;
use plain::{Layout, Plain, Width};

/// Rate of what comes out of a [`Decoder`], in Hz.
pub const RATE: u32 = 8_000;
/// A file is played for so long at most: a call does not last longer.
const MOST_SAMPLES: u64 = 24 * 3_600 * RATE as u64;

/// Why a file cannot be played: a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(String);

impl Problem {
    fn new(sentence: impl Into<String>) -> Problem {
        Problem(sentence.into())
    }

    fn reading(problem: io::Error) -> Problem {
        Problem(format!("The sound file cannot be read: {problem}."))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}

/// A file that gives up its samples block by block, mixed down to one channel.
trait Source: Send {
    /// Samples a second.
    fn rate(&self) -> u32;

    /// How many there are, where the file says so.
    fn frames(&self) -> Option<u64>;

    /// Append some; false when there are no more.
    fn read(&mut self, out: &mut Vec<i16>) -> bool;
}

/// A whole sound: mono at 8 kHz. With `raw` as in [`Decoder::open`].
pub fn read_all(path: &Path, raw: bool) -> Result<Vec<i16>, Problem> {
    const BLOCK: usize = 16 * 1_024;
    let mut decoder = Decoder::open(path, raw)?;
    let mut samples = Vec::new();
    loop {
        let end = samples.len();
        samples.resize(end + BLOCK, 0);
        let read = decoder.read(&mut samples[end..]);
        samples.truncate(end + read);
        if read < BLOCK {
            return Ok(samples);
        }
    }
}

/// A sound file that is being played: mono at 8 kHz, whatever it is made of.
///
/// Wav (PCM, float, µ-law, A-law, GSM), au, AIFF, mp3, Ogg Vorbis, Ogg Opus, FLAC and bare GSM are told by their
/// content; the name does not matter. It reads a few hundred ms ahead of what is asked for, no more.
pub struct Decoder {
    source: Box<dyn Source>,
    resampler: Resampler,
    block: Vec<i16>,
    ready: Vec<i16>,
    taken: usize,
    left: u64,
    ended: bool,
}

impl Decoder {
    /// Open a file. With `raw` it is µ-law at 8 kHz without a head, whatever its bytes look like.
    pub fn open(path: &Path, raw: bool) -> Result<Decoder, Problem> {
        let unable = |problem| Problem(format!("The sound file cannot be opened: {problem}."));
        let mut file = File::open(path).map_err(unable)?;
        let about = file.metadata().map_err(unable)?;
        if !about.is_file() {
            return Err(Problem::new("The sound file is no file but a directory or a device."));
        }
        let source = if raw {
            Box::new(Plain::new(file, Layout::new(Width::Ulaw, RATE, 1, 0, about.len())?)?)
        } else {
            source(&mut file, about.len())?
        };
        let resampler = Resampler::new(source.rate(), RATE);
        Ok(Decoder {
            source,
            resampler,
            block: Vec::new(),
            ready: Vec::new(),
            taken: 0,
            left: MOST_SAMPLES,
            ended: false,
        })
    }

    /// The next samples; fewer than there is room for only at the end.
    pub fn read(&mut self, out: &mut [i16]) -> usize {
        let mut done = 0;
        while done < out.len() && (self.taken < self.ready.len() || self.more()) {
            let count = (out.len() - done).min(self.ready.len() - self.taken).min(self.left as usize);
            if count == 0 {
                break;
            }
            out[done..done + count].copy_from_slice(&self.ready[self.taken..self.taken + count]);
            done += count;
            self.taken += count;
            self.left -= count as u64;
        }
        done
    }

    /// How long the sound is, where the file says so.
    pub fn duration_ms(&self) -> Option<u64> {
        let frames = self.source.frames()?.min(MOST_SAMPLES * 24);
        Some(frames * 1_000 / u64::from(self.source.rate()))
    }

    /// Decode some more; false at the end.
    fn more(&mut self) -> bool {
        self.ready.clear();
        self.taken = 0;
        while self.ready.is_empty() && !self.ended {
            self.block.clear();
            self.ended = !self.source.read(&mut self.block);
            self.resampler.process(&self.block, &mut self.ready);
            if self.ended {
                self.resampler.flush(&mut self.ready);
            }
        }
        !self.ready.is_empty()
    }
}

/// Look at the first bytes.
fn source(file: &mut File, length: u64) -> Result<Box<dyn Source>, Problem> {
    let mut start = Vec::new();
    file.take(2 * gsm::BYTES as u64 + 1).read_to_end(&mut start).map_err(Problem::reading)?;
    file.seek(SeekFrom::Start(0)).map_err(Problem::reading)?;
    let file = file.try_clone().map_err(Problem::reading)?;
    match start.as_slice() {
        [] => Err(Problem::new("The sound file is empty.")),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => wav_source(file),
        [b'.', b's', b'n', b'd', ..] => {
            let layout = header::au(&mut BufReader::new(&file))?;
            Ok(Box::new(Plain::new(file, layout)?))
        }
        [b'F', b'O', b'R', b'M', _, _, _, _, b'A', b'I', b'F', b'F' | b'C', ..] => {
            let layout = header::aiff(&mut BufReader::new(&file))?;
            Ok(Box::new(Plain::new(file, layout)?))
        }
        [b'f', b'L', b'a', b'C', ..] | [b'O', b'g', b'g', b'S', ..] | [b'I', b'D', b'3', ..] => {
            Ok(Box::new(packed::Packed::open(file)?))
        }
        [0xff, second, ..] if second & 0xe6 == 0xe2 => Ok(Box::new(packed::Packed::open(file)?)), // MPEG, layer 3
        start if is_gsm(start) => Ok(Box::new(gsm::Bare::new(file, length)?)),
        _ => Err(Problem::new(
            "The file is no sound that can be played: its content is none of wav, mp3, ogg, flac, aiff, au and gsm.",
        )),
    }
}

fn wav_source(file: File) -> Result<Box<dyn Source>, Problem> {
    match header::wav(&mut BufReader::new(&file))? {
        Head::Plain(layout) => Ok(Box::new(Plain::new(file, layout)?)),
        Head::GsmPairs { start, bytes } => Ok(Box::new(gsm::Pairs::new(file, start, bytes)?)),
        Head::Other(tag) => Err(Problem::new(format!("A wav file of format {tag} is not played."))),
    }
}

/// Bare GSM has no head, but a mark on each frame.
fn is_gsm(start: &[u8]) -> bool {
    start.len() >= gsm::BYTES && start.iter().step_by(gsm::BYTES).all(|byte| byte & 0xf0 == gsm::SIGNATURE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::testing::Scratch;
    use proptest::prelude::*;

    /// One sentence's beginning, in every kind of file that others make (SoX and FFmpeg made these).
    const SOUNDS: [(&str, &[u8]); 18] = [
        ("s16.wav", include_bytes!("../../tests/vectors/sounds/s16.wav")),
        ("u8.wav", include_bytes!("../../tests/vectors/sounds/u8.wav")),
        ("s24.wav", include_bytes!("../../tests/vectors/sounds/s24.wav")),
        ("s32.wav", include_bytes!("../../tests/vectors/sounds/s32.wav")),
        ("f32.wav", include_bytes!("../../tests/vectors/sounds/f32.wav")),
        ("ulaw.wav", include_bytes!("../../tests/vectors/sounds/ulaw.wav")),
        ("alaw.wav", include_bytes!("../../tests/vectors/sounds/alaw.wav")),
        ("gsm.wav", include_bytes!("../../tests/vectors/sounds/gsm.wav")),
        ("stream.wav", include_bytes!("../../tests/vectors/sounds/stream.wav")),
        ("ulaw.au", include_bytes!("../../tests/vectors/sounds/ulaw.au")),
        ("raw.gsm", include_bytes!("../../tests/vectors/sounds/raw.gsm")),
        ("16k.mp3", include_bytes!("../../tests/vectors/sounds/16k.mp3")),
        ("vorbis.ogg", include_bytes!("../../tests/vectors/sounds/vorbis.ogg")),
        ("opus.ogg", include_bytes!("../../tests/vectors/sounds/opus.ogg")),
        ("44k.flac", include_bytes!("../../tests/vectors/sounds/44k.flac")),
        ("s16.aiff", include_bytes!("../../tests/vectors/sounds/s16.aiff")),
        ("alaw.aifc", include_bytes!("../../tests/vectors/sounds/alaw.aifc")),
        ("sowt.aifc", include_bytes!("../../tests/vectors/sounds/sowt.aifc")),
    ];
    const LENGTH: usize = 2_400;

    fn opened(bytes: &[u8], raw: bool, name: &str) -> Result<Decoder, Problem> {
        let file = Scratch::new(name);
        std::fs::write(&file.0, bytes).unwrap();
        Decoder::open(&file.0, raw)
    }

    /// All samples, in pieces of 20 ms; `None` when there is no end to them.
    fn all(decoder: &mut Decoder) -> Option<Vec<i16>> {
        let (mut sound, mut frame) = (Vec::new(), [0; 160]);
        for _ in 0..100_000 {
            let read = decoder.read(&mut frame);
            sound.extend_from_slice(&frame[..read]);
            if read < frame.len() {
                return Some(sound);
            }
        }
        None
    }

    /// Best likeness over the delays that codecs and filters have.
    fn likeness(a: &[i16], b: &[i16]) -> f64 {
        let dot = |a: &[i16], b: &[i16]| a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
        let like = |b: &[i16]| {
            let length = a.len().min(b.len());
            dot(a, b) / (dot(&a[..length], &a[..length]) * dot(&b[..length], &b[..length])).sqrt().max(1.0)
        };
        (0..b.len().min(1_200)).map(|delay| like(&b[delay..])).fold(0.0, f64::max)
    }

    fn reference() -> Vec<i16> {
        SOUNDS[0].1[44..].chunks(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect()
    }

    /// Every kind of file is told by its content and sounds as the reference does, at the same level.
    #[test]
    fn every_kind_is_played() {
        for (name, bytes) in SOUNDS {
            let mut decoder = opened(bytes, false, name).unwrap_or_else(|problem| panic!("{name}: {problem}"));
            let duration = decoder.duration_ms();
            let heard = all(&mut decoder).unwrap();
            let like = likeness(&reference(), &heard);
            assert!(like > 0.9, "{name}: likeness {like}");
            assert!(heard.len().abs_diff(LENGTH) < 900, "{name}: {} samples", heard.len());
            let said = duration.is_none_or(|ms| ms.abs_diff(heard.len() as u64 / 8) < 60);
            assert!(said, "{name}: {duration:?} ms, {} samples", heard.len());
            // Of the whole: some codecs leave a little silence at the ends.
            let level = |s: &[i16]| crate::dsp::level::dbfs(s) + 10.0 * (s.len() as f32).log10();
            let change = level(&heard) - level(&reference());
            assert!(change.abs() < 1.0, "{name}: {change} dB");
        }
    }

    /// What loses nothing is read to the bit, and a raw file is µ-law whatever it looks like.
    #[test]
    fn exact_kinds() {
        for name in ["s16.wav", "s24.wav", "s32.wav", "f32.wav", "stream.wav", "s16.aiff", "sowt.aifc"] {
            let (_, bytes) = SOUNDS.iter().find(|(other, _)| *other == name).unwrap();
            assert_eq!(
                all(&mut opened(bytes, false, &format!("exact-{name}")).unwrap()).unwrap(),
                reference(),
                "{name}"
            );
        }
        let gsm = include_bytes!("../../tests/vectors/sounds/rawgsm.s16");
        let gsm: Vec<i16> = gsm.chunks(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect();
        let (_, pairs) = SOUNDS[7];
        assert!(all(&mut opened(pairs, false, "exact-gsm").unwrap()).unwrap().starts_with(&gsm));
        let raw = include_bytes!("../../tests/vectors/sounds/raw.ulaw");
        let heard = all(&mut opened(raw, true, "raw").unwrap()).unwrap();
        assert!(likeness(&reference(), &heard) > 0.99 && heard.len() == LENGTH);
        assert_eq!(all(&mut opened(SOUNDS[0].1, true, "raw-riff").unwrap()).unwrap().len(), SOUNDS[0].1.len());
    }

    /// What is refused is refused with a sentence.
    #[test]
    fn refusals() {
        let refused = |bytes: &[u8]| opened(bytes, false, "refused").err().unwrap().to_string();
        assert_eq!(refused(b""), "The sound file is empty.");
        assert!(refused(b"<html><body>404 Not Found</body></html>").starts_with("The file is no sound"));
        assert!(refused(b"RIFF\x10\0\0\0WAVE").starts_with("The sound file ends"));
        assert!(refused(b"OggS nothing of the kind").starts_with("The sound file is damaged"));
        let mut mpeg = SOUNDS[0].1.to_vec();
        mpeg[20] = 0x55;
        assert_eq!(refused(&mpeg), "A wav file of format 85 is not played.");
        let mut fast = SOUNDS[0].1.to_vec();
        fast[26] = 0xff;
        assert!(refused(&fast).starts_with("A sample rate of"));
        let nowhere = Decoder::open(Path::new("/nowhere/to/be/found.wav"), false).err().unwrap();
        assert!(nowhere.to_string().starts_with("The sound file cannot be opened: "), "{nowhere}");
        let directory = Decoder::open(&std::env::temp_dir(), false).err().unwrap();
        assert_eq!(directory.to_string(), "The sound file is no file but a directory or a device.");
    }

    /// A wav file whose header promises more than there is ends where it ends.
    #[test]
    fn cut_short() {
        let bytes = SOUNDS[0].1;
        assert_eq!(all(&mut opened(&bytes[..1_045], false, "short").unwrap()).unwrap().len(), 500);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Damaged files are played as far as they go or refused; none panics, none goes on for ever.
        #[test]
        fn damaged_files(
            which in 0..SOUNDS.len(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..24),
            near_start in any::<bool>(),
            end in any::<prop::sample::Index>(),
            cut in any::<bool>(),
        ) {
            let mut bytes = SOUNDS[which].1.to_vec();
            for (at, value) in changes {
                let most = if near_start { bytes.len().min(120) } else { bytes.len() };
                bytes[at.index(most)] = value;
            }
            if cut {
                bytes.truncate(end.index(bytes.len()));
            }
            if let Ok(mut decoder) = opened(&bytes, false, "damaged") {
                decoder.duration_ms();
                prop_assert!(all(&mut decoder).is_some());
            }
        }

        /// So is noise behind each of the marks that formats begin with.
        #[test]
        fn noise(mark in 0..SOUNDS.len(), kept in 0..60_usize, noise in prop::collection::vec(any::<u8>(), 0..4_000)) {
            let start = SOUNDS[mark].1;
            let bytes = [&start[..kept.min(start.len())], &noise].concat();
            if let Ok(mut decoder) = opened(&bytes, false, "noise") {
                prop_assert!(all(&mut decoder).is_some());
            }
        }
    }
}
