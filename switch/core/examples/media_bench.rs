//! What the audio of calls costs: CPU of the one media thread, against a bare epoll echo in the same run.
//!
//!     cargo run --release --example media_bench -- [LEGS] [SECONDS] [floor|ivr|relay|mix …]
//!
//! - floor: the least that any server does: each packet is read from its own socket and sent back.
//! - ivr: every leg is played the same prompt and says something: 50 packets a second each way.
//! - relay: pairs of legs are bridged, both speak mu-law.
//! - mix: all legs are in one room and all talk.
//!
//! The phones are one thread of this process; the figures are the thread times of the kernel, which has its share of
//! sending and receiving in them. A call is one leg, but for a bridge, where it is two.
#![allow(clippy::print_stdout, reason = "figures are printed")]

mod phones;

use std::f64::consts::TAU;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use hookflash_media::codec::CodecKind;
use hookflash_media::file::wav::WavWriter;
use hookflash_media::graph::Sound;
use hookflash_media::session::{Presence, Source};
use hookflash_media::{LegId, MediaCommand, MediaParams};
use hookflash_switch::clock::Clock;
use hookflash_switch::media_io::{Disk, MediaThreads, Ports, Report};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use phones::{FRAME, HERE, Phones, Told};

const WARM_UP: Duration = Duration::from_secs(2);

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut numbers = arguments.iter().filter_map(|word| word.parse::<usize>().ok());
    let legs = numbers.next().unwrap_or(200);
    let seconds = Duration::from_secs(numbers.next().unwrap_or(8) as u64);
    let named: Vec<&str> = arguments.iter().map(String::as_str).filter(|word| word.parse::<usize>().is_err()).collect();
    let kinds = if named.is_empty() { vec!["floor", "ivr", "relay", "mix"] } else { named };
    for kind in kinds {
        match kind {
            "floor" => floor(legs, seconds)?,
            kind => media(kind, legs, seconds)?,
        }
    }
    Ok(())
}

/// Reads each packet and sends it back.
fn floor(legs: usize, seconds: Duration) -> io::Result<()> {
    let sockets = (0..legs).map(|_| UdpSocket::bind((HERE, 0))).collect::<io::Result<Vec<_>>>()?;
    let addresses = sockets.iter().map(UdpSocket::local_addr).collect::<io::Result<Vec<_>>>()?;
    let mut phones = connected(&addresses)?;
    for (socket, phone) in sockets.iter().zip(&phones.sockets) {
        socket.set_nonblocking(true)?;
        socket.connect(phone.local_addr()?)?;
    }
    let is_over = Arc::new(AtomicBool::new(false));
    let over = Arc::clone(&is_over);
    let echo = move || -> io::Result<()> {
        let mut poll = Poll::new()?;
        for (at, socket) in sockets.iter().enumerate() {
            poll.registry().register(&mut SourceFd(&socket.as_raw_fd()), Token(at), Interest::READABLE)?;
        }
        let mut events = Events::with_capacity(1_024);
        let mut buffer = [0; 2_048];
        while !over.load(Relaxed) {
            poll.poll(&mut events, Some(FRAME))?;
            for event in &events {
                let socket = &sockets[event.token().0];
                while let Ok(length) = socket.recv(&mut buffer) {
                    let _ = socket.send(&buffer[..length]);
                }
            }
        }
        Ok(())
    };
    let echo = std::thread::Builder::new().name("floor".into()).spawn(echo)?;
    phones.talk(WARM_UP);
    let used = cpu("floor");
    let told = phones.talk(seconds);
    let used = cpu("floor") - used;
    is_over.store(true, Relaxed);
    let _ = echo.join();
    print("floor", legs, used, &told);
    Ok(())
}

