//! Keys that answer a prompt, or speech.
//!
//! The clock starts when the prompts end or with the first key, whichever is earlier, and each key starts it anew. Where
//! keys do not stop the prompts, it does not run out before they end.
//!
//! Speech, where it is an answer, competes with keys: the first key ends the listening to speech, the beginning of speech
//! ends the taking of keys and the clock. What is said before prompts end that do not yield is no answer.

use super::utterance::{Turn, Utterance};
use super::{Collect, Done, OpId, Why};
use crate::{Frame, Micros, micros};

/// Most keys that are kept where a command sets no limit.
pub const MOST_KEYS: u32 = 1_000;

/// A `Collect` that is under way.
pub(super) struct Collector {
    op: OpId,
    most: usize,
    finish: String,
    first: Micros,
    between: Micros,
    barge_in: bool,
    is_private: bool,
    takes_keys: bool,
    digits: String,
    is_prompting: bool,
    deadline: Option<Micros>,
    started: Micros,
    /// Speech, while it may be the answer.
    utterance: Option<Box<Utterance>>,
}

/// What came of listening.
pub(super) enum Speech {
    /// Nothing yet.
    Silent,
    /// Somebody speaks.
    Began,
    /// It was the answer.
    Over(Done),
}

impl Collector {
    /// Starts with its prompts; say so when they end, also when there are none.
    pub fn new(op: OpId, how: &Collect, now: Micros) -> Self {
        let most = if how.most == 0 { MOST_KEYS } else { how.most.min(MOST_KEYS) };
        Self {
            op,
            most: most as usize,
            finish: how.finish.clone(),
            first: micros(how.first_ms),
            between: micros(how.between_ms),
            barge_in: how.barge_in,
            is_private: how.private,
            takes_keys: how.keys,
            digits: String::new(),
            is_prompting: true,
            deadline: None,
            started: now,
            utterance: how.speech.map(|how| Box::new(Utterance::new(how))),
        }
    }

    pub fn op(&self) -> OpId {
        self.op
    }

    /// Whether a key or speech stops the prompts.
    pub fn yields(&self) -> bool {
        self.is_prompting && self.barge_in
    }

    /// Whether its keys are nobody else's business.
    pub fn is_private(&self) -> bool {
        self.is_private
    }

    /// Whether a key may be the answer.
    pub fn takes_keys(&self) -> bool {
        self.takes_keys
    }

    /// Whether speech may be the answer.
    pub fn awaits_speech(&self) -> bool {
        self.utterance.is_some()
    }

    fn has_begun_to_speak(&self) -> bool {
        self.utterance.as_ref().is_some_and(|utterance| utterance.began().is_some())
    }

    /// Takes 20 ms of what is said and heard; `is_key`: what is said are the tones of a key, which will be told as such.
    pub fn hear(&mut self, said: &Frame, heard: &Frame, is_key: bool, now: Micros) -> Speech {
        let counts = !is_key && (self.barge_in || !self.is_prompting);
        let Some(utterance) = &mut self.utterance else { return Speech::Silent };
        match utterance.push(said, heard, counts, now) {
            Turn::Nothing => Speech::Silent,
            Turn::Began => {
                self.deadline = None;
                Speech::Began
            }
            Turn::Over => Speech::Over(self.done(Why::Speech)),
        }
    }

    pub fn prompts_ended(&mut self, now: Micros) {
        self.is_prompting = false;
        if self.has_begun_to_speak() {
            return;
        }
        let wait = if self.digits.is_empty() { self.first } else { self.between };
        self.deadline = Some(now + wait);
    }

    pub fn key(&mut self, key: char, now: Micros) -> Option<Done> {
        if self.has_begun_to_speak() {
            return None;
        }
        self.utterance = None;
        if self.finish.contains(key) {
            return Some(Done { key: Some(key), ..self.done(Why::Finish) });
        }
        self.digits.push(key);
        if self.digits.len() >= self.most {
            return Some(self.done(Why::Most));
        }
        if !self.is_prompting {
            self.deadline = Some(now + self.between);
        }
        None
    }

    pub fn deadline(&self) -> Option<Micros> {
        self.deadline
    }

    pub fn tick(&self, now: Micros) -> Option<Done> {
        let may_speak = self.utterance.as_ref().is_some_and(|utterance| utterance.may_begin());
        self.deadline.filter(|&deadline| now >= deadline && !may_speak).map(|_| self.done(Why::Timeout))
    }

    pub fn done(&self, why: Why) -> Done {
        let began = self.utterance.as_ref().and_then(|utterance| utterance.began());
        let ms = began.map_or(0, |began| began.saturating_sub(self.started) / 1_000) as u32;
        Done { digits: self.digits.clone(), ms, ..Done::new(self.op, why) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Micros = 1_000_000;

    fn how() -> Collect {
        Collect { between_ms: 2_000, ..Collect::default() }
    }

    fn end(collector: &Collector) -> Option<Micros> {
        collector.deadline()
    }

    /// The clock for the first key starts when the prompts end.
    #[test]
    fn waits_for_the_first_key_after_the_prompts() {
        let mut collector = Collector::new(1, &how(), 0);
        assert_eq!(end(&collector), None);
        collector.prompts_ended(10 * SECOND);
        assert_eq!(collector.tick(15 * SECOND - 1), None);
        assert_eq!(collector.tick(15 * SECOND).map(|done| done.why), Some(Why::Timeout));
    }

    /// Each key starts the clock anew.
    #[test]
    fn each_key_starts_the_clock_anew() {
        let mut collector = Collector::new(1, &how(), 0);
        collector.prompts_ended(0);
        assert_eq!(collector.key('1', 4 * SECOND), None);
        assert_eq!(end(&collector), Some(6 * SECOND));
        assert_eq!(collector.key('2', 5 * SECOND), None);
        assert_eq!(end(&collector), Some(7 * SECOND));
        assert_eq!(collector.tick(7 * SECOND).map(|done| done.digits), Some("12".into()));
    }

    /// Keys pressed over prompts that go on are kept, and the clock starts when the prompts end.
    #[test]
    fn without_barge_in_the_clock_waits_for_the_prompts() {
        let mut collector = Collector::new(1, &Collect { barge_in: false, ..how() }, 0);
        assert_eq!(collector.key('1', SECOND), None);
        assert!(!collector.yields());
        assert_eq!(end(&collector), None);
        collector.prompts_ended(10 * SECOND);
        assert_eq!(end(&collector), Some(12 * SECOND));
    }

    /// A finishing key is told apart from the digits; without one every key is a digit.
    #[test]
    fn the_finishing_key_is_no_digit() {
        let mut collector = Collector::new(1, &how(), 0);
        collector.key('4', 0);
        let done = collector.key('#', 1).unwrap();
        assert_eq!((done.why, done.digits.as_str(), done.key), (Why::Finish, "4", Some('#')));

        let mut collector = Collector::new(1, &Collect { finish: String::new(), most: 2, ..how() }, 0);
        assert_eq!(collector.key('#', 0), None);
        let done = collector.key('*', 1).unwrap();
        assert_eq!((done.why, done.digits.as_str(), done.key), (Why::Most, "#*", None));
    }
}
