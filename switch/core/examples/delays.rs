//! How soon a key is told, and how long a voice takes through a room, on an otherwise idle media thread.
//!
//!     cargo run --release --example delays
//!
//! - key: from the moment in which a phone sends the first packet that ends a key (RFC 4733) until it is told of.
//! - room: from the moment in which a phone sends the first loud packet until the other one in its room has it.
#![allow(clippy::print_stdout, reason = "figures are printed")]

use std::io;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookflash_media::codec::CodecKind;
use hookflash_media::graph::Sound;
use hookflash_media::rtp::Packet;
use hookflash_media::session::Presence;
use hookflash_media::{LegId, MediaCommand, MediaEvent, MediaParams};
use hookflash_switch::clock::Clock;
use hookflash_switch::media_io::{Disk, MediaThreads, Ports, Report};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const KEYS: u8 = 101;
const SAMPLES: usize = 160;
const FRAME: Duration = Duration::from_millis(20);
/// Pairs of phones: the even one speaks and presses keys, the odd one hears it.
const PAIRS: usize = 10;
/// Every so many frames, less than a frame apart from pair to pair, something begins.
const PERIOD: usize = 25;
/// How long it lasts, in frames.
const LENGTH: usize = 5;
/// When a phone speaks, in its period, and when it presses a key.
const SPEAKS: usize = 0;
const PRESSES: usize = 12;
const ROUNDS: usize = 12;
const SILENCE: u8 = 0xff;
const LOUD: u8 = 0x10;

fn main() -> io::Result<()> {
    let (told, heard) = channel();
    let told = Mutex::new(told);
    let report: Report = Arc::new(move |leg, _, event| {
        if let (MediaEvent::Key { .. }, Ok(told)) = (event, told.lock()) {
            let _ = told.send((leg, Instant::now()));
        }
    });
    let disk = Disk::start(|_| Sound::default())?;
    let mut threads = MediaThreads::start(1, &disk, 1, Clock::new(), &report)?;
    let mut phones = open(&mut threads)?;
    let mut told = Told::default();
    let begun = Instant::now();
    for turn in 0..ROUNDS * PERIOD * FRAME.as_millis() as usize {
        let due = begun + Duration::from_millis(turn as u64);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let (frame, part) = (turn / FRAME.as_millis() as usize, turn % FRAME.as_millis() as usize);
        for (pair, phones) in phones.chunks_mut(2).enumerate() {
            let [speaker, hearer] = phones else { continue };
            if part == pair * FRAME.as_millis() as usize / PAIRS {
                speaker.send(frame)?;
                hearer.send_quiet(frame)?;
            }
            speaker.drop_all();
            hearer.listen(speaker, &mut told);
        }
        told.keys(&heard, &phones);
    }
    print("key", &mut told.keys);
    print("room", &mut told.voices);
    Ok(())
}

fn open(threads: &mut MediaThreads) -> io::Result<Vec<Phone>> {
    let mut ports = Ports::new(20_000, 29_999)?;
    let mut phones = Vec::new();
    for leg in 0..2 * PAIRS as LegId {
        let sockets = ports.open(HERE)?;
        let socket = UdpSocket::bind((HERE, 0))?;
        socket.set_nonblocking(true)?;
        socket.connect(sockets.local()?)?;
        let remote = Some(socket.local_addr()?);
        let params = MediaParams { remote, telephone_event: Some(KEYS), ..MediaParams::new(CodecKind::Pcmu, 0) };
        threads.open(leg, sockets, params, false, None);
        threads.command(leg, MediaCommand::Join { room: format!("{}", leg / 2), how: Presence::default() });
        phones.push(Phone { socket, sequence: 0, spoke: None, released: None, is_loud: false });
    }
    Ok(phones)
}

struct Phone {
    socket: UdpSocket,
    sequence: u16,
    /// When it began to speak, until that is heard.
    spoke: Option<Instant>,
    /// When it released the last key.
    released: Option<Instant>,
    is_loud: bool,
}

/// Delays in microseconds.
#[derive(Default)]
struct Told {
    keys: Vec<u128>,
    voices: Vec<u128>,
}

impl Told {
    fn keys(&mut self, heard: &Receiver<(LegId, Instant)>, phones: &[Phone]) {
        while let Ok((leg, at)) = heard.try_recv() {
            let released = phones.get(leg as usize).and_then(|phone| phone.released);
            self.keys.extend(released.map(|released| at.saturating_duration_since(released).as_micros()));
        }
    }
}

impl Phone {
    fn send(&mut self, frame: usize) -> io::Result<()> {
        let turn = frame % PERIOD;
        let pressed = turn.wrapping_sub(PRESSES);
        if pressed <= LENGTH {
            let is_over = pressed == LENGTH;
            if is_over {
                self.released = Some(Instant::now());
            }
            let duration = ((pressed + 1).min(LENGTH) * SAMPLES) as u16;
            let [high, low] = duration.to_be_bytes();
            let payload = [5, if is_over { 0x8a } else { 0x0a }, high, low];
            for _ in 0..if is_over { 3 } else { 1 } {
                self.packet(KEYS, frame - pressed, pressed == 0, &payload)?;
            }
            return Ok(());
        }
        if turn == SPEAKS {
            self.spoke = Some(Instant::now());
        }
        let level = if turn < SPEAKS + LENGTH { LOUD } else { SILENCE };
        self.packet(0, frame, false, &[level; SAMPLES])
    }

    fn send_quiet(&mut self, frame: usize) -> io::Result<()> {
        self.packet(0, frame, false, &[SILENCE; SAMPLES])
    }

    fn packet(&mut self, payload_type: u8, frame: usize, marker: bool, payload: &[u8]) -> io::Result<()> {
        let timestamp = (frame * SAMPLES) as u32;
        let packet = Packet { marker, payload_type, sequence: self.sequence, timestamp, ssrc: 1, payload };
        self.sequence = self.sequence.wrapping_add(1);
        let mut bytes = Vec::new();
        packet.write(&mut bytes);
        self.socket.send(&bytes)?;
        Ok(())
    }

    fn drop_all(&self) {
        while self.socket.recv(&mut [0; 2_048]).is_ok() {}
    }

    fn listen(&mut self, speaker: &mut Self, told: &mut Told) {
        let mut buffer = [0; 2_048];
        while let Ok(length) = self.socket.recv(&mut buffer) {
            // Mu-law has its silence at the top of either half of its range.
            let is_loud = buffer[..length].iter().skip(12).any(|&byte| byte & 0x7f < 0x40);
            if is_loud && !self.is_loud {
                told.voices.extend(speaker.spoke.take().map(|spoke| spoke.elapsed().as_micros()));
            }
            self.is_loud = is_loud;
        }
    }
}

fn print(kind: &str, delays: &mut [u128]) {
    delays.sort_unstable();
    let delay = |share: f64| delays.get((delays.len() as f64 * share) as usize).map_or(0.0, |&us| us as f64 / 1_000.0);
    println!("{kind}: {} times, p50 {:.1} ms, p99 {:.1} ms", delays.len(), delay(0.5), delay(0.99));
}
