//! All connections: who may have one, which one a message takes, and when one ends.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};

use hookflash_sip::{Flow, Micros, Target, Transport};
use mio::Interest;
use mio::net::{TcpListener, TcpStream};
use rustls::StreamOwned;
use socket2::{Domain, Protocol, Socket, Type};

use super::config::{Limits, Listen};
use super::connection::{Connection, Heard, Place, Wire};
use super::pipe::Pipe;
use super::shared::Shared;
use super::sieve::GARBAGE;
use super::stream::Stream;
use super::tls::Tls;
use super::web_socket::WebSocket;
use super::{Incoming, SendError};

/// Connections that the kernel accepts before we do.
const BACKLOG: i32 = 1024;

/// When no connection can be accepted (no file descriptor is left, say), the next attempt comes after this.
const PAUSE: Micros = 100_000;

#[derive(Debug)]
pub(super) struct Connections {
    limits: Limits,
    tls: Tls,
    listeners: HashMap<u64, Listener>,
    all: HashMap<u64, Connection>,
    /// Those that we opened, by where to.
    opened: HashMap<Place, u64>,
    per_address: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Listener {
    socket: TcpListener,
    transport: Transport,
    local: SocketAddr,
}

impl Connections {
    pub fn new(limits: Limits, tls: Tls) -> Self {
        Self {
            limits,
            tls,
            listeners: HashMap::new(),
            all: HashMap::new(),
            opened: HashMap::new(),
            per_address: HashMap::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn listen(&mut self, shared: &mut Shared, listen: &Listen) -> io::Result<SocketAddr> {
        if listen.transport.is_secure() && !self.tls.has_identity() {
            let why = "there is no TLS certificate";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let addr = listen.addr;
        let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
        if addr.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&addr.into())?;
        socket.listen(BACKLOG)?;
        let mut socket = TcpListener::from_std(socket.into());
        let local = socket.local_addr()?;
        let number = shared.watch(&mut socket, Interest::READABLE)?;
        let transport = listen.transport;
        self.listeners.insert(number, Listener { socket, transport, local });
        Ok(local)
    }

    pub fn ready(&mut self, shared: &mut Shared, number: u64, now: Micros) {
        if self.listeners.contains_key(&number) {
            self.accept(shared, number, now);
            return;
        }
        let Some(connection) = self.all.get_mut(&number) else {
            return; // it has ended since
        };
        match work(connection, shared, number, now) {
            Ok(()) => rearm(connection, shared, number),
            Err(error) => self.close(shared, number, &error.to_string()),
        }
    }

    pub fn wake_up(&mut self, shared: &mut Shared, number: u64, now: Micros) {
        if self.listeners.contains_key(&number) {
            self.accept(shared, number, now);
            return;
        }
        let Some(connection) = self.all.get_mut(&number) else {
            return;
        };
        connection.armed = None;
        match connection.deadline() <= now {
            true => {
                let why = connection.complaint();
                self.close(shared, number, why);
            }
            false => rearm(connection, shared, number),
        }
    }

    fn accept(&mut self, shared: &mut Shared, number: u64, now: Micros) {
        while let Some(listener) = self.listeners.get(&number) {
            match listener.socket.accept() {
                Ok((tcp, peer)) => {
                    let (transport, local) = (listener.transport, listener.local);
                    // One that cannot be had is closed by being dropped.
                    let _ = self.admit(shared, tcp, transport, local, peer, now);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if is_passing(&error) => {}
                Err(_) => {
                    shared.timers.change(number, None, Some(now + PAUSE));
                    return;
                }
            }
        }
    }

    fn admit(
        &mut self,
        shared: &mut Shared,
        mut tcp: TcpStream,
        transport: Transport,
        local: SocketAddr,
        peer: SocketAddr,
        now: Micros,
    ) -> io::Result<()> {
        if !self.has_room(peer.ip()) {
            shared.dropped += 1;
            return Ok(());
        }
        tcp.set_nodelay(true)?;
        let connection = shared.watch(&mut tcp, Interest::READABLE | Interest::WRITABLE)?;
        let pipe = match transport.is_secure() {
            true => Pipe::Server(Box::new(StreamOwned::new(self.tls.accept()?, tcp))),
            false => Pipe::Plain(tcp),
        };
        let wire = match transport {
            Transport::Ws | Transport::Wss => Wire::WebSocket(WebSocket::new(pipe, self.limits.buffered)),
            _ => Wire::Stream(Stream::new(pipe)),
        };
        let flow = Flow { transport, local, peer, connection };
        self.add(shared, Connection::new(flow, wire, self.limits, None, now));
        Ok(())
    }

    fn has_room(&self, address: IpAddr) -> bool {
        self.all.len() < self.limits.connections
            && self.per_address.get(&address).copied().unwrap_or(0) < self.limits.per_address
    }

    fn add(&mut self, shared: &mut Shared, mut connection: Connection) {
        let flow = connection.flow;
        *self.per_address.entry(flow.peer.ip()).or_default() += 1;
        rearm(&mut connection, shared, flow.connection);
        self.all.insert(flow.connection, connection);
    }

    pub fn send(&mut self, shared: &mut Shared, target: &Target, bytes: &[u8], now: Micros) -> Result<(), SendError> {
        let number = match self.open_to(target) {
            Some(number) => number,
            None => self.connect(shared, target, now)?,
        };
        self.on(shared, number, |connection| connection.send(bytes, now))
    }

    pub fn ping(&mut self, shared: &mut Shared, target: &Target, now: Micros) -> Result<(), SendError> {
        let Some(number) = self.open_to(target) else {
            return Err(SendError("the connection is gone".to_owned()));
        };
        self.on(shared, number, |connection| connection.ping(now))
    }

    fn on(
        &mut self,
        shared: &mut Shared,
        number: u64,
        act: impl FnOnce(&mut Connection) -> io::Result<()>,
    ) -> Result<(), SendError> {
        let Some(connection) = self.all.get_mut(&number) else {
            return Err(SendError("the connection is gone".to_owned()));
        };
        let result = act(connection);
        rearm(connection, shared, number);
        result.map_err(|error| {
            let why = error.to_string();
            self.close(shared, number, &why);
            SendError(why)
        })
    }

    /// The connection that is named, or one that we opened to the same place.
    fn open_to(&self, target: &Target) -> Option<u64> {
        let named = target.connection.filter(|number| {
            let known = self.all.get(number);
            known.is_some_and(|connection| connection.flow.transport == target.transport)
        });
        named.or_else(|| self.opened.get(&Place::of(target)).copied())
    }

    fn connect(&mut self, shared: &mut Shared, target: &Target, now: Micros) -> Result<u64, SendError> {
        if matches!(target.transport, Transport::Ws | Transport::Wss) {
            let why = "the WebSocket is gone, and only its client can open one";
            return Err(SendError(why.to_owned()));
        }
        if self.all.len() >= self.limits.connections {
            return Err(SendError("there are too many connections".to_owned()));
        }
        self.start_connecting(shared, target, now)
            .map_err(|error| SendError(format!("cannot connect over {}: {error}", target.transport)))
    }

    fn start_connecting(&mut self, shared: &mut Shared, target: &Target, now: Micros) -> io::Result<u64> {
        let session = match target.transport {
            Transport::Tls => Some(self.tls.connect(target)?),
            _ => None,
        };
        let mut tcp = TcpStream::connect(target.addr)?;
        tcp.set_nodelay(true)?;
        let number = shared.watch(&mut tcp, Interest::READABLE | Interest::WRITABLE)?;
        let flow =
            Flow { transport: target.transport, local: tcp.local_addr()?, peer: target.addr, connection: number };
        let pipe = match session {
            Some(session) => Pipe::Client(Box::new(StreamOwned::new(session, tcp))),
            None => Pipe::Plain(tcp),
        };
        let wire = Wire::Stream(Stream::new(pipe));
        let place = Place::of(target);
        self.opened.insert(place.clone(), number);
        self.add(shared, Connection::new(flow, wire, self.limits, Some(place), now));
        Ok(number)
    }

    /// Dropping a connection closes its socket. One that never brought a message is nobody's loss.
    fn close(&mut self, shared: &mut Shared, number: u64, why: &str) {
        let Some(connection) = self.all.remove(&number) else {
            return;
        };
        shared.timers.change(number, connection.armed, None);
        let peer = connection.flow.peer;
        if let Some(count) = self.per_address.get_mut(&peer.ip()) {
            *count -= 1;
            if *count == 0 {
                self.per_address.remove(&peer.ip());
            }
        }
        if let Some(place) = &connection.place {
            self.opened.remove(place);
        }
        if connection.heard || connection.place.is_some() {
            shared.incoming.push_back(Incoming::Lost { target: connection.flow.target(), why: why.to_owned() });
        }
    }
}

/// Errors of one connection that was to be accepted, not of the listener.
fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}

fn rearm(connection: &mut Connection, shared: &mut Shared, number: u64) {
    let deadline = connection.deadline();
    // A later deadline can wait until the earlier one is due.
    if connection.armed.is_none_or(|armed| deadline < armed) {
        shared.timers.change(number, connection.armed, Some(deadline));
        connection.armed = Some(deadline);
    }
}

fn work(connection: &mut Connection, shared: &mut Shared, number: u64, now: Micros) -> io::Result<()> {
    connection.ready()?;
    connection.flush(now)?;
    let flow = connection.flow;
    let Shared { buffer, sieve, incoming, dropped, .. } = shared;
    let mut answers = Vec::new();
    let mut refused = false;
    let read = connection.read(buffer, now, |heard| match heard {
        Heard::Message(message) => match sieve.allows(flow.peer.ip(), 1, now) {
            true => incoming.push_back(Incoming::Message(message, flow)),
            false => refused = true,
        },
        Heard::Malformed(error) => {
            refused |= !sieve.allows(flow.peer.ip(), GARBAGE, now);
            answers.extend(error.reply.map(|reply| reply.to_bytes()));
            let why = error.why;
            incoming.push_back(Incoming::Malformed { why, flow });
        }
        Heard::Ping(answer) => answers.push(answer.to_vec()),
        Heard::Alive | Heard::Part => {}
    });
    for answer in answers {
        connection.send(&answer, now)?;
    }
    if refused {
        *dropped += 1;
        return Err(io::Error::other("the peer sends too much"));
    }
    if read? {
        shared.unfinished.push(number);
    }
    connection.flush(now)
}
