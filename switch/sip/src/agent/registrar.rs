//! Where the users of our domains are: their registered contacts (RFC 3261 §10.3, RFC 3327).
//!
//! Rule 1: a request is done as a whole or not at all.
//! Rule 2: a phone is called over the path that it registered on, when nobody else can find it there.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::branch::Destination;
use super::config::RegistrarLimits;
use super::dialog::{Hop, return_path};
use super::gate::key;
use crate::message::Request;
use crate::timers::Timers;
use crate::{Flow, Headers, Micros, Name, NameAddr, Uri};

/// Longest contact, and longest path, bytes.
const LONGEST: usize = 1_024;
/// Most proxies on the path to a phone.
const MOST_PATHS: usize = 5;

/// A user of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Aor {
    pub domain: String,
    pub username: String,
}

impl Aor {
    pub fn new(domain: &str, username: &str) -> Self {
        Self { domain: key(domain), username: username.to_owned() }
    }
}

/// A contact that came or went.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub aor: Aor,
    pub contact: String,
    /// 0: it left.
    pub expires_s: u32,
    pub source: SocketAddr,
}

/// What a REGISTER is answered with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 200 with these values of Contact.
    Done { contacts: Vec<String>, changes: Vec<Change> },
    /// 423 with this Min-Expires.
    TooBrief(u32),
    /// This status: a sentence for our side.
    Refused(u16, &'static str),
}

#[derive(Debug)]
struct Binding {
    aor: Aor,
    contact: Uri,
    path: Vec<String>,
    hop: Hop,
    flow: Flow,
    q: Option<String>,
    call_id: String,
    cseq: u32,
    expires: Micros,
}

#[derive(Default)]
pub(crate) struct Registrar {
    bindings: HashMap<u64, Binding>,
    by_aor: HashMap<Aor, Vec<u64>>,
    timers: Timers<u64>,
    last: u64,
}

/// A contact of a request that is to be stored.
struct Wanted {
    contact: NameAddr,
    expires_s: u32,
}

impl Registrar {
    /// A REGISTER of `aor` came, and is allowed.
    pub fn register(
        &mut self,
        aor: &Aor,
        request: &Request,
        flow: &Flow,
        limits: &RegistrarLimits,
        now: Micros,
    ) -> Outcome {
        let headers = &request.headers;
        let cseq = headers.cseq().map_or(0, |(number, _)| number);
        let order = (headers.call_id().unwrap_or_default(), cseq);
        if headers.contact_is_star() {
            return self.remove_all(aor, headers, order, now);
        }
        let wanted = match wanted(headers, limits) {
            Ok(wanted) => wanted,
            Err(outcome) => return outcome,
        };
        let path: Vec<String> = headers.all(&Name::Path).map(str::to_owned).collect();
        if path.len() > MOST_PATHS || path.iter().any(|value| value.len() > LONGEST) {
            return Outcome::Refused(403, "The path to the phone is too long.");
        }
        if let Some(outcome) = self.check(aor, &wanted, order, limits) {
            return outcome;
        }
        let mut changes = Vec::new();
        for Wanted { contact, expires_s } in wanted {
            let known = self.find(aor, &contact.uri);
            match (known, expires_s) {
                (Some(id), 0) => changes.extend(self.remove(id)),
                (None, 0) => {}
                (known, _) => {
                    let hop = hop(headers, &path, &contact.uri, flow);
                    let binding = Binding {
                        aor: aor.clone(),
                        path: path.clone(),
                        hop,
                        flow: *flow,
                        q: contact.params.get("q").map(|q| q.chars().take(5).collect()),
                        call_id: order.0.to_owned(),
                        cseq,
                        expires: now + u64::from(expires_s) * 1_000_000,
                        contact: contact.uri,
                    };
                    changes.extend(self.store(known, binding, expires_s));
                }
            }
        }
        Outcome::Done { contacts: self.contacts(aor, now), changes }
    }

    /// What stands in the way of a request, if something does.
    fn check(&self, aor: &Aor, wanted: &[Wanted], order: (&str, u32), limits: &RegistrarLimits) -> Option<Outcome> {
        let ids = self.by_aor.get(aor).map_or(&[][..], Vec::as_slice);
        let added = wanted.iter().filter(|it| it.expires_s > 0 && self.find(aor, &it.contact.uri).is_none()).count();
        if ids.len() + added > limits.most_contacts {
            return Some(Outcome::Refused(403, "The user has registered too many phones."));
        }
        if self.bindings.len() + added > limits.most {
            return Some(Outcome::Refused(503, "Too many phones are registered."));
        }
        let stale = wanted.iter().filter_map(|it| self.find(aor, &it.contact.uri)).any(|id| self.is_old(id, order));
        stale.then_some(OUT_OF_ORDER)
    }

    fn is_old(&self, id: u64, (call_id, cseq): (&str, u32)) -> bool {
        self.bindings.get(&id).is_some_and(|binding| binding.call_id == call_id && cseq <= binding.cseq)
    }

    fn remove_all(&mut self, aor: &Aor, headers: &Headers, order: (&str, u32), now: Micros) -> Outcome {
        if headers.expires() != Some(0) || headers.all(&Name::Contact).count() != 1 {
            return Outcome::Refused(400, "The contact * goes with Expires: 0 and no other contact.");
        }
        let ids = self.by_aor.get(aor).cloned().unwrap_or_default();
        if ids.iter().any(|&id| self.is_old(id, order)) {
            return OUT_OF_ORDER;
        }
        let changes = ids.into_iter().filter_map(|id| self.remove(id)).collect();
        Outcome::Done { contacts: self.contacts(aor, now), changes }
    }

