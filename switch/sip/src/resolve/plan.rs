//! From a URI to its targets (RFC 3263 §4): which records it takes, and what follows from them.
//!
//! A plan keeps no state: it is held against what is known so far, and says what else it needs.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use crate::{Host, Scheme, Target, Transport, Uri};

use super::Settings;
use super::srv::ordered;
use super::wire::{Kind, Question, Records};

/// The most targets of a URI.
const MOST_TARGETS: usize = 16;
/// The most SRV names that are followed for one URI.
const MOST_SERVICES: usize = 8;

type Known = HashMap<Question, Records>;

/// What comes next.
pub(super) enum Step {
    /// These answers are missing.
    Needs(Vec<Question>),
    /// The targets, best first.
    Done(Vec<Target>),
}

/// A service: an SRV name and the transport behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Service {
    name: String,
    transport: Transport,
}

/// Where a URI leads to.
pub(super) struct Plan {
    /// The name that is looked up, and that a TLS server must prove; empty for a target that is an address.
    name: String,
    /// Addresses that need no DNS.
    addresses: Vec<IpAddr>,
    port: Option<u16>,
    /// What the URI asks for; None leaves it to DNS.
    transport: Option<Transport>,
    secure: bool,
    kinds: Vec<Kind>,
    seed: u64,
    possible: bool,
}

impl Plan {
    pub fn new(uri: &Uri, settings: &Settings, seed: u64) -> Self {
        let secure = uri.scheme == Scheme::Sips;
        // `maddr` takes the place of the host (§4).
        let maddr = uri.params.get("maddr").and_then(|text| Host::parse(text).ok());
        let (name, addresses) = match maddr.as_ref().unwrap_or(&uri.host) {
            Host::Ip(address) => (String::new(), vec![*address]),
            Host::Name(name) => (name.clone(), settings.known(name)),
        };
        let transport = match (uri.transport(), secure) {
            (Some(Transport::Tcp), true) => Some(Transport::Tls),
            (Some(Transport::Ws), true) => Some(Transport::Wss),
            (transport, _) => transport,
        };
        let named = uri.params.has("transport");
        Self {
            name,
            addresses,
            port: uri.port,
            transport,
            secure,
            kinds: [(Kind::A, settings.ipv4), (Kind::Aaaa, settings.ipv6)]
                .into_iter()
                .filter_map(|(kind, of_use)| of_use.then_some(kind))
                .collect(),
            seed,
            // A transport we do not have, or an open one for a secure URI, leads nowhere.
            possible: uri.is_sip() && named == transport.is_some() && !(secure && transport == Some(Transport::Udp)),
        }
    }

    /// All that may be needed, to be asked at once.
    pub fn questions(&self) -> Vec<Question> {
        if !self.possible || !self.addresses.is_empty() {
            return Vec::new();
        }
        let mut questions = self.address_questions(&self.name);
        if self.port.is_none() {
            let services = self.usual_services();
            questions.extend(services.iter().map(|service| Question::new(&service.name, Kind::Srv)));
            if self.transport.is_none() {
                questions.push(Question::new(&self.name, Kind::Naptr));
            }
        }
        questions
    }

    /// Go as far as what is known allows.
    pub fn step(&self, known: &Known) -> Step {
        if !self.possible {
            return Step::Done(Vec::new());
        }
        let asked_for = self.transport.unwrap_or(if self.secure { Transport::Tls } else { Transport::Udp });
        let port = self.port.unwrap_or(asked_for.default_port());
        if !self.addresses.is_empty() {
            return Step::Done(self.targets(asked_for, port, &self.addresses));
        }
        if self.port.is_none() {
            match self.by_services(known) {
                Ok(targets) if targets.is_empty() => {}
                Ok(targets) => return Step::Done(targets),
                Err(missing) => return Step::Needs(missing),
            }
        }
        match self.addresses_of(&self.name, known) {
            Ok(addresses) => Step::Done(self.targets(asked_for, port, &addresses)),
            Err(missing) => Step::Needs(missing),
        }
    }

