//! Whether a leg in a room is speaking: told at the beginning and at the end of a turn, not at each word.

use crate::dsp::Vad;
use crate::{FRAME_MS, Frame, SAMPLE_RATE};

/// So long a voice is somebody who speaks: a cough or a click is not.
const ATTACK: u32 = 120 / FRAME_MS;

/// So long a silence ends it: a breath does not.
const HANG_OVER: u32 = 600 / FRAME_MS;

/// Watches the voice of one leg.
pub(super) struct Speaking {
    vad: Vad,
    is_on: bool,
    /// Frames in a row that speak for the other state.
    against: u32,
}

impl Speaking {
    pub fn new() -> Self {
        Self { vad: Vad::new(SAMPLE_RATE as u32), is_on: false, against: 0 }
    }

    /// Whether it is speaking, as it was last told.
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Takes the next 20 ms, or that nothing came; says what is to be told, if that changes.
    pub fn hear(&mut self, said: Option<&Frame>) -> Option<bool> {
        let is_voice = said.is_some_and(|said| self.vad.push(said));
        self.against = if is_voice == self.is_on { 0 } else { self.against + 1 };
        if self.against < if self.is_on { HANG_OVER } else { ATTACK } {
            return None;
        }
        self.against = 0;
        self.is_on = is_voice;
        Some(is_voice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FRAME;

    const VOICE: Frame = {
        let mut frame = [4_000; FRAME];
        let mut at = 0;
        while at < FRAME {
            frame[at] = -4_000;
            at += 2;
        }
        frame
    };

    fn told(speaking: &mut Speaking, said: Option<&Frame>, ms: u32) -> Vec<(u32, bool)> {
        (1..=ms / FRAME_MS).filter_map(|at| speaking.hear(said).map(|on| (at * FRAME_MS, on))).collect()
    }

    /// It is told once at the beginning of a turn and once at its end, after a silence of more than half a second.
    #[test]
    fn a_turn_is_told_twice() {
        let mut speaking = Speaking::new();
        assert_eq!(told(&mut speaking, None, 1_000), []);
        assert_eq!(told(&mut speaking, Some(&VOICE), 1_000), [(120, true)]);
        assert_eq!(told(&mut speaking, None, 400), []);
        assert_eq!(told(&mut speaking, Some(&VOICE), 200), []);
        assert_eq!(told(&mut speaking, None, 1_000), [(600, false)]);
    }

    /// A click is nobody who speaks.
    #[test]
    fn a_click_is_not_told() {
        let mut speaking = Speaking::new();
        for _ in 0..10 {
            assert_eq!(told(&mut speaking, Some(&VOICE), 40), []);
            assert_eq!(told(&mut speaking, Some(&[0; FRAME]), 400), []);
        }
    }
}
