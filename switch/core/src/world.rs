//! Calls between simulated handsets and the platform, inside the switch and on a clock that is moved from outside.
//!
//! A call has two legs, the caller's and the callee's. What SIP does between two machines is done here between the two;
//! their audio is real: RTP over a wire in memory, with the loss and delay that were asked for. Beside them live legs
//! without a far end, which are answered as soon as they are there.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use hookflash_media::codec::CodecKind;
use hookflash_media::graph::{Line, Tap};
use hookflash_media::session::{MediaEvent, MediaParams, Wire};
use hookflash_media::{Out, Shard};

use crate::clock::Micros;
use crate::convert::{self, codec_kind, codec_name, happening, media_command};
use crate::library::Inline;
use crate::protocol::{self, Command, Event, Fields, Happening, Invited, LegId, Link, OpId};
use crate::streams::Streams;

/// Most simulated legs.
const MOST_LEGS: usize = 20_000;

/// Legs that are gone of which it is still known what they heard.
const MOST_MEMORIES: usize = 64;

/// Samples of all memories together: two hours.
const MOST_REMEMBERED: usize = 2 * 3_600 * 8_000;

/// The simulated legs.
pub struct World {
    shard: Shard,
    parties: HashMap<LegId, Party>,
    now: Micros,
    memories: VecDeque<Memory>,
    out: Gathered,
    events: Vec<Event>,
}

/// What a leg that is gone has heard.
struct Memory {
    leg: LegId,
    samples: Vec<i16>,
    forgotten: u64,
}

/// One side of a call.
struct Party {
    wire: Wire,
    is_caller: bool,
    is_answered: bool,
    has_audio: bool,
    codec: CodecKind,
    /// When an unanswered caller gives up.
    ring_until: Option<Micros>,
    /// When an answered leg is hung up.
    limit_until: Option<Micros>,
    /// Operations that only let time pass, begun before there was audio, and until when.
    waits: Vec<(OpId, Micros)>,
    /// How it ended, while its audio comes to its end.
    ending: Option<Ending>,
}

impl Party {
    /// One that is neither answered nor has audio.
    fn new(wire: Wire, codec: CodecKind) -> Self {
        Self {
            wire,
            is_caller: false,
            is_answered: false,
            has_audio: false,
            codec,
            ring_until: None,
            limit_until: None,
            waits: Vec::new(),
            ending: None,
        }
    }

    /// The other side, where there is one.
    fn peer(&self) -> Option<LegId> {
        match self.wire {
            Wire::Link(line) => Some(line.peer),
            Wire::Socket | Wire::Open => None,
        }
    }
}

struct Ending {
    cause: String,
    status: u16,
    reason: String,
    headers: Fields,
}

impl Ending {
    fn new(cause: &str, status: u16, reason: &str) -> Self {
        Self { cause: cause.into(), status, reason: reason.into(), headers: Fields::new() }
    }
}

impl World {
    /// A world without legs; `streams` is audio that is fed while it plays.
    pub fn new(streams: Streams, seed: u64) -> Self {
        Self {
            shard: Shard::new(Box::new(Inline::new(streams)), seed),
            parties: HashMap::new(),
            now: 0,
            memories: VecDeque::new(),
            out: Gathered::default(),
            events: Vec::new(),
        }
    }

    /// How many legs there are.
    pub fn len(&self) -> usize {
        self.parties.len()
    }

    /// What a leg has heard since it was told to listen, and how many samples of it are forgotten.
    pub fn heard(&mut self, leg: LegId) -> Option<(&[i16], u64)> {
        if let Some(memory) = self.memories.iter().find(|memory| memory.leg == leg) {
            return Some((&memory.samples, memory.forgotten));
        }
        self.shard.heard(leg, self.now).map(|heard| (heard.samples(), heard.forgotten()))
    }

    fn remember(&mut self, leg: LegId) {
        let Some((samples, forgotten)) = self.heard(leg) else { return };
        let memory = Memory { leg, samples: samples.to_vec(), forgotten };
        self.memories.push_back(memory);
        let mut kept: usize = self.memories.iter().map(|memory| memory.samples.len()).sum();
        while self.memories.len() > MOST_MEMORIES || kept > MOST_REMEMBERED {
            kept -= self.memories.pop_front().map_or(kept, |memory| memory.samples.len());
        }
    }

