//! Legs of both worlds, simulated and not, that hear each other.
//!
//! The two live on different clocks, so that no leg can move to the shard of the others. Where they are joined, in a bridge
//! or in a room, two legs without a far end are put between them, one in each world: what the one hears, the other says.
//! As each of them hears all but itself, nobody hears their own voice. The exchange keeps the simulated clock at the pace of
//! the real one while a SIP leg lives.

use std::collections::HashMap;

use hookflash_media::Frame;
use hookflash_media::graph::Tap;

use crate::pipe::Pipe;
use crate::protocol::{Command, LegId, OpId, Source};
use crate::streams::Streams;

/// The bit of a leg's number that says that it is one of a simulated leg.
pub const SIMULATED: LegId = 1 << 50;

/// The bit of those that are put between the worlds: the exchange does not know them.
const BETWEEN: LegId = 1 << 51;

/// Operations that are not the exchange's: to play the other side, and to listen to this one.
const MOUTH: OpId = 1 << 52;
const EAR: OpId = MOUTH + 1;

/// Operations from here on press keys that come from the other world.
const KEYS: OpId = 1 << 53;

/// Numbers of streams from here on are not the exchange's.
const STREAMS: u64 = 1 << 52;

/// Whether a leg is a simulated one.
pub fn is_simulated(leg: LegId) -> bool {
    leg & SIMULATED != 0
}

/// Whether it is one that the exchange does not know.
pub fn is_between(leg: LegId) -> bool {
    leg & BETWEEN != 0
}

/// What is to be done, in order.
pub enum Step {
    Tell(Box<Command>),
    Tap(LegId, OpId, Box<dyn Tap>),
}

/// Who is joined with whom, as far as it matters between the worlds.
pub struct Crossings {
    streams: Streams,
    made: u64,
    /// Both legs of each bridge between the worlds.
    bridges: HashMap<LegId, Bridge>,
    rooms: HashMap<String, Room>,
    /// In which room a leg is.
    places: HashMap<LegId, String>,
    /// Legs that are heard by one of the other world only, and the leg that says it there.
    whispers: HashMap<LegId, LegId>,
}

#[derive(Clone, Copy)]
struct Bridge {
    other: LegId,
    pair: Pair,
}

/// The leg between the worlds in the real one, and that in the simulated one.
#[derive(Clone, Copy)]
struct Pair([LegId; 2]);

#[derive(Default)]
struct Room {
    /// Members in the real world and in the simulated one.
    members: [usize; 2],
    pair: Option<Pair>,
}

impl Crossings {
    /// Of nobody yet; voices go through `streams`.
    pub fn new(streams: &Streams) -> Self {
        Self {
            streams: streams.clone(),
            made: 0,
            bridges: HashMap::new(),
            rooms: HashMap::new(),
            places: HashMap::new(),
            whispers: HashMap::new(),
        }
    }

    /// What a command that joins or parts legs comes to.
    pub fn steps(&mut self, command: Command) -> Vec<Step> {
        let mut steps = Vec::new();
        match command {
            Command::Bridge { leg, other } => {
                self.part(leg, &mut steps);
                self.part(other, &mut steps);
                if is_simulated(leg) == is_simulated(other) {
                    steps.push(tell(command));
                } else {
                    self.bridge(leg, other, &mut steps);
                }
            }
            Command::Join { leg, ref room, muted, whisper_to, .. } => {
                self.enter(leg, room, &mut steps);
                let far = whisper_to.filter(|&to| !muted && is_simulated(to) != is_simulated(leg));
                let whisper = far.map(|to| (to, room.clone()));
                steps.push(tell(command));
                if let Some((to, room)) = whisper {
                    self.whisper(leg, to, room, &mut steps);
                }
            }
            Command::Unbridge { leg } | Command::Leave { leg } => {
                self.part(leg, &mut steps);
                steps.push(tell(command));
            }
            command => steps.push(tell(command)),
        }
        steps
    }

    /// A key came to a leg between the worlds: it is pressed at whom its bridge leads to.
    pub fn key(&mut self, between: LegId, key: char) -> Vec<Step> {
        let found = self.bridges.iter().find(|(leg, bridge)| bridge.pair.beside(**leg) == between);
        let Some(other) = found.map(|(_, bridge)| bridge.other) else { return Vec::new() };
        self.made += 1;
        vec![tell(Command::SendKeys { leg: other, op: KEYS | self.made, keys: key.into(), inband: false })]
    }

    /// A leg is gone.
    pub fn gone(&mut self, leg: LegId) -> Vec<Step> {
        let mut steps = Vec::new();
        self.part(leg, &mut steps);
        steps
    }

