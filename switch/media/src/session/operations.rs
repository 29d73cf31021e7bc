//! What a leg is doing: its operations, each of which ends with exactly one `Done`.
//!
//! Rule 1: an operation lives in exactly one field from its start to its end; whoever takes it out reports its `Done`.
//! The one exception is the player of a `Collect`'s prompts, which belongs to that `Collect` and reports nothing.
//! Rule 2: one thing plays at a time, and one `Collect` listens at a time: the new one stops the old one.

use std::collections::VecDeque;

use super::collect::{Collector, Speech};
use super::detect::Detection;
use super::player::{Played, Player};
use super::press::Press;
use super::recorder::Recorder;
use super::{Done, MediaCommand, OpId, Source, Why};
use crate::graph::{Library, Tap};
use crate::{Frame, Micros};

/// Most operations of a leg at a time; what comes on top fails.
const MOST_OPERATIONS: usize = 64;

/// The operations of a leg.
#[derive(Default)]
pub(super) struct Operations {
    player: Option<Player>,
    collector: Option<Collector>,
    recorders: Vec<Recorder>,
    detections: Vec<Detection>,
    /// Keys to press; the first one is at it.
    presses: VecDeque<Press>,
    waits: Vec<(OpId, Micros)>,
    taps: Vec<(OpId, Box<dyn Tap>)>,
    /// Taps that have something to be fetched.
    pub heard: Vec<OpId>,
    /// Ends that are not reported yet.
    pub ended: Vec<Done>,
}

impl Operations {
    /// Starts, changes or stops an operation; other commands are none of ours.
    pub fn command(&mut self, command: MediaCommand, now: Micros, library: &mut dyn Library) {
        if command.starts().is_some_and(|op| !self.admits(op)) {
            return;
        }
        match command {
            MediaCommand::Play { op, sources, repeat } => self.play(op, sources, repeat),
            MediaCommand::Collect { op, how } => {
                if let Some(collector) = self.collector.take() {
                    self.end_prompts_of(collector.op());
                    self.ended.push(collector.done(Why::Stopped));
                }
                self.play(op, how.sources.clone(), 1);
                self.collector = Some(Collector::new(op, &how, now));
            }
            MediaCommand::Record { op, how } => self.recorders.push(Recorder::new(op, how, library)),
            MediaCommand::PauseRecording { op, silence } => {
                self.recorder(op).into_iter().for_each(|recorder| recorder.pause(silence));
            }
            MediaCommand::ResumeRecording { op } => self.recorder(op).into_iter().for_each(Recorder::resume),
            MediaCommand::SendKeys { op, keys, inband } => match Press::new(op, &keys, inband) {
                Ok(press) => self.presses.push_back(press),
                Err(problem) => self.ended.push(Done::failed(op, problem)),
            },
            MediaCommand::Wait { op, ms } => self.waits.push((op, now.saturating_add(ms.saturating_mul(1_000)))),
            MediaCommand::Detect { op, how } => self.detections.push(Detection::new(op, how)),
            MediaCommand::Stop { op } => self.stop(op, Why::Stopped),
            _ => {}
        }
    }

    /// Starts to listen in.
    pub fn tap(&mut self, op: OpId, tap: Box<dyn Tap>) {
        if self.admits(op) {
            self.taps.push((op, tap));
        }
    }

    /// Whether an operation may start; one that may not has failed, or runs already.
    fn admits(&mut self, op: OpId) -> bool {
        if self.has(op) {
            return false; // a second `Done` for it would be one too many
        }
        let has_room = self.count() < MOST_OPERATIONS;
        if !has_room {
            self.ended.push(Done::failed(op, "The leg does too much at once."));
        }
        has_room
    }

    fn play(&mut self, op: OpId, sources: Vec<Source>, repeat: u32) {
        if let Some(playing) = self.player.as_ref().map(Player::op) {
            self.stop(playing, Why::Stopped);
        }
        self.player = Some(Player::new(op, sources, repeat));
    }

    fn end_prompts_of(&mut self, op: OpId) {
        self.player.take_if(|player| player.op() == op);
    }

    fn recorder(&mut self, op: OpId) -> Option<&mut Recorder> {
        self.recorders.iter_mut().find(|recorder| recorder.op() == op)
    }

