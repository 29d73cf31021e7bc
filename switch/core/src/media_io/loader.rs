//! The thread that reads sound files.
//!
//! It decodes a piece of each file in turn, so that a long one keeps no short one waiting. Short files are kept decoded,
//! and all who play one share it. A long file is read as far ahead as it is played and no further; nobody keeps it.

use std::collections::{HashMap, VecDeque};
use std::fs::Metadata;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use hookflash_media::SAMPLE_RATE;
use hookflash_media::file::Decoder;
use hookflash_media::graph::{PIECE, Pen, Piece, Sound};

/// Longest file that is kept, in pieces: two minutes.
const MOST_KEPT: usize = 120 * SAMPLE_RATE / PIECE;

/// Most pieces that are kept altogether: an hour and a half of sound, some 130 MB with its coded forms.
const MOST_PIECES: usize = 90 * 60 * SAMPLE_RATE / PIECE;

/// How far ahead of who plays it a long file is read, in pieces: 10 s.
const AHEAD: usize = 10 * SAMPLE_RATE / PIECE;

/// How often it is looked whether a long file has been played further.
const LOOK: Duration = Duration::from_millis(250);

/// A sound that is asked for.
pub(super) struct Load {
    pub path: PathBuf,
    pub raw: bool,
    pub pen: Pen,
}

/// A file as it was when it was read: a changed one is another.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Name {
    path: PathBuf,
    raw: bool,
    length: u64,
    changed: Option<SystemTime>,
}

struct Kept {
    sound: Sound,
    pieces: usize,
    used: u64,
}

/// A file that is being read.
struct Reading {
    decoder: Decoder,
    pen: Pen,
    /// While it may still turn out to be short: its name and start.
    keeps: Option<(Name, Sound)>,
    pieces: usize,
    /// The last pieces, as long as somebody holds them.
    ahead: VecDeque<Weak<Piece>>,
}

/// Starts the thread; it ends when nobody can ask it any more.
pub(super) fn start() -> io::Result<Sender<Load>> {
    let (loads, inbox) = channel();
    std::thread::Builder::new().name("sounds".into()).spawn(move || Loader::default().run(&inbox))?;
    Ok(loads)
}

#[derive(Default)]
struct Loader {
    kept: HashMap<Name, Kept>,
    pieces: usize,
    uses: u64,
    readings: VecDeque<Reading>,
}

impl Loader {
    fn run(mut self, inbox: &Receiver<Load>) {
        loop {
            let asked = match (self.readings.is_empty(), self.is_busy()) {
                (true, _) => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                (false, true) => inbox.recv_timeout(Duration::ZERO),
                (false, false) => inbox.recv_timeout(LOOK),
            };
            match asked {
                Ok(load) => self.load(load),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            for _ in 0..self.readings.len() {
                if let Some(reading) = self.readings.pop_front() {
                    self.read(reading);
                }
            }
        }
    }

    /// Whether there is something to decode now.
    fn is_busy(&self) -> bool {
        self.readings.iter().any(Reading::is_due)
    }

    fn load(&mut self, Load { path, raw, pen }: Load) {
        let about = std::fs::metadata(&path).ok();
        let length = about.as_ref().map_or(0, Metadata::len);
        let changed = about.and_then(|about| about.modified().ok());
        let name = Name { path, raw, length, changed };
        self.uses += 1;
        if let Some(kept) = self.kept.get_mut(&name) {
            kept.used = self.uses;
            pen.join(&kept.sound);
            return;
        }
        let being_read = self.readings.iter().filter_map(|reading| reading.keeps.as_ref());
        if let Some((_, sound)) =
            being_read.filter(|(_, sound)| sound.get().is_some()).find(|(other, _)| *other == name)
        {
            pen.join(sound);
            return;
        }
        match Decoder::open(&name.path, raw) {
            Err(problem) => pen.fail(problem.to_string()),
            Ok(decoder) => {
                // Whoever asks later joins this sound, so it has to be one that stays.
                let (sound, own) = Pen::new();
                let mut reading = Reading { decoder, pen: own, keeps: None, pieces: 0, ahead: VecDeque::new() };
                let has_more = reading.step();
                if !has_more {
                    let Reading { pen: own, pieces, .. } = reading;
                    own.end();
                    pen.join(&sound);
                    self.keep(name, sound, pieces);
                    return;
                }
                pen.join(&sound);
                reading.keeps = Some((name, sound));
                self.readings.push_back(reading);
            }
        }
    }

    /// Reads on in a file, and puts it back unless it is over.
    fn read(&mut self, mut reading: Reading) {
        if !reading.pen.is_read() {
            return; // nobody plays it and nobody keeps it
        }
        if !reading.is_due() || reading.step() {
            if reading.pieces > MOST_KEPT {
                reading.keeps = None;
            }
            self.readings.push_back(reading);
            return;
        }
        reading.pen.end();
        if let Some((name, sound)) = reading.keeps {
            self.keep(name, sound, reading.pieces);
        }
    }

    fn keep(&mut self, name: Name, sound: Sound, pieces: usize) {
        self.pieces += pieces;
        self.kept.insert(name, Kept { sound, pieces, used: self.uses });
        while self.pieces > MOST_PIECES {
            let oldest = self.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(name, _)| name.clone());
            let Some(kept) = oldest.and_then(|name| self.kept.remove(&name)) else { return };
            self.pieces -= kept.pieces;
        }
    }
}

