//! The audio of SIP legs, as the control thread handles it: ports that are held, threads on which it lives.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;

use hookflash_media::graph::Tap;
use hookflash_media::session::{MediaCommand, MediaParams};

use crate::media_io::{Counts, MediaThreads, Ports, Sockets};
use crate::protocol::{LegId, OpId};

/// Ports and threads. Nothing here waits.
pub struct Studio {
    threads: MediaThreads,
    ports: Ports,
    address: IpAddr,
    held: HashMap<LegId, Held>,
}

/// Sockets of a leg whose audio has not started.
struct Held {
    sockets: Sockets,
    beside: Option<LegId>,
}

impl Studio {
    /// Audio on these threads; sockets are bound to `address`.
    pub fn new(threads: MediaThreads, ports: Ports, address: IpAddr) -> Self {
        Self { threads, ports, address, held: HashMap::new() }
    }

    /// Binds a port for the audio of a leg, which is going to be joined with `beside`; returns that of its RTP.
    ///
    /// Fails when the range of ports is used up, or the system has no descriptors left.
    pub fn reserve(&mut self, leg: LegId, beside: Option<LegId>) -> io::Result<u16> {
        let sockets = self.ports.open(self.address)?;
        let port = sockets.local()?.port();
        self.held.insert(leg, Held { sockets, beside });
        Ok(port)
    }

    /// Starts the audio of a leg, or goes on with what another negotiation agreed on.
    pub fn start(&mut self, leg: LegId, params: MediaParams, shares_port: bool) {
        match self.held.remove(&leg) {
            Some(Held { sockets, beside }) => self.threads.open(leg, sockets, params, shares_port, beside),
            None => self.threads.update(leg, params, shares_port),
        }
    }

    /// Starts the audio of a leg without a far end.
    pub fn open(&mut self, leg: LegId) {
        self.threads.open_alone(leg);
    }

    /// Does what is asked; false when the leg has no audio, and nothing comes of it.
    pub fn command(&mut self, leg: LegId, command: MediaCommand) -> bool {
        self.threads.command(leg, command)
    }

    /// Lets somebody listen in on a leg; false when it has no audio, and nothing comes of it.
    pub fn tap(&mut self, leg: LegId, op: OpId, tap: Box<dyn Tap>) -> bool {
        self.threads.tap(leg, op, tap)
    }

    /// Whether the audio of a leg has started, and not ended.
    pub fn has(&self, leg: LegId) -> bool {
        self.threads.has(leg)
    }

    /// Ends the audio of a leg; false when it had none, and no `Closed` will tell of its end.
    pub fn close(&mut self, leg: LegId) -> bool {
        self.held.remove(&leg);
        self.threads.close(leg);
        self.threads.has(leg)
    }

    /// The audio of a leg has come to its end.
    pub fn closed(&mut self, leg: LegId) {
        self.threads.closed(leg);
    }

    /// How the threads keep up.
    pub fn counts(&self) -> Counts {
        self.threads.counts()
    }
}
