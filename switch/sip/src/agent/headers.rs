//! Header fields that many answers share, and those that applications see or set.

use super::event::Fields;
use super::wire::{ALLOW, SUPPORTED};
use crate::message::{Request, Response};
use crate::{Headers, Name};

/// Most header fields that an application gets to see of one message.
const MOST_SHOWN: usize = 40;
/// Longest value of those, bytes.
const LONGEST_SHOWN: usize = 1_024;
/// The extensions that a request may require of us.
const UNDERSTOOD: [&str; 4] = ["100rel", "timer", "norefersub", "path"];

/// What Require names that we do not understand (RFC 3261 §8.2.2.3), as a list.
pub(crate) fn unknown_extensions(headers: &Headers) -> Option<String> {
    let unknown: Vec<_> = headers
        .tokens(&Name::Require)
        .filter(|token| !UNDERSTOOD.iter().any(|it| it.eq_ignore_ascii_case(token)))
        .collect();
    (!unknown.is_empty()).then(|| unknown.join(", "))
}

/// The answer to OPTIONS: what we can do (§11.2).
pub(crate) fn capabilities(request: &Request) -> Response {
    let mut response = Response::to_request(request, 200, "");
    let headers = &mut response.headers;
    headers.push(Name::Allow, ALLOW);
    headers.push(Name::Accept, "application/sdp, application/dtmf-relay");
    headers.push(Name::AcceptEncoding, "identity");
    headers.push(Name::AcceptLanguage, "en");
    headers.push(Name::Supported, SUPPORTED);
    response
}

/// The header fields of a message that may matter to an application: its own (`X-…`), and those about who calls.
pub(crate) fn for_applications(headers: &Headers) -> Fields {
    headers
        .iter()
        .filter(|(name, value)| is_shown(name) && value.len() <= LONGEST_SHOWN)
        .take(MOST_SHOWN)
        .map(|(name, value)| (name.as_str().to_owned(), value.to_owned()))
        .collect()
}

fn is_shown(name: &Name) -> bool {
    match name {
        Name::PAssertedIdentity
        | Name::PPreferredIdentity
        | Name::RemotePartyId
        | Name::Privacy
        | Name::Diversion
        | Name::HistoryInfo
        | Name::ReferredBy
        | Name::Replaces
        | Name::Subject
        | Name::Reason
        | Name::Warning
        | Name::RetryAfter => true,
        Name::Other(name) => {
            let starts = |with: &str| name.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
            starts("X-") || starts("P-") || name.eq_ignore_ascii_case("User-to-User")
        }
        _ => false,
    }
}

/// Whether an application may set a header field: those that SIP itself runs on are the agent's.
fn is_free(name: &Name) -> bool {
    is_shown(name) || matches!(name, Name::Other(_) | Name::Date)
}

/// Add the header fields of an application to a message; those that are not free are left out.
pub(crate) fn add(headers: &mut Headers, fields: &Fields) {
    for (name, value) in fields.iter().take(MOST_SHOWN) {
        let known = Name::from(name.as_str());
        let harmless = is_name(name) && !value.contains(|char: char| char.is_control());
        if harmless && is_free(&known) {
            headers.push(known, value.as_str());
        }
    }
}

fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

/// The SDP that a message carries, if it does.
pub(crate) fn sdp<'a>(headers: &Headers, body: &'a [u8]) -> Option<&'a [u8]> {
    let is_sdp = headers.content_type().is_none_or(|kind| kind == "application/sdp");
    (is_sdp && !body.is_empty()).then_some(body)
}
