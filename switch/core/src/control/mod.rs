//! The control thread: all signalling, and which leg does what. It owns the SIP agent and its sockets.
//!
//! Rule 1: everything that happens to a leg happens here in order; media threads only tell.
//! Rule 2: `HungUp` is the last event of a leg: it waits for the audio to be closed.
//! Rule 3: code that panics ends the leg that it worked on, and nothing else: see `guarded`.
//! Rule 4: no leg lives for ever, whatever the exchange forgets to ask: see `lengths::LONGEST`.

mod agent_events;
mod calls;
mod commands;
mod endings;
mod lengths;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use hookflash_media::graph::Tap;
use hookflash_media::session::MediaEvent;
use hookflash_sip::Random;
use hookflash_sip::agent::{Agent, AgentOutput};
use hookflash_sip::timers::Timers;
use mio::{Events, Poll, Token};

use crate::capture::Capture;
use crate::clock::{Clock, Micros};
use crate::dns::Dns;
use crate::gauges::{Gauges, Snapshot};
use crate::held_leg::HeldLeg;
use crate::protocol::{Command, Event, Happening, LegId, OpId};
use crate::ring::Ring;
use crate::sip_io::{Incoming, SipSockets};
use crate::sip_leg::{SipLeg, Terms};
use crate::studio::Studio;
use endings::failed;

/// The token of the waker; those of sockets follow.
pub const WAKER: Token = Token(0);
/// The token of the sockets that ask for names.
pub const NAMES: Token = Token(1);
/// The first token of those of SIP.
pub const SOCKETS: Token = Token(2);

/// The longest rest: back-pressure is looked at as often.
const REST: Duration = Duration::from_millis(100);

/// How long the thread waits for goodbyes to be answered when it stops (us).
const GOODBYE: Micros = 1_000_000;
/// And for audio to come to its end.
const LAST_AUDIO: Micros = 10_000_000;

/// Audio that goes out later than this in the long run has no room for another call (us).
const LATE_AUDIO: Micros = 30_000;

/// What reaches the control thread from others.
pub enum Note {
    /// The exchange asks.
    Command(Command),
    /// Somebody listens in on a leg: an operation.
    Tap(LegId, OpId, Box<dyn Tap>),
    /// New calls are refused from now on, or taken again.
    Refuse(bool),
    /// A media thread tells what is for this thread to act on.
    Media(LegId, MediaEvent),
    /// End every leg and the thread.
    Stop,
}

/// The state of the control thread.
pub struct Control {
    pub agent: Agent,
    pub sockets: SipSockets,
    pub dns: Dns,
    pub studio: Studio,
    pub terms: Terms,
    pub ring: Arc<Ring>,
    pub clock: Clock,
    pub random: Random,
    /// How far signalling may be behind before new calls are refused.
    pub lag: Micros,
    pub notes: Receiver<Note>,
    pub legs: HashMap<LegId, HeldLeg>,
    pub srtp_of_trunks: HashMap<String, String>,
    /// When answered legs are to end.
    pub limits: Timers<LegId>,
    pub waits: Timers<(LegId, OpId)>,
    pub capture: Option<Capture>,
    pub gauges: Gauges,
    pub broken: u64,
    pub refuses: bool,
    /// Since when it stops.
    pub stopping: Option<Micros>,
}

impl Control {
    /// Lives until it is told to stop.
    pub fn run(mut self, mut poll: Poll) {
        let mut events = Events::with_capacity(1_024);
        while !self.is_over() {
            let rest = self.rest();
            if let Err(error) = poll.poll(&mut events, Some(rest))
                && error.kind() != std::io::ErrorKind::Interrupted
            {
                return;
            }
            let now = self.clock.now();
            self.guarded(None, now, |control| control.listen(&events));
            self.guarded(None, now, |control| control.turn(now));
        }
    }

    fn listen(&mut self, events: &Events) {
        for event in events {
            if self.sockets.owns(event.token()) {
                self.sockets.ready(event.token(), self.clock.now());
            }
        }
    }

    /// All that is due.
    fn turn(&mut self, now: Micros) {
        self.take_notes(now);
        self.sockets.handle_timeout(now);
        self.receive(now);
        self.dns.ready(now);
        self.dns.handle_timeout(now);
        self.find(now);
        self.guarded(None, now, |control| control.agent.handle_timeout(now));
        self.end_limits(now);
        self.end_waits(now);
        let refuses = self.refuses || self.stopping.is_some() || self.is_crowded(now);
        self.agent.refuse_new_calls(refuses);
        self.carry_out(now);
        self.gauges.set(self.snapshot());
    }

    /// Whether the exchange, the signalling or the audio cannot keep up: those who call already go before new callers.
    fn is_crowded(&self, now: Micros) -> bool {
        let audio = self.studio.counts().behind_us > LATE_AUDIO;
        audio || self.sockets.behind(now) > self.lag || self.ring.is_crowded(now)
    }

