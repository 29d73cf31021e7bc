//! Media threads with real sockets: what is played arrives, what is said is recorded, bridged legs hear each other.

use std::f64::consts::TAU;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hookflash_media::codec::{CodecKind, g711};
use hookflash_media::file::wav::WavWriter;
use hookflash_media::graph::Sound;
use hookflash_media::rtp::Packet;
use hookflash_media::session::{Done, Presence, Record, Source, Track, Why};
use hookflash_media::{LegId, MediaCommand, MediaEvent, MediaParams};
use hookflash_switch::clock::Clock;
use hookflash_switch::media_io::{Disk, MediaThreads, Ports, Report};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const LIMIT: Duration = Duration::from_secs(20);

struct Rig {
    threads: MediaThreads,
    ports: Ports,
    events: Receiver<(LegId, MediaEvent)>,
}

impl Rig {
    fn new(threads: usize, first_port: u16) -> Self {
        let (sender, events) = channel();
        let sender: Mutex<Sender<_>> = Mutex::new(sender);
        let report: Report = Arc::new(move |leg, _at, event| drop(sender.lock().unwrap().send((leg, event))));
        let disk = Disk::start(|_| Sound::default()).unwrap();
        let threads = MediaThreads::start(threads, &disk, 1, Clock::new(), &report).unwrap();
        Self { threads, ports: Ports::new(first_port, first_port + 99).unwrap(), events }
    }

    /// A leg and the phone at its far end.
    fn open(&mut self, leg: LegId) -> Phone {
        let sockets = self.ports.open(HERE).unwrap();
        let socket = UdpSocket::bind((HERE, 0)).unwrap();
        socket.connect(sockets.local().unwrap()).unwrap();
        socket.set_nonblocking(true).unwrap();
        let remote = Some(socket.local_addr().unwrap());
        let params = MediaParams { remote, ..MediaParams::new(CodecKind::Pcmu, 0) };
        self.threads.open(leg, sockets, params, false, None);
        Phone { socket, sequence: 0, heard: Vec::new() }
    }

    fn done(&self, leg: LegId, op: u64) -> Done {
        loop {
            match self.events.recv_timeout(LIMIT).expect("the operation came to no end") {
                (of, MediaEvent::Done(done)) if of == leg && done.op == op => return done,
                _ => {}
            }
        }
    }

    fn close(&mut self, leg: LegId) {
        self.threads.close(leg);
        loop {
            if let (of, MediaEvent::Closed(_)) = self.events.recv_timeout(LIMIT).expect("the leg did not close")
                && of == leg
            {
                return self.threads.closed(leg);
            }
        }
    }
}

struct Phone {
    socket: UdpSocket,
    sequence: u16,
    heard: Vec<i16>,
}

impl Phone {
    /// 20 ms of a tone to the leg, and whatever came from it.
    fn say(&mut self, hz: f64) {
        let start = usize::from(self.sequence) * 160;
        let sample = |at: usize| (8_000.0 * (TAU * hz * at as f64 / 8_000.0).sin()) as i16;
        let payload: Vec<u8> = (start..start + 160).map(|at| g711::ulaw(sample(at))).collect();
        let (sequence, timestamp) = (self.sequence, u32::from(self.sequence) * 160);
        let packet = Packet { marker: false, payload_type: 0, sequence, timestamp, ssrc: 77, payload: &payload };
        self.sequence += 1;
        let mut bytes = Vec::new();
        packet.write(&mut bytes);
        self.socket.send(&bytes).unwrap();
        self.listen();
    }

    fn listen(&mut self) {
        let mut buffer = [0; 1_500];
        while let Ok(length) = self.socket.recv(&mut buffer) {
            let packet = Packet::parse(&buffer[..length]).unwrap();
            g711::decode_ulaw(packet.payload, &mut self.heard);
        }
    }

    fn hears(&self, hz: f64) -> bool {
        let end = &self.heard[self.heard.len().saturating_sub(2_400)..];
        level(end, hz) > 5_000.0
    }
}

