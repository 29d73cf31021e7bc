//! One dialog: what two ends remember of each other (RFC 3261 §12).
//!
//! Rule 1: it makes requests and judges the numbers of those that come; it knows neither offers nor timers.
//! Rule 2: what the peer sent is copied, never trusted: a route set or a Contact that cannot be read refuses the dialog.

use std::net::{IpAddr, SocketAddr};

use super::network::is_private;
use crate::message::{Request, Response};
use crate::{Flow, Headers, Host, Method, Name, NameAddr, Target, Transport, Uri};

/// Longest route set that we take; each entry goes out with every request of the dialog.
const MOST_ROUTES: usize = 10;

/// Where a request goes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hop {
    /// To this address.
    At(Target),
    /// To the address of this URI, which is a name.
    Named(Uri),
}

impl Hop {
    /// The way to a URI (RFC 3263 §4, as far as it goes without DNS).
    pub fn to(uri: &Uri) -> Self {
        match uri.host.ip() {
            Some(ip) => Self::At(direct(uri, ip)),
            None => Self::Named(uri.clone()),
        }
    }
}

fn direct(uri: &Uri, ip: IpAddr) -> Target {
    let secure = uri.scheme == crate::Scheme::Sips;
    let transport = match (uri.transport(), secure) {
        (Some(Transport::Ws | Transport::Wss), true) => Transport::Wss,
        (_, true) => Transport::Tls,
        (Some(transport), false) => transport,
        (None, false) => Transport::Udp,
    };
    let port = uri.port.unwrap_or(transport.default_port());
    Target::new(transport, SocketAddr::new(ip, port))
}

/// A dialog, early or confirmed.
#[derive(Debug, Clone)]
pub(crate) struct Dialog {
    pub call_id: String,
    pub local_tag: String,
    /// Empty when the peer is so old that it sends none.
    pub remote_tag: String,
    /// Our From (or To) as it is written, tag included.
    local: String,
    /// The peer's.
    remote: String,
    /// Our Contact as it is written.
    pub contact: String,
    /// The remote target: where the peer wants its requests.
    target: Uri,
    routes: Vec<NameAddr>,
    /// A path that is known to work, where the remote target is a private address behind NAT or a phone's connection.
    path: Option<Target>,
    pub local_cseq: u32,
    remote_cseq: Option<u32>,
}

/// Why there can be no dialog with a peer: a sentence.
pub(crate) type NoDialog = &'static str;

impl Dialog {
    /// The dialog that our answer to `invite` makes (§12.1.1).
    pub fn uas(invite: &Request, flow: &Flow, local_tag: String, contact: String) -> Result<Self, NoDialog> {
        let headers = &invite.headers;
        let from = headers.from().ok_or("The From header cannot be read.")?;
        let to = headers.to().ok_or("The To header cannot be read.")?;
        let (cseq, _) = headers.cseq().ok_or("The CSeq header cannot be read.")?;
        let target = remote_target(headers)?;
        let routes = route_set(headers)?;
        let path = return_path(headers, &target, &routes, flow);
        Ok(Self {
            call_id: headers.call_id().unwrap_or_default().to_owned(),
            remote_tag: from.tag().unwrap_or_default().to_owned(),
            local: to.with_tag(&local_tag).to_string(),
            remote: headers.get(&Name::From).unwrap_or_default().to_owned(),
            local_tag,
            contact,
            target,
            routes,
            path,
            local_cseq: 0,
            remote_cseq: Some(cseq),
        })
    }

    /// The dialog that `response` to our INVITE makes, which said `contact` and went to `path` (§12.1.2).
    pub fn uac(contact: String, response: &Response, path: &Target) -> Result<Self, NoDialog> {
        let dialog = Self::of_answer(response, Some(path))?;
        Ok(Self { contact, ..dialog })
    }

    /// This early dialog, confirmed by a 2xx that alone would make `confirmed`: its target and route set hold from now
    /// on (§13.2.2.4), the numbers go on.
    pub fn confirmed(self, confirmed: Self) -> Self {
        Self { local_cseq: self.local_cseq.max(confirmed.local_cseq), remote_cseq: self.remote_cseq, ..confirmed }
    }

    /// The dialog of an answer alone: enough to acknowledge it and to take leave.
    pub fn of_answer(response: &Response, path: Option<&Target>) -> Result<Self, NoDialog> {
        let headers = &response.headers;
        let from = headers.from().ok_or("The From header cannot be read.")?;
        let to = headers.to().ok_or("The To header cannot be read.")?;
        let (cseq, _) = headers.cseq().ok_or("The CSeq header cannot be read.")?;
        let target = remote_target(headers)?;
        let mut routes = route_set(headers)?;
        routes.reverse();
        let path = path.filter(|path| routes.is_empty() && is_better(path, &target));
        Ok(Self {
            call_id: headers.call_id().unwrap_or_default().to_owned(),
            local_tag: from.tag().unwrap_or_default().to_owned(),
            remote_tag: to.tag().unwrap_or_default().to_owned(),
            local: headers.get(&Name::From).unwrap_or_default().to_owned(),
            remote: headers.get(&Name::To).unwrap_or_default().to_owned(),
            contact: String::new(),
            target,
            routes,
            path: path.cloned(),
            local_cseq: cseq,
            remote_cseq: None,
        })
    }

    /// Whether a request belongs to this dialog (§12.2.2).
    pub fn owns(&self, request: &Headers) -> bool {
        let from = request.from();
        let to = request.to();
        let tag = |side: &Option<NameAddr>, tag: &str| side.as_ref().and_then(NameAddr::tag).unwrap_or_default() == tag;
        request.call_id() == Some(&self.call_id) && tag(&to, &self.local_tag) && tag(&from, &self.remote_tag)
    }

