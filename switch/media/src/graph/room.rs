//! A room: each member hears the sum of all others (N-1).
//!
//! The sum is made once for each 20 ms. Who said nothing in them hears just that sum, which is coded once for all of
//! them; who spoke hears it without the own voice.

use crate::codec::g711;
use crate::{FRAME, Frame, LegId};

/// Most members of a room.
pub const MOST_MEMBERS: usize = 1_000;

/// Loudest sample of a frame that is taken for silence and left out of the sum: 46 dB below full scale would be speech
/// from afar, this is the noise of a line.
const SILENCE_PEAK: u16 = 96;

/// A leg in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    pub leg: LegId,
    /// Where the shard keeps it.
    pub key: usize,
    pub muted: bool,
    /// Heard by this leg alone.
    pub whisper_to: Option<LegId>,
    /// Its voice is in the sum of these 20 ms.
    is_in_sum: bool,
}

impl Member {
    pub fn new(leg: LegId, key: usize, muted: bool, whisper_to: Option<LegId>) -> Self {
        Self { leg, key, muted, whisper_to, is_in_sum: false }
    }
}

/// The legs that hear each other, and what was said in these 20 ms.
pub(crate) struct Room {
    /// When it is mixed.
    pub slot: usize,
    pub members: Vec<Member>,
    sum: Box<[i32; FRAME]>,
    mix: Box<Mix>,
    speakers: usize,
    /// Where those members are who are heard by one other only.
    whisperers: Vec<usize>,
}

/// 20 ms as those hear them who say nothing.
pub(crate) struct Mix {
    pub linear: Frame,
    mulaw: [u8; FRAME],
    alaw: [u8; FRAME],
    has_mulaw: bool,
    has_alaw: bool,
}

impl Mix {
    fn new() -> Self {
        Self { linear: [0; FRAME], mulaw: [0; FRAME], alaw: [0; FRAME], has_mulaw: false, has_alaw: false }
    }

    fn set(&mut self, sum: &[i32; FRAME]) {
        for (mixed, &sum) in self.linear.iter_mut().zip(sum) {
            *mixed = saturated(sum);
        }
        self.has_mulaw = false;
        self.has_alaw = false;
    }

    pub fn mulaw(&mut self) -> &[u8; FRAME] {
        if !self.has_mulaw {
            self.mulaw = self.linear.map(g711::ulaw);
            self.has_mulaw = true;
        }
        &self.mulaw
    }

    pub fn alaw(&mut self) -> &[u8; FRAME] {
        if !self.has_alaw {
            self.alaw = self.linear.map(g711::alaw);
            self.has_alaw = true;
        }
        &self.alaw
    }
}

/// What a member hears.
pub(crate) enum Share<'a> {
    /// Nobody says anything.
    Nothing,
    /// What all silent members hear.
    Common(&'a mut Mix),
    /// What only this member hears: it is in the frame that was handed in.
    Own,
}

impl Room {
    pub fn new(slot: usize) -> Self {
        Self {
            slot,
            members: Vec::new(),
            sum: Box::new([0; FRAME]),
            mix: Box::new(Mix::new()),
            speakers: 0,
            whisperers: Vec::new(),
        }
    }

    /// Puts a leg in, or changes how it is in; false when the room is full.
    pub fn admit(&mut self, member: Member) -> bool {
        match self.members.iter().position(|present| present.leg == member.leg) {
            Some(position) => self.members[position] = member,
            None if self.members.len() >= MOST_MEMBERS => return false,
            None => self.members.push(member),
        }
        self.look_for_whispers();
        true
    }

    pub fn remove(&mut self, leg: LegId) {
        self.members.retain(|member| member.leg != leg);
        self.look_for_whispers();
    }

    fn look_for_whispers(&mut self) {
        self.whisperers.clear();
        let whispers = |&at: &usize| self.members[at].whisper_to.is_some() && !self.members[at].muted;
        self.whisperers.extend((0..self.members.len()).filter(whispers));
    }