    fn bridge(&mut self, leg: LegId, other: LegId, steps: &mut Vec<Step>) {
        let pair = self.pair(steps);
        for (leg, other) in [(leg, other), (other, leg)] {
            self.bridges.insert(leg, Bridge { other, pair });
            steps.push(tell(Command::Bridge { leg, other: pair.beside(leg) }));
        }
    }

    fn enter(&mut self, leg: LegId, name: &str, steps: &mut Vec<Step>) {
        if self.places.get(&leg).is_some_and(|place| place == name) {
            return self.hush(leg, steps);
        }
        self.part(leg, steps);
        self.places.insert(leg, name.to_owned());
        let room = self.rooms.entry(name.to_owned()).or_default();
        room.members[usize::from(is_simulated(leg))] += 1;
        if room.pair.is_none() && room.members.iter().all(|&members| members > 0) {
            let pair = self.pair(steps);
            steps.extend(pair.0.map(|leg| tell(join(leg, name.to_owned(), None))));
            self.rooms.entry(name.to_owned()).and_modify(|room| room.pair = Some(pair));
        }
    }

    /// Takes a leg out of whatever it is in, as far as that reaches into the other world.
    fn part(&mut self, leg: LegId, steps: &mut Vec<Step>) {
        self.hush(leg, steps);
        if let Some(Bridge { other, pair }) = self.bridges.remove(&leg) {
            self.bridges.remove(&other);
            steps.extend(pair.end());
        }
        let Some(name) = self.places.remove(&leg) else { return };
        let Some(room) = self.rooms.get_mut(&name) else { return };
        let members = &mut room.members[usize::from(is_simulated(leg))];
        *members -= 1;
        if *members == 0 {
            steps.extend(room.pair.take().into_iter().flat_map(Pair::end));
        }
        if room.members == [0, 0] {
            self.rooms.remove(&name);
        }
    }

    /// Lets what `leg` says be heard by one leg of the other world.
    fn whisper(&mut self, leg: LegId, to: LegId, room: String, steps: &mut Vec<Step>) {
        let there = self.number(to & SIMULATED);
        steps.push(tell(Command::Open { leg: there }));
        steps.push(tell(join(there, room, Some(to))));
        self.connect(leg, Side::Said, there, steps);
        self.whispers.insert(leg, there);
    }

    /// Ends that.
    fn hush(&mut self, leg: LegId, steps: &mut Vec<Step>) {
        if let Some(there) = self.whispers.remove(&leg) {
            steps.push(tell(Command::Stop { leg, op: EAR }));
            steps.push(tell(hang_up(there)));
        }
    }

    /// Two new legs, each of which says what the other hears.
    fn pair(&mut self, steps: &mut Vec<Step>) -> Pair {
        let pair = [self.number(0), self.number(SIMULATED)];
        steps.extend(pair.map(|leg| tell(Command::Open { leg })));
        let [one, two] = pair;
        self.connect(one, Side::Heard, two, steps);
        self.connect(two, Side::Heard, one, steps);
        Pair(pair)
    }

    /// Lets `to` say what comes from a side of `from`.
    fn connect(&self, from: LegId, side: Side, to: LegId, steps: &mut Vec<Step>) {
        let stream = STREAMS | to;
        let pipe = Pipe::new(&self.streams, stream);
        steps.push(Step::Tap(from, EAR, Box::new(Listener { side, pipe })));
        let sources = vec![Source::Stream { stream }];
        steps.push(tell(Command::Play { leg: to, op: MOUTH, sources, repeat: 1 }));
    }

    fn number(&mut self, world: LegId) -> LegId {
        self.made += 1;
        self.made | BETWEEN | world
    }
}

impl Pair {
    /// The one in the world of `leg`.
    fn beside(self, leg: LegId) -> LegId {
        self.0[usize::from(is_simulated(leg))]
    }

    fn end(self) -> impl Iterator<Item = Step> {
        self.0.into_iter().map(|leg| tell(hang_up(leg)))
    }
}

fn tell(command: Command) -> Step {
    Step::Tell(Box::new(command))
}

fn join(leg: LegId, room: String, whisper_to: Option<LegId>) -> Command {
    Command::Join { leg, room, muted: false, whisper_to, speaking: false, jitter: "large".into() }
}

fn hang_up(leg: LegId) -> Command {
    Command::HangUp { leg, cause: "local".into() }
}

/// What of a leg goes to the other world.
enum Side {
    Said,
    Heard,
}

struct Listener {
    side: Side,
    pipe: Pipe,
}