    /// Does what is asked of a leg.
    pub fn command(&mut self, command: Command) {
        match command {
            Command::Link(link) => self.link(link),
            Command::Open { leg } => self.open(leg),
            Command::Ring { leg, media } => self.ring(leg, media),
            Command::Answer { leg } => self.answer(leg),
            Command::Reject { leg, status, reason, headers } => self.reject(leg, status, reason, headers),
            Command::HangUp { leg, cause } => self.hang_up(leg, &cause),
            Command::Limit { leg, ms } => {
                let until = self.now + Micros::from(ms) * 1_000;
                if let Some(party) = self.parties.get_mut(&leg) {
                    party.limit_until = Some(until);
                }
            }
            Command::Inform { leg, content_type, body } => {
                if let Some(peer) = self.parties.get(&leg).filter(|party| party.is_answered).and_then(Party::peer) {
                    self.report(peer, Happening::Informed { content_type, body });
                }
            }
            Command::Refer { leg, op, .. } => self.fail(leg, op, "A simulated handset cannot be referred."),
            Command::Wait { leg, op, ms } if self.is_silent(leg) => {
                let until = self.now.saturating_add(ms.saturating_mul(1_000));
                self.parties.entry(leg).and_modify(|party| party.waits.push((op, until)));
            }
            Command::Stop { leg, op } if self.take_wait(leg, op) => self.done(leg, op, "stopped"),
            command => {
                let leg = command.leg();
                if let (Some(leg), Some(command)) = (leg, media_command(command)) {
                    self.shard.command(leg, command, self.now, &mut self.out);
                    self.gather();
                }
            }
        }
    }

    /// Lets somebody listen in on a leg: an operation.
    pub fn tap(&mut self, leg: LegId, op: OpId, tap: Box<dyn Tap>) {
        self.shard.tap(leg, op, tap, self.now, &mut self.out);
        self.gather();
    }

    /// Lets time come to `until`, or to the first event before that; returns how far it came.
    pub fn step(&mut self, until: Micros) -> Micros {
        while self.events.is_empty() && self.now < until {
            let due = self.next_due().filter(|&due| due <= until);
            self.now = due.unwrap_or(until).max(self.now);
            if due.is_none() {
                break;
            }
            self.ring_out();
            self.end_waits();
            self.shard.tick(self.now, &mut self.out);
            self.gather();
        }
        self.now
    }

    /// Takes what has happened.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Ends every leg.
    pub fn close(&mut self) {
        let legs: Vec<LegId> = self.parties.keys().copied().collect();
        for leg in legs {
            self.hang_up(leg, "shutdown");
        }
    }

    fn next_due(&self) -> Option<Micros> {
        let timers = self.parties.values().flat_map(|party| [party.ring_until, party.limit_until]);
        let waits = self.parties.values().flat_map(|party| &party.waits).map(|&(_, until)| Some(until));
        timers.chain(waits).chain([self.shard.next_tick(self.now)]).flatten().min()
    }

    /// Ends what has lasted too long.
    fn ring_out(&mut self) {
        let now = self.now;
        let is_due = |at: Option<Micros>| at.is_some_and(|at| at <= now);
        let late: Vec<(LegId, bool)> = self
            .parties
            .iter()
            .filter(|(_, party)| is_due(party.ring_until) || is_due(party.limit_until))
            .map(|(&leg, party)| (leg, is_due(party.ring_until)))
            .collect();
        for (leg, rings) in late {
            match rings {
                true => self.end_both(leg, Ending::new("no_answer", 487, "Request Terminated"), "canceled"),
                false => self.hang_up(leg, "limit"),
            }
        }
    }

    /// Ends the waits whose time is over.
    fn end_waits(&mut self) {
        let now = self.now;
        let waits = self.parties.iter().flat_map(|(&leg, party)| party.waits.iter().map(move |wait| (leg, *wait)));
        let over: Vec<(LegId, OpId)> =
            waits.filter(|(_, (_, until))| *until <= now).map(|(leg, (op, _))| (leg, op)).collect();
        for (leg, op) in over {
            self.take_wait(leg, op);
            self.done(leg, op, "end");
        }
    }

