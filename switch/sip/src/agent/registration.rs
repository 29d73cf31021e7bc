//! Our registrations with trunks that want one (RFC 3261 §10.2): made, refreshed at half of their time, tried again ever
//! more slowly when they fail, and taken back when they are not wanted any more.

use std::collections::HashMap;

use super::auth;
use super::config::{Registration, Trunk};
use super::dialog::Hop;
use super::event::AgentEvent;
use super::health::towards;
use super::wire::{Purpose, Wire};
use crate::message::{Request, Response};
use crate::timers::Timers;
use crate::{Method, Micros, Name, Uri};

/// The first wait after a failure; it doubles up to the longest.
const FIRST_WAIT: Micros = 30_000_000;
const LONGEST_WAIT: Micros = 1_800_000_000;
/// Shortest time between two refreshes, whatever the registrar grants.
const SHORTEST_REFRESH: Micros = 15_000_000;
/// How often one registration is sent anew because the registrar wants it otherwise (a password, a longer time).
const MOST_TRIES: u8 = 3;

/// All registrations of ours.
#[derive(Default)]
pub(crate) struct Registrations {
    all: HashMap<u64, Registering>,
    timers: Timers<u64>,
    last: u64,
}

struct Registering {
    trunk: String,
    with: Registration,
    /// It is being taken back.
    leaving: bool,
    call_id: String,
    tag: String,
    cseq: u32,
    expires_s: u32,
    tries: u8,
    failures: u32,
    up: Option<bool>,
    at: Option<Micros>,
}

impl Registrations {
    /// Take over a new list; those that stay go on, those that are gone are taken back.
    pub fn configure(&mut self, trunks: &[Trunk], wire: &mut Wire, now: Micros) {
        let wanted = trunks.iter().filter_map(|trunk| Some((&trunk.name, trunk.register.as_ref()?)));
        let mut wanted: Vec<_> = wanted.collect();
        let mut ids: Vec<u64> = self.all.keys().copied().collect();
        ids.sort_unstable();
        for id in ids {
            let Some(it) = self.all.get_mut(&id).filter(|it| !it.leaving) else {
                continue;
            };
            match wanted.iter().position(|(name, with)| **name == it.trunk && it.is_with(with)) {
                Some(at) => {
                    wanted.swap_remove(at);
                }
                None => self.leave(wire, id, now),
            }
        }
        for (name, with) in wanted {
            self.last += 1;
            let it = Registering::new(wire, name.clone(), with.clone());
            self.all.insert(self.last, it);
            self.send(wire, self.last, None, now);
        }
    }

    /// Take all back.
    pub fn leave_all(&mut self, wire: &mut Wire, now: Micros) {
        self.configure(&[], wire, now);
    }

    fn leave(&mut self, wire: &mut Wire, id: u64, now: Micros) {
        let Some(it) = self.all.get_mut(&id) else {
            return;
        };
        it.leaving = true;
        it.tries = 0;
        self.timers.change(id, it.at.take(), None);
        match it.up {
            Some(true) => self.send(wire, id, None, now),
            _ => {
                self.all.remove(&id);
            }
        }
    }

    fn send(&mut self, wire: &mut Wire, id: u64, challenge: Option<&Response>, now: Micros) {
        let Some(it) = self.all.get_mut(&id) else {
            return;
        };
        let request = it.request(wire, challenge);
        wire.request(Purpose::Register { id }, request, &Hop::to(&it.with.uri), now);
    }

    pub fn wake(&self) -> Option<Micros> {
        self.timers.next()
    }

    /// Refresh those whose time has come.
    pub fn wake_up(&mut self, wire: &mut Wire, now: Micros) {
        while let Some((_, id)) = self.timers.pop(now) {
            if let Some(it) = self.all.get_mut(&id) {
                it.at = None;
                it.tries = 0;
                self.send(wire, id, None, now);
            }
        }
    }

    /// The trunk of a registration.
    pub fn trunk(&self, id: u64) -> Option<&str> {
        Some(&self.all.get(&id)?.trunk)
    }

