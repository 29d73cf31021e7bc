//! The audio of one leg: packets in, what was said, what is heard, packets out, and the operations beside it.
//!
//! A session has no clock and no socket. Its shard hands it what arrives ([`Session::receive`]), asks it every 20 ms for
//! what the far end said ([`Session::listen`]) and tells it what the rest of the call says to it ([`Session::speak`]).
//!
//! "Says" is what comes from the far end, "hears" is what goes to it. A leg without a far end says what it plays.

mod collect;
mod command;
mod detect;
mod event;
mod incoming;
mod operations;
mod outgoing;
mod params;
mod player;
mod press;
mod receive;
mod recorder;
mod relay;
mod speaking;
mod tick;
mod utterance;

use std::net::SocketAddr;

pub use collect::MOST_KEYS;
pub use command::{Collect, Detect, MediaCommand, OpId, Presence, Record, Source, SpeechEnd, Track};
pub use event::{Done, MediaEvent, Why};
pub use params::{MediaParams, SrtpParams, Wire};

use crate::codec::CodecKind;
use crate::dsp::KeyTones;
use crate::graph::{Arrivals, Heard, Library, Tap};
use crate::random::Random;
use crate::rtp::KeyEvent;
use crate::rtp::{self, Depth, Impairment, Packet, Quality, Reports, Srtp};
use crate::{FRAME_MS, LegId, Micros};
use incoming::Incoming;
use operations::Operations;
use outgoing::Outgoing;
use relay::Shift;
use speaking::Speaking;

/// A peer that fell silent for so long may go on from another address (its NAT forgot it, or it moved).
const RELATCH: Micros = 2_000_000;

/// From one tick to the next.
const TICK: Micros = FRAME_MS as Micros * 1_000;

/// Where packets of a session go.
pub(crate) trait Carrier {
    fn rtp(&mut self, packet: &[u8]);
    fn rtcp(&mut self, packet: &[u8]);
}

/// Whom a leg hears beside what it is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Alone,
    /// With another leg; `relays` while packets pass between them as they are.
    Bridge {
        other: LegId,
        relays: bool,
    },
    /// In a room, by its number.
    Room(usize),
}

/// What became of a datagram.
pub(crate) enum Received<'a> {
    /// Nothing more is to be done.
    Taken,
    /// The other leg of the bridge may have it.
    Packet { packet: Packet<'a>, is_key: bool },
}

/// Where the peer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Peer {
    Unknown,
    /// Where its description says.
    Announced,
    /// Where its packets come from.
    Latched(SocketAddr),
}

/// The audio of one leg.
pub struct Session {
    pub(crate) leg: LegId,
    pub(crate) wire: Wire,
    pub(crate) place: Place,
    /// Which of the shard's ticks is its own.
    pub(crate) slot: usize,
    pub(crate) arrivals: Arrivals,
    /// What there is to report.
    pub(crate) events: Vec<MediaEvent>,
    /// Where packets are to go from now on, and whether to listen to nobody else.
    pub(crate) aim: Option<(SocketAddr, bool)>,
    /// A key for the other leg of a bridge whose packets do not pass as they are.
    pub(crate) passing: Option<rtp::Press>,
    /// Until when keys stay here after one that was nobody else's business: its packets come several times.
    secret_until: Micros,
    params: MediaParams,
    peer: Peer,
    incoming: Incoming,
    outgoing: Outgoing,
    shift: Option<Shift>,
    reports: Reports,
    srtp: Option<Box<Srtp>>,
    operations: Operations,
    /// A key from the other leg of a bridge, where the peer takes keys only as tones.
    tones: Option<KeyTones>,
    heard: Option<Heard>,
    speaking: Option<Speaking>,
    compound: Vec<u8>,
    ticked: Option<Micros>,
    spoke: bool,
    timed_out: bool,
    is_closing: bool,
}

