//! What a peer tells by INFO (RFC 6086 §2, without packages): JSON of its application's own, or keys: `application/dtmf-relay` (`Signal=5`, `Duration=160`) and `application/dtmf` (`5`).

use crate::Headers;

/// The bodies of INFO that we read.
pub(crate) const ACCEPT: &str = "application/dtmf-relay, application/dtmf, application/json";
/// Longest JSON that is taken, bytes.
pub(crate) const LONGEST: usize = 10_240;
/// How long a key counts as held when the peer does not say, ms.
const USUAL_MS: u32 = 100;
/// Longest that a key may be held, ms.
const MOST_MS: u32 = 10_000;

/// The key in the body of an INFO, and how long it was held (ms).
pub(crate) fn key(headers: &Headers, body: &[u8]) -> Option<(char, u32)> {
    let text = std::str::from_utf8(body).ok()?;
    match headers.content_type()?.as_str() {
        "application/dtmf-relay" => {
            let duration = field(text, "duration").and_then(|ms| ms.parse().ok());
            let key = one_key(field(text, "signal")?)?;
            Some((key, duration.unwrap_or(USUAL_MS).min(MOST_MS)))
        }
        "application/dtmf" => Some((one_key(text.trim())?, USUAL_MS)),
        _ => None,
    }
}

/// The JSON in the body of an INFO, as it came.
pub(crate) fn json(headers: &Headers, body: &[u8]) -> Option<String> {
    let is_json = headers.content_type()?.as_str() == "application/json";
    let text = std::str::from_utf8(body).ok().filter(|text| is_json && text.len() <= LONGEST)?;
    Some(text.to_owned())
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// Keys are written as they are, or as the event numbers of RFC 4733: 10 is the star, 11 the hash.
fn one_key(text: &str) -> Option<char> {
    match text {
        "10" => Some('*'),
        "11" => Some('#'),
        _ => {
            let mut chars = text.chars();
            let key = chars.next()?.to_ascii_uppercase();
            (chars.next().is_none() && "0123456789ABCD*#".contains(key)).then_some(key)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Name;

    fn pressed(kind: &str, body: &str) -> Option<(char, u32)> {
        let mut headers = Headers::default();
        headers.push(Name::ContentType, kind);
        key(&headers, body.as_bytes())
    }

    #[test]
    fn both_kinds_of_bodies_name_one_key() {
        let relay = "application/dtmf-relay";
        assert_eq!(pressed(relay, "Signal=5\r\nDuration=160\r\n"), Some(('5', 160)));
        assert_eq!(pressed(relay, "signal= *\nduration = 250"), Some(('*', 250)));
        assert_eq!(pressed(relay, "Signal=11\r\n"), Some(('#', USUAL_MS)));
        assert_eq!(pressed("application/dtmf", "d"), Some(('D', USUAL_MS)));
        assert_eq!(pressed("application/dtmf;charset=x", "10"), Some(('*', USUAL_MS)));
    }

    #[test]
    fn what_is_no_key_is_none() {
        let relay = "application/dtmf-relay";
        for body in ["", "Signal=", "Signal=55", "Signal=!", "Duration=100", "\u{0}"] {
            assert_eq!(pressed(relay, body), None, "{body}");
        }
        assert_eq!(pressed("text/plain", "5"), None);
        assert_eq!(key(&Headers::default(), b"5"), None);
        let long = pressed(relay, "Signal=1\r\nDuration=4000000000\r\n");
        assert_eq!(long, Some(('1', MOST_MS)));
    }
}
