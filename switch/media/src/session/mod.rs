//! The audio of one leg: packets in, what was said, what is heard, packets out, and the operations beside it.
//!
//! A session has no clock and no socket. Its shard hands it what arrives ([`Session::receive`]), asks it every 20 ms for
//! what the far end said ([`Session::listen`]) and tells it what the rest of the call says to it ([`Session::speak`]).
//!
//! "Says" is what comes from the far end, "hears" is what goes to it.

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
mod recorder;
mod relay;

use std::net::SocketAddr;

pub use collect::MOST_KEYS;
pub use command::{Collect, Detect, MediaCommand, OpId, Record, Source, Track};
pub use event::{Done, MediaEvent, Why};
pub use params::{MediaParams, SrtpParams, Wire};

use crate::codec::CodecKind;
use crate::dsp::KeyTones;
use crate::graph::room::Share;
use crate::graph::{Arrivals, Heard, Library, Tap};
use crate::random::Random;
use crate::rtp::{self, Impairment, KeyEvent, Packet, Quality, Reports, Srtp};
use crate::{FRAME, FRAME_MS, Frame, LegId, Micros, SAMPLE_RATE, micros};
use incoming::{Incoming, Kind};
use operations::Operations;
use outgoing::{Outgoing, Voice};
use player::Played;
use press::Pressing;
use relay::Shift;

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
    tap: Option<Box<dyn Tap>>,
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
            peer: if aim.is_some() { Peer::Announced } else { Peer::Unknown },
            incoming: Incoming::new(&params, now),
            outgoing: Outgoing::new(&params, &mut random),
            shift: None,
            reports: Reports::new(params.codec.clock(), random.next_u64(), now),
            srtp: srtp(&params),
            operations: Operations::default(),
            tones: None,
            heard: None,
            tap: None,
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

    /// Takes a datagram of the media port.
    pub(crate) fn receive<'a>(
        &mut self,
        datagram: &'a mut [u8],
        from: Option<SocketAddr>,
        now: Micros,
    ) -> Received<'a> {
        match rtp::kind(datagram) {
            rtp::Kind::Rtp => self.receive_rtp(datagram, from, now).unwrap_or(Received::Taken),
            rtp::Kind::Rtcp => {
                self.receive_rtcp(datagram, now);
                Received::Taken
            }
            rtp::Kind::Other => Received::Taken,
        }
    }

    fn receive_rtp<'a>(
        &mut self,
        datagram: &'a mut [u8],
        from: Option<SocketAddr>,
        now: Micros,
    ) -> Option<Received<'a>> {
        let is_stranger = from.is_some_and(|from| matches!(self.peer, Peer::Latched(peer) if peer != from));
        if is_stranger && now.saturating_sub(self.incoming.last_packet) < RELATCH {
            return None;
        }
        let datagram = match &mut self.srtp {
            Some(srtp) => srtp.unprotect(datagram).ok()?,
            None => datagram,
        };
        let packet = Packet::parse(datagram).ok()?;
        let kind = self.incoming.kind(packet.payload_type);
        if matches!(kind, Kind::Unknown) || !self.params.receives {
            return None;
        }
        self.latch(from);
        self.timed_out = false;
        self.reports.received(&packet, now);
        let is_key = matches!(kind, Kind::Event);
        if is_key {
            for event in self.incoming.event(&packet, now) {
                self.key(event, false, now);
            }
        } else {
            self.incoming.audio(&packet, now);
        }
        Some(Received::Packet { packet, is_key })
    }

    fn latch(&mut self, from: Option<SocketAddr>) {
        if let Some(from) = from.filter(|&from| self.peer != Peer::Latched(from)) {
            self.peer = Peer::Latched(from);
            self.aim = Some((from, true));
        }
    }

    /// Takes a datagram of the port beside it.
    pub(crate) fn receive_rtcp(&mut self, datagram: &mut [u8], now: Micros) {
        let datagram = match &mut self.srtp {
            Some(srtp) => match srtp.unprotect_rtcp(datagram) {
                Ok(datagram) => datagram,
                Err(_) => return,
            },
            None => datagram,
        };
        // What is well-formed in a compound counts; of the rest there is nobody to tell.
        let _ = self.reports.take(datagram, self.outgoing.sender().ssrc(), now);
    }

    fn key(&mut self, event: KeyEvent, inband: bool, now: Micros) {
        if let KeyEvent::Up { key, ms } = event {
            self.events.push(MediaEvent::Key { key, ms, inband });
            self.operations.key(key, now);
            self.passing = (!inband).then_some(rtp::Press::Key { key, ms });
            self.report();
        }
    }

    /// Presses a key of the other leg of a bridge.
    pub(crate) fn pass(&mut self, press: rtp::Press) {
        match (self.outgoing.events(), press) {
            // One that finds no room among a thousand others is lost.
            (Some(events), press) => drop(events.press(press)),
            (None, rtp::Press::Key { key, .. }) => {
                self.tones = KeyTones::new(key.encode_utf8(&mut [0; 4]), SAMPLE_RATE as u32).ok();
            }
            (None, rtp::Press::Pause { .. }) => {}
        }
    }

    /// Whether the audio of the far end is wanted by the session itself.
    fn wants_audio(&self) -> bool {
        self.heard.is_some() || self.is_listened_to() || self.incoming.detects_keys()
    }

    /// Whether somebody takes down what the leg says and hears.
    fn is_listened_to(&self) -> bool {
        self.tap.is_some() || self.operations.listen()
    }

    /// Lets somebody listen in, in the place of whoever did before.
    pub(crate) fn tap(&mut self, tap: Option<Box<dyn Tap>>) {
        self.tap = tap;
    }

    /// Whether packets between it and the other leg of a bridge may pass as they are.
    pub(crate) fn may_relay(&self, other: &Self) -> bool {
        let (mine, theirs) = (&self.params, &other.params);
        mine.codec == theirs.codec
            && mine.ptime_ms == theirs.ptime_ms
            && mine.telephone_event.is_some() == theirs.telephone_event.is_some()
            && !self.needs_samples()
            && !other.needs_samples()
    }

    fn needs_samples(&self) -> bool {
        self.wants_audio() || self.operations.are_heard() || self.outgoing.is_pressing() || self.is_closing
    }

    /// The first half of a tick: makes the last 20 ms of what the far end said, lets time end what it ends.
    pub(crate) fn listen(&mut self, now: Micros) {
        // A tick may come a little early or late; half of one decides whether any were left out.
        let passed = self.ticked.map_or(1, |ticked| (now.saturating_sub(ticked) + TICK / 2) / TICK);
        self.rest(passed.saturating_sub(1));
        self.ticked = Some(now);

        let expects_tones = self.params.telephone_event.is_none() || self.operations.await_keys();
        self.incoming.detect_keys(expects_tones);
        let is_joined = match self.place {
            Place::Alone => false,
            Place::Bridge { relays, .. } => !relays,
            Place::Room(_) => true,
        };
        let wanted = is_joined || self.wants_audio();
        if let Some(press) = self.incoming.advance(wanted, &self.params, now) {
            self.key(KeyEvent::Up { key: press.key, ms: press.ms }, true, now);
        }
        if let Some(event) = self.incoming.let_go(now) {
            self.key(event, false, now);
        }
        if let Some(heard) = &mut self.heard {
            match self.incoming.frame() {
                Some(frame) => heard.hear(frame),
                None => heard.silence(1),
            }
        }
        self.operations.tick(now);
        self.watch(now);
        self.report();
    }

    /// The last 20 ms of what the far end said, if it said anything.
    pub(crate) fn said(&self) -> Option<&Frame> {
        self.incoming.frame()
    }

    /// Notices that nothing comes any more.
    fn watch(&mut self, now: Micros) {
        if self.wire != Wire::Socket {
            return;
        }
        let silence = now.saturating_sub(self.incoming.last_packet);
        if let Peer::Latched(peer) = self.peer
            && silence >= RELATCH
        {
            self.peer = Peer::Announced;
            self.aim = Some((peer, false));
        }
        let limit = micros(self.params.timeout_ms);
        if limit > 0 && silence >= limit && self.params.receives && !self.timed_out {
            self.timed_out = true;
            self.events.push(MediaEvent::MediaTimeout);
        }
    }

    /// The second half of a tick: sends the next 20 ms of what is played and of what others say.
    pub(crate) fn speak(
        &mut self,
        share: Share<'_>,
        own: &Frame,
        now: Micros,
        library: &mut dyn Library,
        carrier: &mut impl Carrier,
    ) {
        let relays = matches!(self.place, Place::Bridge { relays: true, .. });
        if relays {
            self.spoke = true;
        } else {
            self.shift = None;
            self.send(share, own, now, library, carrier);
        }
        if self.reports.poll(self.outgoing.sender(), now, &mut self.compound) {
            let is_sent = match &mut self.srtp {
                Some(srtp) => srtp.protect_rtcp(&mut self.compound).is_ok(),
                None => true,
            };
            if is_sent && self.wire == Wire::Socket {
                carrier.rtcp(&self.compound);
            }
        }
        self.report();
    }

    fn send(
        &mut self,
        share: Share<'_>,
        own: &Frame,
        now: Micros,
        library: &mut dyn Library,
        carrier: &mut impl Carrier,
    ) {
        let mut over = Overlay::default();
        if let Some(press) = self.operations.press() {
            match press.go_on(self.outgoing.events(), &mut over.frame) {
                Ok(Pressing::Tones) => over.is_used = true,
                Ok(Pressing::Events) => {}
                Ok(Pressing::Over) => self.operations.pressed(),
                Err(problem) => self.operations.press_failed(problem),
            }
        }
        if let Some(tones) = &mut self.tones {
            let mut key = [0; FRAME];
            if tones.fill(&mut key) < FRAME {
                self.tones = None;
            }
            over.add(&key);
        }
        let mut beep = [0; FRAME];
        if self.operations.beep(&mut beep) {
            over.add(&beep);
        }

        let is_recorded = self.tap.is_some() || self.operations.are_recorded();
        let is_listened_to = self.is_listened_to();
        let mut frame = [0; FRAME];
        let played = self.operations.play_next(&mut frame, now, library);
        let mut sum = [0; FRAME];
        let voice = compose(played, &frame, share, own, &over, is_recorded, &mut sum);

        self.spoke = !matches!(voice, Voice::Nothing) || self.outgoing.is_pressing();
        let is_idle_link = !self.spoke && self.wire != Wire::Socket;
        if is_idle_link || !self.params.sends {
            self.outgoing.skip(1);
        } else {
            self.outgoing.send(voice, self.srtp.as_deref_mut(), carrier);
        }
        if is_listened_to {
            self.hear(&sum);
        }
    }

    /// Gives the 20 ms of both sides to what records and judges.
    fn hear(&mut self, heard: &Frame) {
        const NOTHING: Frame = [0; FRAME];
        let said = self.incoming.frame().unwrap_or(&NOTHING);
        self.tap.iter_mut().for_each(|tap| tap.hear(said, heard));
        self.operations.hear(said, heard);
    }

    fn report(&mut self) {
        self.events.extend(self.operations.ended.drain(..).map(MediaEvent::Done));
    }

    /// When it next needs a tick, where it may rest until then; `None`: with the next tick.
    pub(crate) fn rests_until(&self, now: Micros) -> Option<Micros> {
        let is_resting = self.wire != Wire::Socket
            && !self.spoke
            && !self.is_closing
            && self.tap.is_none()
            && self.operations.are_resting()
            && !self.outgoing.is_pressing()
            && self.incoming.is_resting(now);
        let deadline = self.operations.deadline().unwrap_or(Micros::MAX);
        let arrival = self.arrivals.next().unwrap_or(Micros::MAX);
        is_resting.then(|| deadline.min(arrival))
    }
}

