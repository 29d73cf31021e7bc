//! Hostile bytes for everything that reads what a peer sends.
//!
//! A target is a file in `targets/`: a function that takes bytes and panics when a rule is broken. A line in the table of
//! `tests/targets.rs` gives it a corpus: a folder of inputs, each of which is replayed as it is and then damaged at
//! random. `cargo test -p hookflash-fuzz` does that for a moment, `scripts/fuzz` for as long as it is told. An input that
//! broke a rule is printed; put it into the corpus with the mending.
#![forbid(unsafe_code)]

use std::fmt;
use std::path::{Path, PathBuf};

use bolero::ValueGenerator;
use bolero::produce;

pub mod targets;

/// Bytes for a target; shown as they would be written in a byte string.
#[derive(Clone)]
pub struct Input(pub Vec<u8>);

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// The inputs of a folder under `switch/`, with their paths.
///
/// # Panics
/// When the folder cannot be read or is empty: a target without a corpus finds nothing.
pub fn corpus(folder: &str) -> Vec<(PathBuf, Input)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let listed = std::fs::read_dir(&folder);
    let inputs: Vec<_> = listed
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "dat"))
        .filter_map(|path| Some((path.clone(), Input(std::fs::read(path).ok()?))))
        .collect();
    assert!(!inputs.is_empty(), "{} has no inputs", folder.display());
    inputs
}

/// Inputs of a corpus after up to seven accidents.
pub fn damaged(corpus: Vec<(PathBuf, Input)>) -> impl ValueGenerator<Output = Input> {
    let accidents = produce::<Vec<(u8, u16, u16, u8)>>().with().len(0..8usize);
    (0..corpus.len(), accidents).map_gen(move |(chosen, accidents)| {
        let (_, input) = &corpus[chosen];
        let mut bytes = input.0.clone();
        for (kind, from, to, byte) in accidents {
            let (_, other) = &corpus[usize::from(byte) % corpus.len()];
            damage(&mut bytes, &other.0, kind, from.into(), to.into(), byte);
        }
        Input(bytes)
    })
}

/// One accident: bytes change, appear, disappear, come twice, or come from another input.
fn damage(bytes: &mut Vec<u8>, other: &[u8], kind: u8, from: usize, to: usize, byte: u8) {
    let at = from % (bytes.len() + 1);
    let end = (at + to % 64).min(bytes.len());
    match kind % 7 {
        0 if at < bytes.len() => bytes[at] = byte,
        1 if at < bytes.len() => bytes[at] ^= 1 << (byte % 8),
        2 => bytes.insert(at, byte),
        3 => drop(bytes.drain(at..end)),
        4 => {
            let twice = bytes[at..end].to_vec();
            bytes.splice(at..at, twice);
        }
        5 => {
            let start = to % (other.len() + 1);
            let piece = &other[start..(start + 32).min(other.len())];
            bytes.splice(at..end, piece.iter().copied());
        }
        _ => {
            let separators = b"\r\n ;,:<>\"=@/[]%\0\\";
            bytes.insert(at, separators[usize::from(byte) % separators.len()]);
        }
    }
}
