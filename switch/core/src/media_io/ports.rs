//! Ports for audio: an even one for RTP and the odd one above it for RTCP (RFC 3550 §11).

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};

use super::Sockets;

/// Hands out pairs of ports of a range, in turns, so that one is not used again right after a call.
#[derive(Debug)]
pub struct Ports {
    /// The first even port, and how many pairs follow.
    first: u16,
    pairs: u16,
    next: u16,
}

impl Ports {
    /// Ports from `low` to `high`, both included; at least one pair must fit in.
    pub fn new(low: u16, high: u16) -> io::Result<Self> {
        let first = u32::from(low).next_multiple_of(2);
        let pairs = (u32::from(high) + 1).saturating_sub(first) / 2;
        match (u16::try_from(first), u16::try_from(pairs)) {
            (Ok(first), Ok(pairs)) if pairs > 0 => Ok(Self { first, pairs, next: 0 }),
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "The range of RTP ports holds no even port with an odd one above it.",
            )),
        }
    }

    /// Opens the sockets of a leg on an address of this machine. Fails when all ports are taken.
    pub fn open(&mut self, ip: IpAddr) -> io::Result<Sockets> {
        let mut failure = None;
        for _ in 0..self.pairs {
            let port = self.first + 2 * self.next;
            self.next = (self.next + 1) % self.pairs;
            match pair(ip, port) {
                Ok(sockets) => return Ok(sockets),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => failure = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(failure.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
    }
}

fn pair(ip: IpAddr, port: u16) -> io::Result<Sockets> {
    let rtp = UdpSocket::bind(SocketAddr::new(ip, port))?;
    let rtcp = UdpSocket::bind(SocketAddr::new(ip, port + 1))?;
    Sockets::new(rtp, rtcp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    /// Pairs are even and odd, differ, and come to an end.
    #[test]
    fn pairs_are_even_and_odd() {
        let mut ports = Ports::new(38_801, 38_806).unwrap();
        let held: Vec<Sockets> = (0..2).map(|_| ports.open(HERE).unwrap()).collect();
        let taken: Vec<u16> = held.iter().map(|sockets| sockets.local().unwrap().port()).collect();
        assert_eq!(taken, [38_802, 38_804]);
        assert!(ports.open(HERE).is_err());
        drop(held);
        assert!(ports.open(HERE).is_ok());
    }

    /// A range without a pair is refused with a sentence.
    #[test]
    fn a_range_needs_a_pair() {
        assert!(Ports::new(38_801, 38_802).is_err());
        assert!(Ports::new(39_000, 38_000).is_err());
    }
}
