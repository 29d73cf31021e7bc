//! A sender and a network whose every packet is known, and a listener who ticks every 20 ms.

use crate::Micros;
use crate::rtp::{Jitter, Packet, Pull};

pub const MS: Micros = 1_000;

/// A packet on its way, at 8 kHz; `tag` tells it from all others.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    pub at: Micros,
    pub tag: u32,
    pub sequence: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub ssrc: u32,
}

/// So many packets of so many milliseconds each, sent on time; numbers and timestamps wrap on the way.
pub fn speech(count: u32, ptime: u32) -> Vec<Sent> {
    let sent = |tag: u32| Sent {
        at: Micros::from(tag * ptime) * MS,
        tag,
        sequence: 65_500_u16.wrapping_add(tag as u16),
        timestamp: (u32::MAX - 1_600).wrapping_add(tag * ptime * 8),
        marker: tag == 0,
        ssrc: 1,
    };
    (0..count).map(sent).collect()
}

/// What the listener heard at one pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    Frame(u32),
    Lost(u32),
    Empty,
}

/// Everything heard, with its time.
pub struct Ear {
    pub ptime: u32,
    pub heard: Vec<(Micros, Heard)>,
}

impl Ear {
    /// Bring packets to a buffer in the order of their arrival, and listen until `end`, with a first tick at `phase`.
    pub fn listen(jitter: &mut Jitter, mut sent: Vec<Sent>, ptime: u32, phase: Micros, end: Micros) -> Self {
        sent.sort_by_key(|sent| sent.at);
        let (mut ear, mut in_hand) = (Self { ptime, heard: Vec::new() }, 0);
        let mut sent = sent.into_iter().peekable();
        for now in (phase..end).step_by(20_000) {
            while let Some(sent) = sent.next_if(|sent| sent.at <= now) {
                deliver(jitter, &sent);
            }
            while in_hand < 20 {
                let heard = match jitter.pop(now) {
                    Pull::Frame { payload, .. } => Heard::Frame(tag_of(payload)),
                    Pull::Lost { ms } => Heard::Lost(ms),
                    Pull::Empty => Heard::Empty,
                };
                in_hand += ear.worth(heard);
                ear.heard.push((now, heard));
            }
            in_hand -= 20;
        }
        ear
    }

    pub fn frames(&self) -> Vec<u32> {
        self.heard.iter().filter_map(|(_, heard)| tag(*heard)).collect()
    }

    /// How long after its sending each frame was played, in milliseconds.
    pub fn delays(&self) -> Vec<u64> {
        let ptime = Micros::from(self.ptime);
        let frames = self.heard.iter().filter_map(|(at, heard)| Some((at, tag(*heard)?)));
        frames.map(|(at, tag)| (at / MS).saturating_sub(Micros::from(tag) * ptime)).collect()
    }

    /// Milliseconds between the first and the last frame that were not a frame.
    pub fn gaps(&self) -> u32 {
        let is_frame = |(_, heard): &(Micros, Heard)| tag(*heard).is_some();
        let first = self.heard.iter().position(is_frame).unwrap_or(0);
        let last = self.heard.iter().rposition(is_frame).unwrap_or(0);
        let gaps = self.heard[first..=last].iter().filter(|heard| !is_frame(heard));
        gaps.map(|(_, heard)| self.worth(*heard)).sum()
    }

    /// Of those, the ones to be concealed.
    pub fn concealed(&self) -> u32 {
        let last = self.heard.iter().rposition(|(_, heard)| tag(*heard).is_some()).unwrap_or(0);
        let lost = |(_, heard): &(Micros, Heard)| match heard {
            Heard::Lost(ms) => *ms,
            _ => 0,
        };
        self.heard[..last].iter().map(lost).sum()
    }

    fn worth(&self, heard: Heard) -> u32 {
        match heard {
            Heard::Frame(_) => self.ptime,
            Heard::Lost(ms) => ms,
            Heard::Empty => 20,
        }
    }
}

pub fn deliver(jitter: &mut Jitter, sent: &Sent) {
    let payload = sent.tag.to_be_bytes();
    let packet = Packet {
        marker: sent.marker,
        payload_type: 0,
        sequence: sent.sequence,
        timestamp: sent.timestamp,
        ssrc: sent.ssrc,
        payload: &payload,
    };
    jitter.push(&packet, sent.at);
}

fn tag(heard: Heard) -> Option<u32> {
    if let Heard::Frame(tag) = heard { Some(tag) } else { None }
}

fn tag_of(payload: &[u8]) -> u32 {
    u32::from_be_bytes(payload.try_into().expect("four bytes"))
}

/// A repeatable sequence of numbers below `below`.
pub fn noise(seed: u64, below: u64) -> impl FnMut() -> u64 {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}
