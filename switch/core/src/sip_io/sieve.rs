//! How much each address may send.
//!
//! Whoever is vouched for may send anything. All others share a fixed number of token buckets, chosen by a hash nobody
//! outside can compute: a flood from many addresses costs no memory, and drags few bystanders along. One more bucket is
//! for all of them together.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use hookflash_sip::Micros;

use super::config::Rate;

const BUCKETS: usize = 16_384;

/// When so many addresses are vouched for, the older ones must be vouched for again.
const MOST_VOUCHED: usize = 100_000;

/// What garbage costs, in messages.
pub(super) const GARBAGE: u32 = 10;

#[derive(Debug)]
pub(super) struct Sieve {
    per_source: Rate,
    strangers: Rate,
    hash: RandomState,
    buckets: Box<[Bucket]>,
    all: Bucket,
    vouched: HashSet<IpAddr>,
    vouched_before: HashSet<IpAddr>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// In millionths of a message.
    tokens: u64,
    filled: Micros,
}

impl Sieve {
    pub fn new(per_source: Rate, strangers: Rate) -> Self {
        Self {
            per_source,
            strangers,
            hash: RandomState::new(),
            buckets: vec![Bucket::full(per_source); BUCKETS].into(),
            all: Bucket::full(strangers),
            vouched: HashSet::new(),
            vouched_before: HashSet::new(),
        }
    }

    pub fn vouch(&mut self, address: IpAddr) {
        if !self.vouched.insert(address) {
            return;
        }
        if self.vouched.len() > MOST_VOUCHED {
            self.vouched_before = std::mem::take(&mut self.vouched);
        }
    }

    /// Whether `messages` of `address` are taken.
    pub fn allows(&mut self, address: IpAddr, messages: u32, now: Micros) -> bool {
        if self.vouched.contains(&address) || self.vouched_before.contains(&address) {
            return true;
        }
        let slot = self.hash.hash_one(network(address)) as usize % BUCKETS;
        let own = self.buckets.get_mut(slot);
        own.is_some_and(|bucket| bucket.take(self.per_source, messages, now))
            && self.all.take(self.strangers, messages, now)
    }
}

impl Bucket {
    fn full(rate: Rate) -> Self {
        Self { tokens: u64::from(rate.burst) * 1_000_000, filled: 0 }
    }

    fn take(&mut self, rate: Rate, messages: u32, now: Micros) -> bool {
        let gained = now.saturating_sub(self.filled).saturating_mul(u64::from(rate.per_second));
        let most = u64::from(rate.burst) * 1_000_000;
        self.tokens = self.tokens.saturating_add(gained).min(most);
        self.filled = now;
        let cost = u64::from(messages) * 1_000_000;
        let enough = self.tokens >= cost;
        self.tokens = self.tokens.saturating_sub(cost);
        enough
    }
}

/// One host has a whole /64 of IPv6 for itself.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 10, burst: 20 };

    fn taken(sieve: &mut Sieve, address: &str, now: Micros) -> usize {
        let address = address.parse().unwrap();
        (0..100).filter(|_| sieve.allows(address, 1, now)).count()
    }

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let mut sieve = Sieve::new(RATE, Rate { per_second: 1_000, burst: 1_000 });
        assert_eq!(taken(&mut sieve, "192.0.2.1", 0), 20);
        assert_eq!(taken(&mut sieve, "192.0.2.1", 1_000_000), 10);
        assert_eq!(taken(&mut sieve, "192.0.2.1", 3_600_000_000), 20);
    }

    #[test]
    fn who_is_vouched_for_has_no_limit_and_others_keep_theirs() {
        let mut sieve = Sieve::new(RATE, Rate { per_second: 1_000, burst: 1_000 });
        sieve.vouch("192.0.2.1".parse().unwrap());
        assert_eq!(taken(&mut sieve, "192.0.2.1", 0), 100);
        assert_eq!(taken(&mut sieve, "192.0.2.2", 0), 20);
    }

    #[test]
    fn a_flood_from_many_addresses_passes_at_the_rate_of_all_and_who_is_known_passes_freely() {
        let mut sieve = Sieve::new(RATE, Rate { per_second: 30, burst: 100 });
        let known = "192.0.2.1".parse().unwrap();
        sieve.vouch(known);
        let passed = (0..5_000_u32).filter(|&bits| sieve.allows(IpAddr::V4(bits.into()), 1, 0)).count();
        assert_eq!(passed, 100);
        assert!(sieve.allows(known, 1, 0));
    }

    #[test]
    fn addresses_of_one_ipv6_network_share() {
        let mut sieve = Sieve::new(RATE, Rate { per_second: 1_000, burst: 1_000 });
        assert_eq!(taken(&mut sieve, "2001:db8::1", 0), 20);
        assert_eq!(taken(&mut sieve, "2001:db8::2", 0), 0);
    }

    #[test]
    fn garbage_costs_more() {
        let mut sieve = Sieve::new(RATE, Rate { per_second: 1_000, burst: 1_000 });
        let address = "192.0.2.1".parse().unwrap();
        assert!(sieve.allows(address, GARBAGE, 0));
        assert!(sieve.allows(address, GARBAGE, 0));
        assert!(!sieve.allows(address, 1, 0));
    }

    #[test]
    fn a_hundred_thousand_more_are_vouched_for_without_growing() {
        let mut sieve = Sieve::new(RATE, Rate { per_second: 1_000, burst: 1_000 });
        for bits in 0..350_000_u32 {
            sieve.vouch(IpAddr::V4(bits.into()));
        }
        assert!(sieve.vouched.len() + sieve.vouched_before.len() <= 2 * MOST_VOUCHED + 1);
    }
}
