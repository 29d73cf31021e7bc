//! What the agent is told: at its start, by `configure`, and for each call.

use std::net::IpAddr;

use super::event::Fields;
use super::network::{Network, is_public};
use super::session_timer::Limits;
use crate::digest::{Ha1, Hash};
use crate::{Micros, Uri, endpoint};

/// How an agent behaves.
#[derive(Debug, Clone)]
pub struct Config {
    /// Of the transactions below; `sent_by` is also what our Contact says.
    pub endpoint: endpoint::Config,
    /// What User-Agent and Server say; empty: nothing.
    pub user_agent: String,
    /// The number of the first leg that comes in; each further one is one more.
    pub first_incoming_leg: u64,
    /// Tell each message of a leg as `Signal`.
    pub signals: bool,
    /// Session timers.
    pub session_timer: Limits,
    /// A call that came in and was neither taken nor refused ends then.
    pub unanswered: Micros,
    /// Most legs at once; a call above gets 503.
    pub most_legs: usize,
    /// What those who call and register are challenged for, the preferred one first (RFC 8760 §2.4).
    pub digests: Vec<Hash>,
    /// What the registrar grants.
    pub registrar: RegistrarLimits,
    /// How often a gateway is asked whether it lives.
    pub health_interval: Micros,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            endpoint: endpoint::Config::default(),
            user_agent: "Hookflash".to_owned(),
            first_incoming_leg: 1 << 32,
            signals: true,
            session_timer: Limits::default(),
            unanswered: 600_000_000,
            most_legs: 100_000,
            digests: vec![Hash::Sha256, Hash::Md5],
            registrar: RegistrarLimits::default(),
            health_interval: 30_000_000,
        }
    }
}

/// What the registrar grants.
#[derive(Debug, Clone, Copy)]
pub struct RegistrarLimits {
    /// Seconds; a shorter time is refused with 423.
    pub min_s: u32,
    /// Seconds; a longer time is cut to it.
    pub max_s: u32,
    /// Seconds, when the phone does not say.
    pub usual_s: u32,
    /// Most contacts of one user.
    pub most_contacts: usize,
    /// Most contacts of all.
    pub most: usize,
}

impl Default for RegistrarLimits {
    fn default() -> Self {
        Self { min_s: 60, max_s: 7_200, usual_s: 3_600, most_contacts: 10, most: 100_000 }
    }
}

/// A call to make.
#[derive(Debug, Clone)]
pub struct Outbound {
    /// Whom to call: the request URI. A user of one of our domains is called at all phones that it registered.
    pub uri: Uri,
    /// Who calls.
    pub from: Uri,
    /// Name to show; may be empty.
    pub from_name: String,
    /// Where the request goes when not to `uri` itself.
    pub next_hop: Option<Uri>,
    /// Further header fields; those that the agent writes itself are left out.
    pub headers: Fields,
    /// For a peer that asks for them.
    pub credentials: Option<Credentials>,
    /// An unanswered call is cancelled then.
    pub ring: Micros,
    /// The SDP offer.
    pub body: Vec<u8>,
    /// Which addresses it may be sent to. Phones that registered with us may be called wherever they are.
    pub reach: Reach,
}

/// Which addresses a call may be sent to: an application's SIP address must not be turned against our own network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Reach {
    /// All.
    #[default]
    Anywhere,
    /// Those of the public internet, and these.
    Public(Vec<Network>),
}

impl Reach {
    pub(crate) fn permits(&self, address: IpAddr) -> bool {
        match self {
            Self::Anywhere => true,
            Self::Public(besides) => is_public(address) || besides.iter().any(|network| network.contains(address)),
        }
    }
}

/// A user name and its password, for peers that challenge us.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// User name.
    pub username: String,
    /// Password.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// A SIP domain of ours. Calls to it come in when a network or a credential allows them; with both, both must.
#[derive(Debug, Clone, Default)]
pub struct Domain {
    /// Host part of the request URI; also the digest realm.
    pub name: String,
    /// Who may call by address.
    pub networks: Vec<Network>,
    /// Who may call by password.
    pub credentials: Vec<Credential>,
    /// Who may register; empty: nobody.
    pub registration: Vec<Credential>,
    /// Only over TLS or secure WebSocket.
    pub secure: bool,
}

/// A user of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// User name.
    pub username: String,
    /// The hashes of its password, with the domain's name as realm.
    pub ha1: Ha1,
}

/// A peer that sends us calls and takes ours.
#[derive(Debug, Clone, Default)]
pub struct Trunk {
    /// Its name.
    pub name: String,
    /// Its calls come from here.
    pub networks: Vec<Network>,
    /// Its calls go (and come) here.
    pub gateways: Vec<Gateway>,
    /// We register with it.
    pub register: Option<Registration>,
    /// Most calls at once, both ways; 0: no limit.
    pub channels: u32,
    /// Most new calls a second from it; 0: no limit.
    pub per_second: f64,
}

/// One address of a trunk.
#[derive(Debug, Clone)]
pub struct Gateway {
    /// `sip:host:port;transport=…`
    pub uri: Uri,
    /// Ask it by OPTIONS whether it lives.
    pub health: bool,
}

/// How we register with a trunk.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The registrar.
    pub uri: Uri,
    /// User name and password; the user is also who we say we are.
    pub credentials: Credentials,
    /// For how long, each time.
    pub expires_s: u32,
}
