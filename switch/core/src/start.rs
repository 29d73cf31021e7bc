//! From a configuration to running threads.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::{Builder, JoinHandle};

use hookflash_media::session::MediaEvent;
use hookflash_sip::agent::{self, Agent};
use hookflash_sip::digest::Hash;
use hookflash_sip::sdp::{Codec, SrtpPolicy};
use hookflash_sip::timers::Timers;
use hookflash_sip::{Random, SentBy, Transport, endpoint};
use mio::{Poll, Waker};

use crate::capture::Capture;
use crate::clock::Clock;
use crate::control::{Control, NAMES, Note, SOCKETS, WAKER};
use crate::convert::{happening, transport_word};
use crate::dns::Dns;
use crate::gauges::Gauges;
use crate::media_io::{Disk, MediaThreads, Ports, Report};
use crate::protocol::{Event, SwitchConfig};
use crate::ring::Ring;
use crate::sip_io::{self, Bound, Listen, SipSockets, TlsConfig};
use crate::sip_leg::Terms;
use crate::streams::Streams;
use crate::studio::Studio;
use crate::switch::StartError;

/// The number of the first leg that comes in: above those that the exchange makes.
const FIRST_INCOMING: u64 = 1 << 48;

/// Where notes for the control thread are left.
#[derive(Clone)]
pub struct Desk {
    notes: Sender<Note>,
    waker: Arc<Waker>,
}

impl Desk {
    /// Leaves a note. After the thread's end nobody reads it, as nobody needs to.
    pub fn leave(&self, note: Note) {
        if self.notes.send(note).is_ok() {
            let _ = self.waker.wake(); // a waker that cannot be written to has been woken already
        }
    }
}

/// A control thread that runs.
pub struct Started {
    /// Its desk.
    pub desk: Desk,
    /// `host:port` by transport.
    pub addresses: BTreeMap<String, String>,
    /// What it says of itself.
    pub gauges: Gauges,
    /// Its thread.
    pub thread: JoinHandle<()>,
}

/// Binds what is listened on, starts the media threads and the control thread.
pub fn start(config: &SwitchConfig, ring: &Arc<Ring>, streams: &Streams, clock: Clock) -> Result<Started, StartError> {
    let host: IpAddr = named(&config.host, "host")?;
    let poll = Poll::new()?;
    let (sockets, bound) = SipSockets::bind(socket_config(config, host)?, poll.registry(), SOCKETS)?;
    let (notes, inbox) = channel();
    let desk = Desk { notes, waker: Arc::new(Waker::new(poll.registry(), WAKER)?) };

    let shown = shown_address(host);
    let seed = RandomState::new().hash_one(clock.now());
    let streams = streams.clone();
    let disk = Disk::start(move |number| streams.sound(number))?;
    let report = report(ring, &desk);
    let threads = MediaThreads::start(config.threads, &disk, seed, clock, &report)?;
    let (low, high) = config.rtp_ports;
    let ports = Ports::new(low, high).map_err(|error| StartError::Config(error.to_string()))?;
    let address = if config.rtp_address.is_empty() { shown } else { named(&config.rtp_address, "rtp_address")? };

    let gauges = Gauges::default();
    let control = Control {
        agent: Agent::new(agent_config(config, &bound, shown)?, seed.rotate_left(17)),
        sockets,
        dns: Dns::new(poll.registry(), NAMES, seed.rotate_left(43))?,
        studio: Studio::new(threads, ports, host),
        terms: Terms {
            address,
            codecs: vec![Codec::Pcmu, Codec::Pcma, Codec::G722, Codec::Opus],
            srtp: SrtpPolicy::Off,
            timeout_ms: config.rtp_timeout_ms,
        },
        ring: Arc::clone(ring),
        clock,
        random: Random::new(seed.rotate_left(31)),
        lag: u64::from(config.lag_ms) * 1_000,
        notes: inbox,
        legs: HashMap::new(),
        srtp_of_trunks: HashMap::new(),
        limits: Timers::new(),
        waits: Timers::new(),
        capture: capture(config, &bound)?,
        gauges: gauges.clone(),
        broken: 0,
        refuses: false,
        stopping: None,
    };
    let thread = Builder::new().name("sip".into()).spawn(move || control.run(poll))?;
    let addresses =
        bound.iter().map(|bound| (transport_word(bound.transport).into(), bound.addr.to_string())).collect();
    Ok(Started { desk, addresses, gauges, thread })
}

