//! The switch as a whole: commands go in, events come out, from any thread.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use hookflash_media::dsp::hearing;
use hookflash_media::graph::Tap;

use crate::clock::Clock;
use crate::control::Note;
use crate::crossing::{Crossings, Step, is_between, is_simulated};
use crate::ears::Ears;
use crate::gauges::Gauges;
use crate::protocol::{Command, Event, Happening, LegId, OpId, SwitchConfig};
use crate::ring::Ring;
use crate::start::{self, Desk, Started};
use crate::streams::Streams;
use crate::world::World;

/// Samples in a millisecond.
const PER_MS: u64 = 8;

/// Why a switch cannot start.
#[derive(Debug)]
pub enum StartError {
    /// The configuration makes no sense: a sentence.
    Config(String),
    /// The system said no: an address is taken, or there are no descriptors left.
    Io(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(sentence) => f.write_str(sentence),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StartError {}

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A running switch.
pub struct Switch {
    ring: Arc<Ring>,
    world: Mutex<World>,
    streams: Streams,
    ears: Ears,
    clock: Clock,
    addresses: BTreeMap<String, String>,
    desk: Desk,
    gauges: Gauges,
    control: Mutex<Option<JoinHandle<()>>>,
    crossings: Mutex<Crossings>,
}

impl Switch {
    /// Binds the sockets and starts the threads.
    pub fn start(config: SwitchConfig) -> Result<Self, StartError> {
        let clock = Clock::new();
        let ring = Arc::new(Ring::new(config.ring, u64::from(config.lag_ms) * 1_000)?);
        let streams = Streams::default();
        let world = Mutex::new(World::new(streams.clone(), clock.now()));
        let Started { desk, addresses, gauges, thread } = start::start(&config, &ring, &streams, clock)?;
        Ok(Self {
            ring,
            world,
            crossings: Mutex::new(Crossings::new(&streams)),
            streams,
            ears: Ears::default(),
            clock,
            addresses,
            desk,
            gauges,
            control: Mutex::new(Some(thread)),
        })
    }

    /// Where it listens, by transport.
    pub fn addresses(&self) -> BTreeMap<String, String> {
        self.addresses.clone()
    }

    /// Hands a command over; what comes of it are events.
    pub fn command(&self, command: Command) {
        match command {
            Command::Bridge { .. } | Command::Unbridge { .. } | Command::Join { .. } | Command::Leave { .. } => {
                self.perform(|crossings| crossings.steps(command));
            }
            Command::Hear { leg, op, track } => self.tap(leg, op, self.ears.open(leg, op, &track)),
            Command::Stop { leg, op } => {
                self.ears.close(leg, op);
                self.hand_over(command);
            }
            command => self.hand_over(command),
        }
    }

    fn hand_over(&self, command: Command) {
        if command.leg().is_some_and(is_simulated) {
            let mut world = self.world();
            world.command(command);
            self.publish(&mut world);
        } else {
            self.desk.leave(Note::Command(command));
        }
    }

    /// Does what is to be done between the worlds, where all of it follows on what came before.
    fn perform(&self, steps: impl FnOnce(&mut Crossings) -> Vec<Step>) {
        let mut crossings = self.crossings.lock().unwrap_or_else(PoisonError::into_inner);
        for step in steps(&mut crossings) {
            match step {
                Step::Tell(command) => self.hand_over(*command),
                Step::Tap(leg, op, tap) => self.tap(leg, op, tap),
            }
        }
    }

    fn tap(&self, leg: LegId, op: OpId, tap: Box<dyn Tap>) {
        if is_simulated(leg) {
            let mut world = self.world();
            world.tap(leg, op, tap);
            self.publish(&mut world);
        } else {
            self.desk.leave(Note::Tap(leg, op, tap));
        }
    }

    /// Takes all events that wait.
    pub fn drain(&self) -> Vec<Event> {
        let (between, events): (Vec<_>, Vec<_>) =
            self.ring.drain().into_iter().partition(|event| is_between(event.leg));
        for event in between {
            if let Happening::Key { key, .. } = event.what {
                self.perform(|crossings| crossings.key(event.leg, key));
            }
        }
        for event in events.iter().filter(|event| matches!(event.what, Happening::HungUp { .. })) {
            self.perform(|crossings| crossings.gone(event.leg));
        }
        events
    }

    /// Lets the simulated legs live on to `until` (ms), or to the first event; returns how far they came.
    pub fn step(&self, until: u64) -> u64 {
        let mut world = self.world();
        let reached = world.step(until * 1_000);
        self.publish(&mut world);
        reached / 1_000
    }

    /// How many simulated legs there are.
    pub fn simulated(&self) -> usize {
        self.world().len()
    }

    /// Appends audio to a stream; nothing ends it.
    pub fn feed(&self, stream: u64, samples: &[i16]) {
        self.streams.feed(stream, samples);
    }

    /// Takes what an ear has heard since it was last asked; nothing for one that is not there.
    pub fn take_audio(&self, leg: LegId, op: OpId) -> Vec<i16> {
        self.ears.take(leg, op)
    }

    /// What a listening leg has heard so far.
    pub fn heard(&self, leg: LegId) -> Vec<i16> {
        self.world().heard(leg).map(|(samples, _)| samples.to_vec()).unwrap_or_default()
    }

    /// Where in it, from `after` ms on, `wanted` lies: start and end in ms, and how alike the two are.
    pub fn hears(&self, leg: LegId, wanted: &[i16], after: u64) -> Option<(u64, u64, f32)> {
        let mut world = self.world();
        let (samples, forgotten) = world.heard(leg)?;
        let skipped = (after * PER_MS).saturating_sub(forgotten);
        let rest = samples.get(usize::try_from(skipped).ok()?..)?;
        let found = hearing::find(rest, wanted)?;
        let start = (forgotten + skipped) / PER_MS + found.at_ms;
        Some((start, start + wanted.len() as u64 / PER_MS, found.score))
    }

    /// Refuses new calls from now on, or takes them again.
    pub fn refuse_calls(&self, refuse: bool) {
        self.desk.leave(Note::Refuse(refuse));
    }

    /// Counters since the start, and gauges.
    pub fn stats(&self) -> BTreeMap<String, f64> {
        let mut stats = self.gauges.named();
        stats.insert("events_waiting".into(), self.ring.len() as f64);
        stats.insert("audio_unheard_ms".into(), self.ears.lost_ms() as f64);
        stats.insert("simulated_legs".into(), self.simulated() as f64);
        stats
    }

    /// Ends every leg and stops the threads.
    pub fn close(&self) {
        let mut world = self.world();
        world.close();
        self.publish(&mut world);
        drop(world);
        self.desk.leave(Note::Stop);
        let thread = self.control.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A control thread that panicked has nothing left to end.
            let _ = thread.join();
        }
    }

    fn publish(&self, world: &mut World) {
        for event in world.take_events() {
            self.ring.push(event, self.clock.now());
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        // The shard ends a leg whose code panics, and goes on.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsRawFd for Switch {
    fn as_raw_fd(&self) -> RawFd {
        self.ring.as_raw_fd()
    }
}