impl Reading {
    /// Whether another piece is wanted: while it is short, and then whenever it was played on.
    fn is_due(&self) -> bool {
        let is_played_on = self.ahead.front().is_none_or(|piece| piece.strong_count() == 0);
        self.keeps.is_some() || self.ahead.len() < AHEAD || is_played_on
    }

    /// Decodes a piece; false at the end of the file.
    fn step(&mut self) -> bool {
        let mut samples = [0; PIECE];
        let length = self.decoder.read(&mut samples);
        if let Some(piece) = self.pen.write(&samples[..length]) {
            self.pieces += 1;
            self.ahead.push_back(Arc::downgrade(piece));
            if self.ahead.len() > AHEAD {
                self.ahead.pop_front();
            }
        }
        length == PIECE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookflash_media::file::wav::WavWriter;
    use hookflash_media::graph::Next;
    use std::path::Path;

    fn wav(name: &str, seconds: usize) -> PathBuf {
        let path = std::env::temp_dir().join(format!("hookflash-loader-{}-{name}.wav", std::process::id()));
        let mut writer = WavWriter::create(&path, 1).unwrap();
        for second in 0..seconds {
            writer.write(&[second as i16; SAMPLE_RATE]).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    fn ask(loads: &Sender<Load>, path: &Path) -> Sound {
        let (sound, pen) = Pen::new();
        loads.send(Load { path: path.into(), raw: false, pen }).ok().unwrap();
        sound
    }

    /// Plays a sound to its end as fast as it comes: its samples, or why it failed.
    fn play(sound: Sound) -> Result<Vec<i16>, String> {
        let mut samples = Vec::new();
        while sound.get().is_none() {
            std::thread::yield_now();
        }
        let mut piece = match sound.get().unwrap() {
            Next::Piece(piece) => Arc::clone(piece),
            Next::End => return Ok(samples),
            Next::Failed(problem) => return Err(problem.clone()),
        };
        drop(sound);
        loop {
            samples.extend_from_slice(&piece.linear);
            while piece.next().is_none() {
                std::thread::yield_now();
            }
            piece = match piece.next().unwrap() {
                Next::Piece(next) => Arc::clone(next),
                Next::End => return Ok(samples),
                Next::Failed(problem) => return Err(problem.clone()),
            };
        }
    }

    /// Two that play the same short file play the same pieces; one that was changed is read anew.
    #[test]
    fn a_short_file_is_shared() {
        let path = wav("short", 3);
        let loads = start().unwrap();
        assert_eq!(play(ask(&loads, &path)).unwrap().len(), 3 * SAMPLE_RATE);
        let [one, two] = [0, 0].map(|_: u8| ask(&loads, &path));
        while one.get().is_none() || two.get().is_none() {
            std::thread::yield_now();
        }
        let (Some(Next::Piece(one)), Some(Next::Piece(two))) = (one.get(), two.get()) else { panic!("no sound") };
        assert!(Arc::ptr_eq(one, two));
        wav("short", 5);
        assert_eq!(play(ask(&loads, &path)).unwrap().len(), 5 * SAMPLE_RATE);
        std::fs::remove_file(path).unwrap();
    }

    /// A long file is played whole, though it never stands in memory.
    #[test]
    fn a_long_file_is_read_as_it_is_played() {
        let path = wav("long", 300);
        let loads = start().unwrap();
        let samples = play(ask(&loads, &path)).unwrap();
        assert_eq!(samples.len(), 300 * SAMPLE_RATE);
        assert!((0..300).all(|second| samples[second * SAMPLE_RATE] == second as i16));
        std::fs::remove_file(path).unwrap();
    }

    /// What cannot be read says why.
    #[test]
    fn a_missing_file_fails() {
        let loads = start().unwrap();
        assert!(play(ask(&loads, Path::new("/nowhere.wav"))).unwrap_err().ends_with('.'));
    }
}
