//! The control thread: all signalling, and which leg does what. It owns the SIP agent and its sockets.
//!
//! Rule 1: everything that happens to a leg happens here in order; media threads only tell.
//! Rule 2: `HungUp` is the last event of a leg: it waits for the audio to be closed.
//! Rule 3: code that panics ends the leg that it worked on, and nothing else: see `guarded`.
//! Rule 4: no leg lives for ever, whatever the exchange forgets to ask: see `LONGEST`.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use hookflash_media::graph::Tap;
use hookflash_media::session::{MediaCommand, MediaEvent};
use hookflash_sip::agent::{Agent, AgentEvent, AgentOutput, Credentials, Invitation, Outbound};
use hookflash_sip::sdp::{Codec, MasterKey};
use hookflash_sip::timers::Timers;
use hookflash_sip::{Random, Uri};
use mio::{Events, Poll, Token};

use crate::capture::Capture;
use crate::clock::{Clock, Micros};
use crate::convert::{self, srtp_policy, transport_word};
use crate::dns::Dns;
use crate::gauges::{Gauges, Snapshot};
use crate::held_leg::{HeldLeg, Limit, Transfer};
use crate::protocol::{self, Command, Dial, Event, Fields, Happening, LegId, OpId};
use crate::ring::Ring;
use crate::sip_io::{Incoming, SipSockets};
use crate::sip_leg::{Agreed, SipLeg, Terms};
use crate::studio::Studio;

/// The token of the waker; those of sockets follow.
pub const WAKER: Token = Token(0);
/// The token of the sockets that ask for names.
pub const NAMES: Token = Token(1);
/// The first token of those of SIP.
pub const SOCKETS: Token = Token(2);

/// The longest rest: back-pressure is looked at as often.
const REST: Duration = Duration::from_millis(100);

/// An answered leg lasts no longer, whatever the exchange asks (us): 24 h.
const LONGEST: Micros = 24 * 3_600 * 1_000_000;

/// When a call that the exchange has no room for may be tried again (s).
const RETRY_AFTER: &str = "5";

/// How long the thread waits for goodbyes to be answered when it stops (us).
const GOODBYE: Micros = 1_000_000;
/// And for audio to come to its end.
const LAST_AUDIO: Micros = 10_000_000;

/// The audio of a leg that does not say that it has ended by then has been lost by an error of ours (us): a recording is
/// given up after 20 s by a disk that does not move.
const CLOSING: Micros = 30_000_000;