    fn take_wait(&mut self, leg: LegId, op: OpId) -> bool {
        let Some(party) = self.parties.get_mut(&leg) else { return false };
        let before = party.waits.len();
        party.waits.retain(|&(wait, _)| wait != op);
        party.waits.len() < before
    }

    /// Whether there is such a leg, and no audio of it.
    fn is_silent(&self, leg: LegId) -> bool {
        self.parties.get(&leg).is_some_and(|party| !party.has_audio)
    }

    fn done(&mut self, leg: LegId, op: OpId, why: &str) {
        let done = protocol::Done { op, why: why.into(), ..protocol::Done::default() };
        self.report(leg, Happening::Done(Box::new(done)));
    }

    fn link(&mut self, link: Link) {
        let codec = codec_kind(&link.codec).unwrap_or(CodecKind::Pcmu);
        if self.is_full(link.leg) {
            return;
        }
        let line = |peer| Line {
            peer,
            loss: link.loss.clamp(0.0, 1.0),
            delay: Micros::from(link.delay_ms) * 1_000,
            jitter: Micros::from(link.jitter_ms) * 1_000,
        };
        let ring_until = Some(self.now + Micros::from(link.ring_ms) * 1_000);
        let caller = Party::new(Wire::Link(line(link.callee)), codec);
        self.parties.insert(link.leg, Party { is_caller: true, ring_until, ..caller });
        self.parties.insert(link.callee, Party::new(Wire::Link(line(link.leg)), codec));
        let invited = Invited {
            from: link.from,
            to: link.to,
            headers: link.headers,
            source: "simulated".into(),
            ..Invited::default()
        };
        self.report(link.callee, Happening::Invited(Box::new(invited)));
    }

    /// A leg without a far end.
    fn open(&mut self, leg: LegId) {
        if self.is_full(leg) || self.parties.contains_key(&leg) {
            return;
        }
        self.parties.insert(leg, Party { is_answered: true, ..Party::new(Wire::Open, CodecKind::Pcmu) });
        self.start_audio(leg);
        let (codec, headers, call_id) = (String::new(), Fields::new(), String::new());
        self.report(leg, Happening::Answered { codec, headers, call_id });
    }

    /// Whether there are too many legs for another; it is told so.
    fn is_full(&mut self, leg: LegId) -> bool {
        let is_full = self.parties.len() >= MOST_LEGS;
        if is_full {
            self.report(leg, hung_up(Ending::new("failed", 503, "There are too many simulated calls.")));
        }
        is_full
    }

    fn ring(&mut self, leg: LegId, media: bool) {
        let Some(peer) = self.callee(leg) else { return };
        if media {
            self.start_audio(leg);
            self.start_audio(peer);
        }
        self.report(peer, Happening::Early { status: if media { 183 } else { 180 }, media });
    }

    fn answer(&mut self, leg: LegId) {
        let Some(peer) = self.callee(leg) else { return };
        for leg in [leg, peer] {
            self.start_audio(leg);
            let Some(party) = self.parties.get_mut(&leg) else { continue };
            party.is_answered = true;
            party.ring_until = None;
            let codec = codec_name(party.codec).to_owned();
            self.report(leg, Happening::Answered { codec, headers: Fields::new(), call_id: String::new() });
        }
    }

    fn reject(&mut self, leg: LegId, status: u16, reason: String, headers: Fields) {
        let Some(peer) = self.callee(leg) else { return };
        let cause = match status {
            486 | 600 => "busy",
            408 | 480 => "no_answer",
            403 | 603 | 606..=608 => "rejected",
            _ => "failed",
        };
        self.end(leg, Ending::new("local", status, &reason));
        self.end(peer, Ending { cause: cause.into(), status, reason, headers });
    }

    /// The other side, of a callee that has not answered.
    fn callee(&self, leg: LegId) -> Option<LegId> {
        let party = self.parties.get(&leg)?;
        party.peer().filter(|_| !party.is_caller && !party.is_answered && party.ending.is_none())
    }

