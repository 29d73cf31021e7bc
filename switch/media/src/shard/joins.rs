//! Which legs of a shard hear each other: bridges and rooms.

use super::{Out, Shard};
use crate::LegId;
use crate::graph::room::{Member, Room};
use crate::rtp::Depth;
use crate::session::{Place, Presence};

impl Shard {
    pub(super) fn bridge(&mut self, key: usize, other: LegId, out: &mut impl Out) {
        let Some(other_key) = self.key(other) else { return };
        self.part(key, out);
        self.part(other_key, out);
        let Some(slot) = self.sessions[key].as_ref().map(|session| session.slot) else { return };
        self.move_to_slot(other_key, slot);
        self.set_bridge(key, other_key, false, out);
        self.weigh_relay(key, out);
    }

    fn set_bridge(&mut self, one: usize, two: usize, relays: bool, out: &mut impl Out) {
        for (key, other) in [(one, two), (two, one)] {
            let Some(other) = self.sessions[other].as_ref().map(|session| session.leg) else { continue };
            if let Some(session) = &mut self.sessions[key] {
                session.place = Place::Bridge { other, relays };
                out.hurry(session.leg, relays);
            }
        }
    }

    /// Finds out whether packets of a bridge may pass as they are: not while somebody needs what is in them.
    pub(super) fn weigh_relay(&mut self, key: usize, out: &mut impl Out) {
        let Some(session) = &self.sessions[key] else { return };
        let Place::Bridge { other, relays } = session.place else { return };
        let Some(other_key) = self.key(other) else { return };
        let may_relay = self.sessions[other_key].as_ref().is_some_and(|other| session.may_relay(other));
        if may_relay != relays {
            self.set_bridge(key, other_key, may_relay, out);
        }
    }

    pub(super) fn join(&mut self, key: usize, name: String, how: Presence, out: &mut impl Out) {
        let known = self.room_numbers.get(&name).copied();
        let Some(session) = &self.sessions[key] else { return };
        let (leg, slot) = (session.leg, session.slot);
        if known.is_none_or(|number| session.place != Place::Room(number)) {
            self.part(key, out);
        }
        let number = known.filter(|&number| self.rooms[number].is_some()).unwrap_or_else(|| self.build(name, slot));
        let Some(room) = &mut self.rooms[number] else { return };
        let slot = room.slot;
        if room.admit(Member::new(leg, key, how.muted, how.whisper_to)) {
            self.move_to_slot(key, slot);
            if let Some(session) = &mut self.sessions[key] {
                session.place = Place::Room(number);
                session.watch_speaking(how.speaking && !how.muted);
                session.bound(how.depth);
            }
        }
    }

    fn build(&mut self, name: String, slot: usize) -> usize {
        let number = self.rooms.iter().position(Option::is_none).unwrap_or_else(|| {
            self.rooms.push(None);
            self.rooms.len() - 1
        });
        self.rooms[number] = Some(Room::new(slot));
        self.room_numbers.insert(name, number);
        number
    }

    /// Takes a leg out of whatever it is in.
    pub(super) fn part(&mut self, key: usize, out: &mut impl Out) {
        let Some(session) = &mut self.sessions[key] else { return };
        let leg = session.leg;
        session.watch_speaking(false);
        session.bound(Depth::default());
        match std::mem::replace(&mut session.place, Place::Alone) {
            Place::Alone => {}
            Place::Bridge { other, .. } => {
                out.hurry(leg, false);
                if let Some(other) = self.key(other).and_then(|other| self.sessions[other].as_mut()) {
                    other.place = Place::Alone;
                    out.hurry(other.leg, false);
                }
            }
            Place::Room(number) => {
                if let Some(room) = self.rooms.get_mut(number).and_then(Option::as_mut) {
                    room.remove(leg);
                    if room.members.is_empty() {
                        self.rooms[number] = None;
                        self.room_numbers.retain(|_, other| *other != number);
                    }
                }
            }
        }
    }
}
