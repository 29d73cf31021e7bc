//! The thread that writes recordings.
//!
//! Audio goes to it in blocks, so that a hundred recordings wake it a few hundred times a second and not five thousand.

use std::collections::HashMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};

use hookflash_media::SAMPLE_RATE;
use hookflash_media::file::wav::{WavWriter, cut};
use hookflash_media::graph::Tape;

/// Samples of a channel that go to the thread at a time: 400 ms.
const BLOCK: usize = SAMPLE_RATE * 2 / 5;

/// Blocks of one recording that may wait: a disk that takes 20 s for nothing fails it.
const MOST_WAITING: usize = 50;

static NEXT: AtomicU64 = AtomicU64::new(0);

/// What the thread is asked to do, for the recording of a number.
pub(super) enum Write {
    Begin {
        reel: u64,
        path: PathBuf,
        channels: u8,
        state: Arc<State>,
    },
    Samples {
        reel: u64,
        samples: Vec<i16>,
    },
    /// Complete it: with all of it, or with a part.
    End {
        reel: u64,
        kept: Option<Range<u64>>,
    },
}

/// What both sides know of a recording.
#[derive(Default)]
pub(super) struct State {
    outcome: OnceLock<Result<(), String>>,
    waiting: AtomicUsize,
}

/// The near end of a recording.
pub(super) struct Reel {
    number: u64,
    channels: usize,
    block: Vec<i16>,
    writes: Sender<Write>,
    state: Arc<State>,
    is_ended: bool,
}

impl Reel {
    pub fn new(path: &Path, channels: u8, writes: Sender<Write>) -> Self {
        let state = Arc::new(State::default());
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let begin = Write::Begin { reel: number, path: path.into(), channels, state: Arc::clone(&state) };
        let reel = Self { number, channels: channels.into(), block: Vec::new(), writes, state, is_ended: false };
        reel.send(begin);
        reel
    }

    fn send(&self, write: Write) {
        if self.writes.send(write).is_err() {
            let _ =
                self.state.outcome.set(Err("The thread that writes recordings has ended: an error of ours.".into()));
        }
    }

    fn send_block(&mut self) {
        if self.block.is_empty() {
            return;
        }
        if self.state.waiting.fetch_add(1, Ordering::Relaxed) >= MOST_WAITING {
            let _ = self.state.outcome.set(Err("The disk is too slow for the recording.".into()));
        }
        let samples = std::mem::replace(&mut self.block, Vec::with_capacity(BLOCK * self.channels));
        self.send(Write::Samples { reel: self.number, samples });
    }

    fn end(&mut self, kept: Option<Range<u64>>) {
        if !self.is_ended {
            self.is_ended = true;
            self.send_block();
            self.send(Write::End { reel: self.number, kept });
        }
    }
}

impl Tape for Reel {
    fn write(&mut self, samples: &[i16]) {
        if self.is_ended || self.state.outcome.get().is_some() {
            return;
        }
        self.block.extend_from_slice(samples);
        if self.block.len() >= BLOCK * self.channels {
            self.send_block();
        }
    }

    fn finish(&mut self, kept: Range<u64>) {
        self.end(Some(kept));
    }

    fn outcome(&self) -> Option<Result<(), String>> {
        self.state.outcome.get().cloned()
    }
}

impl Drop for Reel {
    /// A recording whose leg broke down keeps what it has.
    fn drop(&mut self) {
        self.end(None);
    }
}

/// Starts the thread; it ends when nobody can send to it any more.
pub(super) fn start() -> io::Result<Sender<Write>> {
    let (writes, inbox) = channel();
    std::thread::Builder::new().name("recordings".into()).spawn(move || run(&inbox))?;
    Ok(writes)
}

struct Recording {
    path: PathBuf,
    writer: Option<WavWriter>,
    state: Arc<State>,
}

fn run(inbox: &Receiver<Write>) {
    let mut recordings: HashMap<u64, Recording> = HashMap::new();
    while let Ok(write) = inbox.recv() {
        match write {
            Write::Begin { reel, path, channels, state } => {
                let writer = noted(WavWriter::create(&path, channels.into()), &state);
                recordings.insert(reel, Recording { path, writer, state });
            }
            Write::Samples { reel, samples } => {
                let Some(recording) = recordings.get_mut(&reel) else { continue };
                recording.state.waiting.fetch_sub(1, Ordering::Relaxed);
                if let Some(writer) = &mut recording.writer
                    && noted(writer.write(&samples), &recording.state).is_none()
                {
                    recording.writer = None;
                }
            }
            Write::End { reel, kept } => {
                let Some(Recording { path, writer, state }) = recordings.remove(&reel) else { continue };
                let ended =
                    writer.map(|writer| writer.finish().and_then(|_| kept.map_or(Ok(0), |kept| cut(&path, kept))));
                if ended.and_then(|ended| noted(ended, &state)).is_some() {
                    let _ = state.outcome.set(Ok(()));
                }
            }
        }
    }
}

/// A result, or nothing where it is a problem: then the recording has failed, and says why.
fn noted<T>(result: io::Result<T>, state: &State) -> Option<T> {
    result
        .map_err(|error| {
            // The first problem is the one that counts.
            let _ = state.outcome.set(Err(format!("The recording cannot be written: {error}.")));
        })
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn outcome(reel: &Reel) -> Result<(), String> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if let Some(outcome) = reel.outcome() {
                return outcome;
            }
            std::thread::yield_now();
        }
        panic!("the recording came to no end");
    }

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("hookflash-writer-{}-{name}.wav", std::process::id()))
    }

    /// What was written is in the file, cut to what was to be kept.
    #[test]
    fn writes_what_it_is_given() {
        let path = scratch("kept");
        let mut reel = Reel::new(&path, 2, start().unwrap());
        for _ in 0..100 {
            reel.write(&[1; 320]);
        }
        reel.finish(800..8_800);
        assert_eq!(outcome(&reel), Ok(()));
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 44 + 8_000 * 4);
        std::fs::remove_file(path).unwrap();
    }

    /// A path that cannot be written fails with a sentence, at once.
    #[test]
    fn a_bad_path_fails() {
        let reel = Reel::new(Path::new("/nowhere/at/all.wav"), 1, start().unwrap());
        assert!(outcome(&reel).unwrap_err().starts_with("The recording cannot be written: "));
    }

    /// A recording that is dropped keeps all it has.
    #[test]
    fn a_dropped_one_is_completed() {
        let path = scratch("dropped");
        let mut reel = Reel::new(&path, 1, start().unwrap());
        let state = Arc::clone(&reel.state);
        reel.write(&[1; 160]);
        drop(reel);
        while state.outcome.get().is_none() {
            std::thread::yield_now();
        }
        assert_eq!(std::fs::metadata(&path).unwrap().len(), 44 + 320);
        std::fs::remove_file(path).unwrap();
    }
}