    /// Adds up what the members say; `said` has the 20 ms of one that said something.
    pub fn mix<'a>(&mut self, said: impl Fn(usize) -> Option<&'a Frame>) {
        self.sum.fill(0);
        self.speakers = 0;
        for member in &mut self.members {
            let frame = if member.muted || member.whisper_to.is_some() { None } else { said(member.key) };
            let frame = frame.filter(|frame| is_loud(frame));
            member.is_in_sum = frame.is_some();
            if let Some(frame) = frame {
                self.speakers += 1;
                add(&mut self.sum, frame);
            }
        }
        if self.speakers > 0 {
            self.mix.set(&self.sum);
        }
    }

    /// What the member at `position` hears. `into` is overwritten where the answer is [`Share::Own`].
    pub fn share<'a>(
        &mut self,
        position: usize,
        said: impl Fn(usize) -> Option<&'a Frame>,
        into: &mut Frame,
    ) -> Share<'_> {
        let Some(&member) = self.members.get(position) else { return Share::Nothing };
        let others = self.speakers - usize::from(member.is_in_sum);
        let is_whispered_to = self.whispers(member.leg, &said).next().is_some();
        if others == 0 && !is_whispered_to {
            return Share::Nothing;
        }
        if !member.is_in_sum && !is_whispered_to {
            return Share::Common(&mut self.mix);
        }
        let mut sum = *self.sum;
        if let Some(own) = said(member.key).filter(|_| member.is_in_sum) {
            sum.iter_mut().zip(own).for_each(|(sum, &own)| *sum -= i32::from(own));
        }
        if is_whispered_to {
            self.whispers(member.leg, &said).for_each(|frame| add(&mut sum, frame));
        }
        into.iter_mut().zip(&sum).for_each(|(into, &sum)| *into = saturated(sum));
        Share::Own
    }

    fn whispers<'a>(&self, to: LegId, said: &impl Fn(usize) -> Option<&'a Frame>) -> impl Iterator<Item = &'a Frame> {
        let whispering = self.whisperers.iter().filter_map(|&at| self.members.get(at));
        whispering.filter(move |member| member.whisper_to == Some(to)).filter_map(|member| said(member.key))
    }
}

fn is_loud(frame: &Frame) -> bool {
    frame.iter().fold(0, |peak: u16, sample| peak.max(sample.unsigned_abs())) > SILENCE_PEAK
}

fn add(sum: &mut [i32; FRAME], frame: &Frame) {
    sum.iter_mut().zip(frame).for_each(|(sum, &sample)| *sum += i32::from(sample));
}

fn saturated(sample: i32) -> i16 {
    sample.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Frame = [1_000; FRAME];
    const B: Frame = [200; FRAME];
    const C: Frame = [-30_000; FRAME];
    const HUSH: Frame = [5; FRAME];

    fn hears(room: &mut Room, position: usize, frames: &[Option<&'static Frame>]) -> Option<i16> {
        let mut own = [0; FRAME];
        match room.share(position, |key| frames[key], &mut own) {
            Share::Nothing => None,
            Share::Common(mix) => Some(mix.linear[0]),
            Share::Own => Some(own[0]),
        }
    }

    fn room(members: &[(bool, Option<LegId>)]) -> Room {
        let mut room = Room::new(0);
        for (key, &(muted, whisper_to)) in members.iter().enumerate() {
            assert!(room.admit(Member::new(key as LegId, key, muted, whisper_to)));
        }
        room
    }

    /// Each hears all but itself; who says nothing hears all.
    #[test]
    fn each_hears_all_others() {
        let frames = [Some(&A), Some(&B), Some(&HUSH), None];
        let mut room = room(&[(false, None); 4]);
        room.mix(|key| frames[key]);
        let heard = [0, 1, 2, 3].map(|position| hears(&mut room, position, &frames));
        assert_eq!(heard, [Some(200), Some(1_000), Some(1_200), Some(1_200)]);
    }

    /// The only speaker of a room hears nothing.
    #[test]
    fn one_speaker_hears_nothing() {
        let frames = [Some(&A), None];
        let mut room = room(&[(false, None); 2]);
        room.mix(|key| frames[key]);
        assert_eq!(hears(&mut room, 0, &frames), None);
        assert_eq!(hears(&mut room, 1, &frames), Some(1_000));
    }

    /// A muted member hears and is not heard; a whisper reaches one member only.
    #[test]
    fn muted_and_whispering() {
        let frames = [Some(&A), Some(&B), Some(&C)];
        let mut room = room(&[(true, None), (false, None), (false, Some(1))]);
        room.mix(|key| frames[key]);
        let heard = [0, 1, 2].map(|position| hears(&mut room, position, &frames));
        assert_eq!(heard, [Some(200), Some(-30_000), Some(200)]);
    }

    /// Many loud voices saturate and do not wrap.
    #[test]
    fn loud_voices_saturate() {
        let frames = [Some(&C), Some(&C), None];
        let mut room = room(&[(false, None); 3]);
        room.mix(|key| frames[key]);
        assert_eq!(hears(&mut room, 2, &frames), Some(i16::MIN));
    }
}
