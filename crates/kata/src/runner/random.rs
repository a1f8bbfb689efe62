//! Numbers that a test cannot guess and a seed repeats.

use std::{cell::Cell, hash::BuildHasher, ops::RangeInclusive};

/// SplitMix64: small, seeded, and good enough for keys and sizes. Not for secrets.
#[derive(Debug)]
pub(crate) struct Random(Cell<u64>);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(Cell::new(seed))
    }

    /// The numbers of one test: tests that share a seed, and where namespaces are refused a table, share no key.
    pub(crate) fn of(seed: u64, test: &str) -> Self {
        // FNV-1a
        let hash = test
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self::new(seed ^ hash)
    }

    pub(crate) fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number of `range`, its ends included. Without rejection: no range here is large enough for the bias to show.
    pub(crate) fn within(&self, range: RangeInclusive<u64>) -> u64 {
        let (low, high) = range.into_inner();
        assert!(low <= high && high - low < u64::MAX, "an empty or unbounded range: {low}..={high}");
        low + self.next() % (high - low + 1)
    }
}

/// A number that differs from run to run: std seeds its hash maps from the system's random source.
pub(crate) fn fresh() -> u64 {
    std::hash::RandomState::new().hash_one(std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_numbers() {
        let (one, same, other) = (Random::new(1), Random::new(1), Random::new(2));
        assert_eq!(one.next(), same.next());
        assert_ne!(one.next(), other.next());
    }

    #[test]
    fn both_ends_of_a_range_occur_and_nothing_else() {
        let random = Random::new(7);
        let seen: std::collections::BTreeSet<u64> = (0..200).map(|_| random.within(3..=5)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [3, 4, 5]);
    }
}
