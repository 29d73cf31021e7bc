//! A shard: legs whose audio is made by one thread, or by one hand that moves the clock.
//!
//! Hand in what arrives ([`Shard::datagram`]) and what is asked ([`Shard::command`]), and call [`Shard::tick`] whenever
//! [`Shard::next_tick`] is reached; what is to be sent and reported comes out through [`Out`]. Legs that hear each other
//! live on one shard: [`Shard::take`] and [`Shard::put`] move one.
//!
//! A leg has a tick every 20 ms. So that a thousand legs do not all send in the same moment, they take turns in four
//! slots of 5 ms; legs of one bridge or room share a slot.

mod joins;
mod out;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub use out::Out;

use crate::graph::room::{Room, Share};
use crate::graph::{Heard, Library, Tap};
use crate::random::Random;
use crate::rtp::MOST_BYTES;
use crate::session::{Done, MediaCommand, MediaEvent, MediaParams, OpId, Place, Received, Session, Wire};
use crate::{FRAME, FRAME_MS, Frame, LegId, Micros};
use out::Wires;

/// Turns in a tick.
const SLOTS: usize = 4;

/// From one turn to the next.
pub const SLOT: Micros = FRAME_MS as Micros * 1_000 / SLOTS as Micros;

/// A shard that was held up for longer than this does not make up for it: what was due is left out.
const MOST_BEHIND: Micros = 100_000;

/// Most packets of one leg that are taken in a tick; the rest waits for the next.
const MOST_IN_A_ROW: usize = 32;

/// What is reported when our own code panics.
const BROKEN: &str = "The audio of the leg broke down: an error of ours.";

/// Legs and what joins them.
pub struct Shard {
    library: Box<dyn Library>,
    random: Random,
    keys: HashMap<LegId, usize>,
    sessions: Vec<Option<Box<Session>>>,
    free: Vec<usize>,
    slots: [Vec<usize>; SLOTS],
    rooms: Vec<Option<Room>>,
    room_numbers: HashMap<String, usize>,
    /// The turn that comes next, a multiple of [`SLOT`].
    next: Micros,
}

impl Shard {
    /// A shard without legs. What looks random in its packets follows from `seed`.
    pub fn new(library: Box<dyn Library>, seed: u64) -> Self {
        Self {
            library,
            random: Random::new(seed),
            keys: HashMap::new(),
            sessions: Vec::new(),
            free: Vec::new(),
            slots: Default::default(),
            rooms: Vec::new(),
            room_numbers: HashMap::new(),
            next: 0,
        }
    }

    /// Legs that live here.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether this leg does.
    pub fn has(&self, leg: LegId) -> bool {
        self.keys.contains_key(&leg)
    }

    /// What has come from the far end of a leg since it was told to listen.
    pub fn heard(&mut self, leg: LegId, now: Micros) -> Option<&Heard> {
        let key = self.key(leg)?;
        self.sessions.get_mut(key)?.as_mut()?.heard(now)
    }

    /// Starts the audio of a leg; nothing happens when it has some.
    pub fn open(&mut self, leg: LegId, wire: Wire, params: MediaParams, now: Micros, out: &mut impl Out) {
        if !self.has(leg) {
            let session = Box::new(Session::new(leg, wire, params, self.random.next_u64(), now));
            self.put(leg, session, now, out);
        }
    }

    /// Goes on with what another negotiation agreed on.
    pub fn update(&mut self, leg: LegId, params: MediaParams, now: Micros, out: &mut impl Out) {
        if let Some(key) = self.key(leg) {
            if let Some(session) = self.sessions[key].take() {
                self.sessions[key] = Some(session.update(params, now));
            }
            self.flush(key, now, out);
        }
    }

    /// Ends the audio of a leg: each operation gets its `Done`, then comes `Closed`, at once or with a later tick, when
    /// its recordings are complete.
    pub fn close(&mut self, leg: LegId, now: Micros, out: &mut impl Out) {
        if let Some(key) = self.key(leg) {
            self.part(key, out);
            self.guard(key, now, out, |session, _, _| session.close());
            self.settle(key, now, out);
        }
    }