fn srtp(params: &MediaParams) -> Option<Box<Srtp>> {
    params.srtp.as_ref().map(|keys| Box::new(Srtp::new(keys.suite, &keys.local, &keys.remote)))
}

/// Sounds of our own over what a leg hears: beeps and keys.
struct Overlay {
    frame: Frame,
    is_used: bool,
}

impl Default for Overlay {
    fn default() -> Self {
        Self { frame: [0; FRAME], is_used: false }
    }
}

impl Overlay {
    fn add(&mut self, frame: &Frame) {
        add(&mut self.frame, frame);
        self.is_used = true;
    }
}

/// Puts together what a leg hears. What is coded already stays so where nothing else is heard; `sum` has the samples
/// wherever there is more than that, or where they are `needed`.
fn compose<'a>(
    played: Played<'a>,
    frame: &Frame,
    share: Share<'a>,
    own: &Frame,
    over: &Overlay,
    needed: bool,
    sum: &'a mut Frame,
) -> Voice<'a> {
    let is_alone = !over.is_used;
    match (played, share) {
        (Played::Nothing, Share::Nothing) if is_alone => Voice::Nothing,
        (Played::Within(piece, at), Share::Nothing) if is_alone => {
            if needed {
                sum.copy_from_slice(&piece.linear[at..at + FRAME]);
            }
            Voice::Piece(piece, at)
        }
        (Played::Nothing, Share::Common(mix)) if is_alone => {
            if needed {
                sum.copy_from_slice(&mix.linear);
            }
            Voice::Common(mix)
        }
        (played, share) => {
            match played {
                Played::Nothing => {}
                Played::Mixed => sum.copy_from_slice(frame),
                Played::Within(piece, at) => sum.copy_from_slice(&piece.linear[at..at + FRAME]),
            }
            match share {
                Share::Nothing => {}
                Share::Common(mix) => add(sum, &mix.linear),
                Share::Own => add(sum, own),
            }
            if over.is_used {
                add(sum, &over.frame);
            }
            Voice::Linear(sum)
        }
    }
}

fn add(sum: &mut Frame, frame: &Frame) {
    sum.iter_mut().zip(frame).for_each(|(sum, &sample)| *sum = sum.saturating_add(sample));
}
