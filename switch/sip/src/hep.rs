//! Copies of SIP messages for a capture server such as Homer: HEP version 3 (EEP), a datagram a message.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::{Micros, Transport};

/// The largest datagram, bytes: its length is written in 16 bits.
const MOST_BYTES: usize = 65_535;

/// A message as it was sent or received.
#[derive(Clone, Copy)]
pub struct Capture<'a> {
    /// Who sent it.
    pub source: SocketAddr,
    /// Who received it.
    pub destination: SocketAddr,
    /// What carried it.
    pub transport: Transport,
    /// When, µs since the epoch.
    pub at: Micros,
    /// The message.
    pub message: &'a [u8],
    /// What other records of the same call have in common with it; mostly the Call-ID.
    pub correlation: &'a str,
}

/// Who captures.
#[derive(Clone, Copy)]
pub struct CaptureAgent<'a> {
    /// Our number at the capture server.
    pub id: u32,
    /// The password that the server wants; "" when it wants none.
    pub key: &'a str,
}

/// The datagram for the capture server; None when the message is too large for one.
pub fn encapsulate(capture: &Capture<'_>, agent: &CaptureAgent<'_>) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(128 + capture.message.len());
    out.extend_from_slice(b"HEP3\0\0");
    let protocol = if capture.transport == Transport::Udp { 17 } else { 6 };
    let addresses = (capture.source.ip().to_canonical(), capture.destination.ip().to_canonical());
    if let (IpAddr::V4(source), IpAddr::V4(destination)) = addresses {
        chunk(&mut out, 0x0001, &[2])?;
        chunk(&mut out, 0x0002, &[protocol])?;
        chunk(&mut out, 0x0003, &source.octets())?;
        chunk(&mut out, 0x0004, &destination.octets())?;
    } else {
        chunk(&mut out, 0x0001, &[10])?;
        chunk(&mut out, 0x0002, &[protocol])?;
        chunk(&mut out, 0x0005, &v6_octets(addresses.0))?;
        chunk(&mut out, 0x0006, &v6_octets(addresses.1))?;
    }
    chunk(&mut out, 0x0007, &capture.source.port().to_be_bytes())?;
    chunk(&mut out, 0x0008, &capture.destination.port().to_be_bytes())?;
    // Seconds are written in 32 bits, which last until 2106.
    let seconds = (capture.at / 1_000_000) as u32;
    let rest = (capture.at % 1_000_000) as u32;
    chunk(&mut out, 0x0009, &seconds.to_be_bytes())?;
    chunk(&mut out, 0x000a, &rest.to_be_bytes())?;
    chunk(&mut out, 0x000b, &[1])?; // SIP
    chunk(&mut out, 0x000c, &agent.id.to_be_bytes())?;
    if !agent.key.is_empty() {
        chunk(&mut out, 0x000e, agent.key.as_bytes())?;
    }
    if !capture.correlation.is_empty() {
        chunk(&mut out, 0x0011, capture.correlation.as_bytes())?;
    }
    chunk(&mut out, 0x000f, capture.message)?;
    let length = u16::try_from(out.len()).ok()?.to_be_bytes();
    for (to, from) in out.iter_mut().skip(4).zip(length) {
        *to = from;
    }
    Some(out)
}

/// Vendor 0, kind, length with these six bytes, content.
fn chunk(out: &mut Vec<u8>, kind: u16, content: &[u8]) -> Option<()> {
    if out.len() + 6 + content.len() > MOST_BYTES {
        return None;
    }
    let length = u16::try_from(6 + content.len()).ok()?;
    out.extend_from_slice(&[0, 0]);
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(content);
    Some(())
}

fn v6_octets(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(address) => Ipv4Addr::to_ipv6_mapped(&address).octets(),
        IpAddr::V6(address) => address.octets(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(message: &[u8]) -> Capture<'_> {
        Capture {
            source: "192.0.2.1:5060".parse().expect("an address"),
            destination: "192.0.2.2:5080".parse().expect("an address"),
            transport: Transport::Udp,
            at: 1_700_000_000_000_250,
            message,
            correlation: "c1",
        }
    }

    /// The layout of the published format, byte by byte.
    #[test]
    fn a_message_over_ipv4() {
        let found = encapsulate(&capture(b"BYE"), &CaptureAgent { id: 2001, key: "pw" });
        #[rustfmt::skip]
        let expected = [
            b'H', b'E', b'P', b'3', 0, 118,
            0, 0, 0, 1, 0, 7, 2,
            0, 0, 0, 2, 0, 7, 17,
            0, 0, 0, 3, 0, 10, 192, 0, 2, 1,
            0, 0, 0, 4, 0, 10, 192, 0, 2, 2,
            0, 0, 0, 7, 0, 8, 0x13, 0xc4,
            0, 0, 0, 8, 0, 8, 0x13, 0xd8,
            0, 0, 0, 9, 0, 10, 0x65, 0x53, 0xf1, 0x00,
            0, 0, 0, 10, 0, 10, 0, 0, 0, 250,
            0, 0, 0, 11, 0, 7, 1,
            0, 0, 0, 12, 0, 10, 0, 0, 0x07, 0xd1,
            0, 0, 0, 14, 0, 8, b'p', b'w',
            0, 0, 0, 17, 0, 8, b'c', b'1',
            0, 0, 0, 15, 0, 9, b'B', b'Y', b'E',
        ];
        assert_eq!(found.as_deref(), Some(&expected[..]));
    }

    /// IPv6 has its own family and chunks; mapped addresses are IPv4.
    #[test]
    fn other_families() {
        let agent = CaptureAgent { id: 1, key: "" };
        let six = Capture {
            source: "[2001:db8::1]:5061".parse().expect("an address"),
            transport: Transport::Tls,
            ..capture(b"x")
        };
        let bytes = encapsulate(&six, &agent).expect("it fits");
        assert_eq!(bytes[6..20], [0, 0, 0, 1, 0, 7, 10, 0, 0, 0, 2, 0, 7, 6]);
        assert_eq!(bytes[20..28], [0, 0, 0, 5, 0, 22, 0x20, 0x01]);
        let mapped = Capture { source: "[::ffff:192.0.2.1]:5060".parse().expect("an address"), ..capture(b"x") };
        assert_eq!(encapsulate(&mapped, &agent), encapsulate(&capture(b"x"), &agent));
    }

    /// What does not fit into a datagram is not sent in part.
    #[test]
    fn too_large_a_message() {
        let agent = CaptureAgent { id: 1, key: "" };
        assert_eq!(encapsulate(&capture(&vec![b'x'; 65_535]), &agent), None);
        assert!(encapsulate(&capture(&vec![b'x'; 65_000]), &agent).is_some());
    }
}
