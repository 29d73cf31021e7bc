//! A conference of a whole server, from outside: phones call it over SIP, talk all at once, then one after the other.
//!
//!     cargo run --release --example conference -- HOST:PORT DOMAIN PHONES SECONDS
//!
//! It says `all talk` when what the server does is to be measured, `one talks` when that is over, and in the end how long a
//! voice takes: from the moment in which a phone sends the first loud packet until another one has it.
#![allow(clippy::print_stdout, reason = "figures are printed")]

mod phones;

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use phones::{FRAME, HERE, PROBES, Phones};

/// A call is answered within this time, or something is wrong.
const PATIENCE: Duration = Duration::from_secs(10);
const WARM_UP: Duration = Duration::from_secs(2);
/// Every so many frames another phone speaks, for so many.
const PERIOD: u32 = 25;
const LENGTH: u32 = 5;
const ROUNDS: u32 = 32;
const SILENCE: u8 = 0xff;
const LOUD: u8 = 0x10;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, domain, count, seconds] = &arguments[..] else {
        return Err(io::Error::other("conference HOST:PORT DOMAIN PHONES SECONDS"));
    };
    let number = |text: &str| text.parse::<usize>().map_err(io::Error::other);
    let mut phones = Phones::new(number(count)?)?;
    let mut line = Line::new(server, domain)?;
    for (at, socket) in phones.sockets.iter().enumerate() {
        socket.connect(line.call(at, socket.local_addr()?.port())?)?;
    }
    phones.talk(WARM_UP);
    println!("all talk");
    let told = phones.talk(Duration::from_secs(number(seconds)? as u64));
    println!("one talks: phones sent {}, got {}", told.sent, told.received);
    let mut delays = take_turns(&mut phones);
    delays.sort_unstable();
    let delay = |share: f64| delays.get((delays.len() as f64 * share) as usize).map_or(0.0, |us| *us as f64 / 1_000.0);
    println!("room: {} times, p50 {:.1} ms, p99 {:.1} ms", delays.len(), delay(0.5), delay(0.99));
    (0..phones.sockets.len()).try_for_each(|at| line.hang_up(at))
}

/// The signalling of all phones, by hand: one socket, a Call-ID for each.
struct Line {
    socket: UdpSocket,
    here: SocketAddr,
    domain: String,
    /// The To line of each call, with the tag of the server.
    answered: Vec<String>,
}

impl Line {
    fn new(server: &str, domain: &str) -> io::Result<Self> {
        let socket = UdpSocket::bind((HERE, 0))?;
        socket.connect(server)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { here: socket.local_addr()?, socket, domain: domain.into(), answered: Vec::new() })
    }

    /// Calls, and returns where the server listens for the audio of this call.
    fn call(&mut self, at: usize, port: u16) -> io::Result<SocketAddr> {
        let to = format!("To: <sip:room@{}>", self.domain);
        let sdp =
            format!("v=0\r\no=- 1 1 IN IP4 {HERE}\r\ns=-\r\nc=IN IP4 {HERE}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n");
        self.send("INVITE", at, 1, &to, &sdp)?;
        let answer = self.answer(at)?;
        let to = answer.lines().find(|line| line.starts_with("To:")).unwrap_or(&to).to_owned();
        self.send("ACK", at, 1, &to, "")?;
        self.answered.push(to);
        let media = answer.lines().find_map(|line| line.strip_prefix("m=audio "));
        let port = media.and_then(|media| media.split(' ').next()?.parse().ok());
        port.map(|port| SocketAddr::new(HERE, port)).ok_or_else(|| io::Error::other("The answer has no audio."))
    }

    fn hang_up(&self, at: usize) -> io::Result<()> {
        self.send("BYE", at, 2, &self.answered[at], "")
    }

    fn send(&self, method: &str, at: usize, cseq: u32, to: &str, body: &str) -> io::Result<()> {
        let (here, domain) = (self.here, &self.domain);
        let length = body.len();
        let text = format!(
            "{method} sip:room@{domain} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{method}{at};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:phone{at}@{here}>;tag={at}\r\n{to}\r\nCall-ID: conference-{at}\r\n\
             CSeq: {cseq} {method}\r\nContact: <sip:phone{at}@{here}>\r\nContent-Type: application/sdp\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        self.socket.send(text.as_bytes()).map(drop)
    }

    /// The final answer to the call.
    fn answer(&self, at: usize) -> io::Result<String> {
        let mut buffer = [0; 4_096];
        loop {
            let length = self.socket.recv(&mut buffer)?;
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let is_ours = text.contains(&format!("Call-ID: conference-{at}\r\n"));
            match text.split(' ').nth(1) {
                Some("200") if is_ours => return Ok(text),
                Some(status) if is_ours && !status.starts_with('1') => {
                    return Err(io::Error::other(format!("Call {at} was refused: {status}")));
                }
                _ => {}
            }
        }
    }
}

/// One phone after the other speaks for a moment; how long each voice took to each that listens closely (us).
fn take_turns(phones: &mut Phones) -> Vec<u64> {
    let begun = Instant::now();
    let probes = PROBES.min(phones.sockets.len());
    let group = phones.sockets.len().div_ceil(20);
    let mut spoke = begun;
    let mut waits = vec![false; probes];
    let mut delays = Vec::new();
    let mut bytes = Vec::new();
    for frame in 0..ROUNDS * PERIOD {
        let (round, turn) = ((frame / PERIOD) as usize, frame % PERIOD);
        let speaker = round % probes;
        for (part, first) in (0..phones.sockets.len()).step_by(group).enumerate() {
            let due = begun + FRAME * frame + Duration::from_millis(part as u64);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            for probe in (0..probes).filter(|&probe| hears(&phones.sockets[probe])) {
                if std::mem::take(&mut waits[probe]) {
                    delays.push(spoke.elapsed().as_micros() as u64);
                }
            }
            for at in first..(first + group).min(phones.sockets.len()) {
                let is_loud = at == speaker && turn < LENGTH;
                if is_loud && turn == 0 {
                    spoke = Instant::now();
                    waits.iter_mut().enumerate().for_each(|(probe, waits)| *waits = probe != speaker);
                }
                phones.send(at, &[if is_loud { LOUD } else { SILENCE }; 160], &mut bytes);
                if at >= probes {
                    hears(&phones.sockets[at]); // lest its packets pile up
                }
            }
        }
        phones.packets += 1;
    }
    delays
}

/// Takes what has come to a phone; whether something loud was in it.
fn hears(socket: &UdpSocket) -> bool {
    let mut buffer = [0; 2_048];
    let mut is_loud = false;
    while let Ok(length) = socket.recv(&mut buffer) {
        // Mu-law has its silence at the top of either half of its range.
        is_loud |= buffer[..length].iter().skip(12).any(|&byte| byte & 0x7f < 0x40);
    }
    is_loud
}
