//! SIP over UDP.

use std::io;
use std::net::SocketAddr;

use hookflash_sip::{Flow, Message, Micros, Transport};
use mio::Interest;
use mio::net::UdpSocket;
use socket2::{Domain, Protocol, Socket, Type};

use super::garbage::{Look, look};
use super::shared::Shared;
use super::sieve::GARBAGE;
use super::{Incoming, SendError};

/// Most datagrams that are read before others have their turn.
const BATCH: usize = 64;

/// What the kernel may hold for us while we do something else, bytes each way; it takes less if its own limit is lower.
const KERNEL_BUFFER: usize = 4 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct Udp {
    socket: UdpSocket,
    local: SocketAddr,
    number: u64,
}

impl Udp {
    pub fn bind(shared: &mut Shared, addr: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, Some(Protocol::UDP))?;
        if addr.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.set_nonblocking(true)?;
        socket.set_recv_buffer_size(KERNEL_BUFFER)?;
        socket.set_send_buffer_size(KERNEL_BUFFER)?;
        socket.bind(&addr.into())?;
        let mut socket = UdpSocket::from_std(socket.into());
        let local = socket.local_addr()?;
        let number = shared.watch(&mut socket, Interest::READABLE)?;
        Ok(Self { socket, local, number })
    }

    pub fn number(&self) -> u64 {
        self.number
    }

    pub fn local(&self) -> SocketAddr {
        self.local
    }

    /// A datagram that the network has no room for is lost, as on its way: transactions send again.
    pub fn send(&self, to: SocketAddr, bytes: &[u8]) -> Result<(), SendError> {
        match self.socket.send_to(bytes, to) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(SendError(format!("cannot send over UDP: {error}"))),
        }
    }

    pub fn receive(&mut self, shared: &mut Shared, now: Micros) {
        for _ in 0..BATCH {
            match self.socket.recv_from(&mut shared.buffer) {
                Ok((length, peer)) => self.take(shared, length, peer, now),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // An ICMP error about something sent before; the transaction's timer knows what to do.
                Err(_) => {}
            }
        }
        shared.unfinished.push(self.number);
    }

    fn take(&self, shared: &mut Shared, length: usize, peer: SocketAddr, now: Micros) {
        let bytes = shared.buffer.get(..length).unwrap_or_default();
        let cost = match look(bytes) {
            Look::Sip => 1,
            Look::KeepAlive => return,
            Look::Garbage => {
                shared.sieve.allows(peer.ip(), GARBAGE, now);
                return;
            }
        };
        if !shared.sieve.allows(peer.ip(), cost, now) {
            shared.dropped += 1;
            return;
        }
        let flow = Flow { transport: Transport::Udp, local: self.local, peer, connection: self.number };
        let incoming = match Message::parse(bytes) {
            Ok(message) => Incoming::Message(message, flow),
            Err(error) => {
                let answered = shared.sieve.allows(peer.ip(), GARBAGE, now);
                if let Some(reply) = error.reply.filter(|_| answered) {
                    // Nobody waits for it.
                    let _ = self.send(peer, &reply.to_bytes());
                }
                Incoming::Malformed { why: error.why, flow }
            }
        };
        shared.incoming.push_back(incoming);
    }
}
