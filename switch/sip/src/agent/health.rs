//! Whether the gateways of our trunks live: each is asked by OPTIONS now and then (RFC 3261 §11).
//!
//! Any answer but one of overload (5xx) is a sign of life; two failures in a row mean that it is down.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use super::config::Trunk;
use super::dialog::Hop;
use super::event::AgentEvent;
use super::wire::{CONTACT_USER, Purpose, Waiting, Wire};
use crate::message::Request;
use crate::timers::Timers;
use crate::{Method, Micros, Name, Target, Transport, Uri};

/// Failures in a row that mean that a gateway is down.
const FAILURES: u32 = 2;
/// How often the addresses of a gateway's name are looked up, when it is not asked whether it lives.
const LOOK_UP: Micros = 300_000_000;

/// The gateways that we watch.
#[derive(Default)]
pub(crate) struct Health {
    all: HashMap<u64, Watched>,
    timers: Timers<u64>,
    last: u64,
}

struct Watched {
    trunk: String,
    uri: Uri,
    /// It is asked; otherwise only the addresses of its name are looked up.
    asked: bool,
    failures: u32,
    up: Option<bool>,
    at: Option<Micros>,
}

impl Health {
    /// Take over a new list; gateways that stay keep what is known about them.
    pub fn configure(&mut self, trunks: &[Trunk], wire: &mut Wire, now: Micros) {
        let mut before: Vec<Watched> = self.all.drain().map(|(_, watched)| watched).collect();
        self.timers = Timers::new();
        for trunk in trunks {
            for gateway in trunk.gateways.iter().filter(|it| it.health || it.uri.host.ip().is_none()) {
                let same = |it: &Watched| it.trunk == trunk.name && it.uri == gateway.uri && it.asked == gateway.health;
                let mut watched = match before.iter().position(same) {
                    Some(at) => before.swap_remove(at),
                    None => Watched::new(trunk.name.clone(), gateway.uri.clone(), gateway.health),
                };
                // Spread over a second, so that a long list is not asked in one burst.
                let at = *watched.at.get_or_insert(now + wire.random.bits() % 1_000_000);
                self.last += 1;
                self.timers.change(self.last, None, Some(at));
                self.all.insert(self.last, watched);
            }
        }
    }

    pub fn wake(&self) -> Option<Micros> {
        self.timers.next()
    }

    /// Ask those whose time has come.
    pub fn wake_up(&mut self, wire: &mut Wire, now: Micros) {
        while let Some((_, id)) = self.timers.pop(now) {
            let Some(watched) = self.all.get_mut(&id) else {
                continue;
            };
            let interval = if watched.asked { wire.config.health_interval } else { LOOK_UP };
            let next = now + interval.max(1_000_000);
            watched.at = Some(next);
            self.timers.change(id, None, Some(next));
            match Hop::to(&watched.uri) {
                Hop::At(target) => watched.ask(wire, id, target, now),
                Hop::Named(uri) => wire.resolve(Waiting::Gateway { id }, uri),
            }
        }
    }

    /// The addresses of a gateway are known. Returns whose they are.
    pub fn resolved(&mut self, wire: &mut Wire, id: u64, targets: &[Target], now: Micros) -> Option<String> {
        let watched = self.all.get_mut(&id)?;
        match targets.first() {
            Some(target) if watched.asked => watched.ask(wire, id, target.clone(), now),
            Some(_) => {}
            None => watched.failed(wire, "Its host has no address."),
        }
        Some(watched.trunk.clone())
    }

    /// A gateway answered.
    pub fn answered(&mut self, wire: &mut Wire, id: u64, status: u16) {
        let Some(watched) = self.all.get_mut(&id) else {
            return;
        };
        match status {
            ..200 => {}
            500..600 => watched.failed(wire, &format!("It answers OPTIONS with {status}.")),
            _ => watched.lives(wire),
        }
    }

    /// A gateway did not answer.
    pub fn failed(&mut self, wire: &mut Wire, id: u64, why: &str) {
        if let Some(watched) = self.all.get_mut(&id) {
            watched.failed(wire, why);
        }
    }
}

impl Watched {
    fn new(trunk: String, uri: Uri, asked: bool) -> Self {
        Self { trunk, uri, asked, failures: 0, up: None, at: None }
    }

    fn ask(&self, wire: &mut Wire, id: u64, target: Target, now: Micros) {
        if !self.asked {
            return;
        }
        let contact = wire.contact(CONTACT_USER, target.transport, target.addr);
        let mut request = Request::new(Method::Options, self.uri.clone());
        let headers = &mut request.headers;
        headers.push(Name::MaxForwards, "70");
        headers.push(Name::From, format!("{contact};tag={}", wire.random.token()));
        headers.push(Name::To, format!("<{}>", self.uri));
        headers.push(Name::CallId, wire.random.token());
        headers.push(Name::CSeq, "1 OPTIONS");
        headers.push(Name::Contact, contact);
        headers.push(Name::Accept, "application/sdp");
        wire.request_at(Purpose::Health { id }, request, target, now);
    }

    fn lives(&mut self, wire: &mut Wire) {
        self.failures = 0;
        self.turn(wire, true, "It answers.");
    }

    fn failed(&mut self, wire: &mut Wire, why: &str) {
        self.failures += 1;
        if self.failures >= FAILURES {
            self.turn(wire, false, why);
        }
    }

    fn turn(&mut self, wire: &mut Wire, up: bool, reason: &str) {
        if self.up != Some(up) {
            self.up = Some(up);
            wire.tell(AgentEvent::TrunkState {
                trunk: self.trunk.clone(),
                gateway: self.uri.to_string(),
                up,
                reason: reason.to_owned(),
            });
        }
    }
}

/// The transport that a URI asks for, and its address as far as it is known.
pub(crate) fn towards(uri: &Uri) -> (Transport, SocketAddr) {
    match Hop::to(uri) {
        Hop::At(target) => (target.transport, target.addr),
        Hop::Named(_) => {
            let secure = uri.scheme == crate::Scheme::Sips;
            let usual = if secure { Transport::Tls } else { Transport::Udp };
            let nowhere = SocketAddr::new(IpAddr::from([0, 0, 0, 0]), 0);
            (uri.transport().unwrap_or(usual), nowhere)
        }
    }
}
