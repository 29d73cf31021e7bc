//! Sounds and recordings of simulated calls: read and written at once, since their clock stands still meanwhile.

use std::ops::Range;
use std::path::{Path, PathBuf};

use hookflash_media::file;
use hookflash_media::file::wav::{WavWriter, cut};
use hookflash_media::graph::{Library, Pen, Sound, Tape, complete};

use crate::streams::Streams;

/// A library without a thread.
pub struct Inline {
    streams: Streams,
}

impl Inline {
    /// With the streams that are fed from outside.
    pub fn new(streams: Streams) -> Self {
        Self { streams }
    }
}

impl Library for Inline {
    fn file(&mut self, path: &Path, raw: bool) -> Sound {
        match file::read_all(path, raw) {
            Ok(samples) => complete(&samples),
            Err(problem) => {
                let (sound, pen) = Pen::new();
                pen.fail(problem.to_string());
                sound
            }
        }
    }

    fn stream(&mut self, stream: u64) -> Sound {
        self.streams.sound(stream)
    }

    fn tape(&mut self, path: &Path, channels: u8) -> Box<dyn Tape> {
        let writer = WavWriter::create(path, channels.into());
        let outcome = writer.as_ref().err().map(|error| Err(error.to_string()));
        Box::new(InlineTape { path: path.to_owned(), writer: writer.ok(), outcome })
    }
}

struct InlineTape {
    path: PathBuf,
    writer: Option<WavWriter>,
    outcome: Option<Result<(), String>>,
}

impl InlineTape {
    fn note(&mut self, result: std::io::Result<()>) {
        if let (Err(error), None) = (result, &self.outcome) {
            self.outcome = Some(Err(error.to_string()));
        }
    }
}

impl Tape for InlineTape {
    fn write(&mut self, samples: &[i16]) {
        let written = self.writer.as_mut().map_or(Ok(()), |writer| writer.write(samples));
        self.note(written);
    }

    fn finish(&mut self, kept: Range<u64>) {
        if let Some(writer) = self.writer.take() {
            let finished = writer.finish().and_then(|_| cut(&self.path, kept));
            self.note(finished.map(|_| ()));
        }
        self.outcome.get_or_insert(Ok(()));
    }

    fn outcome(&self) -> Option<Result<(), String>> {
        self.outcome.clone()
    }
}
