//! Answering a peer that asks who we are (RFC 3261 §22, RFC 7616, RFC 8760).

use super::config::Credentials;
use crate::Name;
use crate::digest::{Challenge, Hash, Login, Signed, authorization};
use crate::message::{Request, Response};
use crate::random::Random;

/// Whether the peer says that our password was right and only its nonce too old.
pub(crate) fn is_stale(response: &Response) -> bool {
    challenge(response).is_some_and(|challenge| challenge.stale)
}

/// Whether there is a challenge that we can meet.
pub(crate) fn is_answerable(response: &Response) -> bool {
    challenge(response).is_some()
}

/// Add what a 401 or 407 asks for to the request that is sent anew. The request stays as it was when we cannot.
pub(crate) fn authorise(request: &mut Request, response: &Response, credentials: &Credentials, random: &mut Random) {
    let Some(challenge) = challenge(response) else {
        return;
    };
    let uri = request.uri.to_string();
    let login = Login { user: &credentials.username, password: &credentials.password };
    let signed = Signed { method: request.method.as_str(), uri: &uri, body: &request.body };
    let value = authorization(&challenge, login, signed, &random.token(), 1);
    let name = match response.status {
        407 => Name::ProxyAuthorization,
        _ => Name::Authorization,
    };
    request.headers.push(name, value);
}

/// SHA-256 before MD5, whatever the order: a peer that knows both may list the weaker one first.
fn challenge(response: &Response) -> Option<Challenge> {
    let name = match response.status {
        407 => Name::ProxyAuthenticate,
        _ => Name::WwwAuthenticate,
    };
    let readable = response.headers.all(&name).filter_map(|value| Challenge::parse(value).ok());
    readable.max_by_key(|challenge| challenge.algorithm.hash == Hash::Sha256)
}
