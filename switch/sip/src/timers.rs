//! Deadlines of many owners, in order.
//!
//! An owner has one deadline at most. Setting, clearing and finding the next one cost O(log n), so that a hundred
//! thousand owners are as cheap to wait for as ten; nothing is ever scanned.

use std::collections::BTreeSet;

use crate::Micros;

/// Deadlines, each with its owner.
#[derive(Debug)]
pub struct Timers<Owner> {
    order: BTreeSet<(Micros, Owner)>,
}

impl<Owner: Ord + Copy> Timers<Owner> {
    /// No deadlines.
    pub fn new() -> Self {
        Self { order: BTreeSet::new() }
    }

    /// Move the deadline of `owner` from `old` to `new`; the owner remembers which one it has.
    pub fn change(&mut self, owner: Owner, old: Option<Micros>, new: Option<Micros>) {
        if old == new {
            return;
        }
        if let Some(at) = old {
            self.order.remove(&(at, owner));
        }
        if let Some(at) = new {
            self.order.insert((at, owner));
        }
    }

    /// When the first deadline is due.
    pub fn next(&self) -> Option<Micros> {
        self.order.first().map(|&(at, _)| at)
    }

    /// Take one deadline that is due at `now`, with its moment.
    pub fn pop(&mut self, now: Micros) -> Option<(Micros, Owner)> {
        let &(at, _) = self.order.first()?;
        if at > now {
            return None;
        }
        self.order.pop_first()
    }
}

impl<Owner: Ord + Copy> Default for Timers<Owner> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_come_in_order_and_only_when_due() {
        let mut timers = Timers::new();
        timers.change('b', None, Some(20));
        timers.change('a', None, Some(10));
        assert_eq!(timers.next(), Some(10));
        assert_eq!(timers.pop(9), None);
        assert_eq!(timers.pop(25), Some((10, 'a')));
        assert_eq!(timers.pop(25), Some((20, 'b')));
        assert_eq!(timers.pop(25), None);
    }

    #[test]
    fn a_changed_deadline_leaves_nothing_behind() {
        let mut timers = Timers::new();
        timers.change(1, None, Some(10));
        timers.change(1, Some(10), Some(30));
        assert_eq!(timers.next(), Some(30));
        timers.change(1, Some(30), None);
        assert_eq!(timers.next(), None);
    }
}