    /// Does what is asked. A leg without audio fails what would be an operation.
    pub fn command(&mut self, leg: LegId, command: MediaCommand, now: Micros, out: &mut impl Out) {
        let Some(key) = self.key(leg) else {
            command.starts().into_iter().for_each(|op| has_no_audio(leg, op, now, out));
            return;
        };
        match command {
            MediaCommand::Bridge { other } => self.bridge(key, other, out),
            MediaCommand::Join { room, how } => self.join(key, room, how, out),
            MediaCommand::Unbridge | MediaCommand::Leave => self.part(key, out),
            command => {
                self.guard(key, now, out, |session, library, _| session.command(command, now, library));
                self.weigh_relay(key, out);
            }
        }
    }

    /// Lets somebody listen in on a leg: an operation that ends when it is stopped.
    pub fn tap(&mut self, leg: LegId, op: OpId, tap: Box<dyn Tap>, now: Micros, out: &mut impl Out) {
        let Some(key) = self.key(leg) else { return has_no_audio(leg, op, now, out) };
        self.guard(key, now, out, |session, _, _| session.tap(op, tap));
        self.weigh_relay(key, out);
    }

    /// Takes a datagram that came for a leg, from its socket.
    pub fn datagram(&mut self, leg: LegId, datagram: &mut [u8], from: SocketAddr, now: Micros, out: &mut impl Out) {
        if let Some(key) = self.key(leg) {
            self.receive(key, datagram, Some(from), now, out);
        }
    }

    /// Takes a datagram that came for the RTCP port of a leg.
    pub fn rtcp_datagram(&mut self, leg: LegId, datagram: &mut [u8], now: Micros, out: &mut impl Out) {
        if let Some(key) = self.key(leg) {
            self.guard(key, now, out, |session, _, _| session.receive_rtcp(datagram, now));
        }
    }

    /// Takes a leg out, to put it into another shard. It leaves its bridge or room.
    pub fn take(&mut self, leg: LegId, out: &mut impl Out) -> Option<Box<Session>> {
        let key = self.key(leg)?;
        self.part(key, out);
        self.remove(key)
    }

    /// Puts a leg in that was taken out of another shard.
    pub fn put(&mut self, leg: LegId, mut session: Box<Session>, now: Micros, out: &mut impl Out) {
        if self.is_empty() {
            self.next = now.next_multiple_of(SLOT);
        }
        session.slot = self.slot_for(session.wire);
        let key = self.free.pop().unwrap_or_else(|| {
            self.sessions.push(None);
            self.sessions.len() - 1
        });
        self.slots[session.slot].push(key);
        self.sessions[key] = Some(session);
        self.keys.insert(leg, key);
        self.flush(key, now, out);
    }

    fn slot_for(&self, wire: Wire) -> usize {
        let emptiest = |slots: &mut dyn Iterator<Item = usize>| slots.min_by_key(|&slot| self.slots[slot].len());
        match wire {
            Wire::Socket => emptiest(&mut (0..SLOTS)),
            // In memory nothing is gained by taking turns, and one tick in 20 ms costs less than four.
            Wire::Link(_) => None,
            Wire::Open => emptiest(&mut (0..SLOTS).filter(|&slot| !self.slots[slot].is_empty())),
        }
        .unwrap_or(0)
    }

    /// The next turn, for whoever calls [`Shard::tick`] at each.
    pub fn next_turn(&self) -> Micros {
        self.next
    }

    /// When [`Shard::tick`] is to be called next; never, while there is no leg. Legs on sockets need every turn; a shard
    /// of silent legs on links jumps to what comes next.
    pub fn next_tick(&self, now: Micros) -> Option<Micros> {
        let mut earliest = None;
        for session in self.sessions.iter().flatten() {
            let due = match session.rests_until(now) {
                Some(Micros::MAX) => continue,
                Some(rest) => self.turn_after(session.slot, rest.max(self.next)),
                None => self.turn_after(session.slot, self.next),
            };
            earliest = Some(earliest.map_or(due, |earliest: Micros| earliest.min(due)));
        }
        earliest
    }