    fn find(&self, aor: &Aor, contact: &Uri) -> Option<u64> {
        let ids = self.by_aor.get(aor)?;
        let is_it = |id: &&u64| self.bindings.get(*id).is_some_and(|binding| binding.contact.same_as(contact));
        ids.iter().find(is_it).copied()
    }

    fn store(&mut self, known: Option<u64>, binding: Binding, expires_s: u32) -> Option<Change> {
        let change = binding.change(expires_s);
        let id = known.unwrap_or_else(|| {
            self.last += 1;
            self.by_aor.entry(binding.aor.clone()).or_default().push(self.last);
            self.last
        });
        let expires = binding.expires;
        let before = self.bindings.insert(id, binding);
        self.timers.change(id, before.map(|before| before.expires), Some(expires));
        Some(change)
    }

    fn remove(&mut self, id: u64) -> Option<Change> {
        let binding = self.bindings.remove(&id)?;
        self.timers.change(id, Some(binding.expires), None);
        if let Some(ids) = self.by_aor.get_mut(&binding.aor) {
            ids.retain(|&other| other != id);
            if ids.is_empty() {
                self.by_aor.remove(&binding.aor);
            }
        }
        Some(binding.change(0))
    }

    /// The contacts of a user, as values of Contact with what is left of their time.
    fn contacts(&self, aor: &Aor, now: Micros) -> Vec<String> {
        let ids = self.by_aor.get(aor).map_or(&[][..], Vec::as_slice);
        let bindings = ids.iter().filter_map(|id| self.bindings.get(id));
        let value = |binding: &Binding| {
            let mut address = NameAddr::new(binding.contact.clone());
            let left = binding.expires.saturating_sub(now) / 1_000_000;
            address.params.set("expires", left.to_string());
            if let Some(q) = &binding.q {
                address.params.set("q", q.clone());
            }
            address.to_string()
        };
        bindings.map(value).collect()
    }

    /// Where the phones of a user are.
    pub fn lookup(&self, aor: &Aor) -> Vec<Destination> {
        let ids = self.by_aor.get(aor).map_or(&[][..], Vec::as_slice);
        let bindings = ids.iter().filter_map(|id| self.bindings.get(id));
        let destination = |binding: &Binding| Destination {
            uri: binding.contact.clone(),
            routes: binding.path.clone(),
            hop: binding.hop.clone(),
        };
        bindings.map(destination).collect()
    }

    /// Whether a user has phones, and each of them registered over TLS.
    pub fn is_over_tls(&self, aor: &Aor) -> bool {
        let ids = self.by_aor.get(aor).map_or(&[][..], Vec::as_slice);
        let mut bindings = ids.iter().filter_map(|id| self.bindings.get(id)).peekable();
        bindings.peek().is_some() && bindings.all(|binding| binding.flow.transport.is_secure())
    }

    /// Drop the contacts that are not allowed any more, or whose connection is gone.
    pub fn retain(&mut self, keep: impl Fn(&Aor, &Flow) -> bool) -> Vec<Change> {
        let gone = self.bindings.iter().filter(|(_, binding)| !keep(&binding.aor, &binding.flow));
        let mut ids: Vec<u64> = gone.map(|(&id, _)| id).collect();
        ids.sort_unstable();
        ids.into_iter().filter_map(|id| self.remove(id)).collect()
    }

    pub fn wake(&self) -> Option<Micros> {
        self.timers.next()
    }

    /// The contacts whose time is over.
    pub fn expire(&mut self, now: Micros) -> Vec<Change> {
        let mut changes = Vec::new();
        while let Some((_, id)) = self.timers.pop(now) {
            changes.extend(self.remove(id));
        }
        changes
    }
}

const OUT_OF_ORDER: Outcome = Outcome::Refused(500, "The request was overtaken by a later one.");

impl Binding {
    fn change(&self, expires_s: u32) -> Change {
        Change { aor: self.aor.clone(), contact: self.contact.to_string(), expires_s, source: self.flow.peer }
    }
}

/// The contacts that a request brings, with their times.
fn wanted(headers: &Headers, limits: &RegistrarLimits) -> Result<Vec<Wanted>, Outcome> {
    let contacts = headers.contacts();
    if contacts.len() != headers.all(&Name::Contact).count() {
        return Err(Outcome::Refused(400, "A contact cannot be read."));
    }
    let wanted = contacts.into_iter().map(|contact| {
        if !contact.uri.is_sip() || contact.uri.to_string().len() > LONGEST {
            return Err(Outcome::Refused(400, "A contact is not a SIP address, or too long."));
        }
        let asked = contact.expires().or(headers.expires()).unwrap_or(limits.usual_s);
        match asked {
            0 => Ok(Wanted { contact, expires_s: 0 }),
            _ if asked < limits.min_s => Err(Outcome::TooBrief(limits.min_s)),
            _ => Ok(Wanted { contact, expires_s: asked.min(limits.max_s) }),
        }
    });
    wanted.collect()
}

/// How to reach a phone: through its proxies, over the path that it registered on, or at its contact.
fn hop(headers: &Headers, path: &[String], contact: &Uri, flow: &Flow) -> Hop {
    if let Some(proxy) = path.first().and_then(|first| NameAddr::parse(first).ok()) {
        return Hop::to(&proxy.uri);
    }
    match return_path(headers, contact, &[], flow) {
        Some(target) => Hop::At(target),
        None => Hop::to(contact),
    }
}
