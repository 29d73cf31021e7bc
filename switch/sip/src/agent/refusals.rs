//! Telling why requests were refused without being a way to flood whoever listens.
//!
//! The first refusal of its kind is told at once; those alike that follow within the window are counted and told as one
//! when it ends. A flood from many sources costs a bounded table and, past it, one line that counts the rest.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::{Method, Micros};

/// How long refusals alike are gathered.
const WINDOW: Micros = 10_000_000;
/// Most kinds that one window tells at once.
const AT_ONCE: usize = 20;
/// Most kinds that one window counts; the others share one line.
const KINDS: usize = 200;

/// A request that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// A sentence.
    pub why: String,
    /// Of the answer.
    pub status: u16,
    /// What was asked.
    pub method: Method,
    /// URI of From.
    pub from_uri: String,
    /// Request URI.
    pub to_uri: String,
    /// Where it came from.
    pub source: IpAddr,
    /// How many alike it stands for.
    pub count: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Refusals {
    ends: Option<Micros>,
    counted: HashMap<(IpAddr, u16, String), Refusal>,
    others: Option<Refusal>,
}

impl Refusals {
    /// Count one more. Returned: what is to be told at once.
    pub fn add(&mut self, refusal: Refusal, now: Micros) -> Option<Refusal> {
        self.ends.get_or_insert(now + WINDOW);
        let kinds = self.counted.len();
        let key = (refusal.source, refusal.status, refusal.why.clone());
        if let Some(known) = self.counted.get_mut(&key) {
            known.count = known.count.saturating_add(1);
            return None;
        }
        if kinds >= KINDS {
            let others = self.others.get_or_insert_with(|| Refusal {
                why: "Too many different requests were refused to list them all.".to_owned(),
                count: 0,
                ..refusal
            });
            others.count = others.count.saturating_add(1);
            return None;
        }
        let told = kinds < AT_ONCE;
        let count = if told { 0 } else { 1 };
        self.counted.insert(key, Refusal { count, ..refusal.clone() });
        told.then_some(refusal)
    }

    pub fn wake(&self) -> Option<Micros> {
        self.ends
    }

    /// What a window that has ended leaves to be told.
    pub fn take(&mut self, now: Micros) -> Vec<Refusal> {
        if self.ends.is_none_or(|ends| ends > now) {
            return Vec::new();
        }
        self.ends = None;
        let mut told: Vec<_> = self.counted.drain().map(|(_, refusal)| refusal).collect();
        told.retain(|refusal| refusal.count > 0);
        told.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.why.cmp(&b.why)));
        told.truncate(AT_ONCE);
        told.extend(self.others.take());
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(why: &str, host: u8) -> Refusal {
        Refusal {
            why: why.to_owned(),
            status: 403,
            method: Method::Invite,
            from_uri: "sip:a@b".to_owned(),
            to_uri: "sip:c@d".to_owned(),
            source: IpAddr::from([192, 0, 2, host]),
            count: 1,
        }
    }

    #[test]
    fn the_first_is_told_at_once_and_the_others_as_one_count() {
        let mut refusals = Refusals::default();
        assert!(refusals.add(refusal("no", 1), 0).is_some());
        for _ in 0..1_000 {
            assert!(refusals.add(refusal("no", 1), 5).is_none());
        }
        assert!(refusals.take(WINDOW - 1).is_empty());
        let told = refusals.take(WINDOW);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].count, 1_000);
        assert_eq!(refusals.wake(), None);
    }

    #[test]
    fn a_flood_from_everywhere_is_told_in_a_bounded_number_of_lines() {
        let mut refusals = Refusals::default();
        let mut at_once = 0;
        for host in 0..=255 {
            for why in ["a", "b", "c"] {
                at_once += usize::from(refusals.add(refusal(why, host), 0).is_some());
            }
        }
        assert_eq!(at_once, AT_ONCE);
        let told = refusals.take(WINDOW);
        assert_eq!(told.len(), AT_ONCE + 1);
        assert_eq!(told.last().map(|others| others.count), Some(768 - KINDS as u32));
    }
}
