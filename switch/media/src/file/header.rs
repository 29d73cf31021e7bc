//! Heads of the simple formats: wav, AIFF and au.

use std::io::{self, Read, Seek, SeekFrom};

use super::Problem;
use super::plain::{Layout, Width};

/// Chunks that may stand before the samples.
const MOST_CHUNKS: usize = 64;
/// Formats of a wav file (the `wFormatTag`s of RFC 2361).
const PCM: u16 = 1;
const FLOAT: u16 = 3;
const ALAW: u16 = 6;
const ULAW: u16 = 7;
const GSM: u16 = 0x31;
const EXTENSIBLE: u16 = 0xfffe;

/// What a head says.
pub enum Head {
    /// Samples one after the other.
    Plain(Layout),
    /// Pairs of GSM frames, from here, in so many bytes.
    GsmPairs { start: u64, bytes: u64 },
    /// A wav file of another format: its number.
    Other(u16),
}

fn number16(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

fn number32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

fn damaged(problem: io::Error) -> Problem {
    match problem.kind() {
        io::ErrorKind::UnexpectedEof => Problem::new("The sound file ends before its samples begin."),
        _ => Problem::new(format!("The sound file cannot be read: {problem}.")),
    }
}

/// Read the head of a wav file.
pub fn wav(file: &mut (impl Read + Seek)) -> Result<Head, Problem> {
    read_wav(file).map_err(damaged)?
}

fn read_wav(file: &mut (impl Read + Seek)) -> io::Result<Result<Head, Problem>> {
    let end = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let mut riff = [0; 12];
    file.read_exact(&mut riff)?;
    let mut at = 12;
    let mut format = None;
    for _ in 0..MOST_CHUNKS {
        let mut chunk = [0; 8];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut chunk)?;
        let size = u64::from(number32(&chunk, 4));
        match &chunk[..4] {
            b"fmt " => {
                let mut body = [0; 40];
                let known = &mut body[..size.min(40) as usize];
                file.read_exact(known)?;
                format = Some(body);
            }
            b"data" => {
                let Some(format) = format else {
                    return Ok(Err(Problem::new("The wav file does not say its format.")));
                };
                let start = at + 8;
                let room = end.saturating_sub(start);
                // A writer that cannot seek back leaves sizes that are no sizes.
                let streamed = size >= 0x7fff_0000 || (size == 0 && matches!(number32(&riff, 4), 0 | u32::MAX));
                return Ok(head(&format, start, if streamed { room } else { size.min(room) }));
            }
            _ => (),
        }
        at += 8 + size + size % 2;
    }
    Ok(Err(Problem::new("The wav file has too many chunks before its samples.")))
}

fn head(format: &[u8; 40], start: u64, bytes: u64) -> Result<Head, Problem> {
    let tag = match number16(format, 0) {
        EXTENSIBLE => number16(format, 24),
        tag => tag,
    };
    let width = match (tag, number16(format, 14)) {
        (PCM, 8) => Width::Unsigned8,
        (PCM, bits @ 9..=32) => Width::Signed { bytes: usize::from(bits.div_ceil(8)), big: false },
        (FLOAT, 32) => Width::Float32,
        (FLOAT, 64) => Width::Float64,
        (ALAW, _) => Width::Alaw,
        (ULAW, _) => Width::Ulaw,
        (GSM, _) => return Ok(Head::GsmPairs { start, bytes }),
        (PCM | FLOAT, bits) => return Err(Problem::new(format!("Samples of {bits} bits are not played."))),
        (other, _) => return Ok(Head::Other(other)),
    };
    Layout::new(width, number32(format, 4), number16(format, 2).into(), start, bytes).map(Head::Plain)
}

/// Read the head of an AIFF or AIFF-C file.
pub fn aiff(file: &mut (impl Read + Seek)) -> Result<Layout, Problem> {
    read_aiff(file).map_err(damaged)?
}

fn read_aiff(file: &mut (impl Read + Seek)) -> io::Result<Result<Layout, Problem>> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut at = 12;
    let mut common = None;
    for _ in 0..MOST_CHUNKS {
        let mut chunk = [0; 16];
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut chunk[..8])?;
        let size = u64::from(number32(&chunk, 4).swap_bytes());
        match &chunk[..4] {
            b"COMM" => {
                let mut body = [0; 22];
                file.read_exact(&mut body[..size.min(22) as usize])?;
                common = Some(body);
            }
            b"SSND" => {
                let Some(common) = common else {
                    return Ok(Err(Problem::new("The AIFF file does not say its format.")));
                };
                file.read_exact(&mut chunk[8..])?;
                let start = at + 16 + u64::from(number32(&chunk, 8).swap_bytes());
                return Ok(aiff_layout(&common, start, size.saturating_sub(8).min(end.saturating_sub(start))));
            }
            _ => (),
        }
        at += 8 + size + size % 2;
    }
    Ok(Err(Problem::new("The AIFF file has too many chunks before its samples.")))
}

fn aiff_layout(common: &[u8; 22], start: u64, bytes: u64) -> Result<Layout, Problem> {
    let bits = number16(common, 6).swap_bytes();
    let signed = |big| Width::Signed { bytes: usize::from(bits.div_ceil(8)), big };
    let width = match (&common[18..], bits) {
        (b"\0\0\0\0" | b"NONE" | b"twos", 1..=32) => signed(true),
        (b"sowt", 1..=32) => signed(false),
        (b"raw ", 8) => Width::Unsigned8,
        (b"ulaw" | b"ULAW", _) => Width::Ulaw,
        (b"alaw" | b"ALAW", _) => Width::Alaw,
        (other, _) => {
            let name = String::from_utf8_lossy(other);
            return Err(Problem::new(format!("An AIFF file of kind {name:?} with {bits} bits is not played.")));
        }
    };
    // The rate is an 80-bit float: an exponent and a mantissa of 64 bits, whose upper 32 are enough here.
    let exponent = u32::from(number16(common, 8).swap_bytes());
    let rate = number32(common, 10).swap_bytes().checked_shr(16_414_u32.wrapping_sub(exponent)).unwrap_or(0);
    Layout::new(width, rate, number16(common, 0).swap_bytes().into(), start, bytes)
}

/// Read the head of an au file.
pub fn au(file: &mut (impl Read + Seek)) -> Result<Layout, Problem> {
    let mut head = [0; 24];
    let end = file.seek(SeekFrom::End(0)).map_err(damaged)?;
    file.seek(SeekFrom::Start(0)).map_err(damaged)?;
    file.read_exact(&mut head).map_err(damaged)?;
    let field = |i: usize| number32(&head, i * 4).swap_bytes();
    let width = match field(3) {
        1 => Width::Ulaw,
        27 => Width::Alaw,
        encoding @ 2..=5 => Width::Signed { bytes: encoding as usize - 1, big: true },
        other => return Err(Problem::new(format!("An au file of encoding {other} is not played."))),
    };
    let start = u64::from(field(1));
    let room = end.saturating_sub(start);
    Layout::new(width, field(4), field(5), start, room.min(u64::from(field(2))))
}
