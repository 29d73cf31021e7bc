//! What the sockets are told at their start.

use std::net::SocketAddr;
use std::path::PathBuf;

use hookflash_sip::{Micros, Transport};

/// What to open, and its limits.
#[derive(Debug, Clone)]
pub struct Config {
    /// The addresses to listen on.
    pub listen: Vec<Listen>,
    /// Who we are and whom we trust under TLS.
    pub tls: TlsConfig,
    /// Limits of connections.
    pub limits: Limits,
    /// How much an address may send that nobody vouched for.
    pub per_source: Rate,
    /// How much all such addresses may send together: a flood from many leaves time for those we know.
    pub strangers: Rate,
}

/// One address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listen {
    /// What is spoken there.
    pub transport: Transport,
    /// The address; port 0 for a free one.
    pub addr: SocketAddr,
}

/// An address that is listened on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// What is spoken there.
    pub transport: Transport,
    /// The address with its real port.
    pub addr: SocketAddr,
}

/// Files of TLS, in PEM.
#[derive(Debug, Clone, Default)]
pub struct TlsConfig {
    /// Our certificate with its chain, and its private key. Without it TLS and WSS cannot be listened on.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// The authorities that a server we connect to must be certified by; none: those of the system. There is no way to
    /// connect without verification: a peer with a certificate of its own making is trusted by naming that here.
    pub roots: Option<PathBuf>,
}

/// Limits of connections.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most at once; above it new ones are closed unheard.
    pub connections: usize,
    /// Most at once from one address.
    pub per_address: usize,
    /// Most bytes that may wait for a peer to read them.
    pub buffered: usize,
    /// How long a connect, a handshake, one message, or the reading of what we sent may take, in microseconds.
    pub patience: Micros,
    /// A connection on which nothing happens for so long is closed, in microseconds.
    pub idle: Micros,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 20_000,
            per_address: 2_000, // an office behind one address
            buffered: 256 * 1024,
            patience: 20_000_000,
            idle: 3_900_000_000, // longer than the hour for which phones register
        }
    }
}

/// A rate with room for a burst.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Messages a second in the long run.
    pub per_second: u32,
    /// Messages at once after a silence.
    pub burst: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: Vec::new(),
            tls: TlsConfig::default(),
            limits: Limits::default(),
            per_source: Rate { per_second: 50, burst: 500 },
            strangers: Rate { per_second: 2_000, burst: 4_000 },
        }
    }
}