    fn stop(&mut self, op: OpId, why: Why) {
        if let Some(recorder) = self.recorder(op) {
            recorder.finish(why, None);
        } else if let Some(collector) = self.collector.take_if(|collector| collector.op() == op) {
            self.end_prompts_of(op);
            self.ended.push(collector.done(why));
        } else if let Some(player) = self.player.take_if(|player| player.op() == op) {
            self.ended.push(Done::new(player.op(), why));
        } else if let Some(at) = self.detections.iter().position(|detection| detection.op() == op) {
            let detection = self.detections.swap_remove(at);
            self.ended.push(detection.done(why));
        } else if let Some(at) = self.presses.iter().position(|press| press.op() == op) {
            self.presses.remove(at);
            self.ended.push(Done::new(op, why));
        } else if let Some(at) = self.waits.iter().position(|(waiting, _)| *waiting == op) {
            self.waits.swap_remove(at);
            self.ended.push(Done::new(op, why));
        } else if let Some(at) = self.taps.iter().position(|(tapping, _)| *tapping == op) {
            self.taps.swap_remove(at);
            self.ended.push(Done::new(op, why));
        }
    }

    /// Ends everything. Recordings report once their files are complete: see [`Operations::are_over`].
    pub fn stop_all(&mut self, why: Why) {
        for op in self.all() {
            self.stop(op, why);
        }
    }

    /// Ends everything after our own code failed, whatever state it is in.
    pub fn fail_all(&mut self, problem: &str) {
        for op in self.all() {
            self.ended.push(Done::failed(op, problem));
        }
        *self = Self { ended: std::mem::take(&mut self.ended), ..Self::default() };
    }

    fn all(&self) -> Vec<OpId> {
        let collecting = self.collector.as_ref().map(Collector::op);
        let playing = self.player.as_ref().map(Player::op).filter(|op| Some(*op) != collecting);
        let recording = self.recorders.iter().map(Recorder::op);
        let detecting = self.detections.iter().map(Detection::op);
        let pressing = self.presses.iter().map(Press::op);
        let waiting = self.waits.iter().map(|(op, _)| *op);
        let tapping = self.taps.iter().map(|(op, _)| *op);
        let beside = recording.chain(detecting).chain(pressing).chain(waiting).chain(tapping);
        collecting.into_iter().chain(playing).chain(beside).collect()
    }

    fn has(&self, op: OpId) -> bool {
        self.all().contains(&op)
    }

    fn count(&self) -> usize {
        self.recorders.len() + self.detections.len() + self.presses.len() + self.waits.len() + self.taps.len()
    }

    /// Whether nothing is left, not even a file that is being completed.
    pub fn are_over(&self) -> bool {
        self.count() == 0 && self.player.is_none() && self.collector.is_none()
    }

    /// The far end pressed a key.
    pub fn key(&mut self, key: char, now: Micros) {
        self.recorders.iter_mut().for_each(|recorder| recorder.key(key));
        let Some(collector) = self.collector.as_mut().filter(|collector| collector.takes_keys()) else { return };
        let (op, yields) = (collector.op(), collector.yields());
        if let Some(done) = collector.key(key, now) {
            self.end_prompts_of(op);
            self.collector = None;
            self.ended.push(done);
        } else if yields {
            collector.prompts_ended(now);
            self.end_prompts_of(op);
        }
    }

    /// Ends what time has ended, and recordings whose files are complete.
    pub fn tick(&mut self, now: Micros) {
        if let Some(done) = self.collector.as_ref().and_then(|collector| collector.tick(now)) {
            self.collector = None;
            self.ended.push(done);
        }
        let ended = &mut self.ended;
        self.waits.retain(|&(op, until)| {
            if until <= now {
                ended.push(Done::new(op, Why::End));
            }
            until > now
        });
        self.recorders.retain(|recorder| match recorder.done() {
            Some(done) => {
                ended.push(done);
                false
            }
            None => true,
        });
    }

    /// The next moment at which [`Operations::tick`] has something to do.
    pub fn deadline(&self) -> Option<Micros> {
        let waits = self.waits.iter().map(|&(_, until)| until);
        waits.chain(self.collector.as_ref().and_then(Collector::deadline)).min()
    }

    /// Whether nothing of it needs a tick before its deadline.
    pub fn are_resting(&self) -> bool {
        self.player.is_none() && self.recorders.is_empty() && self.presses.is_empty() && !self.listen()
    }