impl Tap for Listener {
    fn hear(&mut self, said: &Frame, heard: &Frame) -> bool {
        self.pipe.say(match self.side {
            Side::Said => said,
            Side::Heard => heard,
        });
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: LegId = 1;
    const HANDSET: LegId = 2 | SIMULATED;

    fn crossings() -> Crossings {
        Crossings::new(&Streams::default())
    }

    fn enter(crossings: &mut Crossings, leg: LegId) -> Vec<Step> {
        crossings.steps(join(leg, "room".into(), None))
    }

    fn told(step: &Step, is_wanted: impl Fn(&Command) -> bool) -> bool {
        matches!(step, Step::Tell(command) if is_wanted(command))
    }

    /// The legs between the worlds that are opened and hung up.
    fn legs(steps: &[Step]) -> (usize, usize) {
        let opened = steps.iter().filter(|step| told(step, |command| matches!(command, Command::Open { .. }))).count();
        let ended = steps.iter().filter(|step| told(step, |command| matches!(command, Command::HangUp { .. }))).count();
        (opened, ended)
    }

    /// A room gets its pair with the first member of the other world, and loses it with the last.
    #[test]
    fn a_room_has_a_pair_while_it_needs_one() {
        let mut crossings = crossings();
        assert_eq!(legs(&enter(&mut crossings, REAL)), (0, 0));
        assert_eq!(legs(&enter(&mut crossings, REAL + 4)), (0, 0));
        assert_eq!(legs(&enter(&mut crossings, HANDSET)), (2, 0));
        assert_eq!(legs(&enter(&mut crossings, HANDSET + 4)), (0, 0));
        assert_eq!(legs(&enter(&mut crossings, HANDSET)), (0, 0));
        assert_eq!(legs(&crossings.steps(Command::Leave { leg: REAL })), (0, 0));
        assert_eq!(legs(&crossings.gone(REAL + 4)), (0, 2));
        assert_eq!(legs(&crossings.gone(REAL + 4)), (0, 0));
        assert_eq!(legs(&enter(&mut crossings, REAL)), (2, 0));
        for leg in [REAL, HANDSET, HANDSET + 4] {
            crossings.gone(leg);
        }
        assert!(crossings.rooms.is_empty() && crossings.places.is_empty());
    }

    /// A key goes to the leg at the other end of the bridge, in the other world; of a bridge that is over, to nobody.
    #[test]
    fn a_key_crosses_a_bridge() {
        let mut crossings = crossings();
        crossings.steps(Command::Bridge { leg: REAL, other: HANDSET });
        let pair = crossings.bridges[&REAL].pair;
        for (leg, other) in [(REAL, HANDSET), (HANDSET, REAL)] {
            let steps = crossings.key(pair.beside(leg), '5');
            let is_pressed = |command: &Command| matches!(command, Command::SendKeys { leg, .. } if *leg == other);
            assert!(steps.len() == 1 && steps.iter().all(|step| told(step, is_pressed)));
        }
        crossings.gone(REAL);
        assert!(crossings.key(pair.beside(REAL), '5').is_empty());
    }

    /// A bridge between the worlds ends with either leg, or with what joins one of them otherwise.
    #[test]
    fn a_bridge_ends_with_either() {
        let mut crossings = crossings();
        let bridge = || Command::Bridge { leg: REAL, other: HANDSET };
        for leg in [REAL, HANDSET] {
            assert_eq!(legs(&crossings.steps(bridge())), (2, 0));
            assert_eq!(legs(&crossings.gone(leg)), (0, 2));
            assert_eq!(legs(&crossings.steps(bridge())), (2, 0));
            assert_eq!(legs(&enter(&mut crossings, leg)), (0, 2));
            assert_eq!(legs(&crossings.steps(Command::Leave { leg })), (0, 0));
        }
        assert_eq!(legs(&crossings.steps(Command::Bridge { leg: REAL, other: REAL + 4 })), (0, 0));
    }

    /// A whisper to the other world has a leg of its own, until it is to somebody else or to nobody.
    #[test]
    fn a_whisper_has_a_leg() {
        let mut crossings = crossings();
        enter(&mut crossings, HANDSET);
        let whisper = |muted, to| Command::Join {
            leg: REAL,
            room: "room".into(),
            muted,
            whisper_to: Some(to),
            speaking: false,
            jitter: "large".into(),
        };
        assert_eq!(legs(&crossings.steps(whisper(false, HANDSET))), (3, 0));
        assert_eq!(legs(&crossings.steps(whisper(false, HANDSET))), (1, 1));
        assert_eq!(legs(&crossings.steps(whisper(true, HANDSET))), (0, 1));
        assert_eq!(legs(&crossings.steps(whisper(false, REAL + 4))), (0, 0));
        assert_eq!(legs(&crossings.steps(whisper(false, HANDSET))), (1, 0));
        assert_eq!(legs(&crossings.gone(REAL)), (0, 3));
        assert!(crossings.whispers.is_empty());
    }
}
