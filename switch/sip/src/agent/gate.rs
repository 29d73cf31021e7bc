//! Who may call and register: by the domain that is called, else by the trunk that the call comes from.
//!
//! Rule 1: nothing comes in that no domain and no trunk lets in.
//! Rule 2: what is refused is told with a sentence for our side; the peer gets a status and no more.

use std::collections::HashMap;

use super::config::{Credential, Domain};
use super::network::Network;
use super::passwords::{Passwords, Unproved, Users};
use super::trunks::{Full, Trunks};
use crate::digest::Hash;
use crate::message::Request;
use crate::random::Random;
use crate::{Flow, Host, Micros};

/// How long a caller that met a limit is asked to wait, s.
const RETRY_AFTER: u32 = 2;

/// What is decided about a request.
#[derive(Debug)]
pub(crate) enum Decision {
    /// It may come in.
    Admitted(Admitted),
    /// It must say who it is: 401 with this realm. `wrong`: it has tried, and failed for that reason.
    Challenged { realm: String, stale: bool, wrong: Option<&'static str> },
    /// It may not.
    Refused { status: u16, why: String, retry_after: Option<u32> },
}

/// What let a request in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Admitted {
    pub domain: String,
    pub trunk: String,
    pub username: String,
}

pub(crate) struct Gate {
    domains: HashMap<String, OpenDomain>,
    passwords: Passwords,
}

struct OpenDomain {
    name: String,
    networks: Vec<Network>,
    callers: Users,
    phones: Users,
    secure: bool,
}

impl Gate {
    pub fn new(hashes: &[Hash], random: &mut Random) -> Self {
        Self { domains: HashMap::new(), passwords: Passwords::new(hashes, random) }
    }

    pub fn configure(&mut self, domains: Vec<Domain>) {
        self.domains = domains.into_iter().map(|domain| (key(&domain.name), OpenDomain::new(domain))).collect();
    }

    /// The values of WWW-Authenticate for a challenge.
    pub fn challenges(&self, realm: &str, stale: bool, now: Micros) -> Vec<String> {
        self.passwords.challenges(realm, stale, now)
    }

    /// The domain that a host names, when it is one of ours.
    pub fn domain_of(&self, host: &Host) -> Option<&str> {
        let domain = self.domains.get(&key(&host.to_string()))?;
        Some(&domain.name)
    }

    /// Whether a host is a domain of ours that takes TLS and SRTP only.
    pub fn is_secure(&self, host: &Host) -> bool {
        self.domains.get(&key(&host.to_string())).is_some_and(|domain| domain.secure)
    }

    /// Whether a user may still be registered.
    pub fn may_be_registered(&self, domain: &str, username: &str) -> bool {
        self.domains.get(&key(domain)).is_some_and(|domain| domain.phones.contains_key(username))
    }

    /// Whether an INVITE may come in.
    pub fn admit_call(&mut self, request: &Request, flow: &Flow, trunks: &mut Trunks, now: Micros) -> Decision {
        if let Some(domain) = self.domains.get(&key(&request.uri.host.to_string())) {
            return domain.admit_call(&mut self.passwords, request, flow, now);
        }
        let Some(trunk) = trunks.of_source(flow.peer.ip()) else {
            let host = &request.uri.host;
            return match host {
                Host::Ip(_) => refused(403, "The source address belongs to no trunk, and the call names no domain."),
                Host::Name(_) => {
                    refused(404, format!("There is no domain {host}, and the source address belongs to no trunk."))
                }
            };
        };
        match trunks.admit(&trunk, now) {
            Ok(()) => Decision::Admitted(Admitted { trunk, ..Admitted::default() }),
            Err(Full(why)) => full(why),
        }
    }

    /// Whether a REGISTER may come in.
    pub fn admit_phone(&mut self, request: &Request, flow: &Flow, now: Micros) -> Decision {
        let host = &request.uri.host;
        let Some(domain) = self.domains.get(&key(&host.to_string())) else {
            return refused(404, format!("There is no domain {host} to register with."));
        };
        if let Some(decision) = domain.check_transport(flow) {
            return decision;
        }
        match domain.phones.is_empty() {
            true => refused(403, format!("Nobody may register with the domain {}.", domain.name)),
            false => domain.check_password(&mut self.passwords, &domain.phones, request, now),
        }
    }
}

impl OpenDomain {
    fn new(domain: Domain) -> Self {
        let users = |list: Vec<Credential>| list.into_iter().map(|user| (user.username, user.ha1)).collect();
        Self {
            name: domain.name,
            networks: domain.networks,
            callers: users(domain.credentials),
            phones: users(domain.registration),
            secure: domain.secure,
        }
    }

    fn admit_call(&self, passwords: &mut Passwords, request: &Request, flow: &Flow, now: Micros) -> Decision {
        let name = &self.name;
        if let Some(decision) = self.check_transport(flow) {
            return decision;
        }
        if self.networks.is_empty() && self.callers.is_empty() {
            return refused(
                403,
                format!("The domain {name} has neither networks nor credentials: nobody may call it."),
            );
        }
        let address = flow.peer.ip();
        if !self.networks.is_empty() && !self.networks.iter().any(|network| network.contains(address)) {
            return refused(403, format!("The source address is in none of the networks of the domain {name}."));
        }
        match self.callers.is_empty() {
            true => Decision::Admitted(Admitted { domain: name.clone(), ..Admitted::default() }),
            false => self.check_password(passwords, &self.callers, request, now),
        }
    }

    fn check_transport(&self, flow: &Flow) -> Option<Decision> {
        let bare = self.secure && !flow.transport.is_secure();
        bare.then(|| refused(403, format!("The domain {} takes requests over TLS only.", self.name)))
    }

    fn check_password(&self, passwords: &mut Passwords, users: &Users, request: &Request, now: Micros) -> Decision {
        let realm = self.name.clone();
        match passwords.verify(request, &realm, users, now) {
            Ok(username) => Decision::Admitted(Admitted { domain: realm, username, trunk: String::new() }),
            Err(Unproved::Silent) => Decision::Challenged { realm, stale: false, wrong: None },
            Err(Unproved::Stale) => Decision::Challenged { realm, stale: true, wrong: None },
            Err(Unproved::Wrong(why)) => Decision::Challenged { realm, stale: false, wrong: Some(why) },
        }
    }
}

fn refused(status: u16, why: impl Into<String>) -> Decision {
    Decision::Refused { status, why: why.into(), retry_after: None }
}

/// There is no room now; later there may be.
pub(crate) fn full(why: impl Into<String>) -> Decision {
    Decision::Refused { status: 503, why: why.into(), retry_after: Some(RETRY_AFTER) }
}

/// Domain names are the same in any case, and with a final dot.
pub(crate) fn key(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}
