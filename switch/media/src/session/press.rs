//! Keys that we press at the far end.

use super::OpId;
use crate::dsp::KeyTones;
use crate::rtp::{self, KeySender, PRESS_MS};
use crate::{FRAME, Frame, SAMPLE_RATE};

/// Keys that are pressed for an operation, as events (RFC 4733) or as tones.
pub(super) struct Press {
    op: OpId,
    keys: String,
    inband: bool,
    way: Way,
}

enum Way {
    /// It is not its turn yet.
    Waiting,
    Events,
    Tones(KeyTones),
}

/// How far it has come.
pub(super) enum Pressing {
    /// Tones, in the frame that was handed in.
    Tones,
    /// Events are on their way.
    Events,
    /// All keys were pressed.
    Over,
}

impl Press {
    /// Keys 0-9 A-D * #, and `w` and `W` for pauses; a sentence when there is another character.
    pub fn new(op: OpId, keys: &str, inband: bool) -> Result<Self, String> {
        KeyTones::new(keys, SAMPLE_RATE as u32).map_err(|stranger| format!("`{stranger}` is not a key."))?;
        Ok(Self { op, keys: keys.into(), inband, way: Way::Waiting })
    }

    pub fn op(&self) -> OpId {
        self.op
    }

    /// Goes on for 20 ms; `events` where the peer takes them.
    pub fn go_on(&mut self, events: Option<&mut KeySender>, frame: &mut Frame) -> Result<Pressing, String> {
        match (&mut self.way, events) {
            (Way::Waiting, Some(events)) if !self.inband => {
                for press in presses(&self.keys) {
                    events.press(press).map_err(|problem| problem.to_string())?;
                }
                self.way = Way::Events;
                Ok(Pressing::Events)
            }
            (Way::Waiting, _) => {
                let mut tones =
                    KeyTones::new(&self.keys, SAMPLE_RATE as u32).map_err(|key| format!("`{key}` is not a key."))?;
                let pressing = sound(&mut tones, frame);
                self.way = Way::Tones(tones);
                Ok(pressing)
            }
            (Way::Events, Some(events)) if !events.is_idle() => Ok(Pressing::Events),
            (Way::Events, _) => Ok(Pressing::Over),
            (Way::Tones(tones), _) => Ok(sound(tones, frame)),
        }
    }
}

fn sound(tones: &mut KeyTones, frame: &mut Frame) -> Pressing {
    let filled = tones.fill(frame);
    frame[filled..].fill(0);
    if filled < FRAME { Pressing::Over } else { Pressing::Tones }
}

fn presses(keys: &str) -> impl Iterator<Item = rtp::Press> {
    keys.chars().map(|key| match key {
        'w' => rtp::Press::Pause { ms: 500 },
        'W' => rtp::Press::Pause { ms: 1_000 },
        key => rtp::Press::Key { key, ms: PRESS_MS },
    })
}
