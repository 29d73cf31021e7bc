//! A media thread: its shard, its tick, and what the control thread asks of it.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use hookflash_media::graph::{Library, Tap};
use hookflash_media::session::{MediaCommand, MediaEvent, MediaParams, OpId, Session, Wire};
use hookflash_media::{LegId, Micros, Shard};
use mio::{Events, Poll, Token, Waker};

use super::legs::{Legs, Port, port_of};
use super::{Sockets, Stats, precedence};
use crate::clock::Clock;

/// Is told what happens on legs, on the thread where it happens: it must not wait.
pub type Report = Arc<dyn Fn(LegId, Micros, MediaEvent) + Send + Sync>;

/// Most datagrams of one socket that are taken in a row; the rest waits for the others.
const MOST_IN_A_ROW: usize = 64;

/// Packets to be relayed gather for so long before they wake the thread again: one wake-up for several costs half as
/// much as one for each, and nobody hears half a millisecond.
const GATHER: Duration = Duration::from_micros(500);

/// A pause after an error of ours, so that one that comes again does not take the whole core.
const BREATH: Duration = Duration::from_millis(5);

const WAKE: Token = Token(usize::MAX);

/// What a media thread is asked to do.
pub(super) enum Task {
    /// Start the audio of a leg; one without sockets has no far end.
    Open {
        leg: LegId,
        sockets: Option<Sockets>,
        params: Box<MediaParams>,
    },
    Update {
        leg: LegId,
        params: Box<MediaParams>,
        shares_port: bool,
    },
    Command {
        leg: LegId,
        command: MediaCommand,
    },
    Tap {
        leg: LegId,
        op: OpId,
        tap: Box<dyn Tap>,
    },
    Close {
        leg: LegId,
    },
    /// Give a leg to another thread.
    Give {
        leg: LegId,
        to: Mailbox,
    },
    /// A leg will come: what is asked of it waits until then.
    Expect {
        leg: LegId,
    },
    /// It has come, or there was none any more.
    Come {
        leg: LegId,
        moved: Option<Box<Moved>>,
    },
    End,
}

/// A leg on its way from one thread to another.
pub(super) struct Moved {
    session: Box<Session>,
    sockets: Option<Sockets>,
}

/// Where tasks for a thread go.
#[derive(Clone)]
pub(super) struct Mailbox {
    tasks: Sender<Task>,
    waker: Arc<Waker>,
}

impl Mailbox {
    /// Nothing comes of it when the thread has ended: there is no leg any more either.
    pub fn put(&self, task: Task) {
        if self.tasks.send(task).is_ok() {
            let _ = self.waker.wake();
        }
    }
}

/// Starts a thread; it ends with [`Task::End`].
pub(super) fn start(
    name: String,
    library: Box<dyn Library>,
    seed: u64,
    clock: Clock,
    report: Report,
    stats: Arc<Stats>,
) -> io::Result<(Mailbox, JoinHandle<()>)> {
    let poll = Poll::new()?;
    let waker = Arc::new(Waker::new(poll.registry(), WAKE)?);
    let (tasks, inbox) = channel();
    let legs = Legs::new(poll.registry().try_clone()?, report, Arc::clone(&stats));
    let shard = Shard::new(library, seed);
    let thread = Thread {
        poll,
        inbox,
        shard,
        legs,
        clock,
        stats,
        expected: Vec::new(),
        waiting: VecDeque::new(),
        buffer: Legs::buffer(),
    };
    let handle = std::thread::Builder::new().name(name).spawn(move || thread.run())?;
    Ok((Mailbox { tasks, waker }, handle))
}

/// What a thread does after a turn.
enum After {
    GoOn,
    /// Lets packets gather.
    Gather,
    End,
}

struct Thread {
    poll: Poll,
    inbox: Receiver<Task>,
    shard: Shard,
    legs: Legs,
    clock: Clock,
    stats: Arc<Stats>,
    /// Legs that are on their way to us.
    expected: Vec<LegId>,
    /// What was asked meanwhile.
    waiting: VecDeque<Task>,
    buffer: Vec<u8>,
}

