//! Where messages come from and where they go.

use std::net::SocketAddr;

use crate::Transport;

/// The path that a message came on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// What carried it.
    pub transport: Transport,
    /// Our own address.
    pub local: SocketAddr,
    /// The address it came from.
    pub peer: SocketAddr,
    /// The number of the connection, or of the socket when the transport is UDP.
    pub connection: u64,
}

impl Flow {
    /// Back along the same path: to a phone behind NAT there is no other.
    pub fn target(&self) -> Target {
        Target {
            transport: self.transport,
            addr: self.peer,
            connection: Some(self.connection),
            server_name: String::new(),
        }
    }
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// What carries it.
    pub transport: Transport,
    /// The address of the peer.
    pub addr: SocketAddr,
    /// The connection (or UDP socket) to use while there is one of that number. Without it, or when it is gone, TCP and
    /// TLS open one to `addr`, or use one that was opened before.
    pub connection: Option<u64>,
    /// The name that a TLS server must prove; empty when there is none to ask for.
    pub server_name: String,
}

impl Target {
    /// By any path to an address.
    pub fn new(transport: Transport, addr: SocketAddr) -> Self {
        Self { transport, addr, connection: None, server_name: String::new() }
    }
}