    fn hang_up(&mut self, leg: LegId, cause: &str) {
        let Some(party) = self.parties.get(&leg) else { return };
        let ending = Ending::new(cause, 0, "");
        match (party.is_answered, party.is_caller) {
            (true, _) => self.end_both(leg, ending, "remote"),
            (false, true) => self.end_both(leg, Ending { status: 487, ..ending }, "canceled"),
            (false, false) => self.end_both(leg, Ending { status: 603, ..ending }, "rejected"),
        }
    }

    fn end_both(&mut self, leg: LegId, ending: Ending, other_cause: &str) {
        let peer = self.parties.get(&leg).and_then(Party::peer);
        let other = Ending::new(other_cause, ending.status, &ending.reason);
        self.end(leg, ending);
        if let Some(peer) = peer {
            self.end(peer, other);
        }
    }

    fn end(&mut self, leg: LegId, ending: Ending) {
        let Some(party) = self.parties.get_mut(&leg).filter(|party| party.ending.is_none()) else { return };
        party.ring_until = None;
        party.limit_until = None;
        let has_audio = party.has_audio;
        for (op, _) in std::mem::take(&mut party.waits) {
            self.done(leg, op, "hung_up");
        }
        if has_audio {
            self.parties.entry(leg).and_modify(|party| party.ending = Some(ending));
            self.remember(leg);
            self.shard.close(leg, self.now, &mut self.out);
            self.gather();
        } else {
            self.parties.remove(&leg);
            self.report(leg, hung_up(ending));
        }
    }

    fn start_audio(&mut self, leg: LegId) {
        let Some(party) = self.parties.get_mut(&leg).filter(|party| !party.has_audio) else { return };
        party.has_audio = true;
        let params = match party.wire {
            Wire::Open => MediaParams::open(),
            _ => MediaParams { timeout_ms: 0, ..MediaParams::new(party.codec, payload_type(party.codec)) },
        };
        self.shard.open(leg, party.wire, params, self.now, &mut self.out);
        self.gather();
    }

    fn fail(&mut self, leg: LegId, op: u64, problem: &str) {
        let done = protocol::Done { op, why: "failed".into(), problem: problem.into(), ..protocol::Done::default() };
        self.report(leg, Happening::Done(Box::new(done)));
    }

    /// Hands on what the audio has to tell.
    fn gather(&mut self) {
        for (leg, event) in std::mem::take(&mut self.out.0) {
            match event {
                MediaEvent::Broken(_) => self.hang_up(leg, "failed"),
                MediaEvent::Closed(quality) => {
                    let Some(party) = self.parties.remove(&leg) else { continue };
                    if party.wire != Wire::Open {
                        self.report(leg, convert::quality(&quality, codec_name(party.codec)));
                    }
                    if let Some(ending) = party.ending {
                        self.report(leg, hung_up(ending));
                    }
                }
                event => happening(event).into_iter().for_each(|what| self.report(leg, what)),
            }
        }
    }

    fn report(&mut self, leg: LegId, what: Happening) {
        self.events.push(Event { leg, at: self.now / 1_000, what });
    }
}

fn hung_up(ending: Ending) -> Happening {
    let Ending { cause, status, reason, headers } = ending;
    Happening::HungUp { cause, status, reason, headers, call_id: String::new() }
}

fn payload_type(codec: CodecKind) -> u8 {
    match codec {
        CodecKind::Pcmu => 0,
        CodecKind::Pcma => 8,
        CodecKind::G722 => 9,
        CodecKind::Opus => 96,
    }
}

/// What the shard reports, until it is handed on. There are no sockets here.
#[derive(Default)]
struct Gathered(Vec<(LegId, MediaEvent)>);

impl Out for Gathered {
    fn event(&mut self, leg: LegId, _at: Micros, event: MediaEvent) {
        self.0.push((leg, event));
    }

    fn rtp(&mut self, _leg: LegId, _packet: &[u8]) {}

    fn rtcp(&mut self, _leg: LegId, _packet: &[u8]) {}

    fn aim(&mut self, _leg: LegId, _to: SocketAddr, _only: bool) {}

    fn hurry(&mut self, _leg: LegId, _hurry: bool) {}
}