impl Session {
    pub(crate) fn new(leg: LegId, wire: Wire, params: MediaParams, seed: u64, now: Micros) -> Self {
        let mut random = Random::new(seed);
        let aim = params.remote.map(|remote| (remote, false));
        Self {
            leg,
            wire,
            place: Place::Alone,
            slot: 0,
            arrivals: Arrivals::default(),
            events: Vec::new(),
            aim,
            passing: None,
            secret_until: 0,
            peer: if aim.is_some() { Peer::Announced } else { Peer::Unknown },
            incoming: Incoming::new(&params, now),
            outgoing: Outgoing::new(&params, &mut random),
            shift: None,
            reports: Reports::new(params.codec.clock(), random.next_u64(), now),
            srtp: srtp(&params),
            operations: Operations::default(),
            tones: None,
            heard: None,
            speaking: None,
            compound: Vec::new(),
            ticked: None,
            spoke: false,
            timed_out: false,
            is_closing: false,
            params,
        }
    }

    /// Takes what another negotiation agreed on: hold, another codec, another address.
    pub(crate) fn update(mut self: Box<Self>, params: MediaParams, now: Micros) -> Box<Self> {
        let params = MediaParams { depth: self.params.depth, ..params };
        if params.remote != self.params.remote {
            self.aim = params.remote.map(|remote| (remote, false));
            self.peer = if self.aim.is_some() { Peer::Announced } else { Peer::Unknown };
        }
        if params.srtp != self.params.srtp {
            self.srtp = srtp(&params);
        }
        let has_other_stream = (params.codec, params.payload_type, params.telephone_event, params.ptime_ms)
            != (self.params.codec, self.params.payload_type, self.params.telephone_event, self.params.ptime_ms);
        if has_other_stream || params.comfort_noise != self.params.comfort_noise {
            self.incoming = Incoming::new(&params, now);
            self.outgoing = self.outgoing.renewed(&params);
            self.shift = None;
        }
        self.incoming.last_packet = now;
        self.params = params;
        self
    }

    pub(crate) fn command(&mut self, command: MediaCommand, now: Micros, library: &mut dyn Library) {
        match command {
            MediaCommand::Listen => {
                self.heard.get_or_insert_default();
            }
            MediaCommand::Pressed { key, ms } => self.key(KeyEvent::Up { key, ms }, false, now),
            command if self.is_closing => {
                self.events.extend(command.starts().map(|op| MediaEvent::Done(Done::new(op, Why::HungUp))));
            }
            command => {
                let was_pressing = self.operations.press().map(|press| press.op());
                self.operations.command(command, now, library);
                if was_pressing != self.operations.press().map(|press| press.op()) && was_pressing.is_some() {
                    self.outgoing.events().into_iter().for_each(|events| events.stop());
                }
            }
        }
        self.report();
    }

    /// Ends all operations; the session is over once [`Session::is_over`] says so.
    pub(crate) fn close(&mut self) {
        self.is_closing = true;
        self.operations.stop_all(Why::HungUp);
        self.report();
    }

    /// Whether it was closed and all it had to report is reported, but for `Closed` itself.
    pub(crate) fn is_over(&self) -> bool {
        self.is_closing && self.operations.are_over()
    }

    /// Our own code failed: ends all operations as failed.
    pub(crate) fn fail(&mut self, problem: &str) {
        self.operations.fail_all(problem);
        self.report();
    }

    /// How the audio has been.
    pub fn quality(&self) -> Quality {
        let impairment = match self.params.codec {
            CodecKind::Pcmu | CodecKind::Pcma => Impairment::G711,
            CodecKind::G722 => Impairment::G722,
            CodecKind::Opus => Impairment::OPUS,
        };
        self.incoming.quality(self.outgoing.sender(), &self.reports, impairment)
    }

    /// What has come since `Listen`, the silence until now included.
    pub(crate) fn heard(&mut self, now: Micros) -> Option<&Heard> {
        let rested = self.ticked.map_or(0, |ticked| now.saturating_sub(ticked) / TICK);
        self.rest(rested);
        self.heard.as_ref()
    }

