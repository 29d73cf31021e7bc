//! What 20 ms of audio cost: nanoseconds for each codec, detector and resampler.
//!
//! `cargo run --release -p hookflash-media --example frames`
#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use hookflash_media::codec::comfort::ComfortNoise;
use hookflash_media::codec::{CodecKind, Decoder, Encoder};
use hookflash_media::dsp::{Greeting, KeyDetector, Resampler, Timing, Tone, Vad, hearing};

/// Syllables of noisy harmonics: no codec has an easier time with it than with a voice.
fn voice(rate: u32, seconds: u32) -> Vec<i16> {
    let mut random = 1_u32;
    let samples = (0..rate * seconds).map(|i| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let t = f64::from(i) / f64::from(rate);
        let pitch = 120.0 + 30.0 * (t * 2.0).sin();
        let sound: f64 = (1..20).map(|n| (t * pitch * f64::from(n) * std::f64::consts::TAU).sin() / f64::from(n)).sum();
        let loud = (t * 4.0 * std::f64::consts::PI).sin().max(0.0);
        (4_000.0 * loud * sound + f64::from(random >> 24)) as i16
    });
    samples.collect()
}

/// The best of several runs over all frames, in ns a frame.
fn time<'a>(name: &str, frames: impl Iterator<Item = &'a [i16]> + Clone, mut work: impl FnMut(&[i16])) {
    let count = frames.clone().count() as u32;
    let run = |work: &mut dyn FnMut(&[i16])| {
        let start = Instant::now();
        frames.clone().for_each(work);
        start.elapsed() / count
    };
    let best = (0..5).map(|_| run(&mut work)).min().unwrap_or_default();
    println!("{name:<28} {:>8} ns", best.as_nanos());
}

fn codecs() {
    for kind in [CodecKind::Pcmu, CodecKind::Pcma, CodecKind::G722, CodecKind::Opus] {
        let sound = voice(kind.rate(), 5);
        let frame = kind.rate() as usize / 50;
        let (mut encoder, mut decoder) = (Encoder::new(kind), Decoder::new(kind));
        let (mut payload, mut heard) = (Vec::new(), Vec::new());
        time(&format!("{} encode", kind.name()), sound.chunks(frame), |frame| {
            payload.clear();
            encoder.encode(frame, &mut payload);
        });
        let mut payloads = sound.chunks(frame).map(|frame| {
            let mut payload = Vec::new();
            encoder.encode(frame, &mut payload);
            payload
        });
        let payloads: Vec<Vec<u8>> = payloads.by_ref().collect();
        let mut next = payloads.iter().cycle();
        time(&format!("{} decode", kind.name()), sound.chunks(frame), |_| {
            heard.clear();
            next.by_ref().take(1).for_each(|payload| decoder.decode(payload, &mut heard));
        });
        time(&format!("{} conceal", kind.name()), sound.chunks(frame), |_| {
            heard.clear();
            decoder.conceal(frame, &mut heard);
            next.by_ref().take(1).for_each(|payload| decoder.decode(payload, &mut heard));
        });
    }
}

fn detectors() {
    let sound = voice(8_000, 20);
    let frames = sound.chunks(160);
    let (mut keys, mut vad) = (KeyDetector::default(), Vad::new(8_000));
    time("key detection", frames.clone(), |frame| {
        black_box(keys.push(frame));
    });
    time("voice activity", frames.clone(), |frame| {
        black_box(vad.push(frame));
    });
    let mut greeting = Greeting::new(Timing { until_end: true, timeout_ms: u32::MAX, ..Timing::default() });
    time("answering machine", frames.clone(), |frame| {
        black_box(greeting.push(frame));
    });
    let (mut tone, mut out) = (Tone::named("ringback.us", 8_000), [0; 160]);
    time("ringback tone", frames.clone(), |_| tone.iter_mut().for_each(|tone| tone.fill(&mut out)));
    let (mut noise, mut made) = (ComfortNoise::new(1), Vec::new());
    noise.heard(&[50]);
    time("comfort noise", frames, |_| {
        made.clear();
        noise.make(160, &mut made);
    });
}

fn resamplers() {
    for (from, to) in [(8_000, 16_000), (16_000, 8_000), (48_000, 8_000), (44_100, 8_000)] {
        let sound = voice(from, 5);
        let start = Instant::now();
        let mut resampler = Resampler::new(from, to);
        let made = start.elapsed();
        let mut out = Vec::new();
        time(&format!("resample {from} to {to}"), sound.chunks(from as usize / 50), |frame| {
            out.clear();
            resampler.process(frame, &mut out);
        });
        println!("{:<28} {:>8} ns", "  to make it", made.as_nanos());
    }
}

fn ears() {
    let heard = voice(8_000, 180);
    let wanted = heard[8_000 * 100..8_000 * 103].to_vec();
    let start = Instant::now();
    let found = hearing::find(&heard, &wanted);
    println!("3 s within 3 minutes: {:.1} ms, {found:?}", start.elapsed().as_secs_f64() * 1e3);
}

fn main() {
    codecs();
    detectors();
    resamplers();
    ears();
}