    /// The first turn of a slot at or after `at`.
    fn turn_after(&self, slot: usize, at: Micros) -> Micros {
        let turn = at.next_multiple_of(SLOT);
        let ahead = (slot + SLOTS - (turn / SLOT) as usize % SLOTS) % SLOTS;
        turn + ahead as Micros * SLOT
    }

    /// Lets time come to `now`: makes, mixes and sends what is due.
    pub fn tick(&mut self, now: Micros, out: &mut impl Out) {
        if now.saturating_sub(self.next) > MOST_BEHIND {
            self.next = now / SLOT * SLOT;
        }
        while self.next <= now {
            let slot = (self.next / SLOT) as usize % SLOTS;
            self.turn(slot, now, out);
            self.next += SLOT;
        }
    }

    fn turn(&mut self, slot: usize, now: Micros, out: &mut impl Out) {
        self.look_ahead((slot + SLOTS / 2) % SLOTS, now, out);
        for at in (0..self.slots[slot].len()).rev() {
            let Some(&key) = self.slots[slot].get(at) else { continue };
            self.arrive(key, now, out);
            self.weigh_relay(key, out);
            self.guard(key, now, out, |session, library, _| session.listen(now, library));
        }
        self.mix(slot, now, out);
        for at in (0..self.slots[slot].len()).rev() {
            let Some(&key) = self.slots[slot].get(at) else { continue };
            let said = match self.sessions[key].as_ref().map(|session| session.place) {
                Some(Place::Alone) => None,
                Some(Place::Bridge { other, .. }) => self.session(other).and_then(|other| other.said()).copied(),
                Some(Place::Room(_)) | None => continue,
            };
            let share = if said.is_some() { Share::Own } else { Share::Nothing };
            let own = said.unwrap_or([0; FRAME]);
            self.guard(key, now, out, |session, library, carrier| session.speak(share, &own, now, library, carrier));
            self.settle(key, now, out);
        }
    }

    /// Takes, half-way between the ticks of a slot, the packet that has come for each leg somebody waits for. Known to 10 ms
    /// instead of 20, when a packet came is no reason to let it wait for longer.
    fn look_ahead(&mut self, slot: usize, now: Micros, out: &mut impl Out) {
        for at in (0..self.slots[slot].len()).rev() {
            let Some(&key) = self.slots[slot].get(at) else { continue };
            if self.sessions[key].as_ref().is_some_and(|session| session.is_awaited()) {
                self.read(key, 1, now, out);
            }
        }
    }

    /// Takes at most so many packets that have come to the socket of a leg.
    fn read(&mut self, key: usize, most: usize, now: Micros, out: &mut impl Out) {
        let Some(leg) = self.sessions[key].as_ref().map(|session| session.leg) else { return };
        let mut buffer = [0; MOST_BYTES];
        for _ in 0..most {
            let Some((length, from)) = out.receive(leg, &mut buffer) else { return };
            if let Some(datagram) = buffer.get_mut(..length) {
                self.receive(key, datagram, Some(from), now, out);
            }
        }
    }

    /// Takes the packets that have come: from the socket, or over a link.
    fn arrive(&mut self, key: usize, now: Micros, out: &mut impl Out) {
        self.read(key, MOST_IN_A_ROW, now, out);
        while let Some(mut packet) = self.sessions[key].as_mut().and_then(|session| session.arrivals.pop(now)) {
            self.receive(key, &mut packet, None, now, out);
            if let Some(session) = &mut self.sessions[key] {
                session.arrivals.reuse(packet);
            }
        }
    }

    fn receive(&mut self, key: usize, datagram: &mut [u8], from: Option<SocketAddr>, now: Micros, out: &mut impl Out) {
        let mut relayed = None;
        self.guard(key, now, out, |session, _, _| {
            if let (Received::Packet { packet, is_key }, Place::Bridge { other, relays: true }) =
                (session.receive(datagram, from, now), session.place)
            {
                relayed = Some((packet, is_key, other));
            }
        });
        if let Some((packet, is_key, other)) = relayed
            && let Some(other) = self.key(other)
        {
            self.guard(other, now, out, |session, _, carrier| session.relay(&packet, is_key, carrier));
        }
    }

