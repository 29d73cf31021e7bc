//! Who answered: a person, an answering machine or a fax (answering-machine detection).
//!
//! A person says something short and waits; a machine talks on, then beeps or falls silent; a fax whistles. So lengths
//! of speech and silence decide, with the limits that the REST API names, and two kinds of pure tone. Ringing before
//! anything is said is passed over: the call was answered by an exchange that rings on.

use super::level::{dbfs, dot};
use super::{Ringing, Vad};

const RATE: u32 = 8_000;
const FRAME: usize = 160;
const FRAME_MS: u32 = 20;

/// Less than this is a click, not speech (the VAD holds on for 60 ms after one).
const WORD_MS: u32 = 100;
/// Longer pauses are not part of what is said: who says hello three times has not said much.
const PAUSE_MS: u32 = 140;
/// Where beeps of answering machines lie, in Hz, and how short they are.
const BEEP: std::ops::RangeInclusive<f32> = 400.0..=2_200.0;
const BEEP_MS: u32 = 120;
/// A beep that goes on for longer is not waited for.
const LONG_BEEP_MS: u32 = 1_500;
/// CNG of a fax that calls and CED of one that answers, with their tolerances and how long they must last (T.30 §4.3).
const FAX: [(std::ops::RangeInclusive<f32>, u32); 2] = [(1_060.0..=1_140.0, 400), (2_080.0..=2_120.0, 600)];
/// How far a tone may wander from frame to frame.
const WANDER: f32 = 0.02;
/// Share of a frame's energy that is not in its strongest sine: below it is a pure tone.
const IMPURE: f32 = 0.02;
/// Quieter tones are not heard, in dBFS.
const LEAST: f32 = -45.0;

/// When to decide, in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Wait for the end of a machine's greeting.
    pub until_end: bool,
    /// Give up after this.
    pub timeout_ms: u32,
    /// Longer speech comes from a machine.
    pub speech_ms: u32,
    /// Silence that ends speech.
    pub speech_end_ms: u32,
    /// Silence at the start after which nobody is there.
    pub silence_ms: u32,
}

impl Default for Timing {
    /// What the REST API takes when nothing is said.
    fn default() -> Timing {
        Timing { until_end: false, timeout_ms: 30_000, speech_ms: 2_400, speech_end_ms: 1_200, silence_ms: 5_000 }
    }
}

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A person.
    Human,
    /// A machine; its greeting goes on.
    MachineStart,
    /// A machine has beeped: it records now.
    MachineEndBeep,
    /// A machine has fallen silent without a beep.
    MachineEndSilence,
    /// A machine, still talking at the time-out.
    MachineEndOther,
    /// A fax or modem.
    Fax,
    /// Nothing that could be told.
    Unknown,
}

impl Found {
    /// Its name in `AnsweredBy`.
    pub fn as_str(self) -> &'static str {
        match self {
            Found::Human => "human",
            Found::MachineStart => "machine_start",
            Found::MachineEndBeep => "machine_end_beep",
            Found::MachineEndSilence => "machine_end_silence",
            Found::MachineEndOther => "machine_end_other",
            Found::Fax => "fax",
            Found::Unknown => "unknown",
        }
    }
}

/// A pure tone that is sounding.
#[derive(Clone, Copy)]
struct ToneRun {
    hz: f32,
    ms: u32,
}

/// Listens to what is said after the answer, at 8 kHz.
pub struct Greeting {
    timing: Timing,
    frame: Vec<i16>,
    vad: Vad,
    ringing: Ringing,
    elapsed: u32,
    tone: Option<ToneRun>,
    /// When it last rang.
    rang: u32,
    /// Speech that may still turn out to be a click.
    word: u32,
    /// How much was said.
    said: u32,
    /// When speech was last heard.
    spoke: u32,
    machine: bool,
}

impl Greeting {
    /// Begins to listen now.
    pub fn new(timing: Timing) -> Greeting {
        Greeting {
            timing,
            frame: Vec::with_capacity(FRAME),
            vad: Vad::new(RATE),
            ringing: Ringing::default(),
            elapsed: 0,
            tone: None,
            rang: 0,
            word: 0,
            said: 0,
            spoke: 0,
            machine: false,
        }
    }

