//! Speech that answers a prompt: when it begins, and when it is over.
//!
//! Phones give back a little of what they hear. What is that much weaker than the prompt that was just played may be its
//! echo, and begins no word.

use super::SpeechEnd;
use crate::dsp::level::dbfs;
use crate::dsp::{Vad, vad};
use crate::session::TICK;
use crate::{Frame, Micros, SAMPLE_RATE, micros};

/// How long the detector holds on after the last frame with sound.
const HANG: Micros = micros(vad::HANG_MS as u32) - TICK;

/// Shorter sounds are clicks and breaths: so much speech in a row, what the detector adds to it included, is a word.
const WORD: Micros = micros(180);

/// How much weaker than what the phone heard its echo is, in dB (ITU-T G.131 counts on 24 and more).
const ECHO: f32 = 18.0;
/// How fast what was heard is forgotten, in dB for each tick: echoes come back within a few hundred milliseconds.
const FADE: f32 = 0.4;

/// One side's speech, from the first word to the silence after the last.
pub(super) struct Utterance {
    end: Micros,
    most: Micros,
    vad: Vad,
    /// Level of what the phone heard, fading away.
    heard: f32,
    /// Speech in a row that may still turn out to be a click.
    word: Micros,
    /// When it began, once that is certain.
    began: Option<Micros>,
    /// When there was speech last.
    last: Micros,
}

/// What 20 ms brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing new.
    Nothing,
    /// It has begun.
    Began,
    /// It is over.
    Over,
}

impl Utterance {
    /// Nothing was said yet.
    pub fn new(how: SpeechEnd) -> Self {
        Self {
            end: micros(how.end_ms),
            most: micros(how.most_ms),
            vad: Vad::new(SAMPLE_RATE as u32),
            heard: f32::MIN,
            word: 0,
            began: None,
            last: 0,
        }
    }

    /// When it began, if it has.
    pub fn began(&self) -> Option<Micros> {
        self.began
    }

    /// Whether a word may be under way.
    pub fn may_begin(&self) -> bool {
        self.word > 0
    }

    /// Takes the 20 ms up to `now` of what the phone says and hears; where they do not `count`, it only learns what the
    /// noise behind is like.
    pub fn push(&mut self, said: &Frame, heard: &Frame, counts: bool, now: Micros) -> Turn {
        self.heard = dbfs(heard).max(self.heard - FADE);
        let speaks = self.vad.push(said) && counts;
        let goes_on = self.word > 0 || self.began.is_some() || dbfs(said) > self.heard - ECHO;
        self.word = if speaks && goes_on { self.word + TICK } else { 0 };
        if speaks {
            self.last = now;
        }
        let Some(began) = self.began else {
            if self.word < WORD {
                return Turn::Nothing;
            }
            self.began = Some(now.saturating_sub(self.word));
            return Turn::Began;
        };
        let silence = if speaks { 0 } else { now - self.last + HANG };
        let is_over = (silence > 0 && silence >= self.end) || now.saturating_sub(began) >= self.most;
        if is_over { Turn::Over } else { Turn::Nothing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::testing::Noise;

    const MS: Micros = 1_000;

    /// What comes of speech in these stretches of (ms, whether there is any): when each turn came, in ms.
    fn turns(stretches: &[(u64, bool)]) -> Vec<(Turn, u64)> {
        let mut utterance = Utterance::new(SpeechEnd { end_ms: 1_000, most_ms: 5_000 });
        let (mut noise, mut now, mut turns) = (Noise::new(3), 0, Vec::new());
        for &(ms, speaks) in stretches {
            for _ in 0..ms / 20 {
                now += 20 * MS;
                let frame = noise.frame(if speaks { -25.0 } else { -62.0 }, 160).try_into().unwrap();
                match utterance.push(&frame, &[0; 160], true, now) {
                    Turn::Nothing => {}
                    turn => turns.push((turn, now / MS)),
                }
                if turns.last().is_some_and(|(turn, _)| *turn == Turn::Over) {
                    return turns;
                }
            }
        }
        turns
    }

    /// A short word is speech, which ends after as much silence as was asked for, to a tick.
    #[test]
    fn a_word_and_silence() {
        assert_eq!(turns(&[(500, false), (200, true), (3_000, false)]), [(Turn::Began, 680), (Turn::Over, 1_700)]);
    }

    /// Clicks are no speech, however many.
    #[test]
    fn clicks_are_no_speech() {
        let clicks: Vec<(u64, bool)> = (0..10).flat_map(|_| [(60, true), (300, false)]).collect();
        assert_eq!(turns(&clicks), []);
    }

    /// A pause that is shorter than asked for does not end it, and nothing goes on for longer than the most.
    #[test]
    fn pauses_and_the_most() {
        let pauses: Vec<(u64, bool)> = (0..10).flat_map(|_| [(600, true), (900, false)]).collect();
        assert_eq!(turns(&pauses), [(Turn::Began, 180), (Turn::Over, 5_000)]);
    }

    /// A phone that gives back its prompt, 24 dB weaker and 200 ms later, says nothing; who speaks over it does.
    #[test]
    fn an_echo_is_no_answer() {
        let mut utterance = Utterance::new(SpeechEnd { end_ms: 1_000, most_ms: 5_000 });
        let (mut noise, mut began) = (Noise::new(3), None);
        let is_syllable = |tick: u64| tick % 20 < 14;
        for tick in 0..400 {
            let heard = noise.frame(if is_syllable(tick) { -18.0 } else { -60.0 }, 160).try_into().unwrap();
            let level = match (tick >= 300, is_syllable(tick + 10)) {
                (true, _) => -26.0,
                (false, true) => -42.0,
                (false, false) => -62.0,
            };
            let said = noise.frame(level, 160).try_into().unwrap();
            if utterance.push(&said, &heard, true, tick * TICK) == Turn::Began {
                began = Some(tick);
            }
        }
        assert!(began.is_some_and(|tick| (305..312).contains(&tick)), "{began:?}");
    }
}
