//! Questions and answers as DNS datagrams (RFC 1035, RFC 2782, RFC 3403, RFC 6891).

use std::net::IpAddr;
use std::time::Duration;

use simple_dns::rdata::{OPT, RData};
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, RCODE, TYPE};

use crate::Micros;

/// The largest datagram that we take, bytes; more would come in fragments.
const MOST_BYTES: u16 = 1232;
/// The most records of an answer that are used.
const MOST_RECORDS: usize = 32;
/// The most aliases that are followed.
const MOST_ALIASES: usize = 8;
/// How long the absence of records is believed when the server does not say.
const ABSENCE: u32 = 30;
/// The longest that anything is believed.
const LONGEST: u32 = 3600;

/// What kind of record is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Naptr,
    Srv,
    A,
    Aaaa,
}

/// What is asked. The name is in lower case, without a final dot.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Question {
    pub name: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Naptr {
    pub order: u16,
    pub preference: u16,
    pub flags: String,
    pub service: String,
    pub replacement: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Srv {
    pub priority: u16,
    pub weight: u16,
    pub port: u16,
    pub target: String,
}

/// What a name has of the kind that was asked for; the other lists are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Records {
    pub naptr: Vec<Naptr>,
    pub srv: Vec<Srv>,
    pub addresses: Vec<IpAddr>,
}

/// What a server said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// Records (or their absence), and for how long they hold, µs.
    Records(Records, Micros),
    /// It cannot tell; another server may.
    Failure,
    /// This is no answer to the question.
    Foreign,
}

impl Question {
    pub fn new(name: &str, kind: Kind) -> Self {
        Self { name: plain(name), kind }
    }

    /// The datagram that asks; None when the name cannot be asked for.
    pub fn to_bytes(&self, id: u16) -> Option<Vec<u8>> {
        let mut packet = Packet::new_query(id);
        packet.set_flags(PacketFlag::RECURSION_DESIRED);
        let name = Name::new(&self.name).ok()?;
        packet.questions.push(simple_dns::Question::new(name, self.record_type().into(), CLASS::IN.into(), false));
        *packet.opt_mut() = Some(OPT { opt_codes: Vec::new(), udp_packet_size: MOST_BYTES, version: 0 });
        packet.build_bytes_vec().ok()
    }

    /// Read a server's datagram; its id was compared before.
    pub fn read(&self, bytes: &[u8]) -> Reply {
        let Ok(packet) = Packet::parse(bytes) else {
            return Reply::Foreign;
        };
        let [asked] = packet.questions.as_slice() else {
            return Reply::Foreign;
        };
        let same = plain(&asked.qname.to_string()) == self.name
            && asked.qtype == QTYPE::TYPE(self.record_type())
            && asked.qclass == QCLASS::CLASS(CLASS::IN);
        if !same || !packet.has_flags(PacketFlag::RESPONSE) {
            return Reply::Foreign;
        }
        match packet.rcode() {
            RCODE::NoError | RCODE::NameError => {
                let (records, seconds) = self.records(&packet);
                Reply::Records(records, Duration::from_secs(seconds.into()).as_micros() as Micros)
            }
            _ => Reply::Failure,
        }
    }

    /// The records of the name, or of the one that its aliases lead to, and for how many seconds they hold.
    fn records(&self, packet: &Packet<'_>) -> (Records, u32) {
        let mut owner = self.name.clone();
        let mut seconds = LONGEST;
        for _ in 0..MOST_ALIASES {
            let alias = packet.answers.iter().find_map(|record| match &record.rdata {
                RData::CNAME(alias) if plain(&record.name.to_string()) == owner => Some((alias, record.ttl)),
                _ => None,
            });
            let Some((alias, ttl)) = alias else { break };
            owner = plain(&alias.to_string());
            seconds = seconds.min(ttl);
        }
        let mut records = Records::default();
        let mut found = false;
        for record in packet.answers.iter().take(MOST_RECORDS) {
            if plain(&record.name.to_string()) == owner && self.take(&record.rdata, &mut records) {
                seconds = seconds.min(record.ttl);
                found = true;
            }
        }
        if !found {
            seconds = absence(packet);
        }
        (records, seconds.clamp(1, LONGEST))
    }

    /// Keep a record if it is of the kind that was asked for.
    fn take(&self, data: &RData<'_>, records: &mut Records) -> bool {
        match (self.kind, data) {
            (Kind::A, RData::A(a)) => records.addresses.push(IpAddr::V4(a.address.into())),
            (Kind::Aaaa, RData::AAAA(a)) => records.addresses.push(IpAddr::V6(a.address.into())),
            (Kind::Srv, RData::SRV(srv)) => records.srv.push(Srv {
                priority: srv.priority,
                weight: srv.weight,
                port: srv.port,
                target: plain(&srv.target.to_string()),
            }),
            (Kind::Naptr, RData::NAPTR(naptr)) => records.naptr.push(Naptr {
                order: naptr.order,
                preference: naptr.preference,
                flags: naptr.flags.to_string().to_ascii_lowercase(),
                service: naptr.services.to_string().to_ascii_uppercase(),
                replacement: plain(&naptr.replacement.to_string()),
            }),
            _ => return false,
        }
        true
    }

    fn record_type(&self) -> TYPE {
        match self.kind {
            Kind::Naptr => TYPE::NAPTR,
            Kind::Srv => TYPE::SRV,
            Kind::A => TYPE::A,
            Kind::Aaaa => TYPE::AAAA,
        }
    }
}

/// For how many seconds the absence of a record holds: what the zone's SOA says (RFC 2308 §5).
fn absence(packet: &Packet<'_>) -> u32 {
    packet
        .name_servers
        .iter()
        .find_map(|record| match &record.rdata {
            RData::SOA(soa) => Some(record.ttl.min(soa.minimum)),
            _ => None,
        })
        .unwrap_or(ABSENCE)
}

fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}
