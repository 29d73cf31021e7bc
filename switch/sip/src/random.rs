//! Tokens that nobody can guess: branches, tags, Call-IDs, nonces.
//!
//! The seed is handed in, so that a test sees the same tokens each time. A token tells nothing about the next one: it
//! is a part of SHA-256 over the seed and a counter.

use sha2::{Digest, Sha256};

/// A generator of tokens.
#[derive(Debug)]
pub struct Random {
    seed: u64,
    block: u64,
    ready: [u64; 4],
    left: usize,
}

impl Random {
    /// A generator that always gives the same tokens for the same seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, block: 0, ready: [0; 4], left: 0 }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        if self.left == 0 {
            self.refill();
        }
        self.left -= 1;
        self.ready[self.left]
    }

    /// 64 random bits as a token of 16 characters (RFC 3261 §19.3 asks for 32 bits at least).
    pub fn token(&mut self) -> String {
        format!("{:016x}", self.bits())
    }

    fn refill(&mut self) {
        let mut hash = Sha256::new();
        hash.update(b"hookflash tokens");
        hash.update(self.seed.to_be_bytes());
        hash.update(self.block.to_be_bytes());
        self.block += 1;
        let digest = hash.finalize();
        for (word, bytes) in self.ready.iter_mut().zip(digest.chunks_exact(8)) {
            *word = bytes.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
        }
        self.left = self.ready.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_the_tokens_and_no_token_comes_twice() {
        let tokens = |seed| {
            let mut random = Random::new(seed);
            (0..100).map(|_| random.token()).collect::<Vec<_>>()
        };
        assert_eq!(tokens(7), tokens(7));
        assert_ne!(tokens(7), tokens(8));
        let mut sorted = tokens(7);
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), 100);
    }
}
