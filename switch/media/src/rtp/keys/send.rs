//! Keys that we press at the far end.

use std::collections::VecDeque;
use std::fmt;

use super::event_of;

/// How long a key is held when nobody says otherwise, in milliseconds; no key is held for less.
pub const PRESS_MS: u32 = 100;

/// Silence after each key, in milliseconds.
pub const GAP_MS: u32 = 100;

/// Keys and pauses that may wait.
const MOST_WAITING: usize = 1_000;

/// The end of a key is said so often, in case a packet is lost (RFC 4733 §2.5.1.4).
const ENDS: u8 = 3;

/// Power of the tone, in dB below the reference: what phones say (RFC 4733 §2.3.4).
const VOLUME: u8 = 10;

/// What to do at the far end's keypad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// Hold a key down.
    Key {
        /// 0-9, *, #, A-D.
        key: char,
        /// How long, in milliseconds; not less than [`PRESS_MS`].
        ms: u32,
    },
    /// Wait.
    Pause {
        /// How long, in milliseconds.
        ms: u32,
    },
}

/// Why a key is not pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyKeys;

impl fmt::Display for TooManyKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "more than {MOST_WAITING} keys and pauses wait to be sent")
    }
}

impl std::error::Error for TooManyKeys {}

/// What to send in a tick instead of audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// Nothing is pressed: send audio.
    Free,
    /// The pause between keys: send nothing.
    Silence,
    /// A packet of a key.
    Key {
        /// It is the first packet of this key.
        marker: bool,
        /// When the key went down.
        timestamp: u32,
        /// Of the packet.
        payload: [u8; 4],
    },
}

/// The keys that one leg is to press, one after the other.
#[derive(Debug)]
pub struct KeySender {
    clock_rate: u32,
    waiting: VecDeque<Press>,
    state: State,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Idle,
    /// Held for so many ticks of its whole length.
    Down {
        event: u8,
        timestamp: u32,
        held: u32,
        whole: u32,
    },
    /// The end has been said so often; the pause after it has begun.
    Up {
        event: u8,
        timestamp: u32,
        whole: u32,
        said: u8,
        pause: u32,
    },
    Pause {
        left: u32,
    },
}

impl KeySender {
    /// For events whose clock runs at `clock_rate` Hz, that of the codec beside them.
    pub fn new(clock_rate: u32) -> Self {
        Self { clock_rate, waiting: VecDeque::new(), state: State::Idle }
    }

    /// Press a key after all those that wait. A character that is on no keypad is passed over.
    pub fn press(&mut self, press: Press) -> Result<(), TooManyKeys> {
        if self.waiting.len() >= MOST_WAITING {
            return Err(TooManyKeys);
        }
        self.waiting.push_back(press);
        Ok(())
    }

    /// Forget the keys that wait; one that is down comes up in order.
    pub fn stop(&mut self) {
        self.waiting.clear();
    }

    /// Whether nothing is pressed and nothing waits.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && matches!(self.state, State::Idle)
    }

    /// What to send at `timestamp` in the next `ticks` of the RTP clock.
    pub fn tick(&mut self, timestamp: u32, ticks: u32) -> Tick {
        if let State::Idle = self.state {
            self.state = self.next(timestamp);
        }
        match self.state {
            State::Idle => Tick::Free,
            State::Pause { left } => {
                self.state = paused(left, ticks);
                Tick::Silence
            }
            State::Down { event, timestamp, held, whole } => {
                let now_held = held.saturating_add(ticks).min(whole);
                self.state = if now_held < whole {
                    State::Down { event, timestamp, held: now_held, whole }
                } else {
                    State::Up { event, timestamp, whole, said: 0, pause: self.ticks(GAP_MS) }
                };
                let marker = held == 0;
                Tick::Key { marker, timestamp, payload: payload(event, false, now_held) }
            }
            State::Up { event, timestamp, whole, said, pause } => {
                self.state = if said + 1 < ENDS {
                    let pause = pause.saturating_sub(ticks);
                    State::Up { event, timestamp, whole, said: said + 1, pause }
                } else {
                    paused(pause, ticks)
                };
                Tick::Key { marker: false, timestamp, payload: payload(event, true, whole) }
            }
        }
    }

    fn next(&mut self, timestamp: u32) -> State {
        while let Some(press) = self.waiting.pop_front() {
            match press {
                Press::Pause { ms } => return State::Pause { left: self.ticks(ms) },
                Press::Key { key, ms } => {
                    if let Some(event) = event_of(key) {
                        let whole = self.ticks(ms.max(PRESS_MS)).clamp(1, 0xffff);
                        return State::Down { event, timestamp, held: 0, whole };
                    }
                }
            }
        }
        State::Idle
    }

    fn ticks(&self, ms: u32) -> u32 {
        let ticks = u64::from(ms) * u64::from(self.clock_rate) / 1000;
        ticks.min(u64::from(u32::MAX)) as u32
    }
}

fn paused(left: u32, ticks: u32) -> State {
    if left > ticks { State::Pause { left: left - ticks } } else { State::Idle }
}

fn payload(event: u8, end: bool, duration: u32) -> [u8; 4] {
    let [d0, d1] = (duration.min(0xffff) as u16).to_be_bytes();
    [event, u8::from(end) << 7 | VOLUME, d0, d1]
}
