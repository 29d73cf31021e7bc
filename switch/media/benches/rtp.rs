//! What a packet costs: `cargo bench -p hookflash-media --bench rtp`.
//!
//! Each figure is the best of several runs over the packets of a 20 ms G.711 stream, in
//! nanoseconds of one core.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::hint::black_box;
use std::time::Instant;

use hookflash_media::rtp::{Depth, Jitter, Packet, Reports, Sender, Srtp, Suite};

const PACKETS: u64 = 200_000;
const RUNS: usize = 7;
const KEY: [u8; 30] = [7; 30];

fn main() {
    report("write, parse, push and pop", receive);
    report("write, parse, count, push and pop", receive_and_count);
    report("write", send);
    for (name, suite) in [("80", Suite::Sha1Tag80), ("32", Suite::Sha1Tag32)] {
        report(&format!("write and protect, {name} bits"), || protect(suite));
        report(&format!("write, protect and unprotect, {name} bits"), || unprotect(suite));
    }
}

/// Print the best of several runs; each returns its nanoseconds for all packets.
fn report(name: &str, run: impl Fn() -> u128) {
    let best = (0..RUNS).map(|_| run()).min().unwrap_or_default();
    println!("{name:40} {:6.0} ns a packet", best as f64 / PACKETS as f64);
}

/// Packets as bytes, in one reused buffer.
fn next(sender: &mut Sender, bytes: &mut Vec<u8>) {
    sender.audio(0, &[0xd5; 160], 160).write(bytes);
}

fn receive() -> u128 {
    let (mut sender, mut bytes) = (Sender::new(1, 0, 0), Vec::new());
    let mut jitter = Jitter::new(8_000, Depth::LARGE);
    let started = Instant::now();
    for now in (0..PACKETS).map(|packet| packet * 20_000) {
        next(&mut sender, &mut bytes);
        if let Ok(packet) = Packet::parse(black_box(&bytes)) {
            jitter.push(&packet, now);
        }
        black_box(jitter.pop(now));
    }
    started.elapsed().as_nanos()
}

fn receive_and_count() -> u128 {
    let (mut sender, mut bytes) = (Sender::new(1, 0, 0), Vec::new());
    let (mut jitter, mut reports) = (Jitter::new(8_000, Depth::LARGE), Reports::new(8_000, 1, 0));
    let started = Instant::now();
    for now in (0..PACKETS).map(|packet| packet * 20_000) {
        next(&mut sender, &mut bytes);
        if let Ok(packet) = Packet::parse(black_box(&bytes)) {
            reports.received(&packet, now);
            jitter.push(&packet, now);
        }
        black_box(jitter.pop(now));
    }
    started.elapsed().as_nanos()
}

fn send() -> u128 {
    let (mut sender, mut bytes) = (Sender::new(1, 0, 0), Vec::new());
    let started = Instant::now();
    for _ in 0..PACKETS {
        next(&mut sender, &mut bytes);
        black_box(&bytes);
    }
    started.elapsed().as_nanos()
}

fn protect(suite: Suite) -> u128 {
    let (mut sender, mut bytes) = (Sender::new(1, 0, 0), Vec::new());
    let mut srtp = Srtp::new(suite, &KEY, &KEY);
    let started = Instant::now();
    for _ in 0..PACKETS {
        next(&mut sender, &mut bytes);
        let _ = black_box(srtp.protect(&mut bytes));
    }
    started.elapsed().as_nanos()
}

fn unprotect(suite: Suite) -> u128 {
    let (mut sender, mut bytes) = (Sender::new(1, 0, 0), Vec::new());
    let mut srtp = Srtp::new(suite, &KEY, &KEY);
    let started = Instant::now();
    for _ in 0..PACKETS {
        next(&mut sender, &mut bytes);
        let _ = srtp.protect(&mut bytes);
        let _ = black_box(srtp.unprotect(&mut bytes));
    }
    started.elapsed().as_nanos()
}
