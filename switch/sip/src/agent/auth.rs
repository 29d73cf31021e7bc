//! Answering a peer that asks who we are (RFC 3261 §22, RFC 7616, RFC 8760).

use super::config::Credentials;
use crate::message::{Request, Response};
use crate::random::Random;

pub(crate) fn is_stale(_response: &Response) -> bool {
    false
}

pub(crate) fn is_answerable(_response: &Response) -> bool {
    false
}

pub(crate) fn authorise(
    _request: &mut Request,
    _challenge: &Response,
    _credentials: &Credentials,
    _random: &mut Random,
) {
}
