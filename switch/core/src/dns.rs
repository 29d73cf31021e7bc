//! Names of SIP hosts: the resolver (RFC 3263) with its sockets, on the control thread's poll.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hookflash_sip::resolve::{Output, Resolver, Settings};
use hookflash_sip::{Target, Uri};
use mio::net::UdpSocket;
use mio::{Interest, Registry, Token};

use crate::clock::Micros;

/// Longest answer that is read; DNS over UDP has no longer ones here.
const LONGEST: usize = 4_096;

/// Asks the servers that the system names.
pub struct Dns {
    resolver: Resolver,
    registry: Registry,
    token: Token,
    sockets: [Option<UdpSocket>; 2],
}

impl Dns {
    /// With the system's settings as they are now. Sockets are opened when they are needed, all with `token`.
    pub fn new(registry: &Registry, token: Token, seed: u64) -> io::Result<Self> {
        let read = |path| fs::read_to_string(path).unwrap_or_default(); // a machine without one has no DNS, or no names
        let settings = Settings::from_files(&read("/etc/resolv.conf"), &read("/etc/hosts"));
        let resolver = Resolver::new(settings, seed);
        Ok(Self { resolver, registry: registry.try_clone()?, token, sockets: [None, None] })
    }

    /// Starts to find where a URI leads; [`Dns::poll`] tells, perhaps at once.
    pub fn resolve(&mut self, query: u64, uri: &Uri, now: Micros) {
        self.resolver.resolve(query, uri, now);
    }

    /// Takes the answers that have come.
    pub fn ready(&mut self, now: Micros) {
        let mut room = [0; LONGEST];
        for socket in self.sockets.iter().flatten() {
            while let Ok((length, from)) = socket.recv_from(&mut room) {
                self.resolver.receive(room.get(..length).unwrap_or_default(), from, now);
            }
        }
    }

    /// When [`Dns::handle_timeout`] is to be called.
    pub fn next_timeout(&self) -> Option<Micros> {
        self.resolver.next_timeout()
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Micros) {
        self.resolver.handle_timeout(now);
    }

    /// The next question that is answered, with where it leads: nowhere, if that is unknown.
    pub fn poll(&mut self) -> Option<(u64, Vec<Target>)> {
        loop {
            match self.resolver.poll()? {
                Output::Found { query, targets } => return Some((query, targets)),
                // What cannot be sent is as good as lost on the way: the resolver asks again, or another server.
                Output::Send { server, bytes } => drop(self.send(server, &bytes)),
            }
        }
    }

    fn send(&mut self, server: SocketAddr, bytes: &[u8]) -> io::Result<()> {
        let (place, any): (_, IpAddr) = match server {
            SocketAddr::V4(_) => (&mut self.sockets[0], Ipv4Addr::UNSPECIFIED.into()),
            SocketAddr::V6(_) => (&mut self.sockets[1], Ipv6Addr::UNSPECIFIED.into()),
        };
        if place.is_none() {
            let mut socket = UdpSocket::bind(SocketAddr::new(any, 0))?;
            self.registry.register(&mut socket, self.token, Interest::READABLE)?;
            *place = Some(socket);
        }
        place.as_ref().map_or(Ok(0), |socket| socket.send_to(bytes, server)).map(|_| ())
    }
}