fn media(kind: &str, legs: usize, seconds: Duration) -> io::Result<()> {
    let prompt = prompt()?;
    let disk = Disk::start(|_| Sound::default())?;
    let report: Report = Arc::new(|_, _, _| {});
    let before = resident();
    let mut threads = MediaThreads::start(1, &disk, 1, Clock::new(), &report)?;
    let mut ports = Ports::new(10_000, 19_999)?;
    let sockets = (0..legs).map(|_| ports.open(HERE)).collect::<io::Result<Vec<_>>>()?;
    let addresses = sockets.iter().map(|sockets| sockets.local()).collect::<io::Result<Vec<_>>>()?;
    let mut phones = connected(&addresses)?;
    for (leg, sockets) in sockets.into_iter().enumerate() {
        let remote = Some(phones.sockets[leg].local_addr()?);
        let params = MediaParams { remote, ..MediaParams::new(CodecKind::Pcmu, 0) };
        threads.open(leg as LegId, sockets, params, false, None);
    }
    for leg in 0..legs as LegId {
        let command = match kind {
            "ivr" => {
                let sources = vec![Source::File { path: prompt.clone(), raw: false }];
                MediaCommand::Play { op: 1, sources, repeat: 0 }
            }
            "relay" if leg % 2 == 0 => MediaCommand::Bridge { other: leg + 1 },
            "relay" => continue,
            "mix" => MediaCommand::Join { room: "room".into(), how: Presence::default() },
            kind => return Err(io::Error::other(format!("There is no benchmark called {kind}."))),
        };
        threads.command(leg, command);
    }
    phones.talk(WARM_UP);
    let (used, counted) = (cpu("media-0"), threads.counts());
    let told = phones.talk(seconds);
    let used = cpu("media-0") - used;
    let counts = threads.counts();
    let memory = resident().saturating_sub(before);
    print(kind, if kind == "relay" { legs / 2 } else { legs }, used, &told);
    let sent = counts.sent - counted.sent;
    println!(
        "        sent {sent}, late {:.3} %, latest tick {:.1} ms, {:.1} kB a leg",
        (counts.late - counted.late) as f64 * 100.0 / sent.max(1) as f64,
        counts.worst_us as f64 / 1_000.0,
        memory as f64 / legs as f64 / 1_000.0,
    );
    drop(threads);
    std::fs::remove_file(prompt)
}

/// A phone for each of these addresses.
fn connected(peers: &[SocketAddr]) -> io::Result<Phones> {
    let phones = Phones::new(peers.len())?;
    phones.sockets.iter().zip(peers).try_for_each(|(phone, peer)| phone.connect(peer))?;
    Ok(phones)
}

fn print(kind: &str, calls: usize, used: Duration, told: &Told) {
    let share = used.as_secs_f64() / told.elapsed.as_secs_f64() * 100.0;
    let mut delays = told.delays.clone();
    delays.sort_unstable();
    let delay =
        |share: f64| delays.get((delays.len() as f64 * share) as usize).map_or(0.0, |us| f64::from(*us) / 1_000.0);
    println!(
        "{kind:6}  {calls} calls: {share:5.1} % of a core, {:5.2} % per 100 calls; phones sent {}, got {}; \
         one way p50 {:.2} ms, p99 {:.2} ms",
        share * 100.0 / calls as f64,
        told.sent,
        told.received,
        delay(0.5),
        delay(0.99),
    );
}

/// CPU time of a thread of ours, the kernel's included.
fn cpu(name: &str) -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let named = tasks
        .map(|task| task.path())
        .find(|task| std::fs::read_to_string(task.join("comm")).is_ok_and(|comm| comm.trim() == name));
    let told = named.and_then(|task| std::fs::read_to_string(task.join("schedstat")).ok()).unwrap_or_default();
    Duration::from_nanos(told.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0))
}

/// Bytes of memory in use.
fn resident() -> u64 {
    let told = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    told.split_whitespace().nth(1).and_then(|word| word.parse::<u64>().ok()).unwrap_or(0) * 4_096
}

/// A prompt of 7 s: a sweep.
fn prompt() -> io::Result<PathBuf> {
    let path = std::env::temp_dir().join(format!("hookflash-bench-{}.wav", std::process::id()));
    let mut writer = WavWriter::create(&path, 1)?;
    let samples: Vec<i16> = (0..7 * 8_000)
        .map(|at| (6_000.0 * (TAU * (200.0 + f64::from(at) / 80.0) * f64::from(at) / 8_000.0).sin()) as i16)
        .collect();
    writer.write(&samples)?;
    writer.finish()?;
    Ok(path)
}
