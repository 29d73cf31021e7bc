//! What tells one received request from another.

use std::fmt::Write;

use super::via::COOKIE;
use crate::{Headers, Request, Via};

/// The transaction a request belongs to (§17.2.3). ACK and CANCEL ask with `INVITE` for the one they mean.
pub(super) fn of_transaction(request: &Request, via: &Via, method: &str) -> String {
    let mut identity = String::with_capacity(96);
    let port = via.port.unwrap_or_default();
    // Writing to a String cannot fail.
    let _ = match via.branch().filter(|branch| branch.starts_with(COOKIE)) {
        Some(branch) => write!(identity, "{branch} {}:{port} {method}", via.host),
        None => write!(
            identity,
            "{} {}:{port} {} {} {method}",
            request.uri,
            via.host,
            via.branch().unwrap_or_default(),
            of_call(&request.headers).unwrap_or_default(),
        ),
    };
    identity
}

/// What all copies of a request share that reach us by different ways (§8.2.2.2).
pub(super) fn of_copies(headers: &Headers) -> Option<String> {
    let (_, method) = headers.cseq()?;
    Some(format!("{} {method}", of_call(headers)?))
}

fn of_call(headers: &Headers) -> Option<String> {
    let (number, _) = headers.cseq()?;
    let from = headers.from()?;
    let tag = from.tag().unwrap_or_default();
    Some(format!("{} {tag} {number}", headers.call_id()?))
}
