//! Sounds and recordings on threads of their own: a tick never waits for the disk.

use std::io;
use std::path::Path;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use hookflash_media::graph::{Library, Pen, Sound, Tape};

use super::loader::{self, Load};
use super::writer::{self, Reel, Write};

/// Finds the audio that is fed under a number.
type Streams = dyn FnMut(u64) -> Sound + Send;

/// The handle of the disk's threads; they end with its last clone.
#[derive(Clone)]
pub struct Disk {
    loads: Sender<Load>,
    writes: Sender<Write>,
    streams: Arc<Mutex<Box<Streams>>>,
}

impl Disk {
    /// Starts its threads. `streams` finds the audio that is fed under a number; it is asked once for each that is played.
    pub fn start(streams: impl FnMut(u64) -> Sound + Send + 'static) -> io::Result<Self> {
        let streams: Box<Streams> = Box::new(streams);
        Ok(Self { loads: loader::start()?, writes: writer::start()?, streams: Arc::new(Mutex::new(streams)) })
    }
}

impl Library for Disk {
    fn file(&mut self, path: &Path, raw: bool) -> Sound {
        let (sound, pen) = Pen::new();
        if let Err(refused) = self.loads.send(Load { path: path.into(), raw, pen }) {
            refused.0.pen.fail("The thread that reads sounds has ended: an error of ours.");
        }
        sound
    }

    fn stream(&mut self, stream: u64) -> Sound {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)(stream)
    }

    fn tape(&mut self, path: &Path, channels: u8) -> Box<dyn Tape> {
        Box::new(Reel::new(path, channels, self.writes.clone()))
    }
}
