//! The order among servers (RFC 2782): by priority, and by lot among equals, weighted.

use crate::Random;

use super::wire::Srv;

/// Put records into the order in which they are tried. The same `seed` draws the same lots.
pub(super) fn ordered(records: &[Srv], seed: u64) -> Vec<Srv> {
    let mut random = Random::new(seed);
    let mut waiting: Vec<&Srv> = records.iter().collect();
    // Records without weight stand first, so that they have a chance beside those with one.
    waiting.sort_by_key(|record| (record.priority, record.weight != 0));
    let mut order = Vec::with_capacity(waiting.len());
    while let Some(first) = waiting.first() {
        let priority = first.priority;
        let equals = waiting.iter().take_while(|record| record.priority == priority);
        let sum: u64 = equals.map(|record| u64::from(record.weight)).sum();
        let lot = random.bits() % (sum + 1);
        let mut passed = 0;
        let drawn = waiting.iter().position(|record| {
            passed += u64::from(record.weight);
            passed >= lot
        });
        order.push(waiting.remove(drawn.unwrap_or(0)).clone());
    }
    order
}