    /// A new request inside the dialog (§12.2.1.1).
    pub fn request(&mut self, method: Method) -> Request {
        self.local_cseq = self.local_cseq.wrapping_add(1);
        self.numbered(method, self.local_cseq)
    }

    /// The ACK of the 2xx to our INVITE with that number (§13.2.2.4).
    pub fn ack(&self, cseq: u32) -> Request {
        self.numbered(Method::Ack, cseq)
    }

    fn numbered(&self, method: Method, cseq: u32) -> Request {
        let strict = self.strict_router();
        let mut request = Request::new(method, strict.unwrap_or(&self.target).clone());
        let headers = &mut request.headers;
        headers.push(Name::MaxForwards, "70");
        for route in self.routes.iter().skip(usize::from(strict.is_some())) {
            headers.push(Name::Route, route.to_string());
        }
        if strict.is_some() {
            let target = NameAddr::new(self.target.clone());
            headers.push(Name::Route, target.to_string());
        }
        headers.push(Name::From, self.local.as_str());
        headers.push(Name::To, self.remote.as_str());
        headers.push(Name::CallId, self.call_id.as_str());
        headers.push(Name::CSeq, format!("{cseq} {}", request.method));
        request
    }

    /// The first proxy of the route set when it routes strictly, as before RFC 3261: it wants itself in the request URI.
    fn strict_router(&self) -> Option<&Uri> {
        let first = &self.routes.first()?.uri;
        (!first.params.has("lr")).then_some(first)
    }

    /// Where requests of the dialog go.
    pub fn hop(&self) -> Hop {
        match (self.routes.first(), &self.path) {
            (Some(route), _) => Hop::to(&route.uri),
            (None, Some(path)) => Hop::At(path.clone()),
            (None, None) => Hop::to(&self.target),
        }
    }

    /// Note the number of a request that came in. Refused when it is not above all before (§12.2.2).
    pub fn is_in_order(&mut self, cseq: u32) -> bool {
        let in_order = self.remote_cseq.is_none_or(|last| cseq > last);
        if in_order {
            self.remote_cseq = Some(cseq);
        }
        in_order
    }

    /// A target refresh came over `flow`: a peer that can be reached over its own path only has it there now.
    pub fn moved(&mut self, headers: &Headers, flow: &Flow) {
        if let Some(path) = return_path(headers, &self.target, &self.routes, flow) {
            self.path = Some(path);
        }
    }

    /// Take over the peer's new Contact from a target refresh, when there is a readable one (§12.2.1.2, §12.2.2).
    pub fn refresh_target(&mut self, headers: &Headers) {
        let Ok(target) = remote_target(headers) else {
            return;
        };
        if target != self.target {
            self.path.take_if(|path| !is_better(path, &target));
            self.target = target;
        }
    }
}

fn remote_target(headers: &Headers) -> Result<Uri, NoDialog> {
    let contact = headers.contacts().into_iter().next();
    let uri = contact.ok_or("There is no Contact to send requests to.")?.uri;
    match uri.is_sip() {
        true => Ok(uri.without_headers()),
        false => Err("The Contact is not a SIP address."),
    }
}

fn route_set(headers: &Headers) -> Result<Vec<NameAddr>, NoDialog> {
    let routes = headers.record_routes();
    if routes.len() != headers.all(&Name::RecordRoute).count() {
        return Err("A Record-Route header cannot be read.");
    }
    match routes.len() > MOST_ROUTES {
        true => Err("There are too many proxies on the way."),
        false => Ok(routes),
    }
}

/// The flow of an INVITE, when the caller can be reached over it alone: it speaks to us itself (one Via), and is behind
/// NAT or on a connection.
pub(crate) fn return_path(headers: &Headers, target: &Uri, routes: &[NameAddr], flow: &Flow) -> Option<Target> {
    let via = headers.top_via()?;
    let alone = routes.is_empty() && headers.all(&Name::Via).count() == 1;
    let moved = via.host.ip().is_some_and(|ip| ip != flow.peer.ip())
        || (flow.transport == Transport::Udp && via.rport().is_some() && via.port.unwrap_or(5060) != flow.peer.port());
    let path = flow.target();
    (alone && (moved || is_better(&path, target))).then_some(path)
}

/// Whether a path that worked is better than what a Contact says: the Contact is a private address and the path is not,
/// is on a connection that is open, or has a name that is no name (`.invalid`, RFC 7118 §5).
fn is_better(path: &Target, target: &Uri) -> bool {
    let same_transport = target.transport().unwrap_or(Transport::Udp) == path.transport;
    match &target.host {
        Host::Name(name) => name.ends_with(".invalid"),
        Host::Ip(ip) if is_private(*ip) && !is_private(path.addr.ip()) => true,
        Host::Ip(ip) => {
            path.transport.is_reliable() && path.connection.is_some() && (same_transport || path.addr.ip() == *ip)
        }
    }
}

/// The text of our Contact for messages over `transport`: `<sip:user@host:port;transport=tcp>`.
pub(crate) fn contact(user: &str, host: &str, port: u16, transport: Transport) -> String {
    let user = crate::uri::escape(user);
    match transport {
        Transport::Udp => format!("<sip:{user}@{host}:{port}>"),
        _ => {
            let transport = transport.as_str().to_ascii_lowercase();
            format!("<sip:{user}@{host}:{port};transport={transport}>")
        }
    }
}
