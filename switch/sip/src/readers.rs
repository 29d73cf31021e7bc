//! Typed readers of header fields.
//!
//! A message that came through `Message::parse` has readable Via, From, To, Call-ID and CSeq, and whatever else is read
//! here is readable where it is present. `None` therefore means: not there (or put there by hand, and wrong).

use crate::grammar::{is_token, number, split, trim};
use crate::headers::Headers;
use crate::method::Method;
use crate::name::Name;
use crate::name_addr::NameAddr;
use crate::params::Params;
use crate::via::Via;

/// Who refreshes a session (RFC 4028 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresher {
    /// The side that sent the request.
    Uac,
    /// The side that answered it.
    Uas,
}

/// A session timer: Session-Expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionExpires {
    /// The session ends unless it is refreshed within so many seconds.
    pub seconds: u32,
    /// Who refreshes; None leaves it to the other side.
    pub refresher: Option<Refresher>,
}

/// Which provisional response a PRACK acknowledges (RFC 3262 §7.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RAck {
    /// Its RSeq.
    pub rseq: u32,
    /// The number of its CSeq.
    pub cseq: u32,
    /// The method of its CSeq.
    pub method: Method,
}

impl Headers {
    /// The hop a response goes back to.
    pub fn top_via(&self) -> Option<Via> {
        Via::parse(self.get(&Name::Via)?).ok()
    }

    /// The whole way back, the next hop first.
    pub fn vias(&self) -> Vec<Via> {
        self.all(&Name::Via).filter_map(|value| Via::parse(value).ok()).collect()
    }

    /// Put another top Via in place of the one that is there.
    pub fn set_top_via(&mut self, via: &Via) {
        self.set_first(&Name::Via, via.to_string());
    }

    /// Who sent the request.
    pub fn from(&self) -> Option<NameAddr> {
        NameAddr::parse(self.get(&Name::From)?).ok()
    }

    /// Whom the request was meant for at first.
    pub fn to(&self) -> Option<NameAddr> {
        NameAddr::parse(self.get(&Name::To)?).ok()
    }

    /// Number and method of the request within its dialog.
    pub fn cseq(&self) -> Option<(u32, Method)> {
        let (digits, method) = self.get(&Name::CSeq)?.split_once([' ', '\t'])?;
        Some((number(digits).ok()?, Method::parse(trim(method)).ok()?))
    }

    /// The id that all messages of a call share.
    pub fn call_id(&self) -> Option<&str> {
        self.get(&Name::CallId)
    }

    /// Where the sender can be reached, each address in order; empty for `Contact: *`.
    pub fn contacts(&self) -> Vec<NameAddr> {
        self.addresses(&Name::Contact)
    }

    /// Whether there is a `Contact: *`, by which a REGISTER forgets all contacts (RFC 3261 §10.2.2).
    pub fn contact_is_star(&self) -> bool {
        self.all(&Name::Contact).any(|value| value == "*")
    }

    /// The proxies that the request still has to visit.
    pub fn routes(&self) -> Vec<NameAddr> {
        self.addresses(&Name::Route)
    }

    /// The proxies that want to stay on the way, the last visited first.
    pub fn record_routes(&self) -> Vec<NameAddr> {
        self.addresses(&Name::RecordRoute)
    }

    /// All addresses under a name: Route, Path, P-Asserted-Identity, Refer-To, …
    pub fn addresses(&self, name: &Name) -> Vec<NameAddr> {
        self.all(name)
            .flat_map(|value| split(value, b','))
            .filter_map(|value| NameAddr::parse(value.ok()?).ok())
            .collect()
    }

    /// How many hops the request may still make.
    pub fn max_forwards(&self) -> Option<u8> {
        self.numeric(&Name::MaxForwards)
    }

    /// Seconds of a registration or a subscription.
    pub fn expires(&self) -> Option<u32> {
        self.numeric(&Name::Expires)
    }

    /// The shortest registration that the registrar takes, s.
    pub fn min_expires(&self) -> Option<u32> {
        self.numeric(&Name::MinExpires)
    }

    /// The number of a reliable provisional response (RFC 3262).
    pub fn rseq(&self) -> Option<u32> {
        self.numeric(&Name::RSeq)
    }

    /// Which provisional response a PRACK acknowledges.
    pub fn rack(&self) -> Option<RAck> {
        let mut parts = self.get(&Name::RAck)?.split_ascii_whitespace();
        Some(RAck {
            rseq: number(parts.next()?).ok()?,
            cseq: number(parts.next()?).ok()?,
            method: Method::parse(parts.next()?).ok()?,
        })
    }

    /// The session timer (RFC 4028).
    pub fn session_expires(&self) -> Option<SessionExpires> {
        let (seconds, params) = seconds_and_params(self.get(&Name::SessionExpires)?)?;
        let refresher = params.get("refresher").and_then(|side| {
            if side.eq_ignore_ascii_case("uac") {
                Some(Refresher::Uac)
            } else {
                side.eq_ignore_ascii_case("uas").then_some(Refresher::Uas)
            }
        });
        Some(SessionExpires { seconds, refresher })
    }

    /// The shortest session timer that the peer takes, s.
    pub fn min_se(&self) -> Option<u32> {
        Some(seconds_and_params(self.get(&Name::MinSe)?)?.0)
    }

    /// How long to leave the peer alone, s.
    pub fn retry_after(&self) -> Option<u32> {
        let value = self.get(&Name::RetryAfter)?;
        let digits = value.split([';', '(']).next().unwrap_or(value);
        number(trim(digits)).ok()
    }

    /// The tokens of a list such as Require, Supported or Allow, over all its lines.
    pub fn tokens<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a str> {
        self.all(name).flat_map(|value| value.split(',')).map(trim).filter(|token| is_token(token))
    }

    /// Whether a list such as Supported holds a token (in any case).
    pub fn has_token(&self, name: &Name, token: &str) -> bool {
        self.tokens(name).any(|held| held.eq_ignore_ascii_case(token))
    }

    /// The type of the body without its parameters, in lower case: `application/sdp`.
    pub fn content_type(&self) -> Option<String> {
        let value = self.get(&Name::ContentType)?;
        let plain = value.split(';').next().unwrap_or(value);
        Some(trim(plain).to_ascii_lowercase())
    }

    fn numeric<T: std::str::FromStr>(&self, name: &Name) -> Option<T> {
        number(self.get(name)?).ok()
    }
}

fn seconds_and_params(value: &str) -> Option<(u32, Params)> {
    let (seconds, params) = value.split_once(';').unwrap_or((value, ""));
    let params = if params.is_empty() { Params::default() } else { Params::parse(params).ok()? };
    Some((number(trim(seconds)).ok()?, params))
}
