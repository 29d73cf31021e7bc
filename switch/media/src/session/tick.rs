//! The tick of a leg, every 20 ms: first it listens, then, when all have listened, it speaks.

use super::outgoing::Voice;
use super::player::Played;
use super::press::Pressing;
use super::{Carrier, MediaEvent, Peer, Place, RELATCH, Session, TICK, Wire};
use crate::graph::Library;
use crate::graph::room::Share;
use crate::rtp::KeyEvent;
use crate::{FRAME, Frame, Micros, micros};

impl Session {
    /// The first half of a tick: makes the last 20 ms of what the far end said, lets time end what it ends.
    pub(crate) fn listen(&mut self, now: Micros, library: &mut dyn Library) {
        // A tick may come a little early or late; half of one decides whether any were left out.
        let passed = self.ticked.map_or(1, |ticked| (now.saturating_sub(ticked) + TICK / 2) / TICK);
        self.rest(passed.saturating_sub(1));
        self.ticked = Some(now);
        match self.wire {
            Wire::Open => self.say(now, library),
            Wire::Socket | Wire::Link(_) => self.take_in(now),
        }
        let told = self.speaking.as_mut().and_then(|speaking| speaking.hear(self.incoming.frame()));
        self.events.extend(told.map(|on| MediaEvent::Speaking { on }));
        self.operations.tick(now);
        self.watch(now);
        self.report();
    }

    /// Makes the last 20 ms of what came over the wire.
    fn take_in(&mut self, now: Micros) {
        if self.secret_until <= now {
            self.secret_until = 0;
        }
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
    }

    /// Makes the next 20 ms of what a leg without a far end plays: that is what it says.
    fn say(&mut self, now: Micros, library: &mut dyn Library) {
        let over = self.overlay();
        let (mut frame, mut sum) = ([0; FRAME], [0; FRAME]);
        let played = self.operations.play_next(&mut frame, now, library);
        let voice = compose(played, &frame, Share::Nothing, &frame, &over, true, &mut sum);
        let says_something = !matches!(voice, Voice::Nothing);
        self.incoming.put(says_something.then_some(&sum));
    }

    /// The last 20 ms of what the far end said, if it said anything.
    pub(crate) fn said(&self) -> Option<&Frame> {
        self.incoming.frame().filter(|_| !(self.is_secret() && self.incoming.holds_key()))
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
        if self.wire == Wire::Open {
            return self.overhear(share, own, now);
        }
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

    /// The second half of a tick of a leg without a far end: it takes down what others say.
    fn overhear(&mut self, share: Share<'_>, own: &Frame, now: Micros) {
        if let Some(heard) = &mut self.heard {
            match &share {
                Share::Nothing => heard.silence(1),
                Share::Common(mix) => heard.hear(&mix.linear),
                Share::Own => heard.hear(own),
            }
        }
        if self.operations.listen() {
            match share {
                Share::Nothing => self.hear(&[0; FRAME], now),
                Share::Common(mix) => self.hear(&mix.linear, now),
                Share::Own => self.hear(own, now),
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
        let over = self.overlay();
        let follows_both = self.operations.follow_both();
        let is_listened_to = self.operations.listen();
        let mut frame = [0; FRAME];
        let played = self.operations.play_next(&mut frame, now, library);
        let mut sum = [0; FRAME];
        let voice = compose(played, &frame, share, own, &over, follows_both, &mut sum);

        self.spoke = !matches!(voice, Voice::Nothing) || self.outgoing.is_pressing();
        let is_idle_link = !self.spoke && self.wire != Wire::Socket;
        if is_idle_link || !self.params.sends {
            self.outgoing.skip(1);
        } else {
            self.outgoing.send(voice, self.srtp.as_deref_mut(), carrier);
        }
        if is_listened_to {
            self.hear(&sum, now);
        }
    }

    /// The next 20 ms of keys and beeps.
    fn overlay(&mut self) -> Overlay {
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
        over
    }

    /// Gives the 20 ms of both sides to what records and judges.
    fn hear(&mut self, heard: &Frame, now: Micros) {
        const NOTHING: Frame = [0; FRAME];
        let said = self.incoming.frame().unwrap_or(&NOTHING);
        self.operations.hear(said, heard, self.incoming.holds_key(), now);
    }
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
