//! Legs that are joined by links in memory, on a clock that is moved by hand.
#![allow(dead_code, reason = "each test uses its own part")]

use std::collections::HashMap;
use std::f64::consts::TAU;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hookflash_media::codec::CodecKind;
use hookflash_media::graph::{Library, Line, Pen, Sound, Tape, complete};
use hookflash_media::session::{Done, Source};
use hookflash_media::{LegId, MediaCommand, MediaEvent, MediaParams, Micros, Out, Shard, Wire};

/// A millisecond.
pub const MS: Micros = 1_000;

/// A recording as it lies on the disk of a [`Shelf`].
#[derive(Debug, Default, Clone)]
pub struct Taped {
    pub channels: u8,
    pub samples: Vec<i16>,
    pub is_finished: bool,
    pub is_full: bool,
}

/// Files in memory.
#[derive(Default, Clone)]
pub struct Shelf(Arc<Mutex<Shelved>>);

#[derive(Default)]
struct Shelved {
    files: HashMap<PathBuf, Sound>,
    streams: HashMap<u64, Sound>,
    tapes: HashMap<PathBuf, Taped>,
    is_full: bool,
}

impl Shelf {
    pub fn add(&self, path: &str, samples: &[i16]) {
        self.0.lock().unwrap().files.insert(path.into(), complete(samples));
    }

    /// A stream, and the pen that feeds it.
    pub fn feed(&self, number: u64) -> Pen {
        let (sound, pen) = Pen::new();
        self.0.lock().unwrap().streams.insert(number, sound);
        pen
    }

    pub fn taped(&self, path: &str) -> Taped {
        self.0.lock().unwrap().tapes.get(Path::new(path)).cloned().expect("nothing was recorded there")
    }

    /// From now on no recording can be written.
    pub fn fill_up(&self) {
        self.0.lock().unwrap().is_full = true;
    }
}

impl Library for Shelf {
    fn file(&mut self, path: &Path, _raw: bool) -> Sound {
        self.0.lock().unwrap().files.get(path).cloned().unwrap_or_else(|| {
            let (sound, pen) = Pen::new();
            pen.fail("There is no such file.");
            sound
        })
    }

    fn stream(&mut self, stream: u64) -> Sound {
        self.0.lock().unwrap().streams.get(&stream).cloned().unwrap_or_default()
    }

    fn tape(&mut self, path: &Path, channels: u8) -> Box<dyn Tape> {
        self.0.lock().unwrap().tapes.insert(path.into(), Taped { channels, ..Taped::default() });
        Box::new(ShelfTape { shelf: self.clone(), path: path.into() })
    }
}

struct ShelfTape {
    shelf: Shelf,
    path: PathBuf,
}

impl Tape for ShelfTape {
    fn write(&mut self, samples: &[i16]) {
        let mut shelved = self.shelf.0.lock().unwrap();
        shelved.tapes.get_mut(&self.path).unwrap().samples.extend_from_slice(samples);
    }

    fn finish(&mut self, kept: Range<u64>) {
        let mut shelved = self.shelf.0.lock().unwrap();
        let tape = shelved.tapes.get_mut(&self.path).unwrap();
        let channels = usize::from(tape.channels);
        let kept = tape.samples.chunks(channels).skip(kept.start as usize).take((kept.end - kept.start) as usize);
        tape.samples = kept.flatten().copied().collect();
        tape.is_finished = true;
    }

    fn outcome(&self) -> Option<Result<(), String>> {
        let shelved = self.shelf.0.lock().unwrap();
        if shelved.is_full {
            return Some(Err("The disk is full.".into()));
        }
        shelved.tapes[&self.path].is_finished.then_some(Ok(()))
    }
}

/// What came out of a shard.
#[derive(Default)]
pub struct Log {
    pub events: Vec<(LegId, Micros, MediaEvent)>,
    pub sent: Vec<(LegId, Vec<u8>)>,
    pub aims: Vec<(LegId, SocketAddr, bool)>,
    pub hurries: Vec<(LegId, bool)>,
}

impl Out for Log {
    fn event(&mut self, leg: LegId, at: Micros, event: MediaEvent) {
        self.events.push((leg, at, event));
    }
    fn rtp(&mut self, leg: LegId, packet: &[u8]) {
        self.sent.push((leg, packet.to_vec()));
    }
    fn rtcp(&mut self, _leg: LegId, _packet: &[u8]) {}
    fn aim(&mut self, leg: LegId, to: SocketAddr, only: bool) {
        self.aims.push((leg, to, only));
    }
    fn hurry(&mut self, leg: LegId, hurry: bool) {
        self.hurries.push((leg, hurry));
    }
}

/// A shard, its clock, and what came out of it.
pub struct World {
    pub shard: Shard,
    pub now: Micros,
    pub log: Log,
    pub shelf: Shelf,
    pub ticks: u64,
}

/// How the packets of a call travel.
#[derive(Clone, Copy, Default)]
pub struct Network {
    pub loss: f64,
    pub delay: Micros,
    pub jitter: Micros,
}