fn capture(config: &SwitchConfig, bound: &[Bound]) -> Result<Option<Capture>, StartError> {
    if config.hep.is_empty() {
        return Ok(None);
    }
    let locals = bound.iter().map(|bound| (bound.transport, bound.addr)).collect();
    let unusable =
        |error| StartError::Config(format!("hep must be the host:port of a collector, not {}: {error}", config.hep));
    Capture::new(&config.hep, locals).map(Some).map_err(unusable)
}

fn named(text: &str, name: &str) -> Result<IpAddr, StartError> {
    match text {
        "localhost" => Ok(Ipv4Addr::LOCALHOST.into()),
        _ => text.parse().map_err(|_| StartError::Config(format!("{name} must be an IP address, not {text}"))),
    }
}

/// A port that is free for UDP and for TCP.
fn free_port(host: IpAddr) -> io::Result<u16> {
    let mut taken = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..16 {
        let udp = UdpSocket::bind((host, 0))?;
        let port = udp.local_addr()?.port();
        match TcpListener::bind((host, port)) {
            Ok(_) => return Ok(port),
            Err(error) => taken = error,
        }
    }
    Err(taken)
}

fn socket_config(config: &SwitchConfig, host: IpAddr) -> io::Result<sip_io::Config> {
    let port = |port: i32| u16::try_from(port).ok();
    let sip_port = match config.sip_port {
        0 => free_port(host)?,
        port => port,
    };
    let wanted = [
        (Transport::Udp, Some(sip_port)),
        (Transport::Tcp, Some(sip_port)),
        (Transport::Tls, port(config.tls_port).filter(|_| !config.tls_cert.is_empty())),
        (Transport::Ws, port(config.ws_port)),
    ];
    let listen = wanted
        .into_iter()
        .filter_map(|(transport, port)| Some(Listen { transport, addr: SocketAddr::new(host, port?) }))
        .collect();
    let identity =
        (!config.tls_cert.is_empty()).then(|| (config.tls_cert.clone().into(), config.tls_key.clone().into()));
    Ok(sip_io::Config { listen, tls: TlsConfig { identity, roots: None }, ..sip_io::Config::default() })
}

fn agent_config(config: &SwitchConfig, bound: &[Bound], shown: IpAddr) -> Result<agent::Config, StartError> {
    let host = match config.sip_address.is_empty() {
        true if shown.is_ipv6() => format!("[{shown}]"),
        true => shown.to_string(),
        false => config.sip_address.clone(),
    };
    let sent_by = bound
        .iter()
        .map(|bound| SentBy { transport: bound.transport, host: host.clone(), port: bound.addr.port() })
        .collect();
    let digests = config.digests.iter().map(|name| digest(name)).collect::<Result<_, _>>()?;
    Ok(agent::Config {
        endpoint: endpoint::Config { sent_by, ..endpoint::Config::default() },
        user_agent: config.user_agent.clone(),
        first_incoming_leg: FIRST_INCOMING,
        digests,
        ..agent::Config::default()
    })
}

fn digest(name: &str) -> Result<Hash, StartError> {
    match name {
        "MD5" => Ok(Hash::Md5),
        "SHA-256" => Ok(Hash::Sha256),
        _ => Err(StartError::Config(format!("a digest must be MD5 or SHA-256, not {name}"))),
    }
}

/// The address that peers can be told: that of the way out, when every address is listened on.
fn shown_address(host: IpAddr) -> IpAddr {
    if !host.is_unspecified() {
        return host;
    }
    let (any, anywhere): (IpAddr, IpAddr) = match host {
        IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        IpAddr::V6(_) => (Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()),
    };
    // Connecting a UDP socket sends nothing; it only chooses the address that packets would leave from.
    let found = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((anywhere, 9))?;
        socket.local_addr()
    });
    found.map_or(host, |address| address.ip())
}

/// What media threads tell: keys, turns and ends of operations go straight to the exchange, the rest is for the control thread.
fn report(ring: &Arc<Ring>, desk: &Desk) -> Report {
    let (ring, desk) = (Arc::clone(ring), desk.clone());
    Arc::new(move |leg, at, event| match event {
        MediaEvent::Key { .. } | MediaEvent::Heard { .. } | MediaEvent::Done(_) | MediaEvent::Speaking { .. } => {
            if let Some(what) = happening(event) {
                ring.push(Event { leg, at: at / 1_000, what }, at);
            }
        }
        event => desk.leave(Note::Media(leg, event)),
    })
}
