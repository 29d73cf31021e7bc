//! Phones on sockets of the loopback interface, which speak mu-law.

use std::f64::consts::TAU;
use std::io;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::time::{Duration, Instant};

use hookflash_media::codec::g711;
use hookflash_media::rtp::Packet;

pub const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
pub const FRAME: Duration = Duration::from_millis(20);
/// Phones that listen every millisecond, for the delays; the others listen when they talk.
pub const PROBES: usize = 8;

/// All phones: each sends a packet every 20 ms, one after the other through the 20 ms.
pub struct Phones {
    pub sockets: Vec<UdpSocket>,
    /// So many packets each has sent.
    pub packets: u32,
    speech: Vec<u8>,
    begun: Instant,
}

/// What the phones saw.
#[derive(Default)]
pub struct Told {
    pub elapsed: Duration,
    pub sent: u64,
    pub received: u64,
    /// From phone to phone (us), of packets that came back as they were sent, to a probe.
    pub delays: Vec<u32>,
}

impl Phones {
    /// So many phones, of which none knows its peer yet.
    pub fn new(count: usize) -> io::Result<Self> {
        let open = |_| {
            let socket = UdpSocket::bind((HERE, 0))?;
            socket.set_nonblocking(true)?;
            Ok(socket)
        };
        let sockets = (0..count).map(open).collect::<io::Result<Vec<_>>>()?;
        let speech = (0..8_000).map(|at| g711::ulaw((6_000.0 * (TAU * 440.0 * f64::from(at) / 8_000.0).sin()) as i16));
        Ok(Self { sockets, packets: 0, speech: speech.collect(), begun: Instant::now() })
    }

    /// Lets all talk at once.
    pub fn talk(&mut self, how_long: Duration) -> Told {
        let mut told = Told::default();
        let begun = Instant::now();
        let frames = (how_long.as_millis() / FRAME.as_millis()) as u32;
        let group = self.sockets.len().div_ceil(20);
        let mut bytes = Vec::new();
        for frame in 0..frames {
            for (turn, at) in (0..self.sockets.len()).step_by(group).enumerate() {
                let due = begun + FRAME * frame + Duration::from_millis(turn as u64);
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                for probe in 0..PROBES.min(self.sockets.len()) {
                    self.listen(probe, &mut told);
                }
                for socket in at..(at + group).min(self.sockets.len()) {
                    self.listen(socket, &mut told);
                    self.say(socket, &mut bytes, &mut told);
                }
            }
            self.packets += 1;
        }
        told.elapsed = begun.elapsed();
        told
    }

    fn say(&self, socket: usize, bytes: &mut Vec<u8>, told: &mut Told) {
        let mut payload = [0; 160];
        let start = self.packets as usize * 160 % 8_000;
        payload.copy_from_slice(&self.speech[start..start + 160]);
        // The moment stands in the audio itself: a mark, then microseconds.
        payload[..4].copy_from_slice(b"mark");
        payload[4..8].copy_from_slice(&(self.begun.elapsed().as_micros() as u32).to_be_bytes());
        told.sent += u64::from(self.send(socket, &payload, bytes));
    }

    /// Sends the next packet of a phone; `bytes` is room for it.
    pub fn send(&self, socket: usize, payload: &[u8; 160], bytes: &mut Vec<u8>) -> bool {
        let packet = Packet {
            marker: false,
            payload_type: 0,
            sequence: self.packets as u16,
            timestamp: self.packets.wrapping_mul(160),
            ssrc: socket as u32,
            payload,
        };
        packet.write(bytes);
        self.sockets[socket].send(bytes).is_ok()
    }

    fn listen(&self, socket: usize, told: &mut Told) {
        let mut buffer = [0; 2_048];
        while let Ok(length) = self.sockets[socket].recv(&mut buffer) {
            told.received += 1;
            if let Some(b"mark") = buffer.get(12..16).filter(|_| length > 20 && socket < PROBES) {
                let sent = u32::from_be_bytes([buffer[16], buffer[17], buffer[18], buffer[19]]);
                told.delays.push((self.begun.elapsed().as_micros() as u32).wrapping_sub(sent));
            }
        }
    }
}