/// Most legs without a far end.
const MOST_OPEN: usize = 10_000;

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

    fn end_limits(&mut self, now: Micros) {
        while let Some((_, number)) = self.limits.pop(now) {
            let Some(leg) = self.legs.get_mut(&number) else { continue };
            leg.limit = None;
            if leg.ending.is_some() {
                self.closed(number, now); // its audio never said so
                continue;
            }
            self.guarded(Some(number), now, |control| control.hang_up(number, "limit", now));
        }
    }

    fn set_limit(&mut self, number: LegId, limit: Option<Limit>) {
        let Some(leg) = self.legs.get_mut(&number) else { return };
        let was = std::mem::replace(&mut leg.limit, limit);
        self.limits.change(number, was.and_then(Limit::until), limit.and_then(Limit::until));
    }

    fn end_waits(&mut self, now: Micros) {
        while let Some((_, (number, op))) = self.waits.pop(now) {
            if let Some(leg) = self.legs.get_mut(&number) {
                leg.waits.retain(|&(wait, _)| wait != op);
            }
            self.done(number, op, "end", now);
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

    fn open_legs(&self) -> usize {
        self.legs.values().filter(|leg| leg.sip.is_none()).count()
    }

    fn new_leg(&mut self, codecs: &[String], srtp: &str) -> SipLeg {
        let mut terms = Terms { srtp: srtp_policy(srtp), ..self.terms.clone() };
        let named: Vec<Codec> = codecs.iter().filter_map(|name| Codec::from_name(name)).collect();
        if !named.is_empty() {
            terms.codecs = named;
        }
        let session_id = self.random.bits() >> 2;
        let keys = [self.master_key(), self.master_key()];
        SipLeg::new(&terms, session_id, keys)
    }

    fn master_key(&mut self) -> MasterKey {
        let mut key = [0; 30];
        for chunk in key.chunks_mut(8) {
            let bytes = self.random.bits().to_ne_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        MasterKey(key)
    }
}

/// What the exchange asks.
impl Control {
    fn command(&mut self, command: Command, now: Micros) {
        #[cfg(test)]
        tests::spring_traps(&command);
        match command {
            Command::Dial(dial) => self.dial(dial, now),
            Command::Open { leg } => self.open(leg, now),
            Command::Link(link) => self.report(link.leg, failed("A simulated call needs simulated legs."), now),
            Command::Ring { leg, media } => self.ring(leg, media, now),
            Command::Answer { leg } => self.answer(leg, now),
            Command::Reject { leg, status, reason, mut headers } => {
                if status == 503 {
                    // Without it the caller takes us for broken (RFC 3261 §21.5.4).
                    headers.entry("Retry-After".into()).or_insert_with(|| RETRY_AFTER.into());
                }
                self.agent.reject(leg, status, &reason, &headers.into_iter().collect(), now);
            }
            Command::HangUp { leg, cause } => self.hang_up(leg, &cause, now),
            Command::Limit { leg, ms } => self.limit(leg, Micros::from(ms) * 1_000, now),
            Command::Refer { leg, op, to, headers } => self.refer(leg, op, &to, headers, now),
            Command::Inform { leg, content_type, body } => {
                self.agent.info(leg, &content_type, body.into_bytes(), now);
            }
            Command::AcceptRefer { leg } => self.agent.accept_refer(leg, now),
            Command::RefuseRefer { leg, status } => self.agent.refuse_refer(leg, status, now),
            Command::TellRefer { leg, status, reason } => self.agent.notify_refer(leg, status, &reason, now),
            Command::Configure { domains, trunks } => {
                self.srtp_of_trunks = trunks.iter().map(|trunk| (trunk.name.clone(), trunk.srtp.clone())).collect();
                let domains = domains.into_iter().filter_map(convert::domain).collect();
                let trunks = trunks.into_iter().filter_map(convert::trunk).collect();
                self.agent.configure(domains, trunks, now);
            }
            command => self.media_command(command, now),
        }
    }

    fn media_command(&mut self, command: Command, now: Micros) {
        let Some(number) = command.leg() else { return };
        let Some(command) = convert::media_command(command) else { return };
        let op = command.starts();
        let waited = self.wait_without_audio(number, &command, now);
        if waited || self.studio.command(number, command) {
            return;
        }
        op.into_iter().for_each(|op| self.without_audio(number, op, now));
    }

    /// An operation of a leg that has no audio ends before it has begun.
    fn without_audio(&self, number: LegId, op: OpId, now: Micros) {
        if self.legs.get(&number).is_none_or(|leg| leg.ending.is_some()) {
            return self.done(number, op, "hung_up", now);
        }
        let problem = "The leg has no audio.".to_owned();
        let done = protocol::Done { op, why: "failed".into(), problem, ..protocol::Done::default() };
        self.report(number, Happening::Done(Box::new(done)), now);
    }

    /// Time passes for a leg that nobody has answered as well; false when the command is not about that.
    fn wait_without_audio(&mut self, number: LegId, command: &MediaCommand, now: Micros) -> bool {
        let Some(leg) = self.legs.get_mut(&number).filter(|leg| leg.ending.is_none()) else { return false };
        match *command {
            MediaCommand::Wait { op, ms } if !self.studio.has(number) => {
                let until = now.saturating_add(ms.saturating_mul(1_000));
                leg.waits.push((op, until));
                self.waits.change((number, op), None, Some(until));
                true
            }
            MediaCommand::Stop { op } => {
                let Some(index) = leg.waits.iter().position(|&(wait, _)| wait == op) else { return false };
                let (_, until) = leg.waits.swap_remove(index);
                self.waits.change((number, op), Some(until), None);
                self.done(number, op, "stopped", now);
                true
            }
            _ => false,
        }
    }

    fn done(&self, number: LegId, op: OpId, why: &str, now: Micros) {
        let done = protocol::Done { op, why: why.into(), ..protocol::Done::default() };
        self.report(number, Happening::Done(Box::new(done)), now);
    }

    fn dial(&mut self, dial: Dial, now: Micros) {
        let number = dial.leg;
        match self.outbound(&dial) {
            Ok((leg, outbound)) => {
                self.legs.insert(number, HeldLeg::over(leg));
                self.agent.invite(number, outbound, now);
                self.note_call_id(number);
            }
            Err(sentence) => self.report(number, failed(&sentence), now),
        }
    }

    fn note_call_id(&mut self, number: LegId) {
        if let (Some(leg), Some(call_id)) = (self.legs.get_mut(&number), self.agent.call_id(number)) {
            leg.call_id = call_id.to_owned();
        }
    }

    fn outbound(&mut self, dial: &Dial) -> Result<(SipLeg, Outbound), String> {
        let read = |text: &str| Uri::parse(text).map_err(|error| format!("{error}"));
        let (uri, from) = (read(&dial.uri)?, read(&dial.from_uri)?);
        let next_hop = if dial.next_hop.is_empty() { None } else { Some(read(&dial.next_hop)?) };
        // A phone that registered over TLS wants audio that nobody overhears, where both sides can.
        let srtp = match dial.srtp.as_str() {
            _ if self.agent.is_in_secure_domain(&uri) => "required",
            "off" if self.agent.reaches_over_tls(&uri) => "optional",
            policy => policy,
        };
        let mut leg = self.new_leg(&dial.codecs, srtp);
        let port = self.studio.reserve(dial.leg, dial.beside).map_err(|error| format!("no port for audio: {error}"))?;
        leg.has_port(port);
        let credentials = (!dial.username.is_empty())
            .then(|| Credentials { username: dial.username.clone(), password: dial.password.clone() });
        let reach = convert::reach(dial.reach.as_deref()).ok_or("A network that may be called cannot be read.")?;
        let body = leg.offer();
        let outbound = Outbound {
            uri,
            from,
            from_name: dial.from_name.clone(),
            next_hop,
            headers: dial.headers.clone().into_iter().collect(),
            credentials,
            ring: Micros::from(dial.ring_ms) * 1_000,
            body,
            reach,
        };
        Ok((leg, outbound))
    }

    /// A leg without a far end.
    fn open(&mut self, number: LegId, now: Micros) {
        if self.legs.contains_key(&number) {
            return;
        }
        if self.open_legs() >= MOST_OPEN {
            return self.report(number, failed("There are too many legs without a far end."), now);
        }
        self.legs.insert(number, HeldLeg::open());
        self.studio.open(number);
        self.up(number, Fields::new(), now);
    }

    fn hang_up(&mut self, number: LegId, cause: &str, now: Micros) {
        match self.legs.get(&number) {
            Some(HeldLeg { sip: None, ending: Some(_), .. }) => {}
            Some(HeldLeg { sip: None, .. }) => self.ended(number, hung_up(cause, ""), now),
            _ => self.agent.hang_up(number, cause, now),
        }
    }

    fn ring(&mut self, number: LegId, media: bool, now: Micros) {
        let wants_media = media && self.sip(number).is_some_and(|leg| leg.owes_answer());
        if !wants_media {
            return self.agent.ring(number, None, now);
        }
        if let Some(body) = self.accept(number, now) {
            self.agent.ring(number, Some(body), now);
        }
    }

    fn answer(&mut self, number: LegId, now: Micros) {
        if self.legs.get(&number).is_none_or(|leg| leg.is_answered) {
            return;
        }
        let Some(leg) = self.sip(number) else { return };
        if leg.owes_answer() {
            let Some(body) = self.accept(number, now) else { return };
            self.agent.answer(number, body, now);
            self.up(number, Fields::new(), now);
        } else if let Some(body) = leg.said() {
            self.agent.answer(number, body, now);
            self.up(number, Fields::new(), now);
        } else if self.reserve(number, now) {
            // The caller made no offer: ours goes out with the answer, theirs comes with the ACK.
            let body = self.sip(number).map(SipLeg::offer).unwrap_or_default();
            self.agent.answer(number, body, now);
        }
    }

    /// Our answer to a caller's offer, its audio started; the call is refused when there can be none.
    fn accept(&mut self, number: LegId, now: Micros) -> Option<Vec<u8>> {
        if !self.reserve(number, now) {
            return None;
        }
        match self.sip(number)?.accept() {
            Ok((body, agreed)) => {
                self.start(number, agreed);
                Some(body)
            }
            Err(why) => {
                self.agent.reject(number, 488, &why, &Vec::new(), now);
                None
            }
        }
    }

    fn start(&mut self, number: LegId, agreed: Agreed) {
        self.studio.start(number, agreed.params, agreed.shares_port);
    }

    fn reserve(&mut self, number: LegId, now: Micros) -> bool {
        match self.studio.reserve(number, None) {
            Ok(port) => {
                self.sip(number).into_iter().for_each(|leg| leg.has_port(port));
                true
            }
            Err(_) => {
                self.agent.reject(number, 503, "No ports left for audio", &Vec::new(), now);
                false
            }
        }
    }

    fn up(&mut self, number: LegId, headers: Fields, now: Micros) {
        let Some(leg) = self.legs.get_mut(&number).filter(|leg| !leg.is_answered) else { return };
        leg.is_answered = true;
        let length = if let Some(Limit::Length(length)) = leg.limit { length } else { LONGEST };
        let (codec, call_id) = (leg.codec_name().to_owned(), leg.call_id.clone());
        self.set_limit(number, Some(Limit::Until(now + length)));
        self.report(number, Happening::Answered { codec, headers, call_id }, now);
    }

    fn limit(&mut self, number: LegId, length: Micros, now: Micros) {
        let length = length.min(LONGEST);
        let is_answered = self.legs.get(&number).is_some_and(|leg| leg.is_answered);
        self.set_limit(number, Some(if is_answered { Limit::Until(now + length) } else { Limit::Length(length) }));
    }

    fn refer(&mut self, number: LegId, op: OpId, to: &str, headers: Fields, now: Micros) {
        let uri = Uri::parse(to);
        let leg = self.legs.get_mut(&number).filter(|leg| leg.is_answered && leg.ending.is_none() && leg.sip.is_some());
        let problem = match (leg, uri) {
            (Some(leg), Ok(uri)) if leg.refer.is_none() => {
                leg.refer = Some(Transfer { op, ..Transfer::default() });
                return self.agent.refer(number, &uri, headers.into_iter().collect(), now);
            }
            (Some(_), Ok(_)) => "The leg is being transferred already.".to_owned(),
            (_, Err(error)) => error.to_string(),
            (None, _) => "The leg is not answered.".to_owned(),
        };
        let done = protocol::Done { op, why: "failed".into(), problem, ..protocol::Done::default() };
        self.report(number, Happening::Done(Box::new(done)), now);
    }

    /// A transfer that we asked for has got so far.
    fn transferred(&mut self, number: LegId, answer: u16, status: u16, is_done: bool, now: Micros) {
        let Some(leg) = self.legs.get_mut(&number) else { return };
        if let Some(transfer) = &mut leg.refer {
            (transfer.answer, transfer.status) = (answer, status);
        }
        if let Some(transfer) = leg.refer.take_if(|_| is_done) {
            self.transfer_ended(number, &transfer, "end", now);
        }
    }

    fn transfer_ended(&self, number: LegId, transfer: &Transfer, why: &str, now: Micros) {
        let &Transfer { op, answer, status } = transfer;
        let done = protocol::Done { op, why: why.into(), answer, status, ..protocol::Done::default() };
        self.report(number, Happening::Done(Box::new(done)), now);
    }
}

/// What the other side does.
impl Control {
    fn agent_event(&mut self, event: AgentEvent, now: Micros) {
        match event {
            AgentEvent::Invited(invitation) => self.invited(*invitation, now),
            AgentEvent::Progress { leg, status, body, .. } => self.progress(leg, status, body, now),
            AgentEvent::Answered { leg, body, headers, .. } => {
                self.note_call_id(leg);
                if self.agreed(leg, &body, now) {
                    self.up(leg, headers.into_iter().collect(), now);
                }
            }
            AgentEvent::Offered { leg, body } => self.offered(leg, body, now),
            AgentEvent::OfferAnswered { leg, body } => {
                if self.agreed(leg, &body, now) {
                    self.up(leg, Fields::new(), now);
                }
            }
            AgentEvent::OfferRefused { .. } => {}
            AgentEvent::Key { leg, key, ms } => {
                self.studio.command(leg, MediaCommand::Pressed { key, ms });
            }
            AgentEvent::Informed { leg, content_type, body } => {
                self.report(leg, Happening::Informed { content_type, body }, now);
            }
            AgentEvent::Referred { leg, to, by } => self.report(leg, Happening::Referred { to, by }, now),
            AgentEvent::ReferState { leg, answer, status, done } => self.transferred(leg, answer, status, done, now),
            AgentEvent::Ended { leg, cause, status, reason, headers } => {
                let headers = headers.into_iter().collect();
                let call_id = self.legs.get(&leg).map(|leg| leg.call_id.clone()).unwrap_or_default();
                self.ended(leg, Happening::HungUp { cause: cause.to_string(), status, reason, headers, call_id }, now);
            }
            AgentEvent::Signal { leg, sent, line, cseq, peer } => {
                let peer = peer.map(|peer| peer.to_string()).unwrap_or_default();
                self.report(leg, Happening::Signal { sent, line, cseq, peer }, now);
            }
            AgentEvent::Registered { domain, username, contact, expires_s, source } => {
                self.sockets.vouch(source.ip());
                let source = source.to_string();
                self.report(0, Happening::Registered { domain, username, contact, expires_s, source }, now);
            }
            AgentEvent::Refused(refusal) => self.report(0, convert::refused(refusal), now),
            AgentEvent::TrunkState { trunk, gateway, up, reason } => {
                self.report(0, Happening::TrunkState { trunk, gateway, up, reason }, now);
            }
        }
    }

    fn invited(&mut self, invitation: Invitation, now: Micros) {
        let number = invitation.leg;
        self.sockets.vouch(invitation.source.ip());
        let is_secure = self.agent.is_in_secure_domain(&invitation.uri);
        let usual = if is_secure { "required" } else { "optional" };
        let srtp = self.srtp_of_trunks.get(&invitation.trunk).cloned().unwrap_or_else(|| usual.into());
        let mut leg = self.new_leg(&[], &srtp);
        if let Some(offer) = &invitation.offer
            && let Err(why) = leg.offered(offer)
        {
            self.agent.reject(number, 488, &why, &Vec::new(), now);
            return;
        }
        self.legs.insert(number, HeldLeg { call_id: invitation.call_id.clone(), ..HeldLeg::over(leg) });
        let user = |uri: &Uri| uri.user.clone().unwrap_or_else(|| uri.to_string());
        let invited = protocol::Invited {
            from: user(&invitation.from),
            to: user(&invitation.uri),
            from_uri: invitation.from.to_string(),
            to_uri: invitation.uri.to_string(),
            from_name: invitation.from_name,
            domain: invitation.domain,
            trunk: invitation.trunk,
            username: invitation.username,
            source: invitation.source.ip().to_string(),
            transport: transport_word(invitation.transport).into(),
            call_id: invitation.call_id,
            headers: invitation.headers.into_iter().collect(),
        };
        self.report(number, Happening::Invited(Box::new(invited)), now);
    }

    fn progress(&mut self, number: LegId, status: u16, body: Option<Vec<u8>>, now: Micros) {
        let media = body.is_some_and(|body| self.agreed(number, &body, now));
        if status > 100 {
            self.report(number, Happening::Early { status, media }, now);
        }
    }

    /// Takes the answer to an offer of ours; hangs up when there is no agreement in it.
    fn agreed(&mut self, number: LegId, body: &[u8], now: Micros) -> bool {
        let Some(leg) = self.sip(number) else { return false };
        match leg.answered(body) {
            Ok(agreed) => {
                self.start(number, agreed);
                true
            }
            Err(_) => {
                self.agent.hang_up(number, "failed", now);
                false
            }
        }
    }

    /// The peer changes the session: hold, another codec, another address.
    fn offered(&mut self, number: LegId, body: Option<Vec<u8>>, now: Micros) {
        let Some(leg) = self.sip(number) else { return };
        let Some(body) = body else {
            let offer = leg.offer();
            return self.agent.accept_offer(number, offer, now);
        };
        match leg.offered(&body).and_then(|()| leg.accept()) {
            Ok((answer, agreed)) => {
                self.start(number, agreed);
                self.agent.accept_offer(number, answer, now);
            }
            Err(_) => self.agent.refuse_offer(number, 488, now),
        }
    }

    fn ended(&mut self, number: LegId, ending: Happening, now: Micros) {
        self.set_limit(number, None);
        let Some(leg) = self.legs.get_mut(&number) else {
            // It was refused before the exchange heard of it.
            return;
        };
        if let Some(transfer) = leg.refer.take() {
            self.transfer_ended(number, &transfer, "hung_up", now);
        }
        let waits = self.legs.get_mut(&number).map(|leg| std::mem::take(&mut leg.waits)).unwrap_or_default();
        for (op, until) in waits {
            self.waits.change((number, op), Some(until), None);
            self.done(number, op, "hung_up", now);
        }
        let Some(leg) = self.legs.get_mut(&number) else { return };
        if self.studio.close(number) {
            leg.ending = Some(ending);
            self.set_limit(number, Some(Limit::Until(now + CLOSING)));
        } else {
            self.legs.remove(&number);
            self.report(number, ending, now);
        }
    }

    /// The audio of a leg is at its end: it was the last of the leg.
    fn closed(&mut self, number: LegId, now: Micros) {
        self.studio.closed(number);
        self.set_limit(number, None);
        if let Some(ending) = self.legs.remove(&number).and_then(|leg| leg.ending) {
            self.report(number, ending, now);
        }
    }

    /// What a media thread tells.
    fn media(&mut self, number: LegId, event: MediaEvent, now: Micros) {
        match event {
            MediaEvent::MediaTimeout => self.hang_up(number, "media_timeout", now),
            MediaEvent::Broken(_) => self.hang_up(number, "failed", now),
            MediaEvent::Closed(quality) => {
                if let Some(sip) = self.legs.get(&number).and_then(|leg| leg.sip.as_ref()) {
                    self.report(number, convert::quality(&quality, sip.codec_name()), now);
                }
                self.closed(number, now);
            }
            MediaEvent::Key { .. } | MediaEvent::Heard { .. } | MediaEvent::Done(_) | MediaEvent::Speaking { .. } => {}
        }
    }
}

fn failed(sentence: &str) -> Happening {
    hung_up("failed", sentence)
}

fn hung_up(cause: &str, reason: &str) -> Happening {
    let (headers, call_id) = (Fields::new(), String::new());
    Happening::HungUp { cause: cause.into(), status: 0, reason: reason.into(), headers, call_id }
}

#[cfg(test)]
mod tests;