impl Thread {
    fn run(mut self) {
        precedence::take();
        let mut events = Events::with_capacity(1_024);
        loop {
            let wait = self.wait();
            if let Err(error) = self.poll.poll(&mut events, wait)
                && error.kind() != io::ErrorKind::Interrupted
            {
                return; // the descriptor of the poll itself is gone: nothing can be done without it
            }
            // The shard ends a leg that panics; should anything beside it do so, the other legs still have a thread.
            match catch_unwind(AssertUnwindSafe(|| self.turn(&events))) {
                Ok(After::GoOn) => {}
                Ok(After::Gather) => std::thread::sleep(GATHER),
                Ok(After::End) => return,
                Err(_) => std::thread::sleep(BREATH),
            }
        }
    }

    fn turn(&mut self, events: &Events) -> After {
        let now = self.clock.now();
        let mut after = After::GoOn;
        for event in events.iter().filter(|event| event.token() != WAKE) {
            self.read(event.token(), now);
            after = After::Gather;
        }
        while let Ok(task) = self.inbox.try_recv() {
            if matches!(task, Task::End) {
                return After::End;
            }
            self.take_in(task, now);
        }
        self.tick();
        after
    }

    /// How long nothing is to be done but what comes from outside.
    fn wait(&self) -> Option<Duration> {
        let due = (!self.shard.is_empty()).then(|| self.shard.next_turn())?;
        Some(Duration::from_micros(due.saturating_sub(self.clock.now())))
    }

    fn tick(&mut self) {
        let now = self.clock.now();
        if self.shard.is_empty() || now < self.shard.next_turn() {
            return;
        }
        self.legs.behind = now - self.shard.next_turn();
        self.stats.ticked(self.legs.behind);
        self.shard.tick(now, &mut self.legs);
        self.legs.behind = 0;
    }

    fn read(&mut self, token: Token, now: Micros) {
        let (leg, port) = port_of(token);
        for _ in 0..MOST_IN_A_ROW {
            let Some((length, from)) = self.legs.take(leg, port, &mut self.buffer) else { return };
            let datagram = &mut self.buffer[..length];
            match (port, from) {
                (Port::Rtp, Some(from)) => self.shard.datagram(leg, datagram, from, now, &mut self.legs),
                _ => self.shard.rtcp_datagram(leg, datagram, now, &mut self.legs),
            }
        }
    }

    /// Does what is asked, in order. While a leg is on its way to us everything else waits: it may concern that leg, and
    /// the way takes a fraction of a millisecond. Threads that send each other legs do not wait for each other: what one
    /// waits for was asked of the other before.
    fn take_in(&mut self, task: Task, now: Micros) {
        match task {
            Task::Come { leg, moved } => self.welcome(leg, moved, now),
            task => self.waiting.push_back(task),
        }
        while self.expected.is_empty()
            && let Some(task) = self.waiting.pop_front()
        {
            self.perform(task, now);
        }
    }

    fn perform(&mut self, task: Task, now: Micros) {
        match task {
            Task::Open { leg, sockets, params } => {
                let wire = if sockets.is_some() { Wire::Socket } else { Wire::Open };
                if let Some(sockets) = sockets {
                    self.legs.add(leg, sockets);
                }
                self.shard.open(leg, wire, *params, now, &mut self.legs);
                self.stats.legs(self.legs.len());
            }
            Task::Update { leg, params, shares_port } => {
                self.legs.share_port(leg, shares_port);
                self.shard.update(leg, *params, now, &mut self.legs);
            }
            Task::Command { leg, command } => self.shard.command(leg, command, now, &mut self.legs),
            Task::Tap { leg, op, tap } => self.shard.tap(leg, op, tap, now, &mut self.legs),
            Task::Close { leg } => self.shard.close(leg, now, &mut self.legs),
            Task::Give { leg, to } => {
                let session = self.shard.take(leg, &mut self.legs);
                let moved = session.map(|session| Box::new(Moved { session, sockets: self.legs.remove(leg) }));
                self.stats.legs(self.legs.len());
                to.put(Task::Come { leg, moved });
            }
            Task::Expect { leg } => self.expected.push(leg),
            Task::Come { .. } | Task::End => {} // never wait
        }
    }

    fn welcome(&mut self, leg: LegId, moved: Option<Box<Moved>>, now: Micros) {
        if let Some(moved) = moved {
            if let Some(sockets) = moved.sockets {
                self.legs.add(leg, sockets);
            }
            self.shard.put(leg, moved.session, now, &mut self.legs);
            self.stats.legs(self.legs.len());
        }
        self.expected.retain(|&expected| expected != leg);
    }
}
