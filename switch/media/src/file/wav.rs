//! Recordings: wav files of 16-bit PCM at 8 kHz whose header is right at any moment, and what mends and cuts them.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

/// Samples a second of each channel.
pub const RATE: u32 = 8_000;
const HEADER: usize = 44;
/// Bytes of a sample.
const WIDTH: u64 = 2;
/// How much sound is kept before it is written out, together with a header that tells of it: what a crash may cost.
const FLUSH_MS: u32 = 400;
/// The format's sizes have 32 bits; a recording ends there: 37 hours of mono.
const MOST_BYTES: u64 = u32::MAX as u64 - HEADER as u64;

/// The 44 bytes before the samples.
fn header(channels: u16, bytes: u64) -> [u8; HEADER] {
    let bytes = bytes.min(MOST_BYTES) as u32;
    let frame = channels * WIDTH as u16;
    let mut header = [0; HEADER];
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &(bytes + HEADER as u32 - 8).to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16_u32.to_le_bytes(),
        &1_u16.to_le_bytes(), // PCM
        &channels.to_le_bytes(),
        &RATE.to_le_bytes(),
        &(RATE * u32::from(frame)).to_le_bytes(),
        &frame.to_le_bytes(),
        &16_u16.to_le_bytes(),
        b"data",
        &bytes.to_le_bytes(),
    ];
    let mut rest = &mut header[..];
    for field in fields {
        let (place, after) = rest.split_at_mut(field.len());
        place.copy_from_slice(field);
        rest = after;
    }
    header
}

/// Writes a recording. Every second of sound it writes samples and header out, so that a file whose writer was killed
/// can be played; [`repair`] then takes in what came after the last header.
pub struct WavWriter {
    file: File,
    channels: u16,
    /// Bytes not yet written.
    waiting: Vec<u8>,
    /// Bytes of samples in the file.
    written: u64,
}

impl WavWriter {
    /// Make the file, or empty it. `channels` is 1 or 2.
    pub fn create(path: &Path, channels: u16) -> io::Result<WavWriter> {
        let mut file = File::create(path)?;
        let channels = channels.clamp(1, 2);
        file.write_all(&header(channels, 0))?;
        let room = (FLUSH_MS * RATE / 1_000) as usize * usize::from(channels) * WIDTH as usize;
        Ok(WavWriter { file, channels, waiting: Vec::with_capacity(room * 2), written: 0 })
    }

    /// Append samples; with two channels the first and the second take turns. Beyond 4 GB they are left out.
    pub fn write(&mut self, samples: &[i16]) -> io::Result<()> {
        self.waiting.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        let flush = u64::from(FLUSH_MS * RATE / 1_000 * u32::from(self.channels)) * WIDTH;
        if self.waiting.len() as u64 >= flush { self.flush() } else { Ok(()) }
    }

    /// Length of what was taken in so far.
    pub fn duration_ms(&self) -> u64 {
        let frames = (self.written + self.waiting.len() as u64) / (WIDTH * u64::from(self.channels));
        frames * 1_000 / u64::from(RATE)
    }

    /// Write out what waits, and the header.
    pub fn flush(&mut self) -> io::Result<()> {
        let room = MOST_BYTES.saturating_sub(self.written);
        let bytes = &self.waiting[..self.waiting.len().min(room as usize)];
        self.file.seek(SeekFrom::Start(HEADER as u64 + self.written))?;
        self.file.write_all(bytes)?;
        self.written += bytes.len() as u64;
        self.waiting.clear();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header(self.channels, self.written))
    }

    /// Write the rest and close the file; its length in ms.
    pub fn finish(mut self) -> io::Result<u64> {
        self.flush()?;
        Ok(self.duration_ms())
    }
}

/// Open a recording of ours to change it: the file, its channels and the bytes of its samples.
fn open(path: &Path) -> io::Result<(File, u16, u64)> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut found = [0; HEADER];
    let damaged =
        || io::Error::new(io::ErrorKind::InvalidData, "This is not a recording of ours: its header is another.");
    file.read_exact(&mut found).map_err(|_| damaged())?;
    let channels = u16::from_le_bytes([found[22], found[23]]);
    let wanted = header(channels.clamp(1, 2), 0);
    let constant = |range: Range<usize>| found[range.clone()] == wanted[range];
    if !(constant(0..4) && constant(8..40)) {
        return Err(damaged());
    }
    let bytes = file.metadata()?.len() - HEADER as u64;
    Ok((file, channels, bytes - bytes % (WIDTH * u64::from(channels))))
}

/// Write `bytes` of samples into the header and let the file end there; its length in ms.
fn close(mut file: File, channels: u16, bytes: u64) -> io::Result<u64> {
    file.set_len(HEADER as u64 + bytes)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header(channels, bytes))?;
    Ok(bytes / (WIDTH * u64::from(channels)) * 1_000 / u64::from(RATE))
}

/// Make the header of a recording tell of all that is in the file, after its writer was killed; its length in ms.
///
/// A file that another program wrote is refused ([`io::ErrorKind::InvalidData`]) and stays as it is.
pub fn repair(path: &Path) -> io::Result<u64> {
    let (file, channels, bytes) = open(path)?;
    close(file, channels, bytes)
}