    /// Take sound; an answer ends the matter.
    pub fn push(&mut self, mut samples: &[i16]) -> Option<Found> {
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(FRAME - self.frame.len()));
            self.frame.extend_from_slice(now);
            samples = later;
            if self.frame.len() == FRAME {
                let found = self.listen();
                self.frame.clear();
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    /// How long it has listened, in ms.
    pub fn elapsed_ms(&self) -> u32 {
        self.elapsed
    }

    fn listen(&mut self) -> Option<Found> {
        self.elapsed += FRAME_MS;
        let before = self.tone;
        self.follow_tone();
        if self.ringing.push(&self.frame) {
            self.rang = self.elapsed;
        }
        self.follow_speech();
        self.tone_decides(before).or_else(|| self.speech_decides()).or_else(|| self.time_decides())
    }

    fn follow_speech(&mut self) {
        if !self.vad.push(&self.frame) {
            self.word = 0;
        } else if self.tone.is_none() && self.rang < self.elapsed {
            self.word += FRAME_MS;
        }
        if self.word >= WORD_MS {
            let pause = self.elapsed - self.spoke;
            self.said += if pause > self.word + PAUSE_MS { self.word } else { pause };
            self.spoke = self.elapsed;
        }
    }

    fn follow_tone(&mut self) {
        self.tone = pure_tone(&self.frame).map(|hz| match self.tone {
            Some(run) if (hz / run.hz - 1.0).abs() < WANDER => ToneRun { hz, ms: run.ms + FRAME_MS },
            _ => ToneRun { hz, ms: FRAME_MS },
        });
    }

    /// A fax whistles before anything is said, a machine beeps after it.
    fn tone_decides(&mut self, before: Option<ToneRun>) -> Option<Found> {
        if self.said == 0 {
            let tone = self.tone?;
            let fax = FAX.iter().any(|(hz, ms)| hz.contains(&tone.hz) && tone.ms >= *ms);
            return fax.then_some(Found::Fax);
        }
        let beep = |tone: &ToneRun| BEEP.contains(&tone.hz) && tone.ms >= BEEP_MS;
        if !self.timing.until_end {
            return self.tone.filter(beep).map(|_| Found::MachineStart);
        }
        let over = before.filter(beep).filter(|before| self.tone.is_none_or(|now| now.ms < before.ms));
        let long = self.tone.filter(beep).filter(|tone| tone.ms >= LONG_BEEP_MS);
        over.or(long).map(|_| Found::MachineEndBeep)
    }

    fn speech_decides(&mut self) -> Option<Found> {
        if self.said == 0 {
            return None;
        }
        if self.said >= self.timing.speech_ms {
            self.machine = true;
            if !self.timing.until_end {
                return Some(Found::MachineStart);
            }
        }
        let silence = self.elapsed - self.spoke;
        match self.machine {
            false if silence >= self.timing.speech_end_ms => Some(Found::Human),
            // Many machines take a breath before they beep; a beep that sounds already is waited for.
            true if self.tone.is_none() && silence >= 2 * self.timing.speech_end_ms => Some(Found::MachineEndSilence),
            _ => None,
        }
    }

    fn time_decides(&self) -> Option<Found> {
        let silence = self.elapsed - self.rang;
        let nobody = self.said == 0 && self.word == 0 && self.tone.is_none() && silence >= self.timing.silence_ms;
        match self.elapsed >= self.timing.timeout_ms {
            true if self.machine => Some(Found::MachineEndOther),
            true => Some(Found::Unknown),
            false => nobody.then_some(Found::Unknown),
        }
    }
}

/// The frequency of a frame that is one sine and hardly anything else.
///
/// A sine obeys `x[n] + x[n-2] = 2·cos ω·x[n-1]`; the factor comes from least squares, and what it leaves over tells
/// how pure the tone is.
fn pure_tone(frame: &[i16]) -> Option<f32> {
    if dbfs(frame) < LEAST {
        return None;
    }
    let (newest, middle, oldest) = (frame.get(2..)?, frame.get(1..frame.len() - 1)?, frame.get(..frame.len() - 2)?);
    let energy = dot(middle, middle) as f64;
    let cross = (dot(newest, middle) + dot(middle, oldest)) as f64;
    let outer = (dot(newest, newest) + dot(oldest, oldest) + 2 * dot(newest, oldest)) as f64;
    let factor = cross / energy.max(1.0);
    let left = (outer - factor * cross).max(0.0) / (4.0 * energy.max(1.0));
    let pure = left < f64::from(IMPURE) * (1.0 - factor * factor / 4.0).max(0.02);
    (pure && factor.abs() < 2.0).then(|| ((factor / 2.0).acos() * f64::from(RATE) / std::f64::consts::TAU) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::testing::{Noise, mixed, sines};

    /// Something like speech: syllables of noisy harmonics with short pauses.
    fn speech(ms: usize) -> Vec<i16> {
        let mut noise = Noise::new(5);
        let mut sound = Vec::new();
        while sound.len() < ms * 8 {
            let pitch = 110.0 + 60.0 * noise.next().abs();
            let vowel: Vec<(f32, f32)> =
                (1..12).map(|n| (pitch * n as f32, -22.0 - 6.0 * noise.next().abs())).collect();
            sound.extend(mixed(&sines(&vowel, 8 * 180), &noise.frame(-40.0, 8 * 180)));
            sound.extend(noise.frame(-60.0, 8 * 60));
        }
        sound.truncate(ms * 8);
        sound
    }

    fn silence(ms: usize) -> Vec<i16> {
        Noise::new(9).frame(-62.0, ms * 8)
    }

    /// A tone as a machine on the far end of a line sends it, through its codec.
    fn tone(hz: f32, ms: usize) -> Vec<i16> {
        let sound = mixed(&sines(&[(hz, -14.0)], ms * 8), &Noise::new(4).frame(-60.0, ms * 8));
        sound.iter().map(|s| crate::codec::g711::ULAW_TO_LINEAR[usize::from(crate::codec::g711::ulaw(*s))]).collect()
    }

    fn found(until_end: bool, parts: &[Vec<i16>]) -> Option<(&'static str, u32)> {
        let mut greeting = Greeting::new(Timing { until_end, ..Timing::default() });
        let sound = parts.concat();
        let found = sound.chunks(160).find_map(|frame| greeting.push(frame))?;
        Some((found.as_str(), greeting.elapsed_ms()))
    }

    fn near(found: Option<(&'static str, u32)>, name: &str, ms: u32) {
        let Some((what, at)) = found else { panic!("nothing, not {name}") };
        assert!(what == name && at.abs_diff(ms) <= 200, "{what} at {at} ms, not {name} at {ms}");
    }

    /// A short greeting, then silence: a person, as soon as the silence is long enough.
    #[test]
    fn person() {
        for until_end in [false, true] {
            near(found(until_end, &[silence(500), speech(900), silence(4_000)]), "human", 500 + 900 + 1_200);
            near(found(until_end, &[speech(600), silence(500), speech(800), silence(4_000)]), "human", 1_900 + 1_200);
        }
    }

    /// Pauses are not counted: who says hello three times is a person.
    #[test]
    fn person_who_repeats() {
        let sound: Vec<Vec<i16>> = (0..3).flat_map(|_| [speech(600), silence(900)]).collect();
        near(found(false, &[sound.concat(), silence(3_000)]), "human", 3_600 + 1_200);
    }

    /// Ringing is passed over, however long: nobody is there only when it has been silent for long enough since.
    #[test]
    fn ringing_before() {
        let ring = mixed(&sines(&[(440.0, -20.0), (480.0, -20.0)], 16_000), &Noise::new(4).frame(-60.0, 16_000));
        let rings = [ring.clone(), silence(4_000), ring, silence(1_000)].concat();
        near(found(false, &[rings.clone(), speech(900), silence(4_000)]), "human", 9_000 + 900 + 1_200);
        near(found(false, &[rings.clone(), speech(8_000)]), "machine_start", 9_000 + 2_400);
        near(found(false, &[rings, silence(9_000)]), "unknown", 8_000 + 5_000);
    }

    /// Speech beyond the threshold is a machine, told at once.
    #[test]
    fn machine() {
        near(found(false, &[silence(500), speech(8_000)]), "machine_start", 500 + 2_400);
    }

    /// Told to wait, it is told at the beep's end, whatever the beep's pitch; or after silence; or at the time-out.
    #[test]
    fn end_of_greeting() {
        for hz in [440.0, 850.0, 1_000.0, 1_400.0, 2_000.0] {
            for ms in [200, 1_000] {
                let sound = [speech(5_000), silence(900), tone(hz, ms), silence(5_000)];
                near(found(true, &sound), "machine_end_beep", 5_900 + ms as u32);
            }
        }
        let late = [speech(5_000), silence(1_800), tone(1_000.0, 1_000), silence(5_000)];
        near(found(true, &late), "machine_end_beep", 7_800);
        near(found(true, &[speech(5_000), silence(5_000)]), "machine_end_silence", 5_000 + 2_400);
        near(found(true, &[speech(40_000)]), "machine_end_other", 30_000);
    }

    /// A beep soon after a short greeting is a machine's.
    #[test]
    fn short_greeting_with_a_beep() {
        let sound = [speech(1_000), silence(300), tone(1_000.0, 500), silence(3_000)];
        near(found(true, &sound), "machine_end_beep", 1_800);
        near(found(false, &sound), "machine_start", 1_300 + 120);
    }

    /// The tones of a fax, either side's; a beep that is said to be one needs speech before it.
    #[test]
    fn fax() {
        near(found(false, &[silence(300), tone(1_100.0, 500), silence(3_000)]), "fax", 700);
        near(found(false, &[silence(300), tone(2_100.0, 3_000)]), "fax", 900);
    }

    /// Nobody there, and clicks that are nobody.
    #[test]
    fn nobody() {
        near(found(false, &[silence(9_000)]), "unknown", 5_000);
        let click = vec![9_000; 100];
        near(found(false, &[silence(1_000), click, silence(9_000)]), "unknown", 5_000);
        near(found(true, &[tone(425.0, 40_000)]), "unknown", 30_000);
    }

    /// Vowels are not pure tones: speech alone never beeps.
    #[test]
    fn speech_does_not_beep() {
        let sound = speech(25_000);
        assert!(sound.chunks(160).filter(|frame| pure_tone(frame).is_some()).count() < 3);
        assert_eq!(found(true, &[sound]), None);
    }
}