    /// Makes what each room of a slot hears, and sends it.
    fn mix(&mut self, slot: usize, now: Micros, out: &mut impl Out) {
        for number in 0..self.rooms.len() {
            let Some(mut room) = self.rooms[number].take_if(|room| room.slot == slot) else { continue };
            let sessions = &self.sessions;
            room.mix(|key| sessions.get(key)?.as_ref()?.said());
            for position in 0..room.members.len() {
                let key = room.members[position].key;
                let mut own: Frame = [0; FRAME];
                let sessions = &self.sessions;
                let share = room.share(position, |key| sessions.get(key)?.as_ref()?.said(), &mut own);
                self.guard(key, now, out, |session, library, carrier| {
                    session.speak(share, &own, now, library, carrier)
                });
            }
            self.rooms[number] = Some(room);
        }
    }

    /// Lets a session work and hands on what comes of it. One that panics is the end of its own leg only.
    fn guard<O: Out>(
        &mut self,
        key: usize,
        now: Micros,
        out: &mut O,
        work: impl FnOnce(&mut Session, &mut dyn Library, &mut Wires<'_, O>),
    ) {
        let Some(mut session) = self.sessions.get_mut(key).and_then(Option::take) else { return };
        let mut wires = Wires {
            leg: session.leg,
            wire: session.wire,
            now,
            keys: &self.keys,
            sessions: &mut self.sessions,
            random: &mut self.random,
            out,
        };
        let library = &mut *self.library;
        let worked = catch_unwind(AssertUnwindSafe(|| work(&mut session, library, &mut wires)));
        self.sessions[key] = Some(session);
        if worked.is_err() {
            self.break_down(key, now, out);
        }
        self.flush(key, now, out);
    }

    fn break_down(&mut self, key: usize, now: Micros, out: &mut impl Out) {
        self.part(key, out);
        if let Some(mut session) = self.remove(key) {
            session.fail(BROKEN);
            for event in session.events.drain(..) {
                out.event(session.leg, now, event);
            }
            out.event(session.leg, now, MediaEvent::Broken(BROKEN.into()));
            out.event(session.leg, now, MediaEvent::Closed(session.quality()));
        }
    }

    /// Hands on what a session has to say.
    fn flush(&mut self, key: usize, now: Micros, out: &mut impl Out) {
        let Some(session) = &mut self.sessions[key] else { return };
        if let Some((to, only)) = session.aim.take() {
            out.aim(session.leg, to, only);
        }
        for event in session.events.drain(..) {
            out.event(session.leg, now, event);
        }
        let place = session.place;
        if let (Some(press), Place::Bridge { other, relays: false }) = (session.passing.take(), place)
            && let Some(other) = self.key(other).and_then(|other| self.sessions[other].as_mut())
        {
            other.pass(press);
        }
    }

    /// Removes a leg that was closed and has nothing more to report.
    fn settle(&mut self, key: usize, now: Micros, out: &mut impl Out) {
        let is_over = self.sessions[key].as_ref().is_some_and(|session| session.is_over());
        if let Some(session) = is_over.then(|| self.remove(key)).flatten() {
            out.event(session.leg, now, MediaEvent::Closed(session.quality()));
        }
    }

    fn remove(&mut self, key: usize) -> Option<Box<Session>> {
        let session = self.sessions.get_mut(key)?.take()?;
        self.keys.remove(&session.leg);
        self.slots[session.slot].retain(|&other| other != key);
        self.free.push(key);
        Some(session)
    }

    fn key(&self, leg: LegId) -> Option<usize> {
        self.keys.get(&leg).copied()
    }

    fn session(&self, leg: LegId) -> Option<&Session> {
        self.sessions.get(self.key(leg)?)?.as_deref()
    }

    fn move_to_slot(&mut self, key: usize, slot: usize) {
        if let Some(session) = &mut self.sessions[key] {
            self.slots[session.slot].retain(|&other| other != key);
            session.slot = slot;
            self.slots[slot].push(key);
        }
    }
}

fn has_no_audio(leg: LegId, op: OpId, now: Micros, out: &mut impl Out) {
    out.event(leg, now, MediaEvent::Done(Done::failed(op, "The leg has no audio.")));
}