fn level(samples: &[i16], hz: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (at, &sample) in samples.iter().enumerate() {
        let angle = TAU * hz * at as f64 / 8_000.0;
        re += f64::from(sample) * angle.cos();
        im += f64::from(sample) * angle.sin();
    }
    2.0 * f64::hypot(re, im) / samples.len().max(1) as f64
}

/// The phones say their tones until what they hear is as it should be; false when it never is.
fn talk_until(phones: &mut [(Phone, f64)], mut is_so: impl FnMut(&[(Phone, f64)]) -> bool) -> bool {
    let begun = Instant::now();
    let mut next = begun;
    while begun.elapsed() < LIMIT {
        next += Duration::from_millis(20);
        phones.iter_mut().for_each(|(phone, hz)| phone.say(*hz));
        if is_so(phones) {
            return true;
        }
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    false
}

fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("hookflash-threads-{}-{name}.wav", std::process::id()))
}

fn tone(path: &Path, hz: f64, seconds: usize) {
    let mut writer = WavWriter::create(path, 1).unwrap();
    let sample = |at: usize| (8_000.0 * (TAU * hz * at as f64 / 8_000.0).sin()) as i16;
    writer.write(&(0..seconds * 8_000).map(sample).collect::<Vec<i16>>()).unwrap();
    writer.finish().unwrap();
}

/// A file is heard at the far end, and its operation ends.
#[test]
fn a_file_is_heard() {
    let path = scratch("play");
    tone(&path, 900.0, 1);
    let mut rig = Rig::new(1, 38_900);
    let phone = rig.open(4);
    let sources = vec![Source::File { path: path.clone(), raw: false }];
    rig.threads.command(4, MediaCommand::Play { op: 1, sources, repeat: 1 });
    assert!(talk_until(&mut [(phone, 0.0)], |phones| phones[0].0.hears(900.0)));
    assert_eq!(rig.done(4, 1).why, Why::End);
    rig.close(4);
    assert_eq!(rig.threads.counts().legs, 0);
    std::fs::remove_file(path).unwrap();
}

/// What a phone says is in the file, which is complete when its end is told.
#[test]
fn what_is_said_is_recorded() {
    let path = scratch("record");
    let mut rig = Rig::new(1, 39_000);
    let phone = rig.open(4);
    let how = Record {
        path: path.clone(),
        channels: 1,
        track: Track::Inbound,
        beep: false,
        most_ms: 1_000,
        silence_ms: 0,
        finish: String::new(),
        trim: false,
    };
    rig.threads.command(4, MediaCommand::Record { op: 1, how });
    let begun = Instant::now();
    talk_until(&mut [(phone, 700.0)], |_| begun.elapsed() > Duration::from_millis(1_200));
    assert_eq!((rig.done(4, 1).why, std::fs::metadata(&path).unwrap().len()), (Why::Most, 44 + 16_000));
    let bytes = std::fs::read(&path).unwrap();
    let samples: Vec<i16> = bytes[44..].chunks(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    assert!(level(&samples[4_000..], 700.0) > 5_000.0);
    std::fs::remove_file(path).unwrap();
}

/// Two legs of different threads that are bridged hear each other, and so they do in a room.
#[test]
fn legs_of_different_threads_meet() {
    let mut rig = Rig::new(2, 39_100);
    let mut phones = [(rig.open(1), 600.0), (rig.open(2), 1_100.0)];
    let each_hears_the_other =
        |phones: &[(Phone, f64)]| phones[0].0.hears(1_100.0) && phones[1].0.hears(600.0) && !phones[0].0.hears(600.0);
    rig.threads.command(1, MediaCommand::Bridge { other: 2 });
    assert!(talk_until(&mut phones, each_hears_the_other), "bridged");

    rig.threads.command(1, MediaCommand::Unbridge);
    let nobody_hears = |phones: &[(Phone, f64)]| !phones[0].0.hears(1_100.0) && !phones[1].0.hears(600.0);
    assert!(talk_until(&mut phones, nobody_hears), "parted");

    for leg in [1, 2] {
        let join = MediaCommand::Join { room: "room".into(), how: Presence::default() };
        rig.threads.command(leg, join);
    }
    assert!(talk_until(&mut phones, each_hears_the_other), "in a room");
}