    /// The targets that SRV records name; none when there are no such records.
    fn by_services(&self, known: &Known) -> Result<Vec<Target>, Vec<Question>> {
        let mut missing = Vec::new();
        let mut targets = Vec::new();
        for service in self.services(known)? {
            let question = Question::new(&service.name, Kind::Srv);
            let Some(records) = known.get(&question) else {
                missing.push(question);
                continue;
            };
            // A target of "." says that the service is not there (RFC 2782).
            let servers = ordered(&records.srv, self.seed).into_iter().filter(|record| !record.target.is_empty());
            for server in servers.take(MOST_TARGETS) {
                match self.addresses_of(&server.target, known) {
                    Ok(addresses) => targets.extend(self.targets(service.transport, server.port, &addresses)),
                    Err(questions) => missing.extend(questions),
                }
            }
        }
        missing.sort();
        missing.dedup();
        targets.truncate(MOST_TARGETS);
        if missing.is_empty() { Ok(targets) } else { Err(missing) }
    }

    /// The services to look for: those that NAPTR records name, in their order, or else the usual ones (§4.1).
    fn services(&self, known: &Known) -> Result<Vec<Service>, Vec<Question>> {
        if self.transport.is_some() {
            return Ok(self.usual_services());
        }
        let question = Question::new(&self.name, Kind::Naptr);
        let Some(records) = known.get(&question) else {
            return Err(vec![question]);
        };
        let mut naptr: Vec<_> = records.naptr.iter().filter(|record| record.flags == "s").collect();
        naptr.sort_by_key(|record| (record.order, record.preference));
        let services: Vec<Service> = naptr
            .into_iter()
            .filter_map(|record| {
                let transport = service_transport(&record.service)?;
                let fits = !self.secure || transport.is_secure();
                fits.then(|| Service { name: record.replacement.clone(), transport })
            })
            .take(MOST_SERVICES)
            .collect();
        Ok(if services.is_empty() { self.usual_services() } else { services })
    }

    /// The services of the URI's transport, or of all that may be meant.
    fn usual_services(&self) -> Vec<Service> {
        let prefix = |transport| match transport {
            Transport::Udp => "_sip._udp",
            Transport::Tcp => "_sip._tcp",
            Transport::Tls => "_sips._tcp",
            Transport::Ws => "_sip._ws",
            Transport::Wss => "_sips._ws",
        };
        let transports = match (self.transport, self.secure) {
            (Some(transport), _) => vec![transport],
            (None, true) => vec![Transport::Tls],
            (None, false) => vec![Transport::Udp, Transport::Tcp, Transport::Tls],
        };
        let service = |transport| Service { name: format!("{}.{}", prefix(transport), self.name), transport };
        transports.into_iter().map(service).collect()
    }

    /// The addresses of a name, IPv4 first.
    fn addresses_of(&self, name: &str, known: &Known) -> Result<Vec<IpAddr>, Vec<Question>> {
        let questions = self.address_questions(name);
        let found: Option<Vec<&Records>> = questions.iter().map(|question| known.get(question)).collect();
        match found {
            Some(records) => Ok(records.into_iter().flat_map(|records| records.addresses.iter().copied()).collect()),
            None => Err(questions.into_iter().filter(|question| !known.contains_key(question)).collect()),
        }
    }

    fn address_questions(&self, name: &str) -> Vec<Question> {
        self.kinds.iter().map(|kind| Question::new(name, *kind)).collect()
    }

    fn targets(&self, transport: Transport, port: u16, addresses: &[IpAddr]) -> Vec<Target> {
        let target = |address: &IpAddr| Target {
            transport,
            addr: SocketAddr::new(*address, port),
            connection: None,
            // The name of the domain, not of the server that SRV found for it (RFC 5922 §4).
            server_name: self.name.clone(),
        };
        addresses.iter().take(MOST_TARGETS).map(target).collect()
    }
}

fn service_transport(service: &str) -> Option<Transport> {
    Some(match service {
        "SIP+D2U" => Transport::Udp,
        "SIP+D2T" => Transport::Tcp,
        "SIPS+D2T" => Transport::Tls,
        "SIP+D2W" => Transport::Ws,
        "SIPS+D2W" => Transport::Wss,
        _ => return None,
    })
}