    /// Whether one of them listens to what the leg says.
    pub fn listen(&self) -> bool {
        !self.detections.is_empty() || self.follow_both()
    }

    /// Whether one of them goes by what the leg hears, too.
    pub fn follow_both(&self) -> bool {
        let awaits_speech = self.collector.as_ref().is_some_and(Collector::awaits_speech);
        awaits_speech || !self.taps.is_empty() || self.recorders.iter().any(Recorder::listens)
    }

    /// Whether a key would make a difference to one of them.
    pub fn await_keys(&self) -> bool {
        self.collector.is_some() || self.recorders.iter().any(Recorder::awaits_keys)
    }

    /// Whether the keys that are taken are nobody else's business.
    pub fn are_private(&self) -> bool {
        self.collector.as_ref().is_some_and(Collector::is_private)
    }

    /// Whether one of them makes the leg hear something.
    pub fn are_heard(&self) -> bool {
        self.player.is_some() || !self.presses.is_empty() || self.recorders.iter().any(Recorder::beeps)
    }

    /// The next 20 ms of what is played; ends the operation when there are none.
    pub fn play_next(&mut self, frame: &mut Frame, now: Micros, library: &mut dyn Library) -> Played<'_> {
        let Some(player) = &mut self.player else { return Played::Nothing };
        let op = player.op();
        let problem = match player.prepare(library) {
            Ok(true) => return self.player.as_mut().map_or(Played::Nothing, |player| player.next(frame, library)),
            Ok(false) => None,
            Err(problem) => Some(problem),
        };
        self.player = None;
        self.played(op, problem, now);
        Played::Nothing
    }

    /// What `op` played is over, or cannot be had.
    fn played(&mut self, op: OpId, problem: Option<String>, now: Micros) {
        let collector = self.collector.as_mut().filter(|collector| collector.op() == op);
        match (collector, problem) {
            (Some(collector), None) => collector.prompts_ended(now),
            (Some(collector), Some(problem)) => {
                self.ended.push(Done { problem, ..collector.done(Why::Failed) });
                self.collector = None;
            }
            (None, None) => self.ended.push(Done::new(op, Why::End)),
            (None, Some(problem)) => self.ended.push(Done::failed(op, problem)),
        }
    }

    /// The next 20 ms of a beep, if a recording has one.
    pub fn beep(&mut self, frame: &mut Frame) -> bool {
        self.recorders.iter_mut().any(|recorder| recorder.beep(frame))
    }

    /// The keys that are being pressed.
    pub fn press(&mut self) -> Option<&mut Press> {
        self.presses.front_mut()
    }

    /// All its keys were pressed.
    pub fn pressed(&mut self) {
        if let Some(press) = self.presses.pop_front() {
            self.ended.push(Done::new(press.op(), Why::End));
        }
    }

    /// It could not press its keys.
    pub fn press_failed(&mut self, problem: String) {
        if let Some(press) = self.presses.pop_front() {
            self.ended.push(Done::failed(press.op(), problem));
        }
    }

    /// Gives 20 ms of what the leg says and hears to all that listen; `is_key`: what it says is the tones of a key.
    pub fn hear(&mut self, said: &Frame, heard: &Frame, is_key: bool, now: Micros) {
        self.hear_speech(said, heard, is_key, now);
        for (op, tap) in &mut self.taps {
            if tap.hear(said, heard) {
                self.heard.push(*op);
            }
        }
        self.recorders.iter_mut().for_each(|recorder| recorder.hear(said, heard));
        let ended = &mut self.ended;
        self.detections.retain_mut(|detection| match detection.hear(said) {
            Some(done) => {
                ended.push(done);
                false
            }
            None => true,
        });
    }

    /// Lets the one that collects hear what is said; the beginning of speech stops its prompts.
    fn hear_speech(&mut self, said: &Frame, heard: &Frame, is_key: bool, now: Micros) {
        let Some(collector) = self.collector.as_mut().filter(|collector| collector.awaits_speech()) else { return };
        let (op, yields) = (collector.op(), collector.yields());
        match collector.hear(said, heard, is_key, now) {
            Speech::Silent => {}
            Speech::Began if yields => {
                collector.prompts_ended(now);
                self.end_prompts_of(op);
            }
            Speech::Began => {}
            Speech::Over(done) => {
                self.collector = None;
                self.ended.push(done);
            }
        }
    }
}