/// Keep only a part of a recording, given in samples of a channel; its new length in ms.
pub fn cut(path: &Path, kept: Range<u64>) -> io::Result<u64> {
    let (mut file, channels, bytes) = open(path)?;
    let frame = WIDTH * u64::from(channels);
    let end = kept.end.saturating_mul(frame).min(bytes);
    let mut from = kept.start.saturating_mul(frame).min(end);
    let length = end - from;
    let (mut to, mut block) = (0, vec![0; 64 * 1_024]);
    while from > to && from < end {
        let part = &mut block[..((end - from) as usize).min(64 * 1_024)];
        file.seek(SeekFrom::Start(HEADER as u64 + from))?;
        file.read_exact(part)?;
        file.seek(SeekFrom::Start(HEADER as u64 + to))?;
        file.write_all(part)?;
        from += part.len() as u64;
        to += part.len() as u64;
    }
    close(file, channels, length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::testing::Scratch;

    /// Channels, and the samples that the header tells of.
    fn samples(path: &Path) -> (u16, Vec<i16>) {
        let bytes = std::fs::read(path).unwrap();
        let told = u32::from_le_bytes(bytes[40..44].try_into().unwrap()) as usize;
        assert_eq!(u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize, told + 36);
        let data = &bytes[44..44 + told];
        (u16::from(bytes[22]), data.chunks(2).map(|b| i16::from_le_bytes([b[0], b[1]])).collect())
    }

    /// What was written is in the file, and its length is told.
    #[test]
    fn round_trip() {
        let file = Scratch::new("round");
        let wanted: Vec<i16> = (0..20_000).map(|i| i as i16).collect();
        let mut writer = WavWriter::create(&file.0, 2).unwrap();
        wanted.chunks(320).for_each(|frame| writer.write(frame).unwrap());
        assert_eq!(writer.duration_ms(), 1_250);
        assert_eq!(writer.finish().unwrap(), 1_250);
        assert_eq!(samples(&file.0), (2, wanted));
    }

    /// A writer that is killed leaves a file that plays, short of what it took in by less than it holds back.
    #[test]
    fn killed_writer() {
        let file = Scratch::new("killed");
        let mut writer = WavWriter::create(&file.0, 1).unwrap();
        for _ in 0..190 {
            writer.write(&[7; 160]).unwrap();
        }
        std::mem::forget(writer);
        let (_, kept) = samples(&file.0);
        assert!(
            kept.len() <= 190 * 160 && kept.len() > 190 * 160 - (FLUSH_MS * RATE / 1_000) as usize,
            "{}",
            kept.len()
        );
        assert!(kept.iter().all(|&sample| sample == 7));
    }

    /// Repair takes in what follows the last header and drops half a sample at the end.
    #[test]
    fn repair_takes_in_the_rest() {
        let file = Scratch::new("repair");
        let mut writer = WavWriter::create(&file.0, 2).unwrap();
        writer.write(&[1, 2, 3, 4]).unwrap();
        writer.finish().unwrap();
        OpenOptions::new().append(true).open(&file.0).unwrap().write_all(&[5, 0, 6, 0, 9, 9, 9]).unwrap();
        assert_eq!(repair(&file.0).unwrap(), 0);
        assert_eq!(samples(&file.0), (2, vec![1, 2, 3, 4, 5, 6]));
        assert_eq!(repair(&file.0).unwrap(), 0);
        assert_eq!(std::fs::metadata(&file.0).unwrap().len(), 44 + 12);
    }

    /// Somebody else's file, an empty one and none at all are refused, and nothing is written to them.
    #[test]
    fn strangers_are_left_alone() {
        let file = Scratch::new("stranger");
        assert_eq!(repair(&file.0).unwrap_err().kind(), io::ErrorKind::NotFound);
        for content in [&b""[..], b"RIFF", &[0; 100]] {
            std::fs::write(&file.0, content).unwrap();
            assert_eq!(repair(&file.0).unwrap_err().kind(), io::ErrorKind::InvalidData);
            assert_eq!(std::fs::read(&file.0).unwrap(), content);
        }
    }

    /// A cut keeps what lies between two moments, however the blocks of copying fall; beyond the end is the end.
    #[test]
    fn cuts() {
        let file = Scratch::new("cut");
        let wanted: Vec<i16> = (0..100_000).map(|i| (i / 3) as i16).collect();
        for kept in [0..50_000, 10..49_000, 40_000..60_000, 7..7, 50_001..60_000] {
            let mut writer = WavWriter::create(&file.0, 2).unwrap();
            writer.write(&wanted).unwrap();
            writer.finish().unwrap();
            let end = (kept.end as usize * 2).min(wanted.len());
            let start = (kept.start as usize * 2).min(end);
            assert_eq!(cut(&file.0, kept).unwrap(), (end - start) as u64 / 16);
            assert_eq!(samples(&file.0).1, wanted[start..end]);
        }
    }
}
