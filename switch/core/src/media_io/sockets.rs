//! The sockets of one leg.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};

/// RTP and, on the port above, RTCP.
#[derive(Debug)]
pub struct Sockets {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    /// Where the peer is; RTP goes there without saying so where the socket is connected.
    peer: Option<SocketAddr>,
    is_connected: bool,
    /// RTCP shares the port of RTP (RFC 5761).
    pub(super) is_shared: bool,
}

impl Sockets {
    pub(super) fn new(rtp: UdpSocket, rtcp: UdpSocket) -> io::Result<Self> {
        rtp.set_nonblocking(true)?;
        rtcp.set_nonblocking(true)?;
        Ok(Self { rtp, rtcp, peer: None, is_connected: false, is_shared: false })
    }

    /// The address of RTP, for a session description.
    pub fn local(&self) -> io::Result<SocketAddr> {
        self.rtp.local_addr()
    }

    pub(super) fn rtp_fd(&self) -> RawFd {
        self.rtp.as_raw_fd()
    }

    pub(super) fn rtcp_fd(&self) -> RawFd {
        self.rtcp.as_raw_fd()
    }

    /// Sends to `to` from now on. With `only` the kernel drops what others send, and sending is cheaper.
    pub(super) fn aim(&mut self, to: SocketAddr, only: bool) -> io::Result<()> {
        self.peer = Some(to);
        if only {
            self.rtp.connect(to)?;
        } else if self.is_connected {
            disconnect(self.rtp.as_raw_fd())?;
        }
        self.is_connected = only;
        Ok(())
    }

    /// Sends a packet of RTP; false when it could not be sent, as to a port that nobody listens on.
    pub(super) fn send(&self, packet: &[u8]) -> bool {
        match self.peer {
            Some(_) if self.is_connected => self.rtp.send(packet).is_ok(),
            Some(peer) => self.rtp.send_to(packet, peer).is_ok(),
            None => false,
        }
    }

    /// Sends a packet of RTCP. One that is lost is followed by the next.
    pub(super) fn send_rtcp(&self, packet: &[u8]) {
        let Some(peer) = self.peer else { return };
        let _ = if self.is_shared {
            self.send(packet);
            Ok(0)
        } else {
            self.rtcp.send_to(packet, SocketAddr::new(peer.ip(), peer.port().saturating_add(1)))
        };
    }

    /// The next packet of RTP that has come.
    pub(super) fn receive(&self, buffer: &mut [u8]) -> Option<(usize, SocketAddr)> {
        match self.peer.filter(|_| self.is_connected) {
            Some(peer) => waiting(|| self.rtp.recv(buffer)).map(|length| (length, peer)),
            None => waiting(|| self.rtp.recv_from(buffer)),
        }
    }

    /// The next packet on the port above.
    pub(super) fn receive_rtcp(&self, buffer: &mut [u8]) -> Option<usize> {
        waiting(|| self.rtcp.recv(buffer))
    }
}

/// What a socket holds, if it holds anything. An error of a packet that we sent (a peer that has gone) comes up here too
/// and says nothing about what waits behind it.
fn waiting<T>(mut receive: impl FnMut() -> io::Result<T>) -> Option<T> {
    for _ in 0..4 {
        match receive() {
            Ok(received) => return Some(received),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
            Err(_) => {}
        }
    }
    None
}

/// Lets a connected socket listen to everybody again; it keeps its port.
fn disconnect(fd: RawFd) -> io::Result<()> {
    // SAFETY: all-zero bytes are a valid sockaddr, plain data; with the family set it is what connect(2) takes to
    // dissolve an association, and it outlives the call.
    let result = unsafe {
        let mut nobody: libc::sockaddr = std::mem::zeroed();
        nobody.sa_family = libc::AF_UNSPEC as libc::sa_family_t;
        libc::connect(fd, &nobody, std::mem::size_of::<libc::sockaddr>() as libc::socklen_t)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media_io::Ports;
    use std::time::Duration;

    /// A leg that is aimed at one peer hears only that one, and hears everybody again when the peer may have moved.
    #[test]
    fn aims_and_opens_up_again() {
        let here = "127.0.0.1".parse().unwrap();
        let mut sockets = Ports::new(38_820, 38_829).unwrap().open(here).unwrap();
        let local = sockets.local().unwrap();
        let [peer, other] = [0, 0].map(|_: u8| UdpSocket::bind("127.0.0.1:0").unwrap());
        let mut buffer = [0; 64];

        sockets.aim(peer.local_addr().unwrap(), true).unwrap();
        other.send_to(b"other", local).unwrap();
        peer.send_to(b"peer", local).unwrap();
        assert_eq!(sockets.receive(&mut buffer), Some((4, peer.local_addr().unwrap())));
        assert_eq!(sockets.receive(&mut buffer), None);

        sockets.aim(peer.local_addr().unwrap(), false).unwrap();
        assert_eq!(sockets.local().unwrap(), local);
        other.send_to(b"other", local).unwrap();
        assert_eq!(sockets.receive(&mut buffer), Some((5, other.local_addr().unwrap())));

        peer.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        assert!(sockets.send(b"hello"));
        assert_eq!(peer.recv(&mut buffer).unwrap(), 5);
    }
}