    /// So many ticks went by in silence.
    fn rest(&mut self, ticks: u64) {
        if ticks > 0 {
            self.outgoing.skip(ticks);
            self.heard.iter_mut().for_each(|heard| heard.silence(ticks));
            self.ticked = self.ticked.map(|ticked| ticked + ticks * TICK);
        }
    }

    /// Changes the bounds of the jitter buffer.
    pub(crate) fn bound(&mut self, depth: Depth) {
        if depth != self.params.depth {
            self.params.depth = depth;
            self.incoming.bound(depth);
        }
    }

    /// Tells from now on when it speaks, or no more; a turn that is under way then is over.
    pub(crate) fn watch_speaking(&mut self, wanted: bool) {
        if wanted != self.speaking.is_some() {
            let was = std::mem::replace(&mut self.speaking, wanted.then(Speaking::new));
            self.events.extend(was.filter(Speaking::is_on).map(|_| MediaEvent::Speaking { on: false }));
        }
    }

    /// Whether the audio of the far end is wanted by the session itself.
    fn wants_audio(&self) -> bool {
        self.heard.is_some() || self.operations.listen() || self.incoming.detects_keys()
    }

    /// Lets somebody listen in, until the operation `op` ends.
    pub(crate) fn tap(&mut self, op: OpId, tap: Box<dyn Tap>) {
        match self.is_closing {
            true => self.events.push(MediaEvent::Done(Done::new(op, Why::HungUp))),
            false => self.operations.tap(op, tap),
        }
        self.report();
    }

    /// Whether somebody waits for what comes over its socket.
    pub(crate) fn is_awaited(&self) -> bool {
        self.wire == Wire::Socket && self.incoming.is_wanted()
    }

    /// Whether packets between it and the other leg of a bridge may pass as they are.
    pub(crate) fn may_relay(&self, other: &Self) -> bool {
        let (mine, theirs) = (&self.params, &other.params);
        self.wire != Wire::Open
            && other.wire != Wire::Open
            && mine.codec == theirs.codec
            && mine.ptime_ms == theirs.ptime_ms
            && mine.telephone_event.is_some() == theirs.telephone_event.is_some()
            && !self.needs_samples()
            && !other.needs_samples()
    }

    fn needs_samples(&self) -> bool {
        self.wants_audio()
            || self.operations.are_heard()
            || self.is_secret()
            || self.outgoing.is_pressing()
            || self.is_closing
    }

    /// Whether the keys of the far end are nobody else's business.
    fn is_secret(&self) -> bool {
        self.operations.are_private() || self.secret_until > 0
    }

    fn report(&mut self) {
        self.events.extend(self.operations.heard.drain(..).map(|op| MediaEvent::Heard { op }));
        self.events.extend(self.operations.ended.drain(..).map(MediaEvent::Done));
    }

    /// When it next needs a tick, where it may rest until then; `None`: with the next tick.
    pub(crate) fn rests_until(&self, now: Micros) -> Option<Micros> {
        let is_resting = self.wire != Wire::Socket
            && !self.spoke
            && !self.is_closing
            && self.events.is_empty()
            && !self.speaking.as_ref().is_some_and(Speaking::is_on)
            && self.operations.are_resting()
            && !self.outgoing.is_pressing()
            && (self.wire == Wire::Open || self.incoming.is_resting(now));
        let deadline = self.operations.deadline().unwrap_or(Micros::MAX);
        let arrival = self.arrivals.next().unwrap_or(Micros::MAX);
        is_resting.then(|| deadline.min(arrival))
    }
}

fn srtp(params: &MediaParams) -> Option<Box<Srtp>> {
    params.srtp.as_ref().map(|keys| Box::new(Srtp::new(keys.suite, &keys.local, &keys.remote)))
}
