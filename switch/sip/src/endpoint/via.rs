//! Via headers: how requests carry the way back, and how answers find it.

use std::net::SocketAddr;

use super::config::Config;
use super::output::ClientKey;
use super::{Flow, Target};
use crate::{Headers, Name, Transport, Via};

/// What every branch of RFC 3261 begins with (§8.1.1.7).
pub(super) const COOKIE: &str = "z9hG4bK";

/// The branch of a request of ours: its number, and bits that only those who saw the request know.
pub(super) fn branch(key: ClientKey, secret: u64) -> String {
    format!("{COOKIE}{:x}.{secret:016x}", key.0)
}

/// The number and the secret of a branch that [`branch`] made.
pub(super) fn parse_branch(branch: &str) -> Option<(ClientKey, u64)> {
    let (number, secret) = branch.strip_prefix(COOKIE)?.split_once('.')?;
    let number = u64::from_str_radix(number, 16).ok()?;
    Some((ClientKey(number), u64::from_str_radix(secret, 16).ok()?))
}

/// The text of our Via header for a request to `target`; `rport` asks for the answer to come back here (RFC 3581).
pub(super) fn own(config: &Config, target: &Target, branch: &str) -> String {
    let transport = target.transport.as_str();
    match config.sent_by(target.transport, target.addr) {
        Some(by) => format!("SIP/2.0/{transport} {}:{};rport;branch={branch}", by.host, by.port),
        None => format!("SIP/2.0/{transport} invalid.;rport;branch={branch}"),
    }
}

/// Note in a request's top Via where it really came from (RFC 3261 §18.2.1, RFC 3581 §4).
pub(super) fn stamp(headers: &mut Headers, via: &mut Via, source: SocketAddr) {
    if via.rport().is_none() && via.host.ip() == Some(source.ip()) {
        return;
    }
    via.note_source(source);
    headers.set_first(&Name::Via, via.to_string());
}

/// Where answers to a request go (RFC 3261 §18.2.2, RFC 3581 §4). `maddr` is not followed: it would let anybody aim our
/// answers at others.
pub(super) fn way_back(via: &Via, flow: &Flow) -> Target {
    let port = match flow.transport {
        Transport::Udp if via.rport().is_some() => flow.peer.port(),
        // An open connection is used anyway; this is for when it is closed by then.
        _ => via.port.unwrap_or(flow.transport.default_port()),
    };
    Target { addr: SocketAddr::new(flow.peer.ip(), port), ..flow.target() }
}