impl World {
    pub fn new() -> Self {
        let shelf = Shelf::default();
        Self { shard: Shard::new(Box::new(shelf.clone()), 7), now: 1_000_000_000, log: Log::default(), shelf, ticks: 0 }
    }

    /// A call: the handset and the platform's leg of it.
    pub fn call(&mut self, handset: LegId, platform: LegId) {
        self.call_over(handset, platform, Network::default(), CodecKind::Pcmu, Some(101));
    }

    pub fn call_over(&mut self, handset: LegId, platform: LegId, net: Network, codec: CodecKind, keys: Option<u8>) {
        for (leg, peer) in [(handset, platform), (platform, handset)] {
            let line = Line { peer, loss: net.loss, delay: net.delay, jitter: net.jitter };
            let params = MediaParams { telephone_event: keys, ..MediaParams::new(codec, payload_type(codec)) };
            self.shard.open(leg, Wire::Link(line), params, self.now, &mut self.log);
        }
    }

    /// A leg without a far end.
    pub fn open(&mut self, leg: LegId) {
        self.shard.open(leg, Wire::Open, MediaParams::open(), self.now, &mut self.log);
    }

    pub fn tell(&mut self, leg: LegId, command: MediaCommand) {
        self.shard.command(leg, command, self.now, &mut self.log);
    }

    pub fn close(&mut self, leg: LegId) {
        self.shard.close(leg, self.now, &mut self.log);
    }

    /// Lets time pass.
    pub fn run(&mut self, ms: u64) {
        let end = self.now + ms * MS;
        while let Some(due) = self.shard.next_tick(self.now).filter(|&due| due <= end) {
            self.now = due.max(self.now);
            self.shard.tick(self.now, &mut self.log);
            self.ticks += 1;
        }
        self.now = end;
    }

    /// The ends of a leg's operations so far.
    pub fn dones(&self, leg: LegId) -> Vec<Done> {
        let done = |(of, _, event): &(LegId, Micros, MediaEvent)| match event {
            MediaEvent::Done(done) if *of == leg => Some(done.clone()),
            _ => None,
        };
        self.log.events.iter().filter_map(done).collect()
    }

    /// The one end of an operation, and when it came.
    pub fn done(&self, leg: LegId, op: u64) -> (Micros, Done) {
        let ends: Vec<_> = self
            .log
            .events
            .iter()
            .filter_map(|(of, at, event)| match event {
                MediaEvent::Done(done) if *of == leg && done.op == op => Some((*at, done.clone())),
                _ => None,
            })
            .collect();
        assert_eq!(ends.len(), 1, "operation {op} of leg {leg} ended {} times", ends.len());
        ends[0].clone()
    }

    /// The keys that a leg reported.
    pub fn keys(&self, leg: LegId) -> String {
        let key = |(of, _, event): &(LegId, Micros, MediaEvent)| match event {
            MediaEvent::Key { key, .. } if *of == leg => Some(*key),
            _ => None,
        };
        self.log.events.iter().filter_map(key).collect()
    }

    /// The last `ms` of what a listening leg heard.
    pub fn heard(&mut self, leg: LegId, ms: usize) -> Vec<i16> {
        let samples = self.shard.heard(leg, self.now).expect("the leg does not listen").samples();
        samples[samples.len().saturating_sub(ms * 8)..].to_vec()
    }

    pub fn listen(&mut self, leg: LegId) {
        self.tell(leg, MediaCommand::Listen);
    }

    /// Plays a file of a sine on a leg.
    pub fn play_sine(&mut self, leg: LegId, op: u64, hz: f64, ms: usize) {
        let name = format!("{hz}-{ms}.wav");
        self.shelf.add(&name, &sine(hz, ms));
        self.tell(leg, MediaCommand::Play { op, sources: vec![file(&name)], repeat: 1 });
    }
}

pub fn payload_type(codec: CodecKind) -> u8 {
    match codec {
        CodecKind::Pcmu => 0,
        CodecKind::Pcma => 8,
        CodecKind::G722 => 9,
        CodecKind::Opus => 111,
    }
}

pub fn file(path: &str) -> Source {
    Source::File { path: path.into(), raw: false }
}

/// A tone at a quarter of full scale.
pub fn sine(hz: f64, ms: usize) -> Vec<i16> {
    (0..ms * 8).map(|at| (8_000.0 * (TAU * hz * at as f64 / 8_000.0).sin()) as i16).collect()
}

/// The level of a frequency: 8,000 for one of [`sine`]'s (Goertzel).
pub fn level(samples: &[i16], hz: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (at, &sample) in samples.iter().enumerate() {
        let angle = TAU * hz * at as f64 / 8_000.0;
        re += f64::from(sample) * angle.cos();
        im += f64::from(sample) * angle.sin();
    }
    2.0 * re.hypot(im) / samples.len().max(1) as f64
}

/// Whether a tone of [`sine`]'s level, give or take, is in it.
pub fn has(samples: &[i16], hz: f64) -> bool {
    level(samples, hz) > 6_000.0
}

/// Whether it is not.
pub fn lacks(samples: &[i16], hz: f64) -> bool {
    level(samples, hz) < 400.0
}