    fn is_over(&self) -> bool {
        let Some(since) = self.stopping else { return false };
        let now = self.clock.now();
        let has_parted = self.legs.is_empty() && (self.agent.open() == 0 || now > since + GOODBYE);
        has_parted || now > since + LAST_AUDIO
    }

    fn snapshot(&self) -> Snapshot {
        Snapshot {
            legs: self.legs.len(),
            open: self.agent.open(),
            connections: self.sockets.connections(),
            dropped: self.sockets.dropped(),
            turned_away: self.agent.turned_away(),
            broken: self.broken,
            media: self.studio.counts(),
        }
    }

    /// Does some work for a leg, or for one that the agent finds; when it panics, that leg ends and no other.
    fn guarded(&mut self, leg: Option<LegId>, now: Micros, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_err() {
            self.broken += 1;
            let found = self.agent.interrupted();
            if let Some(leg) = leg.or(found) {
                self.break_down(leg, now);
            }
        }
    }

    fn break_down(&mut self, leg: LegId, now: Micros) {
        let parting = catch_unwind(AssertUnwindSafe(|| self.agent.hang_up(leg, "failed", now)));
        if parting.is_err() {
            self.agent.abandon(leg);
        }
        self.carry_out(now);
        if self.legs.get(&leg).is_some_and(|leg| leg.ending.is_none()) {
            self.ended(leg, failed("Something of the switch failed."), now);
        }
    }

    fn rest(&self) -> Duration {
        let now = self.clock.now();
        let own = [self.agent.next_timeout(), self.sockets.next_timeout(), self.dns.next_timeout()];
        let next = own.into_iter().chain([self.limits.next(), self.waits.next()]).flatten().min();
        next.map_or(REST, |at| Duration::from_micros(at.saturating_sub(now)).min(REST))
    }

    fn receive(&mut self, now: Micros) {
        while let Some(incoming) = self.sockets.poll() {
            match incoming {
                Incoming::Message(message, flow) => {
                    self.capture.iter().for_each(|capture| capture.received(&message, &flow, now));
                    self.guarded(None, now, |control| control.agent.receive(message, flow, now));
                }
                Incoming::Lost { target, why } => self.agent.transport_failed(&target, &why, now),
                Incoming::Malformed { .. } => {}
            }
            self.carry_out(now);
        }
    }

    fn take_notes(&mut self, now: Micros) {
        loop {
            match self.notes.try_recv() {
                Ok(Note::Command(command)) => {
                    self.guarded(command.leg(), now, |control| control.command(command, now));
                }
                Ok(Note::Tap(leg, op, tap)) => {
                    if !self.studio.tap(leg, op, tap) {
                        self.without_audio(leg, op, now);
                    }
                }
                Ok(Note::Refuse(refuse)) => self.refuses = refuse,
                Ok(Note::Media(leg, event)) => self.guarded(Some(leg), now, |control| control.media(leg, event, now)),
                Ok(Note::Stop) | Err(TryRecvError::Disconnected) => {
                    self.stop(now);
                    return;
                }
                Err(TryRecvError::Empty) => return,
            }
            self.carry_out(now);
        }
    }

    fn stop(&mut self, now: Micros) {
        if self.stopping.replace(now).is_none() {
            self.agent.drain(now);
            let legs: Vec<LegId> = self.legs.keys().copied().collect();
            for leg in legs {
                self.hang_up(leg, "shutdown", now);
            }
        }
    }

    /// Does what the agent wants done, and tells what it has to tell.
    fn carry_out(&mut self, now: Micros) {
        while let Some(output) = self.agent.poll() {
            match output {
                AgentOutput::Send { target, bytes } => {
                    self.capture.iter().for_each(|capture| capture.sent(&target, &bytes, now));
                    if let Err(error) = self.sockets.send(&target, &bytes, now) {
                        self.agent.transport_failed(&target, &error.0, now);
                    }
                }
                AgentOutput::Resolve { query, uri } => {
                    self.dns.resolve(query, &uri, now);
                    self.find(now);
                }
                AgentOutput::Event(event) => {
                    self.guarded(event.leg(), now, |control| control.agent_event(event, now));
                }
            }
        }
    }

    /// Hands on what names were found to stand for.
    fn find(&mut self, now: Micros) {
        while let Some((query, targets)) = self.dns.poll() {
            self.agent.resolved(query, targets, now);
        }
    }

    fn report(&self, leg: LegId, what: Happening, now: Micros) {
        self.ring.push(Event { leg, at: now / 1_000, what }, now);
    }

    fn sip(&mut self, number: LegId) -> Option<&mut SipLeg> {
        self.legs.get_mut(&number)?.sip.as_mut()
    }
}