    /// The registrar answered.
    pub fn answered(&mut self, wire: &mut Wire, id: u64, response: &Response, now: Micros) {
        let Some(it) = self.all.get_mut(&id).filter(|_| response.status >= 200) else {
            return;
        };
        if it.should_try_again(response) {
            self.send(wire, id, Some(response), now);
            return;
        }
        if it.leaving {
            self.all.remove(&id);
            return;
        }
        match response.status {
            200..300 => {
                it.failures = 0;
                it.turn(wire, true, "We are registered.");
                let granted = it.granted(response);
                let wait = (u64::from(granted) * 500_000).max(SHORTEST_REFRESH);
                self.schedule(id, now + wait);
            }
            401 | 403 | 407 => self.failed(wire, id, "The registrar does not take our user name and password.", now),
            status => self.failed(wire, id, &format!("The registrar answers with {status}."), now),
        }
    }

    /// The registrar did not answer, or refused.
    pub fn failed(&mut self, wire: &mut Wire, id: u64, why: &str, now: Micros) {
        let Some(it) = self.all.get_mut(&id) else {
            return;
        };
        if it.leaving {
            self.all.remove(&id);
            return;
        }
        it.turn(wire, false, why);
        let wait = (FIRST_WAIT << it.failures.min(10)).min(LONGEST_WAIT);
        it.failures += 1;
        let wait = wait - wire.random.bits() % (wait / 4); // so that many do not come back at once
        self.schedule(id, now + wait);
    }

    fn schedule(&mut self, id: u64, at: Micros) {
        if let Some(it) = self.all.get_mut(&id) {
            self.timers.change(id, it.at, Some(at));
            it.at = Some(at);
        }
    }

    /// Whether there are none, those that are being taken back included.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

impl Registering {
    fn new(wire: &mut Wire, trunk: String, with: Registration) -> Self {
        Self {
            trunk,
            leaving: false,
            call_id: wire.random.token(),
            tag: wire.random.token(),
            cseq: 0,
            expires_s: with.expires_s.max(1),
            tries: 0,
            failures: 0,
            up: None,
            at: None,
            with,
        }
    }

    fn is_with(&self, other: &Registration) -> bool {
        self.with.uri == other.uri
            && self.with.credentials == other.credentials
            && self.with.expires_s == other.expires_s
    }

    fn request(&mut self, wire: &mut Wire, challenge: Option<&Response>) -> Request {
        self.cseq += 1;
        let registrar = &self.with.uri;
        let uri = Uri { user: None, ..registrar.clone() }.without_headers();
        let who = Uri::sip(Some(&self.with.credentials.username), registrar.host.clone(), None);
        let (transport, peer) = towards(registrar);
        let mut request = Request::new(Method::Register, uri);
        let headers = &mut request.headers;
        headers.push(Name::MaxForwards, "70");
        headers.push(Name::From, format!("<{who}>;tag={}", self.tag));
        headers.push(Name::To, format!("<{who}>"));
        headers.push(Name::CallId, self.call_id.as_str());
        headers.push(Name::CSeq, format!("{} REGISTER", self.cseq));
        headers.push(Name::Contact, wire.contact(&self.with.credentials.username, transport, peer));
        let expires = if self.leaving { 0 } else { self.expires_s };
        headers.push(Name::Expires, expires.to_string());
        if let Some(challenge) = challenge {
            auth::authorise(&mut request, challenge, &self.with.credentials, &mut wire.random);
        }
        request
    }

    /// Whether an answer asks for the same once more in another way.
    fn should_try_again(&mut self, response: &Response) -> bool {
        let again = match response.status {
            401 | 407 if self.tries == 0 || auth::is_stale(response) => auth::is_answerable(response),
            423 => match response.headers.min_expires() {
                Some(least) if least > self.expires_s => {
                    self.expires_s = least;
                    true
                }
                _ => false,
            },
            _ => false,
        };
        self.tries += 1;
        again && self.tries <= MOST_TRIES
    }

    /// For how long the registrar has registered us: what it says of our Contact, else of all, else what we asked for.
    fn granted(&self, response: &Response) -> u32 {
        let username = self.with.credentials.username.as_str();
        let contacts = response.headers.contacts();
        let ours = contacts.iter().find(|contact| contact.uri.user_text() == username);
        ours.and_then(|contact| contact.expires()).or(response.headers.expires()).unwrap_or(self.expires_s)
    }

    fn turn(&mut self, wire: &mut Wire, up: bool, reason: &str) {
        if self.up != Some(up) {
            self.up = Some(up);
            wire.tell(AgentEvent::TrunkState {
                trunk: self.trunk.clone(),
                gateway: String::new(),
                up,
                reason: reason.to_owned(),
            });
        }
    }
}
