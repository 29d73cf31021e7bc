//! Answers, for as long as they hold.

use std::collections::HashMap;

use crate::Micros;

use super::wire::{Question, Records};

/// The most answers that are kept.
const MOST: usize = 4096;

#[derive(Default)]
pub(super) struct Cache(HashMap<Question, (Records, Micros)>);

impl Cache {
    /// The answer, while it holds.
    pub fn get(&self, question: &Question, now: Micros) -> Option<&Records> {
        let (records, until) = self.0.get(question)?;
        (now < *until).then_some(records)
    }

    /// Keep an answer. In a full cache it takes the place of those that no longer hold, or else of the one that holds
    /// the shortest.
    pub fn put(&mut self, question: Question, records: Records, until: Micros, now: Micros) {
        if self.0.len() >= MOST {
            self.0.retain(|_, (_, until)| now < *until);
        }
        if self.0.len() >= MOST {
            let first = self.0.iter().min_by_key(|(_, (_, until))| *until);
            if let Some(question) = first.map(|(question, _)| question.clone()) {
                self.0.remove(&question);
            }
        }
        self.0.insert(question, (records, until));
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::Kind;
    use super::*;

    /// However many names are asked for, the cache stays as large as it may be, and keeps what holds longest.
    #[test]
    fn the_cache_is_bounded() {
        let mut cache = Cache::default();
        let question = |number: usize| Question::new(&format!("{number}.example.com"), Kind::A);
        for number in 0..MOST + 10 {
            cache.put(question(number), Records::default(), 1_000 + number as Micros, 0);
        }
        assert_eq!(cache.len(), MOST);
        assert!(cache.get(&question(9), 0).is_none());
        assert!(cache.get(&question(10), 0).is_some());
        assert!(cache.get(&question(10), 1_010).is_none());
    }
}
