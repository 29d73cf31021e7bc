//! One connection: its bytes, and how long each of its states may last.

use std::io;
use std::net::SocketAddr;

use hookflash_sip::{Flow, Message, Micros, ParseError, Target, Transport};

use super::config::Limits;
use super::stream::Stream;
use super::web_socket::WebSocket;

/// What a connection brought.
#[derive(Debug)]
pub(super) enum Heard {
    Message(Message),
    Malformed(ParseError),
    /// A keep-alive, and its answer.
    Ping(&'static [u8]),
    /// A sign of life that wants no answer.
    Alive,
    /// Some bytes that do not make a message yet.
    Part,
}

/// Where a connection of ours leads; connections to different names of one address are not mixed up (RFC 5922 §4).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Place {
    transport: Transport,
    addr: SocketAddr,
    server_name: String,
}

impl Place {
    pub fn of(target: &Target) -> Self {
        Self { transport: target.transport, addr: target.addr, server_name: target.server_name.clone() }
    }
}

#[derive(Debug)]
pub(super) struct Connection {
    pub flow: Flow,
    /// Where it leads, when we opened it.
    pub place: Option<Place>,
    wire: Wire,
    limits: Limits,
    /// We opened it, and it is not there yet.
    pub connecting: bool,
    /// A whole message came, at least once.
    pub heard: bool,
    /// Since when it owes us something: its handshake, its first message, the rest of a message.
    owing: Option<Micros>,
    /// Since when it has not read what we sent.
    stuck: Option<Micros>,
    active: Micros,
    pub armed: Option<Micros>,
}

#[derive(Debug)]
pub(super) enum Wire {
    Stream(Stream),
    WebSocket(WebSocket),
}

impl Connection {
    pub fn new(flow: Flow, wire: Wire, limits: Limits, place: Option<Place>, now: Micros) -> Self {
        Self {
            flow,
            connecting: place.is_some(),
            place,
            wire,
            limits,
            heard: false,
            owing: Some(now),
            stuck: None,
            active: now,
            armed: None,
        }
    }

    /// When it is to be closed if nothing happens.
    pub fn deadline(&self) -> Micros {
        let impatient = self.owing.into_iter().chain(self.stuck).min();
        let idle = self.active + self.limits.idle;
        impatient.map_or(idle, |since| idle.min(since + self.limits.patience))
    }

    /// Why it is closed at its deadline.
    pub fn complaint(&self) -> &'static str {
        match (self.connecting, self.owing, self.stuck) {
            (true, _, _) => "the peer could not be reached in time",
            (false, Some(_), _) => "the peer took too long to send a message",
            (false, None, Some(_)) => "the peer does not read what it is sent",
            (false, None, None) => "nothing happened on the connection",
        }
    }

    /// The poll says that something is possible. Finds out whether a connection that we opened is there.
    pub fn ready(&mut self) -> io::Result<()> {
        let Wire::Stream(stream) = &self.wire else {
            return Ok(());
        };
        if !self.connecting {
            return Ok(());
        }
        let tcp = stream.pipe.tcp();
        if let Some(error) = tcp.take_error()? {
            return Err(error);
        }
        match tcp.peer_addr() {
            Ok(_) => {
                self.connecting = false;
                self.owing = None;
                self.flow.local = tcp.local_addr()?;
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Read what is there; true when there is more.
    pub fn read(&mut self, buffer: &mut [u8], now: Micros, mut each: impl FnMut(Heard)) -> io::Result<bool> {
        if self.connecting {
            return Ok(false);
        }
        let (mut part, mut whole, mut any) = (false, false, false);
        let mut note = |heard: Heard| {
            any = true;
            match &heard {
                Heard::Part => part = true,
                Heard::Alive | Heard::Ping(_) | Heard::Malformed(_) => {}
                Heard::Message(_) => whole = true,
            }
            each(heard);
        };
        let more = match &mut self.wire {
            Wire::Stream(stream) => stream.read(buffer, &mut note),
            Wire::WebSocket(socket) => socket.read(&mut note),
        };
        if any {
            self.active = now;
        }
        if whole {
            (self.heard, self.owing) = (true, None);
        } else if part {
            self.owing.get_or_insert(now);
        }
        more
    }

    pub fn send(&mut self, bytes: &[u8], now: Micros) -> io::Result<()> {
        self.active = now;
        match &mut self.wire {
            Wire::Stream(stream) => stream.send(bytes, self.limits.buffered)?,
            Wire::WebSocket(socket) => socket.send(bytes)?,
        }
        self.flush(now)
    }

    pub fn ping(&mut self, now: Micros) -> io::Result<()> {
        match &mut self.wire {
            Wire::Stream(_) => return self.send(b"\r\n\r\n", now),
            Wire::WebSocket(socket) => socket.ping()?,
        }
        self.flush(now)
    }

    /// Send what waits, as far as the peer takes it.
    pub fn flush(&mut self, now: Micros) -> io::Result<()> {
        if self.connecting {
            return Ok(());
        }
        let done = match &mut self.wire {
            Wire::Stream(stream) => stream.flush()?,
            Wire::WebSocket(socket) => socket.flush()?,
        };
        self.stuck = (!done).then(|| self.stuck.unwrap_or(now));
        Ok(())
    }
}
