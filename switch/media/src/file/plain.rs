//! Samples as they are: PCM of any width, floats, µ-law and A-law.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use super::{Problem, Source};
use crate::codec::g711::{ALAW_TO_LINEAR, ULAW_TO_LINEAR};

/// Rates that are played, in Hz.
pub const RATES: std::ops::RangeInclusive<u32> = 4_000..=192_000;
/// Most channels that are mixed down.
pub const MOST_CHANNELS: u32 = 32;
/// Frames that are read at once.
const BLOCK: usize = 1_024;

/// How a sample is written.
#[derive(Clone, Copy, Debug)]
pub enum Width {
    Unsigned8,
    /// Of 1 to 4 bytes.
    Signed {
        bytes: usize,
        big: bool,
    },
    Float32,
    Float64,
    Ulaw,
    Alaw,
}

impl Width {
    fn bytes(self) -> usize {
        match self {
            Width::Unsigned8 | Width::Ulaw | Width::Alaw => 1,
            Width::Signed { bytes, .. } => bytes,
            Width::Float32 => 4,
            Width::Float64 => 8,
        }
    }

    /// A sample of as many bytes; its upper 16 bits.
    fn read(self, sample: &[u8]) -> i16 {
        let whole = |value: f64| (value * 32_768.0) as i16;
        match (self, sample) {
            (Width::Unsigned8, [byte]) => i16::from(byte.wrapping_sub(128) as i8) << 8,
            (Width::Ulaw, [byte]) => ULAW_TO_LINEAR[usize::from(*byte)],
            (Width::Alaw, [byte]) => ALAW_TO_LINEAR[usize::from(*byte)],
            (Width::Signed { .. }, [byte]) => i16::from(*byte as i8) << 8,
            (Width::Signed { big: true, .. }, [high, low, ..]) => i16::from_be_bytes([*high, *low]),
            (Width::Signed { big: false, .. }, [.., low, high]) => i16::from_le_bytes([*low, *high]),
            (Width::Float32, &[a, b, c, d]) => whole(f32::from_le_bytes([a, b, c, d]).into()),
            (Width::Float64, &[a, b, c, d, e, f, g, h]) => whole(f64::from_le_bytes([a, b, c, d, e, f, g, h])),
            _ => 0,
        }
    }
}

/// Where samples are in a file, and how they are written.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    width: Width,
    rate: u32,
    channels: usize,
    start: u64,
    bytes: u64,
}

impl Layout {
    /// Refuses what cannot be played.
    pub fn new(width: Width, rate: u32, channels: u32, start: u64, bytes: u64) -> Result<Layout, Problem> {
        if !RATES.contains(&rate) {
            return Err(Problem::new(format!("A sample rate of {rate} Hz is not played.")));
        }
        if !(1..=MOST_CHANNELS).contains(&channels) {
            return Err(Problem::new(format!("A sound of {channels} channels is not played.")));
        }
        Ok(Layout { width, rate, channels: channels as usize, start, bytes })
    }

    /// Bytes of one sample of each channel.
    fn frame(&self) -> usize {
        self.width.bytes() * self.channels
    }
}

/// Reads samples that need no decoder.
pub struct Plain {
    file: BufReader<File>,
    layout: Layout,
    left: u64,
    block: Vec<u8>,
}

impl Plain {
    /// Samples of `file` that lie as `layout` says.
    pub fn new(mut file: File, layout: Layout) -> Result<Plain, Problem> {
        file.seek(SeekFrom::Start(layout.start)).map_err(Problem::reading)?;
        let block = Vec::with_capacity(BLOCK * layout.frame());
        Ok(Plain { file: BufReader::new(file), layout, left: layout.bytes, block })
    }
}

impl Source for Plain {
    fn rate(&self) -> u32 {
        self.layout.rate
    }

    fn frames(&self) -> Option<u64> {
        Some(self.layout.bytes / self.layout.frame() as u64)
    }

    fn read(&mut self, out: &mut Vec<i16>) -> bool {
        let frame = self.layout.frame();
        let wanted = self.left.min((BLOCK * frame) as u64);
        self.block.clear();
        let read = (&mut self.file).take(wanted).read_to_end(&mut self.block).unwrap_or(0);
        self.left -= read as u64;
        let Layout { width, channels, .. } = self.layout;
        let samples = |frame: &[u8]| frame.chunks_exact(width.bytes()).map(|s| i32::from(width.read(s))).sum::<i32>();
        out.extend(self.block.chunks_exact(frame).map(|frame| (samples(frame) / channels as i32) as i16));
        read >= frame
    }
}
