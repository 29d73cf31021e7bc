//! All media threads, as the control thread sees them: which leg lives where, and how it gets to the others.
//!
//! Legs that hear each other live on one thread. Rule: tasks of a leg go to one thread, in order; when it moves, the new
//! thread is told to expect it before the old one is told to give it away.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use hookflash_media::LegId;
use hookflash_media::graph::Tap;
use hookflash_media::session::{MediaCommand, MediaParams, OpId};

use super::thread::{Mailbox, Task, start};
use super::{Counts, Disk, Report, Sockets, Stats};
use crate::clock::Clock;

/// The handle of all media threads; dropped, it ends them.
pub struct MediaThreads {
    threads: Vec<Thread>,
    homes: HashMap<LegId, Home>,
    rooms: HashMap<String, Room>,
}

struct Thread {
    mailbox: Mailbox,
    handle: Option<JoinHandle<()>>,
    stats: Arc<Stats>,
    legs: usize,
}

struct Home {
    thread: usize,
    room: Option<String>,
}

struct Room {
    thread: usize,
    members: usize,
}

impl MediaThreads {
    /// Starts `count` threads (0: one for each core). `report` is called on them with what happens.
    pub fn start(count: usize, disk: &Disk, seed: u64, clock: Clock, report: &Report) -> io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut threads = Self { threads: Vec::new(), homes: HashMap::new(), rooms: HashMap::new() };
        for number in 0..if count == 0 { cores } else { count } {
            let stats = Arc::new(Stats::default());
            let library = Box::new(disk.clone());
            let seed = seed.wrapping_add(number as u64);
            let (mailbox, handle) =
                start(format!("media-{number}"), library, seed, clock, Arc::clone(report), Arc::clone(&stats))?;
            threads.threads.push(Thread { mailbox, handle: Some(handle), stats, legs: 0 });
        }
        Ok(threads)
    }

    /// Starts the audio of a leg, on the thread of the leg that it will be bridged with, or on the emptiest.
    pub fn open(
        &mut self,
        leg: LegId,
        mut sockets: Sockets,
        params: MediaParams,
        shares_port: bool,
        beside: Option<LegId>,
    ) {
        let thread =
            beside.and_then(|other| self.homes.get(&other)).map_or_else(|| self.emptiest(), |home| home.thread);
        sockets.is_shared = shares_port;
        self.settle(leg, thread, Some(sockets), params);
    }

    /// Starts the audio of a leg without a far end.
    pub fn open_alone(&mut self, leg: LegId) {
        self.settle(leg, self.emptiest(), None, MediaParams::open());
    }

    fn settle(&mut self, leg: LegId, thread: usize, sockets: Option<Sockets>, params: MediaParams) {
        if let Entry::Vacant(place) = self.homes.entry(leg) {
            place.insert(Home { thread, room: None });
            self.threads[thread].legs += 1;
            self.put(thread, Task::Open { leg, sockets, params: Box::new(params) });
        }
    }

    fn emptiest(&self) -> usize {
        (0..self.threads.len()).min_by_key(|&thread| self.threads[thread].legs).unwrap_or(0)
    }

    /// Goes on with what another negotiation agreed on.
    pub fn update(&mut self, leg: LegId, params: MediaParams, shares_port: bool) {
        if let Some(home) = self.homes.get(&leg) {
            self.put(home.thread, Task::Update { leg, params: Box::new(params), shares_port });
        }
    }

    /// Lets somebody listen in on a leg. False when the leg has no audio: then not even a `Done` comes of it.
    pub fn tap(&mut self, leg: LegId, op: OpId, tap: Box<dyn Tap>) -> bool {
        let Some(home) = self.homes.get(&leg) else { return false };
        self.put(home.thread, Task::Tap { leg, op, tap });
        true
    }

    /// Ends the audio of a leg; `Closed` comes through the report, and then [`MediaThreads::closed`] is due.
    pub fn close(&mut self, leg: LegId) {
        if let Some(home) = self.homes.get(&leg) {
            self.put(home.thread, Task::Close { leg });
        }
    }

    /// The audio of a leg has come to its end.
    pub fn closed(&mut self, leg: LegId) {
        self.leave(leg);
        if let Some(home) = self.homes.remove(&leg) {
            self.threads[home.thread].legs -= 1;
        }
    }

    /// Whether a leg has audio.
    pub fn has(&self, leg: LegId) -> bool {
        self.homes.contains_key(&leg)
    }

    /// Does what is asked. False when the leg has no audio: then nothing comes of it, not even a `Done`.
    pub fn command(&mut self, leg: LegId, command: MediaCommand) -> bool {
        let Some(thread) = self.homes.get(&leg).map(|home| home.thread) else { return false };
        match &command {
            MediaCommand::Bridge { other } => {
                self.leave(leg);
                self.leave(*other);
                self.bring(*other, thread);
            }
            MediaCommand::Join { room, .. } => self.enter(leg, room),
            MediaCommand::Leave | MediaCommand::Unbridge => self.leave(leg),
            _ => {}
        }
        let thread = self.homes.get(&leg).map_or(thread, |home| home.thread);
        self.put(thread, Task::Command { leg, command });
        true
    }

    /// How they keep up, all together.
    pub fn counts(&self) -> Counts {
        self.threads.iter().map(|thread| thread.stats.counts()).fold(Counts::default(), Counts::plus)
    }

    fn enter(&mut self, leg: LegId, name: &str) {
        let Some(home) = self.homes.get_mut(&leg) else { return };
        if home.room.as_deref() == Some(name) {
            return;
        }
        let thread = home.thread;
        self.leave(leg);
        let room = self.rooms.entry(name.into()).or_insert(Room { thread, members: 0 });
        room.members += 1;
        let thread = room.thread;
        self.bring(leg, thread);
        if let Some(home) = self.homes.get_mut(&leg) {
            home.room = Some(name.into());
        }
    }

    fn leave(&mut self, leg: LegId) {
        let Some(name) = self.homes.get_mut(&leg).and_then(|home| home.room.take()) else { return };
        if let Some(room) = self.rooms.get_mut(&name) {
            room.members -= 1;
            if room.members == 0 {
                self.rooms.remove(&name);
            }
        }
    }

    fn bring(&mut self, leg: LegId, to: usize) {
        let Some(home) = self.homes.get_mut(&leg).filter(|home| home.thread != to) else { return };
        let from = std::mem::replace(&mut home.thread, to);
        self.threads[from].legs -= 1;
        self.threads[to].legs += 1;
        self.put(to, Task::Expect { leg });
        let mailbox = self.threads[to].mailbox.clone();
        self.put(from, Task::Give { leg, to: mailbox });
    }

    fn put(&self, thread: usize, task: Task) {
        self.threads[thread].mailbox.put(task);
    }
}

impl Drop for MediaThreads {
    fn drop(&mut self) {
        for thread in &self.threads {
            thread.mailbox.put(Task::End);
        }
        for thread in &mut self.threads {
            // A thread that panicked has said so; there is nothing left to end.
            let _ = thread.handle.take().map(JoinHandle::join);
        }
    }
}
