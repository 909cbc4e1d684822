//! How much one caller may ask for: a bucket of tokens each, refilled evenly.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// Callers remembered at most. The fullest buckets, which limit nobody, are forgotten first.
const KEPT: usize = 20_000;

/// Whom a bucket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Caller {
    /// A key, or a person in however many sessions.
    Known([u8; 16]),
    /// An address.
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Thousandths of a request.
    tokens: i64,
    filled_at_ms: i64,
}

/// Buckets of one kind.
#[derive(Debug)]
pub(super) struct Limiter {
    per_second: i64,
    burst: i64,
    buckets: Mutex<HashMap<Caller, Bucket>>,
}

impl Limiter {
    /// So many a second, and `burst_secs` seconds' worth at once.
    pub(super) fn new(per_second: u32, burst_secs: u32) -> Self {
        Self {
            per_second: i64::from(per_second),
            burst: i64::from(per_second) * i64::from(burst_secs) * 1_000,
            buckets: Mutex::new(HashMap::new()),
        }
    }

    fn filled(&self, bucket: Bucket, now_ms: i64) -> Bucket {
        // A clock that was set back refills nothing, and takes nothing away.
        let passed = (now_ms - bucket.filled_at_ms).max(0);
        let tokens = bucket
            .tokens
            .saturating_add(passed.saturating_mul(self.per_second));
        Bucket {
            tokens: tokens.min(self.burst),
            filled_at_ms: now_ms,
        }
    }

    fn left(&self, bucket: Bucket) -> Result<(), u64> {
        if bucket.tokens >= 1_000 {
            return Ok(());
        }
        let missing = 1_000 - bucket.tokens;
        let secs = missing / self.per_second.max(1) / 1_000;
        Err(u64::try_from(secs).unwrap_or(0) + 1)
    }

    /// Takes one.
    ///
    /// # Errors
    /// The seconds until there is one.
    pub(super) fn take(&self, caller: Caller, now_ms: i64) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= KEPT && !buckets.contains_key(&caller) {
            let burst = self.burst;
            buckets.retain(|_, bucket| self.filled(*bucket, now_ms).tokens < burst);
            if buckets.len() >= KEPT {
                buckets.clear();
            }
        }
        let full = Bucket {
            tokens: self.burst,
            filled_at_ms: now_ms,
        };
        let bucket = buckets.entry(caller).or_insert(full);
        *bucket = self.filled(*bucket, now_ms);
        self.left(*bucket)?;
        bucket.tokens -= 1_000;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_taken_and_refills() {
        let limiter = Limiter::new(2, 2);
        let caller = Caller::Known([1; 16]);
        for _ in 0..4 {
            assert_eq!(limiter.take(caller, 1_000), Ok(()));
        }
        assert_eq!(limiter.take(caller, 1_000), Err(1));
        assert_eq!(limiter.take(Caller::Known([2; 16]), 1_000), Ok(()));
        assert_eq!(limiter.take(caller, 1_500), Ok(()));
        assert_eq!(limiter.take(caller, 1_500), Err(1));
        assert_eq!(limiter.take(caller, 0), Err(1));
    }

    #[test]
    fn the_number_of_callers_is_bounded() {
        let limiter = Limiter::new(1, 1);
        for number in 0..2 * KEPT {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&number.to_le_bytes());
            limiter.take(Caller::Known(id), 0).unwrap();
        }
        assert!(limiter.buckets.lock().unwrap().len() <= KEPT);
    }
}
