//! One branch of a call that we make: an INVITE to one phone or proxy, sent anew as often as the peer may ask for, and
//! the early dialogs that it makes.

use std::collections::VecDeque;

use super::config::Outbound;
use super::dialog::{Dialog, Hop};
use super::reliable::Received;
use super::session::Session;
use super::wire::{ALLOW, CONTACT_USER, Purpose, SUPPORTED, Wire};
use super::{auth, headers};
use crate::message::{Request, Response};
use crate::{ClientKey, Method, Micros, Name, NameAddr, Target, Uri};

/// Most phones that may ring in one call.
const MOST_FORKS: u32 = 24;
/// How often one branch is sent anew because the peer wants it otherwise (a password, a longer timer).
const MOST_TRIES: u8 = 3;

/// Why a call was not sent to an address that it may not reach.
pub(crate) const OUT_OF_REACH: &str = "The address is in a network that calls may not reach.";

/// Where one branch of a call goes.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    pub uri: Uri,
    /// Proxies on the way, as Route values.
    pub routes: Vec<String>,
    pub hop: Hop,
}

pub(crate) struct Branch {
    pub destination: Destination,
    pub targets: VecDeque<Target>,
    pub call_id: String,
    pub tag: String,
    pub cseq: u32,
    pub contact: String,
    /// The INVITE that is open, and where it went.
    pub open: Option<(ClientKey, Target)>,
    pub over: bool,
    pub tries: u8,
    pub session_expires: u32,
    pub early: Vec<Early>,
}

/// A phone that rings.
pub(crate) struct Early {
    pub fork: u32,
    pub received: Received,
    pub told: Option<(u16, bool)>,
    pub session: Session,
}

impl Branch {
    pub fn new(wire: &mut Wire, leg: u64, destination: Destination, session_expires: u32) -> Self {
        Self {
            destination,
            targets: VecDeque::new(),
            call_id: wire.random.token(),
            tag: super::leg::new_tag(leg, &mut wire.random),
            cseq: 0,
            contact: String::new(),
            open: None,
            over: false,
            tries: 0,
            session_expires,
            early: Vec::new(),
        }
    }

    /// Send the INVITE to the first address; `refusal` is the answer that asks for it to be sent otherwise.
    pub fn invite(
        &mut self,
        wire: &mut Wire,
        leg: u64,
        number: usize,
        outbound: &Outbound,
        refusal: Option<&Response>,
        now: Micros,
    ) {
        let Some(target) = self.targets.front().cloned() else {
            return;
        };
        self.contact = wire.contact(CONTACT_USER, target.transport, target.addr);
        self.cseq += 1;
        let mut request = self.request(wire, outbound);
        if let (Some(refusal @ Response { status: 401 | 407, .. }), Some(credentials)) =
            (refusal, &outbound.credentials)
        {
            auth::authorise(&mut request, refusal, credentials, &mut wire.random);
        }
        let purpose = Purpose::Invite { leg, branch: number as u32 };
        let key = wire.request_at(purpose, request, target.clone(), now);
        self.open = Some((key, target));
    }

    fn request(&self, wire: &Wire, outbound: &Outbound) -> Request {
        let mut request = Request::new(Method::Invite, self.destination.uri.clone());
        let headers = &mut request.headers;
        headers.push(Name::MaxForwards, "70");
        for route in &self.destination.routes {
            headers.push(Name::Route, route.as_str());
        }
        let from = NameAddr { display: outbound.from_name.clone(), ..NameAddr::new(outbound.from.clone()) };
        headers.push(Name::From, from.with_tag(&self.tag).to_string());
        let to = NameAddr::new(outbound.uri.clone().without_headers());
        headers.push(Name::To, to.to_string());
        headers.push(Name::CallId, self.call_id.as_str());
        headers.push(Name::CSeq, format!("{} INVITE", self.cseq));
        headers.push(Name::Contact, self.contact.as_str());
        headers.push(Name::Allow, ALLOW);
        headers.push(Name::Supported, SUPPORTED);
        if self.session_expires > 0 {
            headers.push(Name::SessionExpires, self.session_expires.to_string());
            headers.push(Name::MinSe, wire.config.session_timer.min_s.to_string());
        }
        headers::add(headers, &outbound.headers);
        headers.push(Name::ContentType, "application/sdp");
        request.body.clone_from(&outbound.body);
        request
    }

    pub fn may_authorise(&mut self, outbound: &Outbound, response: &Response) -> bool {
        // Once; and once more when only our nonce was too old.
        let again = self.tries == 0 || (self.tries < MOST_TRIES && auth::is_stale(response));
        self.tries += 1;
        again && outbound.credentials.is_some() && auth::is_answerable(response)
    }

    pub fn lengthen_timer(&mut self, response: &Response) -> bool {
        let floor = response.headers.min_se().unwrap_or(0);
        self.tries += 1;
        let longer = floor > self.session_expires && self.tries <= MOST_TRIES;
        if longer {
            self.session_expires = floor;
        }
        longer
    }

    pub fn next_target(&mut self) -> bool {
        self.targets.pop_front();
        !self.targets.is_empty()
    }

    pub fn early_dialog(&mut self, leg: u64, response: &Response, forks: &mut u32) -> Option<&mut Early> {
        let to = response.headers.to()?;
        let tag = to.tag()?;
        let known = self.early.iter().position(|early| early.session.dialog.remote_tag == tag);
        if let Some(at) = known {
            return self.early.get_mut(at);
        }
        let (_, path) = self.open.as_ref()?;
        if *forks >= MOST_FORKS {
            return None;
        }
        let dialog = Dialog::uac(self.contact.clone(), response, path).ok()?;
        *forks += 1;
        let session = Session::new(leg, dialog, true);
        self.early.push(Early { fork: *forks, received: Received::default(), told: None, session });
        self.early.last_mut()
    }

    pub fn take_early(&mut self, remote_tag: &str) -> Option<Early> {
        let at = self.early.iter().position(|early| early.session.dialog.remote_tag == remote_tag)?;
        Some(self.early.swap_remove(at))
    }
}
